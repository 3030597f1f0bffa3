//! What a request says in its path, query, header fields and cookies: taken apart, nothing decoded but names.

use std::borrow::Cow;
use std::cell::OnceCell;

use http::HeaderMap;
use http::header::COOKIE;
use percent_encoding::percent_decode_str;

use super::coerce::Misfit;
use crate::contract::{Location, Parameter};
use crate::message::has_field;

/// The parts of a request that parameters are read from.
#[derive(Debug)]
pub struct Input<'a> {
    pub(super) path: &'a [(&'a str, &'a str)],
    pub(super) query_text: Option<&'a str>,
    pub(super) query: Vec<Pair<'a>>,
    pub(super) headers: &'a HeaderMap,
    pub(super) cookies: Vec<Pair<'a>>,
    parameters: &'a [Parameter],
    declared: OnceCell<Vec<&'a str>>,
}

/// A name and a value of a query, form or cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The decoded name.
    pub key: Cow<'a, str>,
    /// The value as sent; empty if there was no `=`.
    pub value: &'a str,
}

/// How text is escaped, by where it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Percent-encoded: paths.
    Percent,
    /// Percent-encoded, and `+` is a space: queries and forms.
    PercentAndPlus,
    /// Percent-encoded where that can be read, else plain: cookies (RFC 6265 asks for no encoding).
    PercentOrPlain,
    /// Plain: header fields.
    Plain,
}

impl<'a> Input<'a> {
    /// Takes a request apart: the operation's parameters, the router's raw path parameters, the query as sent (without
    /// its `?`) and the header fields.
    pub fn new(
        parameters: &'a [Parameter],
        path: &'a [(&'a str, &'a str)],
        query: Option<&'a str>,
        headers: &'a HeaderMap,
    ) -> Self {
        Self {
            path,
            query_text: query,
            query: query.map_or_else(Vec::new, pairs),
            headers,
            cookies: if has_field(headers, &COOKIE) { cookies(headers) } else { Vec::new() },
            parameters,
            declared: OnceCell::new(),
        }
    }

    /// The names of the declared query parameters: no other parameter takes what is sent under them. Asked for by few.
    pub(super) fn declared(&self) -> &[&'a str] {
        self.declared.get_or_init(|| {
            let queried = self.parameters.iter().filter(|parameter| parameter.location == Location::Query);
            queried.map(|parameter| parameter.name.as_str()).collect()
        })
    }

    /// The names and values of the query, in the order sent.
    pub fn query(&self) -> &[Pair<'a>] {
        &self.query
    }

    /// The names and values of the cookies, in the order sent.
    pub fn cookies(&self) -> &[Pair<'a>] {
        &self.cookies
    }

    /// The decoded value of a query key, as API keys are sent; `None` if it is not there or can't be decoded.
    pub fn query_value(&self, name: &str) -> Option<Cow<'a, str>> {
        let pair = self.query.iter().find(|pair| pair.key == name)?;
        decode(pair.value, Escapes::PercentAndPlus).ok()
    }

    /// The value of a cookie; `None` if it is not there.
    pub fn cookie_value(&self, name: &str) -> Option<Cow<'a, str>> {
        let pair = self.cookies.iter().find(|pair| pair.key == name)?;
        decode(pair.value, Escapes::PercentOrPlain).ok()
    }

    /// The cookies taken apart once more, for several values that are written in one by `form`: with `&` between the
    /// pairs, as in a query (OpenAPI 3.1.1 4.8.12.4). Elsewhere a `&` belongs to the value.
    pub(super) fn cookies_at_ampersands(&self) -> Vec<Pair<'a>> {
        let mut pairs = Vec::with_capacity(self.cookies.len());
        for cookie in &self.cookies {
            let mut values = cookie.value.split('&');
            pairs.push(Pair { key: cookie.key.clone(), value: values.next().unwrap_or_default() });
            pairs.extend(values.map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                Pair { key: Cow::Borrowed(key), value }
            }));
        }
        pairs
    }
}

/// Takes a query or form apart; empty pairs are left out.
pub(super) fn pairs(text: &str) -> Vec<Pair<'_>> {
    let written = text.split('&').filter(|pair| !pair.is_empty());
    written
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Pair { key: name(key), value }
        })
        .collect()
}

/// The decoded name; what can't be decoded is replaced, for no declared name has it.
fn name(raw: &str) -> Cow<'_, str> {
    if raw.contains('+') {
        let spaced = raw.replace('+', " ");
        return Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned());
    }
    percent_decode_str(raw).decode_utf8_lossy()
}

fn cookies(headers: &HeaderMap) -> Vec<Pair<'_>> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| str::from_utf8(line.as_bytes()).ok());
    let written = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    written
        .map(|(key, value)| {
            let value = value.trim();
            let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            Pair { key: Cow::Borrowed(key.trim()), value: unquoted.unwrap_or(value) }
        })
        .collect()
}

/// Decodes a value; errors name what is broken.
pub(super) fn decode(raw: &str, escapes: Escapes) -> Result<Cow<'_, str>, Misfit> {
    let plus = escapes == Escapes::PercentAndPlus && raw.contains('+');
    if escapes == Escapes::Plain || !(plus || raw.contains('%')) {
        return Ok(Cow::Borrowed(raw));
    }
    let spaced = if plus { Cow::Owned(raw.replace('+', " ")) } else { Cow::Borrowed(raw) };
    let decoded = if is_encoded_well(raw) {
        let bytes: Vec<u8> = percent_decode_str(&spaced).collect();
        String::from_utf8(bytes).map_err(|_| Misfit::new(raw, "is not UTF-8 behind its percent-encoding"))
    } else {
        Err(Misfit::new(raw, "has a `%` that two hexadecimal digits do not follow"))
    };
    match decoded {
        Err(_) if escapes == Escapes::PercentOrPlain => Ok(Cow::Borrowed(raw)),
        decoded => decoded.map(Cow::Owned),
    }
}

fn is_encoded_well(raw: &str) -> bool {
    let mut pieces = raw.as_bytes().split(|byte| *byte == b'%');
    pieces.next();
    pieces.all(|piece| piece.iter().take(2).filter(|byte| byte.is_ascii_hexdigit()).count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_decoded_by_where_they_were_sent() {
        let broken = "has a `%` that two hexadecimal digits do not follow";
        let wild = "is not UTF-8 behind its percent-encoding";
        let table = [
            ("a%20b+c", Escapes::PercentAndPlus, Ok("a b c")),
            ("a%20b+c", Escapes::Percent, Ok("a b+c")),
            ("a%20b+c", Escapes::Plain, Ok("a%20b+c")),
            ("%2B+", Escapes::PercentAndPlus, Ok("+ ")),
            ("%C3%A9", Escapes::Percent, Ok("é")),
            ("100%", Escapes::Percent, Err(broken)),
            ("%4", Escapes::Percent, Err(broken)),
            ("%zz", Escapes::PercentAndPlus, Err(broken)),
            ("%FF", Escapes::Percent, Err(wild)),
            ("100%", Escapes::PercentOrPlain, Ok("100%")),
            ("%C3%A9", Escapes::PercentOrPlain, Ok("é")),
        ];
        for (raw, escapes, expected) in table {
            let found = decode(raw, escapes).map_err(|misfit| misfit.reason);
            assert_eq!(found.as_deref(), expected.map_err(str::to_owned).as_deref(), "{raw} {escapes:?}");
        }
    }

    #[test]
    fn names_of_a_query_are_decoded_and_their_order_is_kept() {
        let found = pairs("organization%5Bid%5D=%31&&a+b&organization[id]=2=3");
        let told: Vec<(&str, &str)> = found.iter().map(|pair| (&*pair.key, pair.value)).collect();
        assert_eq!(told, [("organization[id]", "%31"), ("a b", ""), ("organization[id]", "2=3")]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_panics(raw in "[%+a-f0-9é&=]{0,30}") {
            pairs(&raw);
            for escapes in [Escapes::Percent, Escapes::PercentAndPlus, Escapes::PercentOrPlain, Escapes::Plain] {
                let _ = decode(&raw, escapes);
            }
        }
    }
}
