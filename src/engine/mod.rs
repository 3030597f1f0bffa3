//! The pipeline of one exchange: `begin` routes and checks, `mock` answers, `finish` tells, `settle` remembers.
//!
//! Synchronous, without a socket; the same request, seed and clock give the same bytes.

mod broken;
mod challenge;
mod choose;
mod client;
mod compiled;
mod cover;
mod cue;
mod echo;
mod effects;
mod example;
mod extremes;
mod fingerprint;
mod forward;
mod judge;
mod link;
mod mock;
mod mount;
mod nearest;
mod options;
mod parts;
mod places;
mod prepare;
mod problem;
mod reload;
mod repertoire;
mod replay;
mod reply;
mod send;
mod session;
mod sessions;
mod settle;
mod standing;
mod turn;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use http::Method;

use crate::check::{Areas, Received, Standards};
use crate::clock::Moment;
use crate::contract::Contract;
use crate::exchange::{CLIENT, Exchange};
use crate::fault;
use crate::message::{Reply, Request};
use crate::negotiate::{WishError, without_wishes};
use crate::pointer::Pointer;
use crate::scenario::Script;
use crate::text;
use crate::violation::{Destination, Direction, Place, Rule, Violation};
pub use broken::BrokenReply;
pub use example::{CheckedExample, all as examples};
pub use forward::{Onward, Way};
pub use judge::Judged;
pub use mount::{Conflict, Routed, SharedRoute, is_loopback};
use mount::{Found, Lookup, Mount, Mounts};
pub use options::{Checks, Data, Mode, Options, SeedChoice};
use places::Places;
pub use problem::{Problem, ProblemDiagnostic, ProblemError};
pub use reload::{RefusedSave, Serving};
pub use repertoire::{MOST_RULES, MOST_SCENARIOS, Refused, Whose};
use session::Start;
pub use session::{Session, Setup};
pub use sessions::{IDLE, MOST_SESSIONS, Sessions};
use turn::Target;
pub use turn::{Extent, Turn};

/// Answers requests for any number of documents.
pub struct Engine {
    mounts: Mounts,
    contracts: Vec<Arc<Contract>>,
    places: Places,
    /// The scenarios that the server is to play, in these contracts.
    scripts: Vec<Arc<Script>>,
    /// The scripts of sessions that were looked up in other contracts.
    renewed: Mutex<Vec<reload::Renewed>>,
    options: Options,
    sessions: Arc<Sessions>,
    next: Arc<AtomicU64>,
    /// How many replies a fault was injected into.
    faults: Arc<AtomicU64>,
}

impl Engine {
    /// Sets up an engine. Contracts are asked in this order where nothing else decides, scripts too.
    pub fn new(contracts: Vec<Arc<Contract>>, scripts: Vec<Script>, options: Options) -> Self {
        let mut places = Places::default();
        let mut mount = |contract: &Arc<Contract>| {
            Arc::new(Mount::new(Arc::clone(contract), &mut places, options.locale))
        };
        let mounts = Mounts { all: contracts.iter().map(&mut mount).collect() };
        let scripts: Vec<_> = scripts.into_iter().map(Arc::new).collect();
        let start = Start {
            parts: Mutex::new(Start::first_parts(&scripts)),
            scripts: scripts.clone(),
            seed: options.seed.of_session(),
        };
        Self {
            mounts,
            contracts,
            places,
            scripts,
            renewed: Mutex::default(),
            options,
            sessions: Arc::new(Sessions::new(start)),
            next: Arc::new(AtomicU64::new(1)),
            faults: Arc::default(),
        }
    }

    /// The contracts, in the order they were loaded.
    pub fn contracts(&self) -> &[Arc<Contract>] {
        &self.contracts
    }

    /// The sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.options.clock.now()
    }

    /// Sets a session up anew; what one of the same name held is forgotten. Errors tell why the name can't be.
    pub fn set_up_session(&self, name: &str, setup: Setup) -> Result<Arc<Session>, String> {
        self.sessions.set_up(name, setup, self.now())
    }

    /// Every path and method that fits several documents.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.mounts.conflicts()
    }

    /// Every route that several operations of one document share.
    pub fn shared_routes(&self) -> Vec<SharedRoute> {
        self.mounts.all.iter().flat_map(|mount| mount.shared_routes()).collect()
    }

    /// Where a method and a path lead to; `None` where no operation answers.
    pub fn leads_to(&self, method: &Method, path: &str) -> Option<Routed> {
        let request = Request::new(method.clone(), path);
        match self.mounts.find(&request, method) {
            Lookup::Found(found) => Some(found.routed()),
            Lookup::WrongMethod { .. } | Lookup::Unknown { .. } | Lookup::NoDocument { .. } => None,
        }
    }

    /// The session of a name that a request gave; `None` for the default one.
    pub(super) fn named(&self, name: &Result<Option<String>, Box<WishError>>) -> Option<Arc<Session>> {
        match name {
            Ok(Some(name)) => Some(self.sessions.enter(name, self.now())),
            Ok(None) | Err(_) => None,
        }
    }

    /// Reads a request: where it leads, what it wishes for, what is wrong with it as far as it is known. Counts the call
    /// in the session.
    pub fn begin(&self, session: &Session, mut request: Request, extent: Extent) -> Turn {
        if let Some(client) = &self.options.client {
            request.headers.entry(CLIENT).or_insert_with(|| client.clone());
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut turn = Turn::new(id, self.now(), request);
        turn.seed = session.setup.seed;
        turn.session.clone_from(&session.name);
        turn.play = self.play_of(session);
        let source =
            turn.wishes.as_ref().ok().and_then(|wishes| wishes.source()).unwrap_or(self.options.data);
        let may_be_extreme = source == Data::Extremes || turn.play.is_some();
        turn.edges = may_be_extreme.then(|| Arc::clone(&session.edges));
        let is_broken = turn.wishes.as_ref().is_ok_and(|wishes| wishes.breaks.is_some());
        turn.breaks = is_broken.then(|| Arc::clone(&session.breaks));
        self.route(&mut turn, extent);
        if let Target::Operation { mount, operation, .. } = turn.target {
            turn.place = self.mounts.all[mount].places[operation];
            turn.nth = session.count(turn.place);
        }
        self.judge_client(session, &mut turn);
        self.expectations(&mut turn, Direction::Request);
        self.apply_policy(&mut turn);
        turn
    }

    /// Puts what the turn of a session found into the reply's header fields, and makes the exchange of it.
    pub fn finish(&self, session: &Session, mut turn: Turn, reply: &mut Reply) -> Exchange {
        self.expectations(&mut turn, Direction::Response);
        self.apply_policy(&mut turn);
        if self.options.check == Checks::all(Mode::Off) {
            turn.violations.clear();
        }
        self.announce(&turn, reply);
        let is_plain = turn.is_plain();
        if !is_plain && reply.headers.contains_key(fault::HEADER) {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        self.cover(&turn, &session.coverage, Some(Received::from(&*reply)));
        let (document, operation) = match turn.target {
            Target::Operation { mount, operation, .. } => {
                let mount = &self.mounts.all[mount];
                (Some(Arc::clone(&mount.name)), Some(Arc::clone(&mount.operation(operation).id)))
            }
            Target::OtherMethod { .. } | Target::Nothing | Target::NoDocument { .. } => (None, None),
        };
        let expected = turn.wishes.map_or_else(|_| Vec::new(), |wishes| wishes.expect.clone());
        Exchange {
            id: turn.id,
            at: turn.at,
            document,
            operation,
            request: turn.request,
            status: reply.status,
            reply: reply.body.clone(),
            violations: turn.violations,
            expected,
            rules: turn.rules,
            retry_after: client::wait(reply, turn.at),
            ended: None,
            replay: if is_plain { None } else { replay::told(reply) },
        }
    }

    /// Puts into the reply's header fields what is known of a turn so far.
    pub fn announce(&self, turn: &Turn, reply: &mut Reply) {
        reply.headers.insert(reply::EXCHANGE, reply::number(turn.id));
        problem::tell_violations(reply, &turn.violations);
        if let Target::Operation { mount, operation, ref ambiguous, .. } = turn.target {
            let compiled = self.mounts.all[mount].operation(operation);
            reply.headers.insert(reply::OPERATION, compiled.label.clone());
            reply::tell(reply, "standin-ambiguous", || (!ambiguous.is_empty()).then(|| ambiguous.join(", ")));
        }
    }

    fn route(&self, turn: &mut Turn, extent: Extent) {
        let method = turn.request.method.clone();
        let lookup = self.mounts.find(&turn.request, &method);
        let (areas, mut unfolded) = (self.areas(), None);
        turn.target = match lookup {
            Lookup::Found(mut found) => {
                let query =
                    turn.request.query.as_deref().map(without_wishes).filter(|query| !query.is_empty());
                self.choose(&mut found, &turn.request, query.as_deref());
                let mount = &self.mounts.all[found.mount];
                let operation = &mount.contract.operations[found.operation];
                let checked = mount.operation(found.operation).checker.check(
                    &mount.contract,
                    operation,
                    &turn.request,
                    &found.parameters,
                    query.as_deref(),
                    Standards {
                        areas: Areas { body: areas.body && extent == Extent::Whole, ..areas },
                        credentials: &self.options.credentials,
                        strictness: self.options.strictness,
                    },
                );
                turn.violations = checked.violations;
                turn.parameters = checked.parameters;
                turn.body = checked.body;
                turn.valid_as = checked.valid_as;
                turn.is_too_large = checked.is_too_large;
                unfolded = checked.unfolded;
                let name = |mount: &usize| self.mounts.all[*mount].name.to_string();
                let ambiguous = found.ambiguous.iter().map(name).collect();
                let Found { mount, operation, before, .. } = found;
                Target::Operation { mount, operation, before, ambiguous }
            }
            Lookup::WrongMethod { mount, allowed, template } => {
                // Every path answers OPTIONS (RFC 9110 9.3.7), declared or not.
                if method != Method::OPTIONS {
                    turn.violations.push(self.wrong_method(mount, &allowed, template, &method));
                }
                Target::OtherMethod { allowed }
            }
            Lookup::Unknown { nearest } => {
                let violation = self.unknown_path(&nearest, &turn.request.path);
                turn.violations.extend(violation);
                Target::Nothing
            }
            Lookup::NoDocument { name } => {
                let names = self.mounts.all.iter().map(|mount| &*mount.name);
                let nearest = text::nearest(&name, names).map(str::to_owned);
                Target::NoDocument { name, nearest }
            }
        };
        if let Some(unfolded) = unfolded {
            turn.request.body = unfolded;
        }
    }

    /// Gives violations the severities that were set, and takes out those that are off or ignored.
    fn apply_policy(&self, turn: &mut Turn) {
        if turn.violations.is_empty() {
            return;
        }
        let (document, operation) = match turn.target {
            Target::Operation { mount, operation, .. } => {
                let mount = &self.mounts.all[mount];
                (Some(&*mount.name), Some(&*mount.operation(operation).id))
            }
            Target::OtherMethod { .. } | Target::Nothing | Target::NoDocument { .. } => (None, None),
        };
        let destination = Destination { document, operation, path: &turn.request.path };
        self.options.policy.settle(&mut turn.violations, destination);
    }

    fn areas(&self) -> Areas {
        let check = self.options.check;
        Areas {
            security: check.security != Mode::Off,
            parameters: check.parameters != Mode::Off,
            body: check.body != Mode::Off,
        }
    }

    fn wrong_method(&self, mount: usize, allowed: &[Method], template: &str, method: &Method) -> Violation {
        let place = self.place(mount, template);
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let message = format!(
            "`{}` is not declared for `{template}`, only {}",
            method.as_str(),
            text::list(names.iter().copied())
        );
        let mut violation = Violation::new(Rule::MethodUnknown, &["request", "method"], message, place);
        violation.found = Some(method.to_string());
        violation.expected = Some(text::list(names));
        violation.help = Some("use a declared method, or declare this one".into());
        violation
    }

    /// `None` only where there is no document at all.
    fn unknown_path(&self, nearest: &[(usize, &str)], path: &str) -> Option<Violation> {
        let shown = text::harmless(&text::shortened(path, 200));
        let mut templates: Vec<&str> = Vec::new();
        for (_, template) in nearest {
            if !templates.contains(template) {
                templates.push(template);
            }
        }
        let place = match nearest.first() {
            Some((mount, template)) => self.place(*mount, template),
            None => self.mounts.all.first()?.contract.document.place(&Pointer::root()),
        };
        let message = format!("no document declares the path `{shown}`");
        let mut violation = Violation::new(Rule::PathUnknown, &["request", "path"], message, place);
        violation.found = Some(shown);
        violation.help = Some(if templates.is_empty() || path == "/" {
            "`GET /_standin/routes` lists what is served".to_owned()
        } else {
            format!("the nearest are {}", text::list(templates))
        });
        Some(violation)
    }

    fn place(&self, mount: usize, template: &str) -> Place {
        self.mounts.all[mount].contract.document.place(&Pointer::root().join("paths").join(template))
    }

    /// Announced violations that did not occur, as soon as that is known: those of requests before the reply.
    fn expectations(&self, turn: &mut Turn, direction: Direction) {
        let Ok(wishes) = &turn.wishes else { return };
        let Target::Operation { mount, operation, .. } = turn.target else { return };
        for rule in &wishes.expect {
            // What either can break is only known to be missed when both have been judged.
            let known_by = rule.definition().direction.unwrap_or(Direction::Response);
            if known_by != direction || turn.violations.iter().any(|violation| violation.rule == *rule) {
                continue;
            }
            let contract = &self.mounts.all[mount].contract;
            let place = contract.document.place(&contract.operations[operation].pointer);
            let message = format!("the request announced `{rule}`, which did not occur");
            turn.violations.push(Violation::new(
                Rule::ExpectationMissed,
                &["request", "header", "prefer"],
                message,
                place,
            ));
        }
    }
}
