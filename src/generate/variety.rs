//! Whether items of an array may be alike: never where they are unique, else not near each other where there are enough.

use crate::generate::node::{ArrayNode, Graph};
use crate::generate::settle::few;

/// What is known of the items of an array while it is written.
pub(super) struct Variety {
    rule: Rule,
    /// Where the items that count stand.
    seen: Vec<(usize, usize)>,
    /// How often an item was like another.
    misses: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Unique,
    /// As long as that takes few tries.
    Varied,
    Free,
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Kept,
    DrawnAgain,
    /// It is left out, and there is no hope for more.
    Last,
}

/// How many of the items before it an item differs from, where it need not.
const NEAR: usize = 32;
/// How often an item is drawn again for that.
const AGAIN: usize = 4;

impl Variety {
    /// What holds for an array of so many items.
    pub fn of(graph: &Graph, array: &ArrayNode, length: usize) -> Self {
        let is_varied =
            || length > 1 && !array.complex && array.told() == 0 && few(graph, array.rest) >= length;
        let rule = match array.unique {
            true => Rule::Unique,
            false if is_varied() => Rule::Varied,
            false => Rule::Free,
        };
        Self { rule, seen: Vec::new(), misses: 0 }
    }

    /// Judges the item that was written from `item` on; `is_needed` where the array is too short without it.
    pub fn judge(&mut self, out: &[u8], item: usize, is_needed: bool) -> Verdict {
        let near = match self.rule {
            Rule::Free => return Verdict::Kept,
            Rule::Unique => self.seen.len(),
            Rule::Varied => NEAR,
        };
        let mut others = self.seen.iter().rev().take(near);
        if others.all(|(from, to)| out[*from..*to] != out[item..]) {
            return self.keep(out, item);
        }
        self.misses += 1;
        match self.rule {
            Rule::Varied if self.misses > AGAIN => self.keep(out, item),
            // The least number of items is worth more tries than a nicer length.
            Rule::Unique if self.misses > if is_needed { 400 } else { 8 } => Verdict::Last,
            Rule::Unique | Rule::Varied | Rule::Free => Verdict::DrawnAgain,
        }
    }

    fn keep(&mut self, out: &[u8], item: usize) -> Verdict {
        self.seen.push((item, out.len()));
        if self.rule == Rule::Varied {
            self.misses = 0;
        }
        Verdict::Kept
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use serde_json::{Value, json};

    use crate::generate::{Draw, Plan, Plans};
    use crate::pointer::Pointer;
    use crate::schema::{Direction, Schemas};
    use crate::seed::Seed;

    fn lists(items: &Value, length: usize) -> Vec<Vec<String>> {
        let root =
            Arc::new(json!({ "type": "array", "items": items, "minItems": length, "maxItems": length }));
        let plans = Plans::new(&Arc::new(Schemas::new(Arc::clone(&root), root)));
        let plan = Plan::compile(&plans, &Pointer::root(), Direction::Response).unwrap();
        let list = |seed: u64| {
            let value = plan.value(&mut Draw::new(Seed(seed)));
            value.as_array().unwrap().iter().map(Value::to_string).collect()
        };
        (0..40).map(list).collect()
    }

    #[test]
    fn a_list_repeats_no_scalar_where_there_are_enough() {
        let many = json!({ "enum": (0..12).collect::<Vec<u32>>() });
        for list in lists(&many, 4) {
            let different: BTreeSet<&String> = list.iter().collect();
            assert_eq!(different.len(), list.len(), "{list:?}");
        }
    }

    #[test]
    fn a_list_has_its_length_where_scalars_have_to_repeat() {
        let few = [json!({ "enum": ["a", "b"] }), json!({ "type": "boolean" }), json!({ "const": 1 })];
        for items in few {
            assert!(lists(&items, 5).iter().all(|list| list.len() == 5), "{items}");
        }
    }
}
