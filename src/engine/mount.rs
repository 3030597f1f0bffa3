//! Many documents behind one server: which one a request is for, and which operation of it.

use std::sync::{Arc, OnceLock};

use http::Method;
use http::header::HOST;

use super::compiled::Compiled;
use super::places::Places;
use crate::contract::Contract;
use crate::generate::{Locale, Plans};
use crate::message::{Request, SPEC, has_field};
use crate::router::{Rival, Route, Router, behind};

/// The documents that are served, in the order they were loaded.
pub(super) struct Mounts {
    pub(super) all: Vec<Arc<Mount>>,
}

/// One document with its router.
pub(super) struct Mount {
    pub(super) contract: Arc<Contract>,
    pub(super) name: Arc<str>,
    /// Where each operation is counted.
    pub(super) places: Vec<usize>,
    /// Where it is counted what was exercised of each.
    pub(super) covers: Vec<usize>,
    /// The path prefix that names it: `/NAME`.
    prefix: String,
    /// What generated replies are compiled from and share.
    pub(super) plans: Plans,
    router: Router,
    /// The declared base paths, longest first, without the empty one.
    bases: Vec<String>,
    /// Whether the root counts as a full base path: it is declared, or nothing is.
    has_root: bool,
    compiled: Vec<OnceLock<Compiled>>,
}

/// What a request leads to.
pub(super) enum Lookup<'a> {
    Found(Found<'a>),
    WrongMethod {
        mount: usize,
        allowed: Vec<Method>,
        template: &'a str,
    },
    /// Nothing fits; the nearest templates with their documents, nearest first.
    Unknown {
        nearest: Vec<(usize, &'a str)>,
    },
    /// `standin-spec` names no document.
    NoDocument {
        name: String,
    },
}

pub(super) struct Found<'a> {
    pub(super) mount: usize,
    pub(super) operation: usize,
    pub(super) before: Before,
    pub(super) parameters: Vec<(&'a str, &'a str)>,
    /// The other operations of the document that the same requests lead to.
    pub(super) rivals: Vec<Rival<'a>>,
    /// All documents that the path alone fits, the chosen one first; empty unless there are several.
    pub(super) ambiguous: Vec<usize>,
}

/// What stands in a path before what its template says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Before {
    /// Whether it is the prefix that names the document.
    pub(super) is_prefixed: bool,
    /// The length of the declared base path, which is behind the prefix.
    pub(super) base: usize,
}

/// Where a method and a path lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// The operations, each by the places of its document and of itself; several only where they share the route.
    pub operations: Vec<(usize, usize)>,
    /// The values of their path parameters as sent, left to right.
    pub values: Vec<String>,
}

impl Found<'_> {
    pub(super) fn routed(&self) -> Routed {
        let operations = std::iter::once(self.operation).chain(self.rivals.iter().map(|rival| rival.index));
        Routed {
            operations: operations.map(|operation| (self.mount, operation)).collect(),
            values: self.parameters.iter().map(|(_, value)| (*value).to_owned()).collect(),
        }
    }
}

/// A path that fits several documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The method.
    pub method: String,
    /// The path, with templates filled in as `{…}`.
    pub path: String,
    /// The documents, the one that answers first.
    pub documents: Vec<String>,
}

/// Operations of one document that the same requests lead to, because their templates differ in nothing that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedRoute {
    /// The document.
    pub document: String,
    /// The method.
    pub method: String,
    /// The path template of the first, without what is not sent.
    pub path: String,
    /// The operations' ids: the one that a request keeps best answers, the first of those that it keeps alike.
    pub operations: Vec<String>,
}

/// How one document takes a path: greater is better.
struct Candidate<'a> {
    mount: usize,
    is_full: bool,
    before: Before,
    route: Route<'a>,
}

impl<'a> Candidate<'a> {
    fn rank(&self) -> (bool, bool, usize, std::cmp::Reverse<usize>) {
        (
            self.is_full,
            matches!(self.route, Route::Found { .. }),
            self.before.base,
            std::cmp::Reverse(self.mount),
        )
    }

    /// The same, of a path that stands behind the prefix of its document.
    fn prefixed(mut self) -> Self {
        self.before.is_prefixed = true;
        self
    }

    fn lookup(self) -> Lookup<'a> {
        let Self { mount, before, .. } = self;
        match self.route {
            Route::Found { index: operation, parameters, rivals } => {
                let ambiguous = Vec::new();
                Lookup::Found(Found { mount, operation, before, parameters, rivals, ambiguous })
            }
            Route::WrongMethod { allowed, template } => Lookup::WrongMethod { mount, allowed, template },
            Route::Unknown => Lookup::Unknown { nearest: Vec::new() },
        }
    }
}

impl Mount {
    pub(super) fn new(contract: Arc<Contract>, places: &mut Places, locale: Locale) -> Self {
        let operations = contract.operations.iter().enumerate();
        let router = Router::new(
            operations
                .map(|(index, operation)| (operation.template.as_str(), operation.method.clone(), index)),
        );
        let mut bases: Vec<String> = contract.servers.iter().map(|server| server.base_path.clone()).collect();
        bases.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        bases.dedup();
        let has_root = bases.is_empty() || bases.iter().any(String::is_empty);
        bases.retain(|base| !base.is_empty());
        let compiled = contract.operations.iter().map(|_| OnceLock::new()).collect();
        let plans = Plans::with_locale(&contract.schemas, locale);
        Self {
            name: contract.name.as_str().into(),
            places: places.of(&contract),
            covers: places.covers_of(&contract),
            prefix: format!("/{}", contract.name),
            contract,
            plans,
            router,
            bases,
            has_root,
            compiled,
        }
    }

    /// The operation compiled, on first use.
    pub(super) fn operation(&self, index: usize) -> &Compiled {
        self.compiled[index].get_or_init(|| Compiled::new(&self.contract, index))
    }

    /// The path prefix that names it: `/NAME`.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether the document declares a server at a host and port, in lower case.
    pub(super) fn declares(&self, host: &str) -> bool {
        self.contract.servers.iter().any(|server| server.host.as_deref() == Some(host))
    }

    /// The length of the base path by which a path leads somewhere in the document; `None` if it leads nowhere.
    pub(super) fn base_of(&self, method: &Method, path: &str) -> Option<usize> {
        self.candidate(0, method, path).map(|candidate| candidate.before.base)
    }

    /// The operations that share a route with others.
    pub(super) fn shared_routes(&self) -> impl Iterator<Item = SharedRoute> {
        self.router.shared().into_iter().filter_map(|group| {
            let first = &self.contract.operations[*group.first()?];
            let sent = first.template.split(['?', '#']).next().unwrap_or_default();
            let id = |index: usize| self.contract.operations[index].id.clone();
            Some(SharedRoute {
                document: self.contract.name.clone(),
                method: first.method.to_string(),
                path: sent.to_owned(),
                operations: group.into_iter().map(id).collect(),
            })
        })
    }

    fn candidate<'a>(&'a self, mount: usize, method: &'a Method, path: &'a str) -> Option<Candidate<'a>> {
        let mut best: Option<Candidate<'a>> = None;
        let consider = |best: &mut Option<Candidate<'a>>, is_full: bool, base: usize, route: Route<'a>| {
            let candidate = Candidate { mount, is_full, before: Before { is_prefixed: false, base }, route };
            let is_better = best.as_ref().is_none_or(|known| candidate.rank() > known.rank());
            if candidate.route != Route::Unknown && is_better {
                *best = Some(candidate);
            }
        };
        for base in &self.bases {
            if let Some(rest) = behind(path, base) {
                consider(&mut best, true, base.len(), self.router.route(method, rest));
            }
        }
        // Without a server at the root, that is what the path is tried as where no server's base fits.
        if self.has_root || best.is_none() {
            let route = self.router.route(method, path);
            consider(&mut best, self.has_root, 0, route);
        }
        best
    }
}

impl Mounts {
    /// Finds the document and operation of a request: by `standin-spec`, by the prefix `/NAME/`, by `Host`, by the path.
    pub(super) fn find<'a>(&'a self, request: &'a Request, method: &'a Method) -> Lookup<'a> {
        if has_field(&request.headers, &SPEC)
            && let Some(name) = request.headers.get(SPEC)
        {
            let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
            let Some(mount) = self.all.iter().position(|mount| *mount.name == *name) else {
                return Lookup::NoDocument { name };
            };
            return self.within(mount, method, &request.path);
        }
        if let Some(lookup) = self.by_prefix(method, &request.path) {
            return lookup;
        }
        // An only document is the one, whatever the host.
        if self.all.len() > 1
            && let Some(candidate) = self.by_host(request, method)
        {
            return candidate.lookup();
        }
        self.by_path(method, &request.path)
    }

    fn within<'a>(&'a self, mount: usize, method: &'a Method, path: &'a str) -> Lookup<'a> {
        // The prefix may be there as well.
        let prefix = self.all[mount].prefix();
        let candidate = self.all[mount].candidate(mount, method, path);
        let inner = || Some(self.all[mount].candidate(mount, method, behind(path, prefix)?)?.prefixed());
        match candidate.or_else(inner) {
            Some(candidate) => candidate.lookup(),
            None => Lookup::Unknown { nearest: self.nearest(std::slice::from_ref(&mount), path) },
        }
    }

    fn by_prefix<'a>(&'a self, method: &'a Method, path: &'a str) -> Option<Lookup<'a>> {
        self.all.iter().enumerate().find_map(|(index, mount)| {
            let rest = behind(path, &mount.prefix)?;
            mount.candidate(index, method, rest).map(|candidate| candidate.prefixed().lookup())
        })
    }

    fn by_host<'a>(&'a self, request: &'a Request, method: &'a Method) -> Option<Candidate<'a>> {
        let host = request.headers.get(HOST)?.to_str().ok()?;
        // The schemes' own ports say nothing (RFC 3986 3.2.3), and declared servers are kept without them.
        let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
        if is_loopback(host) {
            return None;
        }
        let host = host.to_ascii_lowercase();
        let mounts = self.all.iter().enumerate().filter(|(_, mount)| mount.declares(&host));
        mounts
            .filter_map(|(index, mount)| mount.candidate(index, method, &request.path))
            .max_by_key(Candidate::rank)
    }

    fn by_path<'a>(&'a self, method: &'a Method, path: &'a str) -> Lookup<'a> {
        let mounts = self.all.iter().enumerate();
        let mut found = mounts.filter_map(|(index, mount)| mount.candidate(index, method, path));
        let mut candidates: Vec<Candidate<'a>> = match (found.next(), found.next()) {
            (Some(only), None) => return only.lookup(),
            (first, second) => first.into_iter().chain(second).chain(found).collect(),
        };
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
        let fitting: Vec<usize> = candidates.iter().map(|candidate| candidate.mount).collect();
        let Some(best) = candidates.into_iter().next() else {
            // After `/NAME/` only that document's templates can have been meant.
            let named = self.all.iter().position(|mount| behind(path, &mount.prefix).is_some());
            let (among, path) = match named {
                Some(mount) => (vec![mount], behind(path, &self.all[mount].prefix).unwrap_or(path)),
                None => ((0..self.all.len()).collect(), path),
            };
            return Lookup::Unknown { nearest: self.nearest(&among, path) };
        };
        match best.lookup() {
            Lookup::Found(found) if fitting.len() > 1 => Lookup::Found(Found { ambiguous: fitting, ..found }),
            other => other,
        }
    }

    fn nearest(&self, among: &[usize], path: &str) -> Vec<(usize, &str)> {
        let mut nearest: Vec<(usize, usize, &str)> = Vec::new();
        for index in among {
            let mount = &self.all[*index];
            let inner = mount.bases.iter().find_map(|base| behind(path, base)).unwrap_or(path);
            nearest.extend(
                mount
                    .router
                    .nearest(inner, 3)
                    .into_iter()
                    .map(|found| (found.distance, *index, found.template)),
            );
        }
        nearest.sort_unstable();
        nearest.into_iter().take(3).map(|(_, mount, template)| (mount, template)).collect()
    }

    /// Every path and method that fits several documents.
    pub(super) fn conflicts(&self) -> Vec<Conflict> {
        let mut conflicts: Vec<Conflict> = Vec::new();
        for mount in &self.all {
            let shortest = String::new();
            let bases = mount.bases.iter().chain(std::iter::once(&shortest));
            for base in bases {
                for operation in &mount.contract.operations {
                    let path = format!("{base}{}", operation.template);
                    let sample = path.replace(['{', '}'], "");
                    let mounts = self.all.iter().enumerate();
                    let mut fitting: Vec<Candidate<'_>> = mounts
                        .filter_map(|(index, mount)| mount.candidate(index, &operation.method, &sample))
                        .collect();
                    if fitting.len() < 2 {
                        continue;
                    }
                    fitting.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
                    let documents =
                        fitting.iter().map(|candidate| self.all[candidate.mount].name.to_string()).collect();
                    let conflict = Conflict { method: operation.method.to_string(), path, documents };
                    let is_known = conflicts.iter().any(|known| {
                        let same_path = shape(&known.path) == shape(&conflict.path);
                        known.method == conflict.method && known.documents == conflict.documents && same_path
                    });
                    if !is_known {
                        conflicts.push(conflict);
                    }
                }
            }
        }
        conflicts
    }
}

/// The path with every templated segment as `{}`.
fn shape(path: &str) -> String {
    path.split('/')
        .map(|segment| if segment.contains('{') { "{}" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

/// Whether a host, with its port or without, is a name or an address of the machine itself.
pub fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    // Every name below `localhost` counts (RFC 6761 6.3).
    name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
