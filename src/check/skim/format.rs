//! Texts that are of a format beyond doubt. Each recognizes less than its format allows, and nothing that it forbids.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::set::{Block, Range, block, from, is, leading, leading_between};
use crate::schema::is_base64;

/// What recognizes texts of a format.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    /// By their start: how many of the first bytes are of the format; as many as can be, or `None`. None of them is special
    /// in JSON, and each is a character.
    Start(fn(&[u8]) -> Option<usize>),
    /// Whole.
    Whole(fn(&[u8]) -> bool),
}

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
    ("byte", Format::Whole(|text| str::from_utf8(text).is_ok_and(is_base64))),
    ("date", Format::Start(date)),
    ("date-time", Format::Start(date_time)),
    ("email", Format::Start(email)),
    ("hostname", Format::Start(hostname)),
    ("ipv4", Format::Whole(is_address::<Ipv4Addr>)),
    ("ipv6", Format::Whole(is_address::<Ipv6Addr>)),
    ("iri", Format::Start(uri)),
    ("iri-reference", Format::Start(uri_reference)),
    ("time", Format::Start(time)),
    ("uri", Format::Start(uri)),
    ("uri-reference", Format::Start(uri_reference)),
    ("uuid", Format::Start(uuid)),
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

/// How many of the first bytes an atom of an address can be made of, the most usual ones.
#[inline(never)]
fn atom(text: &[u8]) -> usize {
    leading(text, |bytes| alphanumeric(bytes) | is(bytes, b'-') | is(bytes, b'_') | is(bytes, b'+'))
}

/// How many of the first bytes a path with its query can be made of but for `%`: `pchar`, `/` and `?` (RFC 3986 3.3, 3.4).
#[inline(never)]
fn path(text: &[u8]) -> usize {
    leading(text, |bytes| {
        // From `&` to `;` there are digits and `'()*+,-./:`, from `?` to `Z` there is `@`.
        let usual = from(bytes, b'a', b'z') | from(bytes, b'&', b';') | from(bytes, b'?', b'Z');
        usual | is(bytes, b'=') | is(bytes, b'_') | is(bytes, b'~') | is(bytes, b'!') | is(bytes, b'$')
    })
}

/// Which bytes are letters or digits.
#[inline]
fn alphanumeric(bytes: Block) -> Block {
    // The two cases of a letter differ in one bit, and nothing else becomes a letter by it.
    from(bytes, b'0', b'9') | from(bytes | Block::splat(b' '), b'a', b'z')
}

fn is_address<T: FromStr>(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.parse::<T>().is_ok())
}

/// RFC 9562 4.
fn uuid(text: &[u8]) -> Option<usize> {
    let text = text.first_chunk::<36>()?;
    // All are counted, which needs no step for each: none of the four marks is a digit.
    let digits: u8 = text.iter().map(|byte| u8::from(byte.is_ascii_hexdigit())).sum();
    (digits == 32 && [8, 13, 18, 23].iter().all(|at| text[*at] == b'-')).then_some(text.len())
}

/// Whether each byte is from that of `least` to that of `most`.
fn is_between<const N: usize>(text: &[u8; N], least: &[u8; N], most: &[u8; N]) -> bool {
    let [text, least, most] = [text, least, most].map(|bytes| block(bytes));
    Range::between(least, most).holds(text).all()
}

/// The number that two digits are.
fn two(tens: u8, ones: u8) -> u8 {
    (tens & 15) * 10 + (ones & 15)
}

/// Whether there is such a day in each year; a leap day is left to others.
fn is_of_year([m1, m2]: [u8; 2], [d1, d2]: [u8; 2]) -> bool {
    let days = match (m1, m2) {
        (b'0', b'2') => 28,
        (b'0', b'4' | b'6' | b'9') | (b'1', b'1') => 30,
        _ => 31,
    };
    (1..=12).contains(&two(m1, m2)) && (1..=days).contains(&two(d1, d2))
}

/// Whether there is such an hour.
fn is_of_day([h1, h2]: [u8; 2]) -> bool {
    two(h1, h2) < 24
}

/// RFC 3339 5.6 `full-date`.
fn date(text: &[u8]) -> Option<usize> {
    let text @ [.., m1, m2, _, d1, d2] = text.first_chunk::<10>()?;
    (is_between(text, b"0000-00-00", b"9999-19-39") && is_of_year([*m1, *m2], [*d1, *d2]))
        .then_some(text.len())
}

/// RFC 3339 5.6 `full-time`; a leap second is left to others.
fn time(text: &[u8]) -> Option<usize> {
    let clock @ [h1, h2, ..] = text.first_chunk::<8>()?;
    if !is_between(clock, b"00:00:00", b"29:59:59") || !is_of_day([*h1, *h2]) {
        return None;
    }
    let mut end = clock.len();
    if text.get(end) == Some(&b'.') {
        let digits = text[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        end += 1 + digits;
    }
    match &text[end..] {
        [b'Z' | b'z', ..] => Some(end + 1),
        [b'+' | b'-', offset @ ..] => {
            let offset @ [h1, h2, ..] = offset.first_chunk::<5>()?;
            let is_offset = is_between(offset, b"00:00", b"29:59") && is_of_day([*h1, *h2]);
            is_offset.then_some(end + 1 + offset.len())
        }
        _ => None,
    }
}

/// RFC 3339 5.6 `date-time`.
fn date_time(text: &[u8]) -> Option<usize> {
    // As most are written.
    if let Some((minute, seconds)) = text.split_first_chunk()
        && is_between(minute, b"0000-00-00T00:00", b"9999-19-39T29:59")
        && let Some(seconds) = seconds.first_chunk()
        && is_between(seconds, b":00Z", b":59Z")
    {
        let [_, _, _, _, _, m1, m2, _, d1, d2, _, h1, h2, ..] = *minute;
        let is_right = is_of_year([m1, m2], [d1, d2]) && is_of_day([h1, h2]);
        return is_right.then_some(minute.len() + seconds.len());
    }
    let length = date(text)?;
    let (b'T' | b't', behind) = text[length..].split_first()? else { return None };
    Some(length + 1 + time(behind)?)
}

/// RFC 1123 2.1; names with two hyphens in a row, as encoded ones have them, are left to others.
#[inline(never)]
fn hostname(text: &[u8]) -> Option<usize> {
    let mark = |bytes| is(bytes, b'-') | is(bytes, b'.');
    let length = leading_between(text, |bytes| alphanumeric(bytes) | mark(bytes), mark)?;
    let is_short = |label: &[u8]| label.len() <= 63;
    let are_short = length <= 63 || length <= 200 && text[..length].split(|byte| *byte == b'.').all(is_short);
    are_short.then_some(length)
}

/// RFC 5321 4.1.2, with nothing quoted and a name for a host.
fn email(text: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let length = atom(&text[start..]);
        let end = start + length;
        match text.get(end)? {
            _ if length == 0 => return None,
            b'.' => start = end + 1,
            b'@' if end <= 64 => {
                let host = &text[end + 1..];
                let length = hostname(host)?;
                let has_labels = leading(host, |bytes| !is(bytes, b'.')) < length;
                return has_labels.then_some(end + 1 + length);
            }
            _ => return None,
        }
    }
}

/// RFC 3986 3: of the web, by a host's name; or without an authority, such as a URN.
fn uri(text: &[u8]) -> Option<usize> {
    let Some(rest) = text.strip_prefix(b"https://").or_else(|| text.strip_prefix(b"http://")) else {
        let is_of_scheme = |byte: &&u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let scheme = text.iter().take_while(is_of_scheme).count();
        let is_scheme = text.first()?.is_ascii_lowercase() && text.get(scheme) == Some(&b':');
        let rest = text.get(scheme + 1..).filter(|rest| is_scheme && !rest.starts_with(b"/"))?;
        return Some(scheme + 1 + path_and_query(rest)?);
    };
    let mut end = text.len() - rest.len() + hostname(rest)?;
    if text.get(end) == Some(&b':') {
        let digits = text[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=4).contains(&digits) {
            return None;
        }
        end += 1 + digits;
    }
    match text.get(end) {
        Some(b'/' | b'?' | b'#') => Some(end + path_and_query(&text[end..])?),
        Some(_) | None => Some(end),
    }
}

/// RFC 3986 4.1: a URI, or what is left of one without scheme and authority.
fn uri_reference(text: &[u8]) -> Option<usize> {
    let relative = path_and_query(text).filter(|length| {
        let before_path = text[..*length].iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
        !text.starts_with(b"//") && before_path.into_iter().all(|byte| *byte != b':')
    });
    relative.or_else(|| uri(text))
}

/// RFC 3986 3.3, 3.4 and 3.5.
fn path_and_query(text: &[u8]) -> Option<usize> {
    let (mut end, mut is_in_fragment) = (0, false);
    loop {
        end += path(&text[end..]);
        match text[end..] {
            [b'%', first, second, ..] if first.is_ascii_hexdigit() && second.is_ascii_hexdigit() => end += 3,
            [b'%', ..] => return None,
            [b'#', ..] if !is_in_fragment => {
                is_in_fragment = true;
                end += 1;
            }
            _ => return Some(end),
        }
    }
}
