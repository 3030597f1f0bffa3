//! Plain values, and what is written as a plain value or as a map.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A plain value: text, a number, true, false or null.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Plain(#[schemars(schema_with = "plain")] pub Value);

fn plain(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": ["string", "number", "boolean", "null"] })
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"a plain value")),
            Value::Object(_) => Err(Error::invalid_type(Unexpected::Map, &"a plain value")),
            value => Ok(Self(value)),
        }
    }
}

impl fmt::Display for Plain {
    /// Writes text as it is, and other values as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::String(text) => f.write_str(text),
            other => write!(f, "{other}"),
        }
    }
}

/// A value that was written, though it may be null.
pub(in crate::scenario) fn given<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Reads what is written as a plain value or as a map, and keeps the place of a mistake within the map: an untagged enum
/// loses it. `plain` gives `None` for a value that is not `expected`.
pub(in crate::scenario) fn plain_or_map<'de, D, T, M>(
    deserializer: D,
    expected: &'static str,
    plain: fn(Value) -> Option<T>,
    map: fn(M) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    M: Deserialize<'de>,
{
    deserializer.deserialize_any(PlainOrMap { expected, plain, map, marker: PhantomData })
}

struct PlainOrMap<T, M> {
    expected: &'static str,
    plain: fn(Value) -> Option<T>,
    map: fn(M) -> T,
    marker: PhantomData<M>,
}

impl<T, M> PlainOrMap<T, M> {
    fn plain<E: Error>(&self, value: Value, found: Unexpected<'_>) -> Result<T, E> {
        (self.plain)(value).ok_or_else(|| E::invalid_value(found, &self.expected))
    }
}

impl<'de, T, M: Deserialize<'de>> Visitor<'de> for PlainOrMap<T, M> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        self.plain(value.into(), Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.plain(value.into(), Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.plain(value.into(), Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.plain(value.into(), Unexpected::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        self.plain(value.into(), Unexpected::Str(value))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.plain(Value::Null, Unexpected::Unit)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        M::deserialize(MapAccessDeserializer::new(map)).map(self.map)
    }
}
