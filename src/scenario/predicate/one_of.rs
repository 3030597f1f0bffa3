//! `one_of`: it is one of these values.

use std::sync::Arc;

use serde_json::Value;

use super::{Found, Mistake, Test, Tests};

#[derive(Debug)]
struct OneOf(Vec<Value>);

impl Test for OneOf {
    fn holds(&self, found: &Found<'_>) -> bool {
        found.any(|piece| self.0.iter().any(|wanted| piece.is(wanted)))
    }
}

pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    match &tests.one_of {
        None => Ok(None),
        Some(values) if values.is_empty() => {
            Err(Mistake::new("one_of", "the list is empty, so nothing would pass"))
        }
        Some(values) => Ok(Some(Arc::new(OneOf(values.clone())))),
    }
}
