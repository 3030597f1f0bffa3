//! The trees of all files with lowered schemas: for replies in place, for requests what requests need of it.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::chains;
use super::dynamic::{self, Targets};
use super::facts::{self, AllFacts};
use super::file::File;
use super::lower::{FILES, Lowering, Reading};
use super::version::Version;
use super::walk::{Address, Walk, address};
use crate::pointer::Pointer;

/// Schemas that the document does not have as such, to be put at their pointers.
pub(super) type Added = Vec<(Pointer, Value)>;

/// What is left to do when everything has been read and told: values are lowered where they are.
pub(super) struct Trees {
    version: Version,
    schemas: HashSet<Address, RandomState>,
    facts: AllFacts,
    /// Where the value of each file was while it was read.
    roots: Vec<Address>,
    added: Added,
    /// Schemas that were copied for other bindings, lowered for replies.
    copies: Added,
    /// What requests are held against; `None` where it would say the same as the tree for replies.
    request: Option<Value>,
}

impl Trees {
    /// Collects what lowering needs, and lowers what requests need.
    pub(super) fn prepare(walk: &mut Walk<'_>, added: Added) -> Self {
        facts::break_circles(walk);
        chains::break_long_chains(walk);
        let bound = dynamic::bind(walk);
        let mut trees = Self {
            version: walk.version,
            facts: facts::collect(walk, &bound.in_place),
            schemas: std::mem::take(&mut walk.schemas),
            roots: walk.files.values().map(address).collect(),
            added,
            request: None,
            copies: Vec::new(),
        };
        trees.request = trees.for_requests(walk, &bound.copies);
        trees.copies = trees.copied(&bound.copies, Reading::Reply);
        trees
    }

    /// The trees for replies and for requests: the same one where they do not differ. Takes the values of the files.
    pub(super) fn finish(mut self, files: &mut [File]) -> (Arc<Value>, Arc<Value>) {
        let mut values = Vec::with_capacity(files.len());
        let mut lowering = Lowering::new(self.version, Reading::Reply);
        for (file, root) in files.iter_mut().zip(&self.roots) {
            let mut value = std::mem::take(&mut file.value);
            self.lower(&mut value, *root, &mut lowering);
            values.push(value);
        }
        let mut reply = joined(values.into_iter());
        for (pointer, schema) in std::mem::take(&mut self.added) {
            add(&mut reply, &pointer, schema);
        }
        for (pointer, schema) in std::mem::take(&mut self.copies) {
            make_room(&mut reply, &pointer);
            add(&mut reply, &pointer, schema);
        }
        let reply = Arc::new(reply);
        let request = self.request.map_or_else(|| Arc::clone(&reply), Arc::new);
        (reply, request)
    }

    /// Lowers all schemas in a value, the inner ones first: an outer one may move them. `address` is where the value
    /// was when it was read.
    fn lower(&self, value: &mut Value, address_as_read: Address, lowering: &mut Lowering) {
        let inner = |member: &mut Value, lowering: &mut Lowering| {
            let address = address(member);
            self.lower(member, address, lowering);
        };
        match value {
            Value::Object(map) => map.values_mut().for_each(|member| inner(member, lowering)),
            Value::Array(items) => items.iter_mut().for_each(|item| inner(item, lowering)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
        }
        if self.schemas.contains(&address_as_read)
            && let Value::Object(schema) = value
        {
            *value = lowering.schema(std::mem::take(schema), self.facts.get(&address_as_read));
        }
    }

    /// What is reached from parameters and request bodies, lowered for requests; `None` where that reading does not
    /// differ in it.
    fn for_requests(&self, walk: &Walk<'_>, copies: &[dynamic::Copy<'_>]) -> Option<Value> {
        let mut copying = Copying { wanted: reached(walk), ..self.copying(Reading::Request) };
        // A file of which nothing is wanted keeps its place; the root's holds the others.
        let empty = || Value::Object(Map::new());
        let values: Vec<Value> =
            walk.files.values().map(|value| copying.sparse(value).unwrap_or_else(empty)).collect();
        if !copying.lowering.differs {
            return None;
        }
        let mut tree = joined(values.into_iter());
        for (pointer, schema) in self.added.iter().cloned().chain(self.copied(copies, Reading::Request)) {
            make_room(&mut tree, &pointer);
            add(&mut tree, &pointer, schema);
        }
        Some(tree)
    }

    /// Schemas copied for other bindings of their dynamic references, each where it is to be put.
    fn copied(&self, copies: &[dynamic::Copy<'_>], reading: Reading) -> Added {
        let copied = |copy: &dynamic::Copy<'_>| {
            let mut copying = Copying { targets: Some(&copy.targets), ..self.copying(reading) };
            (copy.pointer.clone(), copying.whole(copy.value))
        };
        copies.iter().map(copied).collect()
    }

    fn copying(&self, reading: Reading) -> Copying<'_> {
        let lowering = Lowering::new(self.version, reading);
        Copying { trees: self, wanted: HashSet::default(), targets: None, lowering }
    }
}

/// All values that requests may be read by: parameters, request bodies, and what they refer to.
fn reached(walk: &Walk<'_>) -> HashSet<Address, RandomState> {
    let mut open = walk.requests.clone();
    let mut wanted: HashSet<Address, RandomState> = open.iter().map(|value| address(value)).collect();
    let mut seen: HashSet<Address, RandomState> = HashSet::default();
    while let Some(value) = open.pop() {
        if let Some(reference) = walk.references.get(&address(value))
            && wanted.insert(address(reference.target))
        {
            open.push(reference.target);
        }
        match value {
            Value::Object(map) if seen.insert(address(value)) => open.extend(map.values()),
            Value::Array(items) if seen.insert(address(value)) => open.extend(items),
            _ => {}
        }
    }
    wanted
}

struct Copying<'t> {
    trees: &'t Trees,
    wanted: HashSet<Address, RandomState>,
    /// What references lead to, where that is not what they do in place.
    targets: Option<&'t Targets>,
    lowering: Lowering,
}

impl Copying<'_> {
    /// What is wanted of a value, at the same place in it; `None` if that is nothing.
    fn sparse(&mut self, value: &Value) -> Option<Value> {
        if self.wanted.contains(&address(value)) {
            return Some(self.whole(value));
        }
        match value {
            Value::Object(map) => {
                let kept = map.iter().filter_map(|(key, member)| Some((key.clone(), self.sparse(member)?)));
                let kept: Map<String, Value> = kept.collect();
                (!kept.is_empty()).then_some(Value::Object(kept))
            }
            Value::Array(items) => {
                let kept: Vec<Option<Value>> = items.iter().map(|item| self.sparse(item)).collect();
                let is_wanted = kept.iter().any(Option::is_some);
                is_wanted.then(|| kept.into_iter().map(Option::unwrap_or_default).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }

    fn whole(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let members = map.iter().map(|(key, member)| (key.clone(), self.whole(member)));
                let copy: Map<String, Value> = members.collect();
                if !self.trees.schemas.contains(&address(value)) {
                    return Value::Object(copy);
                }
                let facts = self.trees.facts.get(&address(value));
                let Some(targets) = self.targets else { return self.lowering.schema(copy, facts) };
                let facts = facts.cloned().unwrap_or_default().bound(value, targets);
                self.lowering.schema(copy, Some(&facts))
            }
            Value::Array(items) => items.iter().map(|item| self.whole(item)).collect(),
            plain => plain.clone(),
        }
    }
}

/// One tree of the values of all files: the root's, with the others in it.
fn joined(mut values: impl Iterator<Item = Value>) -> Value {
    let mut root = values.next().unwrap_or_default();
    let others: Vec<Value> = values.collect();
    if let (Value::Object(map), false) = (&mut root, others.is_empty()) {
        map.insert(FILES.into(), Value::Array(others));
    }
    root
}

/// Puts a value at a pointer whose parent is there.
fn add(root: &mut Value, pointer: &Pointer, value: Value) {
    let (Some(parent), Some(name)) = (pointer.parent(), pointer.last()) else { return };
    if let Some(Value::Object(map)) = root.pointer_mut(parent.as_str()) {
        map.insert(name, value);
    }
}

/// Makes the objects above a pointer that are not there.
fn make_room(root: &mut Value, pointer: &Pointer) {
    let Some(parent) = pointer.parent() else { return };
    let mut value = root;
    for token in parent.tokens() {
        value = match value {
            Value::Object(map) => map.entry(token).or_insert_with(|| Value::Object(Map::new())),
            Value::Array(items) => {
                let Some(item) = token.parse::<usize>().ok().and_then(|index| items.get_mut(index)) else {
                    return;
                };
                item
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::document::{Document, LoadOptions, Source};

    use super::*;

    fn loaded(schemas: &Value) -> Document {
        let reference = |name: &str| json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } });
        let document = json!({
            "openapi": "3.0.3",
            "info": { "title": "t", "version": "1" },
            "paths": { "/a": { "post": {
                "parameters": [{ "$ref": "#/components/parameters/p" }],
                "requestBody": { "content": reference("Sent") },
                "responses": { "200": { "description": "", "content": reference("Replied") } },
            } } },
            "components": {
                "parameters": { "p": { "name": "p", "in": "query", "schema": { "type": "string" } } },
                "schemas": schemas,
            },
        });
        let source = Source::Text { name: "t.json".into(), text: document.to_string() };
        let loaded = Document::load(&source, LoadOptions::default());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        loaded.value.unwrap()
    }

    #[test]
    fn the_tree_for_requests_holds_what_requests_reach_as_they_are_read() {
        let document = loaded(&json!({
            "Sent": { "type": "object", "required": ["id", "secret", "inner"], "properties": {
                "id": { "$ref": "#/components/schemas/Id" },
                "secret": { "type": "string", "writeOnly": true },
                "inner": { "$ref": "#/components/schemas/Holder/properties/inner" },
            } },
            "Id": { "type": "integer", "readOnly": true },
            "Holder": { "properties": { "other": { "type": "string" }, "inner": { "type": "string" } } },
            "Replied": { "type": "string", "nullable": true, "enum": ["a"] },
        }));
        let at = |tree: &Value, pointer: &str| tree.pointer(pointer).cloned();
        let (reply, request) = (&document.reply_tree, &document.request_tree);
        assert_eq!(at(reply, "/components/schemas/Sent/required"), Some(json!(["id", "inner"])));
        assert_eq!(at(request, "/components/schemas/Sent/required"), Some(json!(["secret", "inner"])));
        assert_eq!(at(request, "/components/schemas/Id/type"), Some(json!("integer")));
        assert_eq!(
            at(request, "/components/schemas/Holder"),
            Some(json!({ "properties": { "inner": { "type": "string" } } }))
        );
        assert_eq!(at(request, "/components/parameters/p/schema/type"), Some(json!("string")));
        assert_eq!(at(reply, "/components/schemas/Replied/type"), Some(json!(["string", "null"])));
        assert_eq!(at(request, "/components/schemas/Replied"), None);
    }

    #[test]
    fn what_requests_reach_may_be_all_in_other_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, value: Value| {
            std::fs::write(folder.path().join(name), value.to_string()).unwrap();
        };
        write(
            "openapi.json",
            json!({
                "openapi": "3.0.3",
                "info": { "title": "t", "version": "1" },
                "paths": { "/a": { "post": { "$ref": "operation.json" } } },
            }),
        );
        let schema = json!({
            "required": ["id", "name"],
            "properties": { "id": { "readOnly": true }, "name": { "type": "string" } },
        });
        write(
            "operation.json",
            json!({
                "requestBody": { "content": { "application/json": { "schema": schema } } },
                "responses": { "200": { "description": "" } },
            }),
        );
        let source = Source::File(folder.path().join("openapi.json"));
        let document = Document::load(&source, LoadOptions::default()).value.unwrap();
        let required = "/x-standin-files/0/requestBody/content/application~1json/schema/required";
        assert_eq!(document.reply_tree.pointer(required), Some(&json!(["id", "name"])));
        assert_eq!(document.request_tree.pointer(required), Some(&json!(["name"])));
    }

    #[test]
    fn one_tree_is_enough_where_the_readings_of_what_is_sent_do_not_differ() {
        let document = loaded(&json!({
            "Sent": { "type": "object", "properties": { "id": { "type": "integer", "nullable": true } } },
            "Replied": { "required": ["id"], "properties": { "id": { "type": "integer", "readOnly": true } } },
        }));
        assert!(Arc::ptr_eq(&document.reply_tree, &document.request_tree));
    }
}
