//! What connections are made by: TCP, and TLS whose certificates are always verified.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Result};

/// Connections to `http` and `https` URLs.
pub(super) type Connector = HttpsConnector<HttpConnector>;

/// Which versions of HTTP are offered in the handshake of TLS. Without TLS it is HTTP/1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 and HTTP/1.1.
    All,
}

/// A connector that trusts Mozilla's roots, and those given. A connection has to stand within `limit`.
pub(super) fn connector(versions: Versions, roots: Roots, limit: Option<Duration>) -> Result<Connector> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::usage(format!("TLS can't be set up: {error}")))?
        .with_root_certificates(roots.0)
        .with_no_client_auth();
    let mut tcp = tcp(limit);
    tcp.enforce_http(false);
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
    Ok(match versions {
        Versions::Http1 => builder.wrap_connector(tcp),
        Versions::All => builder.enable_http2().wrap_connector(tcp),
    })
}

/// Connections to `http` URLs. One has to stand within `limit`.
pub(super) fn tcp(limit: Option<Duration>) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(limit);
    tcp
}

/// The certificates that are trusted.
#[derive(Debug)]
pub(super) struct Roots(RootCertStore);

impl Roots {
    /// Mozilla's.
    pub(super) fn usual() -> Self {
        Self(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    /// Adds those of a file in PEM (RFC 7468).
    ///
    /// Fails with [`Error::Read`] if it can't be read, and with [`Error::Usage`] if it holds none that can be used.
    pub(super) fn add(&mut self, path: &Path) -> Result<()> {
        let bytes = std::fs::read(path)
            .map_err(|error| Error::Read { path: path.to_owned(), reason: error.to_string() })?;
        let wrong = |reason: &str| {
            Error::usage(format!(
                "`{}` holds no certificate in PEM that can be used: {reason}; it starts with a line such as \
                 `-----BEGIN CERTIFICATE-----`",
                path.display()
            ))
        };
        let mut count = 0;
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            let certificate = certificate.map_err(|error| wrong(&error.to_string()))?;
            self.0.add(certificate).map_err(|error| wrong(&error.to_string()))?;
            count += 1;
        }
        if count == 0 { Err(wrong("found none")) } else { Ok(()) }
    }
}
