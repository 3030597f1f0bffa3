//! Which calls of an operation a rule fits.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::plain_or_map;

/// A call's number, counted from 1 for each operation in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Call {
    /// Exactly this one.
    Exactly(u64),
    /// Some of them.
    Range(CallRange),
}

/// Some of the calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallRange {
    /// From this one on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// Up to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// Only every so many: with 3 the third, the sixth, …; with `at_least` that one and every third after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub every: Option<u64>,
}

impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a call is a number from 1, or a map of `at_least`, `at_most` and `every`";
        plain_or_map(deserializer, expected, |value| value.as_u64().map(Self::Exactly), Self::Range)
    }
}

impl Call {
    /// Whether the nth call is meant.
    pub fn takes(self, nth: u64) -> bool {
        match self {
            Self::Exactly(wanted) => nth == wanted,
            Self::Range(CallRange { at_least, at_most, every }) => {
                at_least.is_none_or(|least| nth >= least)
                    && at_most.is_none_or(|most| nth <= most)
                    && every.is_none_or(|every| nth.abs_diff(at_least.unwrap_or(0)).is_multiple_of(every))
            }
        }
    }

    /// Why no call is meant; `None` if there is one.
    pub(in crate::scenario) fn mistake(self) -> Option<&'static str> {
        match self {
            Self::Exactly(0) => Some("calls are counted from 1"),
            Self::Range(CallRange { every: Some(0), .. }) => Some("`every` is 0, expected 1 or more"),
            Self::Range(CallRange { at_most: Some(0), .. }) => {
                Some("calls are counted from 1, so none is at most 0")
            }
            Self::Range(CallRange { at_least: Some(least), at_most: Some(most), .. }) if most < least => {
                Some("`at_most` is less than `at_least`, so no call is meant")
            }
            Self::Exactly(_) | Self::Range(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_is_meant_by_number_range_and_step() {
        let table = [
            (json!(3), vec![3]),
            (json!({ "at_most": 2 }), vec![1, 2]),
            (json!({ "at_least": 6 }), vec![6, 7, 8]),
            (json!({ "every": 3 }), vec![3, 6]),
            (json!({ "at_least": 2, "every": 3 }), vec![2, 5, 8]),
            (json!({ "at_least": 2, "at_most": 5, "every": 3 }), vec![2, 5]),
        ];
        for (written, expected) in table {
            let call: Call = serde_json::from_value(written.clone()).unwrap();
            let taken: Vec<u64> = (1..=8).filter(|nth| call.takes(*nth)).collect();
            assert_eq!(taken, expected, "{written}");
        }
    }
}
