//! What all cases say of the rules together: each is raised and near by not raised, and every finding has its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use standin::admin::{Access, Admin};
use standin::check::Received;
use standin::violation::{Area, Rule, Violation};

use super::read::{Case, Text};
use super::{Direct, Player as _, all_cases, document, engine};
use crate::support::repository;

/// What is found in the exchanges of a case: in those that are played, then in those of somebody else's server.
fn found(case: &Case) -> Vec<Vec<Violation>> {
    let documents: Vec<_> = case.setup.documents.iter().map(|(name, text)| document(name, text)).collect();
    let engine = engine(case, &documents);
    let player = Direct(Arc::clone(&engine), Admin::new(Arc::clone(&engine), Access::default()));
    for step in &case.steps {
        player.play(step.request.clone());
    }
    let mut exchanges = engine.sessions().default().journal.all();
    exchanges.sort_by_key(|exchange| exchange.id);
    let played = exchanges.into_iter().map(|exchange| exchange.violations);
    let judged =
        case.foreign.iter().map(|(request, reply)| engine.judge(request, Received::from(reply)).violations);
    played.chain(judged).collect()
}

#[test]
fn every_rule_is_raised_and_near_by_it_is_not() {
    let cases = all_cases();
    let mut wrong = Vec::new();
    // What a server makes of requests is only known to who made them: `tests/verify` has those.
    for rule in Rule::ALL.iter().filter(|rule| rule.definition().area != Area::Server) {
        let is_own = |case: &&Case| {
            ["/rules.md", "/replies.md"].iter().any(|file| case.file.ends_with(file))
                && case.title == rule.code()
        };
        let Some(case) = cases.iter().find(is_own) else {
            wrong.push(format!("`{rule}` has no case in rules.md or replies.md"));
            continue;
        };
        let raised: Vec<bool> =
            found(case).iter().map(|found| found.iter().any(|violation| violation.rule == *rule)).collect();
        // Before a client can be seen to come again, there is a request that fails.
        let before = if rule.definition().area == Area::Client { raised.len().saturating_sub(2) } else { 0 };
        if raised[before..] != [true, false] || raised[..before].contains(&true) {
            wrong.push(format!("`{rule}`: of its exchanges, {raised:?} break it"));
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
        for violation in found(&case).iter().flatten() {
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

/// Whether a finding points at the keyword, or the key of what is declared: at the key itself, at the value behind it, or at
/// the item of a list.
fn holds(violation: &Violation, texts: &BTreeMap<String, String>) -> Result<(), String> {
    let place = &violation.place;
    let text = texts.get(place.file.as_ref()).ok_or("there is no such file")?;
    let line = text.lines().nth(place.line - 1).ok_or("there is no such line")?;
    let column = line.char_indices().nth(place.column - 1).map(|(column, _)| column);
    let (before, behind) = line.split_at(column.ok_or_else(|| format!("nothing stands there: `{line}`"))?);
    // No operation is declared for a path that is not known.
    let Some(key) = place.pointer.last() else {
        return if violation.rule == Rule::PathUnknown {
            Ok(())
        } else {
            Err("it points at the whole document".into())
        };
    };
    let before = before.trim_end();
    let quotes = ['"', '\''];
    let is_key = behind.trim_start_matches(quotes).starts_with(&key);
    let is_value =
        before.strip_suffix(':').is_some_and(|before| before.trim_end_matches(quotes).ends_with(&key));
    let is_item = key.bytes().all(|byte| byte.is_ascii_digit()) && before.ends_with(['-', '[', ',']);
    if is_key || is_value || is_item {
        Ok(())
    } else {
        Err(format!("`{key}` does not stand there: `{line}`"))
    }
}
