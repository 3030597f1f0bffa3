//! Answers: from their format to what is sent, for each operation.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Lookup, Told, unknown};
use crate::contract::{Location, Operation};
use crate::diagnostic::Diagnostic;
use crate::negotiate;
use crate::pointer::Pointer;
use crate::scenario::condition::Scope;
use crate::scenario::format::Respond;
use crate::scenario::script::{Answer, Base, Given};
use crate::scenario::template::{Form, Reference, Template};
use crate::text;

/// What is answered, by operation.
pub(super) type Answers = BTreeMap<(usize, usize), Arc<Answer>>;

/// A respond that is being looked up.
struct Asked<'a> {
    respond: &'a Respond,
    at: Pointer,
    /// Whether the rule names its operations: then each has to have what is answered.
    is_named: bool,
}

impl Lookup<'_> {
    /// What is answered to the operations of a scope, which loses those that lack it where the rule does not name them.
    /// `None` if a mistake makes it unusable.
    pub(super) fn respond(
        &mut self,
        respond: &Respond,
        scope: &mut Scope,
        at: &Pointer,
        is_named: bool,
        is_implied: bool,
    ) -> Option<Answers> {
        self.is_possible(respond, at)?;
        let headers = self.headers(&respond.headers, &at.join("headers"))?;
        let body = self.given(respond, at).ok()?;
        let asked = Asked { respond, at: at.clone(), is_named };
        let bases = self.bases(&asked, scope)?;
        if !is_implied {
            self.warn_undeclared(&bases, at);
        }
        scope.retain(|place| bases.contains_key(place));
        for (name, template) in &headers {
            self.references(template, scope, &at.join("headers").join(name.as_str()));
        }
        match &body {
            None => {}
            Some(Given::Text(template)) => self.references(template, scope, &at.join("text")),
            Some(Given::Value(form)) => {
                for (place, template) in form.open() {
                    self.references(template, scope, &at.join("body").concat(&place));
                }
            }
        }
        let mut answers = Answers::new();
        // A body that many operations share is told wrong once.
        let mut is_told = false;
        for (place, base) in bases {
            let (headers, body) = (headers.clone(), body.clone());
            let (data, is_unchecked) = (respond.data, respond.unchecked);
            let answer = Answer { base, headers, body, data, is_unchecked };
            if !is_told {
                is_told = !self.judge(&answer, place, at);
            }
            answers.insert(place, Arc::new(answer));
        }
        Some(answers)
    }

    /// Warns of references to parameters that no operation of the scope declares.
    fn references(&mut self, template: &Template, scope: &Scope, at: &Pointer) {
        for reference in template.references() {
            let (location, name) = match reference {
                Reference::Path(name) => (Location::Path, name),
                Reference::Query(name) => (Location::Query, name),
                Reference::Header(name) => (Location::Header, name),
                Reference::Cookie(name) => (Location::Cookie, name),
                Reference::Method
                | Reference::Target
                | Reference::Body(_)
                | Reference::Call
                | Reference::State
                | Reference::Session
                | Reference::Generate => continue,
            };
            self.is_declared(location, name, scope, at);
        }
    }

    fn is_possible(&mut self, respond: &Respond, at: &Pointer) -> Option<()> {
        let Respond { status, error, example, headers, body, text, data, unchecked } = respond;
        if let Some(status) = status
            && !(200..=599).contains(status)
        {
            let message = format!("the status is {status}, expected 200 to 599");
            self.report(Diagnostic::error("wrong-status", message), &at.join("status"));
            return None;
        }
        let has_content = body.is_some() || text.is_some();
        let is_empty = headers.is_empty() && data.is_none() && !has_content;
        let (message, key) = if status.is_some() && error.is_some() {
            ("a rule answers either a `status` or an `error`", Some("error"))
        } else if error.is_some() && example.is_some() {
            ("a rule answers either an `error` or an `example`", Some("example"))
        } else if body.is_some() && text.is_some() {
            ("content is given either as `body` or as `text`", Some("text"))
        } else if data.is_some() && (has_content || example.is_some()) {
            ("`data` says what content is made of, and it is given", Some("data"))
        } else if *unchecked && !has_content {
            ("`unchecked` is about a `body` or `text`, and there is none", Some("unchecked"))
        } else if status.is_none() && error.is_none() && example.is_none() && is_empty {
            ("nothing is answered, expected such as a `status` or an `error`", None)
        } else {
            return Some(());
        };
        let place = key.map_or_else(|| at.clone(), |key| at.join(key));
        self.report(Diagnostic::error("wrong-respond", message), &place);
        None
    }

    fn given(&mut self, respond: &Respond, at: &Pointer) -> Result<Option<Given>, Told> {
        let (wrong, within) = if let Some(body) = &respond.body {
            match Form::parse(body) {
                Ok(form) => return Ok(Some(Given::Value(form))),
                Err((place, message)) => (message, at.join("body").concat(&place)),
            }
        } else if let Some(text) = &respond.text {
            match Template::parse(text) {
                Ok(template) if template.generates() => {
                    ("`{{generate}}` stands for a value of `body` only".to_owned(), at.join("text"))
                }
                Ok(template) => return Ok(Some(Given::Text(template))),
                Err(message) => (message, at.join("text")),
            }
        } else {
            return Ok(None);
        };
        self.report(Diagnostic::error("wrong-template", wrong), &within);
        Err(Told)
    }

    /// The reply that each operation's answer starts from.
    fn bases(&mut self, asked: &Asked<'_>, scope: &Scope) -> Option<BTreeMap<(usize, usize), Base>> {
        let Asked { respond, at, is_named } = asked;
        let base = |base: Base| Some(scope.iter().map(|place| (*place, base.clone())).collect());
        if let Some(name) = &respond.error {
            let key = at.join("error");
            return self.each(scope, "failure", name, *is_named, &key, |contract, operation| {
                let found = negotiate::find(contract, operation, name);
                found.map(|failure| Base::Failure(failure.answer))
            });
        }
        if let Some(name) = &respond.example {
            let key = at.join("example");
            return self.each(scope, "example", name, *is_named, &key, |_, operation| {
                let known = examples(operation, respond.status);
                let of = || Base::Example { name: name.clone(), status: respond.status };
                if known.contains(name) { Ok(of()) } else { Err(known) }
            });
        }
        match respond.status {
            Some(status) => base(Base::Status(status)),
            None if respond.body.is_some() || respond.text.is_some() => base(Base::Success),
            None => base(Base::Usual),
        }
    }

    /// Looks a name up in each operation; not having it is a mistake of an operation that the rule names, and of all.
    fn each(
        &mut self,
        scope: &Scope,
        what: &str,
        name: &str,
        is_named: bool,
        at: &Pointer,
        find: impl Fn(&crate::contract::Contract, &Operation) -> Result<Base, Vec<String>>,
    ) -> Option<BTreeMap<(usize, usize), Base>> {
        let code = if what == "example" { "unknown-example" } else { "unknown-error" };
        let mut found = BTreeMap::new();
        let mut known_anywhere: Vec<String> = Vec::new();
        for place in scope {
            let operation = self.operation(*place);
            match find(&self.contracts[place.0], operation) {
                Ok(base) => {
                    found.insert(*place, base);
                }
                Err(known) if is_named => {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    let called = format!("{what} of `{}`", operation.id);
                    self.report(unknown(code, &called, name, &known), at);
                    return None;
                }
                Err(known) => known_anywhere.extend(known),
            }
        }
        if found.is_empty() && !scope.is_empty() {
            known_anywhere.sort_unstable();
            known_anywhere.dedup();
            let near = text::nearest(name, known_anywhere.iter().map(String::as_str));
            let help = near.map_or_else(
                || "`standin errors` lists every failure".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no operation that the rule fits has a {what} called `{name}`");
            self.report(Diagnostic::error(code, message).help(help), at);
            return None;
        }
        Some(found)
    }

    /// Warns of a status that operations do not declare: nothing is wrong, but it is probably not meant.
    fn warn_undeclared(&mut self, bases: &BTreeMap<(usize, usize), Base>, at: &Pointer) {
        let lacking = |(place, base): (&(usize, usize), &Base)| match base {
            Base::Status(status) => {
                let operation = self.operation(*place);
                negotiate::declared(operation, *status).is_none().then(|| (operation.id.clone(), *status))
            }
            Base::Usual | Base::Success | Base::Failure(_) | Base::Example { .. } => None,
        };
        let lacking: Vec<(String, u16)> = bases.iter().filter_map(lacking).collect();
        let Some((_, status)) = lacking.first() else { return };
        let verb = if lacking.len() == 1 { "does" } else { "do" };
        let names = text::list(lacking.iter().map(|(id, _)| id.as_str()));
        let message = format!("{names} {verb} not declare the status {status}");
        let diagnostic = Diagnostic::warning("status-undeclared", message)
            .help("a problem without a declared body is answered");
        self.report(diagnostic, &at.join("status"));
    }
}

/// The names of the examples of a status, else of the success.
fn examples(operation: &Operation, status: Option<u16>) -> Vec<String> {
    let chosen = match status {
        Some(status) => negotiate::declared(operation, status),
        None => negotiate::success(operation),
    };
    let contents = chosen.map(|chosen| &operation.responses[chosen.response].content[..]);
    let examples = contents.unwrap_or_default().iter().flat_map(|content| &content.examples);
    examples.filter_map(|example| example.name.clone()).collect()
}
