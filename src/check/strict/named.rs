//! Which schema a value means by a discriminator.

use serde_json::Value;

use super::branch::{Problem, first_mismatch};
use crate::pointer::Pointer;
use crate::redact;
use crate::schema::{Direction, Discriminator, Schemas};
use crate::text;
use crate::violation::Rule;

/// So many names are listed.
const MOST_CHOICES: usize = 50;

/// What a value says by a discriminator.
pub(super) enum Meant<'d> {
    /// It is of this schema.
    Schema(&'d Pointer),
    /// It names no schema, and should.
    None(Problem),
    /// Nothing that could be told.
    Untold,
}

/// Which schema a value means by a discriminator.
pub(super) fn meant<'d>(discriminator: &'d Discriminator, value: &Value) -> Meant<'d> {
    let Some(members) = value.as_object() else { return Meant::Untold };
    let found = members.get(&discriminator.property).filter(|found| !found.is_null());
    let named = found.and_then(|found| discriminator.named(found)).or(discriminator.default.as_ref());
    match (named, found) {
        (Some(place), _) => Meant::Schema(place),
        (None, _) if !discriminator.is_complete => Meant::Untold,
        (None, Some(found)) => Meant::None(unknown(discriminator, found)),
        (None, None) => Meant::None(missing(discriminator)),
    }
}

fn unknown(discriminator: &Discriminator, found: &Value) -> Problem {
    let listed = listed(discriminator);
    let shown = redact::value(&discriminator.property, found);
    let choices = discriminator.choices.iter().map(String::as_str);
    let nearest = found.as_str().and_then(|found| text::nearest(found, choices));
    Problem {
        rule: Rule::StrictTagUnknown,
        message: format!("{shown} names no schema, expected one of {listed}"),
        help: match nearest {
            Some(nearest) => format!("did you mean `{}`?", text::harmless(nearest)),
            None => format!("send one of {listed}"),
        },
        expected: Some(format!("one of {listed}")),
        place: Some(discriminator.place.clone()),
        member: Some(discriminator.property.clone()),
    }
}

fn missing(discriminator: &Discriminator) -> Problem {
    let (name, listed) = (text::harmless(&discriminator.property), listed(discriminator));
    Problem {
        rule: Rule::StrictTagMissing,
        message: format!("the property `{name}` is missing, which names the schema"),
        help: format!("add the property `{name}` with one of {listed}"),
        expected: Some(format!("`{name}` with one of {listed}")),
        place: Some(discriminator.schema.join("discriminator").join("propertyName")),
        member: None,
    }
}

fn listed(discriminator: &Discriminator) -> String {
    let names = discriminator.choices.iter().take(MOST_CHOICES);
    let names: Vec<String> =
        names.map(|name| text::harmless(&Value::from(name.as_str()).to_string())).collect();
    text::list(names.iter().map(String::as_str))
}

/// What is wrong with a value that means a schema by a discriminator.
pub(super) fn broken(
    schemas: &Schemas,
    direction: Direction,
    schema: &Pointer,
    discriminator: &Discriminator,
    value: &Value,
) -> Option<Problem> {
    let at = first_mismatch(schemas, direction, schema, value)?;
    let name = text::harmless(&discriminator.property);
    let says = match value.get(&discriminator.property) {
        Some(found) => format!("is {}", redact::value(&discriminator.property, found)),
        None => "is not there".to_owned(),
    };
    Some(Problem {
        rule: Rule::StrictBranchInvalid,
        message: format!("`{name}` {says}, and the schema that this names does not allow the rest{at}"),
        expected: None,
        help: "send what that schema allows".to_owned(),
        place: Some(discriminator.place.clone()),
        member: None,
    })
}
