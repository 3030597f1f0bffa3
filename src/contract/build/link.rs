//! Links, which are read beside `openapiv3`: it would refuse the whole operation for one that it does not like.

use serde_json::Value;

use super::{Build, pointer_of};
use crate::contract::{Link, LinkParameter, LinkTarget, Location, Piece};
use crate::document::POINTER;
use crate::pointer::Pointer;

impl Build<'_> {
    /// The links of a response; what leads to another document, or is said in no known expression, is left out.
    pub(super) fn links(declared: Option<&Value>) -> Vec<Link> {
        let declared = declared.and_then(Value::as_object).into_iter().flatten();
        declared.filter_map(|(name, link)| read(name, link)).collect()
    }
}

fn read(name: &str, link: &Value) -> Option<Link> {
    let text = |field: &str| link.get(field).and_then(Value::as_str);
    let target = match (text("operationId"), text("operationRef")) {
        (Some(id), _) => LinkTarget::Id(id.to_owned()),
        (None, reference) => {
            LinkTarget::Place(reference.filter(|found| found.starts_with('#')).map(Pointer::from_fragment)?)
        }
    };
    let parameters = link.get("parameters").and_then(Value::as_object).into_iter().flatten();
    let parameters = parameters.map(|(key, value)| {
        let (location, name) = match key.split_once('.') {
            Some(("path", name)) => (Some(Location::Path), name),
            Some(("query", name)) => (Some(Location::Query), name),
            Some(("header", name)) => (Some(Location::Header), name),
            Some(("cookie", name)) => (Some(Location::Cookie), name),
            Some(_) | None => (None, key.as_str()),
        };
        Some(LinkParameter { location, name: name.to_owned(), pieces: Piece::all(value)? })
    });
    let pointer = pointer_of(link.get(POINTER));
    Some(Link { name: name.to_owned(), target, parameters: parameters.collect::<Option<_>>()?, pointer })
}
