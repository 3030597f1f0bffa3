//! `not`: it does not pass a predicate.

use std::sync::Arc;

use super::{Compiled, Found, Mistake, Test, Tests};

#[derive(Debug)]
struct Not(Compiled);

impl Test for Not {
    fn holds(&self, found: &Found<'_>) -> bool {
        !self.0.holds(found)
    }
}

pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    let Some(predicate) = &tests.not else { return Ok(None) };
    match Compiled::new(predicate) {
        Ok(compiled) => Ok(Some(Arc::new(Not(compiled)))),
        Err(mut mistake) => {
            mistake.keys.insert(0, "not");
            Err(mistake)
        }
    }
}
