//! Replay: a reply with an injected failure as a token, which makes the same thing happen again in any process that serves
//! the same document.
//!
//! The token holds the reply as it was made (status, header fields, content) and what happened to it on its way, so that
//! neither the scenario nor its draws are needed: base64url of a check (4 bytes), a version, whether the rest is deflated,
//! and the rest, which begins with the operation that it is of.

mod layout;

use data_encoding::BASE64URL_NOPAD;
use http::{HeaderName, HeaderValue};

use super::Engine;
use super::broken::BROKE;
use super::mock::Answering;
use super::mount::Mount;
use super::problem::Problem;
use super::reply::tell;
use super::turn::Target;
use crate::codec;
use crate::contract::Operation;
use crate::delivery::{Act, Point};
use crate::fault;
use crate::message::Reply;
use crate::negotiate::LONGEST_TOKEN;
use crate::seed::Seed;
use layout::{Reader, Writer};

/// The header field that tells the token.
const HEADER: &str = "standin-replay";
// Every reply is asked for these: a text would be made a name each time.
const TOKEN: HeaderName = HeaderName::from_static(HEADER);
const BROKEN: HeaderName = HeaderName::from_static(BROKE);
const UNDECLARED: HeaderName = HeaderName::from_static("standin-undeclared");
/// What a token looks like inside.
const VERSION: u8 = 1;
/// Replies of more bytes are not tried: they would not fit into a token however well they deflate.
const LARGEST: usize = 24 * 1024;
/// Less is not worth deflating.
const SMALL: usize = 512;
/// The header field that names the rules, of which none decides a reply that is replayed.
const RULE: &str = "standin-rule";

/// What a token is of.
struct Identity<'a> {
    /// `NAME/operationId`.
    label: &'a str,
    /// Changes where the document's title or version does, or the operation's method or path.
    stamp: Seed,
}

impl<'a> Identity<'a> {
    fn new(mount: &Mount, operation: &Operation, label: &'a HeaderValue) -> Self {
        let document = &mount.contract.document;
        let parts = [
            document.title.as_str(),
            &document.title_version,
            operation.method.as_str(),
            &operation.template,
        ];
        let stamp = parts.iter().fold(Seed(0), |seed, part| seed.mix(part.as_bytes()));
        Self { label: label.to_str().unwrap_or_default(), stamp }
    }
}

impl Answering<'_> {
    /// Tells the token of a reply with an injected failure, unless it is too long for one.
    pub(super) fn tell_replay(&self, reply: &mut Reply) {
        let has_a_say = self.cue.is_some() || !self.wishes.is_empty();
        if !has_a_say || !self.is_injected(reply) {
            return;
        }
        let identity = Identity::new(self.mount, self.operation, &self.compiled.label);
        let token = token(&identity, reply);
        tell(reply, HEADER, || token);
    }

    /// Whether the reply is another than a client without luck would get.
    fn is_injected(&self, reply: &Reply) -> bool {
        let is_answered =
            self.answer_of_cue().is_some() || self.wishes.error.is_some() || self.wishes.code.is_some();
        let has = |name: HeaderName| reply.headers.contains_key(name);
        reply.delivery.is_some()
            || has(fault::HEADER)
            || has(BROKEN)
            || (is_answered && (reply.status >= 400 || has(UNDECLARED)))
    }
}

impl Engine {
    /// The reply of a token. Errors say why it can't be replayed here.
    pub(super) fn replayed(&self, target: &Target, token: &str) -> Result<Reply, Problem> {
        let refused = |why: String| Problem::new(400, format!("`Prefer: replay`: the token {why}"));
        let read = Token::read(token).map_err(refused)?;
        let of = crate::redact::shown(&read.label, 120);
        let Target::Operation { mount, operation, .. } = target else {
            return Err(refused(format!("is of `{of}`, and this request reaches no operation")));
        };
        let mount = &self.mounts.all[*mount];
        let label = &mount.operation(*operation).label;
        let here = Identity::new(mount, &mount.contract.operations[*operation], label);
        if read.label != here.label {
            return Err(refused(format!("is of `{of}`, and this request is of `{}`", here.label)));
        }
        if read.stamp != here.stamp {
            return Err(refused(format!("is of `{of}` in another version of the document")));
        }
        let mut reply = read.reply;
        // Whoever made the token chose the content: a page of theirs must not act as one of this origin, whose reserved
        // prefix answers pages of its own.
        reply.headers.insert("content-security-policy", HeaderValue::from_static("sandbox"));
        tell(&mut reply, HEADER, || Some(token.to_owned()));
        Ok(reply)
    }
}

/// The token that a reply tells.
pub(super) fn told(reply: &Reply) -> Option<Box<str>> {
    Some(reply.headers.get(TOKEN)?.to_str().ok()?.into())
}

/// A token that was read.
struct Token {
    label: String,
    stamp: Seed,
    reply: Reply,
}

impl Token {
    /// Reads a token; errors are the rest of a sentence.
    fn read(token: &str) -> Result<Self, String> {
        const DAMAGED: &str = "is damaged: its check does not fit, so it was cut or changed on its way";
        let bytes = BASE64URL_NOPAD
            .decode(token.as_bytes())
            .map_err(|error| format!("is no base64url from its character {} on", error.position + 1))?;
        let (check, rest) = bytes.split_first_chunk::<4>().ok_or(DAMAGED)?;
        if *check != self::check(rest) {
            return Err(DAMAGED.into());
        }
        let unreadable = || "holds what can't be read".to_owned();
        let [version, is_deflated, content @ ..] = rest else { return Err(unreadable()) };
        if *version != VERSION {
            return Err(format!("is of version {version}, and this server reads version {VERSION}"));
        }
        let inflated;
        let content = if *is_deflated == 0 {
            content
        } else {
            inflated = codec::inflated(content, LARGEST).map_err(|_| unreadable())?;
            &inflated
        };
        let mut reader = Reader(content);
        let mut read = || {
            let stamp = Seed(reader.number()?);
            let label = String::from_utf8(reader.bytes()?.to_vec()).ok()?;
            Some(Self { stamp, label, reply: reader.reply()? })
        };
        read().ok_or_else(unreadable)
    }
}

/// The token of a reply; `None` where it would be too long.
fn token(identity: &Identity<'_>, reply: &Reply) -> Option<String> {
    let is_seen = reply.delivery.as_ref().is_none_or(|delivery| match &delivery.act {
        Act::Raw(_) | Act::Cut { at: Point::Start, .. } => false,
        Act::Whole | Act::BadChunk { .. } | Act::Cut { at: Point::MidHead | Point::Content(_), .. } => true,
    });
    let mut writer = Writer::default();
    writer.number(identity.stamp.0);
    writer.bytes(identity.label.as_bytes());
    if is_seen {
        if reply.body.len() > LARGEST {
            return None;
        }
        let headers = reply.headers.iter().filter(|(name, _)| name.as_str() != RULE);
        writer.reply(reply, &headers.collect::<Vec<_>>());
    } else {
        // No byte of it is sent.
        let unseen = Reply { delivery: reply.delivery.clone(), ..Reply::new(reply.status) };
        writer.reply(&unseen, &[]);
    }
    let content = writer.0;
    if content.len() > LARGEST {
        return None;
    }
    let is_deflated = content.len() > SMALL;
    let content = if is_deflated { codec::deflated(&content) } else { content };
    let rest = [&[VERSION, u8::from(is_deflated)], &content[..]].concat();
    let token = BASE64URL_NOPAD.encode(&[&check(&rest)[..], &rest].concat());
    (token.len() <= LONGEST_TOKEN).then_some(token)
}

/// What shows that a token is whole.
fn check(rest: &[u8]) -> [u8; 4] {
    let [one, two, three, four, ..] = Seed(0).mix(rest).0.to_be_bytes();
    [one, two, three, four]
}
