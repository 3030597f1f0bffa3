//! `equals`: it is this value.

use std::sync::Arc;

use serde_json::Value;

use super::{Found, Mistake, Test, Tests};

#[derive(Debug)]
struct Equals(Value);

impl Test for Equals {
    fn holds(&self, found: &Found<'_>) -> bool {
        found.any(|piece| piece.is(&self.0))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every member of the family has one signature")]
pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    Ok(tests.equals.clone().map(|wanted| Arc::new(Equals(wanted)) as Arc<dyn Test>))
}
