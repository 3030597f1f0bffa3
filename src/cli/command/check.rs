//! `standin check`: holds recorded traffic against documents and tells what drifted.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use clap::{Arg, ArgAction, Command};

use super::matrix::Matrix;
use super::{Context, Definition, Outcome, Settings, Takes, comparison};
use crate::cli::conclusion::Conclusion;
use crate::cli::load::{self, Documents};
use crate::cli::progress::{self, Unit};
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::terminal::Terminal;
use crate::cli::{CLEAN, COULD_NOT_RUN, Stop, findings};
use crate::clock::Clock;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{Engine, Options};
use crate::error::Error;
use crate::report::{self, Report};
use crate::text;
use crate::traffic::{self, Assumptions, Credentials, Input, Judge, Reading, Server, Source, Stopped, Tally};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "check",
    about: "Hold recorded traffic against documents: HAR, exchanges, access logs, Pact files",
    examples: "  standin check --spec openapi.yaml traffic.har
  standin check --spec openapi.yaml --server https://staging.example.com/v1 logs/*.ndjson.gz
  zcat access.json.gz | standin check --spec openapi.yaml --fail-on warning --report json=drift.json -
  standin check --spec next.yaml --against openapi.yaml traffic.ndjson   what breaks whom
  standin check --spec apis/ --each traffic.har                          every exchange at every document",
    takes: Takes::Traffic,
    arguments,
    run,
};

/// How many entries that can't be read, and reasons why entries were left out, are shown.
const MOST_SHOWN: usize = 20;

fn arguments(command: Command) -> Command {
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let each = "Tells how every exchange does at every document, wherever it went: it conforms, violates (from --fail-on \
        on), or has no operation there. Findings do not change the exit code";
    let each = Arg::new("each").long("each").action(ArgAction::SetTrue).help(each);
    let others = ["against", "report", "server", "baseline", "write-baseline", "coverage", "fail-under"];
    command.arg(each.conflicts_with_all(others)).after_help(format!(
        "{examples}\n
Each entry is judged by the document whose server it went to: one that the document declares, or that --server names. On \
this machine (localhost) and where no host was recorded, the path tells. What went elsewhere is left out, and told. What \
was not recorded (bodies, credentials) is not judged; such entries count as judged in part.

An access log is lines of JSON; understood are {}. Of a Pact file the example values are judged, its consumer is the client; \
matchers and provider states are ignored, messages and pending interactions left out, and a reply need not have more than the \
consumer reads.

Exit codes: 0 clean, 1 findings at or above --fail-on (default: error), 2 could not run, nothing was judged, or a file could \
not be read to its end (what could be judged is told before). A line or entry that can't be read is told and left out.",
        traffic::ACCESS_LOG_KEYS
    ))
}

/// What the user asked for, beside documents and traffic.
struct Wishes {
    engine: Options,
    assumptions: Assumptions,
    conclusion: Conclusion,
    format: TextOrJson,
}

impl Wishes {
    fn read(settings: &mut Settings<'_>) -> Self {
        let is_recorded = settings.is("recorded-credentials");
        let assumptions = Assumptions {
            servers: settings.many("server", value::server),
            credentials: if is_recorded { Credentials::Recorded } else { Credentials::MayBeStripped },
            client: settings.one("client", value::header),
            now: Clock::System.now(),
        };
        Self {
            engine: Options {
                credentials: settings.one("credentials", value::credentials).unwrap_or_default(),
                strictness: findings::strictness(settings),
                policy: findings::policy(settings),
                ..Options::default()
            },
            assumptions,
            conclusion: Conclusion::read(settings),
            format: settings.one("format", value::text_or_json).unwrap_or(TextOrJson::Text),
        }
    }

    fn judge(&self, contracts: Vec<Arc<Contract>>) -> Judge {
        Judge::new(Engine::new(contracts, Vec::new(), self.engine.clone()), self.assumptions.clone())
    }
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let terminal = context.terminal;
    let mut wishes = Wishes::read(settings);
    if settings.all("spec").is_empty() {
        settings.check()?;
        let message = "no document was named, so there is nothing to hold the traffic against; name it by `--spec FILE`";
        return Err(Stop::Error(Error::usage(message)));
    }
    let is_compared = !settings.all("against").is_empty();
    let is_each = context.matches.get_flag("each");
    if context.matches.get_one::<String>("format").is_some() && !is_compared && !is_each {
        let message =
            "`--format` says how `--each` and `--against` are written; without them it is `--report json`";
        return Err(Stop::Error(Error::usage(message)));
    }
    let contracts = sound_contracts("spec", context, settings)?;
    let old = if is_compared { sound_contracts("against", context, settings)? } else { Vec::new() };
    findings::known_operations(&wishes.engine.policy, &contracts)?;
    known_documents(&wishes.assumptions.servers, &[&contracts[..], &old[..]].concat())?;
    if !is_each && !is_compared {
        wishes.conclusion.or_print(report::TEXT);
    }
    wishes.conclusion.prepare()?;
    let (sources, total) = sources(context)?;
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let reading = Reading { threads, progress: Arc::new(AtomicU64::new(0)) };
    let least = wishes.conclusion.fail_on.get_or_insert_default().severity.unwrap_or(Severity::Error);
    if is_each {
        let judges: Vec<Judge> = contracts.into_iter().map(|contract| wishes.judge(vec![contract])).collect();
        let names = judges.iter().flat_map(|judge| judge.engine().contracts()).map(|one| one.name.clone());
        let matrix = Matrix::new(terminal, wishes.format, names.collect());
        // The bar and the rows would be drawn over each other.
        let (tally, stopped) = traffic::each(sources, &judges, least, &reading, |rows| matrix.write(&rows));
        return Ok(conclude(context, &tally, &stopped).unwrap_or(CLEAN));
    }
    let judge = wishes.judge(contracts);
    if is_compared {
        let old = wishes.judge(old);
        let compare = || traffic::compare(sources, &old, &judge, least, &reading);
        let (comparison, stopped) = progress::shown(Unit::Bytes, total, &reading.progress, compare);
        let report = report_of(&comparison.tally, &judge);
        terminal.result(&comparison::told(&comparison, wishes.format));
        let code = wishes.conclusion.draw(terminal, report)?;
        return Ok(conclude(context, &comparison.tally, &stopped).unwrap_or(code));
    }
    let check = || traffic::check(sources, &judge, &reading);
    let (tally, stopped) = progress::shown(Unit::Bytes, total, &reading.progress, check);
    let report = report_of(&tally, &judge);
    let code = wishes.conclusion.draw(terminal, report)?;
    Ok(conclude(context, &tally, &stopped).unwrap_or(code))
}

fn report_of(tally: &Tally, judge: &Judge) -> Report {
    Report::of(&tally.ledger).of_entries(tally.entries).covering(judge.covered())
}

/// Tells what was not judged, and counts, in the last line. The exit code if the run did not do what was asked.
fn conclude(context: &Context<'_>, tally: &Tally, stopped: &[Stopped]) -> Option<u8> {
    let terminal = context.terminal;
    tell_unread(context, tally, stopped);
    tell_foreign(terminal, tally);
    if !tally.entries.has_judged() {
        terminal
            .error("nothing was judged, so nothing is known to be right: no entry was for these documents");
    }
    terminal.say(&tally.entries.to_string());
    (!tally.entries.has_judged() || !stopped.is_empty()).then_some(COULD_NOT_RUN)
}

/// The documents that a setting names. Those with errors are refused, unless the user takes what is good of them.
fn sound_contracts(
    setting: &str,
    context: &Context<'_>,
    settings: &mut Settings<'_>,
) -> Result<Vec<Arc<Contract>>, Stop> {
    let is_lenient = settings.is("lenient-load");
    let documents = load::usable_documents_of(setting, context, settings)?;
    if !is_lenient {
        refuse_errors(context.terminal, &documents)?;
    }
    Ok(documents.contracts())
}

/// Stops where a document has errors: what is wrong in it would be missing among the findings.
fn refuse_errors(terminal: &Terminal, documents: &Documents) -> Result<(), Stop> {
    let broken: Vec<&str> = documents
        .all
        .iter()
        .filter(|document| document.count(Severity::Error) > 0)
        .map(|document| document.shown.as_str())
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let diagnostics = documents.all.iter().flat_map(|document| &document.diagnostics);
    for diagnostic in diagnostics.filter(|one| one.severity == Severity::Error).take(MOST_SHOWN) {
        terminal.diagnostic(diagnostic);
    }
    let message = format!(
        "{} has errors, so not all of it can be held against traffic; correct them, or take what is good of it by \
         `--lenient-load`",
        text::list(broken)
    );
    Err(Stop::Error(Error::Unusable(message)))
}

/// Stops where a server is said to speak a document that is not there.
fn known_documents(servers: &[Server], contracts: &[Arc<Contract>]) -> Result<(), Error> {
    let names = || contracts.iter().map(|contract| contract.name.as_str());
    for name in servers.iter().filter_map(|server| server.document.as_deref()) {
        if names().any(|known| known == name) {
            continue;
        }
        let help = text::nearest(name, names()).map_or_else(
            || format!("there are {}", text::list(names())),
            |near| format!("did you mean `{near}`?"),
        );
        let shown = text::harmless(name);
        return Err(Error::Usage(format!(
            "`server` names the document `{shown}`, which is not loaded; {help}"
        )));
    }
    Ok(())
}

/// Where traffic is read from, and how many bytes there are; `None` if nobody knows.
fn sources(context: &Context<'_>) -> Result<(Vec<Source>, Option<u64>), Stop> {
    let (mut sources, mut total, mut wrong) = (Vec::new(), Some(0), Vec::new());
    let mut has_standard_input = false;
    for path in paths(context) {
        if path == "-" {
            if std::mem::replace(&mut has_standard_input, true) {
                wrong.push("standard input (`-`) can be read only once; leave one of them out".to_owned());
            }
            total = None;
            sources.push(Source { input: Input::Stream(Box::new(io::stdin())) });
            continue;
        }
        match std::fs::metadata(Path::new(path)) {
            Ok(found) if found.is_dir() => {
                wrong.push(format!(
                    "`{path}` is a folder, expected a file with traffic; name its files, such as `{path}/*`"
                ));
            }
            Ok(found) => {
                total = total.filter(|_| found.is_file()).map(|total: u64| total + found.len());
                sources.push(Source { input: Input::File(PathBuf::from(path)) });
            }
            Err(error) => wrong.push(format!("cannot read `{path}`: {error}")),
        }
    }
    if wrong.is_empty() {
        return Ok((sources, total));
    }
    let diagnostics = wrong.into_iter().map(|message| Diagnostic::error("unreadable", message));
    Err(Stop::Diagnostics(diagnostics.collect()))
}

/// What the user named as traffic.
fn paths<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a str> {
    context.matches.get_many::<String>("traffic").into_iter().flatten().map(String::as_str)
}

/// Tells which entries, and which ends of files, could not be read.
fn tell_unread(context: &Context<'_>, tally: &Tally, stopped: &[Stopped]) {
    let terminal = context.terminal;
    let names: Vec<&str> =
        paths(context).map(|path| if path == "-" { "<standard input>" } else { path }).collect();
    let name = |source: usize| names.get(source).copied().unwrap_or_default();
    for (spot, reason) in tally.unreadable().take(MOST_SHOWN) {
        let place = format!("{}:{} (byte {})", name(spot.source), spot.number, spot.offset);
        terminal.say(&format!(
            "{}: left out, for it can't be read: {}",
            text::harmless(&place),
            text::harmless(reason)
        ));
    }
    let more = (tally.entries.unreadable as usize).saturating_sub(MOST_SHOWN);
    if more > 0 {
        terminal.say(&format!("… and {more} more that can't be read"));
    }
    for Stopped { source, reason } in stopped {
        let shown = text::harmless(reason);
        terminal.error(&format!("cannot read `{}` to its end: {shown}", text::harmless(name(*source))));
    }
}

/// Tells why entries were left out, the most frequent reasons first.
fn tell_foreign(terminal: &Terminal, tally: &Tally) {
    let reasons = tally.reasons();
    if reasons.is_empty() {
        return;
    }
    terminal.say("left out:");
    for (reason, count) in reasons.iter().take(MOST_SHOWN) {
        terminal.say(&format!("{count:>9}  {}", text::harmless(&reason.to_string())));
    }
    let shown: u64 = reasons.iter().take(MOST_SHOWN).map(|(_, count)| count).sum();
    if tally.entries.foreign > shown {
        terminal.say(&format!("{:>9}  for other reasons", tally.entries.foreign - shown));
    }
}
