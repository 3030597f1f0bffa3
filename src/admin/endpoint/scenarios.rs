//! `/_standin/scenarios`: what sessions play; loading, unloading, states.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, Context, Endpoint, Scope, json, schema};
use crate::engine::{MOST_SCENARIOS, Problem, ProblemDiagnostic, Refused};
use crate::message::Reply;
use crate::pointer::Pointer;
use crate::scenario::{self, LimitTally, Origin, Part, Played, ScenarioFile, Script, Standing, Tally};
use crate::text;

/// A scenario that a session plays.
#[derive(Serialize, JsonSchema)]
pub struct ScenarioEntry {
    /// The session; null for the default one.
    session: Option<String>,
    /// The scenario's name.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Whether the session or the server was started with it, or it was loaded at run time.
    origin: ScenarioOrigin,
    /// The state that it is in.
    state: String,
    /// The states that there are.
    states: Vec<String>,
    /// Its rules, in order.
    rules: Vec<RuleTally>,
}

/// Where a scenario came from.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScenarioOrigin {
    /// The session or the server was started with it.
    Start,
    /// It was loaded at run time.
    Loaded,
}

/// How often a rule was asked and what came of it.
#[derive(Serialize, JsonSchema)]
pub struct RuleTally {
    /// The rule's name.
    name: String,
    /// How many requests to its operations came to it; those before it decided the others.
    tried: u64,
    /// How many of them it fitted.
    fitted: u64,
    /// For how many of these it fired.
    fired: u64,
    /// The chance that it was given, where that is one number.
    configured: Option<f64>,
    /// The share of the requests it fitted for which it fired; null before the first.
    observed: Option<f64>,
    /// Where callers stand with its limit; null if it has none.
    limit: Option<LimitEntry>,
}

/// Where callers stand with a limit.
#[derive(Serialize, JsonSchema)]
pub struct LimitEntry {
    /// How many callers are told apart so far.
    callers: usize,
    /// Where those stand that have least left, up to twenty of them. Who they are is not told: callers are known by their
    /// credentials.
    standings: Vec<StandingEntry>,
}

/// Where one caller stands.
#[derive(Serialize, JsonSchema)]
pub struct StandingEntry {
    /// Whether the next call would pass.
    passes: bool,
    /// How many calls are permitted.
    limit: u64,
    /// How many of them are left.
    remaining: u64,
    /// Seconds until all are left again; null where time changes nothing.
    reset: Option<u64>,
    /// Seconds after which one more call passes; null where one does now, or never will.
    retry_after: Option<u64>,
}

/// What was loaded or added.
#[derive(Serialize, JsonSchema)]
pub struct Added {
    /// The name by which it can be removed.
    pub(super) id: String,
    /// What is probably not meant in it.
    pub(super) warnings: Vec<ProblemDiagnostic>,
}

/// A state to be gone to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewState {
    /// The state: `start`, or one that a rule of the scenario goes to or asks for.
    state: String,
}

pub(super) static LIST: Endpoint = Endpoint {
    method: "GET",
    path: "/scenarios",
    id: "listScenarios",
    summary: "Lists what a session plays, in the order in which it is asked, with what came of each rule.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: Some(schema::<Vec<ScenarioEntry>>),
    answer: |context| {
        let mut entries = Vec::new();
        for session in context.sessions()? {
            let Some(state) = session.scenarios() else { continue };
            let played = state.played(context.engine.now()).into_iter();
            let played = played.filter(|played| played.part.origin.is_scenario());
            entries.extend(played.map(|played| entry(session.name.as_deref(), played)));
        }
        json(&entries)
    },
};

pub(super) static LOAD: Endpoint = Endpoint {
    method: "POST",
    path: "/scenarios",
    id: "loadScenario",
    summary: "Has a session play one more scenario, which is asked before those that it plays; one of the same name gives way. Of all sessions, those that begin later, too.",
    parameters: &[],
    scope: Scope::Any,
    body: Some(Body {
        schema: schema::<ScenarioFile>,
        explain: |context| {
            let file = context.file().ok();
            file.map_or_else(Vec::new, |file| {
                scenario::scenario(file, &Pointer::root(), context.engine.contracts()).diagnostics
            })
        },
    }),
    reply: Some(schema::<Added>),
    answer: |context| {
        let loaded = scenario::scenario(context.file()?, &Pointer::root(), context.engine.contracts());
        let script = loaded.value.ok_or_else(|| Problem::of_diagnostics(400, &loaded.diagnostics))?;
        let id = script.name.clone();
        let part = Part { origin: Origin::Loaded, ..Part::of_start(Arc::new(script)) };
        play(context, &part)?;
        json(&Added { id, warnings: loaded.diagnostics.iter().map(ProblemDiagnostic::of).collect() })
    },
};

pub(super) static UNLOAD: Endpoint = Endpoint {
    method: "DELETE",
    path: "/scenarios/{name}",
    id: "unloadScenario",
    summary: "Has a session no longer play a scenario. Of all sessions, nor do those that begin later.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: None,
    answer: |context| {
        let name = context.segment();
        let is_meant = |part: &Part| part.origin.is_scenario() && part.script.name == name;
        let stopped = context.engine.sessions().stop(&context.whose()?, context.engine.now(), &is_meant);
        stopped.map_err(|_| unknown(context, &name))?;
        Ok(Reply::new(204))
    },
};

pub(super) static STATE: Endpoint = Endpoint {
    method: "POST",
    path: "/scenarios/{name}/state",
    id: "setState",
    summary: "Puts a scenario into a state. Of all sessions, those that begin later start in it, too.",
    parameters: &[],
    scope: Scope::Any,
    body: Some(Body { schema: schema::<NewState>, explain: |_| Vec::new() }),
    reply: None,
    answer: |context| {
        let (name, wanted) = (context.segment(), context.body::<NewState>()?.state);
        let (whose, now) = (context.whose()?, context.engine.now());
        let sessions = context.engine.sessions();
        let mut playing: Vec<Arc<Part>> =
            context.sessions()?.iter().flat_map(|session| session.parts(now)).collect();
        playing.retain(|part| part.origin.is_scenario() && part.script.name == name);
        let states: Vec<&str> = playing.iter().flat_map(|part| part.script.states()).collect();
        if !states.is_empty() && !states.contains(&wanted.as_str()) {
            let help = text::nearest(&wanted, states.iter().copied()).map_or_else(
                || format!("it has {}", text::list(distinct(&states))),
                |near| format!("did you mean `{near}`?"),
            );
            let shown = crate::redact::shown(&wanted, 80);
            return Err(Problem::new(400, format!("`{name}` has no state `{shown}`; {help}")));
        }
        sessions.go_to(&whose, now, &name, &wanted).map_err(|_| unknown(context, &name))?;
        Ok(Reply::new(204))
    },
};

/// The scenario of a name, for a session to be set up with.
pub(super) fn by_name(context: &Context<'_>, name: &str) -> Result<Arc<Script>, Problem> {
    context.engine.sessions().scenario(name, context.engine.now()).map_err(|known| {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Problem::new(400, no_scenario(name, &known))
    })
}

/// Has the meant sessions play one more part.
pub(super) fn play(context: &Context<'_>, part: &Part) -> Result<(), Problem> {
    let played = context.engine.sessions().play(&context.whose()?, part, context.engine.now());
    played.map_err(|refused| match refused {
        Refused::Full if part.origin.is_scenario() => Problem::new(
            409,
            format!("a session plays at most {MOST_SCENARIOS} scenarios; unload one, or reset the session"),
        ),
        Refused::Full | Refused::Unknown => Problem::new(
            409,
            format!(
                "a session has at most {} rules and faults; remove one, or reset the session",
                crate::engine::MOST_RULES
            ),
        ),
    })
}

fn unknown(context: &Context<'_>, name: &str) -> Problem {
    let now = context.engine.now();
    let sessions = context.sessions().unwrap_or_default();
    let parts: Vec<Arc<Part>> = sessions.iter().flat_map(|session| session.parts(now)).collect();
    let playing = parts.iter().filter(|part| part.origin.is_scenario());
    let known: Vec<&str> = playing.map(|part| part.script.name.as_str()).collect();
    Problem::new(404, no_scenario(name, &distinct(&known)))
}

fn no_scenario(name: &str, known: &[&str]) -> String {
    let help = match text::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "none is played; `POST /_standin/scenarios` loads one".to_owned(),
        None => format!("there are {}", text::list(known.iter().copied())),
    };
    format!("there is no scenario `{}`; {help}", crate::redact::shown(name, 80))
}

fn distinct<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    names
}

fn entry(session: Option<&str>, played: Played) -> ScenarioEntry {
    let script = &played.part.script;
    ScenarioEntry {
        session: session.map(str::to_owned),
        name: script.name.clone(),
        description: script.description.clone(),
        origin: match played.part.origin {
            Origin::Start => ScenarioOrigin::Start,
            Origin::Loaded | Origin::Rule | Origin::Fault => ScenarioOrigin::Loaded,
        },
        states: script.states().into_iter().map(str::to_owned).collect(),
        state: played.state,
        rules: played.rules.into_iter().map(RuleTally::of).collect(),
    }
}

impl RuleTally {
    /// What came of a rule, as it is told.
    pub(super) fn of(tally: Tally) -> Self {
        Self {
            observed: tally.observed(),
            name: tally.rule,
            tried: tally.tried,
            fitted: tally.fitted,
            fired: tally.fired,
            configured: tally.configured,
            limit: tally.limit.map(|LimitTally { callers, standings }| LimitEntry {
                callers,
                standings: standings.into_iter().map(StandingEntry::of).collect(),
            }),
        }
    }
}

impl StandingEntry {
    fn of(standing: Standing) -> Self {
        let Standing { passes, limit, remaining, reset, retry_after } = standing;
        Self { passes, limit, remaining, reset, retry_after }
    }
}
