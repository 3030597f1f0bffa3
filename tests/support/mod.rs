//! What all tests of this binary load with: the repository's files, documents, contracts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use standin::contract::Contract;
use standin::diagnostic::{Diagnostic, Severity, Style, render};
use standin::document::{Document, LoadOptions, Source};

/// The four bundled documents, by name.
pub const BUNDLED: [&str; 4] = ["katapult", "mserve", "nethesis", "packet"];

/// A path inside the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// One of the bundled documents.
pub fn bundled(name: &str) -> Source {
    Source::File(repository(&format!("specs/{name}.yaml")))
}

/// A document given as text.
pub fn inline(name: &str, text: &str) -> Source {
    Source::Text { name: format!("{name}.yaml"), text: text.to_owned() }
}

/// Compiles a document, and tells everything that loading and compiling found.
pub fn build(name: &str, source: &Source) -> (Option<Contract>, Vec<Diagnostic>) {
    let mut loaded = Document::load(source, LoadOptions::default());
    let Some(document) = loaded.value else { return (None, loaded.diagnostics) };
    let (contract, found) = Contract::build(name, document);
    loaded.diagnostics.extend(found);
    (Some(contract), loaded.diagnostics)
}

/// Compiles a document that is known to be good.
pub fn contract(name: &str, source: &Source) -> Arc<Contract> {
    let (contract, found) = build(name, source);
    let errors: Vec<String> = found
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| render(diagnostic, Style::Plain))
        .collect();
    assert!(errors.is_empty(), "`{name}` is broken:\n{}", errors.join("\n"));
    Arc::new(contract.unwrap())
}

/// The four bundled contracts, in the order of their names.
pub fn all_bundled() -> Vec<Arc<Contract>> {
    BUNDLED.iter().map(|name| contract(name, &bundled(name))).collect()
}
