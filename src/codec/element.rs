//! XML as a tree of elements: whether it is well-formed, and what is in it (XML 1.0, Namespaces in XML 1.0).

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::body::Unreadable;
use crate::text::{harmless, shortened};

/// How deep elements may nest; deeper ones are unreadable.
const DEEPEST: usize = 128;

/// How many attributes an element may have: each is held against all before it.
const MOST_ATTRIBUTES: usize = 1_000;

/// An element. Prefixes are left off: a document that mixes vocabularies with the same names is not told apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    /// Its attributes, without what is said of the document's form: `xmlns`, `xsi:…`, `xml:…`.
    pub(super) attributes: Vec<(String, String)>,
    /// Whether it says to be null (`xsi:nil`, XML Schema 1.0 2.6.2).
    pub(super) is_nil: bool,
    pub(super) children: Vec<Element>,
    /// All text directly in it, one piece behind the other.
    pub(super) text: String,
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

/// The root of a document.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_reader(bytes);
    // The first stands for the document, each other is in the one before it.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|error| malformed(&error))? {
            Event::Start(start) if open.len() <= DEEPEST => open.push(element(&start)?),
            Event::Start(_) => {
                return Err(Unreadable::new(format!(
                    "has elements that nest deeper than {DEEPEST}, and no more is read"
                )));
            }
            Event::Empty(start) => put(&mut open, element(&start)?),
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    put(&mut open, done);
                }
            }
            Event::Text(text) => write(&mut open, &text.xml10_content()),
            Event::CData(text) => write(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| malformed(&error))?;
                match character {
                    Some(character) => write(&mut open, character.encode_utf8(&mut [0; 4])),
                    // An entity that a DTD declares is not followed, and stays as it is written.
                    None => match resolve_predefined_entity(&reference) {
                        Some(text) => write(&mut open, text),
                        None => write(&mut open, &format!("&{};", &*reference)),
                    },
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    root(open)
}

fn root(mut open: Vec<Element>) -> Result<Element, Unreadable> {
    let reason = match (open.pop(), open.is_empty()) {
        (_, false) => "an element is not closed",
        (Some(document), _) if !document.text.trim_ascii().is_empty() => "text outside of the root element",
        (Some(mut document), _) => match (document.children.pop(), document.children.is_empty()) {
            (Some(root), true) => return Ok(root),
            (Some(_), false) => "there is more than one root element",
            (None, _) => "there is no element",
        },
        (None, true) => "there is no element",
    };
    Err(Unreadable::new(format!("is not well-formed XML: {reason}")))
}

fn malformed(error: &dyn std::fmt::Display) -> Unreadable {
    Unreadable::new(format!("is not well-formed XML: {}", harmless(&shortened(&error.to_string(), 120))))
}

fn put(open: &mut [Element], done: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(done);
    }
}

fn write(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Unreadable> {
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| malformed(&error))?;
        if element.attributes.len() == MOST_ATTRIBUTES {
            return Err(Unreadable::new(format!(
                "has an element with more than {MOST_ATTRIBUTES} attributes"
            )));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or(attribute.value);
        match attribute.key.as_ref().split_once(':') {
            Some(("xsi", "nil")) => element.is_nil = matches!(&*value, "true" | "1"),
            // What is said of the document's form is none of its values.
            Some(("xmlns" | "xsi" | "xml", _)) => {}
            Some((_, local)) => element.attributes.push((local.to_owned(), value.into_owned())),
            None if attribute.key.as_ref() == "xmlns" => {}
            None => element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned())),
        }
    }
    Ok(element)
}
