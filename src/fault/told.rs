//! The header `standin-fault`: what was injected, and what happened in its place.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::TABLE;
use super::definition::{Cell, Protocol};
use crate::message::Reply;

/// The header field that names the faults of a reply, as far as its head is sent.
pub const HEADER: HeaderName = HeaderName::from_static("standin-fault");

/// Tells the names, each with whether it had an effect on this reply.
pub(super) fn tell(names: &[(&'static str, bool)], reply: &mut Reply) {
    let told: Vec<String> = names
        .iter()
        .map(|(name, happened)| if *happened { (*name).to_owned() } else { format!("{name};did=nothing") })
        .collect();
    write(&told, &mut reply.headers);
}

/// Adds what happens in place of the faults that the connection's protocol does not have.
pub fn retell(headers: &mut HeaderMap, protocol: Protocol) {
    let Some(value) = headers.get(HEADER).and_then(|value| value.to_str().ok()) else { return };
    let told: Vec<String> = value.split(", ").map(|name| in_place(name, protocol)).collect();
    write(&told, headers);
}

/// Tells of all faults but a delay that nothing happened: the reply could not be changed.
pub fn retract(headers: &mut HeaderMap) {
    let Some(value) = headers.get(HEADER).and_then(|value| value.to_str().ok()) else { return };
    let told = value.split(", ").map(|name| {
        let stays = name == super::delay::DEFINITION.name || name.contains(';');
        if stays { name.to_owned() } else { format!("{name};did=nothing") }
    });
    let told: Vec<String> = told.collect();
    write(&told, headers);
}

fn in_place(name: &str, protocol: Protocol) -> String {
    let definition = TABLE.iter().find(|definition| definition.name == name);
    match definition.map(|definition| definition.on(protocol)) {
        Some(Cell::Nearest(other, _)) => format!("{name};did={other}"),
        Some(Cell::Applies(_)) | None => name.to_owned(),
    }
}

fn write(told: &[String], headers: &mut HeaderMap) {
    if told.is_empty() {
        return;
    }
    if let Ok(value) = HeaderValue::from_str(&told.join(", ")) {
        headers.insert(HEADER, value);
    }
}
