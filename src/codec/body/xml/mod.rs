//! XML: whether it is well-formed; its values are not read, so no schema judges them.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Body, Unreadable};
use crate::text::{harmless, shortened};

pub(super) fn decode(bytes: &[u8]) -> Result<Body, Unreadable> {
    let mut reader = Reader::from_reader(bytes);
    let (mut open, mut roots) = (0_usize, 0);
    loop {
        let event = reader.read_event().map_err(|error| {
            Unreadable::new(format!(
                "is not well-formed XML: {}",
                harmless(&shortened(&error.to_string(), 120))
            ))
        })?;
        match event {
            Event::Start(_) => {
                roots += usize::from(open == 0);
                open += 1;
            }
            Event::Empty(_) => roots += usize::from(open == 0),
            Event::End(_) => open = open.saturating_sub(1),
            Event::Text(text) if open == 0 && !text.trim_ascii().is_empty() => {
                return Err(Unreadable::new("is not well-formed XML: text outside of the root element"));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open, roots) {
        (0, 1) => Ok(Body::Opaque),
        (0, 0) => Err(Unreadable::new("is not well-formed XML: there is no element")),
        (0, _) => Err(Unreadable::new("is not well-formed XML: there is more than one root element")),
        _ => Err(Unreadable::new("is not well-formed XML: an element is not closed")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::json;

    #[test]
    fn only_well_formed_xml_is_taken() {
        let table = [
            ("<?xml version=\"1.0\"?>\n<a b=\"c\"><d/>text &amp; more</a>\n", true),
            ("<a/>", true),
            ("<a><b></a></b>", false),
            ("<a>", false),
            ("</a>", false),
            ("<a/><b/>", false),
            ("", false),
            ("{}", false),
        ];
        for (text, expected) in table {
            let found = told(&content("application/xml", &[]), text.as_bytes(), json!({}));
            assert_eq!(found == "opaque", expected, "{text}: {found}");
        }
    }
}
