//! Wishes that can't be granted: what is wrong with them, and what to do.

use super::preference::Preference;
use crate::text;
use crate::violation::Rule;

/// A wish that can't be granted, for a 400 problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishError {
    /// The preference, such as `code`.
    pub name: String,
    /// Its value as sent.
    pub value: String,
    /// What is wrong, as one line that stands alone.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What is wrong with a value, and what to do.
pub(super) struct Refusal {
    message: Reason,
    help: String,
}

/// How a refusal says what is wrong.
enum Reason {
    /// What the value is not, as the rest of a sentence.
    Expected(String),
    /// What is wrong, as a sentence.
    Stated(String),
}

impl WishError {
    /// Of a value that can't be.
    pub(super) fn refused(preference: Preference, refusal: Refusal) -> Self {
        let found = text::harmless(&text::shortened(&preference.value, 80));
        Self {
            message: match refusal.message {
                Reason::Expected(expected) => {
                    format!("preference `{}`: `{found}` is not {expected}", preference.name)
                }
                Reason::Stated(message) => format!("preference `{}`: {message}", preference.name),
            },
            help: refusal.help,
            name: preference.name,
            value: preference.value,
        }
    }
}

/// The refusal of a value that is not what is expected.
pub(super) fn refuse(expected: &str, help: &str) -> Refusal {
    Refusal { message: Reason::Expected(expected.to_owned()), help: help.to_owned() }
}

/// The refusal of a fault, which says itself what is wrong and, behind a semicolon, what to do.
pub(super) fn stated(mistake: &str) -> Refusal {
    let (message, help) =
        mistake.split_once("; ").unwrap_or((mistake, "`standin explain --faults` lists them"));
    Refusal { message: Reason::Stated(message.to_owned()), help: help.to_owned() }
}

/// The refusal of a word that is none of those that a preference takes, with the nearest, else all of them.
pub(super) fn refuse_word<'a>(
    preference: &str,
    value: &str,
    words: impl Iterator<Item = &'a str> + Clone,
    expected: &str,
) -> Refusal {
    let help = match text::nearest(value, words.clone()) {
        Some(nearest) => format!("send `{preference}={nearest}`"),
        None => format!("send one of {}", text::list(words)),
    };
    Refusal { message: Reason::Expected(expected.to_owned()), help }
}

/// The refusal of a rule that there is not, with the nearest.
pub(super) fn unknown_rule(code: &str) -> Refusal {
    let codes = || Rule::ALL.iter().map(|rule| rule.code());
    let help = match text::nearest(code, codes()) {
        Some(nearest) => format!("send `expect={nearest}`"),
        None => format!("the rules are {}", text::list(codes())),
    };
    Refusal { message: Reason::Expected("the name of a rule".to_owned()), help }
}
