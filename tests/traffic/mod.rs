//! Recorded traffic held against documents: what is judged, what is not and why, in every format it is kept in.

mod command;
mod format;
mod judged;
mod versions;

use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

use standin::clock::Moment;
use standin::contract::Contract;
use standin::engine::{Engine, Options};
use standin::report::Report;
use standin::traffic::{self, Assumptions, Credentials, Input, Judge, Reading, Server, Source, Tally};

use crate::support::{contract, inline};

/// A document with a host of its own, a credential, a body and a reply.
pub const PETS: &str = r##"openapi: 3.1.0
info: { title: Pets, version: "1" }
servers: [{ url: "https://api.pets.example/v1" }]
security: [{ token: [] }]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: theme, in: cookie, required: true, schema: { type: string } }
      responses:
        "200":
          description: all
          headers: { X-Total: { required: true, schema: { type: integer } } }
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Pet" } } } }
    post:
      operationId: addPet
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
      responses: { "201": { description: done } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties: { id: { type: integer }, name: { type: string }, pin: { type: string, maxLength: 4 } }
"##;

/// A judge by one document, made from text.
pub fn judge(name: &str, document: &str, servers: &[&str], credentials: Credentials) -> Judge {
    judge_of(vec![contract(name, &inline(name, document))], servers, credentials)
}

pub fn judge_of(contracts: Vec<Arc<Contract>>, servers: &[&str], credentials: Credentials) -> Judge {
    let servers = servers.iter().map(|text| Server::parse(text).unwrap()).collect();
    let engine = Engine::new(contracts, Vec::new(), Options::default());
    Judge::new(engine, Assumptions { servers, credentials, client: None, now: Moment(0) })
}

pub fn source(bytes: impl Into<Vec<u8>>) -> Source {
    Source { input: Input::Stream(Box::new(Cursor::new(bytes.into()))) }
}

/// Reads all and tells what became of it: counts, why what was left out, what could not be read, what was found.
pub fn told(judge: &Judge, sources: Vec<Source>, threads: usize) -> String {
    let reading = Reading { threads, progress: Arc::default() };
    let (tally, stopped) = traffic::check(sources, judge, &reading);
    let mut told = format!("{}\n", tally.entries);
    told.push_str(&lines(&tally));
    for one in stopped {
        let _ = writeln!(told, "stopped: {}: {}", one.source, one.reason);
    }
    told
}

fn lines(tally: &Tally) -> String {
    let mut lines = String::new();
    for (reason, count) in tally.reasons() {
        let _ = writeln!(lines, "{count}: {reason}");
    }
    for (spot, reason) in tally.unreadable() {
        let _ = writeln!(lines, "{}:{} at {}: {reason}", spot.source, spot.number, spot.offset);
    }
    for drift in Report::of(&tally.ledger).drifts {
        let callers: Vec<String> =
            drift.callers.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let _ =
            writeln!(lines, "{} {} {} ({})", drift.rule, drift.operation, drift.location, callers.join(", "));
    }
    lines
}
