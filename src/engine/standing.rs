//! What a document declares for a reply that tells of a limit: filled in where a property plainly means it, such as
//! Katapult's `detail.total_permitted`.

use serde_json::{Number, Value};

use super::example::fits;
use super::mock::Answering;
use crate::contract::Content;
use crate::message::Reply;
use crate::scenario::Standing;
use crate::schema::Direction;

/// How deep properties are looked for.
const DEEPEST: usize = 4;

/// Names of properties, and the number that they mean.
type Meaning = (&'static [&'static str], fn(&Standing) -> Option<u64>);

/// What a property of a name means, in lower case without separators.
const MEANINGS: &[Meaning] = &[
    (
        &[
            "totalpermitted",
            "permitted",
            "limit",
            "ratelimit",
            "requestlimit",
            "maxrequests",
            "requestsallowed",
            "allowedrequests",
            "quota",
        ],
        |standing| Some(standing.limit),
    ),
    (&["remaining", "requestsremaining", "remainingrequests"], |standing| Some(standing.remaining)),
    (
        &["retryafter", "retryafterseconds", "retryin", "retryinseconds", "secondsuntilreset", "resetin"],
        |standing| standing.retry_after,
    ),
];

/// Fills in what the reply's content has of a limit, and keeps it where the whole stays valid.
pub(super) fn fill(answering: &Answering<'_>, standing: &Standing, reply: &mut Reply) {
    let Some(content) = answering.json_of(reply.status) else { return };
    let Ok(mut value) = serde_json::from_slice::<Value>(&reply.body) else { return };
    let mut places = Vec::new();
    find(&value, standing, &mut String::new(), 0, &mut places);
    let mut changed = false;
    for (place, number) in places {
        changed |= put(answering, content, &mut value, &place, number);
    }
    if changed && let Ok(body) = serde_json::to_vec(&value) {
        reply.body = body.into();
    }
}

/// The places of properties that mean something, each with its number.
fn find(
    value: &Value,
    standing: &Standing,
    place: &mut String,
    depth: usize,
    found: &mut Vec<(String, u64)>,
) {
    let Value::Object(members) = value else { return };
    for (name, member) in members {
        let length = place.len();
        place.push('/');
        place.push_str(&name.replace('~', "~0").replace('/', "~1"));
        if member.is_number() {
            found.extend(meaning(name, standing).map(|number| (place.clone(), number)));
        } else if depth < DEEPEST {
            find(member, standing, place, depth + 1, found);
        }
        place.truncate(length);
    }
}

fn meaning(name: &str, standing: &Standing) -> Option<u64> {
    let folded: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let (_, number) = MEANINGS.iter().find(|(names, _)| names.contains(&folded.as_str()))?;
    number(standing)
}

fn put(answering: &Answering<'_>, content: &Content, value: &mut Value, place: &str, number: u64) -> bool {
    let Some(member) = value.pointer_mut(place) else { return false };
    let before = std::mem::replace(member, Value::Number(Number::from(number)));
    if fits(&answering.mount.contract, content, value, Direction::Response) {
        return true;
    }
    if let Some(member) = value.pointer_mut(place) {
        *member = before;
    }
    false
}
