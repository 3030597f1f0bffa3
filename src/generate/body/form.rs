//! `application/x-www-form-urlencoded`: one pair per property, one per item of an array.

use serde_json::Value;

use crate::contract::Serialization;
use crate::generate::body::{Notation, text::plain};

pub(super) fn write(notation: &Notation, value: &Value, out: &mut Vec<u8>) {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object().into_iter().flatten() {
        let serialization =
            notation.content.encoding.get(name).and_then(|encoding| encoding.serialization.as_ref());
        let joined = matches!(serialization, Some(Serialization::Style { explode: false, .. }));
        match value {
            Value::Array(items) if joined => {
                pairs.append_pair(name, &items.iter().map(plain).collect::<Vec<_>>().join(","));
            }
            Value::Array(items) => {
                for item in items {
                    pairs.append_pair(name, &plain(item));
                }
            }
            value => {
                pairs.append_pair(name, &plain(value));
            }
        }
    }
    out.extend_from_slice(pairs.finish().as_bytes());
}
