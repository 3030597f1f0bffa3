//! What a request wishes for: `Prefer` (RFC 7240), and the query keys with two underscores that stand in for it.

use std::ops::Deref;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderValue};

use super::break_wish::BreakWish;
use super::data::Data;
use super::preference::{Preference, in_headers, in_query, name_of};
use super::wish_error::{Refusal, WishError, refuse, refuse_word, stated, unknown_rule};
use crate::fault::{Delay, Fault};
use crate::media_type::split_outside_quotes;
use crate::violation::Rule;

/// The most items that a reply's main list can be wished to have.
const MOST_ITEMS: usize = 10_000;
/// No reply has an edge of a higher number.
const MOST_EDGES: u64 = 1_000_000;
/// The longest token of a reply, in characters: what fits into a header field and a query everywhere.
pub const LONGEST_TOKEN: usize = 4096;
/// How many unknown preferences are remembered by name.
const MOST_IGNORED: usize = 16;

/// What a request wishes for. A wish in `Prefer` beats the same one in the query; of equals the first counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wishes {
    /// `code`: the status, 200 to 599.
    pub code: Option<u16>,
    /// `error`: a failure of the catalogue, by name.
    pub error: Option<String>,
    /// `example`: a named example.
    pub example: Option<String>,
    /// `dynamic`: generate though there is an example.
    pub dynamic: bool,
    /// `seed`: the stream that values are drawn from.
    pub seed: Option<SeedWish>,
    /// `handling` (RFC 7240 4.4): refuse or serve a violating request.
    pub handling: Option<Handling>,
    /// `data`: what the reply is made of.
    pub data: Option<Data>,
    /// `edge`: the number of a valid edge, from 1; it is of `data=extremes`.
    pub edge: Option<usize>,
    /// `items`: the length of the reply's main list, up to 10,000.
    pub items: Option<usize>,
    /// `delay`: how long the reply is held back.
    pub delay: Option<Delay>,
    /// `fault`: what goes wrong on its way.
    pub fault: Option<Fault>,
    /// `break`: how the reply is to break the contract.
    pub breaks: Option<BreakWish>,
    /// `replay`: the token of a reply that is to be given again.
    pub replay: Option<String>,
    /// `expect`: the rules that the request breaks on purpose.
    pub expect: Vec<Rule>,
    /// Every wish that was read, in the order given.
    taken: Vec<Preference>,
    /// The names of the preferences without effect.
    ignored: Vec<String>,
}

/// Where the values of a reply come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedWish {
    /// From this seed.
    Number(u64),
    /// Fresh for this request.
    Random,
}

/// What happens to a request that violates the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// It is refused.
    Strict,
    /// It is served.
    Lenient,
}

/// What reads the value of a preference.
type Read = fn(&mut Wishes, &str) -> Result<(), Refusal>;

/// Every preference that is known by name; RFC 7240's own `wait`, `respond-async` and `return` have no effect here.
const KNOWN: &[(&str, Read)] = &[
    ("code", Wishes::read_code),
    ("error", Wishes::read_error),
    ("example", Wishes::read_example),
    ("dynamic", Wishes::read_dynamic),
    ("seed", Wishes::read_seed),
    ("handling", Wishes::read_handling),
    ("items", Wishes::read_items),
    ("expect", Wishes::read_expect),
    ("data", Wishes::read_data),
    ("edge", Wishes::read_edge),
    ("delay", Wishes::read_delay),
    ("fault", Wishes::read_fault),
    ("break", Wishes::read_break),
    ("replay", Wishes::read_replay),
];

/// What a request wishes for, if anything: most requests wish for nothing, and have no room for it to carry along.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wished(Option<Box<Wishes>>);

impl Deref for Wished {
    type Target = Wishes;

    fn deref(&self) -> &Wishes {
        static NOTHING: LazyLock<Wishes> = LazyLock::new(Wishes::default);
        self.0.as_deref().unwrap_or_else(|| &NOTHING)
    }
}

impl Wishes {
    /// Reads what a request wishes for, from its header fields and its query (as sent, without `?`).
    ///
    /// Errors name the first known preference with a value that can't be.
    pub fn read(headers: &HeaderMap, query: Option<&str>) -> Result<Wished, Box<WishError>> {
        let mut wished = Wished::default();
        let mut take = |preference| wished.0.get_or_insert_default().take(preference);
        in_headers(headers).into_iter().try_for_each(&mut take)?;
        query.into_iter().flat_map(in_query).try_for_each(take)?;
        Ok(wished)
    }

    /// Whether the request wishes for nothing, not even for what has no effect.
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.ignored.is_empty()
    }

    /// The value of `Preference-Applied` (RFC 7240 3): every wish that was read, but for those that were `idle`, of no
    /// effect on this reply; `None` if there was none. Fit for a header whatever the values hold.
    pub fn applied(&self, idle: &[&str]) -> Option<String> {
        let had_effect = |wish: &&Preference| !idle.contains(&wish.name.as_str());
        let shown: Vec<String> = self.taken.iter().filter(had_effect).map(Preference::shown).collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    }

    /// The value of `standin-ignored`: the preferences without effect, by name, with those that were `idle` this time;
    /// `None` if there was none. Fit for a header whatever the names hold.
    pub fn ignored(&self, idle: &[&str]) -> Option<String> {
        let taken = self.taken.iter().map(|wish| wish.name.as_str());
        let mut names: Vec<&str> = self.ignored.iter().map(String::as_str).collect();
        for name in taken.filter(|name| idle.contains(name)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// What the reply is to be made of, where the request says it; an edge is one of the extremes.
    pub fn source(&self) -> Option<Data> {
        match self.edge {
            Some(_) => Some(Data::Extremes),
            None => self.data,
        }
    }

    /// Whether the request asks for one certain reply, which is then given even if it violates the contract.
    pub fn is_explicit(&self) -> bool {
        self.code.is_some()
            || self.error.is_some()
            || self.example.is_some()
            || self.fault.is_some()
            || self.replay.is_some()
    }

    fn take(&mut self, preference: Preference) -> Result<(), WishError> {
        // Several rules can be expected; of everything else the first counts (RFC 7240 2).
        let repeated = self.taken.iter().any(|known| known.name == preference.name);
        if repeated && preference.name != "expect" {
            return Ok(());
        }
        let Some((_, read)) = KNOWN.iter().find(|(name, _)| *name == preference.name) else {
            self.ignore(&preference.name);
            return Ok(());
        };
        if let Err(refusal) = read(self, &preference.value) {
            return Err(WishError::refused(preference, refusal));
        }
        self.taken.push(preference);
        Ok(())
    }

    fn ignore(&mut self, name: &str) {
        let shown: String =
            name.chars().take(64).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect();
        if !shown.is_empty() && self.ignored.len() < MOST_IGNORED && !self.ignored.contains(&shown) {
            self.ignored.push(shown);
        }
    }

    fn read_code(&mut self, value: &str) -> Result<(), Refusal> {
        let code = digits(value).filter(|code| (200..=599).contains(code));
        self.code = Some(code.ok_or_else(|| refuse("a status from 200 to 599", "send `code=404`"))? as u16);
        Ok(())
    }

    fn read_error(&mut self, value: &str) -> Result<(), Refusal> {
        self.error = Some(name(value, "the name of a declared failure; `standin errors` lists them")?);
        Ok(())
    }

    fn read_example(&mut self, value: &str) -> Result<(), Refusal> {
        self.example = Some(name(value, "the name of an example of the document")?);
        Ok(())
    }

    fn read_dynamic(&mut self, value: &str) -> Result<(), Refusal> {
        self.dynamic = match value {
            "" | "true" => true,
            "false" => false,
            _ => {
                let words = ["true", "false"].into_iter();
                return Err(refuse_word("dynamic", value, words, "`true` or `false`"));
            }
        };
        Ok(())
    }

    fn read_data(&mut self, value: &str) -> Result<(), Refusal> {
        let expected = "`auto`, `examples`, `generated` or `extremes`";
        let words = Data::NAMED.iter().map(|(name, _)| *name);
        self.data = Some(Data::named(value).ok_or_else(|| refuse_word("data", value, words, expected))?);
        Ok(())
    }

    fn read_edge(&mut self, value: &str) -> Result<(), Refusal> {
        let number = digits(value).filter(|number| (1..=MOST_EDGES).contains(number));
        let expected = "the number of an edge, from 1";
        self.edge = Some(number.ok_or_else(|| refuse(expected, "send `edge=1`"))? as usize);
        Ok(())
    }

    fn read_seed(&mut self, value: &str) -> Result<(), Refusal> {
        self.seed = Some(if value == "random" {
            SeedWish::Random
        } else {
            let number = digits(value);
            let expected = "a whole number from 0 to 18446744073709551615, or `random`";
            SeedWish::Number(number.ok_or_else(|| refuse(expected, "send `seed=7`"))?)
        });
        Ok(())
    }

    fn read_handling(&mut self, value: &str) -> Result<(), Refusal> {
        self.handling = Some(match value {
            "strict" => Handling::Strict,
            "lenient" => Handling::Lenient,
            _ => {
                let words = ["strict", "lenient"].into_iter();
                return Err(refuse_word("handling", value, words, "`strict` or `lenient`"));
            }
        });
        Ok(())
    }

    fn read_items(&mut self, value: &str) -> Result<(), Refusal> {
        let items = digits(value).filter(|items| *items <= MOST_ITEMS as u64);
        let expected = "a number of items from 0 to 10000";
        self.items = Some(items.ok_or_else(|| refuse(expected, "send `items=3`"))? as usize);
        Ok(())
    }

    fn read_delay(&mut self, value: &str) -> Result<(), Refusal> {
        let delay = value.parse().map_err(|expected: String| refuse(&expected, "send `delay=250ms`"))?;
        self.delay = Some(delay);
        Ok(())
    }

    fn read_fault(&mut self, value: &str) -> Result<(), Refusal> {
        self.fault = Some(value.parse().map_err(|mistake: String| stated(&mistake))?);
        Ok(())
    }

    fn read_break(&mut self, value: &str) -> Result<(), Refusal> {
        self.breaks = Some(BreakWish::read(value)?);
        Ok(())
    }

    fn read_replay(&mut self, value: &str) -> Result<(), Refusal> {
        let expected = format!("a token of 1 to at most {LONGEST_TOKEN} characters");
        let is_possible = (1..=LONGEST_TOKEN).contains(&value.len());
        let token = Some(value).filter(|_| is_possible);
        let help = "send the value of `standin-replay` as it was told";
        self.replay = Some(token.ok_or_else(|| refuse(&expected, help))?.to_owned());
        Ok(())
    }

    fn read_expect(&mut self, value: &str) -> Result<(), Refusal> {
        let codes = value.split([',', ' ']).filter(|code| !code.is_empty());
        let mut found = false;
        for code in codes {
            found = true;
            let Some(rule) = Rule::from_code(&code.to_ascii_lowercase()) else {
                return Err(unknown_rule(code));
            };
            if !self.expect.contains(&rule) {
                self.expect.push(rule);
            }
        }
        if found { Ok(()) } else { Err(unknown_rule(value)) }
    }
}

/// A line of `Prefer` without the preferences that are ours, otherwise as sent; `None` if nothing is left.
pub fn foreign_preferences(line: &HeaderValue) -> Option<HeaderValue> {
    let text = String::from_utf8_lossy(line.as_bytes());
    let is_foreign = |member: &&str| {
        let name = name_of(member);
        !name.is_empty() && KNOWN.iter().all(|(known, _)| *known != name)
    };
    let kept: Vec<&str> =
        split_outside_quotes(&text, ',').into_iter().map(str::trim).filter(is_foreign).collect();
    if kept.is_empty() { None } else { HeaderValue::from_str(&kept.join(", ")).ok() }
}

fn digits(value: &str) -> Option<u64> {
    value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.parse().ok()).flatten()
}

fn name(value: &str, expected: &str) -> Result<String, Refusal> {
    if value.is_empty() { Err(refuse(expected, "send a name")) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests;
