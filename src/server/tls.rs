//! TLS: certificate and key from files, and the handshake, which offers HTTP/2 and HTTP/1.1.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::stream::Stream;
use crate::error::{Error, Result};

/// A certificate with its key, ready for handshakes.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// Reads a chain of certificates, the server's first, and its private key, both in PEM (RFC 7468).
    ///
    /// Fails with [`Error::Read`] if a file can't be read, and with [`Error::Usage`] if it does not hold what it should.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&bytes(certificate)?)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong(certificate, "certificate", &told(&error)))?;
        if chain.is_empty() {
            return Err(wrong(certificate, "certificate", "found no `BEGIN CERTIFICATE`"));
        }
        let secret = PrivateKeyDer::from_pem_slice(&bytes(key)?)
            .map_err(|error| wrong(key, "private key", &told(&error)))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::usage(format!("TLS can't be set up: {error}")))?
            .with_no_client_auth()
            .with_single_cert(chain, secret);
        let mut config = config.map_err(|error| {
            Error::usage(format!(
                "the certificate in `{}` and the key in `{}` can't be used together: {error}",
                certificate.display(),
                key.display()
            ))
        })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Does the handshake; `None` if it fails or takes longer than `limit`.
    pub(super) async fn accept(&self, stream: TcpStream, limit: Duration) -> Option<Stream> {
        let accepted = timeout(limit, self.0.accept(stream)).await;
        accepted.ok()?.ok().map(|stream| Stream::Tls(Box::new(stream)))
    }
}

impl fmt::Debug for Tls {
    /// Shows nothing: there is a private key in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::Read { path: path.to_owned(), reason: error.to_string() })
}

fn told(error: &pem::Error) -> String {
    match error {
        pem::Error::NoItemsFound => "found none".to_owned(),
        other => other.to_string(),
    }
}

fn wrong(path: &Path, what: &str, reason: &str) -> Error {
    Error::usage(format!(
        "`{}` holds no {what} in PEM that can be read: {reason}; it starts with a line such as `-----BEGIN {}-----`",
        path.display(),
        what.to_uppercase()
    ))
}
