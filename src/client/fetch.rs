//! Gets the text behind a URL that the user typed, bounded in size, time and redirects.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use url::Url;

use super::connector::{Connector, Roots, Versions, connector};
use super::failure::root_cause;
use crate::error::{Error, Result};

/// The largest text that is fetched, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;
/// How long one fetch may take, redirects included.
const LONGEST: Duration = Duration::from_secs(30);
/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// Fetches texts over HTTP and HTTPS; certificates are checked against Mozilla's roots.
pub struct Client {
    runtime: tokio::runtime::Runtime,
    connections: legacy::Client<Connector, Empty<Bytes>>,
}

impl Client {
    /// A client with threads of its own, to be used outside of any runtime.
    ///
    /// Fails with [`Error::Network`] if the operating system refuses polling.
    pub fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|reason| Error::Network(format!("cannot start the client: {reason}")))?;
        let connector = connector(Versions::Http1, Roots::usual(), None)?;
        Ok(Self { runtime, connections: legacy::Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// The text behind an `http` or `https` URL.
    ///
    /// Fails with [`Error::Network`], which names the URL and the reason: no answer in time, a status other than 200,
    /// too many redirects, too large, not UTF-8.
    pub fn text(&self, url: &str) -> Result<String> {
        let fetched = self.runtime.block_on(async {
            tokio::time::timeout(LONGEST, self.follow(url))
                .await
                .unwrap_or_else(|_| Err(format!("no answer within {} seconds", LONGEST.as_secs())))
        });
        fetched.map_err(|reason| Error::Network(format!("cannot fetch `{url}`: {reason}")))
    }

    async fn follow(&self, url: &str) -> Result<String, String> {
        let mut url = Url::parse(url).map_err(|reason| format!("it is no URL: {reason}"))?;
        for _ in 0..=MOST_REDIRECTS {
            if !matches!(url.scheme(), "http" | "https") {
                return Err(format!("`{}` is neither `http` nor `https`", url.scheme()));
            }
            let request = Request::get(url.as_str())
                .header(header::USER_AGENT, concat!("standin/", env!("CARGO_PKG_VERSION")))
                .header(header::ACCEPT, "application/json, application/yaml, text/yaml, */*;q=0.5")
                .body(Empty::new())
                .map_err(|reason| reason.to_string())?;
            let response = self.connections.request(request).await.map_err(|error| root_cause(&error))?;
            if !response.status().is_redirection() {
                return read(response).await;
            }
            let target = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let Some(target) = target else {
                return Err(format!("the answer is {} without `Location`", response.status()));
            };
            url = url.join(target).map_err(|reason| format!("it redirects to `{target}`: {reason}"))?;
        }
        Err(format!("more than {MOST_REDIRECTS} redirects"))
    }
}

async fn read(response: http::Response<hyper::body::Incoming>) -> Result<String, String> {
    if response.status() != StatusCode::OK {
        return Err(format!("the answer is {}, expected 200", response.status()));
    }
    let body = Limited::new(response.into_body(), LARGEST).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            format!("it has more than {LARGEST} bytes")
        } else {
            error.to_string()
        }
    })?;
    String::from_utf8(body.to_bytes().to_vec()).map_err(|_| "it is not UTF-8".to_owned())
}
