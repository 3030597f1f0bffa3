//! What a schema most likely means where it does not say: its type, what its values read like.

use serde_json::Value;

use crate::generate::compile::{Context, Standing};
use crate::generate::conjunction::Flat;
use crate::generate::hint::{Hint, Kind, faker, hint, kind};
use crate::generate::types::Types;
use crate::pointer::Pointer;

/// What a record is, by the name that it stands under, else by that of its component.
pub(super) fn record_kind(name: &str, pointer: &Pointer) -> Kind {
    match kind(name) {
        Kind::Other => {
            let text = pointer.as_str();
            let component = text.starts_with("/components/") || text.starts_with("/definitions/");
            if component { pointer.token(2).map_or(Kind::Other, |name| kind(&name)) } else { Kind::Other }
        }
        kind => kind,
    }
}

/// Whether a name only says that the records in it are what the reply is about.
pub(super) fn is_wrapper(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "data", "items", "item", "results", "result", "records", "record", "rows", "row", "list", "entries",
        "entry",
    ]
    .contains(&name.as_str())
}

/// What `x-faker` asks for, and what the name says about the values: the first that suits is taken.
pub(super) fn hints_of(flat: &Flat<'_>, context: &Context, numeric: bool) -> Vec<Hint> {
    let find = |keyword: &str| flat.constraints.iter().find_map(|constraint| constraint.get(keyword));
    let text = |keyword: &str| find(keyword).and_then(Value::as_str);
    let mut hints = Vec::new();
    if let Some(keyword) = find("x-faker") {
        hints.extend(faker::wanted(keyword, text("format"), numeric));
    }
    if !context.name.is_empty() {
        hints.extend(hint(&context.name, context.kind, text("description").unwrap_or(""), numeric));
    }
    hints
}

/// The type that is most likely meant where none is named.
pub(super) fn guess(flat: &Flat<'_>, context: &Context) -> Types {
    const OBJECT: [&str; 6] = [
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
        "propertyNames",
    ];
    const ARRAY: [&str; 6] = ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"];
    const STRING: [&str; 4] = ["pattern", "minLength", "maxLength", "contentEncoding"];
    const NUMBER: [&str; 5] = ["minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"];
    let says = |keywords: &[&str]| {
        flat.constraints
            .iter()
            .any(|constraint| keywords.iter().any(|keyword| constraint.get(keyword).is_some()))
    };
    let format = |name: &str| {
        flat.constraints
            .iter()
            .any(|constraint| constraint.get("format").is_some_and(|format| format == name))
    };
    let guesses = [
        (says(&OBJECT), Types::OBJECT),
        (says(&ARRAY), Types::ARRAY),
        (says(&STRING), Types::STRING),
        (format("int32") || format("int64"), Types::INTEGER),
        (says(&NUMBER) || format("float") || format("double"), Types::NUMBER),
        (says(&["format"]), Types::STRING),
    ];
    for (says, types) in guesses {
        if says && flat.types.has(types) {
            return flat.types.and(types);
        }
    }
    let is_map = [
        "data",
        "metadata",
        "meta",
        "attributes",
        "settings",
        "options",
        "context",
        "extra",
        "detail",
        "config",
        "payload",
        "parameters",
        "params",
    ];
    let object =
        context.name.is_empty() && context.place != Standing::Item || is_map.contains(&&*context.name);
    let first = if object { Types::OBJECT } else { Types::STRING };
    if flat.types.has(first) { first } else { flat.types.each().first().copied().unwrap_or(Types::NONE) }
}
