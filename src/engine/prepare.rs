//! What is compiled before anybody asks for it: the plan that most others share their nodes with.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Engine;
use super::mount::Mount;
use crate::contract::Content;
use crate::media_type::Kind;
use crate::negotiate;

/// A plan of so many nodes is one that most others of its document share theirs with.
const MANY_NODES: u32 = 500;
/// How many operations of a document are looked at for such a plan. Those of a document that has none are compiled in no
/// time.
const MOST_LOOKED_AT: usize = 20;

impl Engine {
    /// Compiles a large plan of each document, until `is_over`: where all schemas of a document lead to each other, that is
    /// nearly all there is to compile, and the first request need not wait for it.
    ///
    /// No reply depends on it; a request that comes sooner waits for what is under way, or compiles it itself.
    pub fn prepare(&self, is_over: &AtomicBool) {
        for mount in &self.mounts.all {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            mount.prepare(is_over);
        }
    }
}

impl Mount {
    /// Compiles what operations reply with as JSON, one after the other, until one of them leads to many schemas.
    fn prepare(&self, is_over: &AtomicBool) {
        let replies = self.contract.operations.iter().enumerate().filter_map(|(index, operation)| {
            let response = negotiate::success(operation)?.response;
            let contents = &operation.responses[response].content;
            let is_json =
                |content: &&Content| content.media_type.kind() == Kind::Json && content.schema.is_some();
            // Without a wish, the first content is what is sent.
            contents.first().filter(is_json).map(|content| (index, response, content))
        });
        for (index, response, content) in replies.take(MOST_LOOKED_AT) {
            let before = self.plans.len();
            let compiled = self.operation(index).content(response, 0);
            // What is wrong with it is told to whoever asks for it.
            let _ = compiled.body(&self.plans, content, &content.media_type, None);
            if self.plans.len() - before >= MANY_NODES || is_over.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use http::Method;
    use serde_json::json;

    use crate::contract::Contract;
    use crate::document::{Document, LoadOptions, Source};
    use crate::engine::{Engine, Options};
    use crate::message::Request;

    #[test]
    fn no_reply_depends_on_what_was_prepared() {
        let schema = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let reply = |name: &str| {
            json!({ "get": { "responses": { "200": { "description": "",
            "content": { "application/json": { "schema": schema(name) } } } } } })
        };
        let document = json!({
            "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
            "paths": { "/a": reply("A"), "/b": reply("B") },
            "components": { "schemas": {
                "A": { "type": "object", "properties": { "id": { "type": "integer" }, "b": schema("B") } },
                "B": { "type": "object", "properties": { "name": { "type": "string" }, "a": schema("A") } },
            } },
        });
        let source = Source::Text { name: "t.json".into(), text: document.to_string() };
        let read = Document::load(&source, LoadOptions::default()).value.unwrap();
        let contract = Arc::new(Contract::build("t", read).0);
        let engine = || Engine::new(vec![Arc::clone(&contract)], Vec::new(), Options::default());
        let body = |engine: &Engine, path: &str| engine.answer(Request::new(Method::GET, path)).body;
        let (plain, prepared, stopped) = (engine(), engine(), engine());
        prepared.prepare(&AtomicBool::new(false));
        stopped.prepare(&AtomicBool::new(true));
        let nodes = |engine: &Engine| engine.mounts.all[0].plans.len();
        assert_eq!((nodes(&plain), nodes(&stopped)), (0, 0));
        assert!(nodes(&prepared) > 0);
        for path in ["/b", "/a"] {
            assert_eq!(body(&plain, path), body(&prepared, path), "{path}");
        }
    }
}
