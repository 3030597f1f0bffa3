//! Properties that no schema names: no breach of the schema, but most likely a misspelling.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::schema::reference;
use crate::text;

/// How many undeclared properties of one body are told.
const MOST: usize = 20;
/// How many kinds of objects one schema may lead to; behind them nothing is told.
const MOST_NODES: usize = 4000;

/// A property that no schema names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Undeclared {
    /// Its place in the instance, from the outside in.
    pub(super) path: Vec<String>,
    /// The name that was probably meant.
    pub(super) nearest: Option<String>,
}

/// The names that the schemas of a value give to its properties, compiled once.
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
    /// The properties by name, sorted, each with the node of its value.
    properties: Vec<(Box<str>, usize)>,
    /// Whether a property that is not among them is undeclared.
    is_closed: bool,
    /// The nodes of the first items of an array.
    prefix: Vec<usize>,
    /// The node of all other items.
    items: Option<usize>,
}

impl Names {
    /// Compiles what a schema in the tree `root` and all that it refers to name.
    pub(super) fn compile(root: &Value, schema: &Value) -> Self {
        let mut compiler = Compiler { root, nodes: Vec::new(), known: HashMap::new(), open: Vec::new() };
        compiler.node(vec![schema]);
        while let Some((id, schemas)) = compiler.open.pop() {
            compiler.fill(id, &schemas);
        }
        Self { nodes: compiler.nodes }
    }

    /// Finds the properties of `instance` that nothing names.
    pub(super) fn undeclared(&self, instance: &Value) -> Vec<Undeclared> {
        let mut found = Vec::new();
        self.visit(0, instance, None, &mut found);
        found
    }

    fn visit(&self, node: usize, instance: &Value, path: Option<&Trail<'_>>, found: &mut Vec<Undeclared>) {
        let Some(node) = self.nodes.get(node) else { return };
        match instance {
            Value::Object(map) => {
                for (name, value) in map {
                    let here = Trail { before: path, step: Step::Name(name) };
                    match node.properties.binary_search_by(|(known, _)| (**known).cmp(name.as_str())) {
                        Ok(at) => self.visit(node.properties[at].1, value, Some(&here), found),
                        Err(_) if node.is_closed && found.len() < MOST => {
                            let names = node.properties.iter().map(|(known, _)| &**known);
                            let nearest = text::nearest(name, names).map(str::to_owned);
                            found.push(Undeclared { path: here.path(), nearest });
                        }
                        Err(_) => {}
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let Some(inner) = node.prefix.get(index).copied().or(node.items) else { break };
                    self.visit(inner, item, Some(&Trail { before: path, step: Step::Index(index) }), found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The way into an instance; text is made of it only where something is found.
struct Trail<'t> {
    before: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

impl Trail<'_> {
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
        let mut properties: Vec<(Box<str>, usize)> = Vec::new();
        for map in schemas.iter().filter_map(|schema| schema.get("properties")?.as_object()) {
            for name in map.keys() {
                if properties.iter().any(|(known, _)| **known == **name) {
                    continue;
                }
                let all = schemas.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                properties.push((name.as_str().into(), self.node(all)));
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
        self.nodes[id] = Node { is_closed: !properties.is_empty() && !is_open, properties, prefix, items };
    }

    /// The schemas and all that apply through references and combinations; conditions count whatever they decide.
    fn applying(&self, mut queue: Vec<&'a Value>) -> Vec<&'a Value> {
        let mut all: Vec<&Value> = Vec::new();
        while let Some(schema) = queue.pop() {
            if !schema.is_object() || all.iter().any(|known| std::ptr::eq(*known, schema)) {
                continue;
            }
            all.push(schema);
            if let Some(target) =
                schema.get("$ref").and_then(reference).and_then(|pointer| pointer.find(self.root))
            {
                queue.push(target);
            }
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
        let found = Names::compile(&root, &root["closed"]).undeclared(&body);
        let told: Vec<(String, Option<&str>)> =
            found.iter().map(|one| (one.path.join("."), one.nearest.as_deref())).collect();
        assert_eq!(told, [("nmae".into(), Some("name")), ("tags.1.other".into(), None)]);
        assert!(Names::compile(&root, &root["open"]).undeclared(&json!({ "b": "x" })).is_empty());
        assert!(Names::compile(&root, &json!({})).undeclared(&json!({ "b": "x" })).is_empty());
    }
}
