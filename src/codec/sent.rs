//! What a request has for one parameter: its texts, still escaped, and how they are escaped.

use http::HeaderMap;

use super::coerce::Misfit;
use super::expect::{Expect, Types};
use super::input::{Escapes, Input, Pair};
use crate::contract::{Location, Parameter, Serialization, Style};

/// The text of a parameter that can be nothing but one value read in one way: what most parameters are, and the only
/// thing that is made of it is its value.
pub(super) fn plain<'a>(parameter: &Parameter, expect: &Expect, input: &Input<'a>) -> Option<&'a str> {
    let is_one_value = !expect.allows(Types::ARRAY) && !expect.allows(Types::OBJECT);
    if !is_one_value || expect.is_ambiguous() {
        return None;
    }
    match &parameter.serialization {
        Serialization::Style { style: Style::Matrix | Style::Label | Style::DeepObject, .. }
        | Serialization::Content(_) => return None,
        Serialization::Style {
            style:
                Style::Simple
                | Style::Form
                | Style::SpaceDelimited
                | Style::PipeDelimited
                | Style::TabDelimited
                | Style::Cookie,
            ..
        } => {}
    }
    let name = parameter.name.as_str();
    let text = match parameter.location {
        Location::Path => {
            only(input.path.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value))
        }
        Location::Query => only(named(&input.query, name)),
        Location::Cookie => only(named(&input.cookies, name)),
        Location::Header => {
            let line = only(input.headers.get_all(name).iter());
            line.and_then(|line| str::from_utf8(line.as_bytes()).ok())
        }
        Location::QueryString => None,
    };
    // An empty one may stand for none.
    text.filter(|text| !(text.is_empty() && parameter.allow_empty))
}

/// What was sent under a name.
pub(super) fn named<'a, 'p>(
    pairs: &'p [Pair<'a>],
    name: &'p str,
) -> impl Iterator<Item = &'a str> + use<'a, 'p> {
    pairs.iter().filter(move |pair| pair.key == name).map(|pair| pair.value)
}

/// How the text of a parameter is escaped.
pub(super) fn escapes(parameter: &Parameter) -> Escapes {
    match (parameter.location, &parameter.serialization) {
        // Content that takes the place of the query is percent-encoded as a whole (OpenAPI 3.2 4.12.6): a `+` in it is
        // no space.
        (Location::Path | Location::QueryString, _) => Escapes::Percent,
        (Location::Query, _) => Escapes::PercentAndPlus,
        (Location::Header, _) | (Location::Cookie, Serialization::Style { style: Style::Cookie, .. }) => {
            Escapes::Plain
        }
        (Location::Cookie, _) => Escapes::PercentOrPlain,
    }
}

/// What was sent for a parameter, still encoded.
pub(super) fn texts<'a>(parameter: &Parameter, input: &Input<'a>) -> Result<Vec<&'a str>, Misfit> {
    Ok(match parameter.location {
        Location::Path => {
            let ours = input.path.iter().filter(|(name, _)| *name == parameter.name);
            ours.map(|(_, value)| *value).collect()
        }
        Location::Query => named(&input.query, &parameter.name).collect(),
        Location::QueryString => input.query_text.into_iter().collect(),
        Location::Cookie => named(&input.cookies, &parameter.name).collect(),
        Location::Header => lines(&parameter.name, input.headers)?,
    })
}

/// The lines of a header field.
pub(super) fn lines<'a>(name: &str, headers: &'a HeaderMap) -> Result<Vec<&'a str>, Misfit> {
    let lines = headers.get_all(name).iter().map(|line| {
        let wrong = |_| Misfit::new(&String::from_utf8_lossy(line.as_bytes()), "is not UTF-8");
        str::from_utf8(line.as_bytes()).map_err(wrong)
    });
    lines.collect()
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
