//! Schema resources, the dynamic anchors that they bind, and the references that lead from one to another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::super::walk::{Address, Spot, Walk, address};
use crate::pointer::Pointer;

/// What names are bound to.
pub(super) type Bindings = BTreeMap<String, Spot>;

/// The name that stands for `$recursiveAnchor`, which has none.
const RECURSIVE: &str = "";

/// A schema with an `$id`, or one that lies in no other.
///
/// By the letter, all schemas of a file that have no `$id` around them are one resource, in which the same anchor twice
/// is undefined; each by itself is what an author means who binds a name in one component and again in another.
#[derive(Default)]
pub(super) struct Resource {
    pub(super) spot: Spot,
    /// The resource around it.
    outer: Option<usize>,
    /// The resources that lie directly in it.
    pub(super) inner: Vec<usize>,
    anchors: Bindings,
    pub(super) edges: Vec<Edge>,
    /// The dynamic names that what is reached from it asks for.
    asked: BTreeSet<String>,
}

/// A reference.
#[derive(Clone)]
pub(super) struct Edge {
    /// What tells it from others: see [`super::Targets`].
    pub(super) key: Address,
    /// The schema that refers.
    pub(super) schema: Address,
    pub(super) spot: Spot,
    /// Where it is told about.
    pub(super) from: Spot,
    pub(super) leads: Leads,
    pub(super) is_dynamic: bool,
    /// Whether all of the schema's values are values of what it leads to: not so for the member of a mapping.
    pub(super) is_whole: bool,
}

#[derive(Clone)]
pub(super) enum Leads {
    To(Spot),
    /// To what a name is bound to.
    ToBound {
        name: String,
        otherwise: Spot,
    },
}

/// The resources of a document.
#[derive(Default)]
pub(super) struct Scopes {
    pub(super) all: Vec<Resource>,
    /// Their indices by the addresses of their schemas.
    indices: HashMap<Address, usize>,
}

impl Scopes {
    pub(super) fn of(walk: &Walk<'_>) -> Self {
        let mut scopes = Self::default();
        scopes.collect_anchors(walk);
        scopes.collect_references(walk);
        scopes.collect_dynamic(walk);
        scopes.ask(walk);
        scopes
    }

    /// The innermost resource around a spot; `None` if no schema is there.
    pub(super) fn around(&mut self, walk: &Walk<'_>, spot: &Spot) -> Option<usize> {
        let mut found = None;
        let mut value = walk.value(&(spot.0, Pointer::root()));
        let mut pointer = Pointer::root();
        let mut tokens = spot.1.tokens();
        loop {
            let is_resource = walk.schemas.contains(&address(value)) && (found.is_none() || has_id(value));
            if is_resource {
                found = Some(self.index(value, (spot.0, pointer.clone()), found));
            }
            let Some(token) = tokens.next() else { return found };
            pointer = pointer.join(&token);
            value = match value {
                Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
                _ => value.get(&token)?,
            };
        }
    }

    fn index(&mut self, value: &Value, spot: Spot, outer: Option<usize>) -> usize {
        let new = self.all.len();
        let index = *self.indices.entry(address(value)).or_insert(new);
        if index == new {
            self.all.push(Resource { spot, outer, ..Resource::default() });
            if let Some(outer) = outer {
                self.all[outer].inner.push(new);
            }
        }
        index
    }

    /// The bindings that hold in a resource for those who come with `bindings`: the outermost has its way. Only names
    /// that matter are kept, so that equal bindings are told to be so.
    pub(super) fn enter(&self, bindings: &Bindings, resource: usize) -> Bindings {
        let Resource { anchors, asked, .. } = &self.all[resource];
        let mut entered = bindings.clone();
        for (name, spot) in anchors {
            entered.entry(name.clone()).or_insert_with(|| spot.clone());
        }
        entered.retain(|name, _| asked.contains(name));
        entered
    }

    /// The bindings of a resource where it stands: those of the resources around it, and its own.
    pub(super) fn own_bindings(&self, resource: usize) -> Bindings {
        let outer = self.all[resource].outer.map(|outer| self.own_bindings(outer));
        self.enter(&outer.unwrap_or_default(), resource)
    }

    fn collect_anchors(&mut self, walk: &Walk<'_>) {
        for (spot, schema) in &walk.remarkable {
            let named = schema.get("$dynamicAnchor").and_then(Value::as_str);
            let recursive = schema.get("$recursiveAnchor") == Some(&Value::Bool(true));
            if named.is_none() && !recursive {
                continue;
            }
            let Some(resource) = self.around(walk, spot) else { continue };
            let is_root = self.all[resource].spot == *spot;
            let anchors = &mut self.all[resource].anchors;
            for name in named.into_iter().chain((recursive && is_root).then_some(RECURSIVE)) {
                anchors.entry(name.to_owned()).or_insert_with(|| spot.clone());
            }
        }
    }

    fn collect_references(&mut self, walk: &Walk<'_>) {
        let texts = walk.dynamic.iter().filter_map(|(_, schema)| schema.get("$dynamicRef").map(address));
        let dynamic: BTreeSet<Address> = texts.collect();
        let mut references: Vec<_> = walk.references.iter().collect();
        references.sort_by(|(_, one), (_, other)| one.from.cmp(&other.from));
        for (key, reference) in references {
            let Some(resource) = self.around(walk, &reference.from) else { continue };
            let is_reference = walk.schemas.contains(key);
            // The member of a mapping stands at `discriminator/mapping/name` of its schema, `defaultMapping` beside the
            // mapping, and what is dynamic just in the schema.
            let is_default = || {
                let mut tokens: Vec<String> = reference.from.1.tokens().collect();
                tokens.drain(..tokens.len().saturating_sub(2));
                tokens == ["discriminator", "defaultMapping"]
            };
            let spot = if is_reference {
                Some(reference.from.1.clone())
            } else {
                above(&reference.from.1, if is_default() { 2 } else { 3 })
            };
            let Some(spot) = spot.map(|pointer| (reference.from.0, pointer)) else { continue };
            if !is_reference && dynamic.contains(key) {
                continue;
            }
            self.all[resource].edges.push(Edge {
                key: *key,
                schema: address(walk.value(&spot)),
                spot,
                from: reference.from.clone(),
                leads: Leads::To(reference.to.clone()),
                is_dynamic: false,
                is_whole: is_reference,
            });
        }
    }

    fn collect_dynamic(&mut self, walk: &Walk<'_>) {
        for (spot, schema) in &walk.dynamic {
            for keyword in ["$dynamicRef", "$recursiveRef"] {
                let Some(value) = schema.get(keyword) else { continue };
                let Some(written) = value.as_str() else { continue };
                let Some(resource) = self.around(walk, spot) else { continue };
                let Some(leads) = self.leads(walk, resource, value, written) else { continue };
                self.all[resource].edges.push(Edge {
                    key: address(value),
                    schema: address(schema),
                    spot: spot.clone(),
                    from: (spot.0, spot.1.join(keyword)),
                    leads,
                    is_dynamic: true,
                    is_whole: true,
                });
            }
        }
    }

    /// Where a dynamic reference leads: to a bound name if what it names by itself is a dynamic anchor.
    fn leads(&self, walk: &Walk<'_>, resource: usize, value: &Value, written: &str) -> Option<Leads> {
        let Resource { spot, anchors, .. } = &self.all[resource];
        let bound = |name: &str, otherwise: &Spot| {
            Some(Leads::ToBound { name: name.to_owned(), otherwise: otherwise.clone() })
        };
        if written == "#" {
            return match anchors.get(RECURSIVE) {
                Some(own) => bound(RECURSIVE, own),
                None => Some(Leads::To(spot.clone())),
            };
        }
        let name = written.split_once('#').map_or("", |(_, name)| name);
        if let Some(own) = written.strip_prefix('#').and_then(|name| anchors.get(name)) {
            return bound(name, own);
        }
        let to = &walk.references.get(&address(value))?.to;
        match walk.value(to).get("$dynamicAnchor") {
            Some(anchor) if anchor == name => bound(name, to),
            _ => Some(Leads::To(to.clone())),
        }
    }

    /// Finds what names each resource asks for, itself and by what it leads to.
    fn ask(&mut self, walk: &Walk<'_>) {
        let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, resource) in self.all.iter().enumerate() {
            for name in resource.anchors.keys() {
                named.entry(name.clone()).or_default().push(index);
            }
        }
        // What asks for something of another asks for what that one asks for.
        let mut askers: Vec<Vec<usize>> = Vec::new();
        let mut open = Vec::new();
        let mut index = 0;
        while index < self.all.len() {
            let mut others = self.all[index].inner.clone();
            for edge in self.all[index].edges.clone() {
                let to = match &edge.leads {
                    Leads::To(to) => to,
                    Leads::ToBound { name, otherwise } => {
                        others.extend(named.get(name).into_iter().flatten());
                        open.push((index, name.clone()));
                        otherwise
                    }
                };
                others.extend(self.around(walk, to));
            }
            askers.resize(askers.len().max(self.all.len()), Vec::new());
            for other in others {
                askers[other].push(index);
            }
            index += 1;
        }
        while let Some((index, name)) = open.pop() {
            if self.all[index].asked.insert(name.clone()) {
                open.extend(askers[index].iter().map(|asker| (*asker, name.clone())));
            }
        }
    }
}

/// The pointer so many steps above one.
fn above(pointer: &Pointer, steps: usize) -> Option<Pointer> {
    (0..steps).try_fold(pointer.clone(), |pointer, _| pointer.parent())
}

fn has_id(schema: &Value) -> bool {
    schema.get("$id").and_then(Value::as_str).is_some_and(|id| !id.starts_with('#'))
}
