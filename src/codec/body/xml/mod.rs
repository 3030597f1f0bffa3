//! XML by the `xml` object of each schema (OpenAPI 3.1 4.8.26, 3.2 4.26): names, attributes, wrapped arrays, namespaces.

mod tree;

use std::cell::Cell;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::{Body, Unreadable, text};
use crate::codec::coerce::{Reading, scalar};
use crate::codec::expect::{Expect, Node, Types, element_name};
use crate::media_type::MediaType;
use crate::text::{harmless, shortened};
use tree::{Element, Name};

/// Reads a document as the value that it stands for. Opaque where it nests deeper than what is known of its schema.
pub(super) fn decode(media_type: &MediaType, bytes: &[u8], expect: &Expect) -> Result<Body, Unreadable> {
    let text = match (media_type.parameter("charset"), declared_charset(bytes)) {
        (None, Some(charset)) => {
            let mut media_type = media_type.clone();
            media_type.parameters.push(("charset".to_owned(), charset));
            text::read(&media_type, bytes)?.into_owned().into()
        }
        _ => text::read(media_type, bytes)?,
    };
    let root = tree::read(&text)?;
    if let Some(xml) = expect.xml()
        && let Some(name) = &xml.name
        && !is_called(&root.name, name, xml.namespace.as_deref())
    {
        return Err(Unreadable::new(format!(
            "has the root element {}, expected {}",
            shown(&root.name.local, root.name.namespace.as_deref()),
            shown(name, xml.namespace.as_deref())
        )));
    }
    let mut values = Vec::new();
    for (reading, empties) in
        [(Reading::Typed, false), (Reading::Typed, true), (Reading::Text, false), (Reading::Text, true)]
    {
        let decoder = Decoder { reading, empties, is_blind: Cell::new(false) };
        let value = decoder.root(&root, expect)?;
        if decoder.is_blind.get() {
            return Ok(Body::Opaque);
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(Body::from(values))
}

/// The encoding that the XML declaration names.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    let end = bytes.windows(2).take(200).position(|two| two == b"?>")?;
    let head = str::from_utf8(&bytes[..end + 2]).ok()?;
    match Reader::from_str(head.trim_start_matches('\u{feff}')).read_event() {
        Ok(Event::Decl(declaration)) => Some(declaration.encoding()?.ok()?.into_owned()),
        _ => None,
    }
}

/// Whether a name is the one that a schema gives; where it gives no namespace, any will do.
fn is_called(found: &Name, name: &str, namespace: Option<&str>) -> bool {
    found.local == element_name(name)
        && namespace.is_none_or(|wanted| found.namespace.as_deref() == Some(wanted))
}

fn shown(name: &str, namespace: Option<&str>) -> String {
    let name = harmless(&shortened(name, 80));
    match namespace {
        Some(namespace) => format!("`{name}` of the namespace `{}`", harmless(&shortened(namespace, 80))),
        None => format!("`{name}`"),
    }
}

/// Makes values of elements in one way of reading.
struct Decoder {
    reading: Reading,
    /// Whether an array without elements of its own is an empty one rather than left out.
    empties: bool,
    /// Whether something was met of which nothing is known.
    is_blind: Cell<bool>,
}

impl Decoder {
    fn root(&self, root: &Element, expect: &Expect) -> Result<Value, Unreadable> {
        // A document has one root: the items of a bare array stand in one.
        if is_array(expect) { self.items(root, expect) } else { self.value(root, expect) }
    }

    fn items(&self, wrapper: &Element, expect: &Expect) -> Result<Value, Unreadable> {
        let name = expect.items().xml().and_then(|xml| xml.name.as_deref());
        let stranger = wrapper
            .children
            .iter()
            .find(|child| name.is_some_and(|name| child.name.local != element_name(name)));
        if let (Some(stranger), Some(name)) = (stranger, name) {
            return Err(Unreadable::new(format!(
                "has the element {} in {}, expected {}",
                shown(&stranger.name.local, None),
                shown(&wrapper.name.local, None),
                shown(name, None)
            )));
        }
        let items = wrapper.children.iter().map(|child| self.value(child, expect.items()));
        items.collect::<Result<_, _>>().map(Value::Array)
    }

    fn value(&self, element: &Element, expect: &Expect) -> Result<Value, Unreadable> {
        if expect.is_cut() {
            self.is_blind.set(true);
        }
        if element.is_nil {
            return Ok(Value::Null);
        }
        let structured = !element.children.is_empty() || !element.attributes.is_empty();
        let only_object = expect.allows(Types::OBJECT) && !expect.allows(Types::PRIMITIVE);
        let holds_text = expect.properties().values().any(|property| node(property) == Node::Text);
        if structured || only_object && (element.text.trim_ascii().is_empty() || holds_text) {
            return self.object(element, expect);
        }
        if is_array(expect) {
            return self.items(element, expect);
        }
        Ok(self.scalar(&element.text, expect))
    }

    /// What can't be read as its type stays text, for the schema to judge.
    fn scalar(&self, text: &str, expect: &Expect) -> Value {
        if self.reading == Reading::Typed && expect.allows(Types::NULL) && text.is_empty() {
            return Value::Null;
        }
        let plain = if expect.allows(Types::STRING) { text } else { text.trim_ascii() };
        scalar(plain, expect, self.reading).unwrap_or_else(|_| Value::from(text))
    }

    fn object(&self, element: &Element, expect: &Expect) -> Result<Value, Unreadable> {
        let mut left = Left {
            attributes: element.attributes.iter().map(Some).collect(),
            children: element.children.iter().map(Some).collect(),
            text: &element.text,
        };
        let mut object = self.named(&mut left, expect)?;
        // What the schema does not name, under its own names.
        for (name, value) in left.attributes.into_iter().flatten() {
            let expect = expect.property(&name.local);
            object.entry(name.local.clone()).or_insert_with(|| self.scalar(value, expect));
        }
        let mut others: Map<String, Value> = Map::new();
        for child in left.children.into_iter().flatten() {
            let value = self.value(child, expect.property(&child.name.local))?;
            match others.get_mut(&child.name.local) {
                Some(Value::Array(items)) => items.push(value),
                Some(single) => *single = Value::Array(vec![single.take(), value]),
                None => {
                    others.insert(child.name.local.clone(), value);
                }
            }
        }
        for (name, value) in others {
            object.entry(name).or_insert(value);
        }
        Ok(Value::Object(object))
    }

    /// The properties that a schema names, out of what is left of an element.
    fn named(&self, left: &mut Left<'_>, expect: &Expect) -> Result<Map<String, Value>, Unreadable> {
        let mut object = Map::new();
        for (key, property) in expect.properties() {
            let xml = property.xml();
            let name = xml.and_then(|xml| xml.name.as_deref()).unwrap_or(key);
            let namespace = xml.and_then(|xml| xml.namespace.as_deref());
            let value = match node(property) {
                Node::Attribute => {
                    let found = left.attribute(name, namespace);
                    found.map(|text| self.scalar(text, property))
                }
                Node::Text => {
                    let text = left.text;
                    (!text.is_empty()).then(|| self.scalar(text, property))
                }
                Node::Nothing if is_array(property) => {
                    let item = property.items().xml();
                    let name = item.and_then(|xml| xml.name.as_deref()).unwrap_or(name);
                    let found = left.children(name, item.and_then(|xml| xml.namespace.as_deref()));
                    let items = found.iter().map(|child| self.value(child, property.items()));
                    let items = items.collect::<Result<Vec<_>, _>>()?;
                    (!items.is_empty() || self.empties).then_some(Value::Array(items))
                }
                Node::Nothing => Some(Value::Object(self.named(left, property)?))
                    .filter(|value| value.as_object().is_some_and(|inner| !inner.is_empty())),
                Node::Element => match &left.children(name, namespace)[..] {
                    [] => None,
                    [child] if is_array(property) => Some(self.items(child, property)?),
                    [child] => Some(self.value(child, property)?),
                    // One was expected: the schema tells that best of an array.
                    many => {
                        let items = many.iter().map(|child| self.value(child, property));
                        Some(Value::Array(items.collect::<Result<_, _>>()?))
                    }
                },
            };
            if let Some(value) = value {
                object.insert(key.clone(), value);
            }
        }
        Ok(object)
    }
}

/// What of an element no property has taken yet.
struct Left<'e> {
    attributes: Vec<Option<&'e (Name, String)>>,
    children: Vec<Option<&'e Element>>,
    text: &'e str,
}

impl<'e> Left<'e> {
    fn attribute(&mut self, name: &str, namespace: Option<&str>) -> Option<&'e str> {
        // An attribute without a prefix is in no namespace, whatever its element's is.
        let is_it = |found: &Name| {
            is_called(found, name, namespace)
                || found.namespace.is_none() && found.local == element_name(name)
        };
        let mut left = self.attributes.iter();
        let at = left.position(|found| found.is_some_and(|(found, _)| is_it(found)))?;
        self.attributes[at].take().map(|(_, value)| value.as_str())
    }

    fn children(&mut self, name: &str, namespace: Option<&str>) -> Vec<&'e Element> {
        let mut found = Vec::new();
        for child in &mut self.children {
            if child.is_some_and(|child| is_called(&child.name, name, namespace)) {
                found.extend(child.take());
            }
        }
        found
    }
}

fn is_array(expect: &Expect) -> bool {
    expect.allows(Types::ARRAY) && (!expect.is_untyped() || expect.names_items())
}

/// What a property's value is written as; an array that is not wrapped has no element of its own.
fn node(expect: &Expect) -> Node {
    match expect.xml().and_then(|xml| xml.node) {
        Some(node) => node,
        None if is_array(expect) => Node::Nothing,
        None => Node::Element,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::{Value, json};

    fn read(text: &str, schema: Value) -> String {
        told(&content("application/xml", &[]), text.as_bytes(), schema)
    }

    #[test]
    fn only_well_formed_xml_is_taken() {
        let table = [
            ("<?xml version=\"1.0\"?>\n<a b=\"c\"><d/>text &amp; more</a>\n", ""),
            ("\u{feff}<a/>", ""),
            ("<a>&#233;&lt;<![CDATA[<]]></a>", ""),
            ("<a xmlns:x='urn:x'><x:b x:c='1' xml:lang='en'/></a>", ""),
            ("<a><b></a></b>", "expected `</b>`, but `</a>` was found (line 1, column 7)"),
            ("<a>\n<b>", "the element `b` is not closed"),
            ("</a>", "close tag `</a>` does not match any open tag (line 1, column 1)"),
            ("<a/>\n<b/>", "there is more than one root element (line 2, column 1)"),
            ("", "there is no element"),
            ("{}", "there is text outside of the root element (line 1, column 1)"),
            (
                "<a b='1' b='2'/>",
                "position 8: duplicated attribute, previous declaration at position 2 (line 1, column 1)",
            ),
            ("<x:a/>", "the prefix `x` stands for no namespace (line 1, column 1)"),
            ("<a>&b;</a>", "the entity `b` is not known (line 1, column 4)"),
            (
                "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
                "a document type (`<!DOCTYPE`) is not taken (line 1, column 1)",
            ),
            (
                "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
                "a document type (`<!DOCTYPE`) is not taken (line 1, column 1)",
            ),
        ];
        for (text, expected) in table {
            let found = read(text, json!({}));
            let found = found.strip_prefix("error: is not well-formed XML: ").unwrap_or_default();
            assert_eq!(found, expected, "{text}");
        }
        let deep = "<a>".repeat(200);
        assert!(read(&deep, json!({})).contains("deeper than 128"));
        let many = format!("<a>{}</a>", "<b/>".repeat(100_001));
        assert!(read(&many, json!({})).contains("more than 100000"));
    }

    #[test]
    fn elements_are_read_by_their_schemas() {
        let pet = json!({ "type": "object", "xml": { "name": "pet" }, "properties": {
            "id": { "type": "integer", "xml": { "attribute": true } },
            "name": { "type": "string" },
            "age": { "type": ["integer", "null"], "xml": { "name": "years", "namespace": "urn:n", "prefix": "n" } },
            "alive": { "type": "boolean" },
            "tags": { "type": "array", "items": { "type": "string", "xml": { "name": "tag" } }, "xml": { "wrapped": true } },
            "owner": { "type": "array", "items": { "type": "integer" } },
            "home": { "type": "object", "properties": { "zip": { "type": "string" } } },
            "note": { "type": "object", "properties": {
                "lang": { "type": "string", "xml": { "attribute": true } }, "text": { "type": "string", "xml": { "nodeType": "text" } }
            } }
        } });
        let table = [
            (
                "<pet id=' 7 '><name> 5 </name></pet>",
                r#"one of [{"id":7,"name":" 5 "},{"id":7,"name":" 5 ","owner":[]}]"#,
            ),
            ("<pet><alive> true </alive><owner>1</owner></pet>", r#"{"alive":true,"owner":[1]}"#),
            ("<pet><owner>1</owner><owner>2</owner></pet>", r#"{"owner":[1,2]}"#),
            ("<pet><owner>x</owner></pet>", r#"{"owner":["x"]}"#),
            (
                "<pet><tags><tag>a</tag><tag>1</tag></tags><owner>1</owner></pet>",
                r#"{"tags":["a","1"],"owner":[1]}"#,
            ),
            ("<pet><tags/><owner>1</owner></pet>", r#"{"tags":[],"owner":[1]}"#),
            (
                "<pet><tags><tagg>a</tagg></tags></pet>",
                "error: has the element `tagg` in `tags`, expected `tag`",
            ),
            ("<pet xmlns:m='urn:n'><m:years>3</m:years><owner>1</owner></pet>", r#"{"age":3,"owner":[1]}"#),
            ("<pet xmlns='urn:n'><years></years><owner>1</owner></pet>", r#"{"age":null,"owner":[1]}"#),
            (
                "<pet xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><alive xsi:nil='true'/><owner>1</owner></pet>",
                r#"{"alive":null,"owner":[1]}"#,
            ),
            (
                "<pet><years>3</years><owner>1</owner></pet>",
                r#"one of [{"owner":[1],"years":3},{"owner":[1],"years":"3"}]"#,
            ),
            ("<pet><name>a</name><name>b</name><owner>1</owner></pet>", r#"{"name":["a","b"],"owner":[1]}"#),
            ("<pet><home><zip>01</zip></home><owner>1</owner></pet>", r#"{"owner":[1],"home":{"zip":"01"}}"#),
            ("<pet><home/><owner>1</owner></pet>", r#"{"owner":[1],"home":{}}"#),
            ("<pet><home>x</home><owner>1</owner></pet>", r#"{"owner":[1],"home":"x"}"#),
            (
                "<pet><note lang='en'>hi <![CDATA[<b>]]></note><owner>1</owner></pet>",
                r#"{"owner":[1],"note":{"lang":"en","text":"hi <b>"}}"#,
            ),
            ("<Pet/>", "error: has the root element `Pet`, expected `pet`"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text, pet.clone()), expected, "{text}");
        }
        let list = json!({ "type": "array", "items": { "type": "integer", "xml": { "name": "n" } } });
        assert_eq!(read("<list><n>1</n><n>2</n></list>", list), "[1,2]");
        assert_eq!(read("<n>1.5</n>", json!({ "type": "number" })), "1.5");
    }

    #[test]
    fn what_its_schema_can_not_be_followed_to_is_not_judged() {
        let tree = json!({ "$ref": "#/$defs/tree", "$defs": { "tree": { "type": "object", "properties": {
            "n": { "type": "integer" }, "child": { "$ref": "#/$defs/tree" }
        } } } });
        assert_eq!(read("<tree><n>1</n></tree>", tree.clone()), r#"{"n":1}"#);
        assert_eq!(read("<tree><child><n>1</n></child></tree>", tree), "opaque");
    }

    #[test]
    fn the_encoding_of_the_declaration_counts_where_the_media_type_is_silent() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        let schema = json!({ "type": "string" });
        assert_eq!(told(&content("application/xml", &[]), latin, schema.clone()), "\"\u{e9}\"");
        let utf8 = content("application/xml; charset=utf-8", &[]);
        assert_eq!(told(&utf8, latin, schema.clone()), "error: is not UTF-8 (line 1, column 47)");
        let other = b"<?xml version='1.0' encoding='koi8-r'?><a/>";
        assert!(told(&content("text/xml", &[]), other, schema).contains("charset `koi8-r`"));
    }
}
