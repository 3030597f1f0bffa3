//! Spans of time as they are written: `250ms`, `1.5s`, `2m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest that anything is held back.
pub const LONGEST: Duration = Duration::from_mins(10);

/// A span of time of at most ten minutes, written as a number with a unit: `us`, `ms`, `s` or `m`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(Duration);

/// The units, with their nanoseconds; the longer name first where one ends with the other.
const UNITS: [(&str, f64); 5] = [("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("s", 1e9), ("m", 6e10)];

impl Period {
    /// The span, cut at ten minutes.
    pub fn at_most_longest(span: Duration) -> Self {
        Self(span.min(LONGEST))
    }

    /// So many milliseconds, cut at ten minutes.
    pub fn milliseconds(milliseconds: u64) -> Self {
        Self::at_most_longest(Duration::from_millis(milliseconds))
    }

    /// It as the rest of the program measures time.
    pub fn duration(self) -> Duration {
        self.0
    }

    /// Its seconds.
    pub(super) fn seconds(self) -> f64 {
        self.0.as_secs_f64()
    }
}

impl FromStr for Period {
    type Err = String;

    /// Reads a span. Errors say what was expected, as the end of a sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "a time with its unit, such as `250ms`, `3s` or `2m`".to_owned();
        let unit = UNITS.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
        let (number, size) = unit.ok_or_else(form)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(form());
        }
        let number: f64 = number.parse().map_err(|_| form())?;
        let nanoseconds = (number * size).round();
        if nanoseconds > LONGEST.as_nanos() as f64 {
            return Err("a time of at most ten minutes (`10m`)".to_owned());
        }
        Ok(Self(Duration::from_nanos(nanoseconds as u64)))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let microseconds = self.0.as_nanos() as f64 / 1e3;
        match self.0.as_micros() {
            0..1000 => write!(f, "{microseconds}us"),
            1000..1_000_000 => write!(f, "{}ms", microseconds / 1e3),
            _ => write!(f, "{}s", microseconds / 1e6),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = match &value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        text.parse().map_err(|expected| de::Error::custom(format!("`{text}` is not {expected}")))
    }
}

impl JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A span of time of at most ten minutes, written as a number with a unit: `us`, `ms`, `s` or `m`.",
            "pattern": "^[0-9]+(\\.[0-9]+)?(us|µs|ms|s|m)$",
            "examples": ["250ms", "3s", "2m"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_with_a_unit() {
        for (text, expected) in
            [("250ms", 250_000), ("1.5s", 1_500_000), ("2m", 120_000_000), ("500us", 500), ("0s", 0)]
        {
            assert_eq!(text.parse::<Period>().unwrap().duration().as_micros(), expected, "{text}");
        }
        for text in ["250", "ms", "-1s", "1h", "1e3s", "", "1.2.3s", "11m", "99999999999999999999s", "NaNs"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_span_is_written_as_it_is_read() {
        for text in ["250ms", "1.5s", "600s", "500us", "0us"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
    }
}
