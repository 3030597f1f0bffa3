//! The run: cases are sent stage by stage, so many at a time, until all are done, the time is over, or somebody stops it.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::asked::Asked;
use super::case::{Case, Draft};
use super::curl;
use super::ids::{self, Ids, Record};
use super::links::Source;
use super::making::Maker;
use super::order::Stage;
use super::outcome::{LeftOut, Outcome};
use super::plan::Plan;
use super::send::Line;
use super::shrink;
use super::verdict::{Judge, Sent, Verdict};
use crate::client::{Address, Failure, Upstreams};
use crate::drift::{Coverage, Fingerprint, Ledger};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::exchange::Exchange;
use crate::violation::{Policy, Violation};

/// How many requests are sent to make that of one finding smaller, and those of all.
const MOST_SHRINKS: usize = 30;
const MOST_SHRINKS_OF_ALL: usize = 600;
/// How many findings get a command; a server can make up as many as it likes.
const MOST_SHOWN: usize = 2000;

/// How many ids of earlier replies are tried for one request.
const TURNS: usize = 4;

/// What is verified, and how.
pub struct Setup {
    /// The documents, which judge.
    pub engine: Arc<Engine>,
    /// What the user says of the requests.
    pub asked: Arc<Asked>,
    /// What each rule weighs.
    pub policy: Policy,
    /// The client.
    pub upstreams: Upstreams,
    /// Where each document's server is, in the order of the documents.
    pub addresses: Vec<Address>,
    /// How fast, and for how long.
    pub budget: Budget,
}

/// How fast cases are sent, and for how long.
#[derive(Debug, Clone)]
pub struct Budget {
    /// How many are under way at a time, at least one.
    pub concurrency: usize,
    /// The least time between two requests.
    pub pause: Duration,
    /// How long it may take; `None` for as long as it takes.
    pub time: Option<Duration>,
}

/// What all cases under way share.
struct Shared {
    engine: Arc<Engine>,
    asked: Arc<Asked>,
    policy: Policy,
    coverage: Coverage,
    line: Line,
}

/// What came of a case.
enum Attempt {
    Left(LeftOut),
    Unreachable(String),
    Answered(Box<Answered>),
}

struct Answered {
    verdict: Verdict,
    /// The request as it was sent.
    draft: Draft,
    breach: Option<Violation>,
    /// What its reply tells of, each with the path template that it is told of.
    records: Vec<(String, Record)>,
}

/// The smallest request so far that shows a finding.
struct Shown {
    size: usize,
    number: usize,
    draft: Draft,
    breach: Option<Violation>,
}

/// Sends the cases of a plan, and tells what became of them. `done` counts them.
///
/// Fails with [`Error::Network`] if no server can be reached at all.
pub async fn run(
    setup: Setup,
    plan: Plan,
    done: &AtomicU64,
    stop: impl Future<Output = ()>,
) -> Result<Outcome> {
    let Setup { engine, asked, policy, upstreams, addresses, budget } = setup;
    let coverage = engine.coverage();
    let until = budget.time.map(|time| Instant::now() + time);
    let line = Line::new(upstreams, addresses, budget.pause, until);
    let shared = Arc::new(Shared { engine, asked, policy, coverage, line });
    let mut run = Run {
        shared: Arc::clone(&shared),
        until,
        concurrency: budget.concurrency.max(1),
        outcome: Outcome { left_out: plan.left_out, ..Outcome::default() },
        ids: Ids::default(),
        shown: BTreeMap::new(),
        halt: None,
    };
    let mut stop = pin!(stop);
    let cases: Vec<Arc<Case>> = plan.cases.into_iter().map(Arc::new).collect();
    let stage = |case: &Case| Stage::of(&shared.engine.contracts()[case.document].operations[case.operation]);
    let mut first = 0;
    for group in cases.chunk_by(|one, other| stage(one) == stage(other)) {
        run.stage(group, first, done, stop.as_mut()).await?;
        first += group.len();
    }
    run.make_smaller(&cases, stop.as_mut()).await;
    let Run { mut outcome, .. } = run;
    outcome.coverage = shared.engine.told(&shared.coverage);
    Ok(outcome)
}

struct Run {
    shared: Arc<Shared>,
    until: Option<Instant>,
    concurrency: usize,
    outcome: Outcome,
    ids: Ids,
    shown: BTreeMap<Fingerprint, Shown>,
    /// Why no more cases are sent.
    halt: Option<LeftOut>,
}

impl Run {
    /// Sends the cases of one stage, whose first has the number `first`.
    async fn stage(
        &mut self,
        cases: &[Arc<Case>],
        first: usize,
        done: &AtomicU64,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<()> {
        let ids = Arc::new(self.ids.clone());
        let mut waiting: VecDeque<(usize, &Arc<Case>)> = (first..).zip(cases).collect();
        let mut under_way = JoinSet::new();
        let mut records = BTreeMap::new();
        loop {
            if self.until.is_some_and(|until| Instant::now() >= until) {
                self.halt.get_or_insert(LeftOut::Time);
            }
            while self.halt.is_none() && under_way.len() < self.concurrency {
                let Some((number, case)) = waiting.pop_front() else { break };
                let (shared, case, ids) = (Arc::clone(&self.shared), Arc::clone(case), Arc::clone(&ids));
                under_way.spawn(async move { (number, shared.attempt(number, &case, &ids).await) });
            }
            let until = self.until.filter(|_| self.halt.is_none());
            tokio::select! {
                biased;
                () = stop.as_mut(), if self.halt != Some(LeftOut::Stopped) => {
                    self.halt = Some(LeftOut::Stopped);
                    let lost = under_way.len() as u64;
                    under_way.abort_all();
                    while under_way.join_next().await.is_some() {}
                    self.leave_out(LeftOut::Stopped, lost);
                }
                finished = under_way.join_next() => match finished {
                    None => break,
                    Some(Ok((number, attempt))) => {
                        done.fetch_add(1, Ordering::Relaxed);
                        if let Some(found) = self.take(number, attempt)? {
                            records.insert(number, found);
                        }
                    }
                    Some(Err(error)) => match error.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        Err(_) => self.leave_out(LeftOut::Stopped, 1),
                    },
                },
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {}
            }
        }
        if let Some(halt) = self.halt {
            self.leave_out(halt, waiting.len() as u64);
        }
        // In the order of the cases, whatever came first.
        for (number, records) in records {
            self.ids.add(cases[number - first].document, records);
        }
        Ok(())
    }

    /// Writes down what came of a case; yields what its reply tells of.
    fn take(&mut self, number: usize, attempt: Attempt) -> Result<Option<Vec<(String, Record)>>> {
        let answered = match attempt {
            Attempt::Left(reason) => {
                self.leave_out(reason, 1);
                return Ok(None);
            }
            Attempt::Unreachable(reason) if self.outcome.sent == 0 => {
                let help = "see that the server runs, and that `--upstream` names it";
                return Err(Error::Network(format!("nothing could be verified: {reason}; {help}")));
            }
            Attempt::Unreachable(reason) => {
                self.leave_out(LeftOut::Unreachable, 1);
                self.halt.get_or_insert(LeftOut::Unreachable);
                self.outcome.unreachable.get_or_insert(reason);
                return Ok(None);
            }
            Attempt::Answered(answered) => *answered,
        };
        let Answered { verdict: Verdict { exchange, unconfirmed }, draft, breach, records } = answered;
        self.outcome.sent += 1;
        *self.outcome.statuses.entry(exchange.status).or_default() += 1;
        match unconfirmed {
            Some(reason) => *self.outcome.unconfirmed.entry(reason).or_default() += 1,
            None => self.outcome.valid += u64::from(breach.is_none()),
        }
        self.outcome.ledger.enter(&exchange);
        let size = exchange.request.target().len() + exchange.request.body.len();
        for fingerprint in fingerprints(&exchange) {
            let is_smaller =
                self.shown.get(&fingerprint).is_none_or(|shown| (size, number) < (shown.size, shown.number));
            let has_room = self.shown.len() < MOST_SHOWN || self.shown.contains_key(&fingerprint);
            if is_smaller && has_room {
                let (draft, breach) = (draft.clone(), breach.clone());
                self.shown.insert(fingerprint, Shown { size, number, draft, breach });
            }
        }
        Ok(Some(records))
    }

    /// Makes the request of each finding as small as it gets, and a command of it.
    async fn make_smaller(&mut self, cases: &[Arc<Case>], mut stop: Pin<&mut impl Future<Output = ()>>) {
        let mut left = MOST_SHRINKS_OF_ALL;
        for (fingerprint, shown) in std::mem::take(&mut self.shown) {
            let case = &cases[shown.number];
            let mut draft = shown.draft;
            let until = self.until.unwrap_or_else(|| Instant::now() + Duration::from_hours(1));
            if self.halt.is_none() {
                let shrink =
                    self.shared.smallest(case, &mut draft, shown.breach.as_ref(), fingerprint, &mut left);
                tokio::select! {
                    biased;
                    () = stop.as_mut() => self.halt = Some(LeftOut::Stopped),
                    () = sleep_until(until) => self.halt = Some(LeftOut::Time),
                    () = shrink => {}
                }
            }
            let maker = Maker::of(&self.shared.engine, &self.shared.asked, case);
            let url = |request: &_| self.shared.line.url(case.document, &maker.base(), request);
            if let Some(command) = curl::command(&maker, &draft, url) {
                self.outcome.commands.insert(fingerprint, command);
            }
        }
    }

    fn leave_out(&mut self, reason: LeftOut, count: u64) {
        if count > 0 {
            *self.outcome.left_out.entry(reason).or_default() += count;
        }
    }
}

impl Shared {
    /// Sends one case, with ids of earlier replies where they make it what it is to be.
    async fn attempt(&self, number: usize, case: &Case, ids: &Ids) -> Attempt {
        let maker = Maker::of(&self.engine, &self.asked, case);
        // Not everything that goes by the name of an id is one that the parameter takes.
        let drafts = (number..number + TURNS)
            .map(|turn| ids.applied(case.document, maker.operation, &case.draft, turn));
        let known = drafts
            .map(|draft| (maker.confirmed(&draft, &case.nature), draft))
            .find(|(confirmed, _)| confirmed.is_ok());
        let (confirmed, draft) =
            known.unwrap_or_else(|| (maker.confirmed(&case.draft, &case.nature), case.draft.clone()));
        let (request, breach) = match confirmed {
            Ok(confirmed) => confirmed,
            Err(reason) => return Attempt::Left(reason),
        };
        if let Err(reason) = self.line.turn().await {
            return Attempt::Left(reason);
        }
        let answer = self.line.send(case.document, &maker.base(), &request).await;
        if let Err(Failure::Unreachable(_)) = &answer {
            let failure = answer.err().map(|failure| failure.to_string()).unwrap_or_default();
            return Attempt::Unreachable(format!("`{}` {failure}", self.line.shown(case.document)));
        }
        let judge = Judge { maker: &maker, policy: &self.policy, coverage: &self.coverage };
        let sent = Sent { case, draft: &draft, request: &request, breach: breach.as_ref() };
        let verdict = judge.judge(number as u64 + 1, &sent, answer.as_ref());
        let records = match &answer {
            Ok(reply) if breach.is_none() && request.method != Method::DELETE => {
                told(&maker, &draft, &verdict.exchange, &reply.headers)
            }
            Ok(_) | Err(_) => Vec::new(),
        };
        Attempt::Answered(Box::new(Answered { verdict, draft, breach, records }))
    }

    /// Leaves out of a request what it can do without, as long as the finding stays.
    async fn smallest(
        &self,
        case: &Case,
        draft: &mut Draft,
        breach: Option<&Violation>,
        fingerprint: Fingerprint,
        left_of_all: &mut usize,
    ) {
        let maker = Maker::of(&self.engine, &self.asked, case);
        // What these requests exercise is not what the cases do.
        let coverage = self.engine.coverage();
        let judge = Judge { maker: &maker, policy: &self.policy, coverage: &coverage };
        let mut left = MOST_SHRINKS;
        'smaller: loop {
            for candidate in shrink::smaller(&maker, draft, &case.nature, breach) {
                if left == 0 || *left_of_all == 0 || self.line.turn().await.is_err() {
                    return;
                }
                (left, *left_of_all) = (left - 1, *left_of_all - 1);
                let Ok((request, breach)) = maker.confirmed(&candidate, &case.nature) else { continue };
                let answer = self.line.send(case.document, &maker.base(), &request).await;
                let sent = Sent { case, draft: &candidate, request: &request, breach: breach.as_ref() };
                let verdict = judge.judge(0, &sent, answer.as_ref());
                if fingerprints(&verdict.exchange).contains(&fingerprint) {
                    *draft = candidate;
                    continue 'smaller;
                }
            }
            return;
        }
    }
}

/// What a success tells of, in its content and by its links.
fn told(maker: &Maker<'_>, draft: &Draft, exchange: &Exchange, headers: &HeaderMap) -> Vec<(String, Record)> {
    if !(200..300).contains(&exchange.status) {
        return Vec::new();
    }
    let content: Value = serde_json::from_slice(&exchange.reply).unwrap_or_default();
    let mut records = ids::records(maker.operation, draft, &content);
    let source = Source { operation: maker.operation, draft, exchange, headers, content: &content };
    records.extend(source.records(maker.contract));
    records
}

/// What an exchange shows.
fn fingerprints(exchange: &Exchange) -> Vec<Fingerprint> {
    if exchange.violations.is_empty() {
        return Vec::new();
    }
    let ledger = Ledger::default();
    ledger.enter(exchange);
    ledger.drifts().into_iter().map(|drift| drift.fingerprint).collect()
}
