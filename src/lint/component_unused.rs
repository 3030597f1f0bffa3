//! Components that nothing refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "component-unused",
    severity: Severity::Info,
    means: "A component is not referred to from anywhere else.",
    matters: "It is kept up for nothing, or the reference to it was forgotten.",
    example: "`components: { schemas: { Old: … } }` without a `$ref` to it",
    fix: "Take it out, or refer to it.",
    check,
};

/// Where components are kept, `definitions` and its like in 2.0.
const SECTIONS: &[&str] = &[
    "/components/schemas",
    "/components/responses",
    "/components/parameters",
    "/components/examples",
    "/components/requestBodies",
    "/components/headers",
    "/components/links",
    "/components/callbacks",
    "/components/pathItems",
    "/components/mediaTypes",
    "/definitions",
    "/parameters",
    "/responses",
];

fn check(contract: &Contract) -> Vec<Finding> {
    let tree: &Value = &contract.document.reply_tree;
    let mut used = BTreeSet::new();
    collect(tree, &Pointer::root(), &mut used);
    let mut findings = Vec::new();
    for section in SECTIONS {
        let place = Pointer::from_escaped(*section);
        for (name, component) in place.find(tree).and_then(Value::as_object).into_iter().flatten() {
            let pointer = place.join(name);
            if used.contains(&pointer) || name.starts_with("x-") || inherits(component) {
                continue;
            }
            findings.push(Finding {
                message: format!("nothing refers to `{}`", text::harmless(&text::shortened(name, 80))),
                pointer,
                help: "take it out, or refer to it".to_owned(),
            });
        }
    }
    findings
}

/// The components that values refer to from outside of them.
fn collect(value: &Value, owner: &Pointer, used: &mut BTreeSet<Pointer>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let texts = match (name.as_str(), member) {
                    ("$ref" | "operationRef", Value::String(text)) => vec![text.as_str()],
                    ("mapping", Value::Object(mapping)) => {
                        mapping.values().filter_map(Value::as_str).collect()
                    }
                    _ => Vec::new(),
                };
                used.extend(texts.into_iter().filter_map(component).filter(|target| target != owner));
                let inside = owner.join(name);
                let is_component = inside.parent().is_some_and(|above| SECTIONS.contains(&above.as_str()));
                // Below a component everything is its own.
                let is_settled = owner.parent().is_some_and(|above| SECTIONS.contains(&above.as_str()));
                let is_above =
                    is_component || SECTIONS.iter().any(|section| section.starts_with(inside.as_str()));
                collect(member, if is_settled || !is_above { owner } else { &inside }, used);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, owner, used)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The component that a reference leads to or into, from this file or from another one.
fn component(reference: &str) -> Option<Pointer> {
    let (_, fragment) = reference.split_once('#').unwrap_or(("", ""));
    if fragment.is_empty() {
        // A mapping may name a schema.
        let is_name = !reference.contains(['/', '.', '#']);
        return is_name.then(|| Pointer::from_escaped("/components/schemas").join(reference));
    }
    let pointer = Pointer::from_fragment(fragment);
    let section = SECTIONS.iter().map(|section| Pointer::from_escaped(*section));
    section.into_iter().find_map(|section| {
        let name = pointer.strip_prefix(&section)?.tokens().next()?;
        Some(section.join(&name))
    })
}

/// Whether a schema extends another one: it may be meant by its name, as the value of a discriminator.
fn inherits(component: &Value) -> bool {
    let parts = component.get("allOf").and_then(Value::as_array);
    parts.is_some_and(|parts| parts.iter().any(|part| part.get("$ref").is_some()))
}
