//! One pass over a document and all files it refers to: checks the structure, follows references, finds the schemas.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::external::External;
use super::lower::normal_pointer;
use super::reference::Files;
use super::remark::Remark;
use super::structure::{Holds, Kind};
use super::version::{Version, what};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;

/// A value of a file: the file's index, and where in it.
pub(super) type Spot = (usize, Pointer);

/// What tells a value from all others while the files are read: its place in memory.
pub(super) type Address = usize;

pub(super) fn address(value: &Value) -> Address {
    std::ptr::from_ref(value) as usize
}

/// What a Reference Object refers to.
pub(super) struct Reference<'a> {
    /// Where the reference itself stands.
    pub(super) from: Spot,
    pub(super) to: Spot,
    pub(super) target: &'a Value,
}

/// What the pass found. Also the view of a document that the versions raise it from.
pub(super) struct Walk<'a> {
    pub(super) files: Files<'a>,
    pub(super) version: Version,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Every schema object.
    pub(super) schemas: HashSet<Address, RandomState>,
    /// What each Reference Object refers to, and each member of a discriminator's mapping.
    pub(super) references: HashMap<Address, Reference<'a>, RandomState>,
    /// The files that examples name by `externalValue`, by the spot of the example.
    pub(super) externals: BTreeMap<Spot, Arc<External>>,
    /// Keywords of schemas that hold what they can't; they are left out of the normal form.
    pub(super) unusable: HashMap<Address, Vec<String>, RandomState>,
    /// The schemas that need more than a look at themselves to be lowered, each with where it is.
    pub(super) remarkable: Vec<(Spot, &'a Value)>,
    /// The schemas with a `$dynamicRef` or `$recursiveRef`.
    pub(super) dynamic: Vec<(Spot, &'a Value)>,
    /// Whether a schema is said to be sent in one direction only (`readOnly`, `writeOnly`).
    pub(super) has_one_way: bool,
    /// The parameters and request bodies.
    pub(super) requests: Vec<&'a Value>,
    /// What is wrong with each pattern, if anything: the same ones are often used again.
    pub(super) patterns: HashMap<&'a str, Option<String>>,
    /// What only `lint` tells.
    pub(super) remarks: Vec<Remark>,
    seen: HashSet<(Address, Kind), RandomState>,
    pub(super) queue: Vec<(Spot, &'a Value, Kind)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(files: Files<'a>, version: Version) -> Self {
        let root = (0, Pointer::root());
        let value = files.value(&root).unwrap_or(&Value::Null);
        Self {
            files,
            version,
            diagnostics: Vec::new(),
            schemas: HashSet::default(),
            references: HashMap::default(),
            externals: BTreeMap::new(),
            unusable: HashMap::default(),
            remarkable: Vec::new(),
            dynamic: Vec::new(),
            has_one_way: false,
            requests: Vec::new(),
            patterns: HashMap::new(),
            remarks: Vec::new(),
            seen: HashSet::default(),
            queue: vec![(root, value, Kind::Document)],
        }
    }

    /// Visits everything that can be reached.
    pub(super) fn run(&mut self) {
        while let Some((spot, value, kind)) = self.queue.pop() {
            if self.seen.insert((address(value), kind)) {
                self.visit(&spot, value, kind);
            }
        }
        self.seen = HashSet::default();
        self.report_circles();
        self.diagnostics.append(&mut self.files.diagnostics);
    }

    /// Reports references that only lead back to themselves. Those of schemas are told where they are broken open.
    fn report_circles(&mut self) {
        let others = self.references.iter().filter(|(address, _)| !self.schemas.contains(address));
        let endless = others.filter(|(address, _)| self.leads_back(**address));
        let mut endless: Vec<Spot> = endless.map(|(_, reference)| reference.from.clone()).collect();
        endless.sort();
        for spot in endless {
            let diagnostic = Diagnostic::error("endless-reference", "this `$ref` leads back to itself")
                .help("nothing can be behind it, so it is left out");
            self.report(diagnostic, &(spot.0, spot.1.join("$ref")));
        }
    }

    fn leads_back(&self, from: Address) -> bool {
        let next = |reference: &&Reference<'a>| self.references.get(&address(reference.target));
        let chain = std::iter::successors(self.references.get(&from), next);
        chain.take(64).any(|reference| address(reference.target) == from)
    }

    /// The value at a spot as it was read.
    pub(super) fn value(&self, spot: &Spot) -> &'a Value {
        self.files.value(spot).unwrap_or(&Value::Null)
    }

    /// The spot behind any chain of references; `None` if one leads nowhere, which has been reported.
    pub(super) fn behind(&self, spot: &Spot) -> Option<Spot> {
        let (found, _) = self.behind_value(self.value(spot))?;
        Some(found.unwrap_or(spot).clone())
    }

    /// The value behind any chain of references that starts at a value, and where it is if that is somewhere else.
    fn behind_value(&self, mut value: &'a Value) -> Option<(Option<&Spot>, &'a Value)> {
        let mut spot = None;
        for _ in 0..64 {
            match self.references.get(&address(value)) {
                Some(reference) => (spot, value) = (Some(&reference.to), reference.target),
                None if value.get("$ref").is_some_and(Value::is_string) => return None,
                None => return Some((spot, value)),
            }
        }
        None
    }

    /// The object at a spot, references followed; `None` if it is not there or no object, which has been reported.
    pub(super) fn object(&self, spot: &Spot) -> Option<(Spot, &'a Map<String, Value>)> {
        let (found, value) = self.behind_value(self.value(spot))?;
        Some((found.unwrap_or(spot).clone(), value.as_object()?))
    }

    /// Whether a value, or what it refers to, has a keyword set to true.
    pub(super) fn says(&self, value: &'a Value, keyword: &str) -> bool {
        let says = |value: &Value| value.get(keyword) == Some(&Value::Bool(true));
        says(value) || self.behind_value(value).is_some_and(|(_, value)| says(value))
    }

    /// Reports something about a value.
    pub(super) fn report(&mut self, diagnostic: Diagnostic, spot: &Spot) {
        let span = self.files.span(spot);
        self.diagnostics.push(diagnostic.at(Some(span)));
    }

    fn visit(&mut self, spot: &Spot, value: &'a Value, kind: Kind) {
        if kind == Kind::Schema && value.is_boolean() {
            return;
        }
        let Some(object) = value.as_object() else {
            let found = what(value);
            let diagnostic =
                Diagnostic::error("wrong-type", format!("a {} is {found}, expected an object", kind.word()));
            self.report(diagnostic, spot);
            return;
        };
        if matches!(kind, Kind::Parameter | Kind::RequestBody) {
            self.requests.push(value);
        }
        self.remark_object(spot, object, kind);
        if kind.may_be_a_reference() && self.visit_reference(spot, value, kind) {
            return;
        }
        match kind {
            Kind::Schema => {
                self.schemas.insert(address(value));
                self.visit_keywords(spot, value);
            }
            Kind::Paths => self.visit_paths(spot, object),
            Kind::Responses => self.visit_responses(spot, object),
            Kind::Example => {
                self.visit_fields(spot, object, kind);
                self.visit_external(spot, object);
            }
            _ => self.visit_fields(spot, object, kind),
        }
    }

    /// Follows a `$ref`. True if it stands for the whole object.
    fn visit_reference(&mut self, spot: &Spot, value: &'a Value, kind: Kind) -> bool {
        let Some(Value::String(reference)) = value.get("$ref") else { return false };
        let is_schema = kind == Kind::Schema;
        match self.files.resolve(reference, spot) {
            Ok(to) => {
                if is_schema && normal_pointer(&to).to_fragment() != *reference {
                    self.remarkable.push((spot.clone(), value));
                }
                let target = self.value(&to);
                self.queue.push((to.clone(), target, kind));
                self.references.insert(address(value), Reference { from: spot.clone(), to, target });
            }
            Err(diagnostic) => {
                self.report(*diagnostic, &(spot.0, spot.1.join("$ref")));
                self.leave_out(value, "$ref");
            }
        }
        if is_schema {
            self.schemas.insert(address(value));
            self.has_one_way |= value.get("readOnly").is_some() || value.get("writeOnly").is_some();
            if self.version.has_json_schema() {
                self.visit_keywords(spot, value);
            }
            return true;
        }
        // What stands beside the `$ref` of a path item counts too.
        kind != Kind::PathItem
    }

    /// Remembers to leave a keyword of a schema out of the normal form.
    pub(super) fn leave_out(&mut self, schema: &Value, keyword: &str) {
        self.leave_out_at(address(schema), keyword);
    }

    /// As [`Self::leave_out`], by the schema's address.
    pub(super) fn leave_out_at(&mut self, schema: Address, keyword: &str) {
        self.unusable.entry(schema).or_default().push(keyword.to_owned());
    }

    fn visit_fields(&mut self, spot: &Spot, object: &'a Map<String, Value>, kind: Kind) {
        for (name, holds, required) in kind.fields(self.version) {
            let Some(value) = object.get(*name) else {
                if *required {
                    let message = format!("this {} has no `{name}`", kind.word());
                    self.report(Diagnostic::error("missing-field", message), spot);
                }
                continue;
            };
            self.enqueue_held((spot, name), value, *holds);
        }
    }

    /// Takes in what a field of an object holds.
    fn enqueue_held(&mut self, (spot, name): (&Spot, &str), value: &'a Value, holds: Holds) {
        let (fits, expected) = match holds {
            Holds::Any => (true, ""),
            Holds::Text => (value.is_string() || name == "version" || name == "swagger", "a string"),
            Holds::Boolean => (value.is_boolean(), "true or false"),
            Holds::TextList => {
                (value.as_array().is_some_and(|list| list.iter().all(Value::is_string)), "a list of strings")
            }
            Holds::One(_) => (true, "an object"),
            Holds::List(_) => (value.is_array(), "a list"),
            Holds::Map(_) => (value.is_object(), "a map"),
        };
        let place = || (spot.0, spot.1.join(name));
        if !fits {
            let message = format!("`{name}` is {}, expected {expected}", what(value));
            self.report(Diagnostic::error("wrong-type", message), &place());
            return;
        }
        match (holds, value) {
            (Holds::One(kind), _) => self.queue.push((place(), value, kind)),
            (Holds::List(kind), Value::Array(items)) => {
                let place = place();
                let items = items.iter().enumerate().rev();
                self.queue.extend(items.map(|(index, item)| ((place.0, place.1.index(index)), item, kind)));
            }
            (Holds::Map(kind), Value::Object(map)) => {
                let place = place();
                // The names of properties and header fields may start with `x-`; elsewhere such members are extensions.
                let is_name = matches!(kind, Kind::Schema | Kind::Header);
                let members = map.iter().rev().filter(|(key, _)| is_name || !key.starts_with("x-"));
                self.queue.extend(members.map(|(key, value)| ((place.0, place.1.join(key)), value, kind)));
            }
            _ => {}
        }
    }

    fn visit_paths(&mut self, spot: &Spot, object: &'a Map<String, Value>) {
        for (key, value) in object.iter().rev() {
            let place = (spot.0, spot.1.join(key));
            if key.starts_with('/') {
                self.queue.push((place, value, Kind::PathItem));
            } else if !key.starts_with("x-") && key != "$ref" {
                let diagnostic = Diagnostic::error(
                    "path-without-slash",
                    format!("the path `{key}` does not start with a slash"),
                )
                .help(format!("write it as `/{key}`; its operations are not served"));
                self.report(diagnostic, &place);
            }
        }
    }

    fn visit_responses(&mut self, spot: &Spot, object: &'a Map<String, Value>) {
        for (key, value) in object.iter().rev() {
            if key.starts_with("x-") {
                continue;
            }
            let place = (spot.0, spot.1.join(key));
            let bytes = key.as_bytes();
            let is_status = bytes.len() == 3
                && (b'1'..=b'5').contains(&bytes[0])
                && (bytes[1..].iter().all(u8::is_ascii_digit) || key[1..].eq_ignore_ascii_case("xx"));
            if is_status || key == "default" {
                self.queue.push((place, value, Kind::Response));
            } else {
                let message = format!(
                    "`{key}` is no status: expected `default`, a status such as `404` or a range such as `4XX`"
                );
                self.report(Diagnostic::error("wrong-status", message), &place);
            }
        }
    }
}
