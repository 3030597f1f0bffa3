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
    /// Its methods with what the caller knows them by.
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
}

impl Leaf {
    /// What answers a method: its own operation, else GET's for HEAD (RFC 9110 9.3.2).
    fn index(&self, method: &Method) -> Option<usize> {
        let exact = |wanted: &Method| {
            self.methods.iter().find(|(method, _)| method == wanted).map(|(_, index)| *index)
        };
        exact(method).or_else(|| if *method == Method::HEAD { exact(&Method::GET) } else { None })
    }
}

impl Node {
    /// Adds an operation; where shape, names and method are there already, the first stays.
    pub(super) fn insert(&mut self, text: &str, template: Template, method: Method, index: usize) {
        let mut node = self;
        for segment in template.segments {
            node = node.step(segment);
        }
        let at = node.leaves.iter().position(|leaf| leaf.names == template.names).unwrap_or_else(|| {
            node.leaves.push(Leaf { template: text.to_owned(), names: template.names, methods: Vec::new() });
            node.leaves.len() - 1
        });
        let methods = &mut node.leaves[at].methods;
        if methods.iter().all(|(known, _)| *known != method) {
            methods.push((method, index));
        }
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
    pub(super) fn find<'a>(
        &'a self,
        rest: Option<&'a str>,
        walk: &mut Walk<'a>,
    ) -> Option<(&'a Leaf, usize)> {
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

    fn end<'a>(&'a self, walk: &mut Walk<'a>) -> Option<(&'a Leaf, usize)> {
        let found = self.leaves.iter().find_map(|leaf| Some((leaf, leaf.index(walk.method)?)));
        if found.is_none() {
            walk.others.extend(&self.leaves);
        }
        found
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
