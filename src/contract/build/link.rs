//! Links, which are read beside `openapiv3`: it would refuse the whole operation for one that it does not like.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Build, pointer_of};
use crate::contract::{Link, LinkParameter, LinkTarget, Location, Operation, Piece, Server, server};
use crate::diagnostic::Diagnostic;
use crate::document::{Document, POINTER, RawServer};
use crate::pointer::Pointer;
use crate::text;

impl Build<'_> {
    /// The links of a response; what is said in no known expression is left out.
    pub(super) fn links(declared: Option<&Value>) -> Vec<Link> {
        let declared = declared.and_then(Value::as_object).into_iter().flatten();
        declared.filter_map(|(name, link)| read(name, link)).collect()
    }
}

fn read(name: &str, link: &Value) -> Option<Link> {
    let text = |field: &str| link.get(field).and_then(Value::as_str);
    let target = match (text("operationId"), text("operationRef")) {
        (Some(id), _) => LinkTarget::Id(id.to_owned()),
        (None, reference) => LinkTarget::Reference(reference?.to_owned()),
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

/// Looks up what the links lead to, now that all operations are there. What leads nowhere is left out and told.
pub(in crate::contract) fn resolve(
    document: &Document,
    servers: &[Server],
    operations: &mut [Operation],
) -> Vec<Diagnostic> {
    let lookup = Lookup { document, servers, operations };
    let links = operations.iter().flat_map(|operation| &operation.responses).flat_map(|one| &one.links);
    let found: Vec<Option<Pointer>> = links.map(|link| lookup.target(&link.target)).collect();
    let mut diagnostics = Vec::new();
    let mut told = BTreeSet::new();
    let mut found = found.into_iter();
    for operation in operations {
        for response in &mut operation.responses {
            response.links.retain_mut(|link| match found.next() {
                Some(Some(place)) => {
                    link.target = LinkTarget::Place(place);
                    true
                }
                Some(None) | None => {
                    if told.insert(link.pointer.clone()) {
                        diagnostics.push(nowhere(document, link));
                    }
                    false
                }
            });
        }
    }
    diagnostics
}

fn nowhere(document: &Document, link: &Link) -> Diagnostic {
    let (keyword, named) = match &link.target {
        LinkTarget::Id(id) => ("operationId", id.as_str()),
        LinkTarget::Place(place) => ("operationRef", place.as_str()),
        LinkTarget::Reference(reference) => ("operationRef", reference.as_str()),
    };
    let shown = text::harmless(&text::shortened(named, 120));
    let message = format!("the link `{}` leads to `{shown}`, which is no operation here", link.name);
    Diagnostic::warning("link-unresolved", message)
        .at(Some(document.span(&link.pointer.join(keyword))))
        .help("name an operation of this document, of its other files, or of its own server; it is not sent until then")
}

struct Lookup<'a> {
    document: &'a Document,
    servers: &'a [Server],
    operations: &'a [Operation],
}

impl Lookup<'_> {
    /// The place of the operation that is meant.
    fn target(&self, target: &LinkTarget) -> Option<Pointer> {
        let found = match target {
            LinkTarget::Reference(reference) => self.reference(reference)?,
            LinkTarget::Id(_) | LinkTarget::Place(_) => target.find(self.operations)?,
        };
        Some(self.operations[found].pointer.clone())
    }

    fn reference(&self, reference: &str) -> Option<usize> {
        let (location, fragment) = reference.split_once('#')?;
        let place = Pointer::from_fragment(&format!("#{fragment}"));
        if location.is_empty() {
            return LinkTarget::Place(place).find(self.operations);
        }
        if location.contains("://") {
            let named = server(&RawServer { url: location.to_owned(), pointer: Pointer::root() });
            let is_ours = named.host.is_some() && self.servers.iter().any(|ours| ours.host == named.host);
            return is_ours.then(|| LinkTarget::Place(place).find(self.operations)).flatten();
        }
        // Files are told apart by the end of their paths, as the link's own file is not known here.
        let path = location.trim_start_matches(['.', '/']);
        self.operations.iter().position(|operation| {
            operation.pointer.as_str().ends_with(place.as_str())
                && self
                    .document
                    .place(&operation.pointer)
                    .file
                    .strip_suffix(path)
                    .is_some_and(|folder| folder.is_empty() || folder.ends_with(['/', '\\']))
        })
    }
}
