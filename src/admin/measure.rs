//! What reports of a server that still runs are held against, so that they say what the one at its end will.

use crate::drift::Baseline;
use crate::report::{FailOn, Report};

/// What findings are held against.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    /// What is known of them.
    pub baseline: Baseline,
    /// Which of the others are failures.
    pub fail_on: FailOn,
}

impl Measure {
    /// Notes in a report what is known today (`2026-01-31`), and which drifts are failures.
    pub(super) fn hold(&self, report: &mut Report, today: &str) {
        report.fail_on = self.fail_on.clone();
        // Entries that did not occur may still do.
        self.baseline.apply(&mut report.drifts, today);
    }
}
