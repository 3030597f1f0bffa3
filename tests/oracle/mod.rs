//! Every declared reply of every operation, generated under many seeds and judged by a reading of the document that
//! shares no code with the program.

mod breaks;
mod edges;
mod judged;
pub mod reading;
mod skimmed;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderValue, Method};
use standin::check::Received;
use standin::contract::Contract;
use standin::document::Source;
use standin::engine::{Checks, Engine, Mode, Options};
use standin::message::{Reply, Request};
use standin::negotiate;
use standin::violation::{Rule, Violation};

use crate::support::{self, BUNDLED, repository};
use reading::{Given, Operation, Reading, Tally, Verdict};

/// Our own hard documents that have values, in `tests/hard`.
const HARD: [&str; 8] = [
    "arrays31",
    "combinations31",
    "dynamic31",
    "keywords32",
    "nullable30",
    "objects31",
    "references31",
    "values31",
];
/// How many operations of one document of the corpus are asked; of more, every nth. Of documents over a megabyte fewer, so
/// that a debug build is through in about a minute.
const MOST_OPERATIONS: usize = 20;
const MOST_OPERATIONS_OF_LARGE: usize = 8;
const LARGE: u64 = 1_000_000;
/// How many failures are told before the rest is only counted.
const MOST_TOLD: usize = 75;

/// A document in both readings.
pub struct Subject {
    name: String,
    contract: Arc<Contract>,
    pub engine: Engine,
    /// The program as a judge of replies.
    judge: Engine,
    pub reading: Reading,
}

impl Subject {
    pub fn new(name: &str, contract: Arc<Contract>, reading: Reading) -> Self {
        let options = Options { check: Checks::all(Mode::Off), ..Options::default() };
        let engine = Engine::new(vec![Arc::clone(&contract)], Vec::new(), options);
        let judge = Engine::new(vec![Arc::clone(&contract)], Vec::new(), Options::default());
        Self { name: name.to_owned(), contract, engine, judge, reading }
    }

    /// Asks one operation for one reply, and holds it against both readings.
    fn ask(&self, operation: &Operation, prefer: &str, tally: &mut Tally) -> Result<(), String> {
        self.ask_for(operation, prefer, None, tally)
    }

    /// Asks one operation for one reply of a media type, and holds it against both readings.
    pub fn ask_for(
        &self,
        operation: &Operation,
        prefer: &str,
        accept: Option<&str>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let reply = self.reply(operation, prefer, accept);
        self.judge(operation, prefer, &reply, tally)
    }

    fn reply(&self, operation: &Operation, prefer: &str, accept: Option<&str>) -> Reply {
        let mut request = self.request(operation, prefer);
        if let Some(accept) = accept {
            request.headers.insert("accept", HeaderValue::from_str(accept).unwrap());
        }
        self.engine.answer(request)
    }

    /// Holds a reply against both readings.
    fn judge(
        &self,
        operation: &Operation,
        prefer: &str,
        reply: &Reply,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let told = |why: String| format!("{} `{}` Prefer: {prefer}: {why}", self.name, operation.id);
        let label = reply.headers.get("standin-operation").and_then(|value| value.to_str().ok());
        let visible: String =
            operation.id.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect();
        if label != Some(format!("{}/{visible}", self.name).as_str()) {
            // Two templates can fit one path (box tells some apart by `#`); the other one is asked for itself.
            tally.count("answered by another operation");
            return Ok(());
        }
        let body = &reply.body;
        let header = |name: &str| Some(reply.headers.get(name)?.to_str().ok()?.to_owned());
        let problem = header("content-type").as_deref() == Some("application/problem+json");
        let wanted: u16 =
            prefer.strip_prefix("code=").and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0);
        if problem && wanted != 0 && reply.status != wanted {
            return Err(told(format!("answered by {} {}", reply.status, String::from_utf8_lossy(body))));
        }
        let given =
            Given { status: reply.status, header: &header, body, is_head: operation.method == "HEAD" };
        match self.reading.judge(operation, &given).map_err(told)? {
            Verdict::Judged => tally.count("judged"),
            Verdict::InPart => tally.count("judged in part"),
        }
        let found = self.found(operation, prefer, reply);
        match found.iter().find(|violation| !is_known(violation)) {
            Some(violation) => {
                let body = String::from_utf8_lossy(body);
                Err(told(format!("its own check says {}: {}: {body}", violation.rule, violation.message)))
            }
            None => Ok(()),
        }
    }

    /// What the program itself finds in a reply.
    fn found(&self, operation: &Operation, prefer: &str, reply: &Reply) -> Vec<Violation> {
        let request = self.request(operation, prefer);
        let mut violations = self.judge.judge(&request, Received::from(reply)).violations;
        violations.retain(|violation| violation.location[0] == "response");
        violations
    }

    /// A request for an operation, with a value for each parameter of its path.
    pub fn request(&self, operation: &Operation, prefer: &str) -> Request {
        let mut path = String::new();
        for (index, part) in operation.template.split('{').enumerate() {
            path.push_str(if index == 0 { part } else { "1" });
            path.push_str(if index == 0 { "" } else { part.split_once('}').map_or("", |(_, rest)| rest) });
        }
        // What stands behind `#` or `?` in a template tells operations apart for the reader only.
        let path: String = path.split('#').next().unwrap_or_default().replace(' ', "%20");
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let mut request = Request::new(method, &path);
        request.headers.insert("standin-spec", HeaderValue::from_str(&self.name).unwrap());
        request.headers.insert("prefer", HeaderValue::from_str(prefer).unwrap());
        request
    }
}

/// What the program tells of replies that are valid: an example of the document may have a property that no schema names,
/// or one that is writeOnly; and where a schema counts properties, some have to be made up.
fn is_known(violation: &Violation) -> bool {
    matches!(violation.rule, Rule::ReplyPropertyUndeclared | Rule::ReplyPropertyWriteOnly)
}

/// Every wish that brings one of the operation's declared replies.
fn wishes(subject: &Subject, operation: &Operation) -> Vec<String> {
    let mut wishes: Vec<String> =
        operation.statuses().iter().map(|status| format!("code={status}")).collect();
    let declared = subject.contract.operations.iter().find(|declared| declared.id == operation.id);
    for failure in declared.into_iter().flat_map(|declared| negotiate::failures(&subject.contract, declared))
    {
        if failure.qualified.is_ascii() && !failure.qualified.contains(['"', '\\']) {
            wishes.push(format!("error=\"{}\"", failure.qualified));
        }
    }
    wishes
}

/// Asks for everything, `seeds` times generated and once as the document's examples have it.
fn judge_all(subject: &Subject, seeds: u64, tally: &mut Tally, failures: &mut Vec<String>) {
    for operation in &subject.reading.operations {
        for wish in wishes(subject, operation) {
            let generated = (0..seeds).map(|seed| format!("{wish}, dynamic=true, seed={seed}"));
            for prefer in generated.chain([format!("{wish}, seed=1")]) {
                if let Err(why) = subject.ask(operation, &prefer, tally) {
                    failures.push(why);
                    break;
                }
            }
        }
    }
}

pub fn tell(failures: &[String]) -> String {
    let told: Vec<&str> = failures.iter().take(MOST_TOLD).map(String::as_str).collect();
    format!("{} replies are not valid:\n  {}", failures.len(), told.join("\n  "))
}

/// A line for whoever reads the log; shown by `--nocapture`.
#[expect(clippy::print_stderr, reason = "how much was judged is part of a test's result")]
pub fn log(line: &str) {
    eprintln!("{line}");
}

#[test]
fn every_declared_reply_of_the_bundled_documents_is_valid_under_200_seeds() {
    let (mut tally, mut failures) = (Tally::default(), Vec::new());
    for name in BUNDLED {
        let contract = support::contract(name, &support::bundled(name));
        let reading = Reading::of_file(&repository(&format!("specs/{name}.yaml")));
        let subject = Subject::new(name, contract, reading);
        judge_all(&subject, 200, &mut tally, &mut failures);
    }
    log(&format!("oracle: 4 documents, {:?}", tally.0));
    assert!(failures.is_empty(), "{}", tell(&failures));
    assert!(tally.0["judged"] > 10_000, "{:?}", tally.0);
    assert_eq!(tally.0.len(), 1, "{:?}", tally.0);
}

/// The folder of documents that are not in the repository, if it is there.
fn corpus() -> PathBuf {
    std::env::var_os("STANDIN_CORPUS").map_or_else(|| repository("../shared/corpus"), PathBuf::from)
}

#[test]
fn declared_replies_of_the_corpus_are_valid() {
    let folder = corpus();
    let Ok(index) = std::fs::read_to_string(folder.join("index.tsv")) else {
        log(&format!("oracle: 0 documents of a corpus: there is no {}", folder.join("index.tsv").display()));
        return;
    };
    let started = Instant::now();
    let (mut documents, mut tally, mut failures) = (0, Tally::default(), Vec::new());
    for line in index.lines().skip(1) {
        let mut columns = line.split('\t');
        let (path, name) = (folder.join(columns.next().unwrap()), columns.next().unwrap());
        let begun = Instant::now();
        let (contract, _) = support::build(name, &Source::File(path.clone()));
        let Some(contract) = contract else {
            failures.push(format!("`{name}` can't be loaded"));
            continue;
        };
        let is_large = std::fs::metadata(&path).unwrap().len() > LARGE;
        let most = if is_large { MOST_OPERATIONS_OF_LARGE } else { MOST_OPERATIONS };
        let (reading, every, all) = Reading::of_some(&path, most);
        let subject = Subject::new(name, Arc::new(contract), reading);
        let before = failures.len();
        judge_all(&subject, 3, &mut tally, &mut failures);
        documents += 1;
        let failed = failures.len() - before;
        let seconds = begun.elapsed().as_secs_f32();
        log(&format!("oracle: {name}: one in {every} of {all} operations, {failed} failed, {seconds:.1} s"));
    }
    let seconds = started.elapsed().as_secs();
    log(&format!("oracle: {documents} documents of the corpus in {seconds} s, {:?}", tally.0));
    assert!(failures.is_empty(), "{}", tell(&failures));
    assert!(documents > 0, "the corpus is empty");
}

#[test]
fn the_oracle_reads_by_the_letter() {
    let text = |schema: &str, version: &str| {
        format!(
            "openapi: {version}\npaths:\n  /a:\n    get:\n      operationId: a\n      responses:\n        '200':\n          content:\n            application/json:\n              schema: {schema}\n"
        )
    };
    let table = [
        ("3.0.3", "{type: string, nullable: true}", "null", true),
        ("3.0.3", "{nullable: true, allOf: [{type: string}]}", "null", false),
        ("3.0.3", "{type: string, nullable: true, enum: [a]}", "null", false),
        ("3.1.0", "{type: string, nullable: true}", "null", false),
        ("3.0.3", "{type: integer, minimum: 3, exclusiveMinimum: true}", "3", false),
        ("3.0.3", "{type: integer, format: int32}", "4000000000", false),
        ("3.0.3", "{required: [a], properties: {a: {writeOnly: true}}}", "{}", true),
        ("3.0.3", "{allOf: [{required: [a]}, {properties: {a: {writeOnly: true}}}]}", "{}", true),
        ("3.0.3", "{required: [a], properties: {a: {}}}", "{}", false),
        ("3.0.3", "{type: string, format: date-time}", "\"yesterday\"", false),
        ("3.0.3", "{type: object, properties: {$ref: {type: string}}}", "{\"$ref\": 1}", false),
        ("3.0.3", "{$ref: '#/paths/~1b', type: string}", "5", true),
        ("3.1.0", "{$ref: '#/paths', type: string}", "5", false),
        ("3.1.0", "{$id: 'https://a.example/b', $ref: '#/$defs/c', $defs: {c: {const: 1}}}", "2", false),
        (
            "3.1.0",
            "{$id: 'https://a.example/b', $ref: c, $defs: {c: {$id: 'https://a.example/c', const: 1}}}",
            "2",
            false,
        ),
        ("3.1.0", "{$ref: '#c', $defs: {c: {$anchor: c, const: 1}}}", "2", false),
    ];
    for (version, schema, body, is_valid) in table {
        let reading = Reading::of_text(&text(schema, version));
        let header = |name: &str| (name == "content-type").then(|| "application/json".to_owned());
        let given = Given { status: 200, header: &header, body: body.as_bytes(), is_head: false };
        let judged = reading.judge(reading.operation("a"), &given);
        assert_eq!(judged.is_ok(), is_valid, "{version} {schema} {body}: {judged:?}");
    }
}
