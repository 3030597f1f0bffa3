//! Which cases there are: those of each operation, in the order of the documents, by the seed alone.

mod invalid;
mod valid;

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use super::asked::Asked;
use super::case::{Case, Draft, Focus, Nature, Payload, Shown};
use super::making::{Maker, is_described_elsewhere};
use super::order::{Stage, is_safe};
use super::outcome::LeftOut;
use super::values::{ContentSource, Source};
use crate::contract::Location;
use crate::engine::Engine;
use crate::generate::Plans;
use crate::media_type::Kind;

/// What each thread has for judging the deepest values: as much as those of a server.
const STACK: usize = 16 * 1024 * 1024;

/// All cases, and how many could not be made.
#[derive(Debug, Default)]
pub struct Plan {
    /// The cases in the order in which they are sent.
    pub cases: Vec<Case>,
    /// How many were left out, by reason; of unsafe methods, how many operations.
    pub left_out: BTreeMap<LeftOut, u64>,
}

/// Lists the cases for all documents of an engine, on so many threads as there are processors. `done` counts operations.
pub fn plan(engine: &Engine, asked: &Asked, done: &AtomicU64) -> Plan {
    let contracts = engine.contracts();
    let plans: Vec<Plans> =
        contracts.iter().map(|contract| Plans::with_locale(&contract.schemas, asked.locale)).collect();
    let places: Vec<(usize, usize)> = contracts
        .iter()
        .enumerate()
        .flat_map(|(document, contract)| (0..contract.operations.len()).map(move |index| (document, index)))
        .collect();
    let listed: Vec<OnceLock<Listed>> = places.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let waiting = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        for (place, listed) in waiting.map_while(|at| places.get(at).zip(listed.get(at))) {
            listed.get_or_init(|| list(engine, asked, &plans[place.0], *place));
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, NonZero::get) {
            // Where there is no room for one more, those that are there do it.
            let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
        work();
    });
    let listed = listed.into_iter().filter_map(OnceLock::into_inner).collect();
    joined(engine, asked, listed)
}

/// What was listed of one operation.
struct Listed {
    cases: Vec<Case>,
    left_out: BTreeMap<LeftOut, u64>,
}

/// Lists the cases of an operation; none if it is not to be asked.
fn list(engine: &Engine, asked: &Asked, plans: &Plans, place: (usize, usize)) -> Listed {
    let maker = Maker::new(engine, asked, place);
    if !asked.allows_unsafe && !is_safe(&maker.operation.method) {
        return Listed { cases: Vec::new(), left_out: BTreeMap::from([(LeftOut::UnsafeMethod, 1)]) };
    }
    let mut listing = Listing::new(maker, plans, place);
    listing.list();
    let Listing { cases, left_out, .. } = listing;
    Listed { cases, left_out }
}

/// What was listed of all operations, in the order in which it is sent and as much of it as is asked for.
fn joined(engine: &Engine, asked: &Asked, listed: Vec<Listed>) -> Plan {
    let mut plan = Plan::default();
    // Each with its number among those of its operation: valid and invalid ones by turns.
    let mut ranked: Vec<(usize, Case)> = Vec::new();
    for Listed { cases, left_out } in listed {
        for (reason, count) in left_out {
            *plan.left_out.entry(reason).or_default() += count;
        }
        let (mut valid, mut invalid) = (0, 1);
        for case in cases {
            let rank = if case.nature == Nature::Invalid { &mut invalid } else { &mut valid };
            ranked.push((*rank, case));
            *rank += 2;
        }
    }
    let stage = |case: &Case| Stage::of(&engine.contracts()[case.document].operations[case.operation]);
    if let Some(most) = asked.most_cases.filter(|most| *most < ranked.len()) {
        ranked.sort_by_key(|(rank, _)| *rank);
        plan.left_out.insert(LeftOut::MostCases, (ranked.len() - most) as u64);
        ranked.truncate(most);
    }
    ranked.sort_by_key(|(rank, case)| (stage(case), case.document, case.operation, *rank));
    plan.cases = ranked.into_iter().map(|(_, case)| case).collect();
    plan
}

/// The cases of one operation under way.
struct Listing<'a> {
    maker: Maker<'a>,
    /// The document's and the operation's place.
    place: (usize, usize),
    sources: Vec<Source<'a>>,
    contents: Vec<ContentSource<'a>>,
    /// The requests that are made already, as bytes.
    known: HashSet<Vec<u8>>,
    cases: Vec<Case>,
    left_out: BTreeMap<LeftOut, u64>,
}

impl<'a> Listing<'a> {
    fn new(maker: Maker<'a>, plans: &Plans, place: (usize, usize)) -> Self {
        let parameters = maker.operation.parameters.iter().enumerate();
        let own = parameters.filter(|(_, one)| !is_described_elsewhere(one.location, &one.name));
        let sources = own.map(|(index, _)| Source::new(&maker, plans, index)).collect();
        let count = maker.operation.body.as_ref().map_or(0, |body| body.content.len());
        let contents = (0..count).filter_map(|index| ContentSource::new(&maker, plans, index)).collect();
        let (known, cases, left_out) = Default::default();
        Self { maker, place, sources, contents, known, cases, left_out }
    }

    /// The content that most clients send: the first JSON, else the first.
    fn main_content(&self) -> Option<&ContentSource<'a>> {
        let json = self.contents.iter().find(|content| content.media_type().kind() == Kind::Json);
        json.or(self.contents.first())
    }

    /// Adds all cases.
    fn list(&mut self) {
        let Some(base) = self.base() else { return self.leave_out(LeftOut::NoValue) };
        let whole = base.payload.is_some().then(|| base.clone());
        let whole = whole.or_else(|| Some(base.carrying(Some(self.usual_content()?))));
        if whole.is_none() && self.maker.operation.body.is_some() {
            self.leave_out(LeftOut::NoValue);
        }
        self.valid(&base, whole.as_ref());
        self.invalid(&base, whole.as_ref());
    }

    /// The request that has only what it must have; `None` where that can't be made.
    fn base(&self) -> Option<Draft> {
        let is_needed = |source: &&Source<'_>| {
            source.parameter().required || source.parameter().location == Location::Path || source.is_given()
        };
        let arguments =
            self.sources.iter().filter(is_needed).map(Source::usual).collect::<Option<Vec<_>>>()?;
        let needs_content = self.maker.operation.body.as_ref().is_some_and(|body| body.required);
        let payload = if needs_content { Some(self.usual_content()?) } else { None };
        Some(Draft { arguments, payload, shown: Shown::Good })
    }

    /// The content that is sent where nothing else is asked for: the document's example, else a generated one.
    fn usual_content(&self) -> Option<Payload> {
        let main = self.main_content()?;
        let example = main.examples(&self.maker).into_iter().next();
        example.map(|(_, payload)| payload).or_else(|| main.generated(0))
    }

    /// Adds a case, unless the same request is there already or it can't be what it is to be.
    fn add(&mut self, name: String, nature: Nature, draft: Draft) {
        let request = match self.maker.confirmed(&draft, &nature) {
            Ok((request, _)) => request,
            Err(reason) => return self.leave_out(reason),
        };
        let mut bytes = request.target().into_bytes();
        for (name, value) in &request.headers {
            bytes.extend([b"\n", name.as_str().as_bytes(), b":", value.as_bytes()].concat());
        }
        bytes.extend([b"\n\n", &request.body[..]].concat());
        if self.known.insert(bytes) {
            let (document, operation) = self.place;
            self.cases.push(Case { document, operation, name, nature, draft });
        }
    }

    fn leave_out(&mut self, reason: LeftOut) {
        *self.left_out.entry(reason).or_default() += 1;
    }
}

/// What a case is about: a parameter.
fn focus(source: &Source<'_>, what: &str) -> Focus {
    let parameter = source.parameter();
    Focus {
        location: vec!["request".to_owned(), parameter.location.word().to_owned(), parameter.name.clone()],
        pointer: parameter.pointer.clone(),
        what: format!("{} parameter `{}`: {what}", parameter.location.word(), parameter.name),
    }
}

/// How a parameter is called in the names of cases.
fn called(source: &Source<'_>) -> String {
    format!("{}.{}", source.parameter().location.word(), source.parameter().name)
}
