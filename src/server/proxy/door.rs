//! Who may use the proxy: it acts with the client's credentials on a real server, so pages of other sites may not drive it.

use std::net::SocketAddr;

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use crate::engine::Problem;
use crate::message::has_field;
use crate::redact;
use crate::server::Cors;
use crate::server::cors::{self, Visit};

/// What a browser says of the page that makes it send a request (W3C Fetch Metadata 2.3).
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origins whose pages may use the proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origins {
    /// None but its own.
    #[default]
    Own,
    /// These, too.
    Some(Vec<String>),
    /// All.
    Any,
}

/// Lets requests in.
#[derive(Debug, Default)]
pub struct Door {
    /// The origins whose pages may use the proxy.
    pub origins: Origins,
    /// The hosts by which it may be called on this machine, beside the loopback names: names or addresses without a port,
    /// in lower case.
    pub hosts: Vec<String>,
}

impl Door {
    /// Lets a request in, or says why not. Yields the visit that it is if it comes from a page of another origin.
    pub(super) fn admit(&self, head: &Parts, local: SocketAddr) -> Result<Option<Visit>, Problem> {
        let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
        let authority = head.uri.authority().map(http::uri::Authority::as_str);
        let host = authority.or_else(|| text(HOST)).unwrap_or_default();
        if local.ip().is_loopback() && !self.is_ours(host) {
            // A page of a foreign site can make a browser resolve its own name to this machine (DNS rebinding).
            let shown = redact::shown(host, 80);
            return Err(Problem::new(
                421,
                format!(
                    "`Host: {shown}` is neither a loopback name nor one of a document's or an upstream's servers; call \
                     the proxy by one of those"
                ),
            ));
        }
        if has_field(&head.headers, &ORIGIN)
            && let Some(origin) = head.headers.get(ORIGIN)
        {
            return self.visit(head, origin, host);
        }
        let is_foreign =
            has_field(&head.headers, &SITE) && matches!(text(SITE), Some("cross-site" | "same-site"));
        if is_foreign && self.origins != Origins::Any {
            return Err(foreign("a page of another origin"));
        }
        Ok(None)
    }

    fn visit(&self, head: &Parts, origin: &HeaderValue, host: &str) -> Result<Option<Visit>, Problem> {
        let text = origin.to_str().unwrap_or_default();
        if text.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)) {
            return Ok(None);
        }
        let is_welcome = match &self.origins {
            Origins::Own => false,
            Origins::Some(known) => known.iter().any(|known| known == text),
            Origins::Any => true,
        };
        if is_welcome {
            Ok(cors::visit(Cors::MirrorOrigin, head))
        } else {
            Err(foreign(&format!("a page of `{}`", redact::shown(text, 80))))
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.rsplit_once(':').map_or(host, |(name, _)| name),
        };
        // What most clients call, without taking it apart.
        if matches!(name, "127.0.0.1" | "localhost") {
            return true;
        }
        // Every name below `localhost` counts (RFC 6761 6.3).
        let is_local = name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
            || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        is_local || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn foreign(who: &str) -> Problem {
    let detail = format!(
        "{who} may not use this proxy, which acts on a real server; `--allow-origin ORIGIN` lets it in"
    );
    Problem::new(403, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The status that a request with these fields gets at a door; 200 if it is let in, 201 if it is a visit.
    fn through(door: &Door, lines: &[(&'static str, &'static str)]) -> u16 {
        let mut builder = http::Request::builder().uri("/a");
        for (name, value) in lines {
            builder = builder.header(*name, *value);
        }
        let (head, ()) = builder.body(()).unwrap().into_parts();
        match door.admit(&head, ([127, 0, 0, 1], 4010).into()) {
            Ok(None) => 200,
            Ok(Some(_)) => 201,
            Err(problem) => problem.status,
        }
    }

    #[test]
    fn pages_of_other_origins_and_names_of_other_machines_stay_outside() {
        const HERE: (&str, &str) = ("host", "127.0.0.1:4010");
        let table: &[(&[(&str, &str)], u16)] = &[
            (&[HERE], 200),
            (&[("host", "localhost:4010")], 200),
            (&[("host", "app.localhost")], 200),
            (&[("host", "[::1]:4010")], 200),
            (&[("host", "api.example.com")], 200),
            (&[("host", "evil.example:4010")], 421),
            (&[("host", "127.0.0.1.evil.example")], 421),
            (&[HERE, ("origin", "http://127.0.0.1:4010")], 200),
            (&[HERE, ("origin", "http://localhost:3000")], 403),
            (&[HERE, ("origin", "null")], 403),
            (&[HERE, ("origin", "http://welcome.example")], 201),
            (&[HERE, ("sec-fetch-site", "cross-site")], 403),
            (&[HERE, ("sec-fetch-site", "same-site")], 403),
            (&[HERE, ("sec-fetch-site", "same-origin")], 200),
            (&[HERE, ("sec-fetch-site", "none")], 200),
        ];
        let door = Door {
            origins: Origins::Some(vec!["http://welcome.example".into()]),
            hosts: vec!["api.example.com".into()],
        };
        for (lines, expected) in table {
            assert_eq!(through(&door, lines), *expected, "{lines:?}");
        }
        let open = Door { origins: Origins::Any, ..Door::default() };
        assert_eq!(through(&open, &[HERE, ("origin", "http://evil.example")]), 201);
        assert_eq!(through(&open, &[HERE, ("sec-fetch-site", "cross-site")]), 200);
    }
}
