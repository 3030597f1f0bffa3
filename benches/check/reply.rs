//! Replies of each operation: judged by their text, by their value, and by the bare way.

use http::Method;
use serde_json::Value;
use standin::check::{Checker, Received, Strictness};
use standin::contract::{Contract, Operation};
use standin::generate::Plans;
use standin::schema::Direction;
use std::hint::black_box;
use std::time::Duration;

use super::first::reply;
use super::{median, nanoseconds};

/// Prints how long a valid reply of each operation takes: as it is; behind a byte order mark, so that it is read into a
/// value; and read and judged by the validator alone.
pub(crate) fn measure(contract: &Contract, length: Duration, count: usize) {
    let plans = Plans::new(&contract.schemas);
    println!("{:28} {:>6} {:>9} {:>9} {:>9}", "reply", "bytes", "text", "value", "bare");
    for operation in &contract.operations {
        if operation.responses.first().is_some_and(|response| !response.content.is_empty()) {
            row(contract, &plans, operation, length, count);
        }
    }
}

fn row(contract: &Contract, plans: &Plans, operation: &Operation, length: Duration, count: usize) {
    let schema = operation.responses.first().and_then(|response| response.content.first()?.schema.as_ref());
    let validator = schema.and_then(|schema| contract.schemas.validator(schema, Direction::Response).ok());
    let (Some((status, headers, body)), Some(validator)) = (reply(plans, operation), validator) else {
        return println!("{}: there is no JSON", operation.id);
    };
    let checker = Checker::compile(operation);
    let marked = ["\u{feff}".as_bytes(), &body].concat().into();
    let judge = |body| {
        let received = Received { status, headers: &headers, body: Some(body) };
        checker.check_reply(contract, operation, &Method::GET, received, Strictness::Letter)
    };
    let bare = || {
        let parsed: Option<Value> = serde_json::from_slice(&body).ok();
        usize::from(!parsed.is_some_and(|value| validator.is_valid(&value)))
    };
    if !judge(&body).is_skimmed || !judge(&marked).violations.is_empty() || bare() > 0 {
        return println!("{}: its text does not tell that it is valid", operation.id);
    }
    let (mut text, mut value, mut parsed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        text.push(nanoseconds(length, || black_box(judge(&body)).violations.len()));
        value.push(nanoseconds(length, || black_box(judge(&marked)).violations.len()));
        parsed.push(nanoseconds(length, bare));
    }
    println!(
        "{:28} {:>6} {:>6.0} ns {:>6.0} ns {:>6.0} ns",
        operation.id,
        body.len(),
        median(&mut text),
        median(&mut value),
        median(&mut parsed)
    );
}
