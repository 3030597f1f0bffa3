//! Arrays: items of their own kinds first, then any number of one kind.

use std::sync::Arc;

use serde_json::Value;

use crate::generate::compile::{Compiler, Context, Standing};
use crate::generate::conjunction::{Conjunction, Flat};
use crate::generate::hint::singular;
use crate::generate::node::{ArrayNode, Node, NodeId};

/// Longer arrays are not made.
const LONGEST: usize = 10_000;

/// Compiles the constraints of arrays; says also whether values have to be checked.
pub(super) fn compile<'s>(
    compiler: &mut Compiler<'s>,
    flat: &Flat<'s>,
    context: &Context,
    level: u32,
) -> (Node, bool) {
    let item =
        Context { name: Arc::from(&*singular(&context.name)), kind: context.kind, place: Standing::Item };
    let mut array = ArrayNode {
        prefix: Box::default(),
        rest: None,
        contained: Vec::new(),
        complex: false,
        low: 0,
        high: LONGEST,
        unique: false,
        different: 0,
    };
    let mut check = flat.strange;
    let mut width = 0;
    let mut least_contained = 0;
    for constraint in &flat.constraints {
        let number = |keyword: &str| constraint.get(keyword).and_then(Value::as_f64).map(|n| n as usize);
        array.low = array.low.max(number("minItems").unwrap_or(0));
        array.high = array.high.min(number("maxItems").unwrap_or(LONGEST));
        array.unique |= constraint.get("uniqueItems") == Some(&Value::Bool(true));
        width = width.max(constraint.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len));
    }
    let width = width.min(256);
    // Whatever `items` judges is evaluated, so that nothing is left for `unevaluatedItems`.
    let followed = flat.constraints.iter().any(|constraint| constraint.get("items").is_some());
    let mut prefix: Vec<NodeId> = Vec::new();
    for index in 0..=width {
        let mut conjunction = Conjunction::default();
        for constraint in &flat.constraints {
            let own = constraint.get("prefixItems").and_then(Value::as_array);
            if let Some(schema) = own.and_then(|own| own.get(index)) {
                conjunction.push(constraint.pointer.join("prefixItems").index(index), schema);
            } else if let Some(schema) = constraint.get("items") {
                conjunction.push(constraint.pointer.join("items"), schema);
            }
        }
        if index < width {
            prefix.push(compiler.intern(conjunction, item.clone(), level));
            continue;
        }
        for constraint in &flat.constraints {
            let Some(schema) = constraint.get("contains") else { continue };
            let number = |keyword: &str| constraint.get(keyword).and_then(Value::as_f64).map(|n| n as usize);
            let least = number("minContains").unwrap_or(1);
            least_contained += least;
            check |= number("maxContains").is_some() || array.unique || width > 0;
            let mut wanted = conjunction.clone();
            wanted.push(constraint.pointer.join("contains"), schema);
            array.contained.push((compiler.intern(wanted, item.clone(), level), least));
        }
        // Items that `contains` speaks of are evaluated by it, the others are not.
        for constraint in flat.constraints.iter().filter(|_| !followed) {
            if let Some(schema) = constraint.get("unevaluatedItems") {
                conjunction.push(constraint.pointer.join("unevaluatedItems"), schema);
            }
        }
        // A tuple is not followed by more unless that is said.
        if width == 0 || followed || array.low > width || least_contained > 0 {
            array.rest = Some(compiler.intern(conjunction, item.clone(), level));
        }
    }
    array.prefix = prefix.into();
    array.low = array.low.max(least_contained);
    (Node::Array(Box::new(array)), check)
}
