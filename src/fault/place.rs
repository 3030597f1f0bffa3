//! Where in a reply something happens, as it is written: `start`, `mid_head`, `head`, `0.5`, `100`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::delivery::Point;
use crate::message::Reply;

/// A place in a reply whose length is not known yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum At {
    /// Before its first byte.
    Start,
    /// Amid its head.
    MidHead,
    /// Behind its head.
    Head,
    /// Behind this share of its content, 0 to 1.
    Share(f64),
    /// Behind so many bytes of its content.
    Bytes(u64),
}

impl At {
    /// The place in this reply.
    pub(super) fn point(self, reply: &Reply) -> Point {
        let length = reply.body.len();
        match self {
            Self::Start => Point::Start,
            Self::MidHead => Point::MidHead,
            Self::Head => Point::Content(0),
            Self::Share(share) => Point::Content(((length as f64 * share) as usize).min(length)),
            Self::Bytes(bytes) => Point::Content(usize::try_from(bytes).unwrap_or(length).min(length)),
        }
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let place = match &value {
            Value::String(word) => match word.as_str() {
                "start" => Some(Self::Start),
                "mid_head" => Some(Self::MidHead),
                "head" => Some(Self::Head),
                _ => None,
            },
            Value::Number(number) => match number.as_u64() {
                Some(bytes) => Some(Self::Bytes(bytes)),
                None => number.as_f64().filter(|share| (0.0..=1.0).contains(share)).map(Self::Share),
            },
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        place.ok_or_else(|| {
            de::Error::custom(format!(
                "`at` is {value}, expected `start`, `mid_head`, `head`, a share of the content from 0.0 to 1.0, or a number of its bytes"
            ))
        })
    }
}

impl JsonSchema for At {
    fn schema_name() -> Cow<'static, str> {
        "At".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A place in a reply: before its head, amid it, behind it, behind a share of its content (0.0 to 1.0), or behind a number of its bytes.",
            "oneOf": [
                { "type": "string", "enum": ["start", "mid_head", "head"] },
                { "type": "number", "minimum": 0 },
            ],
        })
    }
}
