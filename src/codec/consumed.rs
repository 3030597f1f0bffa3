//! Which names of a query belong to which parameter, so that the rest can be told.

use indexmap::IndexSet;

use super::expect::Expect;
use super::input::Input;
use super::style;
use crate::contract::{Location, Parameter, Serialization, Style};

/// The places in [`Input::query`] that a parameter reads, whatever it makes of them.
pub fn consumed(parameter: &Parameter, expect: &Expect, input: &Input<'_>) -> Vec<usize> {
    let takes = |key: &str| match parameter.location {
        Location::Path | Location::Header | Location::Cookie => false,
        Location::QueryString => true,
        Location::Query => takes(parameter, expect, &input.declared, key),
    };
    (0..input.query.len()).filter(|at| takes(&input.query[*at].key)).collect()
}

/// The decoded names in the query that no parameter reads, each once, in the order sent. Names that start with two
/// underscores steer the stand-in and are never among them.
pub fn undeclared<'p>(
    parameters: impl IntoIterator<Item = (&'p Parameter, &'p Expect)>,
    input: &Input<'_>,
) -> Vec<String> {
    let mut read = vec![false; input.query.len()];
    for (parameter, expect) in parameters {
        for at in consumed(parameter, expect, input) {
            read[at] = true;
        }
    }
    let rest = input.query.iter().zip(read).filter(|(pair, read)| !read && !pair.key.starts_with("__"));
    let names: IndexSet<String> = rest.map(|(pair, _)| pair.key.clone().into_owned()).collect();
    names.into_iter().collect()
}

fn takes(parameter: &Parameter, expect: &Expect, declared: &[&str], key: &str) -> bool {
    let spread = match parameter.serialization {
        Serialization::Style { style: Style::DeepObject, .. } => {
            style::belongs(&parameter.name, declared, key)
        }
        Serialization::Style { style: Style::Form, explode: true } => {
            style::takes_objects(expect) && style::gathers(expect, declared, key)
        }
        Serialization::Style { .. } | Serialization::Content(_) => false,
    };
    spread || key == parameter.name
}

#[cfg(test)]
mod tests {
    use super::super::expect::tests::expect;
    use super::super::parameter::tests::styled;
    use super::*;
    use http::HeaderMap;
    use serde_json::json;

    #[test]
    fn what_no_parameter_reads_is_undeclared() {
        let parameters = [
            styled(Location::Query, "limit", Style::Form, true),
            styled(Location::Query, "filter", Style::DeepObject, true),
            styled(Location::Query, "page", Style::Form, true),
            styled(Location::Header, "trace", Style::Simple, false),
        ];
        let schemas = [
            json!({ "type": "integer" }),
            json!({ "type": "object" }),
            json!({ "type": "object", "properties": { "size": { "type": "integer" } }, "additionalProperties": false }),
            json!({ "type": "string" }),
        ];
        let expects = schemas.map(expect);
        let table: [(&str, &[&str]); 5] = [
            ("limit=1&filter[a][b]=1&size=5&__code=404", &[]),
            ("limti=1&limti=2&trace=3", &["limti", "trace"]),
            ("filter%5Bx%5D=1&filterx=1&filter[=1", &["filterx", "filter["]),
            ("page=1&a%20b", &["a b"]),
            ("&&", &[]),
        ];
        let headers = HeaderMap::new();
        for (query, expected) in table {
            let input = Input::new(&parameters, &[], Some(query), &headers);
            assert_eq!(undeclared(parameters.iter().zip(&expects), &input), expected, "{query}");
        }
    }
}
