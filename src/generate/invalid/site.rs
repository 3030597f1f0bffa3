//! A place where a keyword can be broken, and what is changed there.

use serde_json::{Map, Value};

use crate::pointer::Pointer;

/// A keyword of a schema that holds at a place of a value.
#[derive(Debug)]
pub(super) struct Site<'a> {
    /// The place in the value.
    pub instance: Pointer,
    /// What is there.
    pub value: &'a Value,
    /// The schema that has the keyword.
    pub schema: &'a Map<String, Value>,
    /// The keyword's name.
    pub name: &'a str,
    /// The keyword's place in the tree of schemas.
    pub keyword: Pointer,
    /// What the keyword says.
    pub limit: &'a Value,
    /// The tree of schemas.
    pub root: &'a Value,
}

/// What is changed at a site.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// The value becomes this one.
    Value(Value),
    /// The property goes.
    Without(String),
    /// The property comes.
    With(String, Value),
}

impl Change {
    /// The place that is wrong then, of a change at `instance`.
    pub fn pointer(&self, instance: &Pointer) -> Pointer {
        match self {
            Self::Value(_) => instance.clone(),
            Self::Without(name) | Self::With(name, _) => instance.join(name),
        }
    }

    /// The whole value with the change; `None` if there is nothing to change.
    pub fn apply(self, whole: &Value, instance: &Pointer) -> Option<Value> {
        let mut whole = whole.clone();
        let here = whole.pointer_mut(instance.as_str())?;
        match self {
            Self::Value(value) => *here = value,
            Self::Without(name) => drop(here.as_object_mut()?.shift_remove(&name)?),
            Self::With(name, value) => {
                let members = here.as_object_mut()?;
                if members.contains_key(&name) {
                    return None;
                }
                members.insert(name, value);
            }
        }
        Some(whole)
    }
}

impl Site<'_> {
    /// One break, by values that stand in the place of the one that is there.
    pub fn values(&self, values: impl IntoIterator<Item = Value>) -> Vec<Vec<Change>> {
        let other = |value: &Value| value != self.value;
        vec![values.into_iter().filter(other).map(Change::Value).collect()]
    }

    /// The keyword's limit, as a count.
    pub fn count(&self) -> Option<usize> {
        let float = || self.limit.as_f64().filter(|float| float.fract() == 0.0 && (0.0..1e9).contains(float));
        let whole = self.limit.as_u64().or_else(|| float().map(|float| float as u64))?;
        usize::try_from(whole).ok()
    }
}
