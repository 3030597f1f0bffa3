//! The error codes of HTTP/2, as they are written (RFC 9113 7).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::text;

/// An error code, by name or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ErrorCode(pub(super) u32);

/// The names, in the order of their numbers.
const NAMES: [&str; 14] = [
    "no_error",
    "protocol_error",
    "internal_error",
    "flow_control_error",
    "settings_timeout",
    "stream_closed",
    "frame_size_error",
    "refused_stream",
    "cancel",
    "compression_error",
    "connect_error",
    "enhance_your_calm",
    "inadequate_security",
    "http_1_1_required",
];

impl ErrorCode {
    pub(super) const NO_ERROR: Self = Self(0);
    pub(super) const INTERNAL_ERROR: Self = Self(2);
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        if let Some(number) = number {
            return Ok(Self(number));
        }
        let name = value.as_str().map(str::to_ascii_lowercase).unwrap_or_default();
        if let Some(number) = NAMES.iter().position(|known| *known == name) {
            return Ok(Self(number as u32));
        }
        Err(de::Error::custom(match text::nearest(&name, NAMES) {
            Some(nearest) => format!("no error code is called `{name}`; did you mean `{nearest}`?"),
            None => format!("`code` is {value}, expected a number or one of {}", NAMES.join(", ")),
        }))
    }
}

impl JsonSchema for ErrorCode {
    fn schema_name() -> Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An error code of HTTP/2 (RFC 9113 7), by name or number.",
            "oneOf": [
                { "type": "string", "enum": NAMES },
                { "type": "integer", "minimum": 0, "maximum": u32::MAX },
            ],
        })
    }
}
