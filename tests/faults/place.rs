//! The servers of these tests, plain and with TLS, and connections to them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use standin::delivery::Outcome;
use standin::engine::{Engine, Options};
use standin::server::{self, Tls};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support;

/// One operation with a fixed reply of 41 bytes.
const DOCUMENT: &str = r#"openapi: 3.0.3
info: { title: Makers, version: "1" }
paths:
  /makers:
    get:
      operationId: listMakers
      responses:
        "200":
          description: Makers
          content:
            application/json:
              schema: { type: object }
              example: { makers: ["Acme; Inc.", "Zenith"], next: null }
"#;

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    pub is_http2: bool,
    pub is_tls: bool,
}

impl Way {
    pub const ALL_FIRST: Way = Way { is_http2: false, is_tls: false };

    pub fn name(self) -> &'static str {
        match (self.is_http2, self.is_tls) {
            (false, false) => "http/1.1",
            (true, false) => "http/2",
            (false, true) => "http/1.1 tls",
            (true, true) => "http/2 tls",
        }
    }
}

pub const WAYS: &[Way] = &[
    Way::ALL_FIRST,
    Way { is_http2: true, is_tls: false },
    Way { is_http2: false, is_tls: true },
    Way { is_http2: true, is_tls: true },
];

/// A plain server and one with TLS, both with the same engine.
#[derive(Clone)]
pub struct Place {
    pub plain: u16,
    pub secure: u16,
    authority: CertificateDer<'static>,
    engine: Arc<Engine>,
}

pub trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

impl Place {
    pub async fn open() -> Self {
        let contract = support::contract("makers", &support::inline("makers", DOCUMENT));
        let engine = Arc::new(Engine::new(vec![contract], Vec::new(), Options::default()));
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let tls = Tls::load(&certificate, &key).unwrap();
        Self {
            plain: serve(&engine, None).await,
            secure: serve(&engine, Some(tls)).await,
            authority: made.cert.der().clone(),
            engine,
        }
    }

    /// What the journal tells of the reply to the client of this name, as soon as it has ended.
    pub async fn told(&self, client: &str) -> Outcome {
        loop {
            let journal = self.engine.sessions().default().journal.all();
            let exchange = journal.iter().find(|exchange| exchange.caller() == client);
            if let Some(ended) = exchange.unwrap_or_else(|| panic!("no exchange of {client}")).ended {
                return ended.outcome;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn connect(&self, way: Way) -> Pin<Box<dyn Bytes>> {
        let port = if way.is_tls { self.secure } else { self.plain };
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        if !way.is_tls {
            return Box::pin(stream);
        }
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let protocol: &[u8] = if way.is_http2 { b"h2" } else { b"http/1.1" };
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
        Box::pin(stream)
    }
}

async fn serve(engine: &Arc<Engine>, tls: Option<Tls>) -> u16 {
    let scheme = if tls.is_some() { "https://" } else { "http://" };
    let options = server::Options { host: "127.0.0.1".to_owned(), port: 0, tls, ..Default::default() };
    let listeners = server::bind(&options).await.unwrap();
    assert!(listeners.url().starts_with(scheme), "{}", listeners.url());
    let port = listeners.addresses()[0].port();
    let engine = Arc::clone(engine);
    let handler: server::Handler = Arc::new(move |request, _| engine.answer_over_wire(request));
    tokio::spawn(server::serve(listeners, handler, std::future::pending()));
    port
}
