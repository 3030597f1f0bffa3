//! What is compiled before anybody asks for it, beside the serving: the plan that most others share their nodes with.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Engine;
use super::mount::Mount;
use crate::media_type::Kind;
use crate::negotiate;

impl Engine {
    /// Compiles one plan of each document, until `is_over`: where all schemas of a document lead to each other, that is
    /// nearly all there is to compile, and the first request need not wait for it.
    ///
    /// No reply depends on it; a request that comes sooner waits for what is under way, or compiles it itself.
    pub fn prepare(&self, is_over: &AtomicBool) {
        for mount in &self.mounts.all {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            mount.prepare();
        }
    }
}

impl Mount {
    /// Compiles the content of the first operation that replies with JSON.
    fn prepare(&self) {
        let found = self.contract.operations.iter().enumerate().find_map(|(index, operation)| {
            let response = negotiate::success(operation)?.response;
            let contents = &operation.responses[response].content;
            let is_json = |content: &&crate::contract::Content| {
                content.media_type.kind() == Kind::Json && content.schema.is_some()
            };
            // Without a wish, the first content is what is sent.
            contents.first().filter(is_json).map(|content| (index, response, content))
        });
        if let Some((index, response, content)) = found {
            let compiled = self.operation(index).content(response, 0);
            // What is wrong with it is told to whoever asks for it.
            let _ = compiled.body(&self.plans, content, &content.media_type, None);
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
