//! A value as the user gave it, and where.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Span};
use crate::redact;

/// A value as text.
#[derive(Debug, Clone)]
pub struct Given {
    /// The text.
    pub text: String,
    /// Where it was given.
    pub origin: Origin,
    /// The folder that relative paths start at; `None` for the working folder.
    pub folder: Option<PathBuf>,
}

/// Where a value was given.
#[derive(Debug, Clone)]
pub enum Origin {
    /// As an argument without a flag, by the name that the help gives it.
    Argument(&'static str),
    /// By a flag, without its dashes.
    Flag(String),
    /// By an environment variable.
    Environment(String),
    /// By a key of the settings file.
    File {
        /// The key.
        key: String,
        /// Where.
        span: Span,
    },
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What was expected in its place: `a number from 0 to 65535`.
    pub expected: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without advice.
    pub fn expected(expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), help: None }
    }
}

impl Given {
    /// A value that names a path, as a path.
    pub fn path(&self, text: &str) -> PathBuf {
        match &self.folder {
            Some(folder) => folder.join(text),
            None => PathBuf::from(text),
        }
    }

    /// Who gave it, for messages: `` `--port` ``.
    pub fn giver(&self) -> String {
        match &self.origin {
            Origin::Argument(name) => format!("`{name}`"),
            Origin::Flag(name) => format!("`--{name}`"),
            Origin::Environment(name) => format!("the environment variable `{name}`"),
            Origin::File { key, .. } => format!("`{key}`"),
        }
    }

    /// A diagnostic about it, with its place if it stands in a file.
    pub fn diagnostic(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        let span = match &self.origin {
            Origin::File { span, .. } => Some(span.clone()),
            Origin::Argument(_) | Origin::Flag(_) | Origin::Environment(_) => None,
        };
        Diagnostic::error(code, message).at(span)
    }

    /// A diagnostic that tells a problem with it.
    pub fn refused(&self, problem: Problem) -> Diagnostic {
        let giver = self.giver();
        let is_secret = redact::is_secret_name(&giver) && !self.text.is_empty();
        let shown = if is_secret { redact::HIDDEN } else { &self.text };
        let shown = if shown.is_empty() { "empty".to_owned() } else { format!("`{shown}`") };
        let message = format!("{giver} is {shown}, expected {}", problem.expected);
        let diagnostic = self.diagnostic("wrong-setting", message);
        match problem.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_and_that_there_is_none_is() {
        let told = |name: &str, text: &str| {
            let given = Given { text: text.to_owned(), origin: Origin::Flag(name.to_owned()), folder: None };
            given.refused(Problem::expected("more")).message
        };
        assert_eq!(told("port", "x"), "`--port` is `x`, expected more");
        assert_eq!(told("credentials", "s3cret"), "`--credentials` is `[redacted]`, expected more");
        assert_eq!(told("credentials", ""), "`--credentials` is empty, expected more");
    }
}
