//! `standin serve`: answers requests until it is stopped, then tells what was found.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use super::{Context, Definition, Outcome, Settings, Takes, table};
use crate::admin::{Access, Admin};
use crate::cli::conclusion::Conclusion;
use crate::cli::load::{self, Documents, LoadedDocument};
use crate::cli::settings::Given;
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::terminal::Terminal;
use crate::cli::tls_files::TlsFiles;
use crate::cli::watch::Watch;
use crate::cli::{COULD_NOT_RUN, Stop, example_check, findings, request_log};
use crate::clock::Clock;
use crate::contract::{Contract, Location, Operation, SchemeKind};
use crate::diagnostic::Severity;
use crate::engine::{Conflict, Engine, Options, Serving};
use crate::error::Error;
use crate::report::Report;
use crate::scenario::{self, Script};
use crate::seed::Seed;
use crate::server::{self, Cors, Limits};
use crate::text;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "serve",
    about: "Stand in for the APIs that documents describe (the command that is meant if none is named)",
    examples: "  standin serve openapi.yaml
  standin serve shop=a.yaml apis/ --port 0 --seed 7
  standin serve openapi.yaml --check refuse,security=report --fail-on error --report json=drift.json",
    takes: Takes::Documents,
    arguments: |command| command,
    run,
};

/// How many diagnostics are shown in full at the start.
const MOST_SHOWN: usize = 20;

/// What the user asked for, beside documents.
struct Wishes {
    server: server::Options,
    engine: Options,
    admin_token: Option<String>,
    admin_origin: Option<String>,
    scenarios: Vec<Given>,
    watch: bool,
    conclusion: Conclusion,
    log: Option<TextOrJson>,
}

impl Wishes {
    fn read(settings: &mut Settings<'_>) -> Result<Self, Stop> {
        let server = server::Options {
            host: settings.one("host", value::text).unwrap_or_else(|| server::DEFAULT_HOST.to_owned()),
            port: settings.one("port", value::port).unwrap_or(server::DEFAULT_PORT),
            cors: if settings.is("no-cors") { Cors::Off } else { Cors::MirrorOrigin },
            limits: Limits::default(),
            tls: None,
        };
        let tls_files = TlsFiles::read(settings);
        let engine = Options {
            seed: settings.one("seed", value::seed).unwrap_or_default(),
            data: settings.one("data", value::data).unwrap_or_default(),
            locale: settings.one("locale", value::locale).unwrap_or_default(),
            check: settings.one("check", value::checks).unwrap_or_default(),
            credentials: settings.one("credentials", value::credentials).unwrap_or_default(),
            strictness: findings::strictness(settings),
            policy: findings::policy(settings),
            client: settings.one("client", value::header),
            clock: Clock::System,
        };
        let wishes = Self {
            server,
            engine,
            admin_token: settings.one("admin-token", value::token),
            admin_origin: settings.one("admin-origin", value::origin),
            scenarios: settings.all("scenario"),
            watch: settings.is("watch"),
            conclusion: Conclusion::read(settings),
            log: settings.one("log", value::text_or_json),
        };
        settings.check()?;
        let tls = TlsFiles::load(tls_files)?;
        Ok(Self { server: server::Options { tls, ..wishes.server }, ..wishes })
    }
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let terminal = context.terminal;
    let mut wishes = Wishes::read(settings)?;
    wishes.conclusion.prepare()?;
    let documents = load::usable_documents(context, settings)?;
    let contracts = documents.contracts();
    findings::known_operations(&wishes.engine.policy, &contracts)?;
    // What keeps it from serving is told before what it would serve.
    let scripts = scripts(terminal, &wishes.scenarios, &contracts)?;
    let watch = wishes.watch.then(|| Watch::new(terminal, &documents, &scripts)).transpose()?;
    let (watch, watch_waker) = watch.unzip();
    let runtime = server::runtime()?;
    let listeners = runtime.block_on(server::bind(&wishes.server))?;
    introduce(terminal, &documents);
    let scripts = scripts.into_iter().map(|(_, script)| script).collect();
    let engine = Arc::new(Engine::new(contracts, scripts, wishes.engine.clone()));
    let serving = Arc::new(Serving::new(Arc::clone(&engine)));
    for conflict in engine.conflicts() {
        terminal.say(&told(&conflict));
    }
    let is_over = AtomicBool::new(false);
    let served: Result<(), Error> = std::thread::scope(|scope| {
        let outcome = runtime.block_on(async {
            let mut stop = pin!(server::stop_signal());
            // Signals are watched from the first poll on: nobody who has read the URL can be too early.
            let is_stopped =
                std::future::poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await;
            let url = listeners.url();
            let admin = Admin::over(Arc::clone(&serving), access(terminal, &wishes, listeners.addresses()));
            if let Some(line) = try_it(engine.contracts(), &url) {
                terminal.say(&line);
            }
            terminal.result(&url);
            scope.spawn(|| {
                engine.prepare(&is_over);
                example_check::run(terminal, engine.contracts(), &is_over);
            });
            if let Some(watch) = watch {
                scope.spawn(|| watch.run(&serving, &is_over));
            }
            if !is_stopped {
                server::serve(listeners, handler(&serving, admin, wishes.log), stop).await;
            }
            Ok(())
        });
        is_over.store(true, Ordering::Relaxed);
        if let Some(watch) = watch_waker {
            watch.wake();
        }
        outcome
    });
    served?;
    let engine = serving.engine();
    let report = Report::of(&engine.sessions().ledger()).covering(engine.covered_by_all());
    let is_nothing = wishes.conclusion.fail_on.is_some() && report.counts.judged == 0;
    let code = wishes.conclusion.draw(terminal, report)?;
    if is_nothing {
        terminal
            .error("nothing was judged, so nothing is known to be right: no request reached an operation");
        return Ok(COULD_NOT_RUN);
    }
    Ok(code)
}

/// One line about a path that several documents declare.
pub fn told(conflict: &Conflict) -> String {
    let first = conflict.documents.first().map(String::as_str).unwrap_or_default();
    format!(
        "conflict: {} {} fits {}; `{first}` answers unless the path starts with a document's name, such as `/{}/`",
        conflict.method,
        text::harmless(&conflict.path),
        text::list(conflict.documents.iter().map(String::as_str)),
        conflict.documents.last().map(String::as_str).unwrap_or_default(),
    )
}

/// How many problems a document has; `None` if there are none.
pub fn counts(document: &LoadedDocument) -> Option<String> {
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (document.count(severity), severity.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| text::counted(count, word))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn handler(serving: &Arc<Serving>, admin: Admin, log: Option<TextOrJson>) -> server::Handler {
    let serving = Arc::clone(serving);
    let answer = move |request| match admin.answer(&request) {
        Some(reply) => reply,
        None => serving.engine().answer_over_wire(request),
    };
    let Some(format) = log else { return Arc::new(move |request, _| answer(request)) };
    let log = Arc::new(request_log::RequestLog::new(format));
    Arc::new(move |request, _| {
        let asked = request_log::Asked::of(&request);
        log.follow(asked, answer(request))
    })
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

/// One line for each document, and what is wrong with it.
fn introduce(terminal: &Terminal, documents: &Documents) {
    if let Some(origin) = &documents.origin {
        terminal.say(origin);
    }
    let rows: Vec<Vec<String>> = documents
        .all
        .iter()
        .filter_map(|document| Some((document, document.contract.as_ref()?)))
        .map(|(document, contract)| {
            let base = contract.servers.first().map(|server| server.base_path.as_str()).unwrap_or_default();
            vec![
                document.name.clone(),
                text::harmless(&contract.document.title_version),
                text::harmless(&text::shortened(&contract.document.title, 60)),
                text::counted(contract.operations.len(), "operation"),
                if base.is_empty() { "/".to_owned() } else { text::harmless(base) },
                document.shown.clone(),
            ]
        })
        .collect();
    terminal.say(&table::layout(&rows));
    let mut shown = 0;
    for document in &documents.all {
        for diagnostic in document.diagnostics.iter().filter(|one| one.severity == Severity::Error) {
            if shown < MOST_SHOWN {
                terminal.diagnostic(diagnostic);
            }
            shown += 1;
        }
    }
    if shown > MOST_SHOWN {
        terminal.say(&format!("… and {} more errors; `standin lint` tells all", shown - MOST_SHOWN));
    }
    for document in &documents.all {
        if let Some(counts) = counts(document) {
            terminal.say(&format!("{}: {counts}; what is good of it is served", document.name));
        }
    }
}

/// A line to copy: the request that is easiest to make.
fn try_it(contracts: &[Arc<Contract>], url: &str) -> Option<String> {
    let all =
        || contracts.iter().flat_map(|one| one.operations.iter().map(move |operation| (one, operation)));
    let (contract, operation) = all().min_by_key(|(_, operation)| effort(operation))?;
    let base = contract.servers.first().map(|server| server.base_path.as_str()).unwrap_or_default();
    let mut path = String::new();
    let mut rest = operation.template.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        path.push_str(before);
        path.push('1');
        rest = behind.split_once('}').map_or("", |(_, after)| after);
    }
    path.push_str(rest);
    let method = match operation.method.as_str() {
        "GET" => String::new(),
        other => format!("-X {other} "),
    };
    let target = format!("{url}/{}{base}{path}", contract.name);
    let line = format!("try it: curl {method}{}'{target}'", credential(contract, operation));
    Some(text::harmless(&line))
}

/// How much a request needs: nothing but a path is best.
fn effort(operation: &Operation) -> usize {
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let weight = |location| if location == Location::Path { 1 } else { 3 };
    let parameters: usize = required.map(|parameter| weight(parameter.location)).sum();
    let method = if operation.method == http::Method::GET { 0 } else { 100 };
    method + parameters * 2 + usize::from(!operation.security.is_empty())
}

fn credential(contract: &Contract, operation: &Operation) -> String {
    let needed = operation.security.first().and_then(|requirement| requirement.schemes.first());
    match needed.and_then(|(at, _)| contract.schemes.get(*at)).map(|scheme| &scheme.kind) {
        Some(SchemeKind::Bearer) => "-H 'Authorization: Bearer any' ".to_owned(),
        Some(SchemeKind::Basic) => "-u any:any ".to_owned(),
        Some(SchemeKind::Http(name)) => format!("-H 'Authorization: {name} any' "),
        Some(SchemeKind::HeaderKey(name)) => format!("-H '{name}: any' "),
        Some(SchemeKind::CookieKey(name)) => format!("-b '{name}=any' "),
        Some(SchemeKind::QueryKey(name)) => format!("-G -d '{name}=any' "),
        Some(SchemeKind::MutualTls) | None => String::new(),
    }
}
