//! Measures how long it takes to hold a valid request against its operation (credentials, parameters, content: read,
//! judged, looked through for undeclared names), beside parsing the same content and judging it by the same validator.
//!
//! `cargo bench --bench check` takes Packet's `POST /organizations`, small and large, in turns with the bare way, so that
//! what else the machine does hits both alike; the ratio is what counts. `-- --quick` takes shorter and fewer rounds.
//! The column `body` is the same request with only its content judged: what is between it and `standin` are credentials,
//! parameters and undeclared names of header fields, which do not grow with the content, and which the bare way leaves out.
//! Also tells how many allocations a request takes beyond those of its parsed content; and how long a reply of each
//! operation takes whose text tells that it is valid, beside reading and judging its value. `-- FILE…` measures the first judged
//! reply of each operation of these documents in its place. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

mod first;
mod reply;

use std::alloc::System;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method};
use serde_json::{Value, json};
use standin::check::{Areas, Checker, Credentials, Standards, Strictness};
use standin::contract::{Contract, Operation};
use standin::document::{Document, LoadOptions, Source};
use standin::message::Request;
use standin::schema::{Direction, Validator};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let files: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if !files.is_empty() {
        return files.iter().for_each(|file| first::measure(Path::new(file)));
    }
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (length, count) = if quick { (40, 5) } else { (200, 15) };
    let contract = match contract() {
        Ok(contract) => contract,
        Err(reason) => return println!("{reason}"),
    };
    let Some(operation) = contract.operations.iter().find(|operation| operation.id == "createOrganization")
    else {
        return println!("the document has no `createOrganization`");
    };
    println!(
        "{:28} {:>6} {:>9} {:>9} {:>9} {:>6} {:>6}   {:>16}",
        "", "bytes", "standin", "body", "bare", "ratio", "body", "allocations"
    );
    for (name, body) in bodies() {
        match Subject::new(&contract, operation, &body) {
            Some(subject) => subject.measure(name, Duration::from_millis(length), count),
            None => println!("{name}: the content has no schema"),
        }
    }
    reply::measure(&contract, Duration::from_millis(length), count);
}

fn contract() -> Result<Contract, &'static str> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/packet.yaml");
    let loaded = Document::load(&Source::File(path), LoadOptions::default());
    Ok(Contract::build("packet", loaded.value.ok_or("the document can't be served")?).0)
}

fn bodies() -> [(&'static str, Value); 3] {
    let small = json!({ "name": "Nordwind", "website": "https://nordwind.example" });
    let mut usual = small.clone();
    usual["description"] =
        json!("Ships from the north, on the wind, since 1987; offices in Kiel and Flensburg");
    usual["twitter"] = json!("nordwind");
    usual["address"] =
        json!({ "address": "Hafenstr. 1", "city": "Kiel", "country": "DE", "zip_code": "24103" });
    let mut large = usual.clone();
    large["description"] = json!("Ships from the north, on the wind. ".repeat(60));
    [("POST, small", small), ("POST, usual", usual), ("POST, long", large)]
}

/// A request, and both ways of judging it.
struct Subject<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    checker: Checker,
    validator: Arc<Validator>,
    request: Request,
    credentials: Credentials,
}

impl<'a> Subject<'a> {
    fn new(contract: &'a Contract, operation: &'a Operation, body: &Value) -> Option<Self> {
        let schema = operation.body.as_ref()?.content.first()?.schema.as_ref()?;
        let mut request = Request::new(Method::POST, "/organizations");
        request.headers.insert("x-auth-token", HeaderValue::from_static("t"));
        request.headers.insert("content-type", HeaderValue::from_static("application/json"));
        request.headers.insert("host", HeaderValue::from_static("localhost:4010"));
        request.headers.insert("user-agent", HeaderValue::from_static("bench"));
        request.body = body.to_string().into();
        Some(Self {
            contract,
            operation,
            checker: Checker::compile(operation),
            validator: contract.schemas.validator(schema, Direction::Request).ok()?,
            request,
            credentials: Credentials::Any,
        })
    }

    /// How many violations there are: none.
    fn judge(&self) -> usize {
        self.judge_areas(Areas { security: true, parameters: true, body: true })
    }

    /// As [`Self::judge`], of the content alone.
    fn judge_body(&self) -> usize {
        self.judge_areas(Areas { security: false, parameters: false, body: true })
    }

    fn judge_areas(&self, areas: Areas) -> usize {
        let standards =
            Standards { areas, credentials: &self.credentials, strictness: Strictness::default() };
        let checked = self.checker.check(self.contract, self.operation, &self.request, &[], None, standards);
        black_box(&checked.body);
        checked.violations.len()
    }

    fn judge_bare(&self) -> usize {
        let parsed: Option<Value> = serde_json::from_slice(&self.request.body).ok();
        usize::from(!parsed.is_some_and(|value| self.validator.is_valid(&value)))
    }

    fn measure(&self, name: &str, length: Duration, count: usize) {
        let found = self.judge() + self.judge_body() + self.judge_bare();
        if found > 0 {
            return println!("{name}: the request is not valid");
        }
        let (mut own, mut body, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            own.push(nanoseconds(length, || self.judge()));
            body.push(nanoseconds(length, || self.judge_body()));
            bare.push(nanoseconds(length, || self.judge_bare()));
        }
        let (all, parsed) = (allocations(|| self.judge()), allocations(|| self.judge_bare()));
        let ratio = |taken: &[f64]| {
            let mut ratios: Vec<f64> = taken.iter().zip(&bare).map(|(own, bare)| own / bare).collect();
            median(&mut ratios)
        };
        let (whole_ratio, body_ratio) = (ratio(&own), ratio(&body));
        println!(
            "{name:28} {:>6} {:>6.0} ns {:>6.0} ns {:>6.0} ns {whole_ratio:>6.2} {body_ratio:>6.2}   {all:>4} ({parsed:>3} bare)",
            self.request.body.len(),
            median(&mut own),
            median(&mut body),
            median(&mut bare),
        );
    }
}

fn allocations(mut judge: impl FnMut() -> usize) -> usize {
    let region = Region::new(ALLOCATOR);
    black_box(judge());
    region.change().allocations
}

/// How long one call takes.
fn nanoseconds(length: Duration, mut judge: impl FnMut() -> usize) -> f64 {
    let (start, mut calls) = (Instant::now(), 0_u32);
    while start.elapsed() < length {
        for _ in 0..64 {
            black_box(judge());
        }
        calls += 64;
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
