//! Whether items of an array may be alike: never where they are unique, else not near each other where there are enough.

use crate::generate::node::ArrayNode;

/// Where the items that count stand, of the arrays that are open: kept by the writer, so that an array needs no list of its
/// own.
pub(super) type Seen = Vec<(usize, usize)>;

/// What is known of the items of an array while it is written.
pub(super) struct Variety {
    rule: Rule,
    /// How many items are of the arrays around it.
    others: usize,
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
    pub fn of(array: &ArrayNode, length: usize, seen: &Seen) -> Self {
        let rule = match array.unique {
            true => Rule::Unique,
            false if length > 1 && length <= array.different => Rule::Varied,
            false => Rule::Free,
        };
        Self { rule, others: seen.len(), misses: 0 }
    }

    /// Forgets the items of an array that is closed.
    pub fn end(self, seen: &mut Seen) {
        seen.truncate(self.others);
    }

    /// Judges the item that was written from `item` on; `is_needed` where the array is too short without it.
    pub fn judge(&mut self, seen: &mut Seen, out: &[u8], item: usize, is_needed: bool) -> Verdict {
        let near = match self.rule {
            Rule::Free => return Verdict::Kept,
            Rule::Unique => usize::MAX,
            Rule::Varied => NEAR,
        };
        let mut others = seen[self.others..].iter().rev().take(near);
        if others.all(|(from, to)| out[*from..*to] != out[item..]) {
            return self.keep(seen, out, item);
        }
        self.misses += 1;
        match self.rule {
            Rule::Varied if self.misses > AGAIN => self.keep(seen, out, item),
            // The least number of items is worth more tries than a nicer length.
            Rule::Unique if self.misses > if is_needed { 400 } else { 8 } => Verdict::Last,
            Rule::Unique | Rule::Varied | Rule::Free => Verdict::DrawnAgain,
        }
    }

    fn keep(&mut self, seen: &mut Seen, out: &[u8], item: usize) -> Verdict {
        seen.push((item, out.len()));
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
