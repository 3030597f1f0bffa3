//! Breaches of the contract in one exchange: the rules, a violation of one of them, and breaches on purpose.

mod breach;
mod policy;
mod rule;

use std::fmt;
use std::sync::Arc;

pub use crate::diagnostic::Severity;
use crate::pointer::Pointer;
pub use breach::Breach;
pub use policy::{Destination, Ignored, Policy};
pub use rule::{Area, Definition, Direction, Rule};

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file as the user knows it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The pointer into that file.
    pub pointer: Pointer,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}  {}", self.file, self.line, self.column, self.pointer)
    }
}

/// One breach of the contract in one exchange.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The rule that was broken.
    pub rule: Rule,
    /// How much it weighs here.
    pub severity: Severity,
    /// The place in the message: `["request", "query", "limit"]`, `["request", "body", "items", "0", "name"]`.
    pub location: Vec<String>,
    /// One line that stands alone: where, what was found, what the contract says.
    pub message: String,
    /// What was found, redacted and shortened; `None` where something is missing.
    pub found: Option<String>,
    /// What was expected.
    pub expected: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The place in the document.
    pub place: Place,
}

impl Violation {
    /// A violation with the rule's own severity (of one that is off: info) and nothing but what every violation has.
    pub fn new(rule: Rule, location: &[&str], message: impl Into<String>, place: Place) -> Self {
        Self {
            rule,
            severity: rule.definition().severity.unwrap_or(Severity::Info),
            location: location.iter().map(|part| (*part).to_owned()).collect(),
            message: message.into(),
            found: None,
            expected: None,
            help: None,
            place,
        }
    }

    /// Whether it is reason enough to refuse a request.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
