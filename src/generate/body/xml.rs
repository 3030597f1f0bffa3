//! XML by the `xml` object of each schema (OpenAPI 3.1 4.8.26, 3.2 4.26): names, kinds of nodes, wrapped arrays,
//! namespaces.

use std::fmt::Write as _;

use serde_json::Value;

use crate::codec::element_name;
use crate::codec::plain;
use crate::generate::body::Notation;
use crate::pointer::Pointer;

pub(super) fn write(notation: &Notation, value: &Value, out: &mut Vec<u8>) {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let printer = Printer { notation };
    let at = notation.content.schema.as_ref();
    let name = at.map_or_else(|| "root".to_owned(), |at| printer.root_name(at));
    match value {
        // A document has one root: items of a bare array stand in one.
        Value::Array(items) => {
            let item = at.and_then(|at| printer.member(at, "items"));
            let own = item.as_ref().and_then(|item| printer.text_of(item, "name"));
            let own = own.unwrap_or_else(|| "item".to_owned());
            let tag = printer.open(&name, at, &mut text);
            text.push('>');
            for value in items {
                printer.element(&own, item.as_ref(), value, &mut text);
            }
            let _ = write!(text, "</{tag}>");
        }
        value => printer.element(&name, at, value, &mut text),
    }
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
}

/// What a value becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Element,
    Attribute,
    Text,
    Cdata,
    /// Nothing of its own: what is in it stands in its place.
    Nothing,
}

struct Printer<'a> {
    notation: &'a Notation,
}

impl Printer<'_> {
    fn root_name(&self, at: &Pointer) -> String {
        self.text_of(at, "name")
            .or_else(|| {
                let (found, _) = self.find(at)?;
                let is_component = found
                    .tokens()
                    .next()
                    .is_some_and(|first| first == "components" || first == "definitions");
                found.last().filter(|_| is_component)
            })
            .unwrap_or_else(|| "root".to_owned())
    }

    fn find(&self, at: &Pointer) -> Option<(Pointer, &Value)> {
        self.notation.schemas.resolve(at, self.notation.direction)
    }

    /// The schema of a property or of the items, also where a member of `allOf` has it.
    fn member(&self, at: &Pointer, path: &str) -> Option<Pointer> {
        let mut waiting = vec![at.clone()];
        for _ in 0..64 {
            let (found, schema) = self.find(&waiting.pop()?)?;
            let inside = found.concat(&Pointer::from_escaped(format!("/{path}")));
            if self.notation.schemas.find(&inside, self.notation.direction).is_some() {
                return Some(inside);
            }
            for keyword in ["allOf", "oneOf", "anyOf"] {
                let members = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
                waiting.extend((0..members).map(|index| found.join(keyword).index(index)));
            }
        }
        None
    }

    fn xml(&self, at: &Pointer) -> Option<&Value> {
        let own = self.notation.schemas.find(at, self.notation.direction);
        own.and_then(|schema| schema.get("xml")).or_else(|| self.find(at)?.1.get("xml"))
    }

    fn text_of(&self, at: &Pointer, key: &str) -> Option<String> {
        self.xml(at)?.get(key)?.as_str().map(str::to_owned)
    }

    fn node(&self, at: Option<&Pointer>, value: &Value) -> Node {
        let xml = at.and_then(|at| self.xml(at));
        let is = |key: &str| xml.and_then(|xml| xml.get(key)) == Some(&Value::Bool(true));
        match xml.and_then(|xml| xml.get("nodeType")).and_then(Value::as_str) {
            Some("element") => Node::Element,
            Some("attribute") => Node::Attribute,
            Some("text") => Node::Text,
            Some("cdata") => Node::Cdata,
            Some("none") => Node::Nothing,
            _ if is("attribute") => Node::Attribute,
            _ if value.is_array() && !is("wrapped") => Node::Nothing,
            _ => Node::Element,
        }
    }

    /// Writes the start of a tag up to its namespace, and tells its name.
    fn open(&self, name: &str, at: Option<&Pointer>, text: &mut String) -> String {
        let (name, namespace) = self.qualified(name, at);
        let _ = write!(text, "<{name}{namespace}");
        name
    }

    /// A name with its prefix, and the declaration of its namespace.
    fn qualified(&self, name: &str, at: Option<&Pointer>) -> (String, String) {
        let prefix = at.and_then(|at| self.text_of(at, "prefix")).filter(|prefix| !prefix.is_empty());
        let namespace = at.and_then(|at| self.text_of(at, "namespace")).map(|uri| escaped(&uri));
        match prefix.map(|prefix| element_name(&prefix)) {
            Some(prefix) => {
                // A prefix must be declared for the document to be read.
                let namespace = namespace.unwrap_or_else(|| format!("urn:{prefix}"));
                (format!("{prefix}:{}", element_name(name)), format!(" xmlns:{prefix}=\"{namespace}\""))
            }
            None => {
                let declared = namespace.map(|namespace| format!(" xmlns=\"{namespace}\""));
                (element_name(name), declared.unwrap_or_default())
            }
        }
    }

    fn element(&self, name: &str, at: Option<&Pointer>, value: &Value, text: &mut String) {
        let tag = self.open(name, at, text);
        match value {
            Value::Object(object) => {
                let members = self.members(object, at);
                for (key, at, value) in &members {
                    if self.node(at.as_ref(), value) == Node::Attribute {
                        self.attribute(key, at.as_ref(), value, text);
                    }
                }
                text.push('>');
                self.content(&members, text);
            }
            Value::Array(items) => {
                text.push('>');
                let item = at.and_then(|at| self.member(at, "items"));
                let own = item.as_ref().and_then(|item| self.text_of(item, "name"));
                for value in items {
                    self.element(own.as_deref().unwrap_or(name), item.as_ref(), value, text);
                }
            }
            Value::Null => text.push('>'),
            value => {
                text.push('>');
                text.push_str(&escaped(&plain(value)));
            }
        }
        let _ = write!(text, "</{tag}>");
    }

    fn attribute(&self, key: &str, at: Option<&Pointer>, value: &Value, text: &mut String) {
        let name = at.and_then(|at| self.text_of(at, "name")).unwrap_or_else(|| key.to_owned());
        let (name, namespace) = self.qualified(&name, at);
        // Attributes without a prefix are in no namespace (Namespaces in XML 1.0, 6.2).
        let namespace = if name.contains(':') { namespace } else { String::new() };
        let _ = write!(text, "{namespace} {name}=\"{}\"", escaped(&plain(value)));
    }

    fn members<'v>(
        &self,
        object: &'v serde_json::Map<String, Value>,
        at: Option<&Pointer>,
    ) -> Vec<(&'v str, Option<Pointer>, &'v Value)> {
        let place = |key: &str| {
            let path = Pointer::root().join("properties").join(key);
            at.and_then(|at| self.member(at, &path.as_str()[1..]))
        };
        object.iter().map(|(key, value)| (key.as_str(), place(key), value)).collect()
    }

    /// What of the members stands between the tags.
    fn content(&self, members: &[(&str, Option<Pointer>, &Value)], text: &mut String) {
        for (key, at, value) in members {
            self.property(key, at.as_ref(), value, text);
        }
    }

    fn property(&self, key: &str, at: Option<&Pointer>, value: &Value, text: &mut String) {
        let name = at.and_then(|at| self.text_of(at, "name")).unwrap_or_else(|| key.to_owned());
        match (self.node(at, value), value) {
            (Node::Attribute, _) => {}
            (Node::Text, value) => text.push_str(&escaped(&plain(value))),
            (Node::Cdata, value) => {
                let inside = plain(value).replace("]]>", "]]]]><![CDATA[>");
                let _ = write!(text, "<![CDATA[{inside}]]>");
            }
            (Node::Nothing, Value::Array(items)) => {
                let item = at.and_then(|at| self.member(at, "items"));
                let own = item.as_ref().and_then(|item| self.text_of(item, "name")).unwrap_or(name);
                for value in items {
                    self.element(&own, item.as_ref(), value, text);
                }
            }
            (Node::Nothing, Value::Object(object)) => self.content(&self.members(object, at), text),
            (Node::Nothing | Node::Element, value) => self.element(&name, at, value, text),
        }
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 has no way to write these.
            control if (control as u32) < 32 && !['\t', '\n', '\r'].contains(&control) => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generate::body::tests::written;

    /// The examples of the specification (OpenAPI 3.1 4.8.26.2), and 3.2's kinds of nodes.
    #[test]
    fn names_nodes_and_wrappers_are_the_specifications() {
        let list = |xml: Value, item: Value| {
            json!({ "properties": { "animals": {
                "type": "array", "items": { "type": "string", "xml": item }, "xml": xml
            } } })
        };
        let animals = json!({ "animals": ["cat", "dog"] });
        let one = |xml: Value| json!({ "properties": { "a": { "xml": xml } } });
        let table = [
            (list(json!({}), json!({})), &animals, "<animals>cat</animals><animals>dog</animals>"),
            (
                list(json!({"name": "aliens"}), json!({"name": "animal"})),
                &animals,
                "<animal>cat</animal><animal>dog</animal>",
            ),
            (
                list(json!({"wrapped": true}), json!({"name": "animal"})),
                &animals,
                "<animals><animal>cat</animal><animal>dog</animal></animals>",
            ),
            (
                list(json!({"wrapped": true}), json!({})),
                &animals,
                "<animals><animals>cat</animals><animals>dog</animals></animals>",
            ),
            (
                list(json!({"name": "aliens", "wrapped": true}), json!({})),
                &animals,
                "<aliens><aliens>cat</aliens><aliens>dog</aliens></aliens>",
            ),
            (
                list(json!({"nodeType": "element"}), json!({"name": "animal"})),
                &animals,
                "<animals><animal>cat</animal><animal>dog</animal></animals>",
            ),
            (
                one(json!({"prefix": "x", "namespace": "urn:n"})),
                &json!({"a": "<"}),
                "<x:a xmlns:x=\"urn:n\">&lt;</x:a>",
            ),
            (one(json!({"nodeType": "text"})), &json!({"a": "<"}), "&lt;"),
            (one(json!({"nodeType": "cdata"})), &json!({"a": "]]>"}), "<![CDATA[]]]]><![CDATA[>]]>"),
            (one(json!({"nodeType": "none"})), &json!({"a": {"b": 1, "c": 2}}), "<b>1</b><c>2</c>"),
        ];
        for (schema, value, inside) in table {
            let expected = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Pet>{inside}</Pet>\n");
            assert_eq!(written("application/xml", &schema, value), expected, "{schema}");
        }
        let attribute = one(json!({"nodeType": "attribute", "name": "id", "prefix": "x"}));
        let text = written("application/xml", &attribute, &json!({"a": 5}));
        assert!(text.ends_with("<Pet xmlns:x=\"urn:x\" x:id=\"5\"></Pet>\n"), "{text}");
    }
}
