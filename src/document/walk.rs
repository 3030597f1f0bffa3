//! One pass over a document and all files it refers to: checks the structure, follows references, finds the schemas.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::external::External;
use super::reference::Files;
use super::structure::{Holds, Kind, ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP, keyword_fits};
use super::version::{Version, what};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::text;

/// A value of a file: the file's index, and where in it.
pub(super) type Spot = (usize, Pointer);

/// What the pass found. Also the view of a document that the versions raise it from.
pub(super) struct Walk<'a> {
    pub(super) files: Files<'a>,
    pub(super) version: Version,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Every schema object.
    pub(super) schemas: Vec<Spot>,
    /// What each Reference Object refers to.
    pub(super) references: BTreeMap<Spot, Spot>,
    /// The files that examples name by `externalValue`, by the spot of the example.
    pub(super) externals: BTreeMap<Spot, External>,
    /// Keywords of schemas that hold what they can't; they are left out of the normal form.
    pub(super) unusable: HashSet<(usize, Pointer)>,
    seen: HashSet<(usize, Pointer, Kind)>,
    queue: Vec<(Spot, Kind)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(files: Files<'a>, version: Version) -> Self {
        Self {
            files,
            version,
            diagnostics: Vec::new(),
            schemas: Vec::new(),
            references: BTreeMap::new(),
            externals: BTreeMap::new(),
            unusable: HashSet::new(),
            seen: HashSet::new(),
            queue: vec![((0, Pointer::root()), Kind::Document)],
        }
    }

    /// Visits everything that can be reached.
    pub(super) fn run(&mut self) {
        while let Some((spot, kind)) = self.queue.pop() {
            if self.seen.insert((spot.0, spot.1.clone(), kind)) {
                self.visit(&spot, kind);
            }
        }
        self.report_circles();
        self.diagnostics.append(&mut self.files.diagnostics);
    }

    /// Reports references that only lead back to themselves. Those of schemas are told where they are broken open.
    fn report_circles(&mut self) {
        let schemas: HashSet<&Spot> = self.schemas.iter().collect();
        let others = self.references.keys().filter(|spot| !schemas.contains(spot));
        let endless: Vec<Spot> = others.filter(|spot| self.leads_back(spot)).cloned().collect();
        for spot in endless {
            let diagnostic = Diagnostic::error("endless-reference", "this `$ref` leads back to itself")
                .help("nothing can be behind it, so it is left out");
            self.report(diagnostic, &(spot.0, spot.1.join("$ref")));
        }
    }

    fn leads_back(&self, spot: &Spot) -> bool {
        let chain = std::iter::successors(self.references.get(spot), |target| self.references.get(target));
        chain.take(64).any(|target| target == spot)
    }

    /// The value at a spot as it was read.
    pub(super) fn value(&self, spot: &Spot) -> &Value {
        static NOTHING: Value = Value::Null;
        self.files.value(spot).unwrap_or(&NOTHING)
    }

    /// The spot behind any chain of references; `None` if one leads nowhere, which has been reported.
    pub(super) fn behind(&self, spot: &Spot) -> Option<Spot> {
        let mut spot = spot.clone();
        for _ in 0..64 {
            match self.references.get(&spot) {
                Some(target) => spot = target.clone(),
                None if self.value(&spot).get("$ref").is_some_and(Value::is_string) => return None,
                None => return Some(spot),
            }
        }
        None
    }

    /// The object at a spot, references followed; `None` if it is not there or no object, which has been reported.
    pub(super) fn object(&self, spot: &Spot) -> Option<(Spot, &Map<String, Value>)> {
        let spot = self.behind(spot)?;
        let object = self.value(&spot).as_object()?;
        Some((spot, object))
    }

    /// Reports something about a value.
    pub(super) fn report(&mut self, diagnostic: Diagnostic, spot: &Spot) {
        let span = self.files.span(spot);
        self.diagnostics.push(diagnostic.at(Some(span)));
    }

    fn visit(&mut self, spot: &Spot, kind: Kind) {
        let value = self.value(spot);
        if kind == Kind::Schema && value.is_boolean() {
            return;
        }
        if !value.is_object() {
            let found = what(value);
            let diagnostic =
                Diagnostic::error("wrong-type", format!("a {} is {found}, expected an object", kind.word()));
            self.report(diagnostic, spot);
            return;
        }
        if kind.may_be_a_reference() && self.visit_reference(spot, kind) {
            return;
        }
        match kind {
            Kind::Schema => self.visit_schema(spot),
            Kind::Paths => self.visit_paths(spot),
            Kind::Responses => self.visit_responses(spot),
            Kind::Example => {
                self.visit_fields(spot, kind);
                self.visit_external(spot);
            }
            _ => self.visit_fields(spot, kind),
        }
    }

    /// Follows a `$ref`. True if it stands for the whole object.
    fn visit_reference(&mut self, spot: &Spot, kind: Kind) -> bool {
        let Some(Value::String(reference)) = self.value(spot).get("$ref") else { return false };
        let reference = reference.clone();
        match self.files.resolve(&reference, spot) {
            Ok(target) => {
                self.queue.push((target.clone(), kind));
                self.references.insert(spot.clone(), target);
            }
            Err(diagnostic) => {
                let place = (spot.0, spot.1.join("$ref"));
                self.report(*diagnostic, &place);
                self.unusable.insert(place);
            }
        }
        if kind == Kind::Schema {
            self.schemas.push(spot.clone());
            if self.version.has_json_schema() {
                self.visit_keywords(spot);
            }
            return true;
        }
        // What stands beside the `$ref` of a path item counts too.
        kind != Kind::PathItem
    }

    fn visit_fields(&mut self, spot: &Spot, kind: Kind) {
        let fields = kind.fields(self.version);
        for (name, holds, required) in fields {
            let place = (spot.0, spot.1.join(name));
            let Some(value) = self.value(spot).get(*name) else {
                if *required {
                    let message = format!("this {} has no `{name}`", kind.word());
                    self.report(Diagnostic::error("missing-field", message), spot);
                }
                continue;
            };
            self.enqueue_held(&place, *holds, name, what(value));
        }
    }

    fn enqueue_held(&mut self, place: &Spot, holds: Holds, name: &str, found: &str) {
        let value = self.value(place);
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
        if !fits {
            let message = format!("`{name}` is {found}, expected {expected}");
            self.report(Diagnostic::error("wrong-type", message), place);
            return;
        }
        match holds {
            Holds::One(kind) => self.queue.push((place.clone(), kind)),
            Holds::List(kind) => {
                let count = value.as_array().map_or(0, Vec::len);
                self.queue.extend((0..count).rev().map(|index| ((place.0, place.1.index(index)), kind)));
            }
            Holds::Map(kind) => self.enqueue_members(place, kind),
            Holds::Any | Holds::Text | Holds::Boolean | Holds::TextList => {}
        }
    }

    fn enqueue_members(&mut self, place: &Spot, kind: Kind) {
        let keys: Vec<String> = match self.value(place).as_object() {
            // Names under `properties` may start with `x-`; elsewhere such members are extensions.
            Some(map) => {
                map.keys().filter(|key| kind == Kind::Schema || !key.starts_with("x-")).cloned().collect()
            }
            None => return,
        };
        self.queue.extend(keys.iter().rev().map(|key| ((place.0, place.1.join(key)), kind)));
    }

    fn visit_paths(&mut self, spot: &Spot) {
        let keys: Vec<String> =
            self.value(spot).as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
        for key in keys.iter().rev() {
            let place = (spot.0, spot.1.join(key));
            if key.starts_with('/') {
                self.queue.push((place, Kind::PathItem));
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

    fn visit_responses(&mut self, spot: &Spot) {
        let keys: Vec<String> =
            self.value(spot).as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
        for key in keys.iter().rev() {
            if key.starts_with("x-") {
                continue;
            }
            let place = (spot.0, spot.1.join(key));
            let bytes = key.as_bytes();
            let is_status = bytes.len() == 3
                && (b'1'..=b'5').contains(&bytes[0])
                && (bytes[1..].iter().all(u8::is_ascii_digit) || key[1..].eq_ignore_ascii_case("xx"));
            if is_status || key == "default" {
                self.queue.push((place, Kind::Response));
            } else {
                let message = format!(
                    "`{key}` is no status: expected `default`, a status such as `404` or a range such as `4XX`"
                );
                self.report(Diagnostic::error("wrong-status", message), &place);
            }
        }
    }

    fn visit_schema(&mut self, spot: &Spot) {
        self.schemas.push(spot.clone());
        self.visit_keywords(spot);
    }

    fn visit_keywords(&mut self, spot: &Spot) {
        let Some(object) = self.value(spot).as_object() else { return };
        let mut problems = Vec::new();
        let mut inside = Vec::new();
        for (keyword, value) in object {
            if let Some(expected) = keyword_fits(keyword, value) {
                problems.push((
                    keyword.clone(),
                    "wrong-type",
                    format!("`{keyword}` is {}, expected {expected}", what(value)),
                ));
                continue;
            }
            match keyword.as_str() {
                "type" => problems.extend(
                    self.unknown_type(value).map(|message| ("type".to_owned(), "unknown-type", message)),
                ),
                "pattern" => problems.extend(
                    unreadable_pattern(value)
                        .map(|message| ("pattern".to_owned(), "pattern-unreadable", message)),
                ),
                _ => {}
            }
            if SCHEMA_LIST.contains(&keyword.as_str()) && value.is_array() {
                let count = value.as_array().map_or(0, Vec::len);
                inside.extend((0..count).map(|index| spot.1.join(keyword).index(index)));
            } else if ONE_SCHEMA.contains(&keyword.as_str()) && (value.is_object() || value.is_boolean()) {
                inside.push(spot.1.join(keyword));
            } else if SCHEMA_MAP.contains(&keyword.as_str()) {
                let members = value.as_object().into_iter().flatten();
                let schemas = members.filter(|(_, member)| keyword != "dependencies" || !member.is_array());
                inside.extend(schemas.map(|(name, _)| spot.1.join(keyword).join(name)));
            }
        }
        self.queue.extend(inside.into_iter().rev().map(|pointer| ((spot.0, pointer), Kind::Schema)));
        for (keyword, code, message) in problems {
            let place = (spot.0, spot.1.join(&keyword));
            self.report(Diagnostic::error(code, message).help("the keyword is left out"), &place);
            self.unusable.insert(place);
        }
        self.visit_mapping(spot);
    }

    /// The targets of a discriminator's mapping are schemas too, though nothing else may refer to them.
    fn visit_mapping(&mut self, spot: &Spot) {
        let mapping = self.value(spot).pointer("/discriminator/mapping").and_then(Value::as_object);
        let targets: Vec<(String, String)> = mapping
            .into_iter()
            .flatten()
            .filter_map(|(name, target)| Some((name.clone(), target.as_str()?.to_owned())))
            .collect();
        for (name, target) in targets {
            let place = (spot.0, spot.1.join("discriminator").join("mapping").join(&name));
            let is_name = !target.contains(['#', '/', '.']);
            let written = if is_name { format!("#/components/schemas/{target}") } else { target.clone() };
            match self.files.resolve(&written, spot) {
                Ok(found) => {
                    self.queue.push((found.clone(), Kind::Schema));
                    self.references.insert(place, found);
                }
                Err(_) if is_name => {}
                Err(diagnostic) => self.report(*diagnostic, &place),
            }
        }
    }

    fn unknown_type(&self, value: &Value) -> Option<String> {
        const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];
        let listed: Vec<&Value> = match value {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        for one in listed {
            let name = one.as_str().unwrap_or_default();
            let is_file = name == "file" && self.version == Version::Swagger20;
            if !TYPES.contains(&name) && !is_file {
                let nearest =
                    text::nearest(name, TYPES).map(|nearest| format!(" (`{nearest}`?)")).unwrap_or_default();
                let shown = if one.is_string() { format!("`{name}`") } else { what(one).to_owned() };
                return Some(format!("`type` is {shown}{nearest}, expected one of {}", text::list(TYPES)));
            }
        }
        None
    }
}

fn unreadable_pattern(value: &Value) -> Option<String> {
    let pattern = value.as_str()?;
    let schema = serde_json::json!({ "pattern": pattern });
    let error = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).err()?;
    Some(format!(
        "the pattern `{}` can't be read: {}",
        text::shortened(pattern, 60),
        text::shortened(&error.to_string(), 120)
    ))
}
