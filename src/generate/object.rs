//! Objects: the declared properties in the document's order, and made-up ones where a map or a count asks for them.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use crate::generate::compile::{Compiler, Context, Standing};
use crate::generate::conjunction::{Conjunction, Flat, Part, flatten, said_by};
use crate::generate::fact::Fact;
use crate::generate::guess::record_kind;
use crate::generate::hint::{Hint, Kind, folded};
use crate::generate::node::{Node, ObjectNode, Property};
use crate::generate::pattern::Pattern;
use crate::generate::people::Locale;
use crate::generate::persona::Refresh;
use crate::generate::pool::{Pool, quoted};
use crate::generate::string;
use crate::schema::Direction;
use crate::seed::Seed;

/// More made-up properties than this are not prepared.
const MOST_EXTRAS: usize = 1024;
/// So many names are drawn from what `propertyNames` says.
const NAMES: usize = 48;
/// A map has at most this many properties where nothing else is asked for.
const MAP: usize = 6;

/// Names of properties that are repeated by the reply to a list.
const PAGING: [&str; 6] = ["pagination", "paging", "meta", "page", "pageinfo", "metadata"];

struct Shape<'a, 's> {
    flat: &'a Flat<'s>,
    /// The compiled `patternProperties`: place of the constraint, expression, pattern.
    patterns: Vec<(usize, fancy_regex::Regex, &'s str)>,
}

/// What the properties of a name must satisfy.
struct Named<'s> {
    conjunction: Conjunction<'s>,
    /// Whether a schema says that there is no such property.
    closed: bool,
    /// Whether `unevaluatedProperties` most likely says so: what a check does not confirm is left out.
    doubtful: bool,
}

/// Compiles the constraints of objects; says also whether values have to be checked.
pub(super) fn compile<'s>(
    compiler: &mut Compiler<'s>,
    flat: &Flat<'s>,
    context: &Context,
    level: u32,
) -> (Node, bool) {
    let (mut low, mut high, mut check) = (0, usize::MAX, flat.strange);
    let mut names: IndexMap<&'s str, bool> = IndexMap::new();
    let mut patterns = Vec::new();
    for (at, constraint) in flat.constraints.iter().enumerate() {
        let number = |keyword: &str| constraint.get(keyword).and_then(Value::as_f64).map(|n| n as usize);
        low = low.max(number("minProperties").unwrap_or(0));
        high = high.min(number("maxProperties").unwrap_or(usize::MAX));
        if let Some(Value::Object(properties)) = constraint.get("properties") {
            for name in properties.keys() {
                names.entry(name).or_insert(false);
            }
        }
        if let Some(Value::Object(found)) = constraint.get("patternProperties") {
            for pattern in found.keys() {
                match fancy_regex::Regex::new(pattern) {
                    Ok(expression) => patterns.push((at, expression, pattern.as_str())),
                    Err(_) => check = true,
                }
            }
        }
    }
    for constraint in &flat.constraints {
        let required = constraint.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            names.insert(name, true);
        }
    }
    follow_dependents(flat, &mut names);
    let shape = Shape { flat, patterns };
    let kind = own_kind(flat, context, &names);
    let mut properties = Vec::new();
    for (name, required) in &names {
        if flat.forbidden.contains(name) {
            if *required {
                return (Node::Impossible, false);
            }
            continue;
        }
        let named = shape.named(name);
        let left_out = named.closed || named.doubtful || omitted(compiler, &named.conjunction);
        let too_deep =
            compiler.is_deep(level) && !named.conjunction.parts.iter().all(|part| is_simple(compiler, part));
        if !required && (left_out || too_deep || !name_fits(compiler, flat, name)) {
            continue;
        }
        if named.closed {
            return (Node::Impossible, false);
        }
        properties.push(property(compiler, name, named.conjunction, kind, level, *required));
    }
    let is_map = names.is_empty();
    let extras = if is_map || low > properties.len() {
        extras(compiler, &shape, &names, kind, level, low.saturating_sub(properties.len()).max(MAP))
    } else {
        Vec::new()
    };
    let refresh = match (context.place, kind) {
        (Standing::Item, _) => Refresh::Everything,
        (_, Kind::Person) => Refresh::Person,
        _ => Refresh::Times,
    };
    let node = ObjectNode {
        properties: properties.into(),
        extras: extras.into(),
        is_map,
        low,
        high,
        required: 0,
        complex: 0,
        refresh,
        messages: Box::default(),
        list: None,
        wrapped: None,
    };
    (Node::Object(Box::new(node)), check)
}

/// Adds the names that `dependentRequired` asks for beside those that are there; required beside those that are required.
fn follow_dependents<'s>(flat: &Flat<'s>, names: &mut IndexMap<&'s str, bool>) {
    let dependents =
        flat.constraints.iter().filter_map(|constraint| constraint.get("dependentRequired")?.as_object());
    let dependents: Vec<(&str, &Value)> =
        dependents.flatten().map(|(name, needed)| (name.as_str(), needed)).collect();
    let mut at = 0;
    let mut waiting: Vec<(&str, bool)> = names.iter().map(|(name, required)| (*name, *required)).collect();
    while let Some((name, required)) = waiting.get(at).copied() {
        at += 1;
        let needed =
            dependents.iter().filter(|(of, _)| *of == name).filter_map(|(_, needed)| needed.as_array());
        for name in needed.flatten().filter_map(Value::as_str) {
            let known = names.get(name).copied();
            if known.is_none() || required && known == Some(false) {
                names.insert(name, required);
                waiting.push((name, required));
            }
        }
    }
}

/// What the record is: by its place, its component, else by the properties that it has.
fn own_kind(flat: &Flat<'_>, context: &Context, names: &IndexMap<&str, bool>) -> Kind {
    if context.name.is_empty() && context.kind != Kind::Other {
        return context.kind;
    }
    let named = kind_from(flat, context);
    if named != Kind::Other {
        return named;
    }
    let names: Vec<String> = names.keys().map(|name| folded(name)).collect();
    let has = |name: &str| names.iter().any(|found| found == name);
    match () {
        () if has("firstname") || has("lastname") || has("username") || has("fullname") => Kind::Person,
        () if has("isocode2") || has("isocode3") => Kind::Country,
        () if has("symbol") && (has("isocode") || has("code")) => Kind::Currency,
        () if has("website") || has("subdomain") || has("vatnumber") => Kind::Organization,
        () if has("price") || has("sku") => Kind::Product,
        () => Kind::Other,
    }
}

fn kind_from(flat: &Flat<'_>, context: &Context) -> Kind {
    flat.constraints
        .iter()
        .map(|constraint| record_kind(&context.name, &constraint.pointer))
        .find(|kind| *kind != Kind::Other)
        .unwrap_or(Kind::Other)
}

fn property<'s>(
    compiler: &mut Compiler<'s>,
    name: &str,
    conjunction: Conjunction<'s>,
    kind: Kind,
    level: u32,
    required: bool,
) -> Property {
    let mut key = vec![b','];
    key.extend_from_slice(&quoted(name));
    key.push(b':');
    let context = Context { name: Arc::from(name), kind, place: Standing::Property };
    let node = compiler.intern(conjunction, context, level + 1);
    let folded = folded(name);
    let paging = PAGING.contains(&folded.as_str());
    let fact = Fact::of(&folded);
    Property {
        key: key.into(),
        folded: folded.into(),
        node,
        leaf: None,
        required,
        fills: false,
        complex: false,
        paging,
        fact,
    }
}

impl<'s> Shape<'_, 's> {
    fn named(&self, name: &str) -> Named<'s> {
        let mut named = Named { conjunction: Conjunction::default(), closed: false, doubtful: false };
        let mut evaluated = false;
        for (at, constraint) in self.flat.constraints.iter().enumerate() {
            let mut known = false;
            if let Some(schema) = constraint.get("properties").and_then(|found| found.get(name)) {
                named.conjunction.push(constraint.pointer.join("properties").join(name), schema);
                known = true;
            }
            for (_, expression, pattern) in self.patterns.iter().filter(|(of, ..)| *of == at) {
                let schema = constraint.get("patternProperties").and_then(|found| found.get(*pattern));
                if let (Ok(true), Some(schema)) = (expression.is_match(name), schema) {
                    named
                        .conjunction
                        .push(constraint.pointer.join("patternProperties").join(pattern), schema);
                    known = true;
                }
            }
            if let (false, Some(schema)) = (known, constraint.get("additionalProperties")) {
                named.closed |= *schema == Value::Bool(false);
                named.conjunction.push(constraint.pointer.join("additionalProperties"), schema);
                known = true;
            }
            evaluated |= known;
        }
        for constraint in self.flat.constraints.iter().filter(|_| !evaluated) {
            if let Some(schema) = constraint.get("unevaluatedProperties") {
                if *schema == Value::Bool(false) {
                    named.doubtful = true;
                } else {
                    named.conjunction.push(constraint.pointer.join("unevaluatedProperties"), schema);
                }
            }
        }
        named.closed |= named.conjunction.parts.iter().any(|part| *part.schema == Value::Bool(false));
        named
    }
}

/// Whether the direction leaves the property out (`readOnly`, `writeOnly`; OpenAPI 3.0 4.7.24).
fn omitted(compiler: &Compiler<'_>, conjunction: &Conjunction<'_>) -> bool {
    let keyword = match compiler.direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    };
    conjunction.parts.iter().any(|part| {
        let says = |schema: &Value| said_by(schema, keyword) == Some(&Value::Bool(true));
        says(part.schema) || compiler.behind_references(part).is_some_and(|(_, schema)| says(schema))
    })
}

fn is_simple(compiler: &Compiler<'_>, part: &Part<'_>) -> bool {
    let Some((_, schema)) = compiler.behind_references(part) else { return false };
    let plain = |name: &Value| name.as_str().is_some_and(|name| !["object", "array"].contains(&name));
    schema.get("enum").is_some()
        || match schema.get("type") {
            Some(Value::Array(names)) => names.iter().all(plain),
            Some(name) => plain(name),
            None => false,
        }
}

fn name_fits(compiler: &Compiler<'_>, flat: &Flat<'_>, name: &str) -> bool {
    flat.constraints.iter().filter(|constraint| constraint.get("propertyNames").is_some()).all(|constraint| {
        let pointer = constraint.pointer.join("propertyNames");
        let validator = compiler.schemas.validator(&pointer, compiler.direction);
        validator.is_ok_and(|validator| validator.is_valid(&Value::String(name.to_owned())))
    })
}

/// Properties with made-up names.
fn extras<'s>(
    compiler: &mut Compiler<'s>,
    shape: &Shape<'_, 's>,
    taken: &IndexMap<&str, bool>,
    kind: Kind,
    level: u32,
    wanted: usize,
) -> Vec<Property> {
    let wanted = wanted.min(MOST_EXTRAS);
    let mut names: Vec<String> = Vec::new();
    let numbered = (1..=wanted + 8).map(|number| format!("key_{number}"));
    let candidates: Vec<String> =
        told_names(compiler, shape).into_iter().chain(Pool::Key.texts()).chain(numbered).collect();
    let mut properties = Vec::new();
    for name in candidates {
        if properties.len() >= wanted {
            break;
        }
        if taken.contains_key(name.as_str())
            || names.contains(&name)
            || shape.flat.forbidden.contains(&name.as_str())
            || !name_fits(compiler, shape.flat, &name)
        {
            continue;
        }
        let named = shape.named(&name);
        if named.closed || named.doubtful || compiler.is_endless(level) {
            continue;
        }
        properties.push(property(compiler, &name, named.conjunction, kind, level, false));
        names.push(name);
    }
    properties
}

/// Names that `patternProperties` and `propertyNames` tell of.
fn told_names<'s>(compiler: &Compiler<'s>, shape: &Shape<'_, 's>) -> Vec<String> {
    let mut random = Seed(0x6e61_6d65).random();
    let mut names = Vec::new();
    for (.., pattern) in &shape.patterns {
        if let Some(pattern) = Pattern::parse(pattern, 1) {
            for _ in 0..8 {
                let mut name = String::new();
                pattern.write(&mut random, 1, 40, &mut name);
                names.push(name);
            }
        }
    }
    for constraint in &shape.flat.constraints {
        let Some(schema) = constraint.get("propertyNames") else { continue };
        let conjunction = Conjunction::of(constraint.pointer.join("propertyNames"), schema);
        let flat = flatten(compiler.root, &conjunction);
        for one in &flat.constraints {
            let listed = one.get("enum").and_then(Value::as_array).into_iter().flatten();
            let told = one.get("const").into_iter().chain(listed);
            names.extend(told.filter_map(Value::as_str).map(str::to_owned));
        }
        let fits = |text: &str| name_fits(compiler, shape.flat, text);
        if let Some(text) = string::compile(&flat, &[Hint::Pool(Pool::Key)], Locale::default(), &fits) {
            names.extend(text.sample(NAMES));
        }
    }
    names
}
