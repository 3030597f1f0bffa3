//! What a request has under a name: nothing, or some values.

use std::borrow::Cow;

use serde_json::Value;

/// The values that were found; none if there is nothing.
#[derive(Debug, Clone, Default)]
pub struct Found<'a>(Vec<Piece<'a>>);

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece<'a> {
    /// Text without a type: what stands in a path, query, header field or cookie.
    Text(Cow<'a, str>),
    /// A value of JSON.
    Value(Cow<'a, Value>),
}

impl<'a> Found<'a> {
    /// One text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    /// One value of JSON.
    pub fn value(value: &'a Value) -> Self {
        Self(vec![Piece::Value(Cow::Borrowed(value))])
    }

    /// A decoded parameter: numbers and truths go by their text, as they were sent; a list is its items.
    pub fn parameter(value: &'a Value) -> Self {
        match value {
            Value::Array(items) => items.iter().map(Piece::of_parameter).collect(),
            other => Self(vec![Piece::of_parameter(other)]),
        }
    }

    /// The text of the first value, if it is plain.
    pub fn first_text(&self) -> Option<String> {
        self.0.first()?.written().map(Cow::into_owned)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn any(&self, passes: impl Fn(&Piece<'_>) -> bool) -> bool {
        self.0.iter().any(passes)
    }
}

impl<'a> FromIterator<Piece<'a>> for Found<'a> {
    fn from_iter<I: IntoIterator<Item = Piece<'a>>>(pieces: I) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl<'a> From<&'a str> for Piece<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> Piece<'a> {
    fn of_parameter(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.as_str().into()),
            Value::Number(_) | Value::Bool(_) => Self::Text(value.to_string().into()),
            Value::Null | Value::Array(_) | Value::Object(_) => Self::Value(Cow::Borrowed(value)),
        }
    }

    /// Whether it is a value, or a text that reads like it.
    pub(super) fn is(&self, wanted: &Value) -> bool {
        match self {
            Self::Text(text) => match wanted {
                Value::String(wanted) => wanted == text,
                other => *text == other.to_string(),
            },
            Self::Value(value) => are_equal(value, wanted),
        }
    }

    /// The text of it, if it is plain.
    pub(super) fn written(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Value(value) => match &**value {
                Value::String(text) => Some(Cow::Borrowed(text)),
                Value::Null | Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
                Value::Array(_) | Value::Object(_) => None,
            },
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Value(value) => value.as_f64(),
        }
    }
}

/// Equality as JSON Schema has it: 1 and 1.0 are one number, and the order of members does not count.
pub(super) fn are_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| are_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| are_equal(value, other)))
        }
        _ => one == other,
    }
}
