//! Sets of JSON types.

use serde_json::Value;

/// A set of JSON types; `NUMBER` is always there together with `INTEGER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::codec) struct Types(u8);

impl Types {
    pub(in crate::codec) const NULL: Self = Self(1);
    pub(in crate::codec) const BOOLEAN: Self = Self(2);
    pub(in crate::codec) const INTEGER: Self = Self(4);
    /// Numbers that are not integers.
    pub(in crate::codec) const FRACTION: Self = Self(8);
    pub(in crate::codec) const STRING: Self = Self(16);
    pub(in crate::codec) const ARRAY: Self = Self(32);
    pub(in crate::codec) const OBJECT: Self = Self(64);
    pub(super) const ALL: Self = Self(127);
    pub(super) const NONE: Self = Self(0);

    /// What can be written without a structure.
    pub(in crate::codec) const PRIMITIVE: Self = Self(31);
    /// What text can be read as though it may be a string, too.
    pub(super) const READABLE: Self = Self(14);

    /// Whether one of `other`'s types is in it.
    pub(in crate::codec) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The types in both.
    pub(super) fn meet(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The types in either.
    pub(super) fn join(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[cfg(test)]
    pub(super) fn has_bit(self, bit: usize) -> bool {
        self.0 & (1 << bit) != 0
    }

    /// The types of a name; none for a name that is unknown.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self(Self::INTEGER.0 | Self::FRACTION.0),
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::NONE,
        }
    }

    /// The types that a value is of.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_f64() => {
                if number.as_f64().is_some_and(|float| float.fract() == 0.0) {
                    Self::from_name("number")
                } else {
                    Self::FRACTION
                }
            }
            Value::Number(_) => Self::from_name("number"),
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }
}
