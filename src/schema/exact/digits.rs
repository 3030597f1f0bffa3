//! What the text of numbers says that their parsed values do not keep.

use std::collections::HashMap;

use serde_json::{Number, Value};

use crate::decimal::{Decimal, KEPT};
use crate::pointer::Pointer;

/// The numbers of a JSON text that say more than their parsed values: each by its place among all numbers of the text,
/// with what is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digits(pub Vec<(usize, Box<str>)>);

/// Numbers by the addresses of their parsed values.
pub(super) type ByAddress = HashMap<usize, Decimal, foldhash::fast::RandomState>;

impl Digits {
    /// The numbers of a text that was read as JSON.
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut at, mut count, mut found) = (0, 0, Vec::new());
        while let Some(byte) = bytes.get(at) {
            let start = at;
            at += 1;
            match byte {
                b'"' => {
                    while let Some(byte) = bytes.get(at) {
                        at += if *byte == b'\\' { 2 } else { 1 };
                        if *byte == b'"' {
                            break;
                        }
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let is_more = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                    at += bytes[at..].iter().take_while(|byte| is_more(byte)).count();
                    let number = &text[start..at];
                    if says_more(number) {
                        found.push((count, number.into()));
                    }
                    count += 1;
                }
                _ => {}
            }
        }
        Self(found)
    }

    /// Whether there is no such number.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The places of these numbers in the value that the text was read as, with what is written there.
    pub fn places(&self, value: &Value) -> Vec<(Pointer, &str)> {
        let mut places = Vec::new();
        self.visit(value, &mut |pointer, _, text| places.push((pointer.clone(), text)));
        places
    }

    pub(super) fn by_address(&self, value: &Value) -> ByAddress {
        let mut all = ByAddress::default();
        self.visit(value, &mut |_, value, text| {
            all.insert(std::ptr::from_ref(value) as usize, Decimal::read(text));
        });
        all
    }

    fn visit<'w>(&'w self, value: &Value, found: &mut dyn FnMut(&Pointer, &Value, &'w str)) {
        let mut walk = Walk { count: 0, left: &self.0 };
        walk.visit(value, &Pointer::root(), found);
    }
}

/// A walk through a value in the order of its text.
struct Walk<'w> {
    count: usize,
    left: &'w [(usize, Box<str>)],
}

impl<'w> Walk<'w> {
    fn visit(&mut self, value: &Value, here: &Pointer, found: &mut dyn FnMut(&Pointer, &Value, &'w str)) {
        match value {
            Value::Number(_) => {
                if let Some(((index, text), rest)) = self.left.split_first()
                    && *index == self.count
                {
                    self.left = rest;
                    found(here, value, text);
                }
                self.count += 1;
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, &here.index(index), found);
                }
            }
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| self.visit(member, &here.join(name), found));
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }
}

/// Whether the parsed value of a number may be another number.
fn says_more(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if mantissa.len() <= KEPT && mantissa.len() == text.len()
        || is_whole && (text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok())
    {
        return false;
    }
    // A number without a shortest text is one that is not finite, which is not read.
    let kept = text.parse().ok().and_then(Number::from_f64);
    kept.is_none_or(|kept| Decimal::of(&kept).0 != Decimal::read(text))
}
