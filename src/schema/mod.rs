//! Every schema of a document by pointer, compiled to validators on first use.

mod beside;
mod discriminator;
mod exact;
mod extent;
mod glance;
mod normal;
mod validate;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonschema::Registry;
pub use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::document::NULL_MEANT;
use crate::pointer::Pointer;
pub use crate::violation::Direction;
pub use beside::{applying, holding};
pub use discriminator::{Discriminator, is_same};
pub use exact::{Digits, ExactValidator};
pub use extent::leads_to_at_most;
pub use glance::may_take;
pub(crate) use validate::is_base64;
pub use validate::{Mismatch, mismatches};

/// Keywords that no value is valid or invalid by (JSON Schema Validation 2020-12 9, and OpenAPI's own); `x-` names are more.
pub const ANNOTATIONS: [&str; 12] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "discriminator",
    "$comment",
];

/// The base under which the document is known to the validators.
const BASE: &str = "urn:standin:document";

/// The schemas of one document, in JSON Schema 2020-12, in two readings.
///
/// Invariant: every `$ref` in either tree is a fragment (RFC 6901 6) that names a value of the same tree, and no chain of
/// `$ref`s is endless.
pub struct Schemas {
    response: Reading,
    /// `None` where the readings do not differ.
    request: Option<Reading>,
}

struct Reading {
    root: Arc<Value>,
    registry: Registry<'static>,
    /// Asked several times in each request: pointers are long, so hashing them fast counts.
    validators: Mutex<Validators>,
    discriminators: Mutex<HashMap<Pointer, Arc<Discriminator>, foldhash::fast::RandomState>>,
}

type Validators = HashMap<Pointer, Compiled, foldhash::fast::RandomState>;
type Compiled = Result<Arc<Validator>, Arc<str>>;

impl Schemas {
    /// Takes the two trees: `response` by the letter of the standard, which every reply must satisfy, and `request` as
    /// the author most likely meant it; the same `Arc` where they do not differ.
    pub fn new(response: Arc<Value>, request: Arc<Value>) -> Self {
        let differ = !Arc::ptr_eq(&response, &request);
        Self { response: Reading::new(response), request: differ.then(|| Reading::new(request)) }
    }

    /// The whole tree that a direction's schemas lie in.
    pub fn root(&self, direction: Direction) -> &Arc<Value> {
        &self.reading(direction).root
    }

    /// The schema at a pointer, references not followed; `None` if nothing is there.
    pub fn find(&self, pointer: &Pointer, direction: Direction) -> Option<&Value> {
        pointer.find(&self.reading(direction).root)
    }

    /// The schema behind any chain of `$ref`s that starts at `pointer`, and where it is.
    pub fn resolve(&self, pointer: &Pointer, direction: Direction) -> Option<(Pointer, &Value)> {
        resolve(&self.reading(direction).root, pointer)
    }

    /// Whether a schema of requests and one of replies say the same, word for word; `false` where that takes more than
    /// a comparison to tell.
    pub fn are_same(&self, request: &Pointer, response: &Pointer) -> bool {
        let one = self.resolve(request, Direction::Request);
        let other = self.resolve(response, Direction::Response);
        let (Some((one, request)), Some((other, response))) = (one, other) else { return false };
        one == other && self.request.is_none() || request == response && !refers(request)
    }

    /// The example that the schema at `pointer` gives (`example`, else the first of 3.1's `examples`), its own before
    /// that of what it refers to; and the place of the schema that gives it.
    pub fn example(&self, pointer: &Pointer, direction: Direction) -> Option<(Pointer, &Value)> {
        let mut pointer = pointer.clone();
        for _ in 0..64 {
            let schema = self.find(&pointer, direction)?;
            let listed = || schema.get("examples").and_then(Value::as_array).and_then(|list| list.first());
            if let Some(value) = schema.get("example").or_else(listed) {
                return Some((pointer, value));
            }
            pointer = reference(schema.get("$ref")?)?;
        }
        None
    }

    /// The validator of the schema at a pointer, made on first use; formats are asserted.
    ///
    /// Errors are one line that says what is wrong with the schema.
    pub fn validator(&self, pointer: &Pointer, direction: Direction) -> Compiled {
        self.reading(direction).validator(pointer)
    }

    /// The validator of the schema at a pointer, which is not kept: for those who look through a whole document once.
    pub fn passing_validator(&self, pointer: &Pointer, direction: Direction) -> Compiled {
        let reading = self.reading(direction);
        reading.known(pointer).unwrap_or_else(|| reading.compile(pointer))
    }

    /// The validator by which numbers are what is written, of the schema at a pointer. It is not kept here.
    pub fn exact_validator(&self, pointer: &Pointer, direction: Direction) -> Result<ExactValidator, String> {
        ExactValidator::compile(BASE, &self.reading(direction).registry, pointer)
    }

    /// The discriminator of the schema at a pointer, if it has one; read on first use, for it looks through all schemas.
    pub fn discriminator(&self, pointer: &Pointer, direction: Direction) -> Option<Arc<Discriminator>> {
        let reading = self.reading(direction);
        let schema = pointer.find(&reading.root)?.as_object()?;
        schema.get("discriminator")?;
        // A panic while this is held leaves the map as it was: nothing to recover from.
        let lock = || reading.discriminators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(pointer) {
            return Some(Arc::clone(known));
        }
        let read = Arc::new(Discriminator::of(&reading.root, pointer, schema)?);
        lock().insert(pointer.clone(), Arc::clone(&read));
        Some(read)
    }

    /// Those of the schemas at `pointers` that no value satisfies, as far as it can be proven.
    pub fn unsatisfiable(&self, pointers: &[Pointer]) -> Vec<Pointer> {
        normal::unsatisfiable(&self.response.root, pointers)
    }

    fn reading(&self, direction: Direction) -> &Reading {
        match (direction, &self.request) {
            (Direction::Request, Some(request)) => request,
            (Direction::Request | Direction::Response, _) => &self.response,
        }
    }
}

/// The schema behind any chain of bare `$ref`s that starts at `pointer` in `root`, and where it is.
pub fn resolve<'a>(root: &'a Value, pointer: &Pointer) -> Option<(Pointer, &'a Value)> {
    let mut pointer = pointer.clone();
    // Chains are finite by the invariant; the bound guards trees that tests make by hand.
    for _ in 0..64 {
        let schema = pointer.find(root)?;
        match schema.as_object() {
            Some(object) if is_bare_reference(object) => {
                pointer = reference(object.get("$ref")?)?;
            }
            _ => return Some((pointer, schema)),
        }
    }
    None
}

/// Whether a schema says nothing but what it refers to; a mark of our own says nothing.
fn is_bare_reference(schema: &Map<String, Value>) -> bool {
    // Most schemas have another keyword first: so the name need not be hashed.
    schema.keys().all(|keyword| keyword == "$ref" || keyword == NULL_MEANT) && schema.contains_key("$ref")
}

/// Whether what a schema says depends on schemas elsewhere.
fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            let refers_itself = ["$ref", "$dynamicRef"].iter().any(|keyword| members.contains_key(*keyword));
            refers_itself || members.values().any(refers)
        }
        Value::Array(items) => items.iter().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The pointer that a `$ref` of the normal form holds.
pub fn reference(value: &Value) -> Option<Pointer> {
    value.as_str().filter(|text| text.starts_with('#')).map(Pointer::from_fragment)
}

impl Reading {
    fn new(root: Arc<Value>) -> Self {
        let registry = validate::registry(BASE, &root);
        Self { root, registry, validators: Mutex::default(), discriminators: Mutex::default() }
    }

    fn validator(&self, pointer: &Pointer) -> Compiled {
        if let Some(compiled) = self.known(pointer) {
            return compiled;
        }
        // All that refer to a schema share its validator.
        let resolved = resolve(&self.root, pointer).map(|(resolved, _)| resolved);
        let resolved = resolved.as_ref().unwrap_or(pointer);
        // Nobody waits for this: at worst, two make the same at once.
        let compiled = self.known(resolved).unwrap_or_else(|| self.compile(resolved));
        let mut validators = self.lock();
        validators.insert(pointer.clone(), compiled.clone());
        validators.entry(resolved.clone()).or_insert(compiled).clone()
    }

    fn known(&self, pointer: &Pointer) -> Option<Compiled> {
        self.lock().get(pointer).cloned()
    }

    fn compile(&self, pointer: &Pointer) -> Compiled {
        let compiled = validate::compile(jsonschema::options(), BASE, &self.registry, pointer);
        compiled.map(Arc::new).map_err(Arc::from)
    }

    fn lock(&self) -> MutexGuard<'_, Validators> {
        // A panic while this is held leaves the map as it was: nothing to recover from.
        self.validators.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_the_same_where_they_say_the_same_without_reference() {
        let tree = |narrow: &str| {
            Arc::new(json!({
                "a": { "type": "string", "maxLength": 5 }, "b": { "maxLength": 5, "type": "string" }, "to-a": { "$ref": "#/a" },
                "c": { "type": "string", "maxLength": 6 },
                "d": { "items": { "$ref": "#/n" } }, "e": { "items": { "$ref": "#/n" } }, "n": { "type": narrow }
            }))
        };
        let one = Schemas::new(tree("string"), tree("string"));
        let two = {
            let tree = tree("string");
            Schemas::new(Arc::clone(&tree), tree)
        };
        let table = [
            ("/a", "/b", true),
            ("/to-a", "/b", true),
            ("/a", "/c", false),
            ("/d", "/e", false),
            ("/a", "/x", false),
        ];
        for (request, response, expected) in table {
            for schemas in [&one, &two] {
                let (request, response) = (Pointer::from_escaped(request), Pointer::from_escaped(response));
                assert_eq!(schemas.are_same(&request, &response), expected, "{request} {response}");
            }
        }
        let itself = Pointer::from_escaped("/d");
        assert!(two.are_same(&itself, &itself));
        assert!(!one.are_same(&itself, &itself), "what it refers to may be read in another way");
    }
}
