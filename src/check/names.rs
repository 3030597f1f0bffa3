//! What schemas say of properties beside what they allow: which names there are, which are deprecated or of one direction.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::document::{NULL_MEANT, NULL_UNLISTED};
use crate::pointer::Pointer;
use crate::schema::{Direction, reference};
use crate::text;

/// How many remarks are made on one body.
const MOST: usize = 20;
/// How many kinds of objects one schema may lead to; behind them nothing is told.
const MOST_NODES: usize = 4000;

/// What there is to say of one property of an instance, though its schema allows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remark {
    /// Its place in the instance, from the outside in.
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
}

/// What there is to say of a property.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No schema names it; the name that was probably meant.
    Undeclared(Option<String>),
    /// Every schema that names it calls it deprecated.
    Deprecated,
    /// Every schema that names it has it sent in the other direction (`readOnly`, `writeOnly`).
    OtherDirection,
}

/// What is wrong by the letter and plainly not meant to be.
#[derive(Debug, Default)]
pub(super) struct Excuses {
    /// The places of nulls that are meant to be allowed: `nullable` without `type` (`OpenAPI` 3.0.3 4.7.24.1), 2.0's
    /// `x-nullable`, enums beside `nullable` that do not list null.
    pub(super) nulls: Vec<Pointer>,
    /// Objects, each with a property that is not there because it belongs to the other direction, though a schema beside
    /// the one that says so requires it (`allOf`).
    pub(super) absent: Vec<(Pointer, String)>,
}

/// The names that the schemas of a value give to its properties, and what they say of them, compiled once.
///
/// Objects that are open on purpose (`additionalProperties` or `unevaluatedProperties` that allow something, no property
/// named at all) have no undeclared properties.
#[derive(Debug)]
pub(super) struct Names {
    nodes: Vec<Node>,
}

/// What the schemas that apply to one place have to say together.
#[derive(Debug, Default)]
struct Node {
    /// The properties by name, sorted.
    properties: Vec<Property>,
    /// Whether a property that is not among them is undeclared.
    is_closed: bool,
    /// The nodes of the first items of an array.
    prefix: Vec<usize>,
    /// The node of all other items.
    items: Option<usize>,
    /// Whether null is meant to be allowed, though by the letter it is not.
    means_null: bool,
}

/// A property that schemas name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Property {
    name: Box<str>,
    /// The node of its value.
    node: usize,
    is_deprecated: bool,
    is_of_other_direction: bool,
}

impl Names {
    /// Compiles what a schema in the tree `root` and all that it refers to name, for content sent in a direction.
    pub(super) fn compile(root: &Value, schema: &Value, direction: Direction) -> Self {
        let mut compiler =
            Compiler { root, direction, nodes: Vec::new(), known: HashMap::new(), open: Vec::new() };
        compiler.node(vec![schema]);
        while let Some((id, schemas)) = compiler.open.pop() {
            compiler.fill(id, &schemas);
        }
        Self { nodes: compiler.nodes }
    }

    /// What there is to say of the properties of `instance`.
    pub(super) fn remarks(&self, instance: &Value) -> Vec<Remark> {
        let mut found = Found::default();
        self.visit(0, instance, None, &mut found);
        found.remarks
    }

    /// What is to be forgiven in `instance` though by the letter it is wrong.
    pub(super) fn excuses(&self, instance: &Value) -> Excuses {
        let mut found = Found::default();
        self.visit(0, instance, None, &mut found);
        found.excuses
    }

    fn visit(&self, node: usize, instance: &Value, path: Option<&Trail<'_>>, found: &mut Found) {
        let Some(node) = self.nodes.get(node) else { return };
        match instance {
            Value::Object(map) => {
                let absent = node.properties.iter().filter(|property| property.is_of_other_direction);
                for property in absent.filter(|property| !map.contains_key(&*property.name)) {
                    found.excuses.absent.push((Trail::pointer(path), property.name.to_string()));
                }
                for (name, value) in map {
                    let here = Trail { before: path, step: Step::Name(name) };
                    match node.properties.binary_search_by(|known| (*known.name).cmp(name.as_str())) {
                        Ok(at) => {
                            let property = &node.properties[at];
                            found.remark(property.is_of_other_direction, &here, || Kind::OtherDirection);
                            found.remark(property.is_deprecated, &here, || Kind::Deprecated);
                            self.visit(property.node, value, Some(&here), found);
                        }
                        Err(_) => {
                            let names = || node.properties.iter().map(|known| &*known.name);
                            found.remark(node.is_closed, &here, || {
                                Kind::Undeclared(text::nearest(name, names()).map(str::to_owned))
                            });
                        }
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let Some(inner) = node.prefix.get(index).copied().or(node.items) else { break };
                    self.visit(inner, item, Some(&Trail { before: path, step: Step::Index(index) }), found);
                }
            }
            Value::Null if node.means_null => found.excuses.nulls.push(Trail::pointer(path)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// What was found in one instance.
#[derive(Default)]
struct Found {
    remarks: Vec<Remark>,
    excuses: Excuses,
}

impl Found {
    fn remark(&mut self, is_so: bool, here: &Trail<'_>, kind: impl FnOnce() -> Kind) {
        if is_so && self.remarks.len() < MOST {
            self.remarks.push(Remark { path: here.path(), kind: kind() });
        }
    }
}

/// The way into an instance; text is made of it only where something is found.
struct Trail<'t> {
    before: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

impl Trail<'_> {
    /// A way as a pointer; none is the whole instance.
    fn pointer(way: Option<&Self>) -> Pointer {
        let path = way.map(Trail::path).unwrap_or_default();
        path.iter().fold(Pointer::root(), |pointer, step| pointer.join(step))
    }

    /// The steps from the outside in.
    fn path(&self) -> Vec<String> {
        let trails = std::iter::successors(Some(self), |trail| trail.before);
        let mut path: Vec<String> = trails.map(|trail| trail.step.text()).collect();
        path.reverse();
        path
    }
}

/// One step into an instance.
enum Step<'v> {
    Name(&'v str),
    Index(usize),
}

impl Step<'_> {
    fn text(&self) -> String {
        match self {
            Self::Name(name) => (*name).to_owned(),
            Self::Index(index) => index.to_string(),
        }
    }
}

struct Compiler<'a> {
    root: &'a Value,
    direction: Direction,
    nodes: Vec<Node>,
    /// By the addresses of the schemas that apply.
    known: HashMap<Vec<usize>, usize>,
    open: Vec<(usize, Vec<&'a Value>)>,
}

impl<'a> Compiler<'a> {
    /// The node of the schemas and all that applies through them.
    fn node(&mut self, schemas: Vec<&'a Value>) -> usize {
        let schemas = self.applying(schemas);
        let mut key: Vec<usize> = schemas.iter().map(|schema| std::ptr::from_ref(*schema) as usize).collect();
        key.sort_unstable();
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        if self.nodes.len() >= MOST_NODES {
            // No such node: nothing is told there.
            return usize::MAX;
        }
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        self.known.insert(key, id);
        self.open.push((id, schemas));
        id
    }

    fn fill(&mut self, id: usize, schemas: &[&'a Value]) {
        let mut properties: Vec<Property> = Vec::new();
        for map in schemas.iter().filter_map(|schema| schema.get("properties")?.as_object()) {
            for name in map.keys() {
                if properties.iter().any(|known| *known.name == **name) {
                    continue;
                }
                let all: Vec<&'a Value> =
                    schemas.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                let other = match self.direction {
                    Direction::Request => "readOnly",
                    Direction::Response => "writeOnly",
                };
                let all_say = |keyword| all.iter().all(|schema| self.says(schema, keyword));
                let (is_deprecated, is_of_other_direction) = (all_say("deprecated"), all_say(other));
                let node = self.node(all);
                properties.push(Property {
                    name: name.as_str().into(),
                    node,
                    is_deprecated,
                    is_of_other_direction,
                });
            }
        }
        properties.sort();
        let is_open = schemas.iter().any(|schema| {
            ["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames"]
                .into_iter()
                .any(|keyword| schema.get(keyword).is_some_and(|value| *value != Value::Bool(false)))
        });
        let prefixes: Vec<&'a Vec<Value>> =
            schemas.iter().filter_map(|schema| schema.get("prefixItems")?.as_array()).collect();
        let longest = prefixes.iter().map(|prefix| prefix.len()).max().unwrap_or(0);
        let prefix = (0..longest)
            .map(|index| self.node(prefixes.iter().filter_map(|prefix| prefix.get(index)).collect()));
        let prefix: Vec<usize> = prefix.collect();
        let items: Vec<&'a Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
        let items = (!items.is_empty()).then(|| self.node(items));
        let means_null = schemas
            .iter()
            .any(|schema| [NULL_MEANT, NULL_UNLISTED].iter().any(|mark| schema.get(*mark).is_some()));
        self.nodes[id] =
            Node { is_closed: !properties.is_empty() && !is_open, properties, prefix, items, means_null };
    }

    /// Whether a schema, or one that holds wherever it does, has a keyword that is true.
    fn says(&self, schema: &'a Value, keyword: &str) -> bool {
        let mut queue = vec![schema];
        let mut seen: Vec<&Value> = Vec::new();
        while let Some(schema) = queue.pop() {
            if seen.iter().any(|known| std::ptr::eq(*known, schema)) {
                continue;
            }
            if schema.get(keyword) == Some(&Value::Bool(true)) {
                return true;
            }
            seen.push(schema);
            queue.extend(self.target(schema));
            queue.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
        }
        false
    }

    /// What a schema refers to.
    fn target(&self, schema: &Value) -> Option<&'a Value> {
        schema.get("$ref").and_then(reference).and_then(|pointer| pointer.find(self.root))
    }

    /// The schemas and all that apply through references and combinations; conditions count whatever they decide.
    fn applying(&self, mut queue: Vec<&'a Value>) -> Vec<&'a Value> {
        let mut all: Vec<&Value> = Vec::new();
        while let Some(schema) = queue.pop() {
            if !schema.is_object() || all.iter().any(|known| std::ptr::eq(*known, schema)) {
                continue;
            }
            all.push(schema);
            queue.extend(self.target(schema));
            for keyword in ["allOf", "anyOf", "oneOf"] {
                queue.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
            }
            queue.extend(["if", "then", "else"].into_iter().filter_map(|keyword| schema.get(keyword)));
            queue.extend(
                schema.get("dependentSchemas").and_then(Value::as_object).into_iter().flat_map(Map::values),
            );
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_that_no_applying_schema_has_are_told() {
        let root = json!({
            "base": { "properties": { "id": {} } },
            "closed": { "allOf": [{ "$ref": "#/base" }, { "properties": { "name": {}, "tags": { "items": { "properties": { "key": {} } } } } }] },
            "open": { "properties": { "a": {} }, "additionalProperties": { "type": "string" } }
        });
        let body = json!({ "id": 1, "nmae": "x", "tags": [{ "key": 1 }, { "other": 2 }] });
        let compile = |name: &str| Names::compile(&root, &root[name], Direction::Request);
        let found = compile("closed").remarks(&body);
        let told: Vec<(String, Kind)> = found.into_iter().map(|one| (one.path.join("."), one.kind)).collect();
        let undeclared = |near: Option<&str>| Kind::Undeclared(near.map(str::to_owned));
        assert_eq!(
            told,
            [("nmae".into(), undeclared(Some("name"))), ("tags.1.other".into(), undeclared(None))]
        );
        assert!(compile("open").remarks(&json!({ "b": "x" })).is_empty());
        assert!(
            Names::compile(&root, &json!({}), Direction::Request).remarks(&json!({ "b": "x" })).is_empty()
        );
    }

    #[test]
    fn properties_are_deprecated_or_of_one_direction_where_every_schema_that_names_them_says_so() {
        let root = json!({
            "id": { "type": "integer", "readOnly": true },
            "S": { "oneOf": [
                { "properties": { "id": { "$ref": "#/id" }, "old": { "deprecated": true }, "secret": { "writeOnly": true } } },
                { "properties": { "id": { "allOf": [{ "$ref": "#/id" }] }, "old": {} } }
            ] }
        });
        let body = json!({ "id": 1, "old": 2, "secret": 3 });
        for (direction, expected) in [(Direction::Request, "id"), (Direction::Response, "secret")] {
            let found = Names::compile(&root, &root["S"], direction).remarks(&body);
            assert_eq!(found, [Remark { path: vec![expected.to_owned()], kind: Kind::OtherDirection }]);
        }
    }
}
