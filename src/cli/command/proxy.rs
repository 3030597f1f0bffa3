//! `standin proxy`: passes requests on to real servers until it is stopped, then tells what was found.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::service::{Manner, Service, Serving, Wishes};
use crate::cli::settings::Given;
use crate::cli::settings::value;
use crate::cli::terminal::Terminal;
use crate::cli::{Stop, load, request_log, upstreams};
use crate::client::{Address, Reach, Upstreams};
use crate::contract::Contract;
use crate::engine::{Checks, Mode};
use crate::error::Error;
use crate::message::{Reply, Request};
use crate::server::{self, Cors, Door, Lack, Log, Origins, Proxy};
use crate::text;
use crate::traffic::{self, Recorder};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "proxy",
    about: "Pass requests on to the real servers, and hold both requests and replies against the documents",
    examples: "  standin proxy --upstream https://api.example.com openapi.yaml
  standin proxy --upstream shop=http://localhost:9000 --upstream billing=http://localhost:9001/v2 shop=a.yaml billing=b.yaml
  standin proxy --upstream https://staging.example.com openapi.yaml --fail-on error --report json=drift.json
  standin proxy --upstream http://localhost:9000 openapi.yaml --fallback 404,501,refused --record traffic.ndjson

A request goes to the upstream of its document; `standin-source` tells who answered. Content passes as it comes, both
ways; up to 10 MiB of it are judged, of more only the head, and lines and events one by one. Redirects and links are
passed on as they are. `standin-*` header fields, our preferences and `__` keys, the session's cookie and its member of
`baggage` never reach an upstream. Requests that switch to another protocol (WebSocket) are answered with 501.",
    takes: Takes::Documents,
    arguments: |command| command,
    run,
};

/// How long an upstream may send nothing, unless it is said otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the user asked for, beside what all servers have.
struct Asked {
    upstreams: Vec<(Option<String>, Address)>,
    certificates: Vec<PathBuf>,
    timeout: Duration,
    fallback: Vec<Lack>,
    recordings: Vec<(traffic::Format, PathBuf)>,
    origins: Origins,
}

impl Asked {
    fn read(settings: &mut Settings<'_>) -> Self {
        let origins = settings.many("allow-origin", value::allowed_origin);
        Self {
            upstreams: settings.many("upstream", value::upstream),
            certificates: settings.many("upstream-ca", |given: &Given| Ok(given.path(&given.text))),
            timeout: settings.one("upstream-timeout", value::period).unwrap_or(TIMEOUT),
            fallback: settings.many("fallback", value::lacks).concat(),
            recordings: settings.many("record", value::recording),
            origins: match origins.into_iter().collect::<Option<Vec<String>>>() {
                None => Origins::Any,
                Some(known) if known.is_empty() => Origins::Own,
                Some(known) => Origins::Some(known),
            },
        }
    }
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let check = settings.one("on-violation", value::on_violation).unwrap_or(Checks::all(Mode::Report));
    let wishes = Wishes::read(settings, Manner { check, cors: Cors::Off });
    let asked = Asked::read(settings);
    settings.check()?;
    let terminal = context.terminal;
    if settings.all("spec").is_empty() {
        let message = "name the document that the upstream is held against, such as `standin proxy --upstream URL openapi.yaml`";
        return Err(Stop::Error(Error::usage(message)));
    }
    let documents = load::sound_documents(context, settings)?;
    let addresses = upstreams::addresses(&documents.contracts(), &asked.upstreams)?;
    let upstreams = Upstreams::new(Reach { timeout: asked.timeout }, &asked.certificates)?;
    let hosts = hosts(&documents.contracts(), &addresses, wishes.host());
    let log = wishes.log.map(|format| -> Log {
        let log = Arc::new(request_log::RequestLog::new(format));
        Arc::new(move |request: &Request, reply| log.follow(request_log::Asked::of(request), reply))
    });
    let service = Service::bind(terminal, wishes, &documents)?;
    let mut recorders = Vec::new();
    for (format, path) in &asked.recordings {
        recorders.push(Arc::new(Recorder::start(path, *format)?));
    }
    for (document, address) in documents.all.iter().zip(&addresses) {
        terminal.say(&format!("{}  to {}", document.name, address.url(address.base().unwrap_or_default())));
    }
    let door = Door { origins: asked.origins, hosts };
    let all = recorders.clone();
    let code = service.run(async |serving: Serving<'_>| {
        let Serving { listeners, current, admin, stop } = serving;
        let engine = Arc::clone(&current.engine());
        let fallback = asked.fallback.clone();
        let proxy = Proxy { engine, upstreams, addresses, door, fallback, log, recorders };
        let handler: server::Handler =
            Arc::new(move |request, _| admin.answer(&request).unwrap_or_else(|| Reply::new(404)));
        server::serve_proxy(listeners, handler, Arc::new(proxy), stop).await;
    });
    // Each of them is finished, whatever becomes of the others.
    let incomplete = all.iter().filter(|recorder| !told(terminal, recorder)).count();
    if incomplete == 0 { code } else { code.and(Ok(crate::cli::COULD_NOT_RUN)) }
}

/// Tells what was recorded; whether all of it could be.
fn told(terminal: &Terminal, recorder: &Recorder) -> bool {
    let outcome = recorder.finish();
    let written = text::counted(usize::try_from(outcome.written).unwrap_or(usize::MAX), "exchange");
    let path = outcome.path.display();
    if outcome.lost == 0 && outcome.reason.is_none() {
        terminal.say(&format!("recorded {written} in `{path}`"));
        return true;
    }
    let reason = outcome.reason.unwrap_or_else(|| "more came than could be written".to_owned());
    terminal.error(&format!("recorded {written} in `{path}` and lost {}: {reason}", outcome.lost));
    false
}

/// The hosts by which the proxy may be called on this machine, beside the loopback names.
fn hosts(contracts: &[Arc<Contract>], addresses: &[Address], bound: &str) -> Vec<String> {
    let without_port = |host: &str| match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default().to_owned(),
        None => host.split(':').next().unwrap_or_default().to_ascii_lowercase(),
    };
    let declared = contracts.iter().flat_map(|contract| &contract.servers);
    let declared = declared.filter_map(|server| server.host.as_deref());
    let mut hosts: Vec<String> =
        declared.chain(addresses.iter().map(Address::authority)).map(without_port).collect();
    hosts.push(bound.to_ascii_lowercase());
    hosts
}
