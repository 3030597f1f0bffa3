//! What a server says of its documents before it serves them.

use std::sync::Arc;

use super::command::table;
use super::load::{Documents, LoadedDocument};
use super::terminal::Terminal;
use crate::contract::{Contract, Location, Operation, SchemeKind};
use crate::diagnostic::Severity;
use crate::engine::Conflict;
use crate::text;

/// How many diagnostics are shown in full at the start.
const MOST_SHOWN: usize = 20;

/// One line about a path that several documents declare.
pub fn told(conflict: &Conflict) -> String {
    let first = conflict.documents.first().map(String::as_str).unwrap_or_default();
    format!(
        "conflict: {} {} fits {}; `{first}` answers unless the path starts with a document's name, such as `/{}/`",
        conflict.method,
        text::harmless(&conflict.path),
        text::list(conflict.documents.iter().map(String::as_str)),
        conflict.documents.last().map(String::as_str).unwrap_or_default(),
    )
}

/// How many problems a document has; `None` if there are none.
pub fn counts(document: &LoadedDocument) -> Option<String> {
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (document.count(severity), severity.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| text::counted(count, word))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// One line for each document, and what is wrong with it.
pub fn introduce(terminal: &Terminal, documents: &Documents) {
    if let Some(origin) = &documents.origin {
        terminal.say(origin);
    }
    let rows: Vec<Vec<String>> = documents
        .all
        .iter()
        .filter_map(|document| Some((document, document.contract.as_ref()?)))
        .map(|(document, contract)| {
            let base = contract.servers.first().map(|server| server.base_path.as_str()).unwrap_or_default();
            vec![
                document.name.clone(),
                text::harmless(&contract.document.title_version),
                text::harmless(&text::shortened(&contract.document.title, 60)),
                text::counted(contract.operations.len(), "operation"),
                if base.is_empty() { "/".to_owned() } else { text::harmless(base) },
                document.shown.clone(),
            ]
        })
        .collect();
    terminal.say(&table::layout(&rows));
    let mut shown = 0;
    for document in &documents.all {
        for diagnostic in document.diagnostics.iter().filter(|one| one.severity == Severity::Error) {
            if shown < MOST_SHOWN {
                terminal.diagnostic(diagnostic);
            }
            shown += 1;
        }
    }
    if shown > MOST_SHOWN {
        terminal.say(&format!("… and {} more errors; `standin lint` tells all", shown - MOST_SHOWN));
    }
    for document in &documents.all {
        if let Some(counts) = counts(document) {
            terminal.say(&format!("{}: {counts}; what is good of it is served", document.name));
        }
    }
}

/// A line to copy: the request that is easiest to make.
pub fn try_it(contracts: &[Arc<Contract>], url: &str) -> Option<String> {
    let all =
        || contracts.iter().flat_map(|one| one.operations.iter().map(move |operation| (one, operation)));
    let (contract, operation) = all().min_by_key(|(_, operation)| effort(operation))?;
    let base = contract.servers.first().map(|server| server.base_path.as_str()).unwrap_or_default();
    let mut path = String::new();
    let mut rest = operation.template.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        path.push_str(before);
        path.push('1');
        rest = behind.split_once('}').map_or("", |(_, after)| after);
    }
    path.push_str(rest);
    let method = match operation.method.as_str() {
        "GET" => String::new(),
        other => format!("-X {other} "),
    };
    let target = format!("{url}/{}{base}{path}", contract.name);
    let line = format!("try it: curl {method}{}'{target}'", credential(contract, operation));
    Some(text::harmless(&line))
}

/// How much a request needs: nothing but a path is best.
fn effort(operation: &Operation) -> usize {
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let weight = |location| if location == Location::Path { 1 } else { 3 };
    let parameters: usize = required.map(|parameter| weight(parameter.location)).sum();
    let method = if operation.method == http::Method::GET { 0 } else { 100 };
    method + parameters * 2 + usize::from(!operation.security.is_empty())
}

fn credential(contract: &Contract, operation: &Operation) -> String {
    let needed = operation.security.first().and_then(|requirement| requirement.schemes.first());
    match needed.and_then(|(at, _)| contract.schemes.get(*at)).map(|scheme| &scheme.kind) {
        Some(SchemeKind::Bearer) => "-H 'Authorization: Bearer any' ".to_owned(),
        Some(SchemeKind::Basic) => "-u any:any ".to_owned(),
        Some(SchemeKind::Http(name)) => format!("-H 'Authorization: {name} any' "),
        Some(SchemeKind::HeaderKey(name)) => format!("-H '{name}: any' "),
        Some(SchemeKind::CookieKey(name)) => format!("-b '{name}=any' "),
        Some(SchemeKind::QueryKey(name)) => format!("-G -d '{name}=any' "),
        Some(SchemeKind::MutualTls) | None => String::new(),
    }
}
