//! The bytes of a reply: content by example or by plan, declared header fields, what comes back of the request.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::compiled::{CompiledContent, Made};
use super::example::{CheckedExample, fits};
use super::extremes::Edge;
use super::fingerprint;
use super::link;
use super::mock::Answering;
use super::options::Data;
use super::parts;
use super::problem::Problem;
use super::reply::tell;
use crate::contract::{Branch, Content, Location};
use crate::generate::{Draw, Echo, Unsatisfiable};
use crate::media_type::MediaType;
use crate::message::Reply;
use crate::negotiate::{self, Chosen};
use crate::schema::Direction;
use crate::seed::Seed;
use crate::text;

/// Names of parameters whose value comes back in the page that they ask for.
const PAGING: [&str; 8] = ["limit", "per_page", "page_size", "offset", "page", "pageSize", "perPage", "size"];

/// How many fields of the content may come back; no record has more, and each is looked for in the others.
const MOST_FIELDS: usize = 200;

/// What is to be sent, before any byte of it is made.
pub(super) struct Plan<'a> {
    pub(super) chosen: Chosen,
    /// The named example that was asked for.
    pub(super) example: Option<&'a str>,
    /// What a message-like property should say.
    pub(super) message: Option<&'a str>,
    /// Whether `Accept` is obeyed; a refusal is sent whatever the client takes.
    pub(super) negotiates: bool,
}

impl Answering<'_> {
    /// The reply; an error is the problem of a wish that can't be granted.
    pub(super) fn send(&self, plan: &Plan<'_>) -> Result<Reply, Problem> {
        let mut reply = Reply::new(plan.chosen.status);
        let response = &self.operation.responses[plan.chosen.response];
        let has_body = !response.content.is_empty() && !matches!(plan.chosen.status, 204 | 205 | 304);
        let mut edge = None;
        if has_body {
            let (index, media_type) = match self.negotiated(&response.content, plan.negotiates) {
                Ok(choice) => choice,
                Err(problem) => return Ok(problem.reply()),
            };
            let content = &response.content[index];
            self.effects.content.set(Some((plan.chosen.response, index)));
            let echo = if plan.chosen.status < 300 { self.echo() } else { Vec::new() };
            let compiled = self.compiled.content(plan.chosen.response, index);
            if let Some((body, example)) = self.example(plan, content, compiled, &echo) {
                let declared = || compiled.declared_type(&self.mount.contract, content, &media_type);
                let content_type = example.content_type.clone().unwrap_or_else(declared);
                reply.headers.insert(CONTENT_TYPE, content_type);
                reply.body = body;
            } else {
                match compiled.body(&self.mount.plans, content, &media_type, self.branch(plan)) {
                    Ok(made) => {
                        // Finding the edges takes long, and only who asks for one waits for that.
                        if self.source() == Data::Extremes {
                            edge = self.edge(plan, made.body.edges())?;
                        }
                        self.generate(plan, &made, &echo, edge.as_ref(), &mut reply);
                    }
                    Err(error) => {
                        self.effects.content.set(None);
                        return Ok(self.impossible(&error).reply());
                    }
                }
            }
            reply.parts = parts::of(&media_type, &reply.body);
        } else if self.source() == Data::Extremes {
            edge = self.edge(plan, None)?;
        }
        self.effects.is_edge.set(edge.is_some());
        tell(&mut reply, "standin-edge", || edge.as_ref().map(|edge| edge.told.clone()));
        self.declared_headers(plan, edge.as_ref(), &mut reply);
        link::tell(self, &response.links, &mut reply);
        self.challenge(&mut reply);
        Ok(reply)
    }

    /// The content that is sent, and as which media type.
    fn negotiated<'c>(
        &self,
        contents: &'c [Content],
        negotiates: bool,
    ) -> Result<(usize, Cow<'c, MediaType>), Problem> {
        let headers = &self.turn.request.headers;
        let takes_anything = headers.get(ACCEPT).is_none_or(|accept| accept.as_bytes() == b"*/*");
        if takes_anything && !contents[0].media_type.is_range() {
            return Ok((0, Cow::Borrowed(&contents[0].media_type)));
        }
        let offered: Vec<MediaType> = contents.iter().map(|content| content.media_type.clone()).collect();
        let choice = negotiate::choose(headers, &offered);
        let choice =
            choice.or_else(|| if negotiates { None } else { negotiate::choose(&HeaderMap::new(), &offered) });
        choice.map(|choice| (choice.index, Cow::Owned(choice.media_type))).ok_or_else(|| {
            let names: Vec<String> = offered.iter().map(MediaType::to_string).collect();
            let offered = text::list(names.iter().map(String::as_str));
            Problem::new(
                406,
                format!("`{}` answers {offered}, none of which `Accept` takes", self.operation.id),
            )
        })
    }

    fn generate(
        &self,
        plan: &Plan<'_>,
        made: &Made,
        echo: &[Echo<'_>],
        edge: Option<&Edge>,
        reply: &mut Reply,
    ) {
        self.effects.is_generated.set(true);
        let of_body = edge.and_then(Edge::of_body);
        self.effects.has_list.set(self.wishes.items.is_some() && of_body.is_none() && made.body.has_list());
        let mut draw = Draw {
            random: self.request_seed().mix_number(u64::from(plan.chosen.status)).random(),
            echo,
            items: self.wishes.items,
            message: plan.message.or_else(|| self.description(plan)),
            status: plan.chosen.status,
            edge: of_body,
        };
        let mut bytes = Vec::with_capacity(made.usual_size.load(Ordering::Relaxed));
        made.body.write(&mut draw, &mut bytes);
        if bytes.len() + 64 > made.usual_size.load(Ordering::Relaxed) {
            made.usual_size.store(bytes.len() + bytes.len() / 8 + 64, Ordering::Relaxed);
        }
        reply.headers.insert(CONTENT_TYPE, made.content_type.clone());
        reply.body = bytes.into();
    }

    /// What the document says of a failure: its message says the same.
    fn description(&self, plan: &Plan<'_>) -> Option<&str> {
        const LONGEST: usize = 200;
        if plan.chosen.status < 400 {
            return None;
        }
        let root = self.mount.contract.schemas.root(Direction::Response);
        let of_branch =
            self.branch(plan).and_then(|branch| branch.pointer.find(root)?.get("description")?.as_str());
        let of_response = self.operation.responses[plan.chosen.response].description.as_str();
        Some(of_branch.unwrap_or(of_response).trim()).filter(|text| !text.is_empty() && text.len() <= LONGEST)
    }

    /// The alternative that is meant.
    fn branch(&self, plan: &Plan<'_>) -> Option<&Branch> {
        let wanted = plan.chosen.branch?;
        self.operation.responses[plan.chosen.response].branches.iter().find(|branch| branch.index == wanted)
    }

    /// A schema that no value satisfies is the document's mistake, and told as one.
    fn impossible(&self, error: &Unsatisfiable) -> Problem {
        let place = self.mount.contract.document.place(&error.pointer);
        let detail = format!(
            "`{}` can't be answered by its document: {error} ({}:{}:{})",
            self.operation.id, place.file, place.line, place.column
        );
        Problem::new(500, detail)
    }

    /// The document's example, where one is to be sent.
    fn example<'c>(
        &self,
        plan: &Plan<'_>,
        content: &Content,
        compiled: &'c CompiledContent,
        echo: &[Echo<'_>],
    ) -> Option<(Bytes, &'c CheckedExample)> {
        let data = self.source();
        let is_named = plan.example.is_some();
        if !is_named
            && (self.wishes.dynamic
                || matches!(data, Data::Generated | Data::Extremes)
                || plan.chosen.branch.is_some()
                || self.wishes.items.is_some())
        {
            return None;
        }
        let examples = compiled.examples(&self.mount.contract, content);
        let example = match plan.example {
            Some(name) => examples.iter().find(|example| example.name.as_deref() == Some(name))?,
            None if data == Data::Examples => examples.first()?,
            None => examples.iter().find(|example| example.is_valid)?,
        };
        let verbatim = || Some((example.bytes.clone(), example));
        if data == Data::Examples {
            return verbatim();
        }
        if !example.is_valid || plan.message.is_some() {
            return None;
        }
        let Some(value) = example.value.as_deref().filter(|_| !echo.is_empty()) else {
            return verbatim();
        };
        let mut value = value.clone();
        let changed = super::echo::apply(&mut value, echo, |value| {
            fits(&self.mount.contract, content, value, Direction::Response)
        });
        if !changed {
            return verbatim();
        }
        Some((serde_json::to_vec(&value).unwrap_or_default().into(), example))
    }

    /// What of the request comes back: path parameters (the last one also as `id`), fields of the content, paging.
    fn echo(&self) -> Vec<Echo<'_>> {
        let fields = match self.turn.body() {
            Some(Value::Object(fields)) => Some(fields),
            Some(_) | None => None,
        };
        let most = self.turn.parameters.len() + fields.map_or(0, |fields| fields.len().min(MOST_FIELDS)) + 1;
        let mut echo: Vec<Echo<'_>> = Vec::with_capacity(most);
        let mut add = |name, value| {
            if !echo.iter().any(|known| known.name == name) {
                echo.push(Echo::new(name, value));
            }
        };
        let parameters =
            || self.turn.parameters.iter().map(|(index, value)| (&self.operation.parameters[*index], value));
        for (parameter, value) in parameters() {
            match parameter.location {
                Location::Path => add(&parameter.name, value),
                Location::Query if PAGING.contains(&parameter.name.as_str()) => {
                    add(&parameter.name, value);
                }
                Location::Query | Location::QueryString | Location::Header | Location::Cookie => {}
            }
        }
        let mut in_path =
            parameters().filter(|(parameter, _)| parameter.location == Location::Path).peekable();
        if in_path.peek().is_some() {
            let last = self.operation.template.rsplit('{').next().and_then(|rest| rest.split('}').next());
            if let Some((_, value)) = in_path.find(|(parameter, _)| Some(parameter.name.as_str()) == last) {
                add("id", value);
            }
        }
        // No two fields have one name.
        let others = echo.len();
        for (name, value) in fields.into_iter().flatten().take(MOST_FIELDS) {
            if echo[..others].iter().all(|known| known.name != name) {
                let schema = |content| self.compiled.checker.property(&self.mount.contract, content, name);
                echo.push(Echo::new(name, value).satisfying(self.turn.valid_as.and_then(schema)));
            }
        }
        echo
    }

    /// The seed of everything in this reply: the same for the same request (method, template, decoded parameters and body).
    pub(super) fn request_seed(&self) -> Seed {
        fingerprint::mixed(self.base, self.compiled.salt, self.turn)
    }

    /// The header fields that the document declares, drawn apart from the content.
    fn declared_headers(&self, plan: &Plan<'_>, edge: Option<&Edge>, reply: &mut Reply) {
        for (number, (compiled, declared)) in
            self.compiled.headers(self.operation, plan.chosen.response).enumerate()
        {
            let Ok(made) = compiled.value(&self.mount.plans, declared) else { continue };
            let seed =
                self.request_seed().mix_number(u64::from(plan.chosen.status)).mix_number(number as u64 + 1);
            let example = made.example().filter(|example| match self.source() {
                _ if self.wishes.dynamic => false,
                Data::Auto => example.is_valid,
                Data::Examples => true,
                Data::Generated | Data::Extremes => false,
            });
            let text = example.map_or_else(
                || {
                    let edge = edge.and_then(|edge| edge.of_header(number));
                    Cow::Owned(made.write(&mut Draw { edge, ..Draw::new(seed) }))
                },
                |example| Cow::Borrowed(example.text.as_str()),
            );
            if let Ok(value) = HeaderValue::from_str(&text) {
                reply.headers.append(compiled.name.clone(), value);
            }
        }
    }
}

/// A media type as a header value.
pub(super) fn written(media_type: &str) -> HeaderValue {
    HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
