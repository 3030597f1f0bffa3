//! `$ref`: from the text of a reference to the value it names, within the document's folder tree.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::file::File;
use super::shelf::Shelf;
use super::walk::Spot;
use super::{Fetch, LoadOptions};
use crate::diagnostic::{Diagnostic, Span};
use crate::pointer::Pointer;
use crate::text;

/// The files of a document, the root first, read as references lead to them.
pub(super) struct Files<'a> {
    all: &'a Shelf,
    pub(super) diagnostics: Vec<Diagnostic>,
    options: LoadOptions<'a>,
    /// The folder that files may be read from; `None` if there is none (bundled, from a URL).
    folder: Option<PathBuf>,
    /// What has been asked for, by path or URL; `Err` says why it can't be had.
    known: HashMap<PathBuf, Result<usize, String>>,
    /// Files that were asked for and are not there, or could not be read.
    pub(super) unread: RefCell<BTreeSet<PathBuf>>,
    /// `$anchor`, `$dynamicAnchor` and `$id` of each file.
    names: HashMap<usize, HashMap<String, Pointer>>,
    /// Whether a file has any `$id`: most have none, and no reference then looks for one around it.
    identified: HashMap<usize, bool>,
}

type Resolved = Result<Spot, Box<Diagnostic>>;

impl<'a> Files<'a> {
    pub(super) fn new(root: File, all: &'a Shelf, options: LoadOptions<'a>) -> Self {
        let folder = root.path.is_absolute().then(|| root.path.parent().map(Path::to_owned)).flatten();
        let known = HashMap::from([(root.path.clone(), Ok(0))]);
        all.put(root);
        Self {
            all,
            diagnostics: Vec::new(),
            options,
            folder,
            known,
            unread: RefCell::default(),
            names: HashMap::new(),
            identified: HashMap::new(),
        }
    }

    /// The value of the root file.
    pub(super) fn root(&self) -> &'a Value {
        &self.file_at(0).value
    }

    pub(super) fn value(&self, spot: &Spot) -> Option<&'a Value> {
        spot.1.find(&self.all.get(spot.0)?.value)
    }

    /// The values of all files, the root's first.
    pub(super) fn values(&self) -> impl Iterator<Item = &'a Value> {
        self.all.iter().map(|file| &file.value)
    }

    pub(super) fn span(&self, spot: &Spot) -> Span {
        self.file_at(spot.0).span(&spot.1).0
    }

    fn file_at(&self, index: usize) -> &'a File {
        self.all.get(index).expect("spots are in files that have been put on the shelf")
    }

    /// Finds what a `$ref` written at `from` names.
    pub(super) fn resolve(&mut self, reference: &str, from: &Spot) -> Resolved {
        let (location, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = decoded(fragment);
        if let Some(spot) = self.identified(location, &fragment, from) {
            return Ok(spot);
        }
        if !location.is_empty()
            && let Some(spot) = self.named(from.0, reference).or_else(|| self.named(from.0, location))
        {
            return Ok(spot);
        }
        let file = if location.is_empty() { from.0 } else { self.file(location, from.0)? };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return self.named(file, &fragment).ok_or_else(|| {
                Box::new(Diagnostic::error(
                    "dangling-reference",
                    format!("`{reference}` names an anchor that is not there"),
                ))
            });
        }
        self.find(file, &Pointer::from_escaped(fragment), reference)
    }

    /// What a reference names by the `$id`s of the file (JSON Schema 2020-12 8.2.1): that of the schema around it is what
    /// it is relative to. `None` if there is none, or it names nothing there.
    fn identified(&mut self, location: &str, fragment: &str, from: &Spot) -> Option<Spot> {
        let value = &self.file_at(from.0).value;
        if !*self.identified.entry(from.0).or_insert_with(|| has_identifier(value)) {
            return None;
        }
        let base = base(value, &from.1)?;
        let absolute = if location.is_empty() { base } else { base.join(location).ok()? };
        let resource = self.named(from.0, absolute.as_str())?;
        if fragment.is_empty() {
            return Some(resource);
        }
        if !fragment.starts_with('/') {
            return self.named(from.0, &format!("{absolute}#{fragment}"));
        }
        let inside = (resource.0, resource.1.concat(&Pointer::from_escaped(fragment)));
        self.value(&inside).is_some().then_some(inside)
    }

    /// Follows the pointer's tokens, through references where a token lies behind one.
    fn find(&mut self, file: usize, pointer: &Pointer, reference: &str) -> Resolved {
        if self.value(&(file, pointer.clone())).is_some() {
            return Ok((file, pointer.clone()));
        }
        let mut spot = (file, Pointer::root());
        let mut hops = 0;
        for token in pointer.tokens() {
            loop {
                let next = (spot.0, spot.1.join(&token));
                if self.value(&next).is_some() {
                    spot = next;
                    break;
                }
                let behind = self.value(&spot).and_then(|value| value.get("$ref")).and_then(Value::as_str);
                let Some(behind) = behind.map(str::to_owned) else {
                    return Err(Box::new(self.dangling(&spot, &token, reference)));
                };
                hops += 1;
                if hops > 32 {
                    let message = format!("`{reference}` leads in a circle");
                    return Err(Box::new(Diagnostic::error("endless-reference", message)));
                }
                spot = self.resolve(&behind, &spot)?;
            }
        }
        Ok(spot)
    }

    fn dangling(&self, spot: &Spot, token: &str, reference: &str) -> Diagnostic {
        let names: Vec<&str> = match self.value(spot) {
            Some(Value::Object(map)) => map.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let help = match text::nearest(token, names.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if names.is_empty() => "correct the reference or add what it names".into(),
            None => format!("what is there: {}", text::list(names)),
        };
        let message = format!("`{reference}` names nothing: there is no `{token}` at `{}`", spot.1);
        Diagnostic::error("dangling-reference", message).help(help)
    }

    /// The index of the file at `location`, as written in the file `from`.
    fn file(&mut self, location: &str, from: usize) -> Result<usize, Box<Diagnostic>> {
        let refused = |reason: String| Box::new(Diagnostic::error("unreadable-reference", reason));
        if self.is_remote(location, from) {
            let base = &self.file_at(from).path;
            return self.remote(location, base, is_url(base)).map_err(refused);
        }
        let path = self.local(location, from).map_err(refused)?;
        if let Some(known) = self.known.get(&path) {
            return known.clone().map_err(refused);
        }
        let name = self.shown_name(&path);
        let before = self.diagnostics.len();
        let outcome = match File::read(&path, &name, &mut self.diagnostics) {
            Some(file) => Ok(self.all.put(file)),
            None => {
                self.unread.borrow_mut().insert(path.clone());
                Err(format!("`{location}` names a file that can't be read{}", self.last_reason(before)))
            }
        };
        self.known.insert(path, outcome.clone());
        outcome.map_err(refused)
    }

    /// The path, without links and dots, of the file at `location`, as written in the file `from`; an error says why
    /// it may not be read.
    pub(super) fn local(&self, location: &str, from: usize) -> Result<PathBuf, String> {
        let Some(folder) = &self.folder else {
            return Err(format!(
                "`{location}` is another file, and this document has no folder to find it in"
            ));
        };
        let path = self.file_at(from).path.parent().unwrap_or(folder).join(decoded(location));
        let path = path.canonicalize().map_err(|error| {
            self.unread.borrow_mut().insert(path.clone());
            format!("`{location}` names the file `{}`: {error}", path.display())
        })?;
        if path.starts_with(folder) || self.options.allow_outside_refs {
            return Ok(path);
        }
        Err(format!(
            "`{location}` lies outside of the document's folder `{}`; move it there or pass `--allow-outside-refs`",
            folder.display()
        ))
    }

    /// Whether a location has to be fetched.
    pub(super) fn is_remote(&self, location: &str, from: usize) -> bool {
        location.contains("://") || is_url(&self.file_at(from).path)
    }

    fn last_reason(&self, before: usize) -> String {
        self.diagnostics.get(before).map(|diagnostic| format!(": {}", diagnostic.message)).unwrap_or_default()
    }

    fn remote(&mut self, location: &str, base: &Path, base_is_url: bool) -> Result<usize, String> {
        let absolute = if base_is_url {
            let base = url::Url::parse(&base.to_string_lossy()).map_err(|error| error.to_string())?;
            base.join(location).map_err(|error| format!("`{location}` is no URL: {error}"))?.to_string()
        } else {
            location.to_owned()
        };
        let key = PathBuf::from(&absolute);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let outcome = match self.options.fetch {
            Some(Fetch(fetch)) => fetch(&absolute).and_then(|text| {
                File::parse(key.clone(), &absolute, text, &mut self.diagnostics)
                    .map(|file| self.all.put(file))
                    .ok_or_else(|| format!("`{absolute}` can't be read as YAML or JSON"))
            }),
            None => Err(format!(
                "`{location}` would have to be fetched; pass `--allow-remote-refs` to allow it, or bundle the document"
            )),
        };
        self.known.insert(key, outcome.clone());
        outcome
    }

    /// A name for a file like the one that the user gave for the root: relative to where that one was.
    pub(super) fn shown_name(&self, path: &Path) -> String {
        let root = self.file_at(0);
        let shown_folder = Path::new(&root.source.name).parent().map(Path::to_owned).unwrap_or_default();
        match (&self.folder, path.strip_prefix(self.folder.as_deref().unwrap_or(Path::new("/")))) {
            (Some(_), Ok(relative)) => shown_folder.join(relative).display().to_string(),
            _ => path.display().to_string(),
        }
    }

    /// What an `$anchor` or `$id` names in a file.
    pub(super) fn named(&mut self, file: usize, name: &str) -> Option<Spot> {
        if !self.names.contains_key(&file) {
            let mut names = HashMap::new();
            collect_names(&self.file_at(file).value, &Pointer::root(), None, &mut names);
            self.names.insert(file, names);
        }
        let pointer = self.names.get(&file)?.get(name)?;
        Some((file, pointer.clone()))
    }
}

/// Whether a value holds an `$id` anywhere.
fn has_identifier(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            map.get("$id").is_some_and(Value::is_string) || map.values().any(has_identifier)
        }
        Value::Array(items) => items.iter().any(has_identifier),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The identifier of the nearest schema around a place in a file that has an absolute one.
fn base(file: &Value, place: &Pointer) -> Option<Url> {
    let mut around = Some(file);
    let mut base: Option<Url> = None;
    let mut tokens = place.tokens();
    while let Some(value) = around {
        if let Some(id) = value.get("$id").and_then(Value::as_str) {
            base = based(base.as_ref(), id);
        }
        around = tokens.next().and_then(|token| match value {
            Value::Array(items) => items.get(token.parse::<usize>().ok()?),
            _ => value.get(token),
        });
    }
    base
}

/// The absolute identifier that an `$id` comes to.
fn based(base: Option<&Url>, id: &str) -> Option<Url> {
    let mut found = base.map_or_else(|| Url::parse(id), |base| base.join(id)).ok()?;
    found.set_fragment(None);
    Some(found)
}

/// Collects names as they are written, and made absolute by the `$id`s around them.
fn collect_names(value: &Value, pointer: &Pointer, base: Option<&Url>, names: &mut HashMap<String, Pointer>) {
    match value {
        Value::Object(map) => {
            let own = map.get("$id").and_then(Value::as_str).and_then(|id| based(base, id));
            let base = own.as_ref().or(base);
            if let Some(own) = &own {
                names.entry(own.as_str().to_owned()).or_insert_with(|| pointer.clone());
            }
            for keyword in ["$anchor", "$dynamicAnchor", "$id", "id"] {
                let Some(name) = map.get(keyword).and_then(Value::as_str) else { continue };
                let is_anchor = keyword.ends_with("nchor");
                if is_anchor || name.starts_with('#') || name.contains("://") || keyword == "$id" {
                    names.entry(name.trim_start_matches('#').to_owned()).or_insert_with(|| pointer.clone());
                }
                if let Some(base) = base.filter(|_| is_anchor) {
                    names.entry(format!("{base}#{name}")).or_insert_with(|| pointer.clone());
                }
            }
            for (key, member) in map {
                if member.is_object() || member.is_array() {
                    collect_names(member, &pointer.join(key), base, names);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if item.is_object() || item.is_array() {
                    collect_names(item, &pointer.index(index), base, names);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_url(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains("://"))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}
