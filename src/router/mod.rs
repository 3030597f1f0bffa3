//! From method and path to an operation: concrete before templated (OpenAPI 3.1 4.8.8.2).

mod template;
mod tree;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::text;
use template::{Segment, Template};
use tree::{Leaf, Node, Walk};

/// Longer templates are never routed: it bounds the depth of the tree, and no real path comes near it.
const MOST_SEGMENTS: usize = 200;

/// The operations of one document by path template and method.
#[derive(Debug)]
pub struct Router {
    root: Node,
    /// Each template once, as written, with its segments as text.
    templates: Vec<(String, Vec<Shown>)>,
}

/// A segment of a template as the search for the nearest compares it.
#[derive(Debug)]
enum Shown {
    Literal(String),
    Templated,
}

/// What a method and a path lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// An operation.
    Found {
        /// What the operation was given as to [`Router::new`].
        index: usize,
        /// The path parameters, left to right, by name, with their values as sent, still percent-encoded; never empty.
        parameters: Vec<(&'a str, &'a str)>,
        /// The other operations that the same requests lead to, in the order they were declared in.
        rivals: Vec<Rival<'a>>,
    },
    /// The path is declared, but not with this method.
    WrongMethod {
        /// The methods that are declared for paths that fit, HEAD with every GET, in the document's order.
        allowed: Vec<Method>,
        /// The most concrete template that fits.
        template: &'a str,
    },
    /// No template fits the path.
    Unknown,
}

/// An operation that fits a method and a path as well as the one that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rival<'a> {
    /// What the operation was given as to [`Router::new`].
    pub index: usize,
    /// The path parameters, as of the operation that was found: only the names may be others.
    pub parameters: Vec<(&'a str, &'a str)>,
}

/// A template that is near a path, but does not fit it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nearest<'a> {
    /// How many characters are to be changed; lets the nearest of several routers be found.
    pub distance: usize,
    /// The template as written.
    pub template: &'a str,
}

impl Router {
    /// Takes each operation as its path template, its method and what the caller knows it by, which grows. Where several
    /// fit the same requests (templates that differ only in query, fragment or parameter names), the first is found, and
    /// the others are its rivals.
    pub fn new<'t>(operations: impl IntoIterator<Item = (&'t str, Method, usize)>) -> Self {
        let mut router = Self { root: Node::default(), templates: Vec::new() };
        for (text, method, index) in operations {
            let template = Template::parse(text);
            if template.segments.len() > MOST_SEGMENTS {
                continue;
            }
            if router.templates.last().is_none_or(|(known, _)| known != text) {
                router.templates.push((text.to_owned(), shown(&template)));
            }
            router.root.insert(text, template, method, index);
        }
        router.templates.sort_by(|(one, _), (other, _)| one.cmp(other));
        router.templates.dedup_by(|(one, _), (other, _)| one == other);
        router
    }

    /// Finds what a method and a path (percent-encoded, without its query) lead to.
    ///
    /// Literals are compared percent-decoded, an encoded slash does not separate segments, and a path parameter is
    /// never empty. A template with the method comes before a more concrete one without it. HEAD is answered by GET
    /// where it is not declared itself. A slash too many or too few at the end is forgiven where nothing else fits.
    pub fn route<'a>(&'a self, method: &'a Method, path: &'a str) -> Route<'a> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let route = self.exactly(method, path, false);
        if route != Route::Unknown || path.is_empty() {
            return route;
        }
        match path.strip_suffix('/') {
            Some(shorter) => self.exactly(method, shorter, false),
            None => self.exactly(method, path, true),
        }
    }

    /// Every group of operations that the same requests lead to, by the first declared of each.
    pub fn shared(&self) -> Vec<Vec<usize>> {
        let mut groups = Vec::new();
        self.root.shared(&mut groups);
        groups.sort();
        groups
    }

    /// The templates nearest to a path that is unknown, at most `limit`, nearest first.
    pub fn nearest(&self, path: &str, limit: usize) -> Vec<Nearest<'_>> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').take(MOST_SEGMENTS).collect();
        let mut nearest: Vec<Nearest<'_>> = Vec::new();
        for (template, shown) in &self.templates {
            let bound =
                if nearest.len() < limit { usize::MAX } else { nearest.last().map_or(0, |n| n.distance) };
            let Some(distance) = far(&segments, shown, bound) else { continue };
            let found = Nearest { distance, template };
            nearest.insert(nearest.partition_point(|known| *known < found), found);
            nearest.truncate(limit);
        }
        nearest
    }

    fn exactly<'a>(&'a self, method: &'a Method, path: &'a str, slash_behind: bool) -> Route<'a> {
        let mut walk =
            Walk { method, slash_behind, values: Vec::new(), others: Vec::new(), rivals: Vec::new() };
        if let Some((leaf, index)) = self.root.find(Some(path), &mut walk) {
            let parameters = |leaf: &'a Leaf| {
                leaf.names.iter().map(String::as_str).zip(walk.values.iter().copied()).collect()
            };
            let rivals = walk.rivals.iter();
            let rivals = rivals.map(|(leaf, index)| Rival { index: *index, parameters: parameters(leaf) });
            return Route::Found { index, parameters: parameters(leaf), rivals: rivals.collect() };
        }
        let Some(first) = walk.others.first() else { return Route::Unknown };
        let mut allowed: Vec<Method> = Vec::new();
        for (method, _) in walk.others.iter().flat_map(|leaf| &leaf.methods) {
            let head = (*method == Method::GET).then_some(Method::HEAD);
            for method in [Some(method.clone()), head].into_iter().flatten() {
                if !allowed.contains(&method) {
                    allowed.push(method);
                }
            }
        }
        Route::WrongMethod { allowed, template: &first.template }
    }
}

/// What is left of a path behind a base path, as whole segments, at least `/`. Both are compared percent-decoded, segment
/// by segment (RFC 3986 6.2.2.2): an encoded slash separates none.
pub fn behind<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    let at_segment = |rest: &'p str| match rest {
        "" => Some("/"),
        rest => rest.starts_with('/').then_some(rest),
    };
    let common = std::iter::zip(path.as_bytes(), base.as_bytes()).take_while(|(sent, wanted)| sent == wanted);
    let common = common.count();
    if common == base.len() {
        return at_segment(&path[common..]);
    }
    // Only where one of them is encoded may they differ and yet mean the same.
    let window = common.saturating_sub(2)..common + 1;
    let is_encoded = |text: &str| text.as_bytes()[window.start..text.len().min(window.end)].contains(&b'%');
    if !is_encoded(path) && !is_encoded(base) {
        return None;
    }
    let mut rest = path;
    for wanted in base.strip_prefix('/').unwrap_or(base).split('/') {
        let inner = rest.strip_prefix('/')?;
        let (sent, behind) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
        if !percent_decode_str(sent).eq(percent_decode_str(wanted)) {
            return None;
        }
        rest = behind;
    }
    at_segment(rest)
}

fn shown(template: &Template) -> Vec<Shown> {
    let segments =
        template.segments.iter().filter(|segment| !matches!(segment, Segment::Literal(l) if l.is_empty()));
    segments
        .map(|segment| match segment {
            Segment::Literal(literal) => Shown::Literal(String::from_utf8_lossy(literal).into_owned()),
            Segment::Pattern(_) | Segment::Parameter => Shown::Templated,
        })
        .collect()
}

/// How far a path is from a template, segment by segment from the left; what one has more counts whole. `None` if it is
/// at least `bound`: most templates are given up at their first segment.
fn far(path: &[&str], template: &[Shown], bound: usize) -> Option<usize> {
    let length = |segment: &str| segment.chars().count() + 1;
    let longer: usize = path.iter().skip(template.len()).map(|segment| length(segment)).sum();
    let missing = template.iter().skip(path.len()).map(|shown| match shown {
        Shown::Literal(literal) => length(literal),
        Shown::Templated => 2,
    });
    let mut distance = longer + missing.sum::<usize>();
    for (segment, shown) in path.iter().zip(template) {
        if distance >= bound {
            return None;
        }
        distance += match shown {
            Shown::Literal(literal) if segment != literal => text::distance(segment, literal),
            Shown::Literal(_) | Shown::Templated => 0,
        };
    }
    (distance < bound).then_some(distance)
}

#[cfg(test)]
mod tests;
