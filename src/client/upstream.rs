//! The upstreams of the proxy: where they are, and one pool of connections to all of them.

use std::path::Path;
use std::pin::pin;
use std::str::FromStr;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, Version};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use super::arriving::Arriving;
use super::connector::{Connector, Roots, Versions, connector, tcp};
use super::content::Outgoing;
use super::failure::{Failure, Unanswered};
use super::plain::{IDLE, Plain};
use super::within::within;
use crate::error::Result;

/// How long a connection may take to stand, unless the whole reply has less time.
const CONNECT: Duration = Duration::from_secs(10);

/// How upstreams are spoken to.
#[derive(Debug, Clone)]
pub struct Reach {
    /// How long an upstream may send nothing.
    pub timeout: Duration,
}

/// Where one upstream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    scheme: Scheme,
    authority: Authority,
    /// The authority as `Host` has it.
    host: HeaderValue,
    /// Without a slash at its end; `None` if the URL had none: then the base path that a document declares stands in
    /// for it.
    base: Option<String>,
}

impl Address {
    /// The host and port that requests are sent to.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The base path that the URL has, without a slash at its end; `None` if it has none.
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Whether it is spoken to through TLS.
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The URL of a path and query.
    pub fn url(&self, target: &str) -> String {
        format!("{}://{}{target}", self.scheme, self.authority)
    }

    /// The URI of a path and query.
    fn uri(&self, target: PathAndQuery) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target);
        Uri::from_parts(parts).expect("it has all parts")
    }
}

impl FromStr for Address {
    type Err = String;

    /// Reads an `http` or `https` URL without user, query and fragment. Errors say what was expected.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let expected =
            || "an `http` or `https` URL without query, such as `https://api.example.com`".to_owned();
        let url = Url::parse(text).map_err(|_| expected())?;
        let scheme = match url.scheme() {
            "http" => Scheme::HTTP,
            "https" => Scheme::HTTPS,
            _ => return Err(expected()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "a URL without credentials: what the client sends of them is passed on, and nothing else"
                    .to_owned(),
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(expected());
        }
        let host = url.host_str().ok_or_else(expected)?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let base = url.path().trim_end_matches('/');
        Ok(Self {
            scheme,
            host: HeaderValue::try_from(&authority).map_err(|_| expected())?,
            authority: Authority::try_from(authority).map_err(|_| expected())?,
            base: (!base.is_empty()).then(|| base.to_owned()),
        })
    }
}

/// All upstreams, and the connections to them, which are kept and used again.
pub struct Upstreams {
    /// Where content is short and no TLS: most of what a proxy on this machine sends.
    plain: Plain,
    /// All others: streams of HTTP/2 share a connection, and content may still go out while the reply comes.
    connections: legacy::Client<Connector, Outgoing>,
    reach: Reach,
}

impl Upstreams {
    /// Without any connection yet. The certificates of upstreams are verified against Mozilla's roots and those of the
    /// files.
    ///
    /// Fails if a file holds no certificates.
    pub fn new(reach: Reach, certificates: &[impl AsRef<Path>]) -> Result<Self> {
        let mut roots = Roots::usual();
        for file in certificates {
            roots.add(file.as_ref())?;
        }
        let limit = Some(CONNECT.min(reach.timeout));
        let connector = connector(Versions::All, roots, limit)?;
        let connections = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { plain: Plain::new(tcp(limit)), connections, reach })
    }

    /// How long an upstream may send nothing.
    pub fn timeout(&self) -> Duration {
        self.reach.timeout
    }

    /// Sends a request to an upstream, and yields the head of its reply with the content as it comes. Redirects are not
    /// followed. Dropping the future gives the request up.
    ///
    /// A safe request without content whose connection was closed before its reply is sent once more, on another one
    /// (RFC 9110 9.2.2); its header fields are made anew then, which is hardly ever.
    pub async fn send(
        &self,
        address: &Address,
        method: Method,
        target: &str,
        headers: impl Fn() -> HeaderMap,
        content: Outgoing,
    ) -> std::result::Result<Response<Arriving>, Failure> {
        let refused = || Failure::Content("the target can't stand in a request line".to_owned());
        let target = PathAndQuery::try_from(target).map_err(|_| refused())?;
        let is_repeatable = method.is_safe() && content.is_empty();
        let request = |content: Outgoing| {
            let mut request = Request::new(content);
            request.method_mut().clone_from(&method);
            *request.version_mut() = Version::HTTP_11;
            *request.headers_mut() = headers();
            if means_content(&method) && request.body().is_empty() {
                // That there is none is told where there could be some (RFC 9110 8.6).
                request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            request
        };
        // Lent to whoever sends it: a request is large, and what is handed on is there once for each hand.
        let mut unsent = Some(request(content));
        let mut answered = self.once(address, &target, &mut unsent).await;
        if answered.as_ref().is_err_and(|unanswered| is_repeatable && unanswered.is_stale) {
            unsent = Some(request(Outgoing::whole(bytes::Bytes::new())));
            answered = self.once(address, &target, &mut unsent).await;
        }
        answered.map_err(|unanswered| unanswered.failure)
    }

    /// Sends a request, which is taken then.
    async fn once(
        &self,
        address: &Address,
        target: &PathAndQuery,
        unsent: &mut Option<Request<Outgoing>>,
    ) -> std::result::Result<Response<Arriving>, Unanswered> {
        let limit = self.reach.timeout;
        let request = unsent.as_mut().expect("a request is sent that is not sent yet");
        if request.body().is_short() && !address.is_secure() {
            *request.uri_mut() = target.clone().into();
            request.headers_mut().insert(HOST, address.host.clone());
            return self.plain.send(&address.authority, unsent, limit).await;
        }
        *request.uri_mut() = address.uri(target.clone());
        let progress = request.body().progress();
        let frames = || progress.as_ref().map_or(0, |progress| progress.frames());
        let request = unsent.take().expect("as above");
        let mut asked = pin!(self.connections.request(request));
        loop {
            let before = frames();
            match within(limit, asked.as_mut()).await {
                Some(Ok(answered)) => return Ok(answered.map(|content| Arriving::new(content, None))),
                Some(Err(error)) => return Err(Unanswered::of_pool(&error)),
                // Content that is still going out takes as long as it takes.
                None if frames() > before => {}
                None if progress.as_ref().is_some_and(|progress| progress.is_awaited()) => {
                    return Err(Failure::Starved(limit).into());
                }
                None => return Err(Failure::TimedOut(limit).into()),
            }
        }
    }
}

/// Whether a method gives its content a meaning (RFC 9110 9.3, RFC 5789 2).
fn means_content(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_url_with_nothing_but_a_place() {
        let read = |text: &str| text.parse::<Address>();
        let plain = read("https://API.example.com/").unwrap();
        assert_eq!((plain.authority(), plain.base()), ("api.example.com", None));
        let with_base = read("http://localhost:9000/v2/").unwrap();
        assert_eq!((with_base.authority(), with_base.base()), ("localhost:9000", Some("/v2")));
        let target = PathAndQuery::from_static("/v2/a?b=%20");
        assert_eq!(with_base.uri(target).to_string(), "http://localhost:9000/v2/a?b=%20");
        assert_eq!(read("http://[::1]:9000").unwrap().authority(), "[::1]:9000");
        for wrong in ["localhost:9000", "ftp://a", "http://", "http://a?b=c", "http://a#b", "http://u:p@a"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
