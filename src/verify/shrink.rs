//! The smallest request that still shows a finding: what can be left out of it is left out, one thing after the other.

use serde_json::Value;

use super::case::{Draft, Nature, Origin, Payload};
use super::making::Maker;
use super::values::rewritten;
use crate::contract::Location;
use crate::generate::Notation;
use crate::schema::Direction;
use crate::violation::Violation;

/// Requests that are smaller than a draft by one thing and still are what the case is to be, the smallest first.
pub(super) fn smaller(
    maker: &Maker<'_>,
    draft: &Draft,
    nature: &Nature,
    breach: Option<&Violation>,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for argument in &draft.arguments {
        let is_path = maker.operation.parameters[argument.parameter].location == Location::Path;
        if !is_path && !matches!(argument.origin, Origin::Meant | Origin::Given) {
            drafts.push(draft.without(argument.parameter));
        }
    }
    if let Some(payload) = &draft.payload {
        drafts.push(draft.carrying(None));
        drafts.extend(lesser(maker, payload).into_iter().map(|payload| draft.carrying(Some(payload))));
    }
    let is_same = |found: &Violation| {
        breach.is_some_and(|breach| found.rule == breach.rule && found.location == breach.location)
    };
    drafts.retain(|draft| match maker.confirmed(draft, nature) {
        Ok((_, None)) => true,
        Ok((_, Some(found))) => is_same(&found),
        Err(_) => false,
    });
    let size =
        |draft: &Draft| (draft.payload.as_ref().map_or(0, |one| one.bytes.len()), draft.arguments.len());
    drafts.sort_by_key(size);
    drafts
}

/// The contents that lack one property or item, those that lack the most of them first.
fn lesser(maker: &Maker<'_>, payload: &Payload) -> Vec<Payload> {
    let content = maker.operation.body.as_ref().and_then(|body| body.content.get(payload.content));
    let (Some(content), Some(value)) = (content, &payload.value) else { return Vec::new() };
    let notation = Notation::new(&maker.contract.schemas, content, &content.media_type, Direction::Request);
    let mut places = Vec::new();
    removable(value, &mut String::new(), &mut places);
    let lesser = places.iter().filter_map(|place| removed(value, place));
    // It may be sent as another media type than it is declared for.
    let named = |value| {
        let content_type = payload.content_type.clone();
        Payload { content_type, ..rewritten(&notation, payload.content, value) }
    };
    lesser.map(named).collect()
}

/// How many places of one value are looked at.
const MOST_PLACES: usize = 200;

/// The places of all properties and items, as JSON Pointers.
fn removable(value: &Value, place: &mut String, places: &mut Vec<String>) {
    let length = place.len();
    let mut visit = |token: &str, value: &Value, place: &mut String| {
        if places.len() < MOST_PLACES {
            place.push('/');
            place.push_str(token);
            places.push(place.clone());
            removable(value, place, places);
            place.truncate(length);
        }
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                visit(&name.replace('~', "~0").replace('/', "~1"), value, place);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                visit(&index.to_string(), value, place);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn removed(value: &Value, place: &str) -> Option<Value> {
    let (around, token) = place.rsplit_once('/')?;
    let mut value = value.clone();
    match value.pointer_mut(around)? {
        Value::Object(members) => {
            members.shift_remove(&token.replace("~1", "/").replace("~0", "~"))?;
        }
        Value::Array(items) => {
            let index: usize = token.parse().ok()?;
            (index < items.len()).then(|| items.remove(index))?;
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_property_and_item_can_go() {
        let value = json!({ "a/b": [1, { "c": 2 }], "d~": null });
        let mut places = Vec::new();
        removable(&value, &mut String::new(), &mut places);
        assert_eq!(places, ["/a~1b", "/a~1b/0", "/a~1b/1", "/a~1b/1/c", "/d~0"]);
        let left: Vec<String> =
            places.iter().map(|place| removed(&value, place).unwrap().to_string()).collect();
        let expected = [
            r#"{"d~":null}"#,
            r#"{"a/b":[{"c":2}],"d~":null}"#,
            r#"{"a/b":[1],"d~":null}"#,
            r#"{"a/b":[1,{}],"d~":null}"#,
            r#"{"a/b":[1,{"c":2}]}"#,
        ];
        assert_eq!(left, expected);
    }
}
