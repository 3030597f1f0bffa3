//! The turns of a proxy: which are answered by the stand-in and which by an upstream, and what is done to an upstream's
//! reply.

use std::sync::Arc;

use bytes::Bytes;

use super::effects::OF_OPERATIONS;
use super::mock::wished_faults;
use super::problem::Problem;
use super::reply::tell;
use super::session::Session;
use super::turn::{Cued, Extent, Target, Turn};
use super::{Engine, Mode, sessions};
use crate::check::{Areas, Standards};
use crate::message::{Reply, Request, SPEC};
use crate::negotiate::{Handling, Wishes};
use crate::router::behind;
use crate::scenario::Base;
use crate::violation::Violation;

/// Who answers a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The stand-in: the request or a scenario asks for one certain reply, or the request is refused.
    Mock,
    /// The upstream; its reply is passed on as it is.
    Upstream,
    /// The upstream; something is done to its reply, which has to be known whole for that.
    UpstreamHeld,
}

/// Where a request is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// The document, by its place among those that are served.
    pub document: usize,
    /// The base path that the document declares, without a slash at its end: the one that was sent, else the first.
    /// Empty where the path leads nowhere and no base path was sent, for then the path is all there is.
    pub base: String,
    /// The path behind it.
    pub path: String,
}

impl Engine {
    /// Begins the turn of a request in the session that it names, which has to outlive the request for as long as an
    /// upstream takes; `None` is the default one.
    pub fn approach(&self, mut request: Request, extent: Extent) -> (Option<Arc<Session>>, Turn) {
        let name = sessions::take_name(&mut request);
        let session = self.named(&name);
        let mut turn = self.begin(session.as_ref().unwrap_or(self.sessions.default()), request, extent);
        if let Err(error) = name {
            turn.wishes = Err(error);
        }
        (session, turn)
    }

    /// Who answers. Asks the session's scenarios.
    pub fn way(&self, turn: &mut Turn) -> Way {
        let Ok(wishes) = &turn.wishes else { return Way::Mock };
        // What a token replays is told by the token alone.
        if wishes.replay.is_some()
            || matches!(turn.target, Target::NoDocument { .. })
            || self.refuses(turn, wishes)
        {
            return Way::Mock;
        }
        let Target::Operation { mount, operation, .. } = turn.target else {
            let is_faulty = wishes.fault.is_some();
            return if is_faulty { Way::UpstreamHeld } else { Way::Upstream };
        };
        if is_for_the_mock(wishes) {
            return Way::Mock;
        }
        let mut answering = self.answering(mount, operation, turn, wishes);
        answering.ask();
        let (mut is_answered, mut is_held) = (false, wishes.fault.is_some());
        if let Some(cue) = &answering.cue {
            let base = cue.answer.as_ref().map(|answer| &answer.base);
            is_answered = base.is_some_and(|base| !matches!(base, Base::Usual));
            is_held |= base.is_some() || !cue.faults.is_empty();
        }
        turn.cue = Cued::Asked(answering.cue.take().map(Box::new));
        match (is_answered, is_held) {
            (true, _) => Way::Mock,
            (false, true) => Way::UpstreamHeld,
            (false, false) => Way::Upstream,
        }
    }

    /// Whether the request is not to reach an upstream because of what is wrong with it.
    fn refuses(&self, turn: &Turn, wishes: &Wishes) -> bool {
        match &turn.target {
            Target::Operation { mount, operation, .. } => {
                let answering = self.answering(*mount, *operation, turn, wishes);
                answering.refused().is_some() || (turn.is_too_large && self.refuses_all(wishes))
            }
            Target::OtherMethod { .. } | Target::Nothing => self.refuses_all(wishes),
            Target::NoDocument { .. } => true,
        }
    }

    /// Whether the content of a request has to be known before an upstream is asked: it may be refused for it, or a
    /// scenario look at it.
    pub fn needs_content(&self, request: &Request) -> bool {
        let wishes = request.headers.contains_key("prefer")
            || request.query.as_deref().is_some_and(|query| query.contains("__") || query.contains('%'));
        let is_named = || sessions::take_name(&mut request.clone()).is_ok_and(|name| name.is_some());
        self.options.check.body == Mode::Refuse
            || wishes
            || self.sessions.default().scenarios().is_some()
            || is_named()
    }

    /// Whether what is wrong with a turn is not let through, neither to an upstream nor back.
    pub fn is_refusing(&self, turn: &Turn) -> bool {
        turn.wishes.as_ref().is_ok_and(|wishes| self.refuses_all(wishes))
    }

    /// Whether what is wrong is refused, all areas alike.
    fn refuses_all(&self, wishes: &Wishes) -> bool {
        match wishes.handling {
            Some(Handling::Lenient) => false,
            Some(Handling::Strict) => true,
            None => self.options.check.body == Mode::Refuse,
        }
    }

    /// Where to send the request of a turn; `None` if it leads to no document, or to one of several.
    pub fn destination(&self, turn: &Turn) -> Option<Onward> {
        let request = &turn.request;
        let path = request.path.as_str();
        let all = &self.mounts.all;
        let (document, path, length) = match turn.target {
            Target::Operation { mount, before, .. } => {
                let inside = if before.is_prefixed { behind(path, all[mount].prefix()) } else { None };
                (mount, inside.unwrap_or(path), before.base)
            }
            Target::NoDocument { .. } => return None,
            Target::OtherMethod { .. } | Target::Nothing => {
                let document = self.meant(request)?;
                let mount = &all[document];
                let inside = behind(path, mount.prefix());
                let is_named = request.headers.contains_key(SPEC);
                let (first, second) = if is_named { (Some(path), inside) } else { (inside, Some(path)) };
                let mut paths = [first, second].into_iter().flatten();
                match paths.find_map(|path| Some((path, mount.base_of(&request.method, path)?))) {
                    Some((path, length)) => (document, path, length),
                    None => {
                        // What is not declared is sent as it came, but for the document's name before it.
                        let path = inside.unwrap_or(path);
                        return Some(Onward { document, base: String::new(), path: path.to_owned() });
                    }
                }
            }
        };
        let mount = &all[document];
        let servers = &mount.contract.servers;
        let sent = servers.iter().map(|server| server.base_path.as_str()).find(|base| base.len() == length);
        let sent = sent.filter(|base| length > 0 && behind(path, base).is_some());
        let base = sent.or(servers.first().map(|server| server.base_path.as_str())).unwrap_or_default();
        let rest = sent.and_then(|base| behind(path, base)).unwrap_or(path);
        Some(Onward { document, base: base.to_owned(), path: rest.to_owned() })
    }

    /// The document that a request means that leads to no operation: by name, prefix or host, else the only one.
    fn meant(&self, request: &Request) -> Option<usize> {
        let all = &self.mounts.all;
        if let Some(name) = request.headers.get(SPEC).and_then(|name| name.to_str().ok()) {
            return all.iter().position(|mount| *mount.name == *name);
        }
        let by_prefix = || all.iter().position(|mount| behind(&request.path, mount.prefix()).is_some());
        let by_host = || {
            let host = request.header("host")?.to_ascii_lowercase();
            all.iter().position(|mount| mount.declares(&host))
        };
        let by_route =
            || all.iter().position(|mount| mount.base_of(&request.method, &request.path).is_some());
        by_prefix().or_else(by_host).or_else(by_route).or((all.len() == 1).then_some(0))
    }

    /// Judges the content of a request whose turn began without it.
    pub fn judge_content(&self, turn: &mut Turn, content: Bytes) {
        turn.request.body = content;
        let Target::Operation { mount, operation, .. } = turn.target else { return };
        let mount = &self.mounts.all[mount];
        let standards = Standards {
            areas: Areas { security: false, parameters: false, body: self.areas().body },
            credentials: &self.options.credentials,
            strictness: self.options.strictness,
        };
        let declared = &mount.contract.operations[operation];
        let checker = &mount.operation(operation).checker;
        let checked = checker.check(&mount.contract, declared, &turn.request, &[], None, standards);
        turn.violations.extend(checked.violations);
        turn.body = checked.body;
        turn.valid_as = checked.valid_as;
        turn.is_too_large = checked.is_too_large;
        if let Some(unfolded) = checked.unfolded {
            turn.request.body = unfolded;
        }
        self.apply_policy(turn);
    }

    /// What is told in place of an upstream's reply whose violations, those behind the first `before`, are not let
    /// through; `None` if they are, or if there are none.
    pub fn rejected(&self, turn: &mut Turn, before: usize) -> Option<Reply> {
        self.apply_policy(turn);
        let wishes = turn.wishes.as_ref().ok()?;
        let of_reply = turn.violations.get(before..)?;
        let errors: Vec<Violation> = of_reply.iter().filter(|found| found.is_error()).cloned().collect();
        if errors.is_empty() || !self.refuses_all(wishes) {
            return None;
        }
        let mut problem = Problem::of_violations(502, &errors);
        problem.detail = format!("the upstream's reply breaks the contract: {}", problem.detail);
        Some(problem.reply())
    }

    /// Does to an upstream's reply what the request and the scenarios say.
    pub fn on_top(&self, turn: &mut Turn, reply: &mut Reply) {
        let cued = std::mem::take(&mut turn.cue);
        if turn.is_plain() {
            return;
        }
        let Ok(wishes) = &turn.wishes else { return };
        let mut idle = OF_OPERATIONS.to_vec();
        let rules = match turn.target {
            Target::Operation { mount, operation, .. } => {
                let mut answering = self.answering(mount, operation, turn, wishes);
                if let Cued::Asked(cue) = cued {
                    answering.cue = cue.map(|cue| *cue);
                }
                if let Some(answer) = answering.answer_of_cue().cloned() {
                    answering.fill_in(&answer, reply);
                }
                answering.act(reply);
                idle.retain(|name| !matches!(*name, "handling" | "expect"));
                answering.cue.take().map_or_else(Vec::new, |cue| cue.rules)
            }
            Target::OtherMethod { .. } | Target::Nothing | Target::NoDocument { .. } => {
                wished_faults(wishes, self.seed(wishes, turn.seed), reply);
                Vec::new()
            }
        };
        tell(reply, "preference-applied", || wishes.applied(&idle));
        tell(reply, "standin-ignored", || wishes.ignored(&idle));
        turn.rules = rules;
    }

    /// Gives back what a turn took of its session that ends without a reply.
    pub fn abandon(&self, turn: &mut Turn) {
        if let (Cued::Asked(Some(cue)), Some(play)) = (std::mem::take(&mut turn.cue), &turn.play) {
            play.release(&cue, turn.id, turn.at, 0);
        }
    }
}

/// Whether a request asks for a reply that only the stand-in can make.
fn is_for_the_mock(wishes: &Wishes) -> bool {
    let asks = wishes.code.is_some() || wishes.error.is_some() || wishes.example.is_some() || wishes.dynamic;
    asks || wishes.breaks.is_some() || wishes.source().is_some() || wishes.items.is_some()
}
