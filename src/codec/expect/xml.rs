//! How a schema's values stand in XML: its `xml` object (OpenAPI 3.1 4.8.26, 3.2 4.26).

use serde_json::Value;

/// What a schema says of its values' place in XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::codec) struct Xml {
    /// The name of the element or attribute, in place of the property's.
    pub(in crate::codec) name: Option<String>,
    pub(in crate::codec) node: Node,
}

/// What a value is in XML.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::codec) enum Node {
    /// An element; of an array, an element for each item and none around them.
    #[default]
    Usual,
    /// An element, also around the items of an array.
    Element,
    Attribute,
    /// What stands between the tags.
    Text,
    /// Nothing of its own: what is in it stands in its place.
    Nothing,
}

impl Xml {
    /// Reads the `xml` object of a schema.
    pub(super) fn read(xml: &Value) -> Self {
        let is = |key: &str| xml.get(key) == Some(&Value::Bool(true));
        let node = match xml.get("nodeType").and_then(Value::as_str) {
            Some("element") => Node::Element,
            Some("attribute") => Node::Attribute,
            Some("text" | "cdata") => Node::Text,
            Some("none") => Node::Nothing,
            _ if is("attribute") => Node::Attribute,
            _ if is("wrapped") => Node::Element,
            _ => Node::Usual,
        };
        Self { name: xml.get("name").and_then(Value::as_str).map(str::to_owned), node }
    }
}
