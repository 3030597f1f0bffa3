//! One exchange under way: what came in, where it leads, and what was found in it.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;
use serde_json::Value;

use super::extremes::EdgeCounts;
use super::mount::Before;
use crate::check::Said;
use crate::clock::Moment;
use crate::message::Request;
use crate::negotiate::{WishError, Wished, Wishes, without_wishes};
use crate::scenario::{Cue, State};
use crate::seed::Seed;
use crate::violation::Violation;

/// One exchange under way.
#[derive(Debug)]
pub struct Turn {
    /// The exchange's number.
    pub id: u64,
    /// When it began.
    pub at: Moment,
    /// The request.
    pub request: Request,
    /// What was found in it, in the order security, parameters, body.
    pub violations: Vec<Violation>,
    pub(super) target: Target,
    pub(super) wishes: Result<Wished, Box<WishError>>,
    /// The session's name; `None` for the default one.
    pub(super) session: Option<Arc<str>>,
    /// The seed that its session was set up with.
    pub(super) seed: Option<Seed>,
    /// By the parameter's place in the operation.
    pub(super) parameters: Vec<(usize, Value)>,
    pub(super) body: Said,
    /// Which of the operation's contents the body satisfies, if it was judged.
    pub(super) valid_as: Option<usize>,
    /// Whether the body was not read because it unfolds to more than is taken.
    pub(super) is_too_large: bool,
    /// Where its operation is counted.
    pub(super) place: usize,
    /// Which call of its operation in the session this is, from 1.
    pub(super) nth: u64,
    /// Which edge comes next in the session; only where the reply is to be at one.
    pub(super) edges: Option<Arc<EdgeCounts>>,
    /// The scenarios that the session plays.
    pub(super) play: Option<Arc<State>>,
    /// What they say to it.
    pub(super) cue: Cued,
    /// The rules of scenarios that decided the reply, as `SCENARIO/RULE`.
    pub(super) rules: Vec<Arc<str>>,
    /// The response and the content that its reply was made of, by their places, where nothing else had a say in it.
    pub(super) sent: Option<(usize, usize)>,
    /// Which break comes next in the session; only where the reply is to be broken.
    pub(super) breaks: Option<Arc<EdgeCounts>>,
}

/// What the scenarios of a session say to a turn. They are asked once: asking counts.
#[derive(Debug, Default)]
pub(super) enum Cued {
    /// They were not asked yet.
    #[default]
    NotAsked,
    /// They were asked; `None` if they say nothing.
    Asked(Option<Box<Cue>>),
}

/// How much of a request is known when its turn begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// All but its content, which is judged when it is known, if ever.
    Head,
}

/// Where a request leads.
#[derive(Debug)]
pub(super) enum Target {
    /// To an operation of a document.
    Operation {
        mount: usize,
        operation: usize,
        before: Before,
        /// The names of all documents that the path fits, if there are several.
        ambiguous: Vec<String>,
    },
    /// To a path that has other methods.
    OtherMethod { allowed: Vec<Method> },
    /// Nowhere.
    Nothing,
    /// To a document that is not there.
    NoDocument { name: String, nearest: Option<String> },
}

impl Turn {
    /// Whether it leads to an operation.
    pub fn is_routed(&self) -> bool {
        matches!(self.target, Target::Operation { .. })
    }

    /// Whether nothing but the document has a say in its reply: nothing is played, and nothing was wished for.
    pub(super) fn is_plain(&self) -> bool {
        self.play.is_none() && self.wishes.as_ref().is_ok_and(|wishes| wishes.is_empty())
    }

    /// The query without the keys that are ours; `None` if nothing is left of it.
    pub fn foreign_query(&self) -> Option<Cow<'_, str>> {
        let query = self.request.query.as_deref()?;
        let may_be_ours = query.contains("__") || query.contains('%');
        let foreign = if may_be_ours { Cow::Owned(without_wishes(query)) } else { Cow::Borrowed(query) };
        (!foreign.is_empty() || query.is_empty()).then_some(foreign)
    }

    /// The content of the request, if it is a value.
    pub(super) fn body(&self) -> Option<&Value> {
        self.body.value(&self.request.body)
    }

    /// A turn of which nothing is known but the request.
    pub(super) fn new(id: u64, at: Moment, request: Request) -> Self {
        Self {
            id,
            at,
            session: None,
            seed: None,
            wishes: Wishes::read(&request.headers, request.query.as_deref()),
            request,
            violations: Vec::new(),
            target: Target::Nothing,
            parameters: Vec::new(),
            body: Said::default(),
            valid_as: None,
            is_too_large: false,
            place: 0,
            nth: 0,
            edges: None,
            play: None,
            cue: Cued::NotAsked,
            rules: Vec::new(),
            sent: None,
            breaks: None,
        }
    }
}
