//! `SPEC`: what the user may name as a document, and the name that it gets.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::settings::{Given, Origin};
use crate::diagnostic::Diagnostic;
use crate::document::{Source, is_document};
use crate::text;

/// Folders that hold other people's files.
const SKIPPED_FOLDERS: &[&str] = &["node_modules", "target", "vendor"];
/// How deep folders are looked through.
const DEEPEST: usize = 16;
/// The extensions of files that may be documents.
const EXTENSIONS: &[&str] = &["yaml", "yml", "json"];
/// File stems that say nothing, so that the folder's name is taken.
const GENERIC_STEMS: &[&str] = &["openapi", "swagger", "index"];

/// A document that is to be loaded.
#[derive(Debug)]
pub struct Spec {
    /// Its name among the documents.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// Where it comes from, for the user.
    pub shown: String,
}

/// Gets the text behind a URL, or says why not.
pub type Fetch<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// The documents that were asked for, in that order, those of a folder by path. `fetch` gets those that are URLs.
pub fn resolve(given: &[Given], fetch: Fetch<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Spec> {
    let mut specs: Vec<Spec> = Vec::new();
    for one in given {
        let found = match of(one, fetch) {
            Ok(found) => found,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                continue;
            }
        };
        for spec in found {
            match specs.iter().find(|other| other.name == spec.name) {
                Some(other) if other.shown == spec.shown => {}
                Some(other) => {
                    let message = format!(
                        "two documents are called `{}`: `{}` and `{}`",
                        spec.name, other.shown, spec.shown
                    );
                    let help =
                        format!("give one of them another name, such as `{}-2={}`", spec.name, spec.shown);
                    diagnostics.push(one.diagnostic("equal-names", message).help(help));
                }
                None => specs.push(spec),
            }
        }
    }
    specs
}

/// Whether a word on the command line looks like a document rather than like a command.
pub fn looks_like_one(word: &str) -> bool {
    is_url(word) || word.contains(['=', '/', '\\', '.']) || Path::new(word).exists()
}

fn of(given: &Given, fetch: Fetch<'_>) -> Result<Vec<Spec>, Box<Diagnostic>> {
    let refused = |message: String, help: &str| {
        Box::new(given.diagnostic("unusable-spec", message).help(help.to_owned()))
    };
    let (name, rest) = named(given);
    if let Some(name) = name
        && let Some(reason) = unusable_name(name)
    {
        let message = format!("`{name}` can't be the name of a document: {reason}");
        return Err(refused(message, "letters, digits, `-`, `_` and `.` are best"));
    }
    if is_url(rest) {
        let text = fetch(rest).map_err(|reason| refused(reason, "check the URL, or give a file"))?;
        let name = name.map_or_else(|| name_of_url(rest), str::to_owned);
        return Ok(vec![Spec {
            name,
            source: Source::Text { name: rest.to_owned(), text },
            shown: rest.to_owned(),
        }]);
    }
    let path = given.path(rest);
    let Ok(metadata) = std::fs::metadata(&path) else {
        let shown = path.display();
        let message = match given.origin {
            Origin::Argument(_) => format!("`{shown}` is no file or folder"),
            Origin::Flag(_) | Origin::Environment(_) | Origin::File { .. } => {
                format!("{} names `{shown}`, which is no file or folder", given.giver())
            }
        };
        let help = similar_file(&path).map_or_else(
            || "give a file, a folder, `NAME=PATH` or a URL".to_owned(),
            |near| format!("did you mean `{}`?", near.display()),
        );
        return Err(refused(message, &help));
    };
    if !metadata.is_dir() {
        let name = name.map_or_else(|| name_of(&path), str::to_owned);
        return Ok(vec![spec(name, path)]);
    }
    let mut paths = Vec::new();
    documents_in(&path, 0, &mut paths);
    paths.sort();
    match (name, paths.len()) {
        (_, 0) => Err(refused(
            format!("there is no document in the folder `{}`", path.display()),
            "a document is a `.yaml`, `.yml` or `.json` file with `openapi` or `swagger` at its top",
        )),
        (Some(name), 1) => Ok(paths.into_iter().map(|path| spec(name.to_owned(), path)).collect()),
        (Some(name), count) => Err(refused(
            format!("`{}` holds {count} documents, which can't all be called `{name}`", path.display()),
            "leave the name out, or name each file",
        )),
        (None, _) => Ok(paths.into_iter().map(|path| spec(name_of(&path), path)).collect()),
    }
}

fn spec(name: String, path: PathBuf) -> Spec {
    let shown = path.display().to_string();
    Spec { name, source: Source::File(path), shown }
}

/// The name and the rest of `NAME=REST`; a path that is there as it stands has no name.
fn named(given: &Given) -> (Option<&str>, &str) {
    match given.text.split_once('=') {
        Some((name, rest))
            if !is_url(name) && !name.contains(['/', '\\']) && !given.path(&given.text).exists() =>
        {
            (Some(name), rest)
        }
        _ => (None, &given.text),
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn unusable_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name == "_standin" {
        return Some("it is reserved");
    }
    if name.starts_with('~') {
        return Some("`~` at its start means a session");
    }
    let is_wild = |c: char| c.is_control() || c.is_whitespace() || matches!(c, ',' | '?' | '#' | '%');
    name.contains(is_wild).then_some("it has a character that has a meaning in URLs or lists")
}

fn name_of(path: &Path) -> String {
    // `.` and `..` have no names of their own.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let stem = path.file_stem().map_or_else(|| "document".to_owned(), plain);
    if !GENERIC_STEMS.contains(&stem.to_ascii_lowercase().as_str()) {
        return stem;
    }
    path.parent().and_then(Path::file_name).map_or(stem, plain)
}

/// A name made of a file's: what would not do in a URL or list is a dash.
fn plain(name: &OsStr) -> String {
    let name: String = name
        .to_string_lossy()
        .trim_start_matches('~')
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    if name.is_empty() || name == "_standin" { "document".to_owned() } else { name }
}

fn name_of_url(text: &str) -> String {
    let Ok(url) = url::Url::parse(text) else { return "document".to_owned() };
    let host = url.host_str().unwrap_or("document").to_owned();
    name_of_segments(&host, url.path())
}

fn name_of_segments(host: &str, path: &str) -> String {
    let mut segments = path.rsplit('/').filter(|segment| !segment.is_empty());
    let Some(last) = segments.next() else { return host.to_owned() };
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    if GENERIC_STEMS.contains(&stem.to_ascii_lowercase().as_str()) {
        return segments.next().map_or_else(|| host.to_owned(), |folder| plain(OsStr::new(folder)));
    }
    plain(OsStr::new(stem))
}

fn documents_in(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            if depth < DEEPEST && !SKIPPED_FOLDERS.contains(&&*name) {
                documents_in(&path, depth + 1, found);
            }
            continue;
        }
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        if EXTENSIONS.contains(&extension.as_str())
            && path.is_file()
            && std::fs::read(&path).is_ok_and(|bytes| is_document(&readable(&bytes)))
        {
            found.push(path);
        }
    }
}

/// The text as far as it can be read. Zero bytes are left out: a document in UTF-16 is to be recognized, so that it can
/// be told that it is not UTF-8.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace(['\0', '\u{fffd}'], "");
    text.trim_start_matches('\u{feff}').to_owned()
}

fn similar_file(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let wanted = path.file_name()?.to_string_lossy();
    let near = text::nearest(&wanted, names.iter().map(String::as_str))?;
    Some(folder.map_or_else(|| PathBuf::from(near), |folder| folder.join(near)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str], folder: &Path) -> (Vec<String>, Vec<String>) {
        let given: Vec<Given> = texts
            .iter()
            .map(|text| Given {
                text: (*text).to_owned(),
                origin: Origin::Argument("SPEC"),
                folder: Some(folder.to_owned()),
            })
            .collect();
        let mut diagnostics = Vec::new();
        let fetch = |_: &str| Ok(String::new());
        let specs = resolve(&given, &fetch, &mut diagnostics);
        let told = diagnostics.into_iter().map(|diagnostic| diagnostic.code.to_owned()).collect();
        (specs.into_iter().map(|spec| spec.name).collect(), told)
    }

    #[test]
    fn a_document_is_named_by_the_user_its_file_its_folder_or_its_url() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put("shop/openapi.yaml", "openapi: 3.0.0\n");
        put("pets.json", "{\"swagger\": \"2.0\"}");
        put("part.yaml", "type: object\n");
        put(".hidden/x.yaml", "openapi: 3.0.0\n");
        put("node_modules/x.yaml", "openapi: 3.0.0\n");
        let table: &[(&[&str], &[&str], &[&str])] = &[
            (&["."], &["pets", "shop"], &[]),
            (&["shop"], &["shop"], &[]),
            (&["store=shop"], &["store"], &[]),
            (&["store=pets.json", "pets.json"], &["store", "pets"], &[]),
            (&["part.yaml"], &["part"], &[]),
            (&["pets.json", "pets=shop"], &["pets"], &["equal-names"]),
            (&["pets.json", "pets.json"], &["pets"], &[]),
            (&["all=."], &[], &["unusable-spec"]),
            (&["a/b=c"], &[], &["unusable-spec"]),
            (&["~a=pets.json"], &[], &["unusable-spec"]),
            (&["pet.json"], &[], &["unusable-spec"]),
            (&["https://h.example/v1/openapi.json?a=b"], &["v1"], &[]),
            (&["https://h.example/openapi.json"], &["h.example"], &[]),
            (&["x=https://h.example/openapi.json"], &["x"], &[]),
        ];
        for (texts, expected, codes) in table {
            let (found, told) = names(texts, folder.path());
            assert_eq!(found, *expected, "{texts:?}");
            assert_eq!(told, *codes, "{texts:?}");
        }
    }
}
