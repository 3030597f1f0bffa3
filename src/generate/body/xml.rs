//! XML by the `xml` object of each schema (OpenAPI 3.1 4.8.26): names, attributes, wrapped arrays, namespaces.

use std::fmt::Write as _;

use serde_json::Value;

use crate::generate::body::Notation;
use crate::generate::body::text::plain;
use crate::pointer::Pointer;

pub(super) fn write(body: &Notation, value: &Value, out: &mut Vec<u8>) {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let at = body.content.schema.clone();
    let name = at.as_ref().map_or_else(|| "root".to_owned(), |at| root_name(body, at));
    let printer = Printer { body };
    match value {
        // A document has one root: items of a bare array stand in one.
        Value::Array(items) => {
            let item = at.as_ref().and_then(|at| printer.member(at, "items"));
            let _ = write!(text, "<{name}>");
            for value in items {
                let own = item
                    .as_ref()
                    .and_then(|item| printer.text_of(item, "name"))
                    .unwrap_or_else(|| "item".to_owned());
                printer.element(&own, item.as_ref(), value, &mut text);
            }
            let _ = write!(text, "</{name}>");
        }
        value => printer.element(&name, at.as_ref(), value, &mut text),
    }
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
}

fn root_name(body: &Notation, at: &Pointer) -> String {
    let printer = Printer { body };
    printer
        .text_of(at, "name")
        .or_else(|| {
            let (found, _) = body.schemas.resolve(at, body.direction)?;
            let is_component =
                found.tokens().next().is_some_and(|first| first == "components" || first == "definitions");
            found.last().filter(|_| is_component)
        })
        .map_or_else(|| "root".to_owned(), |name| legal(&name))
}

struct Printer<'a> {
    body: &'a Notation,
}

impl Printer<'_> {
    fn find(&self, at: &Pointer) -> Option<(Pointer, &Value)> {
        self.body.schemas.resolve(at, self.body.direction)
    }

    /// The schema of a property or of the items, also where a member of `allOf` has it.
    fn member(&self, at: &Pointer, path: &str) -> Option<Pointer> {
        let mut waiting = vec![at.clone()];
        for _ in 0..64 {
            let (found, schema) = self.find(&waiting.pop()?)?;
            let inside = found.concat(&Pointer::from_escaped(format!("/{path}")));
            if self.body.schemas.find(&inside, self.body.direction).is_some() {
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
        let own = self.body.schemas.find(at, self.body.direction).and_then(|schema| schema.get("xml"));
        own.or_else(|| self.find(at)?.1.get("xml"))
    }

    fn text_of(&self, at: &Pointer, key: &str) -> Option<String> {
        self.xml(at)?.get(key)?.as_str().map(str::to_owned)
    }

    fn is(&self, at: Option<&Pointer>, key: &str) -> bool {
        at.and_then(|at| self.xml(at)).and_then(|xml| xml.get(key)) == Some(&Value::Bool(true))
    }

    fn element(&self, name: &str, at: Option<&Pointer>, value: &Value, text: &mut String) {
        let prefix = at.and_then(|at| self.text_of(at, "prefix")).filter(|prefix| !prefix.is_empty());
        let namespace = at.and_then(|at| self.text_of(at, "namespace"));
        let name = match &prefix {
            Some(prefix) => format!("{}:{}", legal(prefix), legal(name)),
            None => legal(name),
        };
        let _ = write!(text, "<{name}");
        match (&prefix, &namespace) {
            (Some(prefix), Some(namespace)) => {
                let _ = write!(text, " xmlns:{}=\"{}\"", legal(prefix), escaped(namespace));
            }
            // A prefix must be declared for the document to be read.
            (Some(prefix), None) => {
                let _ = write!(text, " xmlns:{0}=\"urn:{0}\"", legal(prefix));
            }
            (None, Some(namespace)) => {
                let _ = write!(text, " xmlns=\"{}\"", escaped(namespace));
            }
            (None, None) => {}
        }
        let Value::Object(object) = value else {
            text.push('>');
            self.content(&name, at, value, text);
            let _ = write!(text, "</{name}>");
            return;
        };
        let members: Vec<(&String, &Value, Option<Pointer>)> = object
            .iter()
            .map(|(key, value)| {
                let path = Pointer::root().join("properties").join(key);
                (key, value, at.and_then(|at| self.member(at, &path.as_str()[1..])))
            })
            .collect();
        for (key, value, at) in &members {
            if self.is(at.as_ref(), "attribute") {
                let name =
                    at.as_ref().and_then(|at| self.text_of(at, "name")).unwrap_or_else(|| (*key).clone());
                let _ = write!(text, " {}=\"{}\"", legal(&name), escaped(&plain(value)));
            }
        }
        text.push('>');
        for (key, value, at) in &members {
            if !self.is(at.as_ref(), "attribute") {
                self.property(key, at.as_ref(), value, text);
            }
        }
        let _ = write!(text, "</{name}>");
    }

    fn property(&self, key: &str, at: Option<&Pointer>, value: &Value, text: &mut String) {
        let name = at.and_then(|at| self.text_of(at, "name")).unwrap_or_else(|| key.to_owned());
        let Value::Array(items) = value else { return self.element(&name, at, value, text) };
        let item = at.and_then(|at| self.member(at, "items"));
        let wrapped = self.is(at, "wrapped");
        // Unwrapped items are named by themselves, then by the array.
        let own = item
            .as_ref()
            .and_then(|item| self.text_of(item, "name"))
            .unwrap_or_else(|| if wrapped { key.to_owned() } else { name.clone() });
        if wrapped {
            let _ = write!(text, "<{}>", legal(&name));
        }
        for value in items {
            self.element(&own, item.as_ref(), value, text);
        }
        if wrapped {
            let _ = write!(text, "</{}>", legal(&name));
        }
    }

    fn content(&self, name: &str, at: Option<&Pointer>, value: &Value, text: &mut String) {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                let item = at.and_then(|at| self.member(at, "items"));
                for value in items {
                    self.element(name, item.as_ref(), value, text);
                }
            }
            value => text.push_str(&escaped(&plain(value))),
        }
    }
}

/// A name that an element or attribute may have.
fn legal(name: &str) -> String {
    let mut legal: String = name
        .chars()
        .map(
            |character| {
                if character.is_alphanumeric() || "_-.".contains(character) { character } else { '_' }
            },
        )
        .collect();
    if !legal.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        legal.insert(0, '_');
    }
    legal
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
