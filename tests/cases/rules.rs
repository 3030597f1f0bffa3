//! What all cases say of the rules together: each is raised and near by not raised, and every finding has its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use standin::exchange::Exchange;
use standin::violation::{Area, Direction, Rule, Violation};

use super::read::{Case, Text};
use super::{Direct, Player as _, all_cases, document, engine};
use crate::support::repository;
use standin::admin::{Access, Admin};

/// Plays a case in the engine, and gives its exchanges in order.
fn exchanges(case: &Case) -> Vec<Exchange> {
    let documents: Vec<_> = case.setup.documents.iter().map(|(name, text)| document(name, text)).collect();
    let engine = engine(case, &documents);
    let player = Direct(Arc::clone(&engine), Admin::new(Arc::clone(&engine), Access::default()));
    for step in &case.steps {
        player.play(step.request.clone());
    }
    let mut exchanges = engine.sessions().default().journal.all();
    exchanges.sort_by_key(|exchange| exchange.id);
    exchanges
}

#[test]
fn every_rule_of_requests_is_raised_and_near_by_it_is_not() {
    let cases = all_cases();
    let mut wrong = Vec::new();
    // Rules of replies are raised by servers that a case does not play.
    for rule in Rule::ALL.iter().filter(|rule| rule.definition().direction == Some(Direction::Request)) {
        let case = cases.iter().find(|case| case.file.ends_with("/rules.md") && case.title == rule.code());
        let Some(case) = case else {
            wrong.push(format!("`{rule}` has no case in rules.md"));
            continue;
        };
        let exchanges = exchanges(case);
        let raised: Vec<bool> = exchanges
            .iter()
            .map(|exchange| exchange.violations.iter().any(|violation| violation.rule == *rule))
            .collect();
        // Before a client can be seen to come again, there is a request that fails.
        let before = if rule.definition().area == Area::Client { raised.len().saturating_sub(2) } else { 0 };
        if raised[before..] != [true, false] || raised[..before].contains(&true) {
            wrong.push(format!("`{rule}`: of its requests, {raised:?} break it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_points_at_its_keyword() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in all_cases() {
        let texts: BTreeMap<String, String> = case
            .setup
            .documents
            .iter()
            .map(|(name, text)| match text {
                Text::File(path) => {
                    let path = repository(path);
                    (path.display().to_string(), std::fs::read_to_string(&path).unwrap())
                }
                Text::Inline(text) => (format!("{name}.yaml"), text.clone()),
            })
            .collect();
        for violation in exchanges(&case).iter().flat_map(|exchange| &exchange.violations) {
            count += 1;
            if let Err(why) = holds(violation, &texts) {
                wrong.push(format!(
                    "{}: {}: {} at {}: {why}",
                    case.file, case.title, violation.message, violation.place
                ));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 100, "only {count} findings");
}

/// Whether the line that a finding names has the keyword, or the key of what is declared, that it points at.
fn holds(violation: &Violation, texts: &BTreeMap<String, String>) -> Result<(), String> {
    let place = &violation.place;
    let text = texts.get(place.file.as_ref()).ok_or("there is no such file")?;
    let line = text.lines().nth(place.line - 1).ok_or("there is no such line")?;
    let behind: String = line.chars().skip(place.column - 1).collect();
    if behind.trim().is_empty() {
        return Err(format!("nothing stands there: `{line}`"));
    }
    // No operation is declared for a path that is not known.
    let Some(key) = place.pointer.last() else {
        return if violation.rule == Rule::PathUnknown {
            Ok(())
        } else {
            Err("it points at the whole document".into())
        };
    };
    let is_item = key.bytes().all(|byte| byte.is_ascii_digit()) && !line.contains(&format!("{key}:"));
    let stands = line.contains(&key) || is_item && line.contains(['-', '[']);
    if stands { Ok(()) } else { Err(format!("`{key}` does not stand there: `{line}`")) }
}
