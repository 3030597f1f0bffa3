//! `WireMock`'s stub mappings: what its documentation says of each is what the rule does.

mod files;
mod json;
mod matcher;
mod order;
mod pattern;
mod request;
mod response;
mod stub;
mod template;
mod url;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::Method;

use super::confirm::{Draft, confirm};
use super::part::Part;
use super::{Definition, Imported, Scenario};
use crate::contract::{Contract, Operation};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{Engine, Options, Routed};
use crate::media_type::Kind;
use crate::negotiate;
use crate::scenario::ScenarioFile;
use crate::scenario::format::{Names, When};
use order::Group;
use stub::Stub;
use url::Segment;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "wiremock",
    about: "stub mappings: a file with one or with `mappings`, or a folder of them, with `__files` beside",
    read,
};

/// The most stubs that are read: the rules of a file are held against one another.
const MOST_STUBS: usize = 5_000;

fn read(path: &Path, contracts: &[Arc<Contract>]) -> Imported {
    let mut diagnostics = Vec::new();
    let sources = files::mappings(path, &mut diagnostics);
    let desk = Desk {
        contracts,
        engine: Engine::new(contracts.to_vec(), Vec::new(), Options::default()),
        content: files::content_folder(path),
    };
    let parts: Vec<Part<'_>> = sources.iter().flat_map(|file| mappings(&Part::whole(file))).collect();
    let mut imported = Imported { stubs: parts.len(), ..Imported::default() };
    if let Some(part) = parts.get(MOST_STUBS) {
        let message = format!("there are {} stubs, and at most {MOST_STUBS} are read", parts.len());
        let diagnostic = Diagnostic::error("stub-left-out", message).at(Some(part.span()));
        diagnostics.push(diagnostic.help("import them in parts"));
    }
    let parts = parts.iter().take(MOST_STUBS);
    let mut stubs: Vec<Stub<'_>> =
        parts.filter_map(|part| stub::read(part, &desk, &mut diagnostics)).collect();
    note_whole_urls(&stubs, &mut diagnostics);
    order::sort(&mut stubs);
    order::separate(&mut stubs);
    order::name_apart(&mut stubs);
    let base = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let base = base.file_stem().map_or_else(|| "wiremock".into(), |stem| slug(&stem.to_string_lossy()));
    let groups = order::deal(stubs, &mut diagnostics);
    let is_one = groups.len() == 1;
    for group in groups {
        let name = match group.machine.as_ref().filter(|_| !is_one) {
            Some(machine) if imported.scenarios.iter().any(|known| known.name == slug(machine)) => {
                format!("{}-{}", slug(machine), imported.scenarios.len() + 1)
            }
            Some(machine) => slug(machine),
            None => base.clone(),
        };
        let (text, kept) = confirm(file(&name, &group), drafts(group), contracts, &mut diagnostics);
        if !kept.is_empty() {
            imported.imported += kept.len();
            imported.in_part += kept.iter().filter(|draft| draft.is_in_part).count();
            imported.scenarios.push(Scenario { name, text });
        }
    }
    imported.diagnostics = diagnostics;
    imported
}

/// The stubs of a file: those of `mappings`, those of a list, or the one that it is.
fn mappings<'a>(whole: &Part<'a>) -> Vec<Part<'a>> {
    let list = whole.member("mappings").unwrap_or_else(|| whole.clone());
    if list.value.is_array() { list.items().collect() } else { vec![list] }
}

/// Tells once that `url` here also fits requests with other query parameters.
fn note_whole_urls(stubs: &[Stub<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut of = stubs.iter().filter(|stub| stub.route.is_whole_url);
    let Some(first) = of.next() else { return };
    let more = crate::text::and_more(1 + of.count());
    let message =
        format!("a `url` fits requests with query parameters that no stub of its path names, too{more}");
    let part = first.part.member("request").unwrap_or_else(|| first.part.clone());
    let note = Diagnostic { severity: Severity::Info, ..Diagnostic::warning("stub-differs", message) };
    diagnostics
        .push(note.at(Some(part.span())).help("add `query: { NAME: { present: false } }` where it matters"));
}

fn file(name: &str, group: &Group<'_>) -> ScenarioFile {
    let of = group.machine.as_ref().map(|machine| format!(", scenario {machine}")).unwrap_or_default();
    let description = Some(format!("Imported from WireMock{of}."));
    ScenarioFile { name: name.to_owned(), description, documents: None, rules: Vec::new() }
}

fn drafts(group: Group<'_>) -> Vec<Draft> {
    let of = |stub: Stub<'_>| {
        let response = stub.part.member("response");
        let keys = ["bodyFileName", "body", "jsonBody", "base64Body"];
        let content = response.as_ref().and_then(|part| keys.iter().find_map(|key| part.member(key)));
        let content = content.or(response).unwrap_or_else(|| stub.part.clone());
        Draft {
            at: stub.part.span(),
            content_at: content.span(),
            rule: stub.rule,
            is_in_part: stub.is_in_part,
        }
    };
    group.stubs.into_iter().map(of).collect()
}

/// A name for files and headers: lower-case letters, digits and dashes.
fn slug(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    if words.is_empty() { "wiremock".to_owned() } else { words.join("-") }
}

/// What stubs are looked up in.
struct Desk<'a> {
    contracts: &'a [Arc<Contract>],
    engine: Engine,
    /// The folder of content.
    content: Option<PathBuf>,
}

impl Desk<'_> {
    fn has_documents(&self) -> bool {
        !self.contracts.is_empty()
    }

    fn operation(&self, (document, operation): (usize, usize)) -> &Operation {
        &self.contracts[document].operations[operation]
    }

    fn leads_to(&self, method: &Method, path: &str) -> Option<Routed> {
        self.engine.leads_to(method, path)
    }

    /// The method, else all that the documents have.
    fn methods(&self, method: Option<&Method>) -> Vec<Method> {
        if let Some(method) = method {
            return vec![method.clone()];
        }
        let mut methods = Vec::new();
        for operation in self.contracts.iter().flat_map(|contract| &contract.operations) {
            if !methods.contains(&operation.method) {
                methods.push(operation.method.clone());
            }
        }
        methods
    }

    fn operations(&self, takes: impl Fn(&Operation) -> bool) -> Vec<(usize, usize)> {
        self.operations_by(|_, operation| takes(operation))
    }

    fn operations_by(&self, takes: impl Fn(&Contract, &Operation) -> bool) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        for (document, contract) in self.contracts.iter().enumerate() {
            let operations = contract.operations.iter().enumerate();
            let taken = operations.filter(|(_, operation)| takes(contract, operation));
            places.extend(taken.map(|(index, _)| (document, index)));
        }
        places
    }

    /// Names operations in a condition, and their documents where another one has an operation of the same id.
    fn name(&self, places: &[(usize, usize)], when: &mut When) {
        let mut ids: Vec<&str> = Vec::new();
        let mut documents: Vec<&str> = Vec::new();
        let mut is_shared = false;
        for place in places {
            let id = self.operation(*place).id.as_str();
            let document = self.contracts[place.0].name.as_str();
            if !ids.contains(&id) {
                ids.push(id);
            }
            if !documents.contains(&document) {
                documents.push(document);
            }
            is_shared |=
                self.operations(|operation| operation.id == id).iter().any(|other| !places.contains(other));
        }
        when.operation = Some(names(&ids));
        when.document = is_shared.then(|| names(&documents));
    }

    /// The segments of an operation's path, with those of its first server.
    fn segments(&self, place: (usize, usize)) -> Vec<Segment> {
        let base = self.contracts[place.0].servers.first().map_or("", |server| server.base_path.as_str());
        let path = format!("{base}{}", self.operation(place).template);
        let of = |piece: &str| match piece.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            Some(name) => Segment::Parameter(name.to_owned(), Some(name.to_owned())),
            None => Segment::Literal(url::decoded(piece)),
        };
        path.split('/').skip(1).map(of).collect()
    }

    /// Whether content of the operations can be held against text.
    fn takes_text(&self, places: &[(usize, usize)]) -> bool {
        let has_values = |kind: Kind| match kind {
            Kind::Json | Kind::Form | Kind::Multipart | Kind::Xml | Kind::JsonLines | Kind::EventStream => {
                true
            }
            Kind::Text | Kind::Binary => false,
        };
        places.iter().all(|place| {
            let content = self.operation(*place).body.iter().flat_map(|body| &body.content);
            !content.map(|content| content.media_type.kind()).any(has_values)
        })
    }

    /// Whether the reply of a status would have content if none is given.
    fn may_have_content(&self, places: &[(usize, usize)], status: u16) -> bool {
        let has_some = |place: &(usize, usize)| {
            let operation = self.operation(*place);
            match negotiate::declared(operation, status) {
                Some(chosen) => !operation.responses[chosen.response].content.is_empty(),
                None => !matches!(status, 204 | 205 | 304),
            }
        };
        if places.is_empty() { !matches!(status, 204 | 205 | 304) } else { places.iter().any(has_some) }
    }

    fn content(&self, name: &str) -> Result<String, String> {
        files::content(self.content.as_deref(), name)
    }
}

fn names(names: &[&str]) -> Names {
    match names {
        [one] => Names::One((*one).to_owned()),
        several => Names::Several(several.iter().map(|name| (*name).to_owned()).collect()),
    }
}
