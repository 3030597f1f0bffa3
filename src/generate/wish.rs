//! What the request asks of a reply, property by property: values that come back, a message, facts of the page.

use serde_json::Value;

use crate::generate::echo::{self, Echo};
use crate::generate::fact::{Fact, Facts, Scalar};
use crate::generate::node::{Graph, Node, NodeId, ObjectNode};
use crate::generate::write::{Role, Writer};
use crate::schema::{Direction, Schemas};

/// What the request asks of the reply.
#[derive(Default)]
pub(super) struct Wishes<'a> {
    pub echo: &'a [Echo<'a>],
    pub items: Option<usize>,
    pub message: Option<&'a str>,
    pub facts: Facts,
    /// The judge of values that were not drawn.
    pub schemas: Option<(&'a Schemas, Direction)>,
}

/// What the wishes have to say of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing: it is drawn.
    Nothing,
    /// Its value, which was written.
    Written,
    /// There is no value to tell.
    Absent,
}

impl Writer<'_, '_> {
    /// Writes what the request asks of a property, if it asks for something that fits.
    pub fn wished(
        &mut self,
        object: &ObjectNode,
        at: usize,
        role: Role,
        main: bool,
        out: &mut Vec<u8>,
    ) -> Answer {
        let Some(judge) = self.wishes.schemas else { return Answer::Nothing };
        let property = &object.properties[at];
        if role == Role::Main
            && !self.message_used
            && object.messages.contains(&at)
            && let Some(message) = self.wishes.message
            && self.best_message(object) == Some(at)
        {
            self.message_used = true;
            echo::write_text(message, out);
            return Answer::Written;
        }
        for wished in self.wishes.echo {
            if wished.is_named(&property.folded)
                && (main || (role == Role::Paging && wished.is_paging()))
                && (self.is_known_to_fit(property.node, wished, judge)
                    || fits(self.graph, property.node, wished.value, judge))
            {
                echo::write(wished.value, out);
                return Answer::Written;
            }
        }
        let Some(fact) = property.fact else { return Answer::Nothing };
        let told = match fact {
            // An envelope repeats the status beside what it wraps.
            Fact::Status => role == Role::Main,
            _ => role == Role::Paging || main && object.list.is_some() || object.wrapped.is_some(),
        };
        match self.wishes.facts.value(fact).filter(|_| told) {
            Some(value) if write_scalar(self.graph, property.node, value, out) => Answer::Written,
            Some(Scalar::Null) => Answer::Absent,
            None | Some(Scalar::Boolean(_) | Scalar::Whole(_)) => Answer::Nothing,
        }
    }

    fn is_known_to_fit(&self, id: NodeId, wished: &Echo<'_>, judge: (&Schemas, Direction)) -> bool {
        wished.schema.is_some_and(|schema| echo::is_same(self.graph.slot(id), schema, judge))
    }

    /// The first of the message-like properties whose schema takes the message.
    fn best_message(&self, object: &ObjectNode) -> Option<usize> {
        let (message, judge) = (self.wishes.message?, self.wishes.schemas?);
        let value = Value::String(message.to_owned());
        let takes = |at: &&usize| fits(self.graph, object.properties[**at].node, &value, judge);
        object.messages.iter().find(takes).copied()
    }
}

/// Whether a value of the request is a value of a node. Where the structure tells, no large schema is asked.
fn fits(graph: &Graph, id: NodeId, value: &Value, judge: (&Schemas, Direction)) -> bool {
    let slot = graph.slot(id);
    match &slot.node {
        Node::Impossible => false,
        Node::Object(_) if !value.is_object() => false,
        Node::Array(_) if !value.is_array() => false,
        Node::Boolean(_) if slot.check.is_none() => value.is_boolean(),
        Node::Number(number)
            if slot.check.is_none() && value.as_i64().is_some_and(|whole| number.takes(whole)) =>
        {
            true
        }
        Node::Text(text) if slot.check.is_none() && value.as_str().is_some_and(|value| text.takes(value)) => {
            true
        }
        Node::Union(alternatives) if slot.check.is_none() => {
            alternatives.iter().any(|alternative| fits(graph, alternative.node, value, judge))
        }
        Node::Union(_)
        | Node::Object(_)
        | Node::Array(_)
        | Node::Null
        | Node::Boolean(_)
        | Node::Choice(_)
        | Node::Number(_)
        | Node::Text(_) => echo::fits(value, slot, judge),
    }
}

/// Writes a scalar if the node surely takes it.
fn write_scalar(graph: &Graph, id: NodeId, value: Scalar, out: &mut Vec<u8>) -> bool {
    let slot = graph.slot(id);
    if slot.check.is_some() {
        return false;
    }
    match (&slot.node, value) {
        (Node::Null, Scalar::Null) => out.extend_from_slice(b"null"),
        (Node::Boolean(_), Scalar::Boolean(true)) => out.extend_from_slice(b"true"),
        (Node::Boolean(_), Scalar::Boolean(false)) => out.extend_from_slice(b"false"),
        (Node::Number(number), Scalar::Whole(whole)) if number.takes(whole) => {
            out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
        }
        (Node::Union(alternatives), _) => {
            return alternatives.iter().any(|alternative| write_scalar(graph, alternative.node, value, out));
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::oracle::plan;
    use crate::generate::{Draw, Plan};
    use crate::seed::Seed;
    use serde_json::json;

    fn written(plan: &Plan, draw: &mut Draw<'_>) -> Value {
        let mut out = Vec::new();
        plan.write(draw, &mut out);
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_page_counts_its_items() {
        let integer = || json!({"type": "integer"});
        let plan = plan(
            json!({ "reply": { "type": "object", "properties": {
                "meta": {"type": "object", "properties": {
                    "total": {"type": "integer", "minimum": 0}, "total_pages": integer(), "page": integer(), "per_page": integer(),
                    "has_next": {"type": "boolean"}, "next_page": {"type": ["integer", "null"]}, "prev_page": integer()
                }},
                "users": {"type": "array", "items": {"type": "object", "properties": {"id": integer(), "count": integer()}}},
                "totalResults": {"type": "integer", "maximum": 2}
            }}}),
            "/reply",
        );
        for seed in 0..20 {
            let value = written(&plan, &mut Draw::new(Seed(seed)));
            let count = value["users"].as_array().unwrap().len();
            let meta = &value["meta"];
            assert_eq!(meta["total"], count, "seed {seed}");
            assert_eq!((&meta["total_pages"], &meta["page"]), (&json!(1), &json!(1)), "seed {seed}");
            assert!(meta["per_page"].as_u64().unwrap() >= count as u64, "seed {seed}");
            assert_eq!((&meta["has_next"], &meta["next_page"]), (&json!(false), &Value::Null), "seed {seed}");
            // There is none, and the schema has no value that says so.
            assert_eq!(meta.get("prev_page"), None, "seed {seed}");
            assert!(value["totalResults"].as_i64().unwrap() <= 2, "seed {seed}");
        }
        let (page, size) = (json!(3), json!(2));
        let echo = [Echo::new("page", &page), Echo::new("per_page", &size)];
        let value = written(&plan, &mut Draw { echo: &echo, ..Draw::new(Seed(1)) });
        assert_eq!(value["users"].as_array().unwrap().len(), 2);
        let meta = &value["meta"];
        assert_eq!((&meta["total"], &meta["total_pages"]), (&json!(6), &json!(3)));
        assert_eq!((&meta["page"], &meta["prev_page"]), (&json!(3), &json!(2)));
    }

    #[test]
    fn an_error_repeats_its_status() {
        let plan = plan(
            json!({ "reply": { "type": "object", "properties": {
                "error": {"type": "object", "properties": {
                    "code": {"type": "integer"}, "status": {"type": "string"}, "message": {"type": "string"}
                }}
            }}}),
            "/reply",
        );
        let value = written(&plan, &mut Draw { status: 404, ..Draw::new(Seed(1)) });
        assert_eq!(value["error"]["code"], 404);
        let envelope = json!({ "reply": { "type": "object", "properties": {
            "code": {"type": "integer"}, "data": {"type": "object", "properties": {"source": {"type": "string"}}}
        }}});
        let value = written(
            &crate::generate::oracle::plan(envelope, "/reply"),
            &mut Draw { status: 401, ..Draw::new(Seed(1)) },
        );
        assert_eq!(value["code"], 401);
    }

    #[test]
    fn as_many_items_come_as_were_asked_for() {
        let item = json!({"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}},
            "notes": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string", "minLength": 3000}}}}}});
        let plan = plan(json!({ "reply": {"type": "array", "items": item} }), "/reply");
        let value = written(&plan, &mut Draw { items: Some(1500), ..Draw::new(Seed(1)) });
        assert_eq!(value.as_array().unwrap().len(), 1500);
        let mut out = Vec::new();
        plan.write(&mut Draw::new(Seed(1)), &mut out);
        assert!(out.len() < 40 * 1024, "{} bytes", out.len());
    }
}
