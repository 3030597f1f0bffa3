//! What the schemas that apply to one place of a value say of it together; made when a value first comes there.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::document::{NULL_MEANT, NULL_UNLISTED};
use crate::pointer::Pointer;
use crate::schema::{Direction, Discriminator, reference};

/// How many nodes of one schema are kept; those beyond are made again each time, so that what is told of a value never
/// depends on the values before it.
const MOST: usize = 4000;

/// Keywords that leave room for other properties than the named ones.
const OPENING: [&str; 4] =
    ["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames"];
/// The other keywords that a node is made of: a schema that has none of either says nothing there.
const SAYING: [&str; 6] = ["properties", "items", "prefixItems", "discriminator", NULL_MEANT, NULL_UNLISTED];

/// The nodes of one schema. Large documents lead from any schema to nearly all others, so only what is asked for is made.
///
/// Invariant: a kept node is held here and nowhere else for longer than a visit, for nodes lead to one another in circles.
#[derive(Debug)]
pub(in crate::check) struct Nodes {
    root: Arc<Value>,
    direction: Direction,
    /// By the places of the schemas that say something.
    kept: Mutex<HashMap<Vec<Pointer>, Arc<Node>>>,
}

/// What the schemas that apply to one place have to say together.
#[derive(Debug)]
pub(in crate::check) struct Node {
    /// The places of those that say something, sorted.
    pub(in crate::check) schemas: Vec<Pointer>,
    /// The properties by name, sorted.
    pub(in crate::check) properties: IndexMap<Box<str>, Property, foldhash::fast::RandomState>,
    /// Whether a property that is not among them is undeclared.
    pub(in crate::check) is_closed: bool,
    /// All other properties, if a schema speaks of them.
    additional: Option<Link>,
    /// The first items of an array.
    prefix: Vec<Link>,
    /// All other items, if a schema speaks of them.
    items: Option<Link>,
    /// Whether null is meant to be allowed, though by the letter it is not.
    pub(super) means_null: bool,
    /// Whether a property may name a schema by its value.
    pub(in crate::check) has_discriminator: bool,
}

/// A property that schemas name.
#[derive(Debug, Default)]
pub(in crate::check) struct Property {
    pub(super) is_deprecated: bool,
    pub(super) is_of_other_direction: bool,
    /// Whether there is something to tell of it wherever it is sent.
    pub(in crate::check) is_told: bool,
    value: Link,
}

/// The node of what lies in a value, once it is made.
type Link = OnceLock<Weak<Node>>;

impl Nodes {
    pub(super) fn new(root: &Arc<Value>, direction: Direction) -> Self {
        Self { root: Arc::clone(root), direction, kept: Mutex::default() }
    }

    /// The node of a whole value.
    pub(super) fn first(&self, schema: &Pointer) -> Arc<Node> {
        self.node(vec![schema.clone()]).0
    }

    /// The node of a property's value.
    pub(in crate::check) fn of_property(&self, node: &Node, name: &str, property: &Property) -> Arc<Node> {
        self.follow(&property.value, || {
            let holders = node.holding("properties", &self.root);
            let named = holders.filter(|(_, map)| map.get(name).is_some());
            named.map(|(pointer, _)| pointer.join("properties").join(name)).collect()
        })
    }

    /// The node of the value of a property that is not named; `None` if nothing is said of it.
    pub(in crate::check) fn of_additional(&self, node: &Node) -> Option<Arc<Node>> {
        let every = || {
            let holders = node.holding("additionalProperties", &self.root);
            holders.map(|(pointer, _)| pointer.join("additionalProperties")).collect()
        };
        node.additional.as_ref().map(|link| self.follow(link, every))
    }

    /// The node of an item; `None` if nothing is said of it.
    pub(in crate::check) fn of_item(&self, node: &Node, index: usize) -> Option<Arc<Node>> {
        let Some(link) = node.prefix.get(index) else {
            let every =
                || node.holding("items", &self.root).map(|(pointer, _)| pointer.join("items")).collect();
            return node.items.as_ref().map(|link| self.follow(link, every));
        };
        let at_this_place = || {
            let holders = node.holding("prefixItems", &self.root);
            let long = holders.filter(|(_, list)| list.get(index).is_some());
            long.map(|(pointer, _)| pointer.join("prefixItems").index(index)).collect()
        };
        Some(self.follow(link, at_this_place))
    }

    fn follow(&self, link: &Link, schemas: impl FnOnce() -> Vec<Pointer>) -> Arc<Node> {
        if let Some(known) = link.get().and_then(Weak::upgrade) {
            return known;
        }
        let (node, is_kept) = self.node(schemas());
        if is_kept {
            link.get_or_init(|| Arc::downgrade(&node));
        }
        node
    }

    /// The node of the schemas and all that applies through them, and whether it is kept.
    fn node(&self, schemas: Vec<Pointer>) -> (Arc<Node>, bool) {
        let applying = self.applying(schemas);
        let key: Vec<Pointer> = applying.iter().map(|(pointer, _)| pointer.clone()).collect();
        // A panic while this is held leaves the map as it was: nothing to recover from.
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(&key) {
            return (Arc::clone(known), true);
        }
        let schemas: Vec<&Map<String, Value>> = applying.iter().map(|(_, schema)| *schema).collect();
        let node = Arc::new(self.made(key.clone(), &schemas));
        let mut kept = kept();
        let is_kept = kept.len() < MOST || kept.contains_key(&key);
        if is_kept { (Arc::clone(kept.entry(key).or_insert(node)), true) } else { (node, false) }
    }

    fn made(&self, places: Vec<Pointer>, schemas: &[&Map<String, Value>]) -> Node {
        let mut named: IndexMap<&str, Vec<&Value>> = IndexMap::new();
        for (name, value) in
            schemas.iter().filter_map(|schema| schema.get("properties")?.as_object()).flatten()
        {
            named.entry(name).or_default().push(value);
        }
        named.sort_unstable_keys();
        let other = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        };
        let property = |all: &[&Value]| {
            let is_deprecated = all.iter().all(|schema| self.says(schema, "deprecated"));
            let is_of_other_direction = all.iter().all(|schema| self.says(schema, other));
            // Who sends a reply has no choice of what is in it.
            let is_told = is_of_other_direction || is_deprecated && self.direction == Direction::Request;
            Property { is_deprecated, is_of_other_direction, is_told, value: Link::default() }
        };
        let properties: IndexMap<Box<str>, Property, _> =
            named.iter().map(|(name, all)| (Box::from(*name), property(all))).collect();
        let has = |keywords: &[&str]| {
            schemas.iter().any(|schema| {
                keywords
                    .iter()
                    .any(|keyword| schema.get(*keyword).is_some_and(|value| *value != Value::Bool(false)))
            })
        };
        let prefixes = schemas.iter().filter_map(|schema| schema.get("prefixItems")?.as_array());
        let longest = prefixes.map(Vec::len).max().unwrap_or(0);
        Node {
            schemas: places,
            is_closed: !properties.is_empty() && !has(&OPENING),
            // Which schema holds for a name that fits a pattern is not looked at.
            additional: (schemas
                .iter()
                .any(|schema| schema.get("additionalProperties").is_some_and(Value::is_object))
                && !has(&["patternProperties"]))
            .then(Link::default),
            properties,
            prefix: (0..longest).map(|_| Link::default()).collect(),
            items: schemas.iter().any(|schema| schema.contains_key("items")).then(Link::default),
            means_null: has(&[NULL_MEANT, NULL_UNLISTED]),
            has_discriminator: has(&["discriminator"]),
        }
    }

    /// Whether a schema, or one that holds wherever it does, has a keyword that is true.
    fn says(&self, schema: &Value, keyword: &str) -> bool {
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
            let target = schema.get("$ref").and_then(reference).and_then(|pointer| pointer.find(&self.root));
            queue.extend(target);
            queue.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
        }
        false
    }

    /// Those that say something of the schemas and all that apply through references and combinations, by their places;
    /// conditions count whatever they decide. So do the schemas that a discriminator can name.
    fn applying(&self, mut queue: Vec<Pointer>) -> Vec<(Pointer, &Map<String, Value>)> {
        let mut seen: HashSet<usize> = HashSet::new();
        let mut all = Vec::new();
        self.close(&mut queue, &mut seen, &mut all);
        let named = all.iter().filter_map(|(pointer, schema)| Discriminator::of(&self.root, pointer, schema));
        for discriminator in named.filter(|discriminator| !discriminator.is_of_alternatives) {
            let address =
                |pointer: &Pointer| Some(std::ptr::from_ref(pointer.find(&self.root)?.as_object()?) as usize);
            let itself = discriminator.schema.clone();
            let others = || discriminator.schemas().filter(|pointer| **pointer != itself);
            // Where one of them applies anyway, it is the one that is meant.
            if !others().filter_map(address).any(|address| seen.contains(&address)) {
                queue.extend(others().cloned());
            }
        }
        self.close(&mut queue, &mut seen, &mut all);
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    /// Takes in all that applies through what is waiting.
    fn close<'n>(
        &'n self,
        queue: &mut Vec<Pointer>,
        seen: &mut HashSet<usize>,
        all: &mut Vec<(Pointer, &'n Map<String, Value>)>,
    ) {
        while let Some(pointer) = queue.pop() {
            let Some(Value::Object(schema)) = pointer.find(&self.root) else { continue };
            // The tree does not move, so its address names a schema however it was reached.
            if !seen.insert(std::ptr::from_ref(schema) as usize) {
                continue;
            }
            queue.extend(schema.get("$ref").and_then(reference));
            for keyword in ["allOf", "anyOf", "oneOf"] {
                let count = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
                queue.extend((0..count).map(|index| pointer.join(keyword).index(index)));
            }
            let conditions = ["if", "then", "else"].into_iter();
            queue.extend(
                conditions
                    .filter(|keyword| schema.contains_key(*keyword))
                    .map(|keyword| pointer.join(keyword)),
            );
            let dependent =
                schema.get("dependentSchemas").and_then(Value::as_object).into_iter().flat_map(Map::keys);
            queue.extend(dependent.map(|name| pointer.join("dependentSchemas").join(name)));
            if SAYING.iter().chain(&OPENING).any(|keyword| schema.contains_key(*keyword)) {
                all.push((pointer, schema));
            }
        }
    }
}

impl Node {
    /// Whether schemas speak of items by their places.
    pub(in crate::check) fn has_prefix(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// The schemas that have a keyword, by their places, with what the keyword says.
    fn holding<'n>(
        &'n self,
        keyword: &'n str,
        root: &'n Value,
    ) -> impl Iterator<Item = (&'n Pointer, &'n Value)> {
        self.schemas.iter().filter_map(move |pointer| Some((pointer, pointer.find(root)?.get(keyword)?)))
    }
}
