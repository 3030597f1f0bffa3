//! The stand-in's reply: what was wished for, else what the scenario says, else the refusal, else the success.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::Engine;
use super::compiled::{Compiled, CompiledContent, fits};
use super::mount::Mount;
use super::options::{Data, Mode, SeedChoice};
use super::problem::Problem;
use super::reply::tell;
use super::turn::{Target, Turn};
use crate::contract::{Content, Location, Operation, SchemeKind};
use crate::generate::{self, Draw, Echo};
use crate::media_type::{Kind, MediaType};
use crate::message::Reply;
use crate::negotiate::{self, Chosen, Handling, SeedWish, Wishes};
use crate::scenario::Resolved;
use crate::seed::Seed;
use crate::text;
use crate::violation::Violation;

/// Names of parameters whose value comes back in the page that they ask for.
const PAGING: [&str; 8] = ["limit", "per_page", "page_size", "offset", "page", "pageSize", "perPage", "size"];

/// What is to be sent, before any byte of it is made.
struct Plan<'a> {
    chosen: Chosen,
    example: Option<&'a str>,
    message: Option<&'a str>,
    /// Whether `Accept` is obeyed; a refusal is sent whatever the client takes.
    negotiates: bool,
}

/// One operation being answered.
struct Answering<'a> {
    engine: &'a Engine,
    mount: &'a Mount,
    operation: &'a Operation,
    compiled: &'a Compiled,
    turn: &'a Turn,
    wishes: &'a Wishes,
    /// What the reply is drawn from, and what replays it.
    base: Seed,
}

impl Engine {
    /// Makes the reply to a turn.
    pub fn mock(&self, turn: &mut Turn) -> Reply {
        let turn = &*turn;
        let wishes = match &turn.wishes {
            Ok(wishes) => wishes,
            Err(error) => {
                let shown = text::harmless(&text::shortened(&error.message, 300));
                return Problem::new(400, format!("{shown}; {}", text::harmless(&error.help))).reply();
            }
        };
        let mut reply = match &turn.target {
            Target::Operation { mount, operation, .. } => {
                let mount = &self.mounts.all[*mount];
                let answering = Answering {
                    engine: self,
                    mount,
                    operation: &mount.contract.operations[*operation],
                    compiled: mount.operation(*operation),
                    turn,
                    wishes,
                    base: self.seed(wishes),
                };
                let mut reply = answering.answer();
                reply
                    .headers
                    .insert(HeaderName::from_static("standin-seed"), HeaderValue::from(answering.base.0));
                reply
            }
            Target::OtherMethod { allowed } => other_method(allowed, &turn.request.method, &turn.violations),
            Target::Nothing => Problem::of_violations(404, &turn.violations).reply(),
            Target::NoDocument { name, nearest } => no_document(self, name, nearest.as_deref()),
        };
        tell(&mut reply, "preference-applied", || wishes.applied());
        tell(&mut reply, "standin-ignored", || wishes.ignored());
        reply
    }

    fn seed(&self, wishes: &Wishes) -> Seed {
        // Seeds of fresh data are kept below 2^53, so that every client can read them from JSON.
        let fresh = || Seed(rand::random::<u64>() >> 11);
        match (wishes.seed, self.options.seed) {
            (Some(SeedWish::Number(seed)), _) => Seed(seed),
            (Some(SeedWish::Random), _) | (None, SeedChoice::Random) => fresh(),
            (None, SeedChoice::Fixed(seed)) => seed,
        }
    }
}

fn other_method(allowed: &[Method], method: &Method, violations: &[Violation]) -> Reply {
    let names: Vec<&str> = allowed.iter().map(Method::as_str).chain(std::iter::once("OPTIONS")).collect();
    let mut reply = match *method == Method::OPTIONS {
        true => Reply::new(204),
        false => Problem::of_violations(405, violations).reply(),
    };
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        reply.headers.insert(ALLOW, value);
    }
    reply
}

fn no_document(engine: &Engine, name: &str, nearest: Option<&str>) -> Reply {
    let known: Vec<&str> = engine.contracts().iter().map(|contract| contract.name.as_str()).collect();
    let help = nearest
        .map_or_else(|| format!("there are {}", text::list(known)), |near| format!("did you mean `{near}`?"));
    let shown = text::harmless(&text::shortened(name, 80));
    Problem::new(400, format!("`standin-spec` names the document `{shown}`, which is not served; {help}"))
        .reply()
}

impl Answering<'_> {
    fn answer(&self) -> Reply {
        if let Some(name) = &self.wishes.error {
            return self.wished_error(name);
        }
        if let Some(status) = self.wishes.code {
            return self.status(status);
        }
        if let Some(name) = &self.wishes.example {
            return self.wished_example(name);
        }
        if let Some(cue) = self.cue() {
            return match cue {
                Resolved::Status(status) => self.status(*status),
                Resolved::Failure(answer) => {
                    let chosen =
                        Chosen { response: answer.response, status: answer.status, branch: answer.branch };
                    self.send(&Plan {
                        chosen,
                        example: answer.example.as_deref(),
                        message: None,
                        negotiates: false,
                    })
                }
            };
        }
        if let Some(violation) = self.refused() {
            return self.refuse(violation);
        }
        match negotiate::success(self.operation) {
            Some(chosen) => self.send(&Plan { chosen, example: None, message: None, negotiates: true }),
            None => Reply::new(200),
        }
    }

    fn cue(&self) -> Option<&Resolved> {
        let Target::Operation { mount, operation, .. } = self.turn.target else { return None };
        self.engine.scripts.iter().find_map(|script| script.cue(mount, operation, self.turn.nth))
    }

    fn wished_error(&self, name: &str) -> Reply {
        let contract = &self.mount.contract;
        match negotiate::find(contract, self.operation, name) {
            Ok(failure) => {
                let answer = failure.answer;
                let status = self.wishes.code.unwrap_or(answer.status);
                let chosen = Chosen { response: answer.response, status, branch: answer.branch };
                self.send(&Plan {
                    chosen,
                    example: answer.example.as_deref(),
                    message: None,
                    negotiates: false,
                })
            }
            Err(known) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.no_such("error", "failure", name, &known)
            }
        }
    }

    fn wished_example(&self, name: &str) -> Reply {
        let chosen = negotiate::success(self.operation);
        let contents =
            chosen.map(|chosen| &self.operation.responses[chosen.response].content[..]).unwrap_or_default();
        let names = || {
            contents
                .iter()
                .flat_map(|content| &content.examples)
                .filter_map(|example| example.name.as_deref())
        };
        match chosen {
            Some(chosen) if names().any(|known| known == name) => {
                self.send(&Plan { chosen, example: Some(name), message: None, negotiates: true })
            }
            Some(_) | None => self.no_such("example", "example", name, &names().collect::<Vec<_>>()),
        }
    }

    fn no_such(&self, preference: &str, what: &str, name: &str, known: &[&str]) -> Reply {
        let help = match text::nearest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if known.is_empty() => "it has none".to_owned(),
            None => format!("it has {}", text::list(known.iter().copied())),
        };
        let shown = text::harmless(&text::shortened(name, 80));
        let id = &self.operation.id;
        Problem::new(
            400,
            format!("`Prefer: {preference}={shown}`: `{id}` has no {what} of this name; {help}"),
        )
        .reply()
    }

    /// The reply of a status, declared or not.
    fn status(&self, status: u16) -> Reply {
        if let Some(chosen) = negotiate::declared(self.operation, status) {
            let example = self.wishes.example.as_deref();
            return self.send(&Plan { chosen, example, message: None, negotiates: status < 400 });
        }
        let detail = format!("`{}` declares no reply of this status; it was asked for", self.operation.id);
        let mut reply = if matches!(status, 204 | 205 | 304) {
            Reply::new(status)
        } else {
            Problem::new(status, detail).reply()
        };
        reply
            .headers
            .insert(HeaderName::from_static("standin-undeclared"), HeaderValue::from_static("status"));
        self.challenge(&mut reply);
        reply
    }

    /// The first violation that is reason enough to refuse.
    fn refused(&self) -> Option<&Violation> {
        self.turn.violations.iter().filter(|violation| violation.is_error()).find(|violation| {
            let mode = self.engine.options.check.mode(violation.rule.definition().area);
            match self.wishes.handling {
                Some(Handling::Lenient) => false,
                Some(Handling::Strict) => {
                    mode != Mode::Off && violation.rule != crate::violation::Rule::ExpectationMissed
                }
                None => mode == Mode::Refuse,
            }
        })
    }

    fn refuse(&self, violation: &Violation) -> Reply {
        match negotiate::refusal(self.operation, violation.rule) {
            Some(chosen) => {
                let message = Some(violation.message.as_str());
                self.send(&Plan { chosen, example: None, message, negotiates: false })
            }
            None => {
                let status = negotiate::problem_status(violation.rule);
                let mut reply = Problem::of_violations(status, &self.turn.violations).reply();
                self.challenge(&mut reply);
                reply
            }
        }
    }

    fn send(&self, plan: &Plan<'_>) -> Reply {
        let mut reply = Reply::new(plan.chosen.status);
        let response = &self.operation.responses[plan.chosen.response];
        let has_body = !response.content.is_empty() && !matches!(plan.chosen.status, 204 | 205 | 304);
        if has_body {
            let offered: Vec<MediaType> =
                response.content.iter().map(|content| content.media_type.clone()).collect();
            let choice = match negotiate::choose(&self.turn.request.headers, &offered) {
                Some(choice) => choice,
                None if plan.negotiates => return self.not_acceptable(&offered),
                None => negotiate::choose(&http::HeaderMap::new(), &offered)
                    .expect("without Accept everything is taken"),
            };
            match self.body(plan, choice.index, &choice.media_type) {
                Ok((content_type, body)) => {
                    reply.headers.insert(CONTENT_TYPE, content_type);
                    reply.body = body;
                }
                Err(problem) => return problem.reply(),
            }
        }
        self.declared_headers(plan, &mut reply);
        self.challenge(&mut reply);
        reply
    }

    fn not_acceptable(&self, offered: &[MediaType]) -> Reply {
        let names: Vec<String> = offered.iter().map(MediaType::to_string).collect();
        let offered = text::list(names.iter().map(String::as_str));
        Problem::new(406, format!("`{}` answers {offered}, none of which `Accept` takes", self.operation.id))
            .reply()
    }

    fn body(
        &self,
        plan: &Plan<'_>,
        index: usize,
        media_type: &MediaType,
    ) -> Result<(HeaderValue, Bytes), Problem> {
        let content = &self.operation.responses[plan.chosen.response].content[index];
        let compiled = self.compiled.content(plan.chosen.response, index);
        let echo = if plan.chosen.status < 300 { self.echo() } else { Vec::new() };
        if let Some(body) = self.example(plan, content, compiled, &echo) {
            return Ok((header(media_type), body));
        }
        let mut draw = Draw {
            random: self.request_seed().mix_number(u64::from(plan.chosen.status)).random(),
            echo: &echo,
            items: self.wishes.items,
            message: plan.message,
        };
        let planned = match (&content.schema, &content.item_schema) {
            (Some(schema), _) | (None, Some(schema)) => {
                let branch = self.branch(plan, schema);
                Some(
                    compiled
                        .plan(&self.mount.contract, schema, branch)
                        .map_err(|error| self.impossible(&error.to_string()))?,
                )
            }
            (None, None) => None,
        };
        let mut body = Vec::new();
        if media_type.kind() == Kind::Json {
            match planned {
                Some(plan) => plan.write(&mut draw, &mut body),
                None => body.extend_from_slice(b"{}"),
            }
        }
        Ok((header(media_type), body.into()))
    }

    /// The alternative that is meant, with the schema that lists it.
    fn branch<'s>(
        &'s self,
        plan: &Plan<'_>,
        _schema: &crate::pointer::Pointer,
    ) -> Option<(&'s crate::pointer::Pointer, usize)> {
        let wanted = plan.chosen.branch?;
        let branch = self.operation.responses[plan.chosen.response]
            .branches
            .iter()
            .find(|branch| branch.index == wanted)?;
        Some((&branch.whole, branch.index))
    }

    fn impossible(&self, reason: &str) -> Problem {
        Problem::new(500, format!("`{}` can't be answered by its document: {reason}", self.operation.id))
    }

    /// The document's example, where one is to be sent.
    fn example(
        &self,
        plan: &Plan<'_>,
        content: &Content,
        compiled: &CompiledContent,
        echo: &[Echo],
    ) -> Option<Bytes> {
        let data = self.engine.options.data;
        let is_named = plan.example.is_some();
        if !is_named
            && (self.wishes.dynamic
                || data == Data::Generated
                || plan.chosen.branch.is_some()
                || self.wishes.items.is_some())
        {
            return None;
        }
        let examples = compiled.examples(&self.mount.contract, content);
        let example = match plan.example {
            Some(name) => examples.iter().find(|example| example.name.as_deref() == Some(name))?,
            None => examples.first()?,
        };
        if data == Data::Examples {
            return Some(text_of(content, &example.value, &example.json));
        }
        if !example.is_valid || plan.message.is_some() {
            return None;
        }
        if echo.is_empty() || content.media_type.kind() != Kind::Json {
            return Some(text_of(content, &example.value, &example.json));
        }
        let mut value = (*example.value).clone();
        let changed =
            super::echo::apply(&mut value, echo, |value| fits(&self.mount.contract, content, value));
        Some(if changed {
            serde_json::to_vec(&value).unwrap_or_default().into()
        } else {
            example.json.clone()
        })
    }

    /// What of the request comes back: path parameters (the last one also as `id`), fields of the content, paging.
    fn echo(&self) -> Vec<Echo> {
        let mut echo: Vec<Echo> = Vec::new();
        let mut add = |name: &str, value: &Value| {
            if !echo.iter().any(|known| known.name == name) {
                echo.push(Echo { name: name.to_owned(), value: value.clone() });
            }
        };
        let parameters =
            || self.turn.parameters.iter().map(|(index, value)| (&self.operation.parameters[*index], value));
        for (parameter, value) in parameters() {
            match parameter.location {
                Location::Path => add(&parameter.name, value),
                Location::Query if PAGING.contains(&parameter.name.as_str()) => add(&parameter.name, value),
                Location::Query | Location::QueryString | Location::Header | Location::Cookie => {}
            }
        }
        let last = self.operation.template.rsplit('{').next().and_then(|rest| rest.split('}').next());
        if let Some((_, value)) = parameters().find(|(parameter, _)| {
            parameter.location == Location::Path && Some(parameter.name.as_str()) == last
        }) {
            add("id", value);
        }
        if let Some(Value::Object(fields)) = &self.turn.body {
            for (name, value) in fields {
                add(name, value);
            }
        }
        echo
    }

    /// The seed of everything in this reply: the same for the same request (method, template, decoded parameters and body).
    fn request_seed(&self) -> Seed {
        let mut seed = self.base.mix_number(self.compiled.salt.0);
        for (index, value) in &self.turn.parameters {
            seed = mix(seed.mix_number(*index as u64), value);
        }
        if let Some(body) = &self.turn.body {
            seed = mix(seed, body);
        }
        seed
    }

    fn declared_headers(&self, plan: &Plan<'_>, reply: &mut Reply) {
        for (number, (compiled, declared)) in
            self.compiled.headers(self.operation, plan.chosen.response).enumerate()
        {
            let _ = (number, declared);
            let _ = &compiled.name;
            let _ = &reply;
        }
    }

    /// A 401 tells how to show who one is (RFC 9110 15.5.2).
    fn challenge(&self, reply: &mut Reply) {
        if reply.status != 401 || reply.headers.contains_key(WWW_AUTHENTICATE) {
            return;
        }
        let schemes =
            self.operation.security.first().map(|requirement| &requirement.schemes[..]).unwrap_or_default();
        let kind = schemes.first().map(|(index, _)| &self.mount.contract.schemes[*index].kind);
        let challenge = match kind {
            Some(SchemeKind::Basic) => "Basic realm=\"standin\", charset=\"UTF-8\"".to_owned(),
            Some(SchemeKind::Http(name)) => format!("{name} realm=\"standin\""),
            Some(
                SchemeKind::HeaderKey(_)
                | SchemeKind::QueryKey(_)
                | SchemeKind::CookieKey(_)
                | SchemeKind::MutualTls,
            ) => "ApiKey realm=\"standin\"".to_owned(),
            Some(SchemeKind::Bearer) | None => "Bearer realm=\"standin\"".to_owned(),
        };
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            reply.headers.insert(WWW_AUTHENTICATE, value);
        }
    }
}

/// Mixes a value in; the order of an object's members does not count.
fn mix(seed: Seed, value: &Value) -> Seed {
    match value {
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| mix(Seed(0).mix(key.as_bytes()), value).0);
            seed.mix(b"{").mix_number(members.fold(0, u64::wrapping_add))
        }
        Value::Array(items) => items.iter().fold(seed.mix(b"["), mix),
        Value::String(text) => seed.mix(text.as_bytes()),
        Value::Null | Value::Bool(_) | Value::Number(_) => seed.mix(b"#").mix(value.to_string().as_bytes()),
    }
}

/// An example as content: JSON, or a string as it stands for every other media type.
fn text_of(content: &Content, value: &Value, json: &Bytes) -> Bytes {
    match value {
        Value::String(text) if content.media_type.kind() != Kind::Json => Bytes::from(text.clone()),
        _ => json.clone(),
    }
}

fn header(media_type: &MediaType) -> HeaderValue {
    HeaderValue::from_str(&media_type.to_string())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
