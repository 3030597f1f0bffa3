//! Replies that break the contract in one named way: which ways there are for a reply, and the one that was asked for.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::Engine;
use super::mock::Answering;
use super::mount::Before;
use super::problem::Problem;
use super::reply::tell;
use super::turn::{Target, Turn};
use crate::check::{Received, Strictness};
use crate::clock::Moment;
use crate::contract::{Content, Response};
use crate::generate::Breakable;
use crate::media_type::{Kind, MediaType};
use crate::message::{Reply, Request, frames_a_message};
use crate::negotiate::{self, BreakWish, Wishes};
use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::text;
use crate::violation::{Breach, Rule, Violation};

/// More breaks of one reply have no number.
const MOST: usize = 2000;
/// Statuses that hardly any operation declares.
const STATUSES: [u16; 5] = [418, 299, 599, 207, 451];
/// Media types of which one is not declared.
const MEDIA_TYPES: [&str; 3] = ["text/html", "application/xml", "application/x-undeclared"];
/// Values of header fields of which one breaks most schemas.
const HEADERS: [&str; 6] = ["not-a-value", "-1", "0.5", "~", "99999999999999999999", ""];

/// A reply that breaks the contract.
#[derive(Debug, Clone)]
pub struct BrokenReply {
    /// What is broken.
    pub breach: Breach,
    /// Where: a pointer into the content as the fragment of a URI (`#/data/0/name`), or the name of a header field;
    /// empty where it is the reply itself.
    pub place: String,
    /// What else is broken, where it can't be broken alone: the places of keywords in the document.
    pub beside: Vec<Pointer>,
    /// The reply.
    pub reply: Reply,
}

impl BrokenReply {
    /// The value of `standin-broke`: the breach and its place.
    pub fn told(&self) -> String {
        let told = format!("{} {}", self.breach, self.place);
        told.trim_end().to_owned()
    }
}

impl Engine {
    /// Every way to break the reply of an operation, in the order in which `Prefer: break=N` counts them; of the success
    /// if no status is given. `None` if there is no such operation or reply.
    pub fn broken_replies(
        &self,
        document: &str,
        operation: &str,
        status: Option<u16>,
    ) -> Option<Vec<BrokenReply>> {
        let mount = self.mounts.all.iter().position(|mount| *mount.name == *document)?;
        let operations = &self.mounts.all[mount].contract.operations;
        let operation = operations.iter().position(|known| known.id == operation)?;
        let declared = &operations[operation];
        let mut turn = Turn::new(0, Moment(0), Request::new(declared.method.clone(), &declared.template));
        turn.target =
            Target::Operation { mount, operation, before: Before::default(), ambiguous: Vec::new() };
        let mut wishes = Wishes::default();
        wishes.code = status;
        wishes.dynamic = true;
        let answering = self.answering(mount, operation, &turn, &wishes);
        let reply = answering.unbroken().ok()?;
        let broken = Breaking::new(&answering, &reply)?;
        Some(broken.all(None, None).take(MOST).collect())
    }
}

impl Answering<'_> {
    /// Breaks a reply as the request wishes. A refusal stays whole: the break was wished for the reply that the request
    /// would have got. Errors where the reply can't be broken so.
    pub(super) fn broken(&self, reply: Reply) -> Result<Reply, Problem> {
        let Some(wish) = &self.wishes.breaks else { return Ok(reply) };
        if !self.wishes.is_explicit() && self.refused().is_some() {
            return Ok(reply);
        }
        let Some(breaking) = Breaking::new(self, &reply) else { return Ok(reply) };
        let found = match wish {
            BreakWish::Any => breaking.walked(self.turns(self.turn.breaks.as_deref(), reply.status)),
            BreakWish::Nth(number) => breaking.all(None, None).take(MOST).nth(number - 1),
            BreakWish::Of(breach, place) => breaking.all(Some(*breach), place.as_deref()).next(),
        };
        let Some(broken) = found else { return Err(self.unbreakable(wish, &breaking)) };
        self.effects.is_broken.set(true);
        let told = broken.told();
        let mut reply = broken.reply;
        tell(&mut reply, BROKE, || Some(told));
        Ok(reply)
    }

    fn unbreakable(&self, wish: &BreakWish, breaking: &Breaking<'_, '_>) -> Problem {
        let status = breaking.reply.status;
        let id = &self.operation.id;
        let all = || breaking.all(None, None).take(MOST);
        let there_are = match wish {
            BreakWish::Any => "has nothing that can be broken".to_owned(),
            BreakWish::Nth(_) => match all().count() {
                0 => "has nothing that can be broken".to_owned(),
                count => format!("has {}, counted from 1", text::counted(count, "break")),
            },
            BreakWish::Of(breach, place) => {
                let of_breach: Vec<String> =
                    breaking.all(Some(*breach), None).take(20).map(|broken| broken.place).collect();
                let named: Vec<&str> = of_breach.iter().map(String::as_str).collect();
                match place.as_deref().filter(|_| !of_breach.is_empty()) {
                    Some(place) => match text::nearest(place, named.iter().copied()) {
                        Some(near) => format!("can't be broken so there; did you mean `{breach}@{near}`?"),
                        None => format!("can be broken so at {}", text::list(named)),
                    },
                    None => {
                        let mut codes: Vec<&str> = all().map(|broken| broken.breach.code()).collect();
                        codes.sort_unstable();
                        codes.dedup();
                        format!("can't be broken so; it can by {}", text::list(codes))
                    }
                }
            }
        };
        Problem::new(400, format!("`Prefer: break={}`: the {status} of `{id}` {there_are}", wish.shown()))
    }
}

/// The header field that says what was broken.
pub(super) const BROKE: &str = "standin-broke";

/// A reply that keeps the contract, and what is declared for it.
struct Breaking<'a, 'r> {
    answering: &'a Answering<'a>,
    response: &'a Response,
    /// The content that is declared for the reply's, if it has any.
    content: Option<&'a Content>,
    reply: &'r Reply,
    value: Option<Value>,
}

impl<'a, 'r> Breaking<'a, 'r> {
    /// `None` if no response is declared for the reply: then there is nothing to break.
    fn new(answering: &'a Answering<'a>, reply: &'r Reply) -> Option<Self> {
        let declared = negotiate::declared(answering.operation, reply.status)?;
        let response = &answering.operation.responses[declared.response];
        let sent = reply.headers.get(CONTENT_TYPE).and_then(|sent| MediaType::parse(sent.to_str().ok()?));
        let content = sent.as_ref().and_then(|sent| Content::best_of(&response.content, sent));
        let content = content.map(|index| &response.content[index]);
        let is_json = sent.is_some_and(|sent| sent.kind() == Kind::Json) && content.is_some();
        let value = is_json.then(|| serde_json::from_slice(&reply.body).ok()).flatten();
        Some(Self { answering, response, content, reply, value })
    }

    /// The break of a turn: after the last comes the first.
    fn walked(&self, turn: u64) -> Option<BrokenReply> {
        let turn = usize::try_from(turn).unwrap_or(usize::MAX);
        let mut count = 0;
        for broken in self.all(None, None).take(MOST) {
            if count == turn {
                return Some(broken);
            }
            count += 1;
        }
        let again = turn.checked_rem(count)?;
        self.all(None, None).nth(again)
    }

    /// The breaks, those of the whole reply first, each confirmed by the check of replies.
    fn all<'s>(
        &'s self,
        breach: Option<Breach>,
        place: Option<&'s str>,
    ) -> impl Iterator<Item = BrokenReply> + 's {
        let is_wanted = move |found: Breach| breach.is_none_or(|wanted| wanted == found);
        let message = self.of_message();
        let message = message
            .into_iter()
            .filter(move |(found, at, ..)| is_wanted(*found) && place.is_none_or(|place| place == at));
        let message = message.filter_map(|(breach, place, rule, replies)| {
            let reply = replies.into_iter().find(|reply| self.is_only(reply, rule))?;
            Some(BrokenReply { breach, place, beside: Vec::new(), reply })
        });
        message.chain(self.of_value(breach, place))
    }

    /// What can be broken of the whole reply: the breach, its place, the rule that finds it, and the ways to do it.
    fn of_message(&self) -> Vec<(Breach, String, Rule, Vec<Reply>)> {
        let with = |change: &dyn Fn(&mut Reply)| {
            let mut reply = self.reply.clone();
            reply.parts.clear();
            change(&mut reply);
            reply
        };
        let body = |bytes: &[u8]| with(&|reply| reply.body = Bytes::copy_from_slice(bytes));
        let status = STATUSES.map(|status| with(&|reply| reply.status = status));
        let mut all = vec![(Breach::Status, String::new(), Rule::StatusUndeclared, status.to_vec())];
        for header in &self.response.headers {
            let Ok(name) = HeaderName::from_bytes(header.name.as_bytes()) else { continue };
            if !self.reply.headers.contains_key(&name) || frames_a_message(name.as_str()) {
                continue;
            }
            let without = with(&|reply| drop(reply.headers.remove(&name)));
            all.push((Breach::HeaderMissing, name.to_string(), Rule::ReplyHeaderMissing, vec![without]));
            let wrong = HEADERS.map(|text| {
                with(&|reply| drop(reply.headers.insert(name.clone(), HeaderValue::from_static(text))))
            });
            all.push((Breach::HeaderInvalid, name.to_string(), Rule::ReplyHeaderInvalid, wrong.to_vec()));
        }
        // HTTP allows no content here, whatever is declared (RFC 9110 6.4.1).
        let status = self.reply.status;
        if self.answering.turn.request.method == Method::HEAD || matches!(status, 204 | 205 | 304) {
            return all;
        }
        let typed = |media_type: &'static str| HeaderValue::from_static(media_type);
        if self.response.content.is_empty() {
            let with_content = with(&|reply| {
                reply.headers.insert(CONTENT_TYPE, typed("application/json"));
                reply.body = Bytes::from_static(b"{}");
            });
            all.push((
                Breach::ContentUndeclared,
                "#".to_owned(),
                Rule::ReplyBodyUndeclared,
                vec![with_content],
            ));
            return all;
        }
        let types =
            MEDIA_TYPES.map(|name| with(&|reply| drop(reply.headers.insert(CONTENT_TYPE, typed(name)))));
        all.push((
            Breach::MediaType,
            CONTENT_TYPE.to_string(),
            Rule::ReplyMediaTypeUndeclared,
            types.to_vec(),
        ));
        all.push((Breach::ContentMissing, "#".to_owned(), Rule::ReplyBodyMissing, vec![body(b"")]));
        let sent = &self.reply.body[..];
        let but_last = &sent[..sent.len().saturating_sub(1)];
        let broken = vec![body(but_last), body(&sent[..sent.len() / 2]), body(&[sent, b"}"].concat())];
        all.push((Breach::Unreadable, "#".to_owned(), Rule::ReplyBodyUnreadable, broken));
        all
    }

    /// What can be broken of the content as a value.
    fn of_value<'s>(
        &'s self,
        breach: Option<Breach>,
        place: Option<&'s str>,
    ) -> impl Iterator<Item = BrokenReply> + 's {
        // A name without `#` is that of a header field, unless it starts like a pointer.
        let is_pointer = |place: &&str| place.is_empty() || place.starts_with(['#', '/']);
        let pointer = place.map(|place| Some(place).filter(is_pointer).map(Pointer::from_fragment));
        let is_there = pointer.as_ref().is_none_or(Option::is_some);
        let pointer = pointer.flatten();
        let schema = self.content.and_then(|content| content.schema.as_ref()).filter(|_| is_there);
        let breakable = schema.zip(self.value.as_ref()).and_then(|(schema, value)| {
            let schemas = &self.answering.mount.contract.schemas;
            Breakable::new(schemas, schema, Direction::Response, value, pointer.as_ref())
        });
        let found =
            breakable.into_iter().flat_map(move |breakable| breakable.breaks(breach, pointer.clone()));
        found.filter_map(|found| {
            let place = found.pointer.to_fragment();
            let mut reply = self.reply.clone();
            reply.parts.clear();
            reply.body = found.value.to_string().into();
            let is_found = self.findings(&reply).iter().any(Violation::is_error);
            is_found.then(|| BrokenReply { breach: found.breach, place, beside: found.beside, reply })
        })
    }

    /// Whether a reply breaks one rule, once, and nothing else.
    fn is_only(&self, reply: &Reply, rule: Rule) -> bool {
        let found = self.findings(reply);
        found.len() == 1 && found[0].rule == rule
    }

    /// What the check of replies finds.
    fn findings(&self, reply: &Reply) -> Vec<Violation> {
        let Answering { mount, operation, compiled, turn, .. } = self.answering;
        let method = &turn.request.method;
        let checked = compiled.checker.check_reply(
            &mount.contract,
            operation,
            method,
            Received::from(reply),
            Strictness::Letter,
        );
        let mut violations = checked.violations;
        // What is only remarked on was so before.
        let is_silent =
            [Rule::ReplyPropertyUndeclared, Rule::ReplyPropertyWriteOnly, Rule::ReplyHeaderUndeclared];
        violations.retain(|violation| !is_silent.contains(&violation.rule));
        violations
    }
}
