//! Conditions: from their format to what is asked, and the operations that they leave.

use std::collections::BTreeSet;

use super::{Lookup, member, unknown};
use crate::contract::{Location, Operation, SchemeKind, Style};
use crate::contract::{Parameter, Serialization};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::scenario::condition::{Condition, Scope};
use crate::scenario::format::{Credentials, Names, When};
use crate::scenario::predicate::{Compiled, Mistake, Predicate};

/// Header fields of HTTP itself, and ours, which no operation needs to declare (RFC 9110, RFC 9111, RFC 7240, …).
const OF_HTTP: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "baggage",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "idempotency-key",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "prefer",
    "range",
    "referer",
    "traceparent",
    "user-agent",
    "via",
    "x-forwarded-for",
    "x-request-id",
];

/// How one of the names in a condition is looked up.
struct Kind {
    key: &'static str,
    code: &'static str,
    name: fn(&Operation) -> &str,
}

const OPERATION: Kind =
    Kind { key: "operation", code: "unknown-operation", name: |operation| operation.id.as_str() };
const METHOD: Kind =
    Kind { key: "method", code: "unknown-method", name: |operation| operation.method.as_str() };
const TEMPLATE: Kind =
    Kind { key: "template", code: "unknown-template", name: |operation| operation.template.as_str() };

impl Lookup<'_> {
    /// The operations that a condition leaves of `within`, and what is asked of a request to one of them. `None` if a
    /// mistake makes it unusable.
    pub(super) fn when(&mut self, when: &When, within: &Scope, at: &Pointer) -> Option<(Scope, Condition)> {
        let mut scope = within.clone();
        if let Some(documents) = self.documents(when.document.as_ref(), &at.join("document")) {
            scope.retain(|(document, _)| documents.contains(document));
        } else {
            return None;
        }
        for (kind, names) in
            [(OPERATION, &when.operation), (METHOD, &when.method), (TEMPLATE, &when.template)]
        {
            if let Some(names) = names {
                scope = self.named(&kind, names, &scope, at)?;
            }
        }
        let mut asked = Vec::new();
        for (index, one) in when.all.iter().enumerate() {
            let (left, condition) = self.when(one, &scope, &at.join("all").index(index))?;
            scope = left;
            asked.push(condition);
        }
        if !when.any.is_empty() {
            let (mut left, mut conditions) = (Scope::new(), Vec::new());
            for (index, one) in when.any.iter().enumerate() {
                let (own, condition) = self.when(one, &scope, &at.join("any").index(index))?;
                left.extend(&own);
                conditions.push(Condition::All(vec![Condition::Operations(own), condition]));
            }
            scope = left;
            asked.push(Condition::Any(conditions));
        }
        if let Some(not) = &when.not {
            let (own, condition) = self.when(not, &scope, &at.join("not"))?;
            // What the condition never holds for needs no asking, and what it always holds for is left out.
            if condition.is_empty() {
                scope.retain(|place| !own.contains(place));
            } else {
                let held = Condition::All(vec![Condition::Operations(own), condition]);
                asked.push(Condition::Not(Box::new(held)));
            }
        }
        self.of_request(when, &scope, &mut asked, at)?;
        self.of_session(when, &mut asked, at)?;
        asked.retain(|condition| !condition.is_empty());
        Some((scope, Condition::All(asked)))
    }

    fn named(&mut self, kind: &Kind, names: &Names, within: &Scope, at: &Pointer) -> Option<Scope> {
        let mut found = Scope::new();
        for (index, name) in names.iter() {
            let is_it = |operation: &Operation| {
                let own = (kind.name)(operation);
                if kind.key == METHOD.key { own.eq_ignore_ascii_case(name) } else { own == name }
            };
            let before = found.len();
            let mut is_known = false;
            for place in within {
                if is_it(self.operation(*place)) {
                    is_known = true;
                    found.insert(*place);
                }
            }
            if found.len() == before && !is_known {
                let mut known: Vec<&str> =
                    within.iter().map(|place| (kind.name)(self.operation(*place))).collect();
                known.dedup();
                self.report(unknown(kind.code, kind.key, name, &known), &member(&at.join(kind.key), index));
                return None;
            }
        }
        Some(found)
    }

    fn of_request(
        &mut self,
        when: &When,
        scope: &Scope,
        asked: &mut Vec<Condition>,
        at: &Pointer,
    ) -> Option<()> {
        if let Some(path) = &when.path {
            asked.push(Condition::Path(self.predicate(path, &at.join("path"))?));
        }
        let named = [
            (&when.header, Location::Header, Condition::Header as fn(String, Compiled) -> Condition),
            (&when.query, Location::Query, Condition::Query),
            (&when.cookie, Location::Cookie, Condition::Cookie),
        ];
        for (predicates, location, make) in named {
            for (name, predicate) in predicates {
                let at = at.join(location.word()).join(name);
                self.is_declared(location, name, scope, &at);
                let compiled = self.predicate(predicate, &at)?;
                asked.push(make(name.clone(), compiled));
            }
        }
        for (pointer, predicate) in &when.body {
            let at = at.join("body").join(pointer);
            if !pointer.is_empty() && !pointer.starts_with('/') {
                let diagnostic =
                    Diagnostic::error("wrong-pointer", format!("`{pointer}` is no JSON pointer"));
                self.report(diagnostic.help(format!("write `/{pointer}`")), &at);
                return None;
            }
            let compiled = self.predicate(predicate, &at)?;
            asked.push(Condition::Body(Pointer::from_escaped(pointer.as_str()), compiled));
        }
        match &when.credentials {
            None => {}
            Some(Credentials::Presence(presence)) => asked.push(Condition::Credentials(*presence)),
            Some(Credentials::Value(wanted)) => {
                let at = at.join("credentials").join("value");
                asked.push(Condition::Credential(self.predicate(&wanted.value, &at)?));
            }
        }
        Some(())
    }

    fn of_session(&mut self, when: &When, asked: &mut Vec<Condition>, at: &Pointer) -> Option<()> {
        if let Some(session) = &when.session {
            asked.push(Condition::Session(self.predicate(session, &at.join("session"))?));
        }
        if let Some(call) = when.call {
            if let Some(mistake) = call.mistake() {
                self.report(Diagnostic::error("wrong-call", mistake), &at.join("call"));
                return None;
            }
            asked.push(Condition::Call(call));
        }
        asked.extend(when.after.map(|span| Condition::After(span.0)));
        asked.extend(when.before.map(|span| Condition::Before(span.0)));
        if let (Some(after), Some(before)) = (when.after, when.before)
            && before.0 <= after.0
        {
            let message = "`before` is not later than `after`, so no time is meant";
            self.report(Diagnostic::error("wrong-time", message), &at.join("before"));
            return None;
        }
        if let Some(states) = &when.state {
            let names = states.iter().map(|(_, name)| name.to_owned());
            asked.push(Condition::State(names.collect()));
        }
        Some(())
    }

    fn predicate(&mut self, predicate: &Predicate, at: &Pointer) -> Option<Compiled> {
        match Compiled::new(predicate) {
            Ok(compiled) => Some(compiled),
            Err(Mistake { keys, message }) => {
                let at = keys.iter().fold(at.clone(), |at, key| at.join(key));
                self.report(Diagnostic::error("wrong-predicate", message), &at);
                None
            }
        }
    }

    /// Warns of a name that no operation of the scope declares: probably a slip.
    pub(super) fn is_declared(&mut self, location: Location, name: &str, scope: &Scope, at: &Pointer) {
        let lower = name.to_ascii_lowercase();
        if location == Location::Header && (OF_HTTP.contains(&&*lower) || lower.starts_with("standin-")) {
            return;
        }
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for place in scope {
            let operation = self.operation(*place);
            if operation.parameter(location, name).is_some() || is_part(operation, location, name) {
                return;
            }
            let schemes = operation.security.iter().flat_map(|requirement| &requirement.schemes);
            for (scheme, _) in schemes {
                let own = match &self.contracts[place.0].schemes[*scheme].kind {
                    SchemeKind::HeaderKey(own) if location == Location::Header => own,
                    SchemeKind::QueryKey(own) if location == Location::Query => own,
                    SchemeKind::CookieKey(own) if location == Location::Cookie => own,
                    _ => continue,
                };
                if own.eq_ignore_ascii_case(name) {
                    return;
                }
                known.insert(own);
            }
            let of_location = operation.parameters.iter().filter(|one| one.location == location);
            known.extend(of_location.map(|parameter| parameter.name.as_str()));
        }
        let word = location.word();
        let near = crate::text::nearest(name, known.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("no {word} parameter is declared there"),
            None => format!("declared: {}", crate::text::list(known.iter().copied())),
        };
        let message = format!("no operation that the rule fits declares the {word} parameter `{name}`");
        self.report(Diagnostic::warning("parameter-undeclared", message).help(help), at);
    }
}

/// Whether a name such as `filter[status]` is a part of a parameter that is written so.
fn is_part(operation: &Operation, location: Location, name: &str) -> bool {
    let is_deep = |parameter: &&Parameter| {
        matches!(parameter.serialization, Serialization::Style { style: Style::DeepObject, .. })
    };
    let whole = name.split_once('[').and_then(|(whole, _)| operation.parameter(location, whole));
    whole.as_ref().is_some_and(is_deep)
}
