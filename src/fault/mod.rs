//! Failures on the way to the client: each is one file, makes a [`Delivery`] and edits a reply, by what it is handed
//! and nothing else.
//!
//! The [`TABLE`] says of each member what a client of HTTP/1.1, of HTTP/2 and of TLS sees. A protocol that has no such
//! fault gets the nearest that it has, or none, and the header `standin-fault` tells it: `rst_stream;did=reset`.

mod abort;
mod bandwidth;
mod corrupt_json;
mod definition;
mod delay;
mod dribble;
mod empty;
mod error_code;
mod false_gzip;
mod garbage;
mod goaway;
mod malformed_chunk;
mod page;
mod peers;
mod period;
mod place;
mod reset;
mod rst_stream;
mod slow_close;
mod stall;
mod told;
mod truncate;
mod written;
mod wrong_length;
mod wrong_media_type;

use std::sync::Arc;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::delivery::{Act, Delivery};
use crate::message::Reply;
use crate::seed::Random;
pub use definition::{Cell, Definition, Protocol};
pub use delay::{BoundedPerByte, Delay, Distribution, Lognormal, Normal, PerByte, Uniform};
pub use page::page;
pub use period::{LONGEST, Period};
pub use told::{HEADER, retell, retract};
pub use written::Fault;

/// Every fault, in the order of the documentation.
pub const TABLE: &[&Definition] = &[
    &delay::DEFINITION,
    &dribble::DEFINITION,
    &bandwidth::DEFINITION,
    &stall::DEFINITION,
    &slow_close::DEFINITION,
    &empty::DEFINITION,
    &abort::DEFINITION,
    &truncate::DEFINITION,
    &reset::DEFINITION,
    &garbage::DEFINITION,
    &malformed_chunk::DEFINITION,
    &wrong_length::DEFINITION,
    &wrong_media_type::DEFINITION,
    &corrupt_json::DEFINITION,
    &false_gzip::DEFINITION,
    &rst_stream::DEFINITION,
    &goaway::DEFINITION,
];

/// What a fault does to a reply.
pub(crate) trait Effect: std::fmt::Debug + Send + Sync {
    /// Does it; `false` if this reply leaves nothing to be done.
    fn inject(&self, reply: &mut Reply, random: &mut Random) -> bool;

    /// Tells what is wrong with the parameters, where their types leave room for it.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A fault with its parameters.
pub(crate) type Injection = Arc<dyn Effect>;

/// Injects the delay and the faults, in order, into a reply that is made, and tells them in its header `standin-fault`.
/// Yields the names of those that had an effect.
///
/// Delays add up; of several faults that end the reply early, the first counts.
pub fn apply(
    faults: &[Fault],
    delay: Option<&Delay>,
    reply: &mut Reply,
    random: &mut Random,
) -> Vec<&'static str> {
    let mut injected = Vec::new();
    let mut told = Vec::new();
    let mut note = |name, happened| {
        if happened {
            injected.push(name);
        }
        told.push((name, happened));
    };
    if let Some(delay) = delay {
        note(delay::DEFINITION.name, delay.inject(reply, random));
    }
    for fault in faults {
        note(fault.name(), fault.inject(reply, random));
    }
    told::tell(&told, reply);
    injected
}

/// What is done to the reply on its way, to be added to.
fn delivery(reply: &mut Reply) -> &mut Delivery {
    reply.delivery.get_or_insert_default()
}

/// Holds the reply back by so much more, up to the longest.
fn hold_back(reply: &mut Reply, more: Duration) {
    let delivery = delivery(reply);
    delivery.delay = delivery.delay.saturating_add(more).min(LONGEST);
}

/// Ends the reply like this, unless another fault already does.
fn end(reply: &mut Reply, act: Act) -> bool {
    let delivery = delivery(reply);
    let is_free = delivery.act == Act::Whole;
    if is_free {
        delivery.act = act;
    }
    is_free
}

/// Reads a member's parameters; none are its defaults.
fn read<T: Effect + Default + DeserializeOwned + 'static>(parameters: Value) -> Result<Injection, String> {
    let effect: T = match parameters {
        Value::Null => T::default(),
        other => serde_json::from_value(other).map_err(|error| error.to_string())?,
    };
    effect.check()?;
    Ok(Arc::new(effect))
}

/// The schema of a member's parameters.
fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

#[cfg(test)]
mod tests;
