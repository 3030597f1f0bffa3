//! `$dynamicRef` and `$recursiveRef` as plain references (JSON Schema 2020-12 8.2.3.2, 2019-09 8.2.4.2): what one leads
//! to depends on the way to its schema, so a schema that is reached with other bindings than its own is copied for them.

mod scope;

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use serde_json::Value;

use super::lower::{BOUND, normal_pointer};
use super::walk::{Address, Spot, Walk, address};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use scope::{Bindings, Edge, Leads, Scopes};

/// What references lead to, as fragments: a `$ref` by its schema, a `$dynamicRef` or the member of a mapping by its text.
pub(super) type Targets = HashMap<Address, String, RandomState>;

/// What dynamic references come to.
#[derive(Default)]
pub(super) struct Bound<'a> {
    /// What references lead to where they stand, if that is not what they name.
    pub(super) in_place: Targets,
    pub(super) copies: Vec<Copy<'a>>,
}

/// A schema resource with bindings that are not its own.
pub(super) struct Copy<'a> {
    /// Where it is to be put: its pointer in the tree of all files, behind what tells this copy.
    pub(super) pointer: Pointer,
    /// The resource as it was read.
    pub(super) value: &'a Value,
    /// What all of its references lead to.
    pub(super) targets: Targets,
}

/// More copies than this are not made: a few names bound in a few ways each are enough for any number of them.
const MOST_COPIES: usize = 500;
/// All copies together hold no more values than this.
const MOST_VALUES: usize = 1_000_000;

/// Binds all dynamic references of a document.
pub(super) fn bind<'a>(walk: &mut Walk<'a>) -> Bound<'a> {
    if walk.dynamic.is_empty() {
        return Bound::default();
    }
    let mut binding = Binding { scopes: Scopes::of(walk), ..Binding::default() };
    binding.run(walk);
    binding.leave_out_circles(walk);
    binding.bound(walk)
}

/// A resource with the bindings that hold in it.
type Known = (usize, Bindings);

/// Where a reference leads: to a place in the document or in a copy.
type Place = (Option<usize>, Spot);

#[derive(Default)]
struct Binding {
    scopes: Scopes,
    /// The copies, in the order in which they were asked for.
    copies: Vec<Known>,
    numbers: HashMap<Known, usize>,
    values: usize,
    /// What each reference leads to, in the document (`None`) and in each copy.
    places: Vec<(Option<usize>, Edge, Place)>,
    is_full: bool,
}

impl Binding {
    fn run(&mut self, walk: &mut Walk<'_>) {
        for resource in 0..self.scopes.all.len() {
            let bindings = self.scopes.own_bindings(resource);
            self.lead(walk, None, resource, &bindings);
        }
        let mut next = 0;
        while let Some((resource, bindings)) = self.copies.get(next).cloned() {
            self.lead_all(walk, next, resource, &bindings);
            next += 1;
        }
    }

    /// Finds where the references of a copy lead, those of the resources in it too.
    fn lead_all(&mut self, walk: &mut Walk<'_>, copy: usize, resource: usize, bindings: &Bindings) {
        let mut open = vec![(resource, bindings.clone())];
        while let Some((resource, bindings)) = open.pop() {
            self.lead(walk, Some(copy), resource, &bindings);
            let inner = &self.scopes.all[resource].inner;
            open.extend(inner.iter().map(|inner| (*inner, self.scopes.enter(&bindings, *inner))));
        }
    }

    fn lead(&mut self, walk: &mut Walk<'_>, copy: Option<usize>, resource: usize, bindings: &Bindings) {
        for edge in self.scopes.all[resource].edges.clone() {
            let to = match &edge.leads {
                Leads::To(to) => to,
                Leads::ToBound { name, otherwise } => bindings.get(name).unwrap_or(otherwise),
            };
            let place = self.place(walk, to, bindings, &edge);
            self.places.push((copy, edge, place));
        }
    }

    /// The place of what stands at a spot for those who come with these bindings.
    fn place(&mut self, walk: &mut Walk<'_>, to: &Spot, bindings: &Bindings, edge: &Edge) -> Place {
        let Some(resource) = self.scopes.around(walk, to) else { return (None, to.clone()) };
        let bindings = self.scopes.enter(bindings, resource);
        if bindings == self.scopes.own_bindings(resource) {
            return (None, to.clone());
        }
        let known = (resource, bindings);
        if let Some(number) = self.numbers.get(&known) {
            return (Some(*number), to.clone());
        }
        let values = count(walk.value(&self.scopes.all[resource].spot));
        if self.copies.len() >= MOST_COPIES || self.values + values > MOST_VALUES {
            self.report_fullness(walk, edge);
            return (None, to.clone());
        }
        self.values += values;
        let number = self.copies.len();
        self.copies.push(known.clone());
        self.numbers.insert(known, number);
        (Some(number), to.clone())
    }

    fn report_fullness(&mut self, walk: &mut Walk<'_>, edge: &Edge) {
        if std::mem::replace(&mut self.is_full, true) {
            return;
        }
        let diagnostic = Diagnostic::error(
            "too-many-bindings",
            "dynamic references are bound in too many ways here",
        )
        .help(format!(
            "after {MOST_COPIES} ways, each `$dynamicRef` leads to the `$dynamicAnchor` of its own schema"
        ));
        walk.report(diagnostic, &edge.from);
    }

    /// Leaves out dynamic references that lead back to themselves and so say nothing.
    fn leave_out_circles(&mut self, walk: &mut Walk<'_>) {
        let mut at: HashMap<(Option<usize>, Address), Vec<usize>> = HashMap::new();
        for (index, (copy, edge, _)) in self.places.iter().enumerate() {
            at.entry((*copy, edge.schema)).or_default().push(index);
        }
        let mut endless = Vec::new();
        for (index, (copy, edge, place)) in self.places.iter().enumerate() {
            if !edge.is_dynamic {
                continue;
            }
            let origin = (*copy, edge.schema);
            let mut open = vec![place];
            let mut seen = Vec::new();
            while let Some((copy, spot)) = open.pop() {
                let here = (*copy, address(walk.value(spot)));
                if here == origin {
                    endless.push(index);
                    break;
                }
                if seen.len() < 64 && !seen.contains(&here) {
                    seen.push(here);
                    let next = at.get(&here).into_iter().flatten();
                    let further =
                        next.filter(|next| !endless.contains(next) && self.places[**next].1.is_whole);
                    open.extend(further.map(|next| &self.places[*next].2));
                }
            }
        }
        let removed = endless.into_iter().rev().map(|index| self.places.remove(index).1.from);
        // A reference may say nothing in several copies.
        for from in removed.collect::<BTreeSet<Spot>>() {
            let diagnostic =
                Diagnostic::error("endless-reference", "this dynamic reference leads back to itself")
                    .help("it says nothing about the value, so anything is taken and given here");
            walk.report(diagnostic, &from);
        }
    }

    fn bound<'a>(self, walk: &mut Walk<'a>) -> Bound<'a> {
        let roots: Vec<Spot> =
            self.copies.iter().map(|(resource, _)| self.scopes.all[*resource].spot.clone()).collect();
        let copies = roots.iter().enumerate().map(|(number, spot)| Copy {
            pointer: pointer(Some(number), spot),
            value: walk.value(spot),
            targets: Targets::default(),
        });
        let mut bound = Bound { in_place: Targets::default(), copies: copies.collect() };
        for (copy, edge, (to_copy, spot)) in self.places {
            let fragment = pointer(to_copy, &spot).to_fragment();
            match copy {
                Some(number) => {
                    bound.copies[number].targets.insert(edge.key, fragment);
                }
                // What a plain reference names is known without this.
                None if to_copy.is_none() && !edge.is_dynamic => {}
                None => {
                    let schema = walk.value(&edge.spot);
                    walk.remarkable.push((edge.spot, schema));
                    bound.in_place.insert(edge.key, fragment);
                }
            }
        }
        bound
    }
}

/// The pointer of a spot in the tree of all files, or in a copy.
fn pointer(copy: Option<usize>, spot: &Spot) -> Pointer {
    let normal = normal_pointer(spot);
    copy.map_or(normal.clone(), |number| Pointer::root().join(BOUND).index(number).concat(&normal))
}

/// How many values a value holds.
fn count(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(count).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::document::{Document, LoadOptions, Source};

    use super::*;

    const HEAD: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n";

    fn load(schemas: &str) -> (Document, Vec<String>) {
        let source = Source::Text { name: "t.yaml".into(), text: format!("{HEAD}{schemas}") };
        let loaded = Document::load(&source, LoadOptions::default());
        let told = loaded
            .diagnostics
            .iter()
            .map(|one| format!("{}:{}", one.code, one.span.as_ref().unwrap().line_and_column().0));
        let told = told.collect();
        (loaded.value.unwrap(), told)
    }

    const PAGE: &str = "    Page:
      items: {$dynamicRef: '#item'}
      $defs:
        item: {$dynamicAnchor: item}
";

    #[test]
    fn a_copy_is_bound_to_the_outermost_anchor_and_told_to_be_where_its_original_is() {
        let (document, told) = load(&format!(
            "{PAGE}    Names: {{$ref: '#/components/schemas/Page', $defs: {{n: {{$dynamicAnchor: item, type: string}}}}}}\n"
        ));
        assert_eq!(told, [""; 0]);
        let find = |pointer: &str| document.reply_tree.pointer(pointer).and_then(Value::as_str);
        let copy = "/x-standin-bound/0/components/schemas/Page";
        assert_eq!(find("/components/schemas/Names/$ref"), Some(format!("#{copy}").as_str()));
        assert_eq!(find("/components/schemas/Page/items/$ref"), Some("#/components/schemas/Page/$defs/item"));
        assert_eq!(find(&format!("{copy}/items/$ref")), Some("#/components/schemas/Names/$defs/n"));
        let original = document.place(&Pointer::from_escaped("/components/schemas/Page/items"));
        let place = document.place(&Pointer::from_escaped(format!("{copy}/items")));
        assert_eq!((place.line, place.column, place.pointer), (7, original.column, original.pointer));
    }

    #[test]
    fn a_schema_that_is_bound_to_itself_or_by_another_to_nothing_is_told() {
        let (document, told) = load(
            "    Self: {$dynamicAnchor: self, $dynamicRef: '#self'}
    One: {$ref: '#/components/schemas/Two', $dynamicAnchor: pair}
    Two: {$dynamicRef: '#pair'}
    Gone: {$dynamicRef: '#gone'}
    Recursive: {$recursiveRef: '#'}
",
        );
        assert_eq!(
            told,
            ["dangling-reference:9", "endless-reference:10", "endless-reference:6", "endless-reference:8"]
        );
        let schemas = ["", "/x-standin-bound/0"].map(|copy| format!("{copy}/components/schemas"));
        for (of, name) in [(0, "Self"), (1, "Two"), (0, "Gone"), (0, "Recursive")] {
            let schema = document.reply_tree.pointer(&format!("{}/{name}", schemas[of]));
            assert_eq!(schema, Some(&serde_json::json!({})), "{name}");
        }
    }

    #[test]
    fn a_recursive_reference_leads_to_the_outermost_schema_that_allows_it() {
        let (document, told) = load(
            "    Tree: {$recursiveAnchor: true, items: {$recursiveRef: '#'}}
    Strict: {$recursiveAnchor: true, $ref: '#/components/schemas/Tree', maxItems: 2}
    Alone: {items: {$recursiveRef: '#'}}
",
        );
        assert_eq!(told, [""; 0]);
        let find = |pointer: &str| document.reply_tree.pointer(pointer).and_then(Value::as_str);
        assert_eq!(find("/components/schemas/Tree/items/$ref"), Some("#/components/schemas/Tree"));
        let copy = "/x-standin-bound/0/components/schemas/Tree/items/$ref";
        assert_eq!(find(copy), Some("#/components/schemas/Strict"));
        assert_eq!(find("/components/schemas/Alone/items/$ref"), Some("#/components/schemas/Alone"));
    }

    #[test]
    fn only_so_many_copies_are_made_and_the_rest_is_told() {
        let mut schemas = PAGE.to_owned();
        for number in 0..=MOST_COPIES {
            let _ = writeln!(
                schemas,
                "    P{number}: {{$ref: '#/components/schemas/Page', $defs: {{n: {{$dynamicAnchor: item, const: {number}}}}}}}"
            );
        }
        let (document, told) = load(&schemas);
        assert_eq!(told, [format!("too-many-bindings:{}", 10 + MOST_COPIES)]);
        let copies = document.reply_tree["x-standin-bound"].as_object().unwrap();
        assert_eq!(copies.len(), MOST_COPIES);
        let last = &document.reply_tree["components"]["schemas"][format!("P{MOST_COPIES}")];
        assert_eq!(last["$ref"], "#/components/schemas/Page");
    }
}
