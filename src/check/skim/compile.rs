//! The node of a place: what all schemas that hold for it ask for together, type by type.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

use super::Skim;
use super::format::{Asked, asked};
use super::holds::{Holding, Type, for_type, held, may_take};
use super::node::{Arrays, Bound, Link, Node, Numbers, Objects, Property, Way, quoted};
use super::object::MOST_PROPERTIES;
use super::pattern::Row;
use super::strings::{Shape, Strings};
use super::tag::{naming, tagged};
use super::text::Mark;
use crate::check::names::Names;
use crate::check::names::node::Node as Named;
use crate::pointer::Pointer;
use crate::schema::resolve;

/// Numbers below this are the same in 64 bits of floating point and as they are written.
const SAFE: f64 = 1e15;

/// The place on the shelf of what a link leads to from the node around it; `None` if there is no room for it.
pub(super) fn place(skim: &Skim, names: Option<&Names>, around: Option<&Node>, link: &Link) -> Option<usize> {
    let root = &skim.root;
    let resolved = |pointer: &Pointer| resolve(root, pointer).map_or_else(|| pointer.clone(), |(end, _)| end);
    let mut schemas: Vec<Pointer> = link.origin.schemas.iter().map(resolved).collect();
    // All orders are the same place; the order of properties is that of each schema.
    schemas.sort_unstable();
    schemas.dedup();
    let may_hold = |of: Type| {
        schemas.iter().all(|pointer| pointer.find(root).is_some_and(|schema| may_take(root, schema, of)))
    };
    // Other values have no names; most are of other types.
    let has_names = may_hold(Type::Object) || may_hold(Type::Array);
    let named = names.filter(|_| has_names).and_then(|names| named(names, around, &link.origin.way));
    let places = named.as_ref().map(|named| named.schemas.clone());
    skim.nodes.place((schemas, places), |(schemas, _)| node(root, schemas, named))
}

/// What is said of the names at a place.
fn named(names: &Names, around: Option<&Node>, way: &Way) -> Option<Arc<Named>> {
    let Some(around) = around else { return Some(Arc::clone(&names.first)) };
    let around = around.names.as_ref()?;
    match way {
        Way::Whole => None,
        Way::Property(name) => {
            let property = around.properties.get(name)?;
            Some(names.nodes.of_property(around, name, property))
        }
        Way::OtherProperty => names.nodes.of_additional(around),
        Way::Item => names.nodes.of_item(around, 0),
    }
}

fn node(root: &Value, schemas: &[Pointer], names: Option<Arc<Named>>) -> Node {
    let holding = |of| for_type(root, schemas, of);
    let takes = |of, value: Value| {
        holding(of).is_some_and(|all| listed(&all).is_none_or(|listed| listed.contains(&&value)))
    };
    let names_of = names.as_deref();
    Node {
        null: takes(Type::Null, Value::Null),
        booleans: [false, true].map(|value| takes(Type::Boolean, Value::Bool(value))),
        numbers: holding(Type::Number).and_then(|all| numbers(&all)).map(Box::new),
        strings: holding(Type::String).and_then(|all| strings(&all)).map(Arc::new),
        arrays: holding(Type::Array).and_then(|all| arrays(&all, names_of)).map(Box::new),
        objects: holding(Type::Object).and_then(|all| objects(root, &all, names_of)).map(Box::new),
        tagged: held(root, schemas, Type::Object, None)
            .and_then(|held| tagged(root, schemas, &held.union?, names_of))
            .map(Box::new),
        names,
    }
}

/// The values that `enum` and `const` list in each of the schemas; `None` if none lists any.
fn listed<'r>(all: &[Holding<'r>]) -> Option<Vec<&'r Value>> {
    let of_enum = all.iter().filter_map(|(_, schema)| schema.get("enum"));
    let of_enum = of_enum.map(|list| list.as_array().into_iter().flatten().collect());
    let of_const = all.iter().filter_map(|(_, schema)| schema.get("const")).map(|value| vec![value]);
    of_enum
        .chain(of_const)
        .reduce(|one: Vec<&Value>, other| one.into_iter().filter(|value| other.contains(value)).collect())
}

/// What a keyword says in each of the schemas that have it.
fn saying<'r>(all: &[Holding<'r>], keyword: &str) -> impl Iterator<Item = &'r Value> {
    all.iter().filter_map(move |(_, schema)| schema.get(keyword))
}

/// The largest count that a keyword asks for as the least; `None` if one is no count.
fn least(all: &[Holding<'_>], keyword: &str) -> Option<usize> {
    saying(all, keyword).try_fold(0, |most, value| Some(most.max(usize::try_from(value.as_u64()?).ok()?)))
}

/// The smallest count that a keyword asks for as the most; `None` if one is no count.
fn most(all: &[Holding<'_>], keyword: &str) -> Option<usize> {
    let narrower = |least: usize, value: &Value| Some(least.min(usize::try_from(value.as_u64()?).ok()?));
    saying(all, keyword).try_fold(usize::MAX, narrower)
}

fn numbers(all: &[Holding<'_>]) -> Option<Numbers> {
    let mut numbers = Numbers::default();
    if let Some(listed) = listed(all) {
        numbers.listed = Some(listed.into_iter().filter_map(Value::as_i64).collect());
        numbers.is_for_integers = true;
    }
    let allows = |schema: &Map<String, Value>, name: &str| {
        schema.get("type").is_none_or(|names| {
            names == name || names.as_array().is_some_and(|names| names.iter().any(|one| one == name))
        })
    };
    numbers.is_for_integers |= all.iter().any(|(_, schema)| !allows(schema, "number"));
    for divisor in saying(all, "multipleOf") {
        numbers.divisors.push(divisor.as_i64().filter(|divisor| *divisor > 0)?);
        numbers.is_for_integers = true;
    }
    for (keyword, side) in BOUNDS {
        for limit in saying(all, keyword) {
            numbers.bound(limit.as_number()?, side)?;
        }
    }
    Some(numbers)
}

/// What a bound is.
struct Side {
    is_lower: bool,
    is_exclusive: bool,
    keeps: fn(&f64, &f64) -> bool,
}

const BOUNDS: [(&str, &Side); 4] = [
    ("minimum", &Side { is_lower: true, is_exclusive: false, keeps: f64::ge }),
    ("maximum", &Side { is_lower: false, is_exclusive: false, keeps: f64::le }),
    ("exclusiveMinimum", &Side { is_lower: true, is_exclusive: true, keeps: f64::gt }),
    ("exclusiveMaximum", &Side { is_lower: false, is_exclusive: true, keeps: f64::lt }),
];

impl Numbers {
    /// Adds a bound; `None` if it can't be held against integers.
    fn bound(&mut self, limit: &Number, side: &Side) -> Option<()> {
        let float = limit.as_f64()?;
        let is_safe = float.abs() < SAFE && limit.to_string().len() <= 15;
        // The outermost integer that keeps it.
        let outermost = match limit.as_i64() {
            Some(limit) if !side.is_exclusive => limit,
            Some(limit) if side.is_lower => limit.checked_add(1)?,
            Some(limit) => limit.checked_sub(1)?,
            None if limit.is_u64() && !side.is_lower => i64::MAX,
            None if !is_safe => return None,
            // A limit that is written as a fraction may be none.
            None if side.is_exclusive && float.fract() == 0.0 => return None,
            None if side.is_lower => float.ceil() as i64,
            None => float.floor() as i64,
        };
        if side.is_lower {
            self.least = self.least.max(Some(outermost));
        } else {
            self.most = Some(self.most.map_or(outermost, |most| most.min(outermost)));
        }
        self.is_for_integers |= !is_safe;
        self.bounds.push(Bound { limit: float, keeps: side.keeps });
        Some(())
    }
}

fn strings(all: &[Holding<'_>]) -> Option<Strings> {
    let mut shapes = Vec::new();
    for name in saying(all, "format") {
        match asked(name.as_str()?) {
            Asked::Nothing => {}
            Asked::Format(format) => shapes.push(Shape::Format(format)),
            Asked::Unknown => return None,
        }
    }
    for pattern in saying(all, "pattern") {
        shapes.push(Shape::Pattern(Row::read(pattern.as_str()?)?));
    }
    let texts =
        |listed: Vec<&Value>| listed.into_iter().filter_map(|value| quoted(value.as_str()?)).collect();
    let lengths = (least(all, "minLength")?, most(all, "maxLength")?);
    Some(Strings::new(lengths, shapes, listed(all).map(texts)))
}

fn arrays(all: &[Holding<'_>], names: Option<&Named>) -> Option<Arrays> {
    let has_prefix = names.is_some_and(Named::has_prefix);
    if listed(all).is_some() || has_prefix {
        return None;
    }
    let with_items = all.iter().filter(|(_, schema)| schema.contains_key("items"));
    let items = with_items.map(|(pointer, _)| pointer.join("items")).collect();
    Some(Arrays {
        fewest: least(all, "minItems")?,
        most: most(all, "maxItems")?,
        are_unique: saying(all, "uniqueItems").any(|value| *value != Value::Bool(false)),
        items: Link::new(items, Way::Item),
    })
}

/// What schemas that hold for objects ask of them.
pub(super) fn objects(root: &Value, all: &[Holding<'_>], names: Option<&Named>) -> Option<Objects> {
    if listed(all).is_some() {
        return None;
    }
    let naming = naming(root, names)?;
    let named = properties(all)?;
    // A name that some schema has which does not hold here is looked at as that one says.
    let is_open = names.is_none_or(|names| {
        !names.is_closed && names.properties.keys().all(|name| named.contains_key(&**name))
    });
    if naming.iter().any(|(name, _)| !named.contains_key(name.as_str())) {
        return None;
    }
    let others = is_open.then(|| schemas_of(all, None)).flatten();
    let mut properties = Vec::new();
    let mut required = 0;
    for (name, has_to_be_there) in &named {
        let quoted = quoted(name).filter(|_| properties.len() < MOST_PROPERTIES)?;
        let (is_told, way) = match names.map(|names| (names.is_closed, names.properties.get(*name))) {
            Some((_, Some(property))) => (property.is_told, Way::Property(Box::from(*name))),
            Some((is_closed, None)) => (is_closed, Way::OtherProperty),
            None => (false, Way::OtherProperty),
        };
        let schemas = schemas_of(all, Some(name)).filter(|_| !is_told);
        required |= u128::from(*has_to_be_there) << properties.len();
        properties.push(Property {
            name: quoted,
            following: Mark::new(format!(",\"{name}\":").as_bytes()),
            named: naming.iter().filter(|(one, _)| one == name).map(|(_, named)| named.clone()).collect(),
            value: schemas.map(|schemas| Link::new(schemas, way)),
            strings: OnceLock::new(),
        });
    }
    Some(Objects {
        fewest: least(all, "minProperties")?,
        most: most(all, "maxProperties")?,
        properties,
        required,
        others: others.map(|schemas| Link::new(schemas, Way::OtherProperty)),
    })
}

/// The properties that the schemas name, and whether they have to be there; `None` if a keyword is not what it should be.
fn properties<'r>(all: &[Holding<'r>]) -> Option<IndexMap<&'r str, bool>> {
    let mut named = IndexMap::new();
    for properties in saying(all, "properties") {
        named.extend(properties.as_object()?.keys().map(|name| (name.as_str(), false)));
    }
    for required in saying(all, "required").map(Value::as_array) {
        for name in required? {
            named.insert(name.as_str()?, true);
        }
    }
    Some(named)
}

/// The schemas that hold for a property, of this name or of one that no schema has; `None` if it may not be there.
fn schemas_of(all: &[Holding<'_>], name: Option<&str>) -> Option<Vec<Pointer>> {
    let mut schemas = Vec::new();
    for (pointer, schema) in all {
        let own = name.and_then(|name| Some((name, schema.get("properties")?.get(name)?)));
        match (own, schema.get("additionalProperties")) {
            (Some((name, _)), _) => schemas.push(pointer.join("properties").join(name)),
            (None, None | Some(Value::Bool(true))) => {}
            (None, Some(Value::Object(_))) => schemas.push(pointer.join("additionalProperties")),
            (None, Some(_)) => return None,
        }
    }
    Some(schemas)
}
