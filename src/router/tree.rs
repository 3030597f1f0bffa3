//! The tree of segments: from a path to the templates that fit it, the most concrete first.

use http::Method;
use percent_encoding::percent_decode_str;

use super::template::{Pattern, Segment, Template};

/// A place in the tree: what may follow, and what ends here.
///
/// Invariants: `literals` is sorted by its bytes; `patterns` by weight, heaviest first.
#[derive(Debug, Default)]
pub(super) struct Node {
    literals: Vec<(Box<[u8]>, Node)>,
    patterns: Vec<(Pattern, Node)>,
    parameter: Option<Box<Node>>,
    leaves: Vec<Leaf>,
}

/// The templates of one shape and one list of parameter names.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The template as the document writes it first.
    pub(super) template: String,
    /// The names of its parameters, left to right.
    pub(super) names: Vec<String>,
    /// Its methods with what the caller knows them by; a method may come several times.
    pub(super) methods: Vec<(Method, usize)>,
}

/// What a walk through the tree looks for and has seen.
pub(super) struct Walk<'a> {
    /// The wanted method.
    pub(super) method: &'a Method,
    /// Whether the path is to be read with one more slash at its end.
    pub(super) slash_behind: bool,
    /// The raw values of the parameters on the way to here.
    pub(super) values: Vec<&'a str>,
    /// The leaves that fit the path, but not the method.
    pub(super) others: Vec<&'a Leaf>,
    /// What fits path and method as well as what was found, and was declared after it.
    pub(super) rivals: Vec<Fit<'a>>,
}

/// A leaf, and what the caller knows one of its operations by.
pub(super) type Fit<'a> = (&'a Leaf, usize);

impl Node {
    /// Adds an operation.
    pub(super) fn insert(&mut self, text: &str, template: Template, method: Method, index: usize) {
        let mut node = self;
        for segment in template.segments {
            node = node.step(segment);
        }
        let at = node.leaves.iter().position(|leaf| leaf.names == template.names).unwrap_or_else(|| {
            node.leaves.push(Leaf { template: text.to_owned(), names: template.names, methods: Vec::new() });
            node.leaves.len() - 1
        });
        node.leaves[at].methods.push((method, index));
    }

    fn step(&mut self, segment: Segment) -> &mut Node {
        match segment {
            Segment::Literal(literal) => {
                let at = match self.literals.binary_search_by(|(known, _)| known.cmp(&literal)) {
                    Ok(at) => at,
                    Err(at) => {
                        self.literals.insert(at, (literal, Node::default()));
                        at
                    }
                };
                &mut self.literals[at].1
            }
            Segment::Pattern(pattern) => {
                let known = self.patterns.iter().position(|(known, _)| *known == pattern);
                let at = known.unwrap_or_else(|| {
                    let at = self.patterns.partition_point(|(known, _)| known.weight() >= pattern.weight());
                    self.patterns.insert(at, (pattern, Node::default()));
                    at
                });
                &mut self.patterns[at].1
            }
            Segment::Parameter => self.parameter.get_or_insert_default(),
        }
    }

    /// The first leaf that fits path and method, concrete segments before templated ones, and its operation. `rest` is
    /// what of the path is left; `None` behind its last segment. No place in the tree is entered twice.
    pub(super) fn find<'a>(&'a self, rest: Option<&'a str>, walk: &mut Walk<'a>) -> Option<Fit<'a>> {
        let Some(rest) = rest else {
            let last = if walk.slash_behind { self.literal("")? } else { self };
            return last.end(walk);
        };
        let (segment, rest) = match rest.split_once('/') {
            Some((segment, rest)) => (segment, Some(rest)),
            None => (rest, None),
        };
        if let Some(next) = self.literal(segment)
            && let Some(found) = next.find(rest, walk)
        {
            return Some(found);
        }
        if segment.is_empty() {
            return None;
        }
        let kept = walk.values.len();
        for (pattern, next) in &self.patterns {
            if !pattern.capture(segment, &mut walk.values) {
                continue;
            }
            if let Some(found) = next.find(rest, walk) {
                return Some(found);
            }
            walk.values.truncate(kept);
        }
        let next = self.parameter.as_deref()?;
        walk.values.push(segment);
        let found = next.find(rest, walk);
        if found.is_none() {
            walk.values.truncate(kept);
        }
        found
    }

    /// What answers the method here: operations of its own, else GET's for HEAD (RFC 9110 9.3.2); the first declared is
    /// found, the others are its rivals.
    fn end<'a>(&'a self, walk: &mut Walk<'a>) -> Option<Fit<'a>> {
        let first = self.first(walk.method, walk).or_else(|| {
            let falls_back = *walk.method == Method::HEAD;
            falls_back.then(|| self.first(&Method::GET, walk)).flatten()
        });
        if first.is_none() {
            walk.others.extend(&self.leaves);
        }
        first
    }

    fn first<'a>(&'a self, method: &Method, walk: &mut Walk<'a>) -> Option<Fit<'a>> {
        let of_leaf = |leaf: &'a Leaf| {
            let fitting = leaf.methods.iter().filter(|(known, _)| known == method);
            fitting.map(move |(_, index)| (leaf, *index))
        };
        let mut fitting = self.leaves.iter().flat_map(of_leaf);
        let first = fitting.next()?;
        walk.rivals.extend(fitting);
        if walk.rivals.is_empty() {
            return Some(first);
        }
        walk.rivals.push(first);
        walk.rivals.sort_by_key(|(_, index)| *index);
        Some(walk.rivals.remove(0))
    }

    /// Adds the operations that end here and below, where several have one method; each group in the order they were
    /// declared in.
    pub(super) fn shared(&self, groups: &mut Vec<Vec<usize>>) {
        let mut own: Vec<(&Method, Vec<usize>)> = Vec::new();
        for (method, index) in self.leaves.iter().flat_map(|leaf| &leaf.methods) {
            match own.iter_mut().find(|(known, _)| *known == method) {
                Some((_, group)) => group.push(*index),
                None => own.push((method, vec![*index])),
            }
        }
        for (_, mut group) in own.into_iter().filter(|(_, group)| group.len() > 1) {
            group.sort_unstable();
            groups.push(group);
        }
        let next = self.literals.iter().map(|(_, node)| node);
        let next = next.chain(self.patterns.iter().map(|(_, node)| node)).chain(self.parameter.as_deref());
        next.for_each(|node| node.shared(groups));
    }

    fn literal(&self, segment: &str) -> Option<&Node> {
        let search = |wanted: &[u8]| {
            let at = self.literals.binary_search_by(|(known, _)| (**known).cmp(wanted)).ok()?;
            Some(&self.literals[at].1)
        };
        if segment.contains('%') {
            let decoded: Vec<u8> = percent_decode_str(segment).collect();
            search(&decoded)
        } else {
            search(segment.as_bytes())
        }
    }
}
