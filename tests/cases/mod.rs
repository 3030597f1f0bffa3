//! Plays every case of `*.md` beside this file, in the engine and over a socket, with the same expectations.
//!
//! How a case is written is told in `README.md` beside the cases.

pub mod client;
mod expect;
mod read;
mod rules;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use standin::admin::{Access, Admin};
use standin::clock::Clock;
use standin::contract::Contract;
use standin::document::Source;
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};

use crate::oracle::reading::Reading;
use crate::support::{self, repository};
use client::Served;
use read::{Case, Text};

/// A document in both readings, made once for all cases.
pub struct Document {
    contract: Arc<Contract>,
    reading: Reading,
}

/// What answers requests in a case.
pub trait Player {
    fn play(&self, request: Request) -> Reply;
}

/// The engine without a server; what a server does to the reply to HEAD is done here.
struct Direct(Arc<Engine>, Admin);

impl Player for Direct {
    fn play(&self, request: Request) -> Reply {
        let is_head = request.method == http::Method::HEAD;
        let mut reply = self.1.answer(&request).unwrap_or_else(|| self.0.answer(request));
        if is_head {
            reply.body.clear();
        }
        reply
    }
}

fn engine(case: &Case, documents: &[Arc<Document>]) -> Arc<Engine> {
    let contracts = documents.iter().map(|document| Arc::clone(&document.contract)).collect();
    let setup = &case.setup;
    let options = Options {
        seed: setup.seed,
        data: setup.data,
        locale: setup.locale,
        check: setup.check,
        credentials: setup.credentials.clone(),
        strictness: setup.strictness,
        policy: setup.policy.clone(),
        client: None,
        clock: Clock::Fixed(1_700_000_000_000),
    };
    Arc::new(Engine::new(contracts, Vec::new(), options))
}

fn document(name: &str, text: &Text) -> Arc<Document> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<Document>>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap();
    let (key, source) = match text {
        Text::File(path) => (path.clone(), Source::File(repository(path))),
        Text::Inline(text) => (format!("{name}\n{text}"), support::inline(name, text)),
    };
    let make = || {
        let reading = match text {
            Text::File(path) => Reading::of_file(&repository(path)),
            Text::Inline(text) => Reading::of_text(text),
        };
        Arc::new(Document { contract: support::contract(name, &source), reading })
    };
    Arc::clone(known.entry(key).or_insert_with(make))
}

/// Plays a case; what went otherwise than expected, each with file and line.
fn failures(case: &Case, documents: &[Arc<Document>], player: &dyn Player) -> Vec<String> {
    let mut failures = Vec::new();
    let mut first: Option<Reply> = None;
    for step in &case.steps {
        let reply = player.play(step.request.clone());
        for why in expect::differences(&step.expected, &reply, first.as_ref(), documents) {
            let shown: String = String::from_utf8_lossy(&reply.body).chars().take(700).collect();
            failures.push(format!(
                "{}:{}: {}\n    {}\n    got {} {:?}\n    {shown}",
                case.file, step.line, case.title, why, reply.status, reply.headers
            ));
        }
        first.get_or_insert(reply);
    }
    failures
}

fn all_cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(repository("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| !path.ends_with("README.md"))
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let file = format!("tests/cases/{}", path.file_name().unwrap().to_string_lossy());
        let found = read::cases(&file, &std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|why| panic!("{why}"));
        assert!(!found.is_empty(), "{file} holds no case");
        cases.extend(found);
    }
    cases
}

fn play_all(played: &str, player: impl Fn(&Case, &[Arc<Document>]) -> Box<dyn Player>) {
    let cases = all_cases();
    let mut found = Vec::new();
    for case in &cases {
        let documents: Vec<_> =
            case.setup.documents.iter().map(|(name, text)| document(name, text)).collect();
        let player = player(case, &documents);
        found.extend(failures(case, &documents, &*player));
    }
    let steps: usize = cases.iter().map(|case| case.steps.len()).sum();
    assert!(found.is_empty(), "{} of {steps} requests fail {played}:\n{}", found.len(), found.join("\n"));
    assert!(cases.len() >= 70, "only {} cases", cases.len());
}

#[test]
fn cases_hold_in_the_engine() {
    play_all("in the engine", |case, documents| {
        let engine = engine(case, documents);
        let admin = Admin::new(Arc::clone(&engine), Access::default());
        Box::new(Direct(engine, admin))
    });
}

#[test]
fn cases_hold_over_a_socket() {
    play_all("over a socket", |case, documents| Box::new(Served::start(engine(case, documents))));
}

#[test]
fn a_case_that_says_too_little_is_refused() {
    let document = "document: specs/packet.yaml\n";
    let request = "```http\nGET /organizations\n```\n";
    let reply = "```reply\n200\n```\n";
    let table = [
        (String::new(), "no heading"),
        (format!("## A case\n\nIt is one.\n\n{request}{reply}"), "no document"),
        (format!("## A case\n\n{document}{request}{reply}"), "no sentence"),
        (format!("## A case\n\nIt is one.\n\n{document}{request}"), "no reply"),
        (format!("## A case\n\nIt is one.\n\n{document}"), "no request"),
        (format!("## A case\n\nIt is one.\n\n{document}colour: red\n{request}{reply}"), "unknown option"),
        (
            format!("## A case\n\nIt is one.\n\n{document}{request}```reply\n200\nnot a header\n```\n"),
            "bad header",
        ),
        (
            format!("## A case\n\nIt is one.\n\n{document}{request}```reply\n200\n\nnonsense\n```\n"),
            "bad body",
        ),
    ];
    for (text, why) in table {
        assert!(read::cases("here.md", &text).map_or(true, |cases| cases.is_empty()), "{why}");
    }
    let good = format!("# All\n\n{document}\n## A case\n\nIt is one.\n\n{request}\n{reply}");
    assert_eq!(read::cases("here.md", &good).unwrap().len(), 1);
}
