//! A document as read: its files, its structure in one shape for all versions, its schemas in JSON Schema 2020-12, and
//! the place of every value.

mod chains;
mod dynamic;
mod external;
mod facts;
mod field_names;
mod file;
mod keywords;
mod lower;
mod place;
mod recognize;
mod reference;
mod remark;
mod scan;
mod shelf;
mod structure;
mod trees;
mod version;
mod walk;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Loaded, Span};
use crate::pointer::Pointer;
use crate::violation::Place;
pub use external::External;
pub use file::File as SourceFile;
use file::File;
pub use recognize::is_document;
use reference::Files;
pub use remark::{Remark, RemarkKind};
use shelf::Shelf;
use trees::Trees;
use version::Raised;
pub use version::Version;
use walk::Walk;

/// The extension under which the objects of [`RawOperation::shape`] tell where they come from.
pub(crate) const POINTER: &str = "x-standin-pointer";

/// The extension by which the normal form marks a schema that allows null, but whose `enum` does not list it.
pub(crate) const NULL_UNLISTED: &str = "x-standin-null-unlisted";
/// What separates the values of an array that is an item of another one, in texts: 2.0's `collectionFormat` of items.
pub(crate) const DELIMITER: &str = "x-standin-delimiter";

/// The extension by which the normal form of replies marks a schema that is meant to allow null, though by the letter it
/// does not: we never send it, and take it from others.
pub(crate) const NULL_MEANT: &str = "x-standin-null-meant";

/// Where a document comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file of the user's.
    File(PathBuf),
    /// A text that is already there: bundled with the program, or fetched from a URL that the user typed.
    Text {
        /// Its name in messages: `<bundled>/packet.yaml`, `https://…`.
        name: String,
        /// The text.
        text: String,
    },
}

/// Gets the text behind a URL, or says why not.
#[derive(Clone, Copy)]
pub struct Fetch<'a>(pub &'a dyn Fn(&str) -> Result<String, String>);

/// What loading is allowed to do.
#[derive(Clone, Copy, Default)]
pub struct LoadOptions<'a> {
    /// Whether `$ref` may name files outside of the document's folder.
    pub allow_outside_refs: bool,
    /// How `$ref`s to URLs are fetched; `None` if they are not.
    pub fetch: Option<Fetch<'a>>,
}

/// One operation in the shape of `OpenAPI` 3.0: references followed, each schema blanked to `{"$ref": "#/pointer"}` into
/// the normal form, each example replaced by its pointer, each object with its own pointer under `x-standin-pointer`.
#[derive(Debug, Clone)]
pub struct RawOperation {
    /// The method in upper case.
    pub method: String,
    /// The path template as written.
    pub template: String,
    /// Its place in the normal form.
    pub pointer: Pointer,
    /// The operation object.
    pub shape: Value,
}

/// A server that the document declares, its variables filled with their defaults.
#[derive(Debug, Clone)]
pub struct RawServer {
    /// The URL, absolute or relative.
    pub url: String,
    /// Its place.
    pub pointer: Pointer,
}

/// A security scheme in the shape of `OpenAPI` 3.0.
#[derive(Debug, Clone)]
pub struct RawScheme {
    /// Its name.
    pub name: String,
    /// The scheme object.
    pub value: Value,
    /// Its place.
    pub pointer: Pointer,
}

/// A document, read whole and not yet understood.
#[derive(Debug)]
pub struct Document {
    /// The version it is written in.
    pub version: Version,
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub title_version: String,
    /// The operations, in the document's order; none once a contract was built of them.
    pub operations: Vec<RawOperation>,
    /// The servers; empty if none is declared.
    pub servers: Vec<RawServer>,
    /// The security schemes.
    pub schemes: Vec<RawScheme>,
    /// `security` of the whole document.
    pub security: Option<Value>,
    /// What is probably not meant, in the order in which it was come by.
    pub remarks: Vec<Remark>,
    /// All files as one tree, schemas raised, for replies: by the letter.
    pub reply_tree: Arc<Value>,
    /// What requests need of it, as the author meant it, each value at the same pointer. The same `Arc` where the two
    /// readings do not differ.
    pub request_tree: Arc<Value>,
    externals: BTreeMap<Pointer, Arc<External>>,
    files: Vec<File>,
    unread: BTreeSet<PathBuf>,
}

impl Document {
    /// Loads a document and every file that it refers to. The value is missing only if nothing can be served.
    pub fn load(source: &Source, options: LoadOptions<'_>) -> Loaded<Self> {
        let mut diagnostics = Vec::new();
        let root = match source {
            Source::File(path) => File::read(path, &path.display().to_string(), &mut diagnostics),
            Source::Text { name, text } => {
                File::parse(PathBuf::from(name), name, text.clone(), &mut diagnostics)
            }
        };
        let Some(root) = root else { return Loaded { value: None, diagnostics } };
        let version = match Version::of(&root.value) {
            Ok(version) => version,
            Err((pointer, message)) => {
                let message = if root.value.is_null() { "the file is empty".to_owned() } else { message };
                diagnostics.push(Diagnostic::error("not-openapi", message).at(Some(root.span(&pointer).0)));
                return Loaded { value: None, diagnostics };
            }
        };
        let text = |pointer: &str| match root.value.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let (title, title_version) = (text("/info/title"), text("/info/version"));
        let security = root.value.get("security").cloned();
        let shelf = Shelf::default();
        let mut walk = Walk::new(Files::new(root, &shelf, options), version);
        walk.run();
        let Raised { operations, servers, schemes, added_schemas } = version.raise(&mut walk);
        let trees = Trees::prepare(&mut walk, added_schemas);
        diagnostics.append(&mut walk.diagnostics);
        let externals = std::mem::take(&mut walk.externals).into_iter();
        let externals = externals.map(|(spot, file)| (lower::normal_pointer(&spot), file)).collect();
        let remarks = std::mem::take(&mut walk.remarks);
        let unread = walk.files.unread.take();
        drop(walk);
        let mut files = shelf.into_files();
        let (reply_tree, request_tree) = trees.finish(&mut files);
        let document = Self {
            version,
            title,
            title_version,
            operations,
            servers,
            schemes,
            security,
            remarks,
            reply_tree,
            request_tree,
            externals,
            files,
            unread,
        };
        Loaded { value: Some(document), diagnostics }
    }

    /// The files that the document is made of, the root first, as paths without links, with what was read of them; for
    /// noticing when they change. What was fetched, and what is part of the program, is no file.
    pub fn contents(&self) -> impl Iterator<Item = (&Path, &[u8])> {
        let files = self.files.iter().map(|file| (file.path.as_path(), file.source.text.as_bytes()));
        let externals = self.externals.values().map(|file| (file.path.as_path(), &file.bytes[..]));
        files.chain(externals).filter(|(path, _)| path.is_absolute())
    }

    /// The files that the document refers to and that are not there or could not be read.
    pub fn unread(&self) -> impl Iterator<Item = &Path> {
        self.unread.iter().map(PathBuf::as_path)
    }

    /// The file that the Example Object at a place names by `externalValue`; `None` if it could not be read, which
    /// was reported.
    pub fn external(&self, example: &Pointer) -> Option<&External> {
        self.externals.get(example).map(Arc::as_ref)
    }

    /// Finds the places of values in all files, so that nobody who asks for one has to wait for that.
    pub fn find_places(&self) {
        self.files.iter().for_each(|file| _ = file.places());
    }

    /// The range of text that a pointer into the normal form came from: the value itself or the nearest one above it.
    pub fn span(&self, pointer: &Pointer) -> Span {
        let (file, inside) = lower::source_spot(pointer);
        self.files[file.min(self.files.len() - 1)].span(&inside).0
    }

    /// The place that a pointer into the normal form came from.
    pub fn place(&self, pointer: &Pointer) -> Place {
        let (file, inside) = lower::source_spot(pointer);
        let (span, found) = self.files[file.min(self.files.len() - 1)].span(&inside);
        let (line, column) = span.line_and_column();
        Place { file: span.source.name.as_str().into(), line, column, pointer: found }
    }
}
