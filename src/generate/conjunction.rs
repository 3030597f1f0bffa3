//! Several schemas that must hold at once, flattened through `$ref` and `allOf` into plain constraints.

use serde_json::{Map, Value};

use crate::generate::tag::Tag;
use crate::generate::types::Types;
use crate::pointer::Pointer;
use crate::schema::{ANNOTATIONS, reference};

/// A schema and where it is.
#[derive(Clone)]
pub(super) struct Part<'s> {
    pub pointer: Pointer,
    pub schema: &'s Value,
}

impl Part<'_> {
    /// What tells this schema from all others of its tree: its place in memory.
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self.schema) as usize
    }
}

/// Schemas that must hold at once, and the choices among their branches that were made already.
#[derive(Clone, Default)]
pub(super) struct Conjunction<'s> {
    pub parts: Vec<Part<'s>>,
    /// The addresses of the keywords (`oneOf`, `anyOf`, `if`) whose branch is among the parts.
    pub decided: Vec<usize>,
    /// Which schemas were taken by it, where a discriminator names them; the outermost first.
    pub tags: Vec<Tag>,
}

impl<'s> Conjunction<'s> {
    pub fn of(pointer: Pointer, schema: &'s Value) -> Self {
        Self { parts: vec![Part { pointer, schema }], ..Self::default() }
    }

    pub fn push(&mut self, pointer: Pointer, schema: &'s Value) {
        self.parts.push(Part { pointer, schema });
    }

    /// What is equal only for conjunctions that mean the same, down to the order of properties.
    pub fn key(&self) -> Vec<usize> {
        let mut key: Vec<usize> = Vec::with_capacity(self.parts.len() + self.decided.len());
        let tags = self.tags.iter().map(Tag::address);
        for address in self.parts.iter().map(Part::address).chain(self.decided.iter().copied()).chain(tags) {
            if !key.contains(&address) {
                key.push(address);
            }
        }
        key
    }
}

/// One constraint object of a flattened conjunction.
pub(super) struct Constraint<'s> {
    pub pointer: Pointer,
    pub object: &'s Map<String, Value>,
}

impl<'s> Constraint<'s> {
    /// What a keyword says.
    pub fn get(&self, keyword: &str) -> Option<&'s Value> {
        said(self.object, keyword)
    }
}

/// Schemas with more keywords than this are rare.
const FEW: usize = 16;

/// What a keyword of a schema says. Most keywords are not there, and schemas have so few that looking at each takes a
/// fraction of what hashing the keyword's name takes; a plan asks for tens of thousands while a request waits.
pub(super) fn said<'s>(schema: &'s Map<String, Value>, keyword: &str) -> Option<&'s Value> {
    if schema.len() > FEW {
        return schema.get(keyword);
    }
    schema.iter().find(|(known, _)| *known == keyword).map(|(_, value)| value)
}

/// As [`said`], of what may be no object.
pub(super) fn said_by<'s>(schema: &'s Value, keyword: &str) -> Option<&'s Value> {
    said(schema.as_object()?, keyword)
}

/// A choice that is still to be made.
pub(super) struct Choices<'s> {
    /// The address of the keyword's value.
    pub address: usize,
    /// The part, among those given, whose only content this choice is.
    pub pure: Option<usize>,
    pub branches: Vec<Vec<Part<'s>>>,
    /// Whether a value of one branch may fail because of another.
    pub exclusive: bool,
    /// Whether it is the choice of a `oneOf`.
    pub of_one: bool,
    /// The schema whose keyword it is; its discriminator names the branches.
    pub owner: Option<Pointer>,
}

/// A conjunction without `$ref` and `allOf`.
pub(super) struct Flat<'s> {
    pub constraints: Vec<Constraint<'s>>,
    pub choices: Vec<Choices<'s>>,
    pub impossible: bool,
    /// Whether there are keywords that the structure of a node does not guarantee.
    pub strange: bool,
    /// The types that are left.
    pub types: Types,
    /// Whether any schema names a type.
    pub typed: bool,
    /// Property names that must not occur.
    pub forbidden: Vec<&'s str>,
    /// Which schemas were taken, where a discriminator names them.
    pub tags: Vec<Tag>,
    /// The schemas with a discriminator that names those that extend them.
    pub bases: Vec<Part<'s>>,
    /// The addresses of all schemas that have to hold, outer ones before what they refer to.
    pub seen: Vec<usize>,
}

/// Flattens a conjunction; `root` is the tree that its references point into.
pub(super) fn flatten<'s>(root: &'s Value, conjunction: &Conjunction<'s>) -> Flat<'s> {
    let mut flat = Flat {
        constraints: Vec::new(),
        choices: Vec::new(),
        impossible: false,
        strange: false,
        types: Types::ALL,
        typed: false,
        forbidden: Vec::new(),
        tags: conjunction.tags.clone(),
        bases: Vec::new(),
        seen: Vec::new(),
    };
    // Part and the index of the given part whose whole content it is.
    let mut waiting: Vec<(Part<'s>, Option<usize>)> =
        conjunction.parts.iter().enumerate().map(|(at, part)| (part.clone(), Some(at))).rev().collect();
    while let Some((part, origin)) = waiting.pop() {
        if flat.seen.contains(&part.address()) {
            continue;
        }
        flat.seen.push(part.address());
        let object = match part.schema {
            Value::Object(object) => object,
            Value::Bool(false) => {
                flat.impossible = true;
                continue;
            }
            _ => continue,
        };
        let alone = |keyword: &str| {
            object
                .keys()
                .all(|key| key == keyword || key.starts_with("x-") || ANNOTATIONS.contains(&key.as_str()))
        };
        if let Some(target) = said(object, "$ref").and_then(reference) {
            match target.find(root) {
                Some(schema) => {
                    waiting.push((Part { pointer: target, schema }, origin.filter(|_| alone("$ref"))));
                }
                None => flat.impossible = true,
            }
        }
        if let Some(Value::Array(members)) = said(object, "allOf") {
            let at = part.pointer.join("allOf");
            let origin = origin.filter(|_| members.len() == 1 && alone("allOf"));
            for (index, schema) in members.iter().enumerate().rev() {
                waiting.push((Part { pointer: at.index(index), schema }, origin));
            }
        }
        for keyword in ["oneOf", "anyOf"] {
            let Some(Value::Array(members)) = said(object, keyword) else { continue };
            let address = std::ptr::from_ref(members) as usize;
            if conjunction.decided.contains(&address) || members.is_empty() {
                continue;
            }
            let at = part.pointer.join(keyword);
            flat.choices.push(Choices {
                address,
                pure: origin.filter(|_| alone(keyword)),
                branches: members
                    .iter()
                    .enumerate()
                    .map(|(index, schema)| vec![Part { pointer: at.index(index), schema }])
                    .collect(),
                exclusive: keyword == "oneOf" && members.len() > 1,
                of_one: keyword == "oneOf",
                owner: Some(part.pointer.clone()),
            });
        }
        if let Some(condition) = said(object, "if") {
            let address = std::ptr::from_ref(condition) as usize;
            if !conjunction.decided.contains(&address) {
                let member = |keyword: &str| {
                    said(object, keyword).map(|schema| Part { pointer: part.pointer.join(keyword), schema })
                };
                flat.choices.push(Choices {
                    address,
                    pure: None,
                    branches: vec![
                        member("if").into_iter().chain(member("then")).collect(),
                        member("else").into_iter().collect(),
                    ],
                    exclusive: true,
                    of_one: false,
                    owner: None,
                });
            }
        }
        if let Some(Value::Object(dependents)) = said(object, "dependentSchemas") {
            for (name, schema) in dependents {
                let declared = object
                    .get("properties")
                    .and_then(Value::as_object)
                    .is_some_and(|properties| properties.contains_key(name));
                let required = object
                    .get("required")
                    .and_then(Value::as_array)
                    .is_some_and(|names| names.iter().any(|required| required == name));
                if declared || required {
                    let pointer = part.pointer.join("dependentSchemas").join(name);
                    waiting.push((Part { pointer, schema }, None));
                }
            }
        }
        if let Some(negated) = said(object, "not") {
            negate(&mut flat, negated);
            // What is denied twice is said.
            if let Some(schema) =
                negated.get("not").filter(|_| negated.as_object().is_some_and(|one| one.len() == 1))
            {
                waiting.push((Part { pointer: part.pointer.join("not").join("not"), schema }, None));
            }
        }
        if said(object, "discriminator").is_some() {
            flat.bases.push(part.clone());
        }
        restrict(&mut flat, object);
        flat.constraints.push(Constraint { pointer: part.pointer, object });
    }
    flat
}

fn restrict(flat: &mut Flat<'_>, object: &Map<String, Value>) {
    const STRANGE: [&str; 9] = [
        "not",
        "if",
        "dependentSchemas",
        "dependentRequired",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "maxContains",
        "$dynamicRef",
    ];
    flat.strange |= STRANGE.iter().any(|keyword| said(object, keyword).is_some());
    if let Some(types) = said(object, "type").and_then(Types::of) {
        flat.types = flat.types.and(types);
        flat.typed = true;
    }
}

/// Takes in what `not` says where that is plain; what is not is left to the check.
fn negate<'s>(flat: &mut Flat<'s>, negated: &'s Value) {
    let Some(object) = negated.as_object() else {
        flat.impossible |= *negated == Value::Bool(true);
        return;
    };
    if object.is_empty() {
        flat.impossible = true;
    }
    if object.len() != 1 {
        return;
    }
    if let Some(types) = said(object, "type").and_then(Types::of) {
        flat.types = flat.types.without(types);
    }
    if let Some([Value::String(name)]) = said(object, "required").and_then(Value::as_array).map(Vec::as_slice)
    {
        flat.forbidden.push(name);
    }
    if let Some(Value::Array(members)) = said(object, "anyOf") {
        for member in members {
            negate(flat, member);
        }
    }
}
