//! From what the user named to contracts, with everything that was found on the way.

use std::sync::Arc;

use super::bundled;
use super::settings::{Origin, Settings};
use super::spec::{self, Spec};
use super::{Context, Stop};
use crate::client::Client;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Document, Fetch, LoadOptions, Source};
use crate::error::Error;

/// The documents of one run.
pub struct Documents {
    /// Each document, in the order in which they were named.
    pub all: Vec<LoadedDocument>,
    /// Where the list comes from, for the user; `None` where the user wrote it on the command line.
    pub origin: Option<String>,
    /// What loads them, and those that could not be loaded, once more.
    pub loader: Loader,
}

/// What loads documents.
pub struct Loader {
    /// Each document that was named.
    pub specs: Vec<Spec>,
    refs: Refs,
}

/// Which references may be followed.
struct Refs {
    outside: bool,
    remote: bool,
}

/// A document as far as it could be loaded.
pub struct LoadedDocument {
    /// Its name.
    pub name: String,
    /// Where it comes from, for the user.
    pub shown: String,
    /// What it declares; `None` if nothing of it can be used.
    pub contract: Option<Arc<Contract>>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Documents {
    /// The contracts of the documents that could be loaded.
    pub fn contracts(&self) -> Vec<Arc<Contract>> {
        self.all.iter().filter_map(|document| document.contract.clone()).collect()
    }
}

impl LoadedDocument {
    /// How many problems of a severity it has.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// Loads the documents that the settings name: by flag, environment or file, else those that are part of the program.
/// Stops if a setting is wrong or a document can't be found.
pub fn documents(settings: &mut Settings<'_>) -> Result<Documents, Stop> {
    documents_of("spec", settings)
}

/// As `documents` does, those that another setting names.
fn documents_of(setting: &str, settings: &mut Settings<'_>) -> Result<Documents, Stop> {
    let given = settings.all(setting);
    let refs = Refs { outside: settings.is("allow-outside-refs"), remote: settings.is("allow-remote-refs") };
    settings.check()?;
    let origin = match (given.first(), settings.path()) {
        (None, Some(path)) => {
            Some(format!("`{}` names no documents; these are bundled with standin", path.display()))
        }
        (None, None) => Some("no document was named; these are bundled with standin".to_owned()),
        (Some(given), _) => match &given.origin {
            Origin::File { span, .. } => Some(format!("the documents of `{}`", span.source.name)),
            Origin::Environment(name) => Some(format!("the documents of `{name}`")),
            Origin::Argument(_) | Origin::Flag(_) => None,
        },
    };
    let specs = if given.is_empty() {
        bundled_specs()
    } else {
        let mut diagnostics = Vec::new();
        let specs = spec::resolve(&given, &fetch, &mut diagnostics);
        if !diagnostics.is_empty() {
            return Err(Stop::Diagnostics(diagnostics));
        }
        specs
    };
    let loader = Loader { specs, refs };
    Ok(Documents { all: loader.specs.iter().map(|spec| loader.load(spec)).collect(), origin, loader })
}

/// Loads the documents and stops if one can't be used at all, unless the user wants such documents left out. What is
/// wrong with those that can be used is told shortly.
pub fn usable_documents(context: &Context<'_>, settings: &mut Settings<'_>) -> Result<Documents, Stop> {
    usable_documents_of("spec", context, settings)
}

/// As `usable_documents` does, those that another setting names.
pub fn usable_documents_of(
    setting: &str,
    context: &Context<'_>,
    settings: &mut Settings<'_>,
) -> Result<Documents, Stop> {
    let is_lenient = settings.is("lenient-load");
    let mut documents = documents_of(setting, settings)?;
    let mut broken = Vec::new();
    for document in documents.all.iter().filter(|document| document.contract.is_none()) {
        broken.push(format!("`{}`", document.shown));
        if is_lenient {
            context.terminal.say(&format!("left out: `{}` can't be used at all", document.shown));
        }
        for diagnostic in &document.diagnostics {
            context.terminal.diagnostic(diagnostic);
        }
    }
    if !broken.is_empty() && (!is_lenient || broken.len() == documents.all.len()) {
        let help = if documents.all.len() > broken.len() {
            "; correct it, leave it out, or serve the others with `--lenient-load`"
        } else {
            ""
        };
        let message = format!("{} can't be used at all{help}", broken.join(", "));
        return Err(Stop::Error(Error::Unusable(message)));
    }
    documents.all.retain(|document| document.contract.is_some());
    Ok(documents)
}

/// Loads the documents and stops if one has an error, unless the user takes them as far as they are good: what is judged
/// by half a document is judged wrongly.
pub fn sound_documents(context: &Context<'_>, settings: &mut Settings<'_>) -> Result<Documents, Stop> {
    let is_lenient = settings.is("lenient-load");
    let documents = usable_documents(context, settings)?;
    let broken: Vec<&LoadedDocument> =
        documents.all.iter().filter(|document| document.count(Severity::Error) > 0).collect();
    if broken.is_empty() || is_lenient {
        return Ok(documents);
    }
    for document in &broken {
        for diagnostic in document.diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            context.terminal.diagnostic(diagnostic);
        }
    }
    let names: Vec<String> = broken.iter().map(|document| format!("`{}`", document.shown)).collect();
    let message = format!(
        "{} can't be judged by as a whole; correct it, or use what is good of it with `--lenient-load`",
        names.join(", ")
    );
    Err(Stop::Error(Error::Unusable(message)))
}

fn bundled_specs() -> Vec<Spec> {
    bundled::DOCUMENTS
        .iter()
        .map(|(name, text)| {
            let shown = format!("<bundled>/{name}.yaml");
            let source = Source::Text { name: shown.clone(), text: (*text).to_owned() };
            Spec { name: (*name).to_owned(), source, shown }
        })
        .collect()
}

impl Loader {
    /// Loads a document as it is now.
    pub fn load(&self, spec: &Spec) -> LoadedDocument {
        let fetch = self.refs.remote.then_some(Fetch(&fetch));
        let loaded =
            Document::load(&spec.source, LoadOptions { allow_outside_refs: self.refs.outside, fetch });
        let mut diagnostics = loaded.diagnostics;
        let contract = loaded.value.map(|document| {
            let (contract, mut found) = Contract::build(spec.name.clone(), document);
            diagnostics.append(&mut found);
            Arc::new(contract)
        });
        LoadedDocument { name: spec.name.clone(), shown: spec.shown.clone(), contract, diagnostics }
    }
}

fn fetch(url: &str) -> Result<String, String> {
    let client = Client::new().map_err(|error| error.to_string())?;
    client.text(url).map_err(|error| error.to_string())
}
