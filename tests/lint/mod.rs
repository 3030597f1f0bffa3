//! Every rule of documents on a document that breaks it, at the marked line, and on one near it that does not.
//!
//! The pairs are data: `rules.md` beside this file.

use std::collections::BTreeMap;

use standin::contract::Contract;
use standin::document::{Document, LoadOptions};
use standin::lint;

use crate::support::{inline, repository};

/// What marks the line that a finding must point at.
const MARK: &str = "# here";

/// A document of a rule: whether it is broken, where it stands in `rules.md`, and its text.
struct Sample {
    is_bad: bool,
    line: usize,
    text: String,
}

/// The samples of `rules.md` by the rule's code.
fn samples() -> BTreeMap<String, Vec<Sample>> {
    let text = std::fs::read_to_string(repository("tests/lint/rules.md")).unwrap();
    let mut all: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let mut code = String::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut code);
        } else if let Some(kind) = line.strip_prefix("```yaml ") {
            let content: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            let is_bad = match kind {
                "bad" => true,
                "good" => false,
                other => panic!("rules.md:{}: `{other}` is neither `bad` nor `good`", index + 1),
            };
            let text = whole(&content.join("\n"));
            all.entry(code.clone()).or_default().push(Sample { is_bad, line: index + 1, text });
        }
    }
    all
}

/// The text with what every document begins with, where it does not say its version itself.
fn whole(text: &str) -> String {
    if text.starts_with("openapi:") || text.starts_with("swagger:") {
        return format!("{text}\n");
    }
    let paths = if text.contains("paths:") { "" } else { "paths: {}\n" };
    format!("openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\n{paths}{text}\n")
}

/// The lines at which a rule finds something.
fn lines(code: &str, text: &str) -> Vec<usize> {
    let loaded = Document::load(&inline("t", text), LoadOptions::default());
    let Some(document) = loaded.value else { panic!("{code}: {:?}\n{text}", loaded.diagnostics) };
    let (contract, _) = Contract::build("t", document);
    let found = lint::run(&contract).into_iter().filter(|one| one.code == code);
    found.map(|one| one.span.unwrap().line_and_column().0).collect()
}

#[test]
fn every_rule_has_a_pair_that_it_tells_apart() {
    let samples = samples();
    let mut wrong = Vec::new();
    for rule in lint::RULES {
        let own = samples.get(rule.code).map(Vec::as_slice).unwrap_or_default();
        if !own.iter().any(|sample| sample.is_bad) || !own.iter().any(|sample| !sample.is_bad) {
            wrong.push(format!("`{}` has no pair of a bad and a good document", rule.code));
        }
        for sample in own {
            let marked = sample.text.lines().position(|line| line.ends_with(MARK)).map(|index| index + 1);
            let found = lines(rule.code, &sample.text);
            let is_right = if sample.is_bad {
                found.first() == marked.as_ref() && marked.is_some()
            } else {
                found.is_empty()
            };
            if !is_right {
                wrong.push(format!(
                    "rules.md:{}: `{}` is found at {found:?}, marked is {marked:?}:\n{}",
                    sample.line, rule.code, sample.text
                ));
            }
        }
    }
    let known: Vec<&str> = lint::RULES.iter().map(|rule| rule.code).collect();
    wrong.extend(
        samples
            .keys()
            .filter(|code| !known.contains(&code.as_str()))
            .map(|code| format!("`{code}` is no rule")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
