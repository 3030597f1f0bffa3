//! `matches`: a regular expression finds something in the text.

use std::sync::Arc;

use fancy_regex::{Regex, RegexBuilder};

use super::{Found, Mistake, Test, Tests};

/// How far an expression may try again before it counts as not found: no request may hold the others up.
const MOST_BACKTRACKING: usize = 10_000;

#[derive(Debug)]
struct Matches(Regex);

impl Test for Matches {
    fn holds(&self, found: &Found<'_>) -> bool {
        found.any(|piece| piece.written().is_some_and(|text| self.0.is_match(&*text).unwrap_or(false)))
    }
}

pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    let Some(pattern) = &tests.matches else { return Ok(None) };
    match RegexBuilder::new(pattern).backtrack_limit(MOST_BACKTRACKING).build() {
        Ok(regex) => Ok(Some(Arc::new(Matches(regex)))),
        Err(error) => {
            // The package may draw the expression over several lines; the last one has the reason.
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
            Err(Mistake::new("matches", format!("`{pattern}` is no regular expression: {reason}")))
        }
    }
}
