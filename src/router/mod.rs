//! From method and path to an operation: concrete before templated (OpenAPI 3.1 4.8.8.2).

mod template;
mod tree;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::text;
use template::{Segment, Template};
use tree::{Node, Walk};

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

/// A template that is near a path, but does not fit it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nearest<'a> {
    /// How many characters are to be changed; lets the nearest of several routers be found.
    pub distance: usize,
    /// The template as written.
    pub template: &'a str,
}

impl Router {
    /// Takes each operation as its path template, its method and what the caller knows it by. Where two fit the same
    /// requests (templates that differ only in query, fragment or parameter names), the first wins.
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
        let mut walk = Walk { method, slash_behind, values: Vec::new(), others: Vec::new() };
        if let Some((leaf, index)) = self.root.find(Some(path), &mut walk) {
            let parameters = leaf.names.iter().map(String::as_str).zip(walk.values).collect();
            return Route::Found { index, parameters };
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
    if let Some(rest) = path.strip_prefix(base).and_then(at_segment) {
        return Some(rest);
    }
    if !path.contains('%') && !base.contains('%') {
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn router(templates: &[&str]) -> Router {
        let operation = |(index, text): (usize, &&'static str)| {
            let (method, template) = text.split_once(' ').unwrap();
            (template, method.parse().unwrap(), index)
        };
        // The tests' templates are literals.
        let leaked: Vec<&'static str> = templates.iter().map(|text| &*text.to_string().leak()).collect();
        Router::new(leaked.iter().enumerate().map(operation).collect::<Vec<_>>())
    }

    fn told(router: &Router, request: &str) -> String {
        let (method, path) = request.split_once(' ').unwrap();
        match router.route(&method.parse().unwrap(), path) {
            Route::Found { index, parameters } => {
                let parameters: Vec<String> =
                    parameters.iter().map(|(name, value)| format!(" {name}={value}")).collect();
                format!("{index}{}", parameters.concat())
            }
            Route::WrongMethod { allowed, template } => {
                let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
                format!("{template} allows {}", allowed.join(","))
            }
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_concrete_path_wins_over_a_template_segment_by_segment() {
        let router = router(&[
            "GET /users/{id}",
            "GET /users/me",
            "DELETE /users/{id}",
            "GET /{kind}/list",
            "GET /users/{id}/posts",
            "GET /users/me/{thing}",
            "GET /{a}/{b}/{c}/d",
            "PUT /users/{name}",
            "GET /files/{name}.{extension}",
            "GET /files/{name}",
            "GET /files/{id}.json",
        ]);
        let table = [
            ("GET /users/me", "1"),
            ("HEAD /users/me", "1"),
            ("GET /users/7", "0 id=7"),
            ("GET /users/list", "0 id=list"),
            ("GET /pets/list", "3 kind=pets"),
            ("DELETE /users/me", "2 id=me"),
            ("PUT /users/7", "7 name=7"),
            ("PATCH /users/7", "/users/{id} allows GET,HEAD,DELETE,PUT"),
            ("PATCH /users/me", "/users/me allows GET,HEAD,DELETE,PUT"),
            ("GET /users/me/posts", "5 thing=posts"),
            ("GET /users/me/x/d", "6 a=users b=me c=x"),
            ("GET /users/", "unknown"),
            ("GET /users//posts", "unknown"),
            ("GET /files/a.json", "10 id=a"),
            ("GET /files/a.txt", "8 name=a extension=txt"),
            ("GET /files/a", "9 name=a"),
            ("GET /nowhere/at/all", "unknown"),
        ];
        for (request, expected) in table {
            assert_eq!(told(&router, request), expected, "{request}");
        }
    }

    #[test]
    fn encoded_paths_fit_decoded_literals_and_values_stay_as_sent() {
        let router = router(&["GET /organizations/{id}", "GET /a%20b/x", "GET /c d"]);
        let table = [
            ("GET /%6Frganizations/a%2Fb", "0 id=a%2Fb"),
            ("GET /organizations/%zz", "0 id=%zz"),
            ("GET /organizations/a/b", "unknown"),
            ("GET /a%20b/x", "1"),
            ("GET /c%20d", "2"),
            ("GET /organizations%2F5", "unknown"),
        ];
        for (request, expected) in table {
            assert_eq!(told(&router, request), expected, "{request}");
        }
    }

    #[test]
    fn a_base_path_is_compared_decoded_and_by_whole_segments() {
        let table = [
            ("/core/v1/x", "/core/v1", Some("/x")),
            ("/core/v1", "/core/v1", Some("/")),
            ("/core/v1/", "/core/v1", Some("/")),
            ("/core/v11", "/core/v1", None),
            ("/%63ore/v%31/x%2Fy", "/core/v1", Some("/x%2Fy")),
            ("/core%2Fv1/x", "/core/v1", None),
            ("/%63ore", "/core/v1", None),
            ("/Core/v1/x", "/core/v1", None),
            ("/my%20api/x", "/my api", Some("/x")),
            ("/my api/x", "/my%20api", Some("/x")),
            ("/%zz/x", "/core", None),
            ("//core/x%20", "/core", None),
        ];
        for (path, base, expected) in table {
            assert_eq!(behind(path, base), expected, "{path} {base}");
        }
    }

    #[test]
    fn templates_mix_literals_and_parameters_as_documents_do() {
        let router = router(&[
            "GET /{a}.{b}",
            "GET /{id}.json",
            "GET /{id}",
            "POST /{id}:cancel",
            "GET /{id}:cancel",
            "GET /from/{a}-{b}",
            "GET /pre{name}post",
            "GET /range/({from},{to})",
            "GET /labels{color}",
            "GET /v1/{kind}/{id}/",
            "GET /Case",
        ]);
        let table = [
            ("GET /x.y", "0 a=x b=y"),
            ("GET /x.y.z", "0 a=x b=y.z"),
            ("GET /5.json", "1 id=5"),
            ("GET /5%2Ejson", "1 id=5"),
            ("GET /.json", "2 id=.json"),
            ("GET /5", "2 id=5"),
            ("GET /5:cancel", "4 id=5"),
            ("POST /5:cancel", "3 id=5"),
            ("POST /5:stop", "/{id} allows GET,HEAD"),
            ("GET /from/a-b-c", "5 a=a b=b-c"),
            ("GET /from/a-", "unknown"),
            ("GET /prexpost", "6 name=x"),
            ("GET /prepost", "2 id=prepost"),
            ("GET /range/(1,2)", "7 from=1 to=2"),
            ("GET /range/%281,2%29", "7 from=1 to=2"),
            ("GET /labels.blue.black", "8 color=.blue.black"),
            ("GET /labels;color=blue", "8 color=;color=blue"),
            ("GET /v1/a%2Fb/c", "9 kind=a%2Fb id=c"),
            ("GET /v1//c/", "unknown"),
            ("GET //v1/a/c", "unknown"),
            // Dot segments are the client's to remove (RFC 3986 5.2.4): what arrives is a value like any other.
            ("GET /v1/a/..", "9 kind=a id=.."),
            ("GET /.", "2 id=."),
            ("GET /case", "2 id=case"),
            ("GET /Case", "10"),
        ];
        for (request, expected) in table {
            assert_eq!(told(&router, request), expected, "{request}");
        }
    }

    #[test]
    fn a_slash_at_the_end_counts_only_where_both_are_declared() {
        let router =
            router(&["GET /a", "GET /a/", "GET /b", "GET /c/", "GET /d/{id}", "GET /", "POST /e", "GET /e/"]);
        let table = [
            ("GET /a", "0"),
            ("GET /a/", "1"),
            ("GET /b/", "2"),
            ("GET /b//", "unknown"),
            ("GET /c", "3"),
            ("GET /d/5/", "4 id=5"),
            ("GET /", "5"),
            ("GET ", "5"),
            ("POST /b/", "/b allows GET,HEAD"),
            ("GET /e", "/e allows POST"),
        ];
        for (request, expected) in table {
            assert_eq!(told(&router, request), expected, "{request}");
        }
    }

    #[test]
    fn of_templates_that_differ_only_in_query_or_fragment_the_first_wins() {
        let router = router(&["GET /a?x=1", "GET /a#b", "POST /a#b", "GET /{id}", "GET /{name}"]);
        for (request, expected) in [("GET /a", "0"), ("POST /a", "2"), ("GET /z", "3 id=z")] {
            assert_eq!(told(&router, request), expected, "{request}");
        }
    }

    #[test]
    fn an_unknown_path_has_its_nearest_templates() {
        let router = router(&[
            "GET /organizations",
            "GET /organizations/{id}",
            "POST /organizations",
            "GET /pets/{id}/toys",
        ]);
        let near = |path| router.nearest(path, 2).into_iter().map(|near| near.template).collect::<Vec<_>>();
        assert_eq!(near("/organisations"), ["/organizations", "/organizations/{id}"]);
        assert_eq!(near("/organisations/5"), ["/organizations/{id}", "/organizations"]);
        assert_eq!(near("/pet/5/toy")[0], "/pets/{id}/toys");
    }

    #[test]
    fn thousands_of_routes_each_find_themselves() {
        let templates: Vec<String> =
            (0..5000).map(|at| format!("GET /group{}/{{a}}/item{at}/{{b}}", at % 70)).collect();
        let router = router(&templates.iter().map(String::as_str).collect::<Vec<_>>());
        for at in 0..5000 {
            assert_eq!(
                told(&router, &format!("GET /group{}/x/item{at}/y", at % 70)),
                format!("{at} a=x b=y")
            );
        }
    }

    proptest! {
        #[test]
        fn no_path_and_no_template_panics(path in ".{0,40}", template in "[/{}a-c.%0-9é?#:]{0,30}") {
            let fixed = "/{a}.{b}/{c}{d}%A9";
            let router = Router::new([(template.as_str(), Method::GET, 0), (fixed, Method::GET, 1)]);
            router.route(&Method::GET, &path);
            router.nearest(&path, 3);
            let rest = behind(&path, &template);
            prop_assert!(rest.is_none_or(|rest| rest == "/" || path.ends_with(rest)));
        }
    }
}
