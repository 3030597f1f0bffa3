//! Texts that are of a format beyond doubt. Each recognizes less than its format allows, and nothing that it forbids.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::schema::is_base64;

/// What recognizes texts of a format.
pub(super) type Format = fn(&str) -> bool;

/// What a `format` asks of strings.
pub(super) enum Asked {
    /// Nothing: nobody asserts it.
    Nothing,
    /// What this recognizes.
    Format(Format),
    /// What is not recognized here.
    Unknown,
}

/// The formats that the validators assert (JSON Schema Validation 2020-12 7.3, `byte` of OpenAPI 3.0.3 4.4).
const RECOGNIZED: &[(&str, Format)] = &[
    ("byte", is_base64),
    ("date", is_date),
    ("date-time", is_date_time),
    ("email", is_email),
    ("hostname", is_hostname),
    ("ipv4", |text| text.parse::<Ipv4Addr>().is_ok()),
    ("ipv6", |text| text.parse::<Ipv6Addr>().is_ok()),
    ("iri", is_uri),
    ("iri-reference", is_uri_reference),
    ("time", is_time),
    ("uri", is_uri),
    ("uri-reference", is_uri_reference),
    ("uuid", is_uuid),
];
/// Those that only the validators can tell.
const OTHERS: [&str; 7] = [
    "duration",
    "idn-email",
    "idn-hostname",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri-template",
];

/// What a `format` of this name asks for.
pub(super) fn asked(name: &str) -> Asked {
    if OTHERS.contains(&name) {
        return Asked::Unknown;
    }
    let known = RECOGNIZED.iter().find(|(known, _)| *known == name);
    known.map_or(Asked::Nothing, |(_, recognizes)| Asked::Format(*recognizes))
}

/// RFC 9562 4.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The number that two digits are at a place, if it is in a range.
fn two(text: &[u8], at: usize, range: std::ops::RangeInclusive<u8>) -> bool {
    let digit = |at: usize| text.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0');
    let number = digit(at).zip(digit(at + 1)).map(|(tens, ones)| tens * 10 + ones);
    number.is_some_and(|number| range.contains(&number))
}

/// RFC 3339 5.6 `full-date`; a leap day is left to others.
fn is_date(text: &str) -> bool {
    let text = text.as_bytes();
    let days = match text.get(5..7) {
        Some(b"02") => 28,
        Some(b"04" | b"06" | b"09" | b"11") => 30,
        _ => 31,
    };
    text.len() == 10
        && text[..4].iter().all(u8::is_ascii_digit)
        && text[4] == b'-'
        && two(text, 5, 1..=12)
        && text[7] == b'-'
        && two(text, 8, 1..=days)
}

/// RFC 3339 5.6 `full-time`; a leap second is left to others.
fn is_time(text: &str) -> bool {
    let text = text.as_bytes();
    let is_clock = two(text, 0, 0..=23)
        && text.get(2) == Some(&b':')
        && two(text, 3, 0..=59)
        && text.get(5) == Some(&b':')
        && two(text, 6, 0..=59);
    let Some(mut rest) = text.get(8..).filter(|_| is_clock) else { return false };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    match rest {
        b"Z" | b"z" => true,
        [b'+' | b'-', offset @ ..] => {
            offset.len() == 5 && two(offset, 0, 0..=23) && offset[2] == b':' && two(offset, 3, 0..=59)
        }
        _ => false,
    }
}

/// RFC 3339 5.6 `date-time`.
fn is_date_time(text: &str) -> bool {
    let parts = text.split_at_checked(10).filter(|(_, rest)| rest.starts_with(['T', 't']));
    parts.is_some_and(|(date, rest)| is_date(date) && is_time(&rest[1..]))
}

/// RFC 1123 2.1; names that begin as encoded ones do are left to others.
fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.get(2..4) != Some("--")
    };
    text.len() <= 200 && text.split('.').all(is_label)
}

/// RFC 5321 4.1.2, with nothing quoted and a name for a host.
fn is_email(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty() && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_".contains(&byte))
    };
    text.split_once('@').is_some_and(|(local, host)| {
        local.len() <= 64 && local.split('.').all(is_atom) && host.contains('.') && is_hostname(host)
    })
}

/// RFC 3986 3: of the web, by a host's name; or without an authority, such as a URN.
fn is_uri(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_lowercase())
                && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let parts = text.split_once(':');
        return parts.is_some_and(|(scheme, rest)| {
            is_scheme(scheme) && !rest.starts_with('/') && is_path_and_query(rest)
        });
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let is_port = (1..=4).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    is_hostname(host) && is_port && is_path_and_query(rest)
}

/// RFC 3986 4.1: a URI, or what is left of one without scheme and authority.
fn is_uri_reference(text: &str) -> bool {
    let is_relative =
        !text.starts_with("//") && !text.split(['/', '?', '#']).next().unwrap_or("").contains(':');
    is_relative && is_path_and_query(text) || is_uri(text)
}

/// RFC 3986 3.3, 3.4 and 3.5.
fn is_path_and_query(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/?=&+,:@!$'()*;%".contains(&byte);
    let is_encoded =
        |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    before.bytes().chain(fragment.bytes()).all(is_plain) && text.split('%').skip(1).all(is_encoded)
}
