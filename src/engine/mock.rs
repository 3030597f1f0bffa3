//! The stand-in's reply: what was wished for, else what the scenario says, else the refusal, else the success.

use std::sync::Arc;

use http::header::{ACCEPT_ENCODING, ALLOW};
use http::{HeaderName, HeaderValue, Method};

use super::Engine;
use super::compiled::Compiled;
use super::effects::{BESIDE_REPLAY, Effects, OF_OPERATIONS};
use super::mount::Mount;
use super::options::{Mode, SeedChoice};
use super::problem::Problem;
use super::reply::{self, tell};
use super::send::Plan;
use super::turn::{Cued, Target, Turn};
use crate::codec::CODINGS;
use crate::contract::Operation;
use crate::fault;
use crate::message::Reply;
use crate::negotiate::{self, Chosen, Handling, SeedWish, Wishes};
use crate::scenario::Cue;
use crate::seed::Seed;
use crate::text;
use crate::violation::{Area, Rule, Violation};

/// Says that a reply is none of the document's.
const UNDECLARED: HeaderName = HeaderName::from_static("standin-undeclared");

/// One operation being answered.
pub(super) struct Answering<'a> {
    pub(super) engine: &'a Engine,
    pub(super) mount: &'a Mount,
    pub(super) operation: &'a Operation,
    pub(super) compiled: &'a Compiled,
    pub(super) turn: &'a Turn,
    pub(super) wishes: &'a Wishes,
    /// What the reply is drawn from, and what replays it.
    pub(super) base: Seed,
    pub(super) effects: Effects,
    /// What the scenarios say.
    pub(super) cue: Option<Cue>,
}

/// A reply, and how it came about.
struct Made {
    reply: Reply,
    /// The rules that decided it.
    rules: Vec<Arc<str>>,
    /// The response and the content that it was made of, by their places.
    content: Option<(usize, usize)>,
}

impl From<Reply> for Made {
    /// Of a reply that neither a rule nor the document had a say in.
    fn from(reply: Reply) -> Self {
        Self { reply, rules: Vec::new(), content: None }
    }
}

impl Engine {
    /// Makes the reply to a turn.
    pub fn mock(&self, turn: &mut Turn) -> Reply {
        let cued = std::mem::take(&mut turn.cue);
        let Made { reply, rules, content } = self.made(turn, cued);
        turn.rules = rules;
        turn.sent = content.filter(|_| turn.is_plain() && !reply.body.is_empty());
        reply
    }

    fn made(&self, turn: &Turn, cued: Cued) -> Made {
        let wishes = match &turn.wishes {
            Ok(wishes) => wishes,
            Err(error) => {
                let shown = text::harmless(&text::shortened(&error.message, 300));
                let problem = Problem::new(400, format!("{shown}; {}", text::harmless(&error.help)));
                return problem.reply().into();
            }
        };
        if turn.is_too_large {
            // No wish and no document has a say in what is not read, as in a body that is sent so large.
            let detail = "the request body is larger behind its codings than this server takes";
            return Problem::new(413, detail).reply().into();
        }
        if let Some(token) = &wishes.replay {
            let reply = self.replayed(&turn.target, token).map(|mut reply| {
                tell(&mut reply, "preference-applied", || wishes.applied(BESIDE_REPLAY));
                tell(&mut reply, "standin-ignored", || wishes.ignored(BESIDE_REPLAY));
                reply
            });
            return reply.unwrap_or_else(|problem| problem.reply()).into();
        }
        let (mut rules, mut content, mut idle) = (Vec::new(), None, None);
        let mut reply = match &turn.target {
            Target::Operation { mount, operation, .. } => {
                let mut answering = self.answering(*mount, *operation, turn, wishes);
                match cued {
                    Cued::NotAsked => answering.ask(),
                    Cued::Asked(cue) => answering.cue = cue.map(|cue| *cue),
                }
                let mut reply = match answering.answer() {
                    Ok(reply) => reply,
                    // The wish is not granted, so nothing of it is called applied.
                    Err(problem) => return problem.reply().into(),
                };
                answering.act(&mut reply);
                reply.headers.insert(reply::SEED, reply::number(answering.base.0));
                answering.tell_replay(&mut reply);
                rules = answering.cue.take().map_or_else(Vec::new, |cue| cue.rules);
                content = answering.effects.content.get();
                idle = Some(answering.effects);
                reply
            }
            Target::OtherMethod { allowed } => other_method(allowed, &turn.request.method, &turn.violations),
            Target::Nothing => Problem::of_violations(404, &turn.violations).reply(),
            Target::NoDocument { name, nearest } => no_document(self, name, nearest.as_deref()),
        };
        if !matches!(turn.target, Target::Operation { .. }) {
            wished_faults(wishes, self.seed(wishes, turn.seed), &mut reply);
        }
        if !wishes.is_empty() {
            let idle = idle.map_or_else(|| OF_OPERATIONS.to_vec(), |effects| effects.idle());
            tell(&mut reply, "preference-applied", || wishes.applied(&idle));
            tell(&mut reply, "standin-ignored", || wishes.ignored(&idle));
        }
        Made { reply, rules, content }
    }

    /// One operation, by the places of its document and of itself, for an answer to a turn.
    pub(super) fn answering<'a>(
        &'a self,
        mount: usize,
        operation: usize,
        turn: &'a Turn,
        wishes: &'a Wishes,
    ) -> Answering<'a> {
        let mount = &self.mounts.all[mount];
        Answering {
            engine: self,
            mount,
            operation: &mount.contract.operations[operation],
            compiled: mount.operation(operation),
            turn,
            wishes,
            base: self.seed(wishes, turn.seed),
            effects: Effects::default(),
            cue: None,
        }
    }

    /// The request's seed beats the session's, and that the server's.
    pub(super) fn seed(&self, wishes: &Wishes, of_session: Option<Seed>) -> Seed {
        match (wishes.seed, of_session, self.options.seed) {
            (Some(SeedWish::Number(seed)), _, _) => Seed(seed),
            (None, Some(seed), _) | (None, None, SeedChoice::Fixed(seed)) => seed,
            (Some(SeedWish::Random), _, _) | (None, None, SeedChoice::Random) => Seed::fresh(),
        }
    }
}

/// Injects what a request that no operation answers wishes for.
pub(super) fn wished_faults(wishes: &Wishes, draws: Seed, reply: &mut Reply) {
    if wishes.delay.is_some() || wishes.fault.is_some() {
        let mut random = draws.mix(b"fault").random();
        fault::apply(wishes.fault.as_slice(), wishes.delay.as_ref(), reply, &mut random);
    }
}

fn other_method(allowed: &[Method], method: &Method, violations: &[Violation]) -> Reply {
    let names: Vec<&str> = allowed.iter().map(Method::as_str).chain(std::iter::once("OPTIONS")).collect();
    let mut reply = if *method == Method::OPTIONS {
        Reply::new(204)
    } else {
        Problem::of_violations(405, violations).reply()
    };
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        reply.headers.insert(ALLOW, value);
    }
    reply
}

fn no_document(engine: &Engine, name: &str, nearest: Option<&str>) -> Reply {
    let known: Vec<&str> = engine.contracts().iter().map(|contract| contract.name.as_str()).collect();
    let help = nearest
        .map_or_else(|| format!("there are {}", text::list(known)), |near| format!("did you mean `{near}`?"));
    let shown = text::harmless(&text::shortened(name, 80));
    Problem::new(400, format!("`standin-spec` names the document `{shown}`, which is not served; {help}"))
        .reply()
}

impl Answering<'_> {
    /// The reply; an error is the problem of a wish that can't be granted.
    fn answer(&self) -> Result<Reply, Problem> {
        self.broken(self.unbroken()?)
    }

    /// The reply as long as the contract is not to be broken on purpose.
    pub(super) fn unbroken(&self) -> Result<Reply, Problem> {
        self.edge_can_be()?;
        if let Some(name) = &self.wishes.error {
            return self.wished_error(name);
        }
        if let Some(name) = &self.wishes.example {
            return self.named_example(name, self.wishes.code);
        }
        self.unwished()
    }

    fn unwished(&self) -> Result<Reply, Problem> {
        if let Some(status) = self.wishes.code {
            return self.status(status);
        }
        match self.answer_of_cue() {
            Some(answer) => self.answered(answer),
            None => self.usual(),
        }
    }

    /// The reply without a wish and a scenario.
    pub(super) fn usual(&self) -> Result<Reply, Problem> {
        if let Some(violation) = self.refused() {
            return self.refuse(violation);
        }
        self.success()
    }

    pub(super) fn success(&self) -> Result<Reply, Problem> {
        match negotiate::success(self.operation) {
            Some(chosen) => self.send(&Plan { chosen, example: None, message: None, negotiates: true }),
            None => Ok(Reply::new(200)),
        }
    }

    fn wished_error(&self, name: &str) -> Result<Reply, Problem> {
        let found = negotiate::find(&self.mount.contract, self.operation, name);
        let answer = match found {
            Ok(failure) => failure.answer,
            Err(known) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                return Err(self.no_such("error", "failure", name, &known));
            }
        };
        let status = self.wishes.code.unwrap_or(answer.status);
        let key = self.operation.responses[answer.response].key;
        if !key.takes(status) {
            let shown = text::harmless(&text::shortened(name, 80));
            let detail = format!(
                "`Prefer: code={status}, error={shown}` contradict each other: this failure is declared for {key}"
            );
            return Err(Problem::new(400, detail));
        }
        let chosen = Chosen { response: answer.response, status, branch: answer.branch };
        self.send(&Plan { chosen, example: answer.example.as_deref(), message: None, negotiates: false })
    }

    /// A named example of a status, else of the success.
    pub(super) fn named_example(&self, name: &str, status: Option<u16>) -> Result<Reply, Problem> {
        let chosen = match status {
            Some(status) => negotiate::declared(self.operation, status),
            None => negotiate::success(self.operation),
        };
        let contents =
            chosen.map(|chosen| &self.operation.responses[chosen.response].content[..]).unwrap_or_default();
        let examples = contents.iter().flat_map(|content| &content.examples);
        let names: Vec<&str> = examples.filter_map(|example| example.name.as_deref()).collect();
        match chosen {
            Some(chosen) if names.contains(&name) => {
                self.send(&Plan { chosen, example: Some(name), message: None, negotiates: true })
            }
            Some(_) | None => Err(self.no_such("example", "example", name, &names)),
        }
    }

    fn no_such(&self, preference: &str, what: &str, name: &str, known: &[&str]) -> Problem {
        let help = match text::nearest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if known.is_empty() => "it has none".to_owned(),
            None => format!("it has {}", text::list(known.iter().copied())),
        };
        let shown = text::harmless(&text::shortened(name, 80));
        let id = &self.operation.id;
        Problem::new(
            400,
            format!("`Prefer: {preference}={shown}`: `{id}` has no {what} of this name; {help}"),
        )
    }

    /// The reply of a status, declared or not.
    pub(super) fn status(&self, status: u16) -> Result<Reply, Problem> {
        if let Some(chosen) = negotiate::declared(self.operation, status) {
            return self.send(&Plan { chosen, example: None, message: None, negotiates: status < 400 });
        }
        let detail = format!("`{}` declares no reply of this status; it was asked for", self.operation.id);
        let mut reply = if matches!(status, 204 | 205 | 304) {
            Reply::new(status)
        } else {
            Problem::new(status, detail).reply()
        };
        reply.headers.insert(UNDECLARED, HeaderValue::from_static("status"));
        self.challenge(&mut reply);
        Ok(reply)
    }

    /// The first violation that is reason enough to refuse.
    pub(super) fn refused(&self) -> Option<&Violation> {
        // A fault happens to the reply that a good request gets.
        if self.wishes.fault.is_some() && self.wishes.handling != Some(Handling::Strict) {
            return None;
        }
        self.turn.violations.iter().filter(|violation| violation.is_error()).find(|violation| {
            let mode = self.engine.options.check.mode(violation.rule.definition().area);
            match self.wishes.handling {
                Some(Handling::Lenient) => false,
                Some(Handling::Strict) => mode != Mode::Off && violation.rule != Rule::ExpectationMissed,
                None => mode == Mode::Refuse,
            }
        })
    }

    fn refuse(&self, violation: &Violation) -> Result<Reply, Problem> {
        let mut reply = match negotiate::refusal(self.operation, violation.rule) {
            Some(chosen) => {
                let message = Some(violation.message.as_str());
                self.send(&Plan { chosen, example: None, message, negotiates: false })?
            }
            None => {
                let status = negotiate::problem_status(violation.rule);
                // How often a client came is no part of the request: the same one gets the same bytes.
                let is_of_request = |one: &&Violation| one.rule.definition().area != Area::Client;
                let found: Vec<Violation> =
                    self.turn.violations.iter().filter(is_of_request).cloned().collect();
                let mut reply = Problem::of_violations(status, &found).reply();
                reply.headers.insert(UNDECLARED, HeaderValue::from_static("status"));
                self.challenge(&mut reply);
                reply
            }
        };
        if violation.rule == Rule::EncodingUnsupported && !reply.headers.contains_key(ACCEPT_ENCODING) {
            // RFC 9110 12.5.3: this tells a 415 for the coding from one for the media type.
            reply.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(CODINGS));
        }
        Ok(reply)
    }
}
