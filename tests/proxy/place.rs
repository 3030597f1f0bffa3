//! A proxy on a free port before an upstream, and a client that knows no more than RFC 9112.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use standin::admin::{Access, Admin};
use standin::check::Strictness;
use standin::client::{Address, Reach, Upstreams};
use standin::contract::Contract;
use standin::engine::{Checks, Engine, Mode, Options};
use standin::message::Reply;
use standin::report::Report;
use standin::scenario::Script;
use standin::server::{self, Cors, Door, Lack, Origins, Proxy};
use standin::traffic::Recorder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a test waits on a busy machine for what happens at once on a quiet one.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How a proxy is set up.
pub struct Setup {
    pub contracts: Vec<Arc<Contract>>,
    /// One for each contract.
    pub upstreams: Vec<String>,
    pub scripts: Vec<Script>,
    pub on_violation: Mode,
    pub strictness: Strictness,
    pub fallback: Vec<Lack>,
    pub timeout: Duration,
    pub certificates: Vec<std::path::PathBuf>,
    pub origins: Origins,
    pub recorders: Vec<Arc<Recorder>>,
}

impl Setup {
    /// One document before one upstream.
    pub fn of(contract: Arc<Contract>, upstream: impl Into<String>) -> Self {
        Self {
            contracts: vec![contract],
            upstreams: vec![upstream.into()],
            scripts: Vec::new(),
            on_violation: Mode::Report,
            strictness: Strictness::Letter,
            fallback: Vec::new(),
            timeout: PATIENCE,
            certificates: Vec::new(),
            origins: Origins::Own,
            recorders: Vec::new(),
        }
    }

    pub async fn start(self) -> Place {
        let options = Options {
            check: Checks::all(self.on_violation),
            strictness: self.strictness,
            ..Options::default()
        };
        let engine = Arc::new(Engine::new(self.contracts, self.scripts, options));
        let addresses = self.upstreams.iter().map(|url| url.parse::<Address>().unwrap()).collect();
        let proxy = Proxy {
            engine: Arc::clone(&engine),
            upstreams: Upstreams::new(Reach { timeout: self.timeout }, &self.certificates).unwrap(),
            addresses,
            door: Door { origins: self.origins, hosts: vec!["api.example.com".to_owned()] },
            fallback: self.fallback,
            log: None,
            recorders: self.recorders,
        };
        let options = server::Options {
            host: "127.0.0.1".to_owned(),
            port: 0,
            cors: Cors::Off,
            ..server::Options::default()
        };
        let listeners = server::bind(&options).await.unwrap();
        let address = listeners.addresses()[0];
        let admin = Admin::new(Arc::clone(&engine), Access::default());
        let handler: server::Handler =
            Arc::new(move |request, _| admin.answer(&request).unwrap_or_else(|| Reply::new(404)));
        let task = tokio::spawn(async move {
            server::serve_proxy(listeners, handler, Arc::new(proxy), std::future::pending()).await;
        });
        Place { address, engine, task }
    }
}

/// A proxy under way until it is dropped.
pub struct Place {
    pub address: SocketAddr,
    pub engine: Arc<Engine>,
    task: JoinHandle<()>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Place {
    /// The drifts so far: rule, place in the message, pointer, how often.
    pub fn drifts(&self) -> Vec<(String, String, String, u64)> {
        let report = Report::of(&self.engine.sessions().ledger());
        let told = |drift: &standin::drift::Drift| {
            (drift.rule.clone(), drift.location.clone(), drift.pointer.clone(), drift.count)
        };
        report.drifts.iter().map(told).collect()
    }

    /// Waits until so many exchanges are in the ledger.
    pub async fn settled(&self, count: u64) {
        let settled = async {
            while self.engine.sessions().default().ledger.counts().exchanges < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, settled).await.expect("the exchanges are settled");
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a request that closes the connection, and reads its reply. Lines end with CR LF.
    pub async fn ask(&self, method: &str, target: &str, lines: &str, content: &str) -> Answer {
        let mut stream = self.connect().await;
        let host = if lines.to_ascii_lowercase().contains("host:") { "" } else { "host: 127.0.0.1\r\n" };
        let length = if content.is_empty() {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {}\r\n", content.len())
        };
        let text =
            format!("{method} {target} HTTP/1.1\r\n{host}{lines}{length}connection: close\r\n\r\n{content}");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // A fault may reset the connection: what came is told.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the proxy answers");
        Answer::read(&bytes)
    }

    pub async fn get(&self, target: &str, lines: &str) -> Answer {
        self.ask("GET", target, lines, "").await
    }
}

/// A reply as it came.
#[derive(Debug)]
pub struct Answer {
    /// 0 if there was none.
    pub status: u16,
    pub head: String,
    /// As it was sent, chunks and all.
    pub content: Bytes,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head, content: Bytes::copy_from_slice(&bytes[end..]) }
    }

    /// The value of a header field; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines
            .into_iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.trim())
    }

    /// The codes in `standin-violations`.
    pub fn codes(&self) -> Vec<String> {
        let found: serde_json::Value =
            serde_json::from_str(self.header("standin-violations")).unwrap_or_default();
        let codes = found.as_array().into_iter().flatten();
        codes.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// The runtime that all of these tests share.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| server::runtime().unwrap()).block_on(test)
}
