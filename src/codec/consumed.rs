//! Which names of a query or of cookies belong to no parameter, so that they can be told.

use indexmap::IndexSet;

use super::expect::Expect;
use super::input::Input;
use super::style;
use crate::contract::{Location, Parameter, Serialization, Style};

/// The decoded names in the query that no parameter reads, each once, in the order sent. Names that start with two
/// underscores steer the stand-in and are never among them.
pub fn undeclared<'p>(
    parameters: &(impl Iterator<Item = (&'p Parameter, &'p Expect)> + Clone),
    input: &Input<'_>,
) -> Vec<String> {
    let is_read = |key: &str| {
        parameters.clone().any(|(parameter, expect)| match parameter.location {
            Location::Path | Location::Header | Location::Cookie => false,
            Location::QueryString => true,
            Location::Query => takes(parameter, expect, input.declared(), key),
        })
    };
    let rest = input.query.iter().filter(|pair| !pair.key.starts_with("__") && !is_read(&pair.key));
    let names: IndexSet<&str> = rest.map(|pair| &*pair.key).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Whether a parameter of the query or of cookies reads what is sent under a name, whatever it makes of it. `declared`
/// are the names of all parameters beside it.
pub fn takes(parameter: &Parameter, expect: &Expect, declared: &[&str], key: &str) -> bool {
    let spread = || match parameter.serialization {
        Serialization::Style { style: Style::DeepObject, .. } => {
            style::belongs(&parameter.name, declared, key)
        }
        Serialization::Style { style: Style::Form | Style::Cookie, explode: true } => {
            style::takes_objects(expect) && style::gathers(expect, declared, key)
        }
        Serialization::Style { .. } | Serialization::Content(_) => false,
    };
    key == parameter.name || spread()
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
            assert_eq!(undeclared(&parameters.iter().zip(&expects), &input), expected, "{query}");
        }
    }
}
