//! Who may use the reserved prefix: only who is on this machine, or who has the token.

use http::header::{AUTHORIZATION, ORIGIN};

use crate::engine::Problem;
use crate::message::Request;

/// What is asked of a request to the reserved prefix.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The token that has to be shown as `Authorization: Bearer TOKEN`; `None` if none is needed.
    pub token: Option<String>,
    /// The origin whose pages may call; `None` refuses every cross-origin call.
    pub origin: Option<String>,
    /// The hosts that the server was bound to, beside the loopback names: names or addresses without a port.
    pub bound_hosts: Vec<String>,
}

impl Access {
    pub(super) fn check(&self, request: &Request, path: &str) -> Result<(), Problem> {
        // A page of a foreign site can make a browser resolve its own name to this machine (DNS rebinding).
        let host = request.header("host").unwrap_or_default();
        if !self.is_ours(host) {
            let shown = crate::redact::shown(host, 80);
            let detail = format!(
                "`Host: {shown}` is neither a loopback name nor the bound address; call it by one of those"
            );
            return Err(Problem::new(403, detail));
        }
        if let Some(origin) = request.header(ORIGIN.as_str()) {
            let is_same =
                origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
            if !is_same && self.origin.as_deref() != Some(origin) {
                let shown = crate::redact::shown(origin, 80);
                let detail = format!(
                    "pages of `{shown}` may not call this; pass `--admin-origin {shown}` to allow it"
                );
                return Err(Problem::new(403, detail));
            }
        }
        let needs_token = !matches!(path, "/health" | "/metrics");
        match &self.token {
            Some(token) if needs_token && !shows(request, token) => {
                let detail = "this needs the admin token: send `Authorization: Bearer TOKEN`; the token was given by `--admin-token` or printed at the start";
                Err(Problem::new(401, detail))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.rsplit_once(':').map_or(host, |(name, _)| name),
        };
        let is_loopback = name.eq_ignore_ascii_case("localhost")
            || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        is_loopback || self.bound_hosts.iter().any(|bound| bound.eq_ignore_ascii_case(name))
    }
}

fn shows(request: &Request, token: &str) -> bool {
    let shown = request
        .header(AUTHORIZATION.as_str())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    // Every byte is compared, so that the time taken does not tell how much of it was right.
    let differences = shown.bytes().zip(token.bytes()).fold(0, |found, (one, other)| found | (one ^ other));
    shown.len() == token.len() && differences == 0
}
