//! Other tools' files: each feature is printed as it should be, what is printed loads and plays as their documentation
//! says, and what can't be said is told.

mod command;
mod played;
mod printed;
mod refused;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use standin::contract::Contract;
use standin::diagnostic::{Diagnostic, Style, render};
use standin::engine::{Engine, Options};
use standin::import::{Imported, TABLE};
use standin::scenario;

use crate::support::{contract, inline};

/// The document that stubs are about.
fn shop() -> Vec<Arc<Contract>> {
    vec![contract("shop", &inline("shop", include_str!("shop.yaml")))]
}

/// Imports a file or folder of `WireMock`'s.
fn import(path: &Path, contracts: &[Arc<Contract>]) -> Imported {
    let tool = TABLE.iter().find(|tool| tool.name == "wiremock").unwrap();
    (tool.read)(path, contracts)
}

/// Imports one file with this text.
fn import_text(text: &str, contracts: &[Arc<Contract>]) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stubs.json");
    std::fs::write(&path, text).unwrap();
    import(&path, contracts)
}

fn import_stubs(stubs: &Value, contracts: &[Arc<Contract>]) -> Imported {
    import_text(&json!({ "mappings": stubs }).to_string(), contracts)
}

/// An engine that plays what was imported; each scenario has to load without an error.
fn play(imported: &Imported, contracts: &[Arc<Contract>]) -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let load = |one: &standin::import::Scenario| {
        let path = folder.path().join(format!("{}.yaml", one.name));
        std::fs::write(&path, &one.text).unwrap();
        let loaded = scenario::load(&path, contracts);
        loaded.value.unwrap_or_else(|| panic!("{}\n{}", one.text, shown(&loaded.diagnostics)))
    };
    let scripts = imported.scenarios.iter().map(load).collect();
    Engine::new(contracts.to_vec(), scripts, Options::default())
}

fn shown(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| render(diagnostic, Style::Plain) + "\n").collect()
}
