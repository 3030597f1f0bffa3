//! `standin sample --breaks`: every way to break a reply or a request, one a line.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Context;
use crate::contract::{Content, Contract};
use crate::engine::{Engine, Options, SeedChoice};
use crate::error::Error;
use crate::generate::{Body, Breakable, Draw, Locale};
use crate::schema::Direction;
use crate::seed::Seed;

/// Prints the breaks of a reply as `Prefer: break=N` counts them; `operation` is the document's name and the id.
pub(super) fn of_reply(
    context: &Context<'_>,
    contracts: &[Arc<Contract>],
    operation: (&str, &str),
    status: Option<u16>,
    (seed, locale): (Seed, Locale),
) -> Result<(), Error> {
    let options = Options { seed: SeedChoice::Fixed(seed), locale, ..Options::default() };
    let engine = Engine::new(contracts.to_vec(), Vec::new(), options);
    let broken = engine.broken_replies(operation.0, operation.1, status).ok_or_else(|| {
        Error::Usage(format!("`{}` declares no such reply, so none can be broken", operation.1))
    })?;
    for (index, one) in broken.iter().enumerate() {
        let headers: Map<String, Value> = one
            .reply
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
            .collect();
        let body: Value = serde_json::from_slice(&one.reply.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&one.reply.body).into_owned()));
        let line = json!({
            "break": index + 1, "rule": one.breach.code(), "place": one.place, "what": one.breach.about(),
            "status": one.reply.status, "headers": headers, "body": body,
        });
        context.terminal.result_bytes(line.to_string().as_bytes());
    }
    Ok(())
}

/// Prints the breaks of a request's content.
pub(super) fn of_content(
    context: &Context<'_>,
    contract: &Contract,
    content: &Content,
    body: &Body,
    seed: Seed,
) {
    let mut bytes = Vec::new();
    body.write(&mut Draw::new(seed), &mut bytes);
    let value: Option<Value> = serde_json::from_slice(&bytes).ok();
    let breakable = content.schema.as_ref().zip(value.as_ref()).and_then(|(schema, value)| {
        Breakable::new(&contract.schemas, schema, Direction::Request, value, None)
    });
    let Some(breakable) = breakable else {
        return context.terminal.say("it has nothing that can be broken: no schema, or no JSON");
    };
    for (index, one) in breakable.breaks(None, None).enumerate() {
        let line = json!({
            "break": index + 1, "rule": one.breach.code(), "place": one.pointer.to_fragment(),
            "what": one.breach.about(), "body": one.value,
        });
        context.terminal.result_bytes(line.to_string().as_bytes());
    }
}
