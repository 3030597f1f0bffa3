//! The first judged reply of each operation of a document, beside the second: what is compiled on the way.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use standin::check::{Checker, Received, Strictness};
use standin::contract::{Contract, Operation, StatusKey};
use standin::document::{Document, LoadOptions, Source};
use standin::generate::{Draw, Plan, Plans};
use standin::media_type::Kind;
use standin::schema::Direction;
use standin::seed::Seed;

/// So many of the slowest operations are shown.
const SHOWN: usize = 5;

/// Prints how long the first and the second judged reply take, for the operations whose first takes the longest.
pub(crate) fn measure(path: &Path) {
    let loaded = Document::load(&Source::File(path.to_owned()), LoadOptions::default());
    let Some(document) = loaded.value else { return println!("{}: it can't be read", path.display()) };
    let (contract, _) = Contract::build("document", document);
    let plans = Plans::new(&contract.schemas);
    let replies: Vec<_> = contract
        .operations
        .iter()
        .filter_map(|operation| Some((operation, Checker::compile(operation), reply(&plans, operation)?)))
        .collect();
    let mut taken: Vec<(Duration, Duration, &str)> = replies
        .iter()
        .map(|(operation, checker, (status, headers, body))| {
            let received = Received { status: *status, headers, body: Some(body) };
            let judge = || {
                let start = Instant::now();
                let judged =
                    checker.check_reply(&contract, operation, &Method::GET, received, Strictness::default());
                black_box(judged);
                start.elapsed()
            };
            (judge(), judge(), operation.id.as_str())
        })
        .collect();
    taken.sort_by(|one, other| other.cmp(one));
    let total: Duration = taken.iter().map(|(first, ..)| *first).sum();
    println!("{}: {} operations, first replies {total:.1?} in all", path.display(), taken.len());
    for (first, second, id) in taken.iter().take(SHOWN) {
        println!("  {id:60.60} first {first:>10.1?}   second {second:>10.1?}");
    }
}

/// A reply that the operation declares, with JSON.
pub(crate) fn reply(plans: &Plans, operation: &Operation) -> Option<(u16, HeaderMap, Bytes)> {
    let response = operation.responses.first()?;
    let content = response.content.iter().find(|content| content.media_type.kind() == Kind::Json)?;
    let plan = Plan::compile(plans, content.schema.as_ref()?, Direction::Response).ok()?;
    let mut body = Vec::new();
    plan.write(&mut Draw::new(Seed(1)), &mut body);
    let mut headers = HeaderMap::new();
    let media_type = content.media_type.to_string();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_str(&media_type).ok()?);
    let status = match response.key {
        StatusKey::Exact(status) => status,
        StatusKey::Range(_) | StatusKey::Default => 200,
    };
    Some((status, headers, body.into()))
}
