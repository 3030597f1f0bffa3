//! Which requests a stub is about by method and URL, as operations and conditions on path and query.

use std::collections::BTreeMap;

use http::Method;

use super::Desk;
use super::matcher::{self, Subject, Wanted, escape, whole};
use super::pattern::can_fit;
use crate::contract::Operation;
use crate::import::part::{LeftOut, Part, Told, object, text_of};
use crate::scenario::format::{Names, Plain, When};
use crate::scenario::predicate::{Predicate, Tests};

/// The keys of a request that say where it goes to.
pub(super) const KEYS: &[&str] =
    &["method", "url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate", "pathParameters"];

/// Up to so many operations are named, though the method alone would mean them.
const MOST_NAMED: usize = 3;

/// Where the requests of a stub go to.
#[derive(Debug)]
pub(super) struct Route {
    /// The method; `None` for any.
    pub(super) method: Option<Method>,
    /// What it is called: `GET /users/7`.
    pub(super) label: String,
    /// The operations; empty where no documents are named.
    pub(super) operations: Vec<(usize, usize)>,
    /// What is asked of method, path and query.
    pub(super) when: When,
    /// The one path, if there is one.
    pub(super) path: Option<String>,
    /// Whether other query parameters than those that are asked for keep a request from the stub.
    pub(super) is_whole_url: bool,
    /// What templates can refer to, for each segment of the path.
    pub(super) segments: Vec<Segment>,
}

/// A segment of the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Always this text.
    Literal(String),
    /// What the stub calls by this name, if it does, and the path parameter that it is, if it is known.
    Parameter(String, Option<String>),
}

/// How a stub writes where requests go to.
enum Address<'a> {
    Anywhere,
    Path { path: &'a str, query: Option<&'a str> },
    Pattern { path: &'a str, query: Option<&'a str> },
    Template(&'a str),
}

/// Reads where the requests of a stub go to.
pub(super) fn read(request: &Part<'_>, desk: &Desk<'_>, told: &mut Told) -> Result<Route, LeftOut> {
    let method = method(request, told)?;
    let (part, address) = address(request, told)?;
    let shown = part.value.as_str().unwrap_or("any URL");
    let label = format!("{} {shown}", method.as_ref().map_or("ANY", Method::as_str));
    let is_whole_url = part.at.last().is_some_and(|key| key == "url" || key == "urlPattern");
    let mut route = Route {
        method: method.clone(),
        label,
        operations: Vec::new(),
        when: When::default(),
        path: None,
        is_whole_url,
        segments: Vec::new(),
    };
    let mut values = path_values(request, &address, told)?;
    let methods = desk.methods(method.as_ref());
    match address {
        Address::Anywhere => {
            route.operations = desk.operations(|operation| methods.contains(&operation.method));
            if !route.operations.is_empty() || !desk.has_documents() {
                route.when.method = method.map(|method| Names::One(method.to_string()));
                return Ok(route);
            }
        }
        Address::Path { path, query } => {
            route.path = Some(path.to_owned());
            let segments = path.split('/').skip(1);
            route.segments = segments.map(|segment| Segment::Literal(decoded(segment))).collect();
            route.find(&methods, path, desk);
            route.when.path = if route.operations.is_empty() {
                Some(Predicate::Plain(Plain(path.into())))
            } else {
                let tail = route.literal_tail(path, &methods, desk);
                tail.map(|tail| matching(format!("{}$", escape(&tail))))
            };
            for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
                let value = Predicate::Plain(Plain(value.into()));
                let query = [(name.into_owned(), value)].into();
                matcher::add(&mut route.when, When { query, ..When::default() });
            }
        }
        Address::Template(template) => {
            let sample = sample(template);
            let names: Vec<Option<&str>> = template.split('/').skip(1).map(parameter_name).collect();
            route.find(&methods, &sample, desk);
            let pieces = template.split('/').skip(1).zip(&names).map(|(piece, name)| match name {
                Some(name) => values.remove(*name).unwrap_or_else(|| "[^/]+".to_owned()),
                None => escape(piece),
            });
            let pieces: Vec<String> = pieces.collect();
            let is_asked = pieces.iter().zip(&names).any(|(piece, name)| name.is_some() && piece != "[^/]+");
            route.segments = segments(template, &names, &route, desk);
            route.when.path = if route.operations.is_empty() {
                Some(matching(format!("^/{}$", pieces.join("/"))))
            } else if is_asked || route.literal_tail(&sample, &methods, desk).is_some() {
                let depth = route.depth(desk).min(pieces.len());
                Some(matching(format!("/{}$", pieces[pieces.len() - depth..].join("/"))))
            } else {
                None
            };
        }
        Address::Pattern { path, query } => {
            let can = |template: &str| can_fit(path, template);
            route.operations = desk.operations_by(|contract, operation| {
                let mut bases = contract.servers.iter().map(|server| server.base_path.as_str());
                methods.contains(&operation.method)
                    && (can(&operation.template)
                        || bases.any(|base| can(&format!("{base}{}", operation.template))))
            });
            route.when.path = (!["/.*", ".*"].contains(&path)).then(|| matching(whole(path)));
            if let [place] = route.operations[..] {
                route.segments = desk.segments(place);
            }
            query_pattern(&part, query, &mut route.when, told)?;
        }
    }
    if route.operations.is_empty() {
        if desk.has_documents() {
            let message = format!("no operation of the documents fits `{}`", route.label);
            let help = "a rule fits requests to operations; `standin routes` lists them";
            return Err(told.refuse(&part, message, help));
        }
        route.when.method = method.map(|method| Names::One(method.to_string()));
    } else if route.operations.len() > MOST_NAMED
        && route.operations == desk.operations(|operation| methods.contains(&operation.method))
    {
        route.when.method = method.map(|method| Names::One(method.to_string()));
    } else {
        desk.name(&route.operations, &mut route.when);
    }
    Ok(route)
}

fn method(request: &Part<'_>, told: &mut Told) -> Result<Option<Method>, LeftOut> {
    let Some(part) = request.member("method") else { return Ok(None) };
    let text = text_of(&part, told)?.to_ascii_uppercase();
    if text == "ANY" {
        return Ok(None);
    }
    Method::from_bytes(text.as_bytes()).map(Some).map_err(|_| told.wrong(&part, "a method of HTTP"))
}

fn address<'a>(request: &Part<'a>, told: &mut Told) -> Result<(Part<'a>, Address<'a>), LeftOut> {
    let given: Vec<Part<'a>> = KEYS[1..6].iter().filter_map(|key| request.member(key)).collect();
    let Some(part) = given.first() else { return Ok((request.clone(), Address::Anywhere)) };
    if let Some(second) = given.get(1) {
        let message =
            "a request has one of `url`, `urlPath`, `urlPattern`, `urlPathPattern`, `urlPathTemplate`";
        return Err(told.refuse(second, message, "leave one of them"));
    }
    let text = text_of(part, told)?;
    let key = part.at.last().unwrap_or_default();
    if !key.ends_with("Pattern") && !text.starts_with('/') {
        return Err(told.wrong(part, "a path that starts with `/`"));
    }
    let address = match key.as_str() {
        "url" => {
            let (path, query) =
                text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
            Address::Path { path, query }
        }
        "urlPath" => Address::Path { path: text, query: None },
        "urlPattern" => {
            let parts = text.split_once("\\?").or_else(|| text.split_once("[?]"));
            let (path, query) = parts.map_or((text, None), |(path, query)| (path, Some(query)));
            Address::Pattern { path, query }
        }
        "urlPathPattern" => Address::Pattern { path: text, query: None },
        _ => Address::Template(text),
    };
    Ok((part.clone(), address))
}

/// What is asked of the parameters of a template, as an expression for each segment.
fn path_values(
    request: &Part<'_>,
    address: &Address<'_>,
    told: &mut Told,
) -> Result<BTreeMap<String, String>, LeftOut> {
    let mut values = BTreeMap::new();
    let Some(asked) = request.member("pathParameters") else { return Ok(values) };
    object(&asked, told)?;
    let Address::Template(template) = address else {
        return Err(told.refuse(&asked, "`pathParameters` without `urlPathTemplate`", "name the template"));
    };
    for (name, part) in asked.members() {
        if !template.split('/').any(|piece| parameter_name(piece) == Some(name)) {
            let message = format!("the template has no parameter `{name}`");
            return Err(told.refuse(&part, message, "correct the name"));
        }
        let Some(value) = segment_pattern(matcher::read(&part, Subject::Text, told)?) else {
            let message = format!("what is asked of the path parameter `{name}` can't be said of a path");
            return Err(told.refuse(&part, message, "use `equalTo`, `contains` or `matches`"));
        };
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

fn segment_pattern(wanted: Wanted) -> Option<String> {
    let Wanted::Test(tests) = wanted else { return None };
    let Tests { equals, matches, contains, one_of, present, at_least, at_most, not } = *tests;
    if one_of.is_some() || present.is_some() || at_least.is_some() || at_most.is_some() || not.is_some() {
        return None;
    }
    let text = |value: serde_json::Value| value.as_str().map(escape);
    match (equals, matches, contains) {
        (Some(value), None, None) => text(value),
        (None, Some(pattern), None) => Some(format!("(?:{})", pattern.strip_prefix('^')?.strip_suffix('$')?)),
        (None, None, Some(value)) => Some(format!("[^/]*{}[^/]*", text(value)?)),
        _ => None,
    }
}

/// The expression for a query: `name=expression`, several joined by `&`.
fn query_pattern(
    part: &Part<'_>,
    query: Option<&str>,
    when: &mut When,
    told: &mut Told,
) -> Result<(), LeftOut> {
    let Some(query) = query.filter(|query| *query != ".*") else { return Ok(()) };
    for piece in query.trim_end_matches('$').split('&') {
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|inside| inside.is_alphanumeric() || "_-".contains(inside))
        };
        let Some((name, pattern)) = piece.split_once('=').filter(|(name, _)| is_name(name)) else {
            let message =
                format!("`{query}` is asked of the whole query; conditions are on single parameters");
            return Err(told.refuse(part, message, "use `urlPathPattern` and `queryParameters`"));
        };
        let query = [(name.to_owned(), matching(whole(pattern)))].into();
        matcher::add(when, When { query, ..When::default() });
    }
    Ok(())
}

fn matching(pattern: String) -> Predicate {
    matcher::predicate(Tests { matches: Some(pattern), ..Tests::default() })
}

/// The name of a template's segment that is a parameter.
fn parameter_name(piece: &str) -> Option<&str> {
    piece.strip_prefix('{')?.strip_suffix('}')
}

/// What stands for the parameters of a template while it is routed; no document has such a literal.
const PLACEHOLDER: &str = "standin-any";

fn sample(template: &str) -> String {
    let pieces =
        template.split('/').map(|piece| if parameter_name(piece).is_some() { PLACEHOLDER } else { piece });
    pieces.collect::<Vec<_>>().join("/")
}

fn segments(template: &str, names: &[Option<&str>], route: &Route, desk: &Desk<'_>) -> Vec<Segment> {
    let of_operation = route.operations.first().map_or_else(Vec::new, |place| {
        let operation = desk.operation(*place);
        operation.template.split('/').skip(1).map(parameter_name).collect()
    });
    let pieces: Vec<&str> = template.split('/').skip(1).collect();
    let ahead = pieces.len().saturating_sub(of_operation.len());
    let of = |(index, piece): (usize, &&str)| match names[index] {
        Some(name) => {
            let ours = index.checked_sub(ahead).and_then(|index| of_operation.get(index).copied().flatten());
            Segment::Parameter(name.to_owned(), ours.map(str::to_owned))
        }
        None => Segment::Literal(decoded(piece)),
    };
    pieces.iter().enumerate().map(of).collect()
}

pub(super) fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

impl Route {
    /// Looks up the operations that a path leads to, by method.
    fn find(&mut self, methods: &[Method], path: &str, desk: &Desk<'_>) {
        for method in methods {
            let Some(routed) = desk.leads_to(method, path) else { continue };
            // HEAD is answered by GET, and a rule for that would fit both.
            let own = routed.operations.into_iter().filter(|place| desk.operation(*place).method == *method);
            for place in own {
                if !self.operations.contains(&place) {
                    self.operations.push(place);
                }
            }
        }
    }

    /// How many segments the longest template of the operations has.
    fn depth(&self, desk: &Desk<'_>) -> usize {
        let depth = |operation: &Operation| operation.template.split('/').count().saturating_sub(1);
        self.operations.iter().map(|place| depth(desk.operation(*place))).max().unwrap_or(0)
    }

    /// The end of the path, as long as the operations' templates are, if they would fit other paths as well.
    fn literal_tail(&self, path: &str, methods: &[Method], desk: &Desk<'_>) -> Option<String> {
        let values = methods.iter().filter_map(|method| Some(desk.leads_to(method, path)?.values));
        let is_narrower = values.flatten().any(|value| value != PLACEHOLDER);
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let depth = self.depth(desk).min(segments.len());
        is_narrower.then(|| format!("/{}", segments[segments.len() - depth..].join("/")))
    }
}
