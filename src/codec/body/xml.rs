//! XML as values, led by the `xml` object of each schema (OpenAPI 3.1 4.8.26, 3.2 4.26), as the generator writes it.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{Body, Unreadable};
use crate::codec::coerce::{Reading, scalar};
use crate::codec::element::{self, Element, element_name};
use crate::codec::expect::{Expect, Node, Types};

/// Reads a document; the name of its root is not judged, as no schema does. Content without a schema has no values.
pub(super) fn decode(bytes: &[u8], expect: &Expect) -> Result<Body, Unreadable> {
    let root = element::parse(bytes)?;
    if expect.is_untyped() && expect.properties().is_empty() && !expect.names_items() {
        return Ok(Body::Opaque);
    }
    // An array without items can't be seen in XML, and is no array at all there; text may be a number, or text.
    let mut values = Vec::new();
    for (reading, adds_empty) in
        [(Reading::Typed, false), (Reading::Typed, true), (Reading::Text, false), (Reading::Text, true)]
    {
        let value = Reader { reading, adds_empty }.value(&root, expect);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(Body::from(values))
}

struct Reader {
    reading: Reading,
    /// Whether arrays of which there is no item are there, and empty.
    adds_empty: bool,
}

impl Reader {
    fn value(&self, element: &Element, expect: &Expect) -> Value {
        if element.is_nil {
            return Value::Null;
        }
        let is_bare = element.children.is_empty() && element.attributes.is_empty();
        if is_array(expect) && !expect.allows(Types::OBJECT) && (!is_bare || is_blank(&element.text)) {
            return self.items(&element.children, expect);
        }
        let is_object = expect.allows(Types::OBJECT)
            && (!is_bare || !expect.allows(Types::PRIMITIVE) && is_blank(&element.text) || has_text(expect));
        if is_object {
            return Value::Object(self.object(element, expect));
        }
        self.scalar(&element.text, expect)
    }

    /// The text as a value; what it can't be stays text, for the schema to judge.
    fn scalar(&self, text: &str, expect: &Expect) -> Value {
        if self.reading == Reading::Typed && expect.allows(Types::NULL) && text.is_empty() {
            return Value::Null;
        }
        let read = |text: &str| scalar(text, expect, self.reading);
        read(text).or_else(|_| read(text.trim_ascii())).unwrap_or_else(|_| Value::from(text))
    }

    fn items(&self, elements: &[Element], expect: &Expect) -> Value {
        elements.iter().map(|element| self.value(element, expect.items())).collect()
    }

    fn object(&self, element: &Element, expect: &Expect) -> Map<String, Value> {
        let mut object = Map::new();
        let mut consumed = vec![false; element.children.len()];
        let mut named: Vec<String> = Vec::new();
        for (name, property) in expect.properties() {
            let in_xml = element_name(property.xml_name().unwrap_or(name));
            let found = match property.node() {
                Node::Attribute => {
                    let attribute = element.attributes.iter().find(|(name, _)| *name == in_xml);
                    named.push(in_xml);
                    attribute.map(|(_, text)| self.scalar(text, property))
                }
                Node::Text => {
                    let is_there = !element.text.is_empty() || element.children.is_empty();
                    is_there.then(|| self.scalar(&element.text, property))
                }
                Node::Nothing if !is_array(property) => {
                    let inside = self.object(element, property);
                    let known = |name: &String| property.properties().contains_key(name);
                    let inside: Map<_, _> = inside.into_iter().filter(|(name, _)| known(name)).collect();
                    for (at, child) in element.children.iter().enumerate() {
                        consumed[at] |= inside.contains_key(&child.name);
                    }
                    (!inside.is_empty()).then_some(Value::Object(inside))
                }
                Node::Usual | Node::Element | Node::Nothing => {
                    let item = || property.items().xml_name().map_or_else(|| in_xml.clone(), element_name);
                    let is_bare_list = is_array(property) && property.node() != Node::Element;
                    let wanted = if is_bare_list { item() } else { in_xml };
                    let mut of_name = Vec::new();
                    for (at, child) in element.children.iter().enumerate() {
                        if child.name == wanted {
                            consumed[at] = true;
                            of_name.push(child);
                        }
                    }
                    self.elements(&of_name, property, is_bare_list)
                }
            };
            if let Some(value) = found {
                object.insert(name.clone(), value);
            }
        }
        self.others(element, expect, &consumed, &named, &mut object);
        object
    }

    /// The elements of one name as the value of a property.
    fn elements(&self, elements: &[&Element], property: &Expect, is_bare_list: bool) -> Option<Value> {
        if is_bare_list {
            let items = || elements.iter().map(|item| self.value(item, property.items())).collect();
            return (!elements.is_empty() || self.adds_empty).then(items);
        }
        match elements {
            [] => None,
            [one] => Some(self.value(one, property)),
            // One value was expected: the schema tells that best of an array.
            several => Some(several.iter().map(|one| self.value(one, property)).collect()),
        }
    }

    /// What no property of the schema is called.
    fn others(
        &self,
        element: &Element,
        expect: &Expect,
        consumed: &[bool],
        attributes: &[String],
        object: &mut Map<String, Value>,
    ) {
        for (name, text) in &element.attributes {
            if !attributes.contains(name) && !object.contains_key(name) {
                object.insert(name.clone(), self.scalar(text, expect.property(name)));
            }
        }
        let mut rest: IndexMap<&str, Vec<&Element>> = IndexMap::new();
        for (child, _) in element.children.iter().zip(consumed).filter(|(_, consumed)| !**consumed) {
            rest.entry(&child.name).or_default().push(child);
        }
        for (name, same) in rest {
            let property = expect.property(name);
            let value = self.elements(&same, property, is_array(property));
            if let (Some(value), false) = (value, object.contains_key(name)) {
                object.insert(name.to_owned(), value);
            }
        }
    }
}

/// Whether an array is meant.
fn is_array(expect: &Expect) -> bool {
    expect.allows(Types::ARRAY) && (!expect.is_untyped() || expect.names_items())
}

/// Whether an object stands as nothing but text: one of its properties is what is between the tags.
fn has_text(expect: &Expect) -> bool {
    expect.properties().values().any(|property| property.node() == Node::Text)
}

fn is_blank(text: &str) -> bool {
    text.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::json;

    #[test]
    fn only_well_formed_xml_is_taken() {
        let table = [
            ("<?xml version=\"1.0\"?>\n<a b=\"c\"><d/>text &amp; more</a>\n", true),
            ("<!DOCTYPE a [<!ENTITY e \"x\">]><a b=\"&e;\">&e;</a>", true),
            ("<a/>", true),
            ("<a><b></a></b>", false),
            ("<a b=\"1\" b=\"2\"/>", false),
            ("<a>", false),
            ("</a>", false),
            ("<a/><b/>", false),
            ("<a/>text", false),
            ("", false),
            ("{}", false),
        ];
        for (text, expected) in table {
            let found = told(&content("application/xml", &[]), text.as_bytes(), json!({}));
            assert_eq!(found == "opaque", expected, "{text}: {found}");
        }
        let deep = "<a>".repeat(100_000);
        let found = told(&content("application/xml", &[]), deep.as_bytes(), json!({}));
        assert_eq!(found, "error: has elements that nest deeper than 128, and no more is read");
    }

    #[test]
    fn elements_become_properties_as_the_schema_names_them() {
        let schema = json!({ "type": "object", "properties": {
            "id": { "type": "integer", "xml": { "attribute": true, "prefix": "p" } },
            "name": { "type": "string", "xml": { "name": "full-name" } },
            "no": { "type": ["null", "integer"] },
            "tags": { "type": "array", "items": { "type": "string", "xml": { "name": "tag" } } },
            "list": { "type": "array", "xml": { "wrapped": true }, "items": { "type": "integer" } },
            "note": { "type": "object", "properties": {
                "lang": { "type": "string", "xml": { "nodeType": "attribute" } },
                "text": { "type": "string", "xml": { "nodeType": "cdata" } }
            } },
            "flat": { "type": "object", "xml": { "nodeType": "none" }, "properties": { "x": { "type": "boolean" } } }
        } });
        let table = [
            ("<a p:id='5' xmlns:p='urn:p' xsi:type='t'/>", r#"one of [{"id":5},{"id":5,"tags":[]}]"#),
            (
                "<a><p:full-name>a &amp; &#98;</p:full-name><tag>1</tag><tag>2</tag></a>",
                r#"{"name":"a & b","tags":["1","2"]}"#,
            ),
            ("<a><tag/><no xsi:nil='true'>5</no></a>", r#"{"no":null,"tags":[""]}"#),
            ("<a><tag/><list>\n<list> 1 </list>\n<list>2</list></list></a>", r#"{"tags":[""],"list":[1,2]}"#),
            ("<a><tag/><list/></a>", r#"{"tags":[""],"list":[]}"#),
            (
                "<a><tag/><note lang='en'>x<![CDATA[<y>]]></note></a>",
                r#"{"tags":[""],"note":{"lang":"en","text":"x<y>"}}"#,
            ),
            ("<a><tag/><x>true</x></a>", r#"{"tags":[""],"flat":{"x":true}}"#),
            (
                "<a><tag/><full-name>1</full-name><full-name>2</full-name></a>",
                r#"{"name":["1","2"],"tags":[""]}"#,
            ),
            (
                "<a o='1'><tag/><o2><b>x</b></o2></a>",
                r#"one of [{"tags":[""],"o":1,"o2":{"b":"x"}},{"tags":[""],"o":"1","o2":{"b":"x"}}]"#,
            ),
        ];
        for (text, expected) in table {
            let found = told(&content("application/xml", &[]), text.as_bytes(), schema.clone());
            assert_eq!(found, expected, "{text}");
        }
        let list = json!({ "type": "array", "items": { "type": "integer" } });
        assert_eq!(told(&content("text/xml", &[]), b"<l><i>1</i><i>2</i></l>", list), "[1,2]");
    }
}
