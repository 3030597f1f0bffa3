//! The part of the pass over a document that is about schemas: what their keywords hold.

use serde_json::Value;

use super::structure::{Kind, ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP, keyword_fits};
use super::version::{Version, what};
use super::walk::{Reference, Spot, Walk, address};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::text;

impl<'a> Walk<'a> {
    /// Checks what the keywords of a schema hold, and takes in the schemas in it.
    pub(super) fn visit_keywords(&mut self, spot: &Spot, schema: &'a Value) {
        let Some(object) = schema.as_object() else { return };
        let mut problems = Vec::new();
        let first = self.queue.len();
        for (keyword, value) in object {
            if let Some(expected) = keyword_fits(keyword, value) {
                let message = format!("`{keyword}` is {}, expected {expected}", what(value));
                problems.push((keyword, "wrong-type", message));
                continue;
            }
            let problem = match keyword.as_str() {
                "type" => self.unknown_type(value).map(|message| ("unknown-type", message)),
                "pattern" => self.unreadable_pattern(value).map(|message| ("pattern-unreadable", message)),
                "readOnly" | "writeOnly" => {
                    self.has_one_way = true;
                    None
                }
                "$dynamicRef" | "$recursiveRef" => {
                    self.visit_dynamic(spot, schema, keyword);
                    None
                }
                "required" | "$dynamicAnchor" | "$recursiveAnchor" => {
                    self.remarkable.push((spot.clone(), schema));
                    None
                }
                _ => None,
            };
            problems.extend(problem.map(|(code, message)| (keyword, code, message)));
            self.enqueue_inside(spot, keyword, value);
        }
        // What comes first is to be visited first.
        self.queue[first..].reverse();
        for (keyword, code, message) in problems {
            let diagnostic = Diagnostic::error(code, message).help("the keyword is left out");
            self.report(diagnostic, &(spot.0, spot.1.join(keyword)));
            self.leave_out(schema, keyword);
        }
        if object.contains_key("discriminator") {
            self.visit_mapping(spot, schema);
        }
    }

    /// Takes in the schemas that a keyword holds, the first of them first.
    fn enqueue_inside(&mut self, spot: &Spot, keyword: &str, value: &'a Value) {
        let mut push = |pointer, schema| self.queue.push(((spot.0, pointer), schema, Kind::Schema));
        match value {
            Value::Array(list) if SCHEMA_LIST.contains(&keyword) => {
                let place = spot.1.join(keyword);
                list.iter().enumerate().for_each(|(index, item)| push(place.index(index), item));
            }
            Value::Object(_) | Value::Bool(_) if ONE_SCHEMA.contains(&keyword) => {
                push(spot.1.join(keyword), value);
            }
            Value::Object(members) if SCHEMA_MAP.contains(&keyword) => {
                let place = spot.1.join(keyword);
                let schemas =
                    members.iter().filter(|(_, member)| keyword != "dependencies" || !member.is_array());
                schemas.for_each(|(name, member)| push(place.join(name), member));
            }
            _ => {}
        }
    }

    /// Takes in what a dynamic reference names by itself; what it is bound to is found when all has been read.
    fn visit_dynamic(&mut self, spot: &Spot, schema: &'a Value, keyword: &str) {
        let Some(value) = schema.get(keyword) else { return };
        let Some(written) = value.as_str() else { return };
        self.remarkable.push((spot.clone(), schema));
        self.dynamic.push((spot.clone(), schema));
        // `#` alone is the schema that it stands in, not the file.
        if written == "#" {
            return;
        }
        let place = (spot.0, spot.1.join(keyword));
        match self.files.resolve(written, spot) {
            Ok(to) => {
                let found = self.value(&to);
                self.queue.push((to.clone(), found, Kind::Schema));
                self.references.insert(address(value), Reference { from: place, to, target: found });
            }
            Err(diagnostic) => {
                self.report(*diagnostic, &place);
                self.leave_out(schema, keyword);
            }
        }
    }

    /// What a discriminator's mapping leads to are schemas too, though nothing else may refer to them.
    fn visit_mapping(&mut self, spot: &Spot, schema: &'a Value) {
        let place = spot.1.join("discriminator");
        let mapping = schema.pointer("/discriminator/mapping").and_then(Value::as_object);
        let by_default = schema.pointer("/discriminator/defaultMapping");
        if mapping.is_none() && by_default.is_none() {
            return;
        }
        self.remarkable.push((spot.clone(), schema));
        for (name, target) in mapping.into_iter().flatten() {
            self.visit_target(spot, target, place.join("mapping").join(name));
        }
        if let Some(target) = by_default {
            self.visit_target(spot, target, place.join("defaultMapping"));
        }
    }

    /// Follows the name or reference that a discriminator leads to; `place` is where it is written.
    fn visit_target(&mut self, spot: &Spot, target: &'a Value, place: Pointer) {
        let Some(written) = target.as_str() else { return };
        let place = (spot.0, place);
        let is_name = !written.contains(['#', '/', '.']);
        let by_name = is_name.then(|| format!("#/components/schemas/{written}"));
        match self.files.resolve(by_name.as_deref().unwrap_or(written), spot) {
            Ok(to) => {
                let found = self.value(&to);
                self.queue.push((to.clone(), found, Kind::Schema));
                self.references.insert(address(target), Reference { from: place, to, target: found });
            }
            Err(_) if is_name => {}
            Err(diagnostic) => self.report(*diagnostic, &place),
        }
    }

    fn unreadable_pattern(&mut self, value: &'a Value) -> Option<String> {
        let pattern = value.as_str()?;
        self.patterns.entry(pattern).or_insert_with(|| unreadable_pattern(pattern)).clone()
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

fn unreadable_pattern(pattern: &str) -> Option<String> {
    let schema = serde_json::json!({ "pattern": pattern });
    let error = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).err()?;
    Some(format!(
        "the pattern `{}` can't be read: {}",
        text::shortened(pattern, 60),
        text::shortened(&error.to_string(), 120)
    ))
}
