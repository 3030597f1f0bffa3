//! The `xml` object of a schema (OpenAPI 3.1 4.8.26, 3.2 4.26).

use serde_json::Value;

/// How a value is written as XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::codec) struct Xml {
    /// The name of its element or attribute; `None` if it is the property's.
    pub(in crate::codec) name: Option<String>,
    pub(in crate::codec) namespace: Option<String>,
    /// What it becomes; `None` if that depends on its type.
    pub(in crate::codec) node: Option<Node>,
}

/// What a value becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::codec) enum Node {
    Element,
    Attribute,
    /// The text of the element that it belongs to, be it written as CDATA.
    Text,
    /// Nothing of its own: what is in it stands in its place.
    Nothing,
}

impl Xml {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let text = |key: &str| {
            object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let is = |key: &str| object.get(key) == Some(&Value::Bool(true));
        let node = match object.get("nodeType").and_then(Value::as_str) {
            Some("element") => Some(Node::Element),
            Some("attribute") => Some(Node::Attribute),
            Some("text" | "cdata") => Some(Node::Text),
            Some("none") => Some(Node::Nothing),
            _ if is("attribute") => Some(Node::Attribute),
            _ if is("wrapped") => Some(Node::Element),
            _ => None,
        };
        Some(Self { name: text("name"), namespace: text("namespace"), node })
    }
}

/// A name as an element or attribute can have it: what XML does not take becomes `_`.
pub fn element_name(name: &str) -> String {
    let taken = |character: char| character.is_alphanumeric() || "_-.".contains(character);
    let mut legal: String =
        name.chars().map(|character| if taken(character) { character } else { '_' }).collect();
    if !legal.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        legal.insert(0, '_');
    }
    legal
}
