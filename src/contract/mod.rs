//! The compiled API: what a document declares, read once, as types.

mod build;
mod content;
mod link;
mod operation;
mod parameter;
mod response;
mod security;

use std::sync::Arc;

use url::Url;

use crate::diagnostic::Diagnostic;
use crate::document::{Document, RawServer};
use crate::schema::Schemas;
use crate::text;
use build::Build;
pub use content::{Content, Encoding, Example};
pub use link::{Link, LinkParameter, LinkTarget, Piece};
pub use operation::{Operation, ParameterGroup, RequestBody};
pub use parameter::{Location, Parameter, Serialization, Style};
pub use response::{Branch, Header, Response, StatusKey};
pub use security::{Requirement, Scheme, SchemeKind};

/// A document compiled. It never changes.
pub struct Contract {
    /// Its name among the documents that are served.
    pub name: String,
    /// The document that it was compiled from.
    pub document: Arc<Document>,
    /// Its schemas.
    pub schemas: Arc<Schemas>,
    /// Its operations, in the document's order.
    pub operations: Vec<Operation>,
    /// Its security schemes.
    pub schemes: Vec<Scheme>,
    /// Its servers; empty if none is declared.
    pub servers: Vec<Server>,
}

/// A declared server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host and port in lower case, the port only if it is not the scheme's own; `None` for relative URLs.
    pub host: Option<String>,
    /// The path without a slash at its end; empty for the root.
    pub base_path: String,
}

impl Contract {
    /// Compiles a document. What can't be compiled is left out and told.
    pub fn build(name: impl Into<String>, mut document: Document) -> (Self, Vec<Diagnostic>) {
        let raw = std::mem::take(&mut document.operations);
        let document = Arc::new(document);
        let schemas =
            Arc::new(Schemas::new(Arc::clone(&document.reply_tree), Arc::clone(&document.request_tree)));
        let mut build =
            Build { document: &document, schemas: &schemas, schemes: Vec::new(), diagnostics: Vec::new() };
        build.schemes = document.schemes.iter().filter_map(|raw| build.scheme(raw)).collect();
        let mut operations: Vec<Operation> = raw.into_iter().filter_map(|raw| build.operation(raw)).collect();
        let (schemes, mut diagnostics) = (build.schemes, build.diagnostics);
        let servers: Vec<Server> = document.servers.iter().map(server).collect();
        diagnostics.extend(build::resolve_links(&document, &servers, &mut operations));
        diagnostics.extend(document.servers.iter().filter_map(|raw| unreadable_server(&document, raw)));
        (Self { name: name.into(), document, schemas, operations, schemes, servers }, diagnostics)
    }
}

/// What is wrong with a server's absolute URL; relative ones are paths and can be anything.
fn unreadable_server(document: &Document, raw: &RawServer) -> Option<Diagnostic> {
    let error = Url::parse(&raw.url).err().filter(|_| raw.url.contains("://"))?;
    let shown = text::harmless(&text::shortened(&raw.url, 100));
    let diagnostic =
        Diagnostic::warning("server-unreadable", format!("the server `{shown}` is no URL: {error}"));
    Some(
        diagnostic
            .at(Some(document.span(&raw.pointer)))
            .help("its host and base path find nothing until it is one"),
    )
}

fn server(raw: &RawServer) -> Server {
    let trimmed = |path: &str| path.trim_end_matches('/').to_owned();
    match Url::parse(&raw.url) {
        Ok(url) => {
            let host = url.host_str().map(|host| match url.port() {
                Some(port) => format!("{}:{port}", host.to_lowercase()),
                None => host.to_lowercase(),
            });
            Server { host, base_path: trimmed(url.path()) }
        }
        Err(_) => {
            let path = raw.url.split(['?', '#']).next().unwrap_or_default();
            let path = trimmed(path);
            let base_path = if path.is_empty() || path.starts_with('/') {
                path
            } else {
                format!("/{}", path.trim_start_matches("./"))
            };
            Server { host: None, base_path }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{LoadOptions, Source};

    #[test]
    fn a_link_that_leads_nowhere_is_left_out_and_told_once() {
        let text = "openapi: 3.0.0
info: { title: T, version: '1' }
paths:
  /a:
    get:
      operationId: a
      responses:
        '200': { description: ok, links: { l: { $ref: '#/components/links/Gone' }, self: { operationId: a } } }
        '201': { description: ok, links: { l: { $ref: '#/components/links/Gone' } } }
components:
  links:
    Gone: { operationRef: 'https://other.example.com/#/paths/~1a/get' }
";
        let source = Source::Text { name: "t.yaml".into(), text: text.to_owned() };
        let document = Document::load(&source, LoadOptions::default()).value.unwrap();
        let (contract, diagnostics) = Contract::build("t", document);
        let told: Vec<_> = diagnostics.iter().map(|one| (one.code, one.span.as_ref().unwrap())).collect();
        let [(code, span)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((*code, span.line_and_column().0), ("link-unresolved", 12));
        let links: Vec<usize> = contract.operations[0].responses.iter().map(|one| one.links.len()).collect();
        assert_eq!(links, [1, 0]);
    }
}
