//! `corrupt_json`: content that says it is JSON and is not.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Effect;
use super::definition::{Cell, Definition};
use crate::message::Reply;
use crate::seed::Random;

/// What no JSON has outside its strings.
const STRAY: u8 = b';';

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "corrupt_json",
    means: "one character of the JSON is a `;`; content that is no JSON stays as it is",
    parameters: "",
    http1: Cell::Applies("content that can't be parsed, of the right length"),
    http2: Cell::Applies("content that can't be parsed, of the right length"),
    tls: "the same",
    read: super::read::<CorruptJson>,
    schema: super::schema::<CorruptJson>,
};

/// Takes nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CorruptJson {}

impl Effect for CorruptJson {
    fn inject(&self, reply: &mut Reply, random: &mut Random) -> bool {
        if serde_json::from_slice::<serde::de::IgnoredAny>(&reply.body).is_err() {
            return false;
        }
        let places = outside_strings(&reply.body);
        let Some(place) = random.pick(&places) else { return false };
        let mut bytes = reply.body.to_vec();
        bytes[*place] = STRAY;
        reply.body = bytes.into();
        true
    }
}

/// The places of everything outside strings but white space; a valid text has at least one, if only a string's first quote.
fn outside_strings(json: &[u8]) -> Vec<usize> {
    let (mut places, mut in_string, mut is_escaped) = (Vec::new(), false, false);
    for (place, byte) in json.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => {
                // An opening quote may go: what is left of it can't be parsed.
                if !in_string {
                    places.push(place);
                }
                in_string = !in_string;
            }
            _ if in_string || byte.is_ascii_whitespace() => {}
            _ => places.push(place),
        }
    }
    places
}
