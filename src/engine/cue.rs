//! The seam between scenarios and the engine: asks the session's scripts, and does what they say.

use std::time::Duration;

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::example::fits;
use super::fingerprint;
use super::mock::Answering;
use super::problem::Problem;
use super::reply::tell;
use super::send::Plan;
use super::standing;
use super::turn::Target;
use crate::contract::Content;
use crate::fault::{self, Fault};
use crate::media_type::{Kind, MediaType};
use crate::message::Reply;
use crate::negotiate::{self, Chosen};
use crate::scenario::{Answer, Base, Cue, Filling, Given, Question};
use crate::schema::Direction;

/// The id of the session of requests that name none.
const DEFAULT_SESSION: &str = "default";

impl Answering<'_> {
    /// Asks the scripts, unless the request itself says what it wants: a wish beats a scenario.
    pub(super) fn ask(&mut self) {
        let Some(play) = self.turn.play.as_deref().filter(|_| !self.wishes.is_explicit()) else { return };
        self.cue = self.question(|question| play.ask(question));
    }

    /// Does something with the question that the turn is to a script.
    fn question<T>(&self, ask: impl FnOnce(&Question<'_>) -> Option<T>) -> Option<T> {
        let Target::Operation { mount, operation, .. } = self.turn.target else { return None };
        let fingerprint = || fingerprint::of(self.compiled.salt, self.turn);
        ask(&Question {
            id: self.turn.id,
            at: self.turn.at,
            document: mount,
            operation,
            place: self.turn.place,
            contract: &self.mount.contract,
            request: &self.turn.request,
            parameters: &self.turn.parameters,
            body: self.turn.body(),
            violations: &self.turn.violations,
            nth: self.turn.nth,
            session: self.turn.session.as_deref().unwrap_or(DEFAULT_SESSION),
            fingerprint: &fingerprint,
        })
    }

    /// What the scripts answer; `None` lets the usual reply through.
    pub(super) fn answer_of_cue(&self) -> Option<&Answer> {
        self.cue.as_ref()?.answer.as_deref()
    }

    /// The reply that a rule answers with.
    pub(super) fn answered(&self, answer: &Answer) -> Result<Reply, Problem> {
        let mut reply = match &answer.base {
            Base::Usual => self.usual(),
            Base::Success => self.success(),
            Base::Status(status) => self.status(*status),
            Base::Failure(failure) => self.send(&Plan {
                chosen: Chosen { response: failure.response, status: failure.status, branch: failure.branch },
                example: failure.example.as_deref(),
                message: None,
                negotiates: false,
            }),
            Base::Example { name, status } => self.named_example(name, *status),
        }?;
        self.fill_in(answer, &mut reply);
        Ok(reply)
    }

    /// Puts what a rule gives into the reply that it answers with.
    pub(super) fn fill_in(&self, answer: &Answer, reply: &mut Reply) {
        let generated = serde_json::from_slice(&reply.body).ok();
        let state = self.cue.as_ref().map_or("", |cue| cue.state.as_str());
        self.question(|question| {
            self.fill(answer, &Filling { question, state, generated: generated.as_ref() }, reply);
            Some(())
        });
    }

    /// Puts given content and header fields into a reply.
    fn fill(&self, answer: &Answer, filling: &Filling<'_>, reply: &mut Reply) {
        if let Some(given) = &answer.body {
            if let Err(wrong) = self.give(given, answer.is_unchecked, filling, reply) {
                *reply = wrong.reply();
                return;
            }
            reply.parts = Vec::new();
        }
        for (name, template) in &answer.headers {
            // What a request put in could have characters that a header can't have.
            if let Ok(value) = HeaderValue::from_str(&template.text(filling)) {
                reply.headers.insert(name.clone(), value);
            }
        }
    }

    /// Gives content in place of the reply's own. An error is the problem of content that breaks the contract, which can
    /// only be known when its references are filled in.
    fn give(
        &self,
        given: &Given,
        is_unchecked: bool,
        filling: &Filling<'_>,
        reply: &mut Reply,
    ) -> Result<(), Problem> {
        let (value, is_plain) = match given {
            Given::Value(form) => {
                let value = form.fill(filling);
                reply.body = serde_json::to_vec(&value).unwrap_or_default().into();
                (Some(value), form.plain().is_some())
            }
            Given::Text(template) => {
                let text = template.text(filling);
                let value = serde_json::from_str::<Value>(&text).ok();
                reply.body = text.into();
                (value, template.plain().is_some())
            }
        };
        let declared = self.json_of(reply.status);
        let is_json = matches!(given, Given::Value(_)) || declared.is_some();
        if is_json && !has_json(reply) {
            reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        } else if !reply.headers.contains_key(CONTENT_TYPE) {
            reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        }
        // What has no references was judged when it was loaded.
        if is_plain && !is_unchecked {
            return Ok(());
        }
        let is_valid = declared.is_none_or(|content| {
            value.is_some_and(|value| fits(&self.mount.contract, content, &value, Direction::Response))
        });
        match (is_valid, is_unchecked) {
            (true, _) => Ok(()),
            (false, true) => {
                tell(reply, "standin-undeclared", || Some("body".into()));
                Ok(())
            }
            (false, false) => {
                let rule = self.cue.as_ref().and_then(|cue| cue.rules.last()).map_or("", |rule| rule);
                let detail = format!(
                    "the body that the scenario's rule `{rule}` makes breaks the contract of `{}`; mend it, or say \
                     `unchecked: true`",
                    self.operation.id
                );
                Err(Problem::new(500, detail))
            }
        }
    }

    /// The JSON content that is declared for a status.
    pub(super) fn json_of(&self, status: u16) -> Option<&Content> {
        let chosen = negotiate::declared(self.operation, status)?;
        let contents = &self.operation.responses[chosen.response].content;
        contents.iter().find(|content| content.media_type.kind() == Kind::Json)
    }

    /// Does to a finished reply what the request and the scripts say: faults and delay, where the caller stands, the
    /// rules' names.
    pub(super) fn act(&self, reply: &mut Reply) {
        if let Some(cue) = &self.cue {
            if let Some(standing) = &cue.exceeded {
                standing::fill(self, standing, reply);
            }
            cue.tell_standing(reply);
            tell(reply, "standin-rule", || told(cue));
        }
        self.inject(reply);
        if let (Some(cue), Some(play)) = (&self.cue, &self.turn.play) {
            play.release(cue, self.turn.id, self.turn.at, lasts(reply));
        }
    }

    /// Injects faults and delay: of a delay that the request wishes for, and one of a rule, the request's counts.
    fn inject(&self, reply: &mut Reply) {
        let cue = self.cue.as_ref();
        let of_rules = cue.map(|cue| &cue.faults[..]).unwrap_or_default();
        let faults: Vec<Fault> = self.wishes.fault.iter().chain(of_rules).cloned().collect();
        let delay = self.wishes.delay.as_ref().or(cue.and_then(|cue| cue.delay.as_ref()));
        if faults.is_empty() && delay.is_none() {
            return;
        }
        let drawn = cue.and_then(|cue| cue.random.clone());
        let mut random = drawn.unwrap_or_else(|| self.request_seed().mix(b"fault").random());
        fault::apply(&faults, delay, reply, &mut random);
    }
}

/// The rules that fired, fit for a header whatever their names hold.
fn told(cue: &Cue) -> Option<String> {
    const LONGEST: usize = 500;
    let visible = |character: char| if (' '..='~').contains(&character) { character } else { '?' };
    let rules: String = cue.rules.join(", ").chars().take(LONGEST).map(visible).collect();
    (!rules.is_empty()).then_some(rules)
}

fn has_json(reply: &Reply) -> bool {
    let media_type = reply.headers.get(CONTENT_TYPE).and_then(|value| MediaType::parse(value.to_str().ok()?));
    media_type.is_some_and(|media_type| media_type.kind() == Kind::Json)
}

/// How many milliseconds a reply takes at least, as far as it is known before it is sent.
fn lasts(reply: &Reply) -> i64 {
    let Some(delivery) = &reply.delivery else { return 0 };
    let pauses = delivery.pace.map_or(Duration::ZERO, |pace| {
        let pieces = reply.body.len().div_ceil(pace.piece.max(1)).saturating_sub(1);
        pace.pause.saturating_mul(u32::try_from(pieces).unwrap_or(u32::MAX))
    });
    i64::try_from(delivery.delay.saturating_add(pauses).as_millis()).unwrap_or(i64::MAX)
}
