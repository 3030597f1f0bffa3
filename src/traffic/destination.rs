//! Whether a recorded request was for one of the documents: by the URL that it went to.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};

use super::observed::{Observed, Origin};
use crate::contract::Contract;
use crate::message::SPEC;
use crate::router::behind;

/// A server that the user names: whatever goes there is for the documents, or for one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it is.
    pub origin: Origin,
    /// What its paths start with, without a slash at the end; taken off.
    pub base_path: String,
    /// The document that it speaks; `None` if the path tells.
    pub document: Option<String>,
}

/// Why an exchange was not held against a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Foreign {
    /// It went to a host that no document declares as its server.
    Host(Origin),
    /// It went to the machine itself, or below a declared host, to a path that no document has.
    Path(Option<Origin>),
    /// A browser asked whether it may (the CORS protocol of the Fetch standard).
    Preflight,
    /// It went to the stand-in itself.
    OwnPrefix,
    /// It is no HTTP: its scheme.
    Scheme(String),
    /// It became another protocol, such as `WebSocket`.
    Upgrade,
    /// A message of a Pact file, which is no HTTP.
    Message,
    /// An interaction of a Pact file that its consumer calls pending.
    Pending,
}

impl Server {
    /// Reads a URL, with `=NAME` or without. Errors tell what it should be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (url, document) = match text.rsplit_once('=') {
            Some((url, name)) if !name.contains('/') && !name.is_empty() => (url, Some(name.to_owned())),
            _ => (text, None),
        };
        let expected =
            || "a URL such as `https://staging.example.com/v1`, with `=NAME` or without".to_owned();
        let (Some(origin), path) = Origin::split(url).map_err(|_| expected())? else {
            return Err(expected());
        };
        let is_web = matches!(origin.scheme.as_str(), "http" | "https") && !origin.authority.is_empty();
        if !is_web || path.contains('?') {
            return Err(expected());
        }
        Ok(Self { origin, base_path: path.trim_end_matches('/').to_owned(), document })
    }
}

/// What is known of where the documents are served.
#[derive(Debug)]
pub(super) struct Destinations {
    given: Vec<Server>,
    /// The names of the documents.
    names: BTreeSet<String>,
    /// Hosts that documents declare, with the base path there.
    declared: BTreeSet<(String, String)>,
    /// The base paths that are declared without a host, and the prefixes that name documents.
    bases: BTreeSet<String>,
    /// Whether a document is at the root of hosts that are not known.
    has_root: bool,
}

/// Where a request leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// To the documents; what they do not know there is a finding.
    Ours,
    /// Perhaps to the documents: what they do not know there was not for them.
    Perhaps,
}

impl Destinations {
    pub(super) fn new(contracts: &[Arc<Contract>], given: Vec<Server>) -> Self {
        let servers = || contracts.iter().flat_map(|contract| &contract.servers);
        let declared = servers().filter_map(|server| Some((server.host.clone()?, server.base_path.clone())));
        let mut bases: BTreeSet<String> =
            servers().map(|server| server.base_path.clone()).filter(|base| !base.is_empty()).collect();
        let has_root = contracts.iter().any(|contract| {
            contract.servers.is_empty() || contract.servers.iter().any(|server| server.base_path.is_empty())
        });
        bases.extend(contracts.iter().map(|contract| format!("/{}", contract.name)));
        let names = contracts.iter().map(|contract| contract.name.clone()).collect();
        Self { given, names, declared: declared.collect(), bases, has_root }
    }

    /// Where an exchange leads; a request to a server that the user named is made one that finds its document.
    pub(super) fn find(&self, observed: &mut Observed) -> Result<Destination, Foreign> {
        let is_preflight = observed.request.method == Method::OPTIONS
            && observed.request.headers.contains_key("access-control-request-method");
        if is_preflight {
            return Err(Foreign::Preflight);
        }
        if observed.reply.as_ref().is_some_and(|reply| reply.status == 101) {
            return Err(Foreign::Upgrade);
        }
        if behind(&observed.request.path, "/_standin").is_some() {
            return Err(Foreign::OwnPrefix);
        }
        let path = observed.request.path.clone();
        let Some(origin) = &observed.origin else { return Ok(self.by_path(&path)) };
        match origin.scheme.as_str() {
            "http" | "https" => {}
            "ws" | "wss" => return Err(Foreign::Upgrade),
            other => return Err(Foreign::Scheme(other.to_owned())),
        }
        let named = self.given.iter().filter(|server| server.origin.authority == origin.authority);
        let named = named.filter_map(|server| Some((server, behind(&path, &server.base_path)?)));
        if let Some((server, rest)) = named.max_by_key(|(server, _)| server.base_path.len()) {
            observed.request.path = if rest.is_empty() { "/".to_owned() } else { rest.to_owned() };
            let name = server.document.as_deref().filter(|name| self.names.contains(*name));
            if let Some(name) = name.and_then(|name| HeaderValue::from_str(name).ok()) {
                observed.request.headers.insert(SPEC, name);
            }
            return Ok(Destination::Ours);
        }
        let mut declared = self.declared.iter().filter(|(host, _)| *host == origin.authority).peekable();
        if declared.peek().is_some() {
            let is_behind = declared.any(|(_, base)| behind(&path, base).is_some());
            return Ok(if is_behind { Destination::Ours } else { Destination::Perhaps });
        }
        // The stand-in numbers its exchanges: what bears a number came from it.
        let is_mocked = observed.reply.as_ref().is_some_and(|reply| reply.headers.contains_key(EXCHANGE));
        if is_mocked {
            return Ok(Destination::Ours);
        }
        if origin.is_loopback() && self.given.is_empty() {
            return Ok(Destination::Perhaps);
        }
        Err(Foreign::Host(origin.clone()))
    }

    /// Where only the path is known, it is for the documents if one of them is there.
    fn by_path(&self, path: &str) -> Destination {
        if self.has_root || self.bases.iter().any(|base| behind(path, base).is_some()) {
            Destination::Ours
        } else {
            Destination::Perhaps
        }
    }
}

/// The number of an exchange, in each reply of the stand-in.
const EXCHANGE: HeaderName = HeaderName::from_static("standin-exchange");

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(origin) => {
                write!(f, "`{origin}` is no server of a document; if it is, say so by `--server {origin}`")
            }
            Self::Path(Some(origin)) => {
                write!(
                    f,
                    "no document has the path, and `{origin}` may serve more; if not, `--server {origin}`"
                )
            }
            Self::Path(None) => f.write_str("no document has the path, and none is at the root"),
            Self::Preflight => f.write_str("preflights of browsers"),
            Self::OwnPrefix => f.write_str("calls of `/_standin/`"),
            Self::Scheme(scheme) => write!(f, "`{scheme}:` is no HTTP"),
            Self::Upgrade => f.write_str("WebSockets and other upgrades"),
            Self::Message => f.write_str("messages of Pact files, which are no HTTP"),
            Self::Pending => f.write_str("interactions of Pact files that are pending"),
        }
    }
}
