//! `contains`: the text has this part, or the list has this item.

use std::sync::Arc;

use serde_json::Value;

use super::found::are_equal;
use super::{Found, Mistake, Piece, Test, Tests};

#[derive(Debug)]
struct Contains(Value);

impl Test for Contains {
    fn holds(&self, found: &Found<'_>) -> bool {
        found.any(|piece| {
            if let Piece::Value(value) = piece
                && let Value::Array(items) = &**value
            {
                return items.iter().any(|item| are_equal(item, &self.0));
            }
            let part = Piece::Value(std::borrow::Cow::Borrowed(&self.0));
            match (piece.written(), part.written()) {
                (Some(text), Some(part)) => text.contains(&*part),
                (None, _) | (_, None) => false,
            }
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every member of the family has one signature")]
pub(super) fn compile(tests: &Tests) -> Result<Option<Arc<dyn Test>>, Mistake> {
    Ok(tests.contains.clone().map(|part| Arc::new(Contains(part)) as Arc<dyn Test>))
}
