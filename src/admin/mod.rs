//! The reserved prefix `/_standin/`: what the server tells of itself, and what it can be told.

mod access;
mod content;
mod document;
mod endpoint;
mod measure;

use std::sync::{Arc, OnceLock};

use http::Method;
use http::header::ALLOW;

use crate::contract::Contract;
use crate::document::{Document, LoadOptions, Source};
use crate::engine::{Engine, Extent, Options, Problem, Serving};
use crate::message::{Reply, Request};
pub use access::Access;
use content::Content;
pub use endpoint::{Context, Endpoint, Scope};
pub use measure::Measure;

/// What every path of ours starts with.
pub const PREFIX: &str = "/_standin";

/// Answers the requests under the reserved prefix.
pub struct Admin {
    serving: Arc<Serving>,
    access: Access,
    measure: Measure,
    /// An engine of our own document, which judges what comes in here.
    judge: OnceLock<Option<Engine>>,
}

impl Admin {
    /// Serves what an engine can tell that is never followed by another one.
    pub fn new(engine: Arc<Engine>, access: Access) -> Self {
        Self::over(Arc::new(Serving::new(engine)), access)
    }

    /// Serves what the engine can tell that serves at the time.
    pub fn over(serving: Arc<Serving>, access: Access) -> Self {
        Self { serving, access, measure: Measure::default(), judge: OnceLock::new() }
    }

    /// Holds what was found against a measure.
    #[must_use]
    pub fn holding_against(self, measure: Measure) -> Self {
        Self { measure, ..self }
    }

    /// The reply, if the request is for the reserved prefix; such requests are never exchanges.
    pub fn answer(&self, request: &Request) -> Option<Reply> {
        let rest = request.path.strip_prefix(PREFIX)?;
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let path = if rest.is_empty() { "/" } else { rest };
        let reply = self.dispatch(request, path).unwrap_or_else(|problem| problem.reply());
        Some(reply.with_header("cache-control", "no-store"))
    }

    fn dispatch(&self, request: &Request, path: &str) -> Result<Reply, Problem> {
        self.access.check(request, path)?;
        let here: Vec<&Endpoint> =
            endpoint::ALL.iter().copied().filter(|endpoint| endpoint.matches(path)).collect();
        if here.is_empty() {
            let known: Vec<&str> = endpoint::ALL.iter().map(|endpoint| endpoint.path).collect();
            let nearest = crate::text::nearest(path, known.iter().copied());
            let help = nearest.map_or_else(
                || format!("there are {}", crate::text::list(known)),
                |near| format!("did you mean `{PREFIX}{near}`?"),
            );
            let shown = crate::redact::shown(path, 80);
            return Err(Problem::new(404, format!("there is no `{PREFIX}{shown}` in this version; {help}")));
        }
        let method = if request.method == Method::HEAD { &Method::GET } else { &request.method };
        let Some(endpoint) = here.iter().find(|endpoint| endpoint.method == method.as_str()) else {
            let allowed: Vec<&str> = here.iter().map(|endpoint| endpoint.method).collect();
            let problem = Problem::new(
                405,
                format!("`{PREFIX}{path}` takes {}", crate::text::list(allowed.iter().copied())),
            );
            let mut reply = problem.reply();
            reply.headers.extend(allowed.join(", ").parse().map(|value| (ALLOW, value)));
            return Ok(reply);
        };
        let content = endpoint.body.as_ref().map(|_| Content::read(request)).transpose()?;
        let engine = self.serving.engine();
        let (serving, measure) = (&self.serving, &self.measure);
        let context = Context { engine: &engine, serving, measure, request, path, endpoint, content };
        if let Err(problem) = self.judge(&context) {
            let explained = match (&endpoint.body, &context.content) {
                (Some(body), Some(_)) => (body.explain)(&context),
                (Some(_) | None, _) => Vec::new(),
            };
            return Err(problem.with_diagnostics(&explained));
        }
        (endpoint.answer)(&context)
    }

    /// Holds the request against our own document.
    fn judge(&self, context: &Context<'_>) -> Result<(), Problem> {
        let judge = self.judge.get_or_init(|| {
            let text = document::openapi().to_string();
            let loaded =
                Document::load(&Source::Text { name: "standin".into(), text }, LoadOptions::default());
            let (contract, _) = Contract::build("standin", loaded.value?);
            Some(Engine::new(vec![Arc::new(contract)], Vec::new(), Options::default()))
        });
        let Some(judge) = judge else { return Ok(()) };
        let mut request = Request { path: context.path.to_owned(), ..context.request.clone() };
        if let Some(content) = &context.content {
            content.put_as_json(&mut request);
        }
        let turn = judge.begin(judge.sessions().default(), request, Extent::Whole);
        // An undeclared parameter is a mistake here: nothing is accepted without effect.
        let wrong: Vec<_> = turn
            .violations
            .into_iter()
            .filter(|found| found.severity >= crate::violation::Severity::Warning)
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(Problem::of_violations(400, &wrong)) }
    }
}

/// Our own document (`/_standin/openapi.json`).
pub fn openapi() -> serde_json::Value {
    document::openapi()
}
