//! `Prefer: break=…`: which of the breaks of a reply is wished for.

use super::wish_error::{Refusal, refuse};
use crate::text;
use crate::violation::Breach;

/// No reply has a break of a higher number.
const MOST: usize = 2000;
/// No place is longer.
const LONGEST: usize = 1000;

/// Which way of breaking the contract is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakWish {
    /// `any`: the first with the first call, the next with the next.
    Any,
    /// `7`: the one of this number, from 1.
    Nth(usize),
    /// `type`, `type@/data/0/name`, `header-missing@location`: the first of a kind, or the one at a place.
    Of(Breach, Option<String>),
}

impl BreakWish {
    pub(super) fn read(value: &str) -> Result<Self, Refusal> {
        if value == "any" {
            return Ok(Self::Any);
        }
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = value.parse().ok().filter(|number| (1..=MOST).contains(number));
            let expected = format!("the number of a break, from 1 to {MOST}");
            return number.map(Self::Nth).ok_or_else(|| refuse(&expected, "send `break=1`"));
        }
        let (code, place) = match value.split_once('@') {
            Some((code, place)) => (code, Some(place)),
            None => (value, None),
        };
        if place.is_some_and(|place| place.len() > LONGEST) {
            return Err(refuse("a break at a place that can be", "send a shorter pointer"));
        }
        let Some(breach) = Breach::from_code(code) else {
            let codes = || Breach::ALL.iter().map(|breach| breach.code());
            let help = match text::nearest(code, codes()) {
                Some(nearest) => format!("send `break={nearest}`"),
                None => format!("the breaks are `any`, a number, {}", text::list(codes())),
            };
            return Err(refuse("a way to break a reply", &help));
        };
        Ok(Self::Of(breach, place.map(str::to_owned)))
    }

    /// As it is written, fit for a message.
    pub fn shown(&self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::Nth(number) => number.to_string(),
            Self::Of(breach, None) => breach.to_string(),
            Self::Of(breach, Some(place)) => {
                format!("{breach}@{}", text::harmless(&text::shortened(place, 80)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_is_named_by_rule_by_place_or_by_number() {
        let of = |breach, place: Option<&str>| Some(BreakWish::Of(breach, place.map(str::to_owned)));
        let table = [
            ("any", Some(BreakWish::Any)),
            ("1", Some(BreakWish::Nth(1))),
            ("2000", Some(BreakWish::Nth(2000))),
            ("0", None),
            ("2001", None),
            ("99999999999999999999999", None),
            ("type", of(Breach::Type, None)),
            ("minLength@/a/b@c", of(Breach::MinLength, Some("/a/b@c"))),
            ("header-missing@location", of(Breach::HeaderMissing, Some("location"))),
            ("requird", None),
            ("", None),
            ("@/a", None),
        ];
        for (value, expected) in table {
            assert_eq!(BreakWish::read(value).ok(), expected, "{value}");
        }
        assert!(BreakWish::read(&format!("type@/{}", "a".repeat(LONGEST))).is_err());
    }
}
