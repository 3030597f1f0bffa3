//! One stub mapping, as a rule with what decides where the rule stands.

use super::url::Route;
use super::{Desk, request, response};
use crate::diagnostic::Diagnostic;
use crate::import::part::{LeftOut, Part, Told, object, strangers, text_of};
use crate::scenario::START;
use crate::scenario::format::{Names, ScenarioRule, When};

/// The keys that are read, and those that change nothing of what is played.
const KEYS: &[&str] = &[
    "request",
    "response",
    "name",
    "priority",
    "scenarioName",
    "requiredScenarioState",
    "newScenarioState",
    "id",
    "uuid",
    "persistent",
    "metadata",
    "insertionIndex",
];
/// The priority of a stub that has none.
const USUAL_PRIORITY: i64 = 5;
/// `WireMock`'s name of the state in which each scenario begins.
const STARTED: &str = "Started";

/// A stub that can be imported.
pub(super) struct Stub<'a> {
    pub(super) part: Part<'a>,
    pub(super) rule: ScenarioRule,
    pub(super) route: Route,
    pub(super) priority: i64,
    /// The scenario of `WireMock` whose state it asks for or changes.
    pub(super) machine: Option<String>,
    pub(super) is_in_part: bool,
}

/// Reads a stub; `None` if it is left out. What is wrong with it is told.
pub(super) fn read<'a>(
    part: &Part<'a>,
    desk: &Desk<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Stub<'a>> {
    let mut told = Told::default();
    let stub = told_of(part, desk, &mut told);
    diagnostics.append(&mut told.diagnostics);
    stub.ok()
}

fn told_of<'a>(part: &Part<'a>, desk: &Desk<'_>, told: &mut Told) -> Result<Stub<'a>, LeftOut> {
    object(part, told)?;
    let asked = part.member("request");
    let mut route = match &asked {
        Some(request) => request::read(request, desk, told)?,
        None => return Err(told.wrong(part, "a stub with `request` and `response`")),
    };
    let mut rule = ScenarioRule::default();
    response::read(part.member("response").as_ref(), &route, desk, &mut rule, told)?;
    for (stranger, help) in strangers(part, KEYS) {
        let key = stranger.at.last().unwrap_or_default();
        told.lose(&stranger, format!("nothing does what `{key}` says"), &help);
    }
    let priority = match part.member("priority") {
        None => USUAL_PRIORITY,
        Some(priority) => priority.value.as_i64().ok_or_else(|| told.wrong(&priority, "a whole number"))?,
    };
    let machine = states(part, &mut route.when, &mut rule, told)?;
    let name = match part.member("name") {
        Some(name) => text_of(&name, told)?.to_owned(),
        None => route.label.clone(),
    };
    let lost = told.lost.join(", ");
    rule.name = Some(if lost.is_empty() { name } else { format!("{name} (without {lost})") });
    rule.when = route.when.clone();
    Ok(Stub { part: part.clone(), rule, route, priority, machine, is_in_part: !lost.is_empty() })
}

/// The state that is asked for, and the one that is gone to.
fn states(
    part: &Part<'_>,
    when: &mut When,
    rule: &mut ScenarioRule,
    told: &mut Told,
) -> Result<Option<String>, LeftOut> {
    let state = |key: &str, told: &mut Told| match part.member(key) {
        Some(state) => Ok(Some((state.clone(), named(text_of(&state, told)?)))),
        None => Ok(None),
    };
    let (required, next) = (state("requiredScenarioState", told)?, state("newScenarioState", told)?);
    let Some(first) = required.as_ref().or(next.as_ref()) else { return Ok(None) };
    let Some(machine) = part.member("scenarioName") else {
        let message = "a state without `scenarioName` belongs to no scenario";
        return Err(told.refuse(&first.0, message, "name the scenario"));
    };
    let machine = text_of(&machine, told)?.to_owned();
    when.state = required.map(|(_, name)| Names::One(name));
    rule.goto = next.map(|(_, name)| name);
    Ok(Some(machine))
}

/// What a state is called here: scenarios begin in the state `start`, so none of another meaning is called so.
fn named(state: &str) -> String {
    match state {
        STARTED => START.to_owned(),
        START => format!("{START}-2"),
        other => other.to_owned(),
    }
}
