//! `standin serve`: answers requests until it is stopped, then tells what was found.

use std::sync::Arc;

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::admin::Admin;
use crate::cli::service::{Manner, Service, Serving, Wishes};
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::{load, request_log};
use crate::engine;
use crate::server::{self, Cors};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "serve",
    about: "Stand in for the APIs that documents describe (the command that is meant if none is named)",
    examples: "  standin serve openapi.yaml
  standin serve shop=a.yaml apis/ --port 0 --seed 7
  standin serve openapi.yaml --check refuse,security=report --fail-on error --report json=drift.json",
    takes: Takes::Documents,
    arguments: |command| command,
    run,
};

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let manner = Manner {
        check: settings.one("check", value::checks).unwrap_or_default(),
        cors: if settings.is("no-cors") { Cors::Off } else { Cors::MirrorOrigin },
    };
    let wishes = Wishes::read(settings, manner);
    settings.check()?;
    let log = wishes.log;
    let documents = load::usable_documents(context, settings)?;
    Service::bind(context.terminal, wishes, &documents)?.run(async |serving: Serving<'_>| {
        let Serving { listeners, current, admin, stop } = serving;
        server::serve(listeners, handler(current, admin, log), stop).await;
    })
}

fn handler(serving: Arc<engine::Serving>, admin: Admin, log: Option<TextOrJson>) -> server::Handler {
    let answer = move |request| match admin.answer(&request) {
        Some(reply) => reply,
        None => serving.engine().answer_over_wire(request),
    };
    let Some(format) = log else { return Arc::new(move |request, _| answer(request)) };
    let log = Arc::new(request_log::RequestLog::new(format));
    Arc::new(move |request, _| {
        let asked = request_log::Asked::of(&request);
        log.follow(asked, answer(request))
    })
}
