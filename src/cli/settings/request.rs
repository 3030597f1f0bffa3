//! What the texts of settings mean that say which requests are made, and how fast.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::{Given, Problem};
use crate::message::frames_a_message;
use crate::verify::Credential;

/// The most requests that may be under way at a time.
const MOST_UNDER_WAY: usize = 256;

/// The least time between two requests, of a rate such as `10/s`.
pub fn rate(text: &str) -> Result<Duration, Problem> {
    let expected =
        || Problem::expected("a number of requests in a second or a minute, such as `10/s` or `90/m`");
    let (number, span) = match text.split_once('/') {
        Some((number, "s")) => (number, 1.0),
        Some((number, "m")) => (number, 60.0),
        Some(_) => return Err(expected()),
        None => (text, 1.0),
    };
    let number: f64 = number.trim().parse().map_err(|_| expected())?;
    // At least one in ten minutes: a run that never sends anything is none.
    let seconds = span / number;
    if !(0.0..=600.0).contains(&seconds) || number <= 0.0 || number.is_infinite() {
        return Err(expected());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// How many requests may be under way at a time.
pub fn concurrency(text: &str) -> Result<usize, Problem> {
    let number: Option<usize> = text.parse().ok().filter(|number| (1..=MOST_UNDER_WAY).contains(number));
    number.ok_or_else(|| Problem::expected(format!("a number from 1 to {MOST_UNDER_WAY}")))
}

/// How many cases are sent.
pub fn cases(text: &str) -> Result<usize, Problem> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| Problem::expected("a number from 1 on"))
}

/// What is shown where credentials are asked for.
pub fn credential(text: &str) -> Result<Credential, Problem> {
    match text {
        "" => Err(Problem::expected("`any` or a credential")),
        "any" => Ok(Credential::MadeUp),
        value if value.chars().any(char::is_control) => {
            Err(Problem::expected("a credential without control characters"))
        }
        value => Ok(Credential::Value(value.to_owned())),
    }
}

/// A header field: `NAME: VALUE`.
pub fn field(given: &Given) -> Result<(HeaderName, HeaderValue), Problem> {
    let expected = || Problem::expected("a header field, such as `X-Tenant: test`");
    let (name, value) = given.text.split_once(':').ok_or_else(expected)?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| expected())?;
    if frames_a_message(name.as_str()) || name == http::header::HOST {
        let help = Some("the connection and the length of the content are not yours to say".to_owned());
        return Err(Problem { expected: format!("a field other than `{name}`"), help });
    }
    Ok((name, HeaderValue::from_str(value.trim()).map_err(|_| expected())?))
}

/// The value of a parameter: what stands before the `=`, an operation with it or not, and what behind it.
pub fn parameter(given: &Given) -> Result<(String, String), Problem> {
    let pair = given.text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    let (name, value) =
        pair.ok_or_else(|| Problem::expected("`NAME=VALUE` or `OPERATION.NAME=VALUE`, such as `id=7`"))?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;

    fn given(text: &str) -> Given {
        Given { text: text.to_owned(), origin: Origin::Flag("x".to_owned()), folder: None }
    }

    #[test]
    fn a_rate_is_a_number_in_a_span() {
        let table = [("10/s", Some(100)), ("10", Some(100)), ("60/m", Some(1000)), ("0.5/s", Some(2000))];
        let wrong = ["", "0", "-1/s", "1/h", "x/s", "NaN", "inf", "0.0001/s"].map(|text| (text, None));
        for (text, expected) in table.into_iter().chain(wrong) {
            assert_eq!(rate(text).ok().map(|pause| pause.as_millis()), expected, "{text}");
        }
    }

    #[test]
    fn a_field_has_a_name_and_a_value_and_does_not_frame() {
        assert_eq!(field(&given("X-Tenant:  a:b ")).unwrap().1, "a:b");
        for wrong in ["X-Tenant", ": a", "Content-Length: 1", "Host: a", "a b: c", "a: b\nc: d"] {
            assert!(field(&given(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_parameter_has_a_name() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(parameter(&given("getUser.id=a=b")).unwrap(), pair("getUser.id", "a=b"));
        assert_eq!(parameter(&given("id=")).unwrap(), pair("id", ""));
        for wrong in ["id", "=7", " =7"] {
            assert!(parameter(&given(wrong)).is_err(), "{wrong}");
        }
    }
}
