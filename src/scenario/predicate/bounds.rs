//! `at_least` and `at_most`: it is a number within these bounds.

use std::sync::Arc;

use super::{Found, Mistake, Test, Tests};

#[derive(Debug)]
struct Bounds {
    least: Option<f64>,
    most: Option<f64>,
}

impl Test for Bounds {
    fn holds(&self, found: &Found<'_>) -> bool {
        found.any(|piece| {
            piece.number().is_some_and(|number| {
                self.least.is_none_or(|least| number >= least) && self.most.is_none_or(|most| number <= most)
            })
        })
    }
}

pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    match (tests.at_least, tests.at_most) {
        (None, None) => Ok(None),
        (Some(least), Some(most)) if most < least => {
            Err(Mistake::new("at_most", format!("{most} is less than `at_least`, {least}")))
        }
        (least, most) => Ok(Some(Arc::new(Bounds { least, most }))),
    }
}
