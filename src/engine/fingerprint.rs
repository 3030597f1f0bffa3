//! What counts as the same request: method, template, decoded path and declared parameters, decoded body.

use serde_json::Value;

use super::turn::Turn;
use crate::seed::Seed;

/// A seed mixed with all that counts of a request; `salt` stands for its operation.
pub(super) fn mixed(seed: Seed, salt: Seed, turn: &Turn) -> Seed {
    let mut seed = seed.mix_number(salt.0);
    for (index, value) in &turn.parameters {
        seed = mix(seed.mix_number(*index as u64), value);
    }
    if let Some(body) = turn.body() {
        seed = mix(seed, body);
    }
    seed
}

/// The fingerprint of a request. Of content that is no value, its bytes count.
pub(super) fn of(salt: Seed, turn: &Turn) -> Seed {
    let seed = mixed(Seed(0), salt, turn);
    if turn.body().is_none() && !turn.request.body.is_empty() { seed.mix(&turn.request.body) } else { seed }
}

/// Mixes a value in; the order of an object's members does not count.
fn mix(seed: Seed, value: &Value) -> Seed {
    match value {
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| mix(Seed(0).mix(key.as_bytes()), value).0);
            seed.mix(b"{").mix_number(members.fold(0, u64::wrapping_add))
        }
        Value::Array(items) => items.iter().fold(seed.mix(b"["), mix),
        Value::String(text) => seed.mix(text.as_bytes()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => seed.mix(b"#").mix(itoa::Buffer::new().format(whole).as_bytes()),
            None => seed.mix(b"#").mix(number.to_string().as_bytes()),
        },
        Value::Null => seed.mix(b"#").mix(b"null"),
        Value::Bool(truth) => seed.mix(b"#").mix(if *truth { b"true" } else { b"false" }),
    }
}
