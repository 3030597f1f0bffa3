//! What schemas say of properties beside what they allow: which names there are, which are deprecated or of one direction.

pub(super) mod node;

use std::sync::Arc;

use serde_json::Value;

use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::text;
use node::{Node, Nodes};

/// How many remarks are made on one body.
const MOST: usize = 20;

/// What there is to say of the properties of an instance.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) all: Vec<Remark>,
    /// Whether a schema that may apply somewhere has a discriminator.
    pub(super) meets_discriminator: bool,
}

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

/// The names that the schemas of a value give to its properties, and what they say of them.
///
/// Objects that are open on purpose (`additionalProperties` or `unevaluatedProperties` that allow something, no property
/// named at all) have no undeclared properties.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) nodes: Nodes,
    /// What is said of the whole value.
    pub(super) first: Arc<Node>,
}

impl Names {
    /// What a schema in the tree `root` and all that it refers to name, for content sent in a direction.
    pub(super) fn new(root: &Arc<Value>, schema: &Pointer, direction: Direction) -> Self {
        let nodes = Nodes::new(root, direction);
        let first = nodes.first(schema);
        Self { nodes, first }
    }

    /// What there is to say of the properties of `instance`.
    pub(super) fn remarks(&self, instance: &Value) -> Remarks {
        let mut found = Found::default();
        self.visit(&self.first, instance, None, &mut found);
        found.remarks
    }

    /// What is to be forgiven in `instance` though by the letter it is wrong.
    pub(super) fn excuses(&self, instance: &Value) -> Excuses {
        let mut found = Found { excuses: Some(Excuses::default()), ..Found::default() };
        self.visit(&self.first, instance, None, &mut found);
        found.excuses.unwrap_or_default()
    }

    fn visit(&self, node: &Node, instance: &Value, path: Option<&Trail<'_>>, found: &mut Found) {
        match instance {
            Value::Object(map) => {
                found.remarks.meets_discriminator |= node.has_discriminator;
                if let Some(excuses) = &mut found.excuses {
                    let absent = node.properties.iter().filter(|(name, property)| {
                        property.is_of_other_direction && !map.contains_key(&***name)
                    });
                    excuses.absent.extend(absent.map(|(name, _)| (Trail::pointer(path), name.to_string())));
                }
                for (name, value) in map {
                    let here = Trail { before: path, step: Step::Name(name) };
                    match node.properties.get(name.as_str()) {
                        Some(property) => {
                            found.remark(property.is_of_other_direction, &here, || Kind::OtherDirection);
                            found.remark(property.is_deprecated, &here, || Kind::Deprecated);
                            if found.looks_into(value) {
                                let inner = self.nodes.of_property(node, name, property);
                                self.visit(&inner, value, Some(&here), found);
                            }
                        }
                        None => {
                            found.remark(node.is_closed, &here, || {
                                let names = node.properties.keys().map(|known| &**known);
                                Kind::Undeclared(text::nearest(name, names).map(str::to_owned))
                            });
                            if found.looks_into(value)
                                && let Some(inner) = self.nodes.of_additional(node)
                            {
                                self.visit(&inner, value, Some(&here), found);
                            }
                        }
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if !found.looks_into(item) {
                        continue;
                    }
                    let Some(inner) = self.nodes.of_item(node, index) else { break };
                    self.visit(&inner, item, Some(&Trail { before: path, step: Step::Index(index) }), found);
                }
            }
            Value::Null => {
                if let Some(excuses) = found.excuses.as_mut().filter(|_| node.means_null) {
                    excuses.nulls.push(Trail::pointer(path));
                }
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// What was found in one instance.
#[derive(Default)]
struct Found {
    remarks: Remarks,
    /// `None` if nobody asks for them.
    excuses: Option<Excuses>,
}

impl Found {
    /// Whether there can be anything to find in a value.
    fn looks_into(&self, value: &Value) -> bool {
        match value {
            Value::Object(_) | Value::Array(_) => true,
            Value::Null => self.excuses.is_some(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }

    fn remark(&mut self, is_so: bool, here: &Trail<'_>, kind: impl FnOnce() -> Kind) {
        if is_so && self.remarks.all.len() < MOST {
            self.remarks.all.push(Remark { path: here.path(), kind: kind() });
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_that_no_applying_schema_has_are_told() {
        let root = json!({
            "base": { "properties": { "id": {} } },
            "closed": { "allOf": [{ "$ref": "#/base" }, { "properties": { "name": {}, "tags": { "items": { "properties": { "key": {} } } } } }] },
            "open": { "properties": { "a": {} }, "additionalProperties": { "type": "string" } },
            "any": {}
        });
        let body = json!({ "id": 1, "nmae": "x", "tags": [{ "key": 1 }, { "other": 2 }] });
        let root = Arc::new(root);
        let names = |name: &str| Names::new(&root, &Pointer::root().join(name), Direction::Request);
        let found = names("closed").remarks(&body).all;
        let told: Vec<(String, Kind)> = found.into_iter().map(|one| (one.path.join("."), one.kind)).collect();
        let undeclared = |near: Option<&str>| Kind::Undeclared(near.map(str::to_owned));
        assert_eq!(
            told,
            [("nmae".into(), undeclared(Some("name"))), ("tags.1.other".into(), undeclared(None))]
        );
        assert!(names("open").remarks(&json!({ "b": "x" })).all.is_empty());
        assert!(names("any").remarks(&json!({ "b": "x" })).all.is_empty());
    }

    #[test]
    fn properties_are_deprecated_or_of_one_direction_where_every_schema_that_names_them_says_so() {
        let root = Arc::new(json!({
            "id": { "type": "integer", "readOnly": true },
            "S": { "oneOf": [
                { "properties": { "id": { "$ref": "#/id" }, "old": { "deprecated": true }, "secret": { "writeOnly": true } } },
                { "properties": { "id": { "allOf": [{ "$ref": "#/id" }] }, "old": {} } }
            ] }
        }));
        let body = json!({ "id": 1, "old": 2, "secret": 3 });
        for (direction, expected) in [(Direction::Request, "id"), (Direction::Response, "secret")] {
            let found = Names::new(&root, &Pointer::root().join("S"), direction).remarks(&body).all;
            assert_eq!(found, [Remark { path: vec![expected.to_owned()], kind: Kind::OtherDirection }]);
        }
    }

    #[test]
    fn schemas_that_lead_to_themselves_are_followed_as_deep_as_a_value_goes() {
        let root = Arc::new(json!({ "tree": {
            "properties": { "name": {}, "left": { "$ref": "#/tree" }, "twigs": { "items": { "$ref": "#/tree" } } }
        } }));
        let names = Names::new(&root, &Pointer::root().join("tree"), Direction::Response);
        let mut body = json!({ "nam": 1 });
        for _ in 0..60 {
            body = json!({ "left": { "twigs": [0, body] } });
        }
        for _ in 0..2 {
            let found = names.remarks(&body).all;
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].path.len(), 181);
            assert_eq!(found[0].kind, Kind::Undeclared(Some("name".to_owned())));
        }
        assert_eq!(names.remarks(&json!({ "left": { "left": 0, "x": 0 } })).all.len(), 1);
    }
}
