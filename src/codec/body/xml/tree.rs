//! XML 1.0 with namespaces as a tree of elements; document types and their entities are refused.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::codec::body::Unreadable;
use crate::codec::body::text::position;
use crate::text::{harmless, shortened};

/// How deep elements may nest.
const DEEPEST: usize = 128;
/// How many elements and attributes are read.
const MOST: usize = 100_000;
/// What `xsi:nil` belongs to.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: Name,
    pub(super) attributes: Vec<(Name, String)>,
    pub(super) children: Vec<Element>,
    /// Its own text, all pieces together.
    pub(super) text: String,
    /// Whether it says `xsi:nil="true"`.
    pub(super) is_nil: bool,
}

/// A name without its prefix.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) local: String,
    /// What its prefix stands for; `None` if it is in no namespace.
    pub(super) namespace: Option<String>,
}

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Element, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut builder = Builder::default();
    loop {
        let before = reader.buffer_position();
        let told = |reason: String, at: u64| {
            let place = position(text.as_bytes(), usize::try_from(at).unwrap_or(usize::MAX));
            Unreadable::at(format!("is not well-formed XML: {reason}"), place.line, place.column)
        };
        let event = reader.read_event();
        let event = event.map_err(|error| {
            let reason = error.to_string();
            let reason = reason.split_once("document: ").map_or(&*reason, |(_, reason)| reason);
            told(shown(reason), reader.error_position())
        })?;
        match builder.take(event) {
            Ok(true) => {}
            Ok(false) => break,
            Err(reason) => return Err(told(reason, before)),
        }
    }
    builder.finish().map_err(|reason| Unreadable::new(format!("is not well-formed XML: {reason}")))
}

fn shown(text: &str) -> String {
    harmless(&shortened(text, 120))
}

#[derive(Default)]
struct Builder {
    root: Option<Element>,
    /// The elements that are not closed yet, each with how many namespaces were known before it.
    open: Vec<(Element, usize)>,
    /// Prefixes and what they stand for, the innermost last; the default namespace has the empty prefix.
    namespaces: Vec<(String, String)>,
    count: usize,
}

impl Builder {
    /// Takes the next event; `false` at the end.
    fn take(&mut self, event: Event<'_>) -> Result<bool, String> {
        match event {
            Event::Start(tag) => self.begin(&tag)?,
            Event::Empty(tag) => {
                self.begin(&tag)?;
                self.end()?;
            }
            Event::End(_) => self.end()?,
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| shown(&error.to_string()))?;
                let name = reference.xml10_content();
                match (character, quick_xml::escape::resolve_predefined_entity(&name)) {
                    (Some(character), _) => self.text(character.encode_utf8(&mut [0; 4]))?,
                    (None, Some(text)) => self.text(text)?,
                    (None, None) => {
                        return Err(format!("the entity `{}` is not known", shown(&name)));
                    }
                }
            }
            // What a document type declares can grow without end, or name other files.
            Event::DocType(_) => return Err("a document type (`<!DOCTYPE`) is not taken".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn finish(self) -> Result<Element, String> {
        if let Some((element, _)) = self.open.last() {
            return Err(format!("the element `{}` is not closed", shown(&element.name.local)));
        }
        self.root.ok_or_else(|| "there is no element".to_owned())
    }

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.open.is_empty() && self.root.is_some() {
            return Err("there is more than one root element".to_owned());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("it nests deeper than {DEEPEST} elements"));
        }
        let known = self.namespaces.len();
        let mut attributes: Vec<(String, Cow<'_, str>)> = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| shown(&error.to_string()))?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            let value = value.map_err(|error| shown(&error.to_string()))?.into_owned();
            let name = attribute.key.as_ref();
            match name.split_once(':') {
                None if name == "xmlns" => self.namespaces.push((String::new(), value)),
                Some(("xmlns", prefix)) => self.namespaces.push((prefix.to_owned(), value)),
                _ => attributes.push((name.to_owned(), value.into())),
            }
            self.count += 1;
        }
        self.count += 1;
        if self.count > MOST {
            return Err(format!("it has more than {MOST} elements and attributes"));
        }
        let mut element = Element { name: self.name(tag.name().as_ref(), true)?, ..Element::default() };
        for (name, value) in attributes {
            let name = self.name(&name, false)?;
            match name.namespace.as_deref() {
                Some(XML) => {}
                Some(INSTANCE) => {
                    element.is_nil |= name.local == "nil" && ["true", "1"].contains(&value.trim());
                }
                _ => element.attributes.push((name, value.into_owned())),
            }
        }
        self.open.push((element, known));
        Ok(())
    }

    /// A name as written, without its prefix. Attributes without one are in no namespace.
    fn name(&self, written: &str, is_element: bool) -> Result<Name, String> {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let found = self.namespaces.iter().rev().find(|(known, _)| known == prefix);
        let namespace = match found {
            Some((_, uri)) if !prefix.is_empty() || is_element => Some(uri.clone()),
            _ if prefix == "xml" => Some(XML.to_owned()),
            None if !prefix.is_empty() => {
                return Err(format!("the prefix `{}` stands for no namespace", shown(prefix)));
            }
            _ => None,
        };
        Ok(Name { local: local.to_owned(), namespace: namespace.filter(|uri| !uri.is_empty()) })
    }

    fn end(&mut self) -> Result<(), String> {
        // The reader has seen that the names match.
        let Some((element, known)) = self.open.pop() else { return Err("no element is open".to_owned()) };
        self.namespaces.truncate(known);
        match self.open.last_mut() {
            Some((parent, _)) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some((element, _)) => element.text.push_str(text),
            None if text.trim_ascii().is_empty() => {}
            None => return Err("there is text outside of the root element".to_owned()),
        }
        Ok(())
    }
}
