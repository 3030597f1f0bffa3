//! Which cases there are: those of each operation, in the order of the documents, by the seed alone.

mod invalid;
mod valid;

use std::collections::{BTreeMap, HashSet};

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

/// All cases, and how many could not be made.
#[derive(Debug, Default)]
pub struct Plan {
    /// The cases in the order in which they are sent.
    pub cases: Vec<Case>,
    /// How many were left out, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

/// Lists the cases for all documents of an engine.
pub fn plan(engine: &Engine, asked: &Asked) -> Plan {
    let mut plan = Plan::default();
    // Each with its number among those of its operation: valid and invalid ones by turns.
    let mut ranked: Vec<(usize, Case)> = Vec::new();
    for (document, contract) in engine.contracts().iter().enumerate() {
        let plans = Plans::with_locale(&contract.schemas, asked.locale);
        for (index, operation) in contract.operations.iter().enumerate() {
            let maker = Maker::new(engine, asked, (document, index));
            let mut listing = Listing::new(maker, &plans, (document, index));
            listing.list();
            let Listing { cases, left_out, .. } = listing;
            for (reason, count) in left_out {
                *plan.left_out.entry(reason).or_default() += count;
            }
            if !asked.allows_unsafe && !is_safe(&operation.method) {
                *plan.left_out.entry(LeftOut::UnsafeMethod).or_default() += cases.len() as u64;
                continue;
            }
            let (mut valid, mut invalid) = (0, 1);
            for case in cases {
                let rank = if case.nature == Nature::Invalid { &mut invalid } else { &mut valid };
                ranked.push((*rank, case));
                *rank += 2;
            }
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
    plan.left_out.retain(|_, count| *count > 0);
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
