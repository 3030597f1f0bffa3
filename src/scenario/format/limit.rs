//! How many calls pass. Beyond a limit the rule fires: it answers what `respond` says, else the declared 429. Within it
//! the rules behind this one are asked, and the reply tells where the caller stands.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::span::UNITS;
use super::{Span, is_default, plain_or_map};

/// So many calls in a time: a bucket of tokens that fills evenly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many calls in a second, minute, hour or day: `60/m`.
    pub rate: Rate,
    /// How many calls can come at once; left out: as many as `rate` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub burst: Option<u64>,
    /// Whose calls are counted together; left out: those of one credential.
    #[serde(default, skip_serializing_if = "is_default")]
    pub key: Key,
    /// The names of the header fields that tell where the caller stands.
    #[serde(default, skip_serializing_if = "is_default")]
    pub headers: RateHeaders,
}

/// So many calls in all, or in each stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many calls.
    pub calls: u64,
    /// In which time, counted from the session's first call; left out: in the whole session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Span>,
    /// Whose calls are counted together; left out: those of one credential.
    #[serde(default, skip_serializing_if = "is_default")]
    pub key: Key,
    /// The names of the header fields that tell where the caller stands.
    #[serde(default, skip_serializing_if = "is_default")]
    pub headers: RateHeaders,
}

/// So many calls at once. A call lasts as long as its delay and its slow content do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concurrency {
    /// How many calls.
    #[schemars(range(min = 1))]
    pub at_most: usize,
    /// Whose calls are counted together; left out: those of one credential.
    #[serde(default, skip_serializing_if = "is_default")]
    pub key: Key,
}

/// Whose calls are counted together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Those with one credential; those without one are counted together, too.
    #[default]
    Credential,
    /// All of the session.
    Session,
    /// Those with one value of a header field.
    Header(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfHeader {
    header: String,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = |value: Value| match value.as_str() {
            Some("credential") => Some(Self::Credential),
            Some("session") => Some(Self::Session),
            Some(_) | None => None,
        };
        let expected = "`credential`, `session`, or a map with `header`";
        plain_or_map(deserializer, expected, word, |map: OfHeader| Self::Header(map.header))
    }
}

/// The names of the header fields that tell where the caller stands. `Reset` is in seconds from now in all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RateHeaders {
    /// `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` (draft-ietf-httpapi-ratelimit-headers-07).
    #[default]
    Draft,
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset`.
    X,
    /// Both.
    Both,
    /// None.
    None,
}

/// A number of calls in a time: `5/s`, `60/m`, `1000/h`, `10000/d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls, at least 1.
    pub calls: u64,
    /// In how many milliseconds.
    pub per: i64,
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        let read = || {
            let (calls, unit) = written.split_once('/')?;
            let calls = calls.trim().parse().ok().filter(|calls| (1..=1_000_000_000).contains(calls))?;
            let (_, per) = UNITS[1..].iter().find(|(known, _)| *known == unit.trim())?;
            Some(Self { calls, per: *per })
        };
        read().ok_or_else(|| {
            D::Error::custom(format!(
                "`{written}` is no rate, expected such as `5/s`, `60/m`, `1000/h` or `10000/d`"
            ))
        })
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unit = UNITS.iter().find(|(_, per)| *per == self.per).map_or("s", |(unit, _)| unit);
        serializer.serialize_str(&format!("{}/{unit}", self.calls))
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of calls in a second, minute, hour or day.",
            "type": "string",
            "pattern": "^[1-9][0-9]*/[smhd]$",
            "examples": ["5/s", "60/m"]
        })
    }
}
