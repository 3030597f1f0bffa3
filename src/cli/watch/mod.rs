//! `--watch`: documents and scenarios are served anew when their files are saved, those that they refer to included.
//!
//! A save that can't be served changes nothing: what was there before goes on, and it is told why.

mod files;
mod saved;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::load::{Documents, Loader};
use super::terminal::Terminal;
use crate::contract::Contract;
use crate::diagnostic::{self, Diagnostic, Style};
use crate::document::Source;
use crate::engine::{RefusedSave, Serving};
use crate::error::Error;
use crate::scenario::Script;
use crate::text;
use files::{Files, Waker};
use saved::{SavedDocument, SavedScenario};

/// How many diagnostics of a save are shown.
const MOST_SHOWN: usize = 20;

/// Watches files and serves what they come to hold.
pub struct Watch<'a> {
    terminal: &'a Terminal,
    loader: &'a Loader,
    documents: Vec<SavedDocument>,
    scenarios: Vec<SavedScenario>,
    files: Files,
}

/// Wakes a watch, so that it sees that the server stops.
pub struct WatchWaker(Waker);

impl WatchWaker {
    /// Wakes it.
    pub fn wake(&self) {
        self.0.wake();
    }
}

impl<'a> Watch<'a> {
    /// Watches what is about to be served. Fails if none of it is a file, or the operating system does not let us.
    pub fn new(
        terminal: &'a Terminal,
        documents: &'a Documents,
        scenarios: &[(PathBuf, Script)],
    ) -> Result<(Self, WatchWaker), Error> {
        let specs = &documents.loader.specs;
        let is_no_file = |source: &Source| matches!(source, Source::Text { .. });
        let unwatched = specs.iter().filter(|spec| is_no_file(&spec.source));
        let unwatched: Vec<&str> = unwatched.map(|spec| spec.shown.as_str()).collect();
        if unwatched.len() == specs.len() && scenarios.is_empty() {
            let message = "`--watch` has nothing to watch: bundled documents and those from a URL are no files; name a \
                           file or a folder, or leave it out";
            return Err(Error::Usage(message.to_owned()));
        }
        if !unwatched.is_empty() {
            terminal.say(&format!("not watched, since they are no files: {}", text::list(unwatched)));
        }
        let (files, waker) = Files::new().map_err(|reason| cannot_watch(&reason))?;
        let mut watch = Self {
            terminal,
            loader: &documents.loader,
            documents: specs.iter().map(|spec| SavedDocument::new(spec, documents)).collect(),
            scenarios: scenarios.iter().map(|(path, script)| SavedScenario::new(path, script)).collect(),
            files,
        };
        watch.keep_files();
        watch.files.watch_folders().map_err(|reason| cannot_watch(&reason))?;
        Ok((watch, WatchWaker(waker)))
    }

    /// Serves what is saved, until `is_over` and it is woken.
    pub fn run(mut self, serving: &Serving, is_over: &AtomicBool) {
        while !is_over.load(Ordering::Relaxed) {
            if self.serve_changes(serving, is_over) {
                // Files that came to be watched may have changed before they were.
                self.files.wait_for_quiet();
            } else {
                self.files.wait();
            }
        }
    }

    /// Looks at all files once; whether any of them holds something else.
    fn serve_changes(&mut self, serving: &Serving, is_over: &AtomicBool) -> bool {
        // Before they are looked at: what happens after that wakes us.
        if let Err(reason) = self.files.watch_folders() {
            self.terminal.error(&cannot_watch(&reason).to_string());
        }
        let changed = self.files.changed();
        if changed.is_empty() {
            return false;
        }
        let is_served = self.serve_anew(&changed, serving);
        let refused = |name: &str, found: &[Diagnostic]| RefusedSave {
            name: name.to_owned(),
            reasons: found.iter().map(|one| diagnostic::render(one, Style::Plain)).collect(),
        };
        let documents = self.documents.iter().map(|one| refused(&one.name, &one.refused));
        let scenarios = self.scenarios.iter().map(|one| refused(&one.name, &one.refused));
        serving.refuse(documents.chain(scenarios).filter(|one| !one.reasons.is_empty()).collect());
        self.keep_files();
        if is_served {
            Arc::clone(&serving.engine()).prepare(is_over);
        }
        true
    }

    /// Loads what the changed files are part of, and serves it if it fits together.
    fn serve_anew(&mut self, changed: &BTreeSet<PathBuf>, serving: &Serving) -> bool {
        let mut is_new = false;
        for (document, spec) in self.documents.iter_mut().zip(&self.loader.specs) {
            if document.is_part_of(changed) {
                document.load(self.loader, spec);
                is_new |= document.next.is_some();
                tell(self.terminal, &document.refused, &document.shown);
            }
        }
        let contracts: Vec<Arc<Contract>> =
            self.documents.iter().filter_map(SavedDocument::contract).collect();
        let mut scripts = Vec::new();
        for scenario in &mut self.scenarios {
            let is_saved = scenario.load(changed, &contracts);
            is_new |= is_saved;
            tell(self.terminal, &scenario.refused, &scenario.name);
            let Some(script) = scenario.next.clone() else {
                let told =
                    format!("nothing of it is served: the scenario `{}` would not fit it", scenario.name);
                self.terminal.say(&told);
                let refused = scenario.refused.clone();
                self.documents.iter_mut().for_each(|document| document.wait(&refused));
                return false;
            };
            scripts.push(script);
        }
        if !is_new {
            return false;
        }
        let lost = serving.follow(contracts, scripts);
        tell(self.terminal, &lost, "what was loaded while serving");
        let documents = self.documents.iter_mut().filter_map(SavedDocument::take_over);
        let scenarios = self.scenarios.iter_mut().filter_map(SavedScenario::take_over);
        let news: Vec<String> = documents.chain(scenarios).collect();
        self.terminal.say(&format!("served anew: {}", news.join(", ")));
        true
    }

    fn keep_files(&mut self) {
        let documents = self.documents.iter().flat_map(|one| &one.files);
        let scenarios = self.scenarios.iter().flat_map(|one| &one.files);
        self.files.keep(documents.chain(scenarios).map(|(path, read)| (path.clone(), *read)).collect());
    }
}

/// Tells why something is not served.
fn tell(terminal: &Terminal, refused: &[Diagnostic], name: &str) {
    refused.iter().take(MOST_SHOWN).for_each(|diagnostic| terminal.diagnostic(diagnostic));
    if refused.len() > MOST_SHOWN {
        terminal.say(&format!("… and {} more", refused.len() - MOST_SHOWN));
    }
    if !refused.is_empty() {
        terminal.say(&format!("not served: `{name}`; what was there before goes on"));
    }
}

fn cannot_watch(reason: &str) -> Error {
    Error::Usage(format!("cannot watch for saves: {reason}; serve without `--watch`"))
}
