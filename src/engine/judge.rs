//! Exchanges that happened elsewhere, or with an upstream, held against the contracts.

use std::sync::Arc;

use http::HeaderName;
use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};

use super::broken::BROKE;
use super::turn::{Extent, Target, Turn};
use super::{Checks, Engine, Mode, sessions};
use crate::check::{Items, Received, Unjudged};
use crate::clock::Moment;
use crate::drift::Coverage;
use crate::message::Request;
use crate::violation::{Rule, Violation};

/// What there is to say of a whole exchange.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// The name of the document that the request was routed to; `None` if it fits none: then nothing was judged.
    pub document: Option<Arc<str>>,
    /// The operation's id; `None` if it fits none.
    pub operation: Option<Arc<str>>,
    /// Every breach, those of the request first.
    pub violations: Vec<Violation>,
    /// Why the reply's content was not judged, if it could not be.
    pub unjudged: Option<Unjudged>,
    /// The rules that the request announced to break (`Prefer: expect=…`): those violations are no drift.
    pub expected: Vec<Rule>,
}

impl Engine {
    /// Holds a request and its reply, wherever they were seen, against the contracts. Nothing is counted, answered or
    /// remembered: the same exchange is always judged the same.
    pub fn judge(&self, request: &Request, received: Received<'_>) -> Judged {
        self.judged(request.clone(), Some(received), None).0
    }

    /// As `judge` does, for a request that need not be copied and whose reply may not be known; gives the request back,
    /// without the prefix that named its session.
    pub fn judge_seen(&self, request: Request, received: Option<Received<'_>>) -> (Judged, Request) {
        self.judged(request, received, None)
    }

    /// As `judge_seen` does, and counts what was exercised.
    pub fn judge_and_cover(
        &self,
        request: Request,
        received: Option<Received<'_>>,
        coverage: &Coverage,
    ) -> (Judged, Request) {
        self.judged(request, received, Some(coverage))
    }

    fn judged(
        &self,
        mut request: Request,
        received: Option<Received<'_>>,
        coverage: Option<&Coverage>,
    ) -> (Judged, Request) {
        // A name that can't be is the client's wish, which has no effect here.
        let _ = sessions::take_name(&mut request);
        let mut turn = Turn::new(0, Moment(0), request);
        self.route(&mut turn, Extent::Whole);
        let unjudged = match received {
            Some(received) => self.judge_reply(&mut turn, received),
            None => Some(Unjudged::Unknown),
        };
        self.apply_policy(&mut turn);
        if let Some(coverage) = coverage {
            self.cover(&turn, coverage, received);
        }
        let (document, operation) = match turn.target {
            Target::Operation { mount, operation, .. } => {
                let mount = &self.mounts.all[mount];
                (Some(Arc::clone(&mount.name)), Some(Arc::clone(&mount.operation(operation).id)))
            }
            Target::OtherMethod { .. } | Target::Nothing | Target::NoDocument { .. } => (None, None),
        };
        let expected = turn.wishes.map_or_else(|_| Vec::new(), |wishes| wishes.expect.clone());
        (Judged { document, operation, violations: turn.violations, unjudged, expected }, turn.request)
    }

    /// Adds to a turn what is wrong with the reply that somebody else gave, between `begin` and `finish`. A request that
    /// leads to no operation has no reply to judge.
    pub fn judge_reply(&self, turn: &mut Turn, received: Received<'_>) -> Option<Unjudged> {
        let Target::Operation { mount, operation, .. } = turn.target else { return None };
        if self.options.check == Checks::all(Mode::Off) {
            return None;
        }
        if received.headers.contains_key(BROKE) {
            return Some(Unjudged::Deliberate);
        }
        if stands_for_another(&turn.request, received.status) {
            return Some(Unjudged::Unknown);
        }
        let mount = &self.mounts.all[mount];
        let declared = &mount.contract.operations[operation];
        let checker = &mount.operation(operation).checker;
        let checked = checker.check_reply(
            &mount.contract,
            declared,
            &turn.request.method,
            received,
            self.options.strictness,
        );
        turn.violations.extend(checked.violations);
        checked.unjudged
    }

    /// Adds to a turn what is wrong with some items of content that comes item by item, such as events; of `received`
    /// only the head counts.
    pub fn judge_reply_items(&self, turn: &mut Turn, received: Received<'_>, items: Items<'_>) {
        let Target::Operation { mount, operation, .. } = turn.target else { return };
        if received.headers.contains_key(BROKE) {
            return;
        }
        let mount = &self.mounts.all[mount];
        let declared = &mount.contract.operations[operation];
        let checker = &mount.operation(operation).checker;
        let strictness = self.options.strictness;
        let checked = checker.check_reply_items(&mount.contract, declared, received, items, strictness);
        turn.violations.extend(checked.violations);
    }
}

/// Whether a reply is HTTP's own answer to a condition or range of the request: it stands for another one, and no
/// document declares it (RFC 9110 13 and 14).
fn stands_for_another(request: &Request, status: u16) -> bool {
    let asks = |names: &[HeaderName]| names.iter().any(|name| request.headers.contains_key(name));
    match status {
        206 | 416 => asks(&[RANGE]),
        304 => asks(&[IF_NONE_MATCH, IF_MODIFIED_SINCE]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::*;
    use crate::contract::Contract;
    use crate::delivery::Outcome;
    use crate::document::{Document, LoadOptions, Source};
    use crate::engine::Options;
    use crate::message::Reply;
    use crate::report::{FORMATS, Report};
    use crate::violation::{Policy, Severity};

    const DOCUMENT: &str = r#"
openapi: 3.0.3
info: { title: t, version: "1" }
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        "200":
          description: one
          headers:
            X-Left: { required: true, schema: { type: integer, minimum: 0 } }
            X-Tags: { schema: { type: array, items: { type: string }, maxItems: 2 } }
            X-Meta: { content: { application/json: { schema: { type: object, required: [a] } } } }
            Set-Cookie: { schema: { type: string } }
          content:
            application/json: { schema: { $ref: '#/components/schemas/Pet' } }
            text/plain: {}
        "204": { description: none }
        4XX: { description: wrong, content: { application/problem+json: { schema: { type: object } } } }
        "404": { description: gone }
components:
  schemas:
    Named: { type: object, properties: { name: { type: string } } }
    Pet:
      type: object
      required: [id, secret]
      properties:
        id: { type: integer, readOnly: true }
        secret: { type: string, writeOnly: true }
        kind: { type: string, nullable: true }
        owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Named' }] }
        friend: { oneOf: [{ $ref: '#/components/schemas/Named' }, { type: integer }] }
"#;

    /// Status, header fields, content, and what is found.
    type Row = (u16, &'static [(&'static str, &'static str)], &'static str, &'static [&'static str]);

    fn engine() -> Engine {
        let source = Source::Text { name: "t.yaml".into(), text: DOCUMENT.into() };
        let loaded = Document::load(&source, LoadOptions::default());
        let (contract, found) = Contract::build("t", loaded.value.unwrap());
        assert!(found.is_empty(), "{found:?}");
        let mut policy = Policy::default();
        policy.set(Rule::ReplyHeaderUndeclared, Some(Severity::Info));
        Engine::new(vec![Arc::new(contract)], Vec::new(), Options { policy, ..Options::default() })
    }

    fn fields(lines: &[(&str, &str)]) -> HeaderMap {
        let field = |(name, value): &(&str, &str)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(field).collect()
    }

    /// The codes and places of what is wrong with a reply to a good request.
    fn found(
        engine: &Engine,
        method: Method,
        status: u16,
        lines: &[(&str, &str)],
        body: &str,
    ) -> Vec<String> {
        let headers = fields(lines);
        let body = Bytes::copy_from_slice(body.as_bytes());
        let received = Received { status, headers: &headers, body: Some(&body) };
        let judged = engine.judge(&Request::new(method, "/pets/1"), received);
        assert_eq!(judged.operation.as_deref(), Some("getPet"));
        for violation in &judged.violations {
            assert_eq!(violation.location[0], "response");
            assert!(violation.place.line > 1, "{violation:?}");
        }
        let told =
            |violation: &Violation| format!("{} {}", violation.rule, violation.location[1..].join("."));
        judged.violations.iter().map(told).collect()
    }

    #[test]
    fn every_part_of_a_reply_is_held_against_its_declaration() {
        const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
        const LEFT: (&str, &str) = ("x-left", "3");
        let good = r#"{"id":1}"#;
        let table: &[Row] = &[
            (200, &[JSON, LEFT], good, &[]),
            (
                200,
                &[JSON, LEFT, ("x-other", "1"), ("etag", "1")],
                good,
                &["reply-header-undeclared header.x-other"],
            ),
            (200, &[LEFT], good, &[]),
            (200, &[("content-type", "text/plain"), LEFT], "", &[]),
            (200, &[JSON], good, &["reply-header-missing header.x-left"]),
            (200, &[JSON, ("x-left", "-1")], good, &["reply-header-invalid header.x-left"]),
            (200, &[JSON, ("x-left", "few")], good, &["reply-header-invalid header.x-left"]),
            (200, &[JSON, LEFT, LEFT], good, &["reply-header-invalid header.x-left"]),
            (200, &[JSON, LEFT, ("x-tags", "a, b")], good, &[]),
            (
                200,
                &[JSON, LEFT, ("x-tags", "a, b"), ("x-tags", "c")],
                good,
                &["reply-header-invalid header.x-tags"],
            ),
            (200, &[JSON, LEFT, ("x-meta", "{\"a\":1}")], good, &[]),
            (200, &[JSON, LEFT, ("x-meta", "{}")], good, &["reply-header-invalid header.x-meta"]),
            (200, &[JSON, LEFT, ("x-meta", "a")], good, &["reply-header-invalid header.x-meta"]),
            (200, &[JSON, LEFT, ("set-cookie", "a=1"), ("set-cookie", "b=2")], good, &[]),
            (200, &[JSON, LEFT], "", &["reply-body-missing body"]),
            (200, &[LEFT], "", &[]),
            (200, &[JSON, LEFT], "{\"id\":", &["reply-body-unreadable body"]),
            (200, &[JSON, LEFT], "[]", &["reply-body-invalid body"]),
            (200, &[JSON, LEFT], "{}", &["reply-body-invalid body"]),
            (200, &[JSON, LEFT], r#"{"id":"1"}"#, &["reply-body-invalid body.id"]),
            (200, &[JSON, LEFT], r#"{"id":1,"kind":null}"#, &[]),
            (200, &[JSON, LEFT], r#"{"id":1,"owner":null}"#, &[]),
            (200, &[JSON, LEFT], r#"{"id":1,"friend":null}"#, &["reply-body-invalid body.friend"]),
            (200, &[JSON, LEFT], r#"{"id":null,"owner":null}"#, &["reply-body-invalid body.id"]),
            (200, &[JSON, LEFT], r#"{"id":1,"secret":"s"}"#, &["reply-property-write-only body.secret"]),
            (200, &[JSON, LEFT], r#"{"id":1,"nick":"s"}"#, &["reply-property-undeclared body.nick"]),
            (
                200,
                &[("content-type", "text/html"), LEFT],
                "x",
                &["reply-media-type-undeclared header.content-type"],
            ),
            (204, &[], "", &[]),
            (204, &[], "{}", &["reply-body-undeclared body"]),
            (404, &[JSON], "{}", &["reply-body-undeclared body"]),
            (404, &[], "", &[]),
            (409, &[("content-type", "application/problem+json")], "{}", &[]),
            (409, &[("content-type", "application/problem+json")], "[]", &["reply-body-invalid body"]),
            (500, &[], "", &["status-undeclared status"]),
        ];
        let engine = engine();
        for (status, headers, body, expected) in table {
            assert_eq!(
                found(&engine, Method::GET, *status, headers, body),
                *expected,
                "{status} {headers:?} {body}"
            );
        }
        assert_eq!(found(&engine, Method::HEAD, 200, &[LEFT], ""), [""; 0]);
        assert_eq!(found(&engine, Method::HEAD, 200, &[LEFT], "x"), ["reply-body-undeclared body"]);
    }

    #[test]
    fn what_is_wrong_with_an_upstreams_reply_is_told_like_everything_else() {
        let engine = engine();
        let session = engine.sessions().default();
        let mut request = Request::new(Method::GET, "/pets/1");
        request.headers.insert(
            "prefer",
            HeaderValue::from_static("expect=reply-header-missing, expect=status-undeclared"),
        );
        let mut turn = engine.begin(session, request, Extent::Whole);
        let body = r#"{"id":1,"friend":{"name":7}}"#;
        let mut reply = Reply::new(200).with_body("application/json", body);
        assert_eq!(engine.judge_reply(&mut turn, Received::from(&reply)), None);
        let mut exchange = engine.finish(session, turn, &mut reply);
        engine.settle(session, &mut exchange, Outcome::Whole, engine.now());
        let told = reply.headers["standin-violations"].to_str().unwrap();
        let expected = r#"{"location":["response","body","friend","name"],"severity":"error","code":"reply-body-invalid","#;
        assert!(told.contains(expected), "{told}");
        let report = Report::of(&session.ledger);
        let drifts: Vec<(&str, &str)> =
            report.drifts.iter().map(|drift| (drift.rule.as_str(), drift.location.as_str())).collect();
        let missed = ("expectation-missed", "request.header.prefer");
        assert_eq!(drifts, [missed, ("reply-body-invalid", "response.body.friend.name")]);
        let text = (FORMATS.iter().find(|format| format.name == "text").unwrap().render)(&report);
        assert!(text.contains("   reply     200\n"), "{text}");
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let engine = engine();
        let request = Request::new(Method::GET, "/pets/x");
        let headers = fields(&[("x-left", "1"), ("content-encoding", "zstd")]);
        let body = Bytes::from_static(b"\x01");
        for (body, expected) in [(None, Unjudged::Unknown), (Some(&body), Unjudged::Encoded)] {
            let judged = engine.judge(&request, Received { status: 200, headers: &headers, body });
            assert_eq!(judged.unjudged, Some(expected));
            let rules: Vec<Rule> = judged.violations.iter().map(|violation| violation.rule).collect();
            assert_eq!(rules, [Rule::ParameterUnreadable], "the request is judged all the same");
        }
        let nowhere = engine.judge(
            &Request::new(Method::GET, "/dogs"),
            Received { status: 500, headers: &headers, body: None },
        );
        assert_eq!(nowhere.operation, None);
        assert_eq!(nowhere.violations.len(), 1);
    }
}
