//! Spans of a session's time: `500ms`, `30s`, `10m`, `24h`, `7d`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of a session's time, in milliseconds. Unlike a delay, it can be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub i64);

/// The units, in milliseconds, smallest first.
pub(super) const UNITS: &[(&str, i64)] =
    &[("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
/// No session lasts longer: a year.
const LONGEST: i64 = 366 * 86_400_000;

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        let read = || {
            let number = written.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            let (_, size) = UNITS.iter().find(|(unit, _)| *unit == &written[number.len()..])?;
            let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let span = number.parse::<f64>().ok().filter(|_| is_plain)? * *size as f64;
            (span <= LONGEST as f64).then_some(Self(span as i64))
        };
        let wrong = || {
            format!(
                "`{written}` is no time of at most a year, expected such as `500ms`, `30s`, `10m` or `24h`"
            )
        };
        read().ok_or_else(|| D::Error::custom(wrong()))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fits = |(_, size): &&(&str, i64)| self.0 % size == 0 && self.0 >= *size;
        let (unit, size) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
        serializer.serialize_str(&format!("{}{unit}", self.0 / size))
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A span of time of at most a year: a number with the unit `ms`, `s`, `m`, `h` or `d`.",
            "type": "string",
            "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$",
            "examples": ["30s", "10m"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_span_is_a_number_with_a_unit() {
        let table = [("500ms", 500), ("1.5s", 1500), ("10m", 600_000), ("24h", 86_400_000), ("0s", 0)];
        for (written, expected) in table {
            assert_eq!(serde_json::from_value::<Span>(json!(written)).unwrap(), Span(expected), "{written}");
        }
        for written in
            [json!("10"), json!("s"), json!("-1s"), json!("1e3s"), json!("999d"), json!(10), json!("1é")]
        {
            assert!(serde_json::from_value::<Span>(written.clone()).is_err(), "{written}");
        }
        assert_eq!(serde_json::to_value(Span(5_400_000)).unwrap(), json!("90m"));
        assert_eq!(serde_json::to_value(Span(0)).unwrap(), json!("0ms"));
    }
}
