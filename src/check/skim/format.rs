//! Texts that are of a format beyond doubt. Each recognizes less than its format allows, and nothing that it forbids.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::schema::is_base64;

/// What recognizes texts of a format.
pub(super) type Format = fn(&[u8]) -> bool;

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
    ("byte", |text| str::from_utf8(text).is_ok_and(is_base64)),
    ("date", is_date),
    ("date-time", is_date_time),
    ("email", is_email),
    ("hostname", is_hostname),
    ("ipv4", is_address::<Ipv4Addr>),
    ("ipv6", is_address::<Ipv6Addr>),
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

/// What a byte can stand in, one bit each: a label of a hostname, an atom of an address, a path with its query.
const OF_LABEL: u8 = 1;
const OF_ATOM: u8 = 1 << 1;
const OF_PATH: u8 = 1 << 2;

/// The bits of each byte.
const BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            bits[byte] = OF_LABEL | OF_ATOM | OF_PATH;
        }
        byte += 1;
    }
    let also: [(&[u8], u8); 3] = [(b"-", OF_LABEL), (b"+-_", OF_ATOM), (b"-._~/?=&+,:@!$'()*;%", OF_PATH)];
    let mut set = 0;
    while set < also.len() {
        let (bytes, bit) = also[set];
        let mut at = 0;
        while at < bytes.len() {
            bits[bytes[at] as usize] |= bit;
            at += 1;
        }
        set += 1;
    }
    bits
};

/// How many of the first bytes have a bit.
fn leading(text: &[u8], bit: u8) -> usize {
    text.iter().take_while(|byte| BITS[usize::from(**byte)] & bit != 0).count()
}

fn is_address<T: FromStr>(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.parse::<T>().is_ok())
}

/// RFC 9562 4.
fn is_uuid(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; 36]>::try_from(text) else { return false };
    // All are counted, which needs no step for each: none of the four marks is a digit.
    let digits: u8 = text.iter().map(|byte| u8::from(byte.is_ascii_hexdigit())).sum();
    digits == 32 && [8, 13, 18, 23].iter().all(|at| text[*at] == b'-')
}

/// The number that two digits are at a place, if it is in a range.
fn two(text: &[u8], at: usize, range: std::ops::RangeInclusive<u8>) -> bool {
    let digit = |at: usize| text.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0');
    let number = digit(at).zip(digit(at + 1)).map(|(tens, ones)| tens * 10 + ones);
    number.is_some_and(|number| range.contains(&number))
}

/// RFC 3339 5.6 `full-date`; a leap day is left to others.
fn is_date(text: &[u8]) -> bool {
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
fn is_time(text: &[u8]) -> bool {
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
fn is_date_time(text: &[u8]) -> bool {
    let parts = text.split_at_checked(10);
    parts.is_some_and(
        |(date, rest)| matches!(rest, [b'T' | b't', time @ ..] if is_date(date) && is_time(time)),
    )
}

/// RFC 1123 2.1; names that begin as encoded ones do are left to others.
fn is_hostname(text: &[u8]) -> bool {
    labels(text).is_some()
}

/// How many labels a hostname has; `None` if it is none.
fn labels(host: &[u8]) -> Option<usize> {
    leading_labels(host).filter(|(length, _)| *length == host.len()).map(|(_, count)| count)
}

/// How long the hostname is that a text begins with, up to the first byte that can't stand in one, and how many labels it
/// has; `None` if it is none.
fn leading_labels(text: &[u8]) -> Option<(usize, usize)> {
    let (mut start, mut count) = (0, 0);
    loop {
        let rest = &text[start..];
        let length = leading(rest, OF_LABEL);
        let label = &rest[..length];
        let is_label = (1..=63).contains(&length)
            && label[0] != b'-'
            && label[length - 1] != b'-'
            && label.get(2..4) != Some(b"--");
        let end = start + length;
        if !is_label || end > 200 {
            return None;
        }
        count += 1;
        if text.get(end) != Some(&b'.') {
            return Some((end, count));
        }
        start = end + 1;
    }
}

/// RFC 5321 4.1.2, with nothing quoted and a name for a host.
fn is_email(text: &[u8]) -> bool {
    let mut start = 0;
    loop {
        let rest = &text[start..];
        let length = leading(rest, OF_ATOM);
        let end = start + length;
        match text.get(end) {
            _ if length == 0 => return false,
            Some(b'.') => start = end + 1,
            Some(b'@') => return end <= 64 && labels(&text[end + 1..]).is_some_and(|count| count > 1),
            Some(_) | None => return false,
        }
    }
}

/// What stands before and behind the first of a mark.
fn halves(text: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == mark)?;
    Some((&text[..at], &text[at + 1..]))
}

/// RFC 3986 3: of the web, by a host's name; or without an authority, such as a URN.
fn is_uri(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"https://").or_else(|| text.strip_prefix(b"http://")) else {
        let is_scheme = |scheme: &[u8]| {
            scheme.first().is_some_and(u8::is_ascii_lowercase)
                && scheme.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        return halves(text, b':').is_some_and(|(scheme, rest)| {
            is_scheme(scheme) && !rest.starts_with(b"/") && is_path_and_query(rest)
        });
    };
    let Some((length, _)) = leading_labels(rest) else { return false };
    let mut rest = &rest[length..];
    if let Some(port) = rest.strip_prefix(b":") {
        let digits = port.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=4).contains(&digits) {
            return false;
        }
        rest = &port[digits..];
    }
    matches!(rest, [] | [b'/' | b'?' | b'#', ..]) && is_path_and_query(rest)
}

/// RFC 3986 4.1: a URI, or what is left of one without scheme and authority.
fn is_uri_reference(text: &[u8]) -> bool {
    let before_path = text.iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
    let is_relative = !text.starts_with(b"//") && before_path.into_iter().all(|byte| *byte != b':');
    is_relative && is_path_and_query(text) || is_uri(text)
}

/// RFC 3986 3.3, 3.4 and 3.5.
fn is_path_and_query(text: &[u8]) -> bool {
    let is_encoded = |rest: &[u8]| rest.len() >= 2 && rest[..2].iter().all(u8::is_ascii_hexdigit);
    let (before, fragment) = halves(text, b'#').unwrap_or((text, b""));
    leading(before, OF_PATH) == before.len()
        && leading(fragment, OF_PATH) == fragment.len()
        && text.split(|byte| *byte == b'%').skip(1).all(is_encoded)
}
