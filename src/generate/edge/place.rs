//! Where in a value an edge lies, and what is special there.

use std::fmt::Write as _;

use serde_json::Value;

use crate::generate::node::NodeId;

/// One step from a value to one in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// To the property of this name.
    Property(Box<str>, NodeId),
    /// To the item of this index.
    Item(usize, NodeId),
    /// To one of the alternatives of a union; with its number where there are several beside `null`.
    Branch(Option<usize>, NodeId),
}

/// What is special at a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deviation {
    /// This value is there.
    Value(Value),
    /// A text of so many characters is there.
    Words(usize),
    /// The array has so many items.
    Length(usize),
    /// The value is of the branch that the last step leads to.
    Taken,
    /// The property of this name is absent.
    Without(Box<str>),
    /// Only the properties are there that have to be.
    Bare,
    /// The map has so many members.
    Members(usize),
}

impl Step {
    /// The node that it leads to.
    pub fn node(&self) -> NodeId {
        match self {
            Self::Property(_, node) | Self::Item(_, node) | Self::Branch(_, node) => *node,
        }
    }
}

/// The place that steps lead to, as it is told: `data.items.0.name`.
pub(super) fn shown(steps: &[Step]) -> String {
    let mut text = String::new();
    let mut is_inside = false;
    for step in steps {
        match step {
            Step::Property(name, _) => {
                let _ = write!(text, "{}{name}", if is_inside { "." } else { "" });
                is_inside = true;
            }
            Step::Item(index, _) => {
                let _ = write!(text, "{}{index}", if is_inside { "." } else { "" });
                is_inside = true;
            }
            Step::Branch(Some(number), _) => {
                let _ = write!(text, "{} (branch {number})", if is_inside { "" } else { "the whole" });
                is_inside = true;
            }
            Step::Branch(None, _) => {}
        }
    }
    if is_inside { text } else { "the whole".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_like_the_place_of_a_violation() {
        let node = NodeId(0);
        let property = |name: &str| Step::Property(name.into(), node);
        let table = [
            (vec![], "the whole"),
            (vec![Step::Branch(None, node)], "the whole"),
            (
                vec![Step::Branch(None, node), property("data"), Step::Item(0, node), property("name")],
                "data.0.name",
            ),
            (vec![property("owner"), Step::Branch(Some(2), node), property("id")], "owner (branch 2).id"),
            (vec![Step::Branch(Some(1), node), property("id")], "the whole (branch 1).id"),
        ];
        for (steps, expected) in table {
            assert_eq!(shown(&steps), expected);
        }
    }
}
