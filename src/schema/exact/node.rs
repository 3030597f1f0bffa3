//! Parsed values beside what is written, as a representation that the `jsonschema` package validates.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use serde_json::map::Iter as Members;
use serde_json::{Map, Number, Value};

use super::digits::ByAddress;
use crate::decimal::Decimal;

/// The representation that the package validates.
pub(super) struct Exact;

/// A value beside the numbers that it holds only in part.
#[derive(Clone, Copy)]
pub(super) struct ExactNode<'a> {
    pub(super) value: &'a Value,
    pub(super) numbers: &'a ByAddress,
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}

impl<'a> ExactNode<'a> {
    fn with(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    /// The number as it is written.
    pub(super) fn decimal(self) -> Option<Decimal> {
        let Value::Number(number) = self.value else { return None };
        Some(self.numbers.get(&address(self.value)).cloned().unwrap_or_else(|| Decimal::of(number).0))
    }

    /// How it compares to a number of the document; one that can't be known exactly is compared as it was parsed.
    pub(super) fn compared(self, limit: &Number) -> Option<Ordering> {
        let Value::Number(number) = self.value else { return None };
        match Decimal::of(limit) {
            (limit, true) => self.decimal().map(|own| own.cmp(&limit)),
            (limit, false) => Some(Decimal::of(number).0.cmp(&limit)),
        }
    }

    /// Whether it is the value of a document.
    pub(super) fn equals(self, expected: &Value) -> bool {
        match (self.value, expected) {
            (Value::Number(_), Value::Number(limit)) => self.compared(limit) == Some(Ordering::Equal),
            (Value::Array(items), Value::Array(expected)) => {
                items.len() == expected.len()
                    && items.iter().zip(expected).all(|(item, expected)| self.with(item).equals(expected))
            }
            (Value::Object(members), Value::Object(expected)) => {
                members.len() == expected.len()
                    && members.iter().all(|(name, member)| {
                        expected.get(name).is_some_and(|expected| self.with(member).equals(expected))
                    })
            }
            (one, other) => one == other,
        }
    }

    /// Text that equal values have in common.
    fn key(self, text: &mut String) {
        match self.value {
            Value::Number(_) => text.extend(self.decimal().map(|decimal| decimal.to_string())),
            Value::Array(items) => {
                text.push('[');
                for item in items {
                    self.with(item).key(text);
                    text.push(',');
                }
                text.push(']');
            }
            Value::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_unstable_by_key(|(name, _)| *name);
                text.push('{');
                for (name, member) in sorted {
                    text.push_str(&Value::from(name.as_str()).to_string());
                    self.with(member).key(text);
                    text.push(',');
                }
                text.push('}');
            }
            Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&self.value.to_string()),
        }
    }
}

impl Json for Exact {
    type Node<'a> = ExactNode<'a>;
    type PreparedKey = String;
    type StringBuffer = (Value, ByAddress);

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        (value, numbers): &mut (Value, ByAddress),
        string: &str,
        f: impl FnOnce(ExactNode<'_>) -> T,
    ) -> T {
        *value = Value::from(string);
        f(ExactNode { value, numbers })
    }
}

impl<'a> Node<'a, Exact> for ExactNode<'a> {
    type Object = ExactObject<'a>;
    type Array = ExactArray<'a>;
    type Number = ExactNumber<'a>;

    fn as_object(&self) -> Option<ExactObject<'a>> {
        self.value.as_object().map(|members| ExactObject { node: *self, members })
    }

    fn as_array(&self) -> Option<ExactArray<'a>> {
        self.value.as_array().map(|items| ExactArray { node: *self, items })
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.value.as_str().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<ExactNumber<'a>> {
        let number = self.value.as_number()?;
        Some(ExactNumber { number, decimal: self.numbers.get(&address(self.value)) })
    }

    fn as_boolean(&self) -> Option<bool> {
        self.value.as_bool()
    }

    fn is_null(&self) -> bool {
        self.value.is_null()
    }

    fn json_type(&self) -> JsonType {
        match self.value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::String(_) => JsonType::String,
            Value::Array(_) => JsonType::Array,
            Value::Object(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        self.equals(expected)
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Borrowed(self.value)
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(address(self.value)))
    }
}

pub(super) struct ExactNumber<'a> {
    number: &'a Number,
    decimal: Option<&'a Decimal>,
}

impl JsonNumber for ExactNumber<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.number.as_u64()
    }

    fn as_i64(&self) -> Option<i64> {
        self.number.as_i64()
    }

    fn as_f64(&self) -> Option<f64> {
        self.number.as_f64()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.number.to_string())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Borrowed(self.number)
    }

    fn is_integer(&self) -> bool {
        match self.decimal {
            Some(decimal) => decimal.is_integer(),
            None => Decimal::of(self.number).0.is_integer(),
        }
    }
}

pub(super) struct ExactObject<'a> {
    node: ExactNode<'a>,
    members: &'a Map<String, Value>,
}

pub(super) struct ExactMembers<'a> {
    node: ExactNode<'a>,
    members: Members<'a>,
}

impl<'a> Iterator for ExactMembers<'a> {
    type Item = (&'a str, ExactNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, member) = self.members.next()?;
        Some((name.as_str(), self.node.with(member)))
    }
}

impl<'a> Object<'a, Exact> for ExactObject<'a> {
    type Node = ExactNode<'a>;
    type MemberName = &'a str;
    type MembersIter = ExactMembers<'a>;

    fn len(&self) -> usize {
        self.members.len()
    }

    fn get(&self, key: &String) -> Option<ExactNode<'a>> {
        self.members.get(key).map(|member| self.node.with(member))
    }

    fn members(&self) -> ExactMembers<'a> {
        ExactMembers { node: self.node, members: self.members.iter() }
    }
}

pub(super) struct ExactArray<'a> {
    node: ExactNode<'a>,
    items: &'a [Value],
}

pub(super) struct ExactItems<'a> {
    node: ExactNode<'a>,
    items: std::slice::Iter<'a, Value>,
}

impl<'a> Iterator for ExactItems<'a> {
    type Item = ExactNode<'a>;

    fn next(&mut self) -> Option<ExactNode<'a>> {
        self.items.next().map(|item| self.node.with(item))
    }
}

impl<'a> Array<'a, Exact> for ExactArray<'a> {
    type Node = ExactNode<'a>;
    type ElementsIter = ExactItems<'a>;

    fn len(&self) -> usize {
        self.items.len()
    }

    fn elements(&self) -> ExactItems<'a> {
        ExactItems { node: self.node, items: self.items.iter() }
    }

    fn is_unique(&self) -> bool {
        let mut seen = HashSet::new();
        self.items.iter().all(|item| {
            let mut key = String::new();
            self.node.with(item).key(&mut key);
            seen.insert(key)
        })
    }
}
