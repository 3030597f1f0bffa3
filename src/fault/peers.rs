//! The words of Toxiproxy's toxics and `WireMock`'s faults, and what they mean here.
//!
//! Toxiproxy's parameters are plain numbers: milliseconds (microseconds for the slicer's `delay`), bytes, and kilobytes a
//! second. What it counts of a whole connection counts here for one reply's content.

use serde_json::{Map, Value, json};

/// A peer's word.
pub(super) struct Peer {
    name: &'static str,
    /// The member of the table that it means.
    pub(super) means: &'static str,
    /// The member's parameters, of the peer's.
    pub(super) read: fn(Value) -> Result<Value, String>,
}

const PEERS: [Peer; 11] = [
    Peer { name: "latency", means: "delay", read: latency },
    Peer { name: "reset_peer", means: "reset", read: reset_peer },
    Peer { name: "slicer", means: "dribble", read: slicer },
    Peer { name: "limit_data", means: "abort", read: limit_data },
    Peer { name: "timeout", means: "stall", read: timeout },
    Peer { name: "bandwidth", means: "bandwidth", read: bandwidth },
    Peer { name: "slow_close", means: "slow_close", read: slow_close },
    Peer { name: "empty_response", means: "empty", read: Ok },
    Peer { name: "malformed_response_chunk", means: "malformed_chunk", read: Ok },
    Peer { name: "random_data_then_close", means: "garbage", read: Ok },
    Peer { name: "connection_reset_by_peer", means: "reset", read: Ok },
];

/// The word, in lower case.
pub(super) fn find(name: &str) -> Option<&'static Peer> {
    PEERS.iter().find(|peer| peer.name == name)
}

/// All words that are not names of our own, in lower case.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PEERS.iter().filter(|peer| peer.name != peer.means).map(|peer| peer.name)
}

/// The words that mean a member of the table.
pub(super) fn of(member: &str) -> impl Iterator<Item = &'static str> {
    PEERS.iter().filter(move |peer| peer.means == member && peer.name != member).map(|peer| peer.name)
}

/// The given numbers by name; `Null` gives none.
fn numbers(given: Value, known: &[&str]) -> Result<Map<String, Value>, String> {
    let map = match given {
        Value::Null => return Ok(Map::new()),
        Value::Object(map) => map,
        other => return Err(format!("found {other}, expected a map of {}", known.join(", "))),
    };
    for (name, value) in &map {
        if !known.contains(&name.as_str()) {
            return Err(format!("unknown field `{name}`, expected {}", known.join(", ")));
        }
        if value.as_u64().is_none() {
            return Err(format!("`{name}` is {value}, expected a whole number"));
        }
    }
    Ok(map)
}

fn number(map: &Map<String, Value>, name: &str) -> Option<u64> {
    map.get(name).and_then(Value::as_u64)
}

/// `latency` and `jitter` in milliseconds: anything from the one less the other to their sum.
fn latency(given: Value) -> Result<Value, String> {
    let map = numbers(given, &["latency", "jitter"])?;
    let (latency, jitter) = (number(&map, "latency").unwrap_or(100), number(&map, "jitter").unwrap_or(0));
    let (from, to) = (latency.saturating_sub(jitter), latency.saturating_add(jitter));
    Ok(json!({ "uniform": { "from": format!("{from}ms"), "to": format!("{to}ms") } }))
}

/// The connection is reset after `timeout` milliseconds.
fn reset_peer(given: Value) -> Result<Value, String> {
    let map = numbers(given, &["timeout"])?;
    Ok(json!({ "after": format!("{}ms", number(&map, "timeout").unwrap_or_default()) }))
}

/// `average_size` in bytes, `delay` in microseconds. Our pieces are equal, so their size has no variation.
fn slicer(given: Value) -> Result<Value, String> {
    let map = numbers(given, &["average_size", "size_variation", "delay"])?;
    if let Some(variation) = number(&map, "size_variation").filter(|variation| *variation > 0) {
        return Err(format!("`size_variation` is {variation}, expected 0: all pieces have one size here"));
    }
    let delay = number(&map, "delay").unwrap_or(100_000);
    Ok(json!({ "piece": number(&map, "average_size").unwrap_or(1), "pause": format!("{delay}us") }))
}

fn limit_data(given: Value) -> Result<Value, String> {
    let map = numbers(given, &["bytes"])?;
    Ok(json!({ "at": number(&map, "bytes").unwrap_or(0) }))
}

/// Nothing comes, and after `timeout` milliseconds the connection is closed; 0 leaves it open.
fn timeout(given: Value) -> Result<Value, String> {
    let map = numbers(given, &["timeout"])?;
    match number(&map, "timeout") {
        None | Some(0) => Ok(json!({ "at": "start" })),
        Some(timeout) => Ok(json!({ "at": "start", "for": format!("{timeout}ms") })),
    }
}

/// Toxiproxy's `rate` is kilobytes a second.
fn bandwidth(given: Value) -> Result<Value, String> {
    match given {
        Value::Object(map) if map.contains_key("rate") => {
            let map = numbers(Value::Object(map), &["rate"])?;
            let rate = number(&map, "rate").unwrap_or_default();
            Ok(json!({ "bytes_per_second": rate.saturating_mul(1000) }))
        }
        other => Ok(other),
    }
}

/// Toxiproxy's `delay` in milliseconds is our `for`.
fn slow_close(given: Value) -> Result<Value, String> {
    match given {
        Value::Object(map) if map.contains_key("delay") => {
            let map = numbers(Value::Object(map), &["delay"])?;
            Ok(json!({ "for": format!("{}ms", number(&map, "delay").unwrap_or_default()) }))
        }
        other => Ok(other),
    }
}
