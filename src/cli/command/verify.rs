//! `standin verify`: tests a live server with requests made from documents.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::check::Strictness;
use crate::cli::conclusion::Conclusion;
use crate::cli::progress::{self, Unit};
use crate::cli::settings::Given;
use crate::cli::settings::{request, value};
use crate::cli::{CLEAN, COULD_NOT_RUN, Stop, findings, load, upstreams};
use crate::client::{Address, Reach, Upstreams};
use crate::contract::Contract;
use crate::engine::{Engine, Options, SeedChoice};
use crate::error::Error;
use crate::report::{self, Report};
use crate::seed::Seed;
use crate::server;
use crate::text;
use crate::verify::{self, Asked, Budget, GivenParameter, Setup};
use crate::violation::Policy;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "verify",
    about: "Test a live server with requests made from the documents: valid ones, and each constraint broken once",
    examples: "  standin verify --upstream http://localhost:9000 openapi.yaml
  standin verify --upstream https://staging.example.com openapi.yaml --credentials \"$TOKEN\" --rate 10/s --time 60s
  standin verify --upstream http://localhost:9000 openapi.yaml --allow-unsafe --param id=org_1 --param getUser.id=7
  standin verify --upstream http://localhost:9000 openapi.yaml --cases 200 --seed 7 --report junit=verify.xml

Valid requests (the least that is needed, the document's examples, generated values, each edge of each schema) have to be
answered; requests with one breach each (a parameter missing or wrong, content missing, unreadable, of another type or
wrong at one keyword, credentials missing or wrong) have to be refused with a 4xx; no request may get a 5xx. Every reply
is held against the document. Ids of paths are taken from earlier replies: what lists is asked first, what deletes last.
A 404 under an id that was made up tells nothing, and is counted as unconfirmed.

Only GET, HEAD, OPTIONS, TRACE and QUERY are sent unless --allow-unsafe is given. The same seed makes the same requests.
Each finding has the smallest request that shows it as a curl command. Ctrl-C ends the run with what there is.

Exit codes: 0 clean, 1 findings at or above --fail-on (default: error), 2 could not run, the server could not be reached,
nothing was judged, or nothing was found and no valid request was judged.",
    takes: Takes::Documents,
    arguments: |command| command.mut_arg("upstream-timeout", |argument| argument.visible_alias("timeout")),
    run,
};

/// How long a server may send nothing, unless it is said otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How many requests are under way at a time, unless it is said otherwise.
const CONCURRENCY: usize = 4;

/// What the user wishes for, beside documents.
struct Wishes {
    upstreams: Vec<(Option<String>, Address)>,
    certificates: Vec<PathBuf>,
    timeout: Duration,
    budget: Budget,
    asked: Asked,
    /// What stands before the `=` of each parameter, and what behind it.
    parameters: Vec<(String, String)>,
    strictness: Strictness,
    policy: Policy,
    conclusion: Conclusion,
}

impl Wishes {
    fn read(settings: &mut Settings<'_>) -> Self {
        let seed = match settings.one("seed", value::seed).unwrap_or_default() {
            SeedChoice::Fixed(seed) => seed,
            SeedChoice::Random => Seed::fresh(),
        };
        Self {
            upstreams: settings.many("upstream", value::upstream),
            certificates: settings.many("upstream-ca", |given: &Given| Ok(given.path(&given.text))),
            timeout: settings.one("upstream-timeout", value::period).unwrap_or(TIMEOUT),
            budget: Budget {
                concurrency: settings.one("concurrency", request::concurrency).unwrap_or(CONCURRENCY),
                pause: settings.one("rate", request::rate).unwrap_or_default(),
                time: settings.one("time", value::period),
            },
            asked: Asked {
                seed,
                locale: settings.one("locale", value::locale).unwrap_or_default(),
                headers: settings.many("header", request::field),
                credential: settings.one("credentials", request::credential),
                parameters: Vec::new(),
                allows_unsafe: settings.is("allow-unsafe"),
                most_cases: settings.one("cases", request::cases),
                client: settings.one("client", value::header),
            },
            parameters: settings.many("param", request::parameter),
            strictness: findings::strictness(settings),
            policy: findings::policy(settings),
            conclusion: Conclusion::read(settings),
        }
    }
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let terminal = context.terminal;
    let mut wishes = Wishes::read(settings);
    settings.check()?;
    if settings.all("spec").is_empty() {
        let message = "name the document that the server is held against, such as `standin verify --upstream URL openapi.yaml`";
        return Err(Stop::Error(Error::usage(message)));
    }
    let contracts = load::sound_documents(context, settings)?.contracts();
    findings::known_operations(&wishes.policy, &contracts)?;
    let addresses = upstreams::addresses(&contracts, &wishes.upstreams)?;
    wishes.asked.parameters = parameters(&contracts, &wishes.parameters)?;
    wishes.conclusion.or_print(report::TEXT);
    wishes.conclusion.prepare()?;
    wishes.conclusion.fail_on.get_or_insert_default();
    let options =
        Options { strictness: wishes.strictness, policy: wishes.policy.clone(), ..Options::default() };
    let engine = Arc::new(Engine::new(contracts, Vec::new(), options));
    let operations: usize = engine.contracts().iter().map(|contract| contract.operations.len()).sum();
    let read = AtomicU64::new(0);
    let make = || verify::plan(&engine, &wishes.asked, &read);
    let plan = progress::shown(Unit::Operations, Some(operations as u64), &read, make);
    let (count, seed) = (plan.cases.len(), wishes.asked.seed.0);
    terminal.say(&format!("{} to send, made from seed {seed}", text::counted(count, "case")));
    let runtime = server::runtime()?;
    let done = AtomicU64::new(0);
    let verify = || {
        runtime.block_on(async {
            let upstreams = Upstreams::new(Reach { timeout: wishes.timeout }, &wishes.certificates)?;
            let setup = Setup {
                engine,
                asked: Arc::new(wishes.asked),
                policy: wishes.policy,
                upstreams,
                addresses,
                budget: wishes.budget,
            };
            verify::run(setup, plan, &done, server::stop_signal()).await
        })
    };
    let outcome = progress::shown(Unit::Cases, Some(count as u64), &done, verify)?;
    let mut report = Report::of(&outcome.ledger).covering(outcome.coverage.clone());
    for drift in &mut report.drifts {
        drift.sample.curl = outcome.commands.get(&drift.fingerprint).cloned();
    }
    let code = wishes.conclusion.draw(terminal, report)?;
    // A server that refuses everything keeps nothing that it promises.
    let tells_nothing = outcome.judged() == 0 || outcome.valid == 0 && code == CLEAN;
    if let Some(reason) = &outcome.unreachable {
        terminal.error(&format!("the server went away, so not all cases were sent: {reason}"));
    } else if outcome.judged() == 0 {
        terminal.error("nothing was judged, so nothing is known to be right; the last line says why");
    } else if tells_nothing {
        terminal.error(
            "no valid request was judged, so nothing is known of what the server should do; the last line says why",
        );
    }
    if outcome.statuses.keys().eq([404].iter()) {
        terminal.say(
            "every reply is a 404: see that the server answers below the base path that the document declares, or put \
             the server's own behind the `--upstream` URL",
        );
    }
    terminal.say(&outcome.to_string());
    Ok(if tells_nothing || outcome.unreachable.is_some() { COULD_NOT_RUN } else { code })
}

/// The parameters that are given values. Stops where a name is not declared: its value would be sent nowhere.
fn parameters(contracts: &[Arc<Contract>], given: &[(String, String)]) -> Result<Vec<GivenParameter>, Error> {
    let all =
        || contracts.iter().flat_map(|one| one.operations.iter().map(move |operation| (one, operation)));
    let declares = |operation: Option<&str>, name: &str| {
        all().any(|(contract, declared)| {
            let qualified = || format!("{}/{}", contract.name, declared.id);
            operation.is_none_or(|named| named == declared.id || named == qualified())
                && declared.parameters.iter().any(|parameter| parameter.name == name)
        })
    };
    let mut found = Vec::new();
    for (named, value) in given {
        // A name may have dots of its own, and so may an operation.
        let parts = named.match_indices('.').map(|(at, _)| (Some(&named[..at]), &named[at + 1..]));
        let known = std::iter::once((None, named.as_str()))
            .chain(parts)
            .find(|(operation, name)| declares(*operation, name));
        let Some((operation, name)) = known else {
            let names = all().flat_map(|(_, operation)| &operation.parameters).map(|one| one.name.as_str());
            let last = named.rsplit('.').next().unwrap_or_default();
            let help = text::nearest(last, names)
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let shown = text::harmless(&text::shortened(named, 80));
            return Err(Error::Usage(format!(
                "`--param` names `{shown}`, which no operation has as a parameter{help}"
            )));
        };
        let (operation, name) = (operation.map(str::to_owned), name.to_owned());
        found.push(GivenParameter { operation, name, text: value.clone() });
    }
    Ok(found)
}
