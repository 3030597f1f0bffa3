//! The files of `WireMock`: stub mappings, alone, in lists or in folders, and the content in `__files` beside them.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::document::SourceFile;

/// The folder of stub mappings.
const MAPPINGS: &str = "mappings";
/// The folder of content.
const CONTENT: &str = "__files";
/// How deep folders are looked through.
const DEEPEST: usize = 16;
/// The most files of mappings.
const MOST_FILES: usize = 5_000;
/// The most bytes of content that a rule can hold.
const MOST_CONTENT: u64 = 1024 * 1024;

/// The files of stub mappings that a path names, by their paths; the last ones read are asked first.
pub(super) fn mappings(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    if path.is_dir() {
        let inner = path.join(MAPPINGS);
        json_in(if inner.is_dir() { &inner } else { path }, 0, &mut paths);
        paths.sort();
        if paths.is_empty() {
            let message = format!("there is no stub mapping in the folder `{}`", path.display());
            let help = "stub mappings are `.json` files, in the folder itself or in its folder `mappings`";
            diagnostics.push(Diagnostic::error("stub-unreadable", message).help(help));
        }
        if paths.len() > MOST_FILES {
            let message = format!("`{}` holds more than {MOST_FILES} files of stub mappings", path.display());
            diagnostics.push(Diagnostic::error("stub-unreadable", message).help("import a part of them"));
            return Vec::new();
        }
    } else {
        paths.push(path.to_owned());
    }
    paths.iter().filter_map(|path| SourceFile::read(path, &path.display().to_string(), diagnostics)).collect()
}

fn json_in(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        // Links are not followed into other folders, which might lead back.
        if kind.is_dir() {
            if depth < DEEPEST && path.file_name().is_some_and(|name| name != CONTENT) {
                json_in(&path, depth + 1, paths);
            }
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
            && paths.len() <= MOST_FILES
        {
            paths.push(path);
        }
    }
}

/// The folder of content that belongs to a path: in it, or beside it or the folder `mappings` that it lies in.
pub(super) fn content_folder(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().take(DEEPEST).map(|folder| folder.join(CONTENT)).find(|folder| folder.is_dir())
}

/// The text of a file in the folder of content; an error is the end of a sentence.
pub(super) fn content(folder: Option<&Path>, name: &str) -> Result<String, String> {
    let shown = crate::text::shortened(name, 80);
    if name.contains("{{") {
        return Err(format!("the name `{shown}` depends on the request"));
    }
    let Some(folder) = folder else { return Err(format!("there is no folder `{CONTENT}` for `{shown}`")) };
    let path = folder.join(name.trim_start_matches('/'));
    let path = path.canonicalize().map_err(|error| format!("`{shown}`: {error}"))?;
    if !folder.canonicalize().is_ok_and(|folder| path.starts_with(folder)) {
        return Err(format!("`{shown}` lies outside of `{CONTENT}`"));
    }
    let metadata = std::fs::metadata(&path).map_err(|error| format!("`{shown}`: {error}"))?;
    if !metadata.is_file() {
        return Err(format!("`{shown}` is no regular file"));
    }
    if metadata.len() > MOST_CONTENT {
        return Err(format!(
            "`{shown}` has {} bytes, more than the {MOST_CONTENT} of a rule",
            metadata.len()
        ));
    }
    let bytes = std::fs::read(&path).map_err(|error| format!("`{shown}`: {error}"))?;
    String::from_utf8(bytes).map_err(|_| format!("`{shown}` is no text in UTF-8"))
}
