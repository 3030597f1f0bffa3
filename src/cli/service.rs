//! What all servers of the program do alike: reads how to serve, binds, introduces the documents, serves until it is
//! stopped, and tells what was found.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use super::conclusion::Conclusion;
use super::introduction::{introduce, told, try_it};
use super::load::Documents;
use super::settings::value::{self, TextOrJson};
use super::settings::{Given, Settings};
use super::terminal::Terminal;
use super::tls_files::TlsFiles;
use super::watch::{Watch, WatchWaker};
use super::{COULD_NOT_RUN, Outcome, Stop, example_check, findings};
use crate::admin::{Access, Admin};
use crate::clock::Clock;
use crate::contract::Contract;
use crate::drift::Detail;
use crate::engine::{self, Checks, Engine, Options};
use crate::report::Report;
use crate::scenario::{self, Script};
use crate::seed::Seed;
use crate::server::{self, Cors, Limits, Listeners};

/// How long a server that could answer waits for what would hold up its first reply.
const PREPARED_WITHIN: Duration = Duration::from_millis(25);

/// What the user asked for, beside documents.
pub struct Wishes {
    server: server::Options,
    engine: Options,
    tls: TlsFiles,
    admin_token: Option<String>,
    admin_origin: Option<String>,
    scenarios: Vec<Given>,
    watch: bool,
    conclusion: Conclusion,
    /// How each request is logged, if it is.
    pub log: Option<TextOrJson>,
}

/// What differs between servers.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// What a violating request gets.
    pub check: Checks,
    /// Whether pages of other origins may read the replies.
    pub cors: Cors,
}

impl Wishes {
    /// Takes what was given. Mistakes are told when the settings are checked.
    pub fn read(settings: &mut Settings<'_>, manner: Manner) -> Self {
        let server = server::Options {
            host: settings.one("host", value::text).unwrap_or_else(|| server::DEFAULT_HOST.to_owned()),
            port: settings.one("port", value::port).unwrap_or(server::DEFAULT_PORT),
            cors: manner.cors,
            limits: Limits::default(),
            tls: None,
        };
        let engine = Options {
            seed: settings.one("seed", value::seed).unwrap_or_default(),
            data: settings.one("data", value::data).unwrap_or_default(),
            locale: settings.one("locale", value::locale).unwrap_or_default(),
            check: manner.check,
            credentials: settings.one("credentials", value::credentials).unwrap_or_default(),
            strictness: findings::strictness(settings),
            policy: findings::policy(settings),
            client: settings.one("client", value::header),
            clock: Clock::System,
        };
        Self {
            server,
            engine,
            tls: TlsFiles::read(settings),
            admin_token: settings.one("admin-token", value::token),
            admin_origin: settings.one("admin-origin", value::origin),
            scenarios: settings.all("scenario"),
            watch: settings.is("watch"),
            conclusion: Conclusion::read(settings),
            log: settings.one("log", value::text_or_json),
        }
    }

    /// The host that is bound.
    pub fn host(&self) -> &str {
        self.server.host.trim_matches(['[', ']'])
    }
}

/// A server that is bound and not yet served.
pub struct Service<'a> {
    terminal: &'a Terminal,
    wishes: Wishes,
    runtime: tokio::runtime::Runtime,
    listeners: Listeners,
    serving: Arc<engine::Serving>,
    watch: Option<(Watch<'a>, WatchWaker)>,
}

/// What is served until something stops it.
pub struct Serving<'s> {
    /// Where.
    pub listeners: Listeners,
    /// The engine, which is another one after a reload.
    pub current: Arc<engine::Serving>,
    /// Answers below the reserved prefix.
    pub admin: Admin,
    /// Is done when the server has to stop.
    pub stop: Pin<&'s mut dyn Future<Output = ()>>,
}

impl<'a> Service<'a> {
    /// Reads the files that the wishes name, and binds.
    pub fn bind(terminal: &'a Terminal, wishes: Wishes, documents: &'a Documents) -> Result<Self, Stop> {
        let mut wishes = wishes;
        let tls = std::mem::take(&mut wishes.tls);
        wishes.server.tls = tls.load()?;
        wishes.conclusion.prepare()?;
        let contracts = documents.contracts();
        findings::known_operations(&wishes.engine.policy, &contracts)?;
        // What keeps it from serving is told before what it would serve.
        let scripts = scripts(terminal, &wishes.scenarios, &contracts)?;
        let watch = wishes.watch.then(|| Watch::new(terminal, documents, &scripts)).transpose()?;
        let runtime = server::runtime()?;
        let listeners = runtime.block_on(server::bind(&wishes.server))?;
        introduce(terminal, documents);
        let scripts = scripts.into_iter().map(|(_, script)| script).collect();
        let engine = Arc::new(Engine::new(contracts, scripts, wishes.engine.clone()));
        for conflict in engine.conflicts() {
            terminal.say(&told(&conflict));
        }
        let serving = Arc::new(engine::Serving::new(engine));
        Ok(Self { terminal, wishes, runtime, listeners, serving, watch })
    }

    /// Serves until a signal stops it, and tells what was found.
    pub fn run(self, serve: impl AsyncFnOnce(Serving<'_>)) -> Outcome {
        let Self { terminal, wishes, runtime, listeners, serving, watch } = self;
        let (watch, waker) = watch.unzip();
        let engine = Arc::clone(&serving.engine());
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            runtime.block_on(async {
                let mut stop = pin!(server::stop_signal());
                // Signals are watched from the first poll on: nobody who has read the URL can be too early.
                let is_stopped =
                    std::future::poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await;
                let url = listeners.url();
                let admin =
                    Admin::over(Arc::clone(&serving), access(terminal, &wishes, listeners.addresses()))
                        .holding_against(wishes.conclusion.measure());
                if let Some(line) = try_it(engine.contracts(), &url) {
                    terminal.say(&line);
                }
                let (done, is_prepared) = mpsc::channel::<()>();
                scope.spawn(|| {
                    engine.prepare(&is_over);
                    drop(done);
                    example_check::run(terminal, engine.contracts(), &is_over);
                });
                // Whoever asks at once is answered at once, where that takes no longer.
                let _ = is_prepared.recv_timeout(PREPARED_WITHIN); // an error either way: it is done, or too late
                terminal.result(&url);
                if let Some(watch) = watch {
                    scope.spawn(|| watch.run(&serving, &is_over));
                }
                if !is_stopped {
                    serve(Serving { listeners, current: Arc::clone(&serving), admin, stop }).await;
                }
            });
            is_over.store(true, Ordering::Relaxed);
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        let engine = serving.engine();
        let mut report = Report::of(&engine.sessions().ledger());
        if wishes.conclusion.is_about_coverage() {
            report = report.covering(engine.covered_by_all(Detail::Whole));
        }
        let is_nothing = wishes.conclusion.fail_on.is_some() && report.counts.judged == 0;
        let code = wishes.conclusion.draw(terminal, report)?;
        if is_nothing {
            terminal.error(
                "nothing was judged, so nothing is known to be right: no request reached an operation",
            );
            return Ok(COULD_NOT_RUN);
        }
        Ok(code)
    }
}

/// Who may use the reserved prefix: anybody on this machine; where others can reach the server, who has the token.
fn access(terminal: &Terminal, wishes: &Wishes, addresses: &[SocketAddr]) -> Access {
    let is_open = addresses.iter().any(|address| !address.ip().is_loopback());
    let mut token = wishes.admin_token.clone();
    if is_open && token.is_none() {
        let made = format!("{:016x}{:016x}", Seed::fresh().0, Seed::fresh().0);
        terminal.say(&format!("admin token: {made}  (for `/_standin/`; set your own with `--admin-token`)"));
        token = Some(made);
    }
    let mut bound_hosts = vec![wishes.server.host.trim_matches(['[', ']']).to_owned()];
    bound_hosts.extend(addresses.iter().map(|address| address.ip().to_string()));
    Access { token, origin: wishes.admin_origin.clone(), bound_hosts }
}

/// The scenarios with their files, looked up in the contracts. Stops if one can't be used.
fn scripts(
    terminal: &Terminal,
    given: &[Given],
    contracts: &[Arc<Contract>],
) -> Result<Vec<(PathBuf, Script)>, Stop> {
    let mut scripts = Vec::new();
    let mut diagnostics = Vec::new();
    for one in given {
        let path = one.path(&one.text);
        let loaded = scenario::load(&path, contracts);
        match loaded.value {
            Some(script) => {
                scripts.push((path, script));
                loaded.diagnostics.iter().for_each(|diagnostic| terminal.diagnostic(diagnostic));
            }
            None => diagnostics.extend(loaded.diagnostics),
        }
    }
    if diagnostics.is_empty() { Ok(scripts) } else { Err(Stop::Diagnostics(diagnostics)) }
}
