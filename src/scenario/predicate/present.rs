//! `present`: it is there at all, or it is not.

use std::sync::Arc;

use super::{Found, Mistake, Test, Tests};

#[derive(Debug)]
struct Present(bool);

impl Test for Present {
    fn holds(&self, found: &Found<'_>) -> bool {
        found.is_empty() != self.0
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every member of the family has one signature")]
pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    Ok(tests.present.map(|wanted| Arc::new(Present(wanted)) as Arc<dyn Test>))
}
