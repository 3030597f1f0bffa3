//! What is served of a document or scenario, and what its files hold now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{Content, number};
use crate::cli::load::{Documents, LoadedDocument, Loader};
use crate::cli::spec::Spec;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Source;
use crate::scenario::{self, Script};
use crate::text;

/// A document.
pub(super) struct SavedDocument {
    pub(super) name: String,
    /// Where it comes from, for the user.
    pub(super) shown: String,
    /// What is served; `None` while it could not be used at all.
    served: Option<Version>,
    /// What is to be served next.
    pub(super) next: Option<Version>,
    /// Whether it is to be loaded though its files did not change.
    waits: bool,
    /// All its files, with what was read of them; `None` for what was not.
    pub(super) files: BTreeMap<PathBuf, Content>,
    /// Why its last save is not served; empty if it is.
    pub(super) refused: Vec<Diagnostic>,
}

/// A document as it was saved once.
#[derive(Clone)]
pub(super) struct Version {
    contract: Arc<Contract>,
    has_errors: bool,
}

impl SavedDocument {
    /// What is served first.
    pub(super) fn new(spec: &Spec, documents: &Documents) -> Self {
        let mut new = Self {
            name: spec.name.clone(),
            shown: spec.shown.clone(),
            served: None,
            next: None,
            waits: false,
            files: BTreeMap::new(),
            refused: Vec::new(),
        };
        let loaded = documents.all.iter().find(|document| document.name == spec.name);
        new.served = loaded.and_then(version);
        new.note_files(spec, new.served.clone().as_ref());
        new
    }

    /// Whether one of these files is its own, or it waits for others.
    pub(super) fn is_part_of(&self, changed: &BTreeSet<PathBuf>) -> bool {
        self.waits || self.files.keys().any(|path| changed.contains(path))
    }

    /// Loads it as it is now. A version with errors does not follow one without.
    pub(super) fn load(&mut self, loader: &Loader, spec: &Spec) {
        let loaded = loader.load(spec);
        let version = version(&loaded);
        self.waits = false;
        self.note_files(spec, version.as_ref());
        let had_errors = self.served.as_ref().is_none_or(|served| served.has_errors);
        self.next = version.filter(|version| had_errors || !version.has_errors);
        self.refused = match self.next {
            Some(_) => Vec::new(),
            None => loaded.diagnostics.into_iter().filter(|one| one.severity == Severity::Error).collect(),
        };
    }

    /// The contract that is to be served: the next one, else the one that is.
    pub(super) fn contract(&self) -> Option<Arc<Contract>> {
        self.next.as_ref().or(self.served.as_ref()).map(|version| Arc::clone(&version.contract))
    }

    /// Puts the next version off, for these reasons, until something changes.
    pub(super) fn wait(&mut self, refused: &[Diagnostic]) {
        if self.next.take().is_some() {
            self.waits = true;
            self.refused = refused.to_vec();
        }
    }

    /// Notes that the next version is served; yields what there is to say of it.
    pub(super) fn take_over(&mut self) -> Option<String> {
        let next = self.next.take()?;
        let told =
            format!("`{}` ({})", self.shown, text::counted(next.contract.operations.len(), "operation"));
        self.served = Some(next);
        Some(told)
    }

    /// Notes its files. Of a version that can't be used at all nothing is known: those of the one before may be part of it.
    fn note_files(&mut self, spec: &Spec, version: Option<&Version>) {
        let Source::File(path) = &spec.source else { return };
        match version {
            Some(version) => {
                let document = &version.contract.document;
                let read = document.contents().map(|(path, bytes)| (path.to_owned(), Some(number(bytes))));
                self.files = read.collect();
                self.files.extend(document.unread().map(|path| (path.to_owned(), None)));
            }
            None => self.files.values_mut().for_each(|content| *content = None),
        }
        // Also as it was named: a link may come to lead elsewhere.
        self.files.entry(absolute(path)).or_insert(None);
    }
}

fn version(loaded: &LoadedDocument) -> Option<Version> {
    let contract = Arc::clone(loaded.contract.as_ref()?);
    Some(Version { contract, has_errors: loaded.count(Severity::Error) > 0 })
}

/// A scenario.
pub(super) struct SavedScenario {
    /// Its path, as the user calls it.
    pub(super) name: String,
    path: PathBuf,
    served: Script,
    /// What is to be served next: as it was saved, else as it was before; `None` if that would not fit the documents.
    pub(super) next: Option<Script>,
    is_saved: bool,
    /// Its file, as it was named and without links.
    pub(super) files: BTreeMap<PathBuf, Content>,
    /// Why its last save is not served; empty if it is.
    pub(super) refused: Vec<Diagnostic>,
}

impl SavedScenario {
    /// What is served first.
    pub(super) fn new(path: &Path, script: &Script) -> Self {
        let mut new = Self {
            name: path.display().to_string(),
            path: path.to_owned(),
            served: script.clone(),
            next: None,
            is_saved: false,
            files: BTreeMap::new(),
            refused: Vec::new(),
        };
        new.note_files(Some(script));
        new
    }

    /// Looks it up in these contracts, as it is saved now if its file changed or its last save was refused. Whether it is
    /// another one than before.
    pub(super) fn load(&mut self, changed: &BTreeSet<PathBuf>, contracts: &[Arc<Contract>]) -> bool {
        let is_looked_at = !self.refused.is_empty() || self.files.keys().any(|path| changed.contains(path));
        self.refused = Vec::new();
        self.next = None;
        if is_looked_at {
            let loaded = scenario::load(&self.path, contracts);
            self.note_files(loaded.value.as_ref());
            self.next = loaded.value;
            if self.next.is_none() {
                self.refused = loaded.diagnostics;
            }
        }
        self.is_saved = self.next.is_some();
        if self.next.is_none() {
            let again = scenario::again(&self.served, contracts);
            if again.value.is_none() && self.refused.is_empty() {
                self.refused = again.diagnostics;
            }
            self.next = again.value;
        }
        self.is_saved
    }

    /// Notes that the next version is served; yields what there is to say of it, if it was saved.
    pub(super) fn take_over(&mut self) -> Option<String> {
        let next = self.next.take()?;
        let told = format!("`{}` ({})", self.name, text::counted(next.rules.len(), "rule"));
        self.served = next;
        std::mem::take(&mut self.is_saved).then_some(told)
    }

    fn note_files(&mut self, script: Option<&Script>) {
        let read = script.map(|script| number(script.source.text.text.as_bytes()));
        let named = absolute(&self.path);
        let direct = self.path.canonicalize().unwrap_or_else(|_| named.clone());
        self.files = BTreeMap::from([(named, read), (direct, read)]);
    }
}

/// A path from the root of the file system, links and all.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
