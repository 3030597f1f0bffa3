//! `externalValue`: the files that examples are kept in, under the rule of `$ref`, and never fetched.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::file::{self, File};
use super::walk::{Spot, Walk};
use crate::diagnostic::Diagnostic;

/// Larger files are no examples.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A file that an example's `externalValue` names, read whole.
#[derive(Debug)]
pub struct External {
    /// Its path without links and dots.
    pub path: PathBuf,
    /// What the user calls it.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
    value: OnceLock<Result<Arc<Value>, Box<Diagnostic>>>,
}

impl External {
    /// The value that it holds as JSON or YAML, read on first use: all examples that name the file share it.
    ///
    /// Errors say what is wrong with it, with the place in the file.
    pub fn value(&self) -> Result<Arc<Value>, Box<Diagnostic>> {
        self.value.get_or_init(|| self.read().map(Arc::new).map_err(Box::new)).clone()
    }

    fn read(&self) -> Result<Value, Diagnostic> {
        let unreadable = |reason: &str| {
            Diagnostic::warning("external-value-unreadable", format!("`{}` {reason}", self.name))
        };
        let text = str::from_utf8(&self.bytes).map_err(|_| unreadable("is not UTF-8"))?;
        let mut found = Vec::new();
        match File::parse(self.path.clone(), &self.name, text.to_owned(), &mut found) {
            Some(file) => Ok(file.value),
            None => Err(found.pop().unwrap_or_else(|| unreadable("can't be read as JSON or YAML"))),
        }
    }
}

impl Walk<'_> {
    /// Reads the file that an example names; what can't be read is reported, and the example left out.
    pub(super) fn visit_external(&mut self, spot: &Spot, example: &Map<String, Value>) {
        let Some(Value::String(location)) = example.get("externalValue") else { return };
        match self.external(location, spot.0) {
            Ok(external) => {
                self.externals.insert(spot.clone(), external);
            }
            Err(reason) => {
                let diagnostic = Diagnostic::warning("external-value-unreadable", reason)
                    .help("the example is left out; keep the file beside the document, or write its `value`");
                self.report(diagnostic, &(spot.0, spot.1.join("externalValue")));
            }
        }
    }

    fn external(&self, location: &str, from: usize) -> Result<Arc<External>, String> {
        if self.files.is_remote(location, from) {
            return Err(format!("`{location}` would have to be fetched, which examples never are"));
        }
        let path = self.files.local(location, from)?;
        // Examples share files: each is read and kept once.
        if let Some(known) = self.externals.values().find(|known| known.path == path) {
            return Ok(Arc::clone(known));
        }
        let bytes = file::read_bytes(&path, LARGEST)
            .map_err(|reason| format!("`{location}` names a file that can't be read: {reason}"))?;
        let name = self.files.shown_name(&path);
        Ok(Arc::new(External { path, name, bytes: bytes.into(), value: OnceLock::new() }))
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::Contract;
    use crate::document::{Document, LoadOptions, Source};

    const DOCUMENT: &str = "openapi: 3.1.0
info: { title: T, version: '1' }
paths:
  /pet:
    get:
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { type: object }
              examples:
                json: { externalValue: ./shown/pet.json }
                yaml: { externalValue: shown/pet.yaml }
                broken: { externalValue: shown/broken.json }
                gone: { externalValue: shown/gone.json }
                above: { externalValue: ../secret.json }
                linked: { externalValue: shown/link.json }
                fetched: { externalValue: 'https://example.com/pet.json' }
            image/png:
              examples: { pixel: { externalValue: shown/pixel.png } }
";

    #[test]
    fn files_of_the_folder_are_read_and_others_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("api");
        std::fs::create_dir_all(root.join("shown")).unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(root.join(name), bytes).unwrap();
        write("openapi.yaml", DOCUMENT.as_bytes());
        write("shown/pet.json", b"{\"name\": \"Rex\"}");
        write("shown/pet.yaml", b"name: Ida\n");
        write("shown/broken.json", b"{");
        write("shown/pixel.png", b"\x89PNG\xff");
        std::fs::write(folder.path().join("secret.json"), b"{}").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("secret.json"), root.join("shown/link.json")).unwrap();

        let loaded = Document::load(&Source::File(root.join("openapi.yaml")), LoadOptions::default());
        let (contract, more) = Contract::build("t", loaded.value.unwrap());
        let contents = &contract.operations[0].responses[0].content;
        let known: Vec<String> = contents[0]
            .examples
            .iter()
            .map(|example| {
                let value = example.value(&contract.schemas).unwrap();
                format!("{} {value}", example.name.as_ref().unwrap())
            })
            .collect();
        assert_eq!(known, ["json {\"name\":\"Rex\"}", "yaml {\"name\":\"Ida\"}"]);
        let pixel = contents[1].examples[0].written(&contract.schemas);
        assert_eq!(pixel.as_deref(), Some(&b"\x89PNG\xff"[..]));

        let mut told: Vec<String> = loaded
            .diagnostics
            .iter()
            .chain(&more)
            .map(|one| format!("{}:{}", one.code, one.span.as_ref().unwrap().line_and_column().0))
            .collect();
        told.sort();
        let line = |at: usize| format!("external-value-unreadable:{at}");
        assert_eq!(told, [line(16), line(17), line(18), line(19), "json-syntax:1".to_owned()]);
        assert!(loaded.diagnostics.iter().all(|one| one.severity == crate::diagnostic::Severity::Warning));
        let document = &contract.document;
        let read: Vec<_> = document.contents().map(|(path, _)| path.file_name().unwrap()).collect();
        assert_eq!(read, ["openapi.yaml", "broken.json", "pet.json", "pet.yaml", "pixel.png"]);
        let unread: Vec<_> = document.unread().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(unread, ["gone.json"]);
    }
}
