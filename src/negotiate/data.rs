//! What replies are made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What replies are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// A valid example where there is one, else generated values.
    #[default]
    Auto,
    /// An example as it stands, else generated values.
    Examples,
    /// Generated values.
    Generated,
    /// Generated values at the edges of what is valid, one after the other.
    Extremes,
}

impl Data {
    /// All of them, by name.
    pub const NAMED: &[(&str, Self)] = &[
        ("auto", Self::Auto),
        ("examples", Self::Examples),
        ("generated", Self::Generated),
        ("extremes", Self::Extremes),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, data)| *data)
    }
}
