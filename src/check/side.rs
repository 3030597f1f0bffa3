//! What tells content of requests and of replies apart when it is judged: rules and words.

use super::names::Kind;
use crate::violation::{Direction, Rule};

/// One direction of content.
pub(super) struct Side {
    pub(super) direction: Direction,
    /// The first part of locations.
    pub(super) word: &'static str,
    /// What messages call a value in the content.
    pub(super) called: &'static str,
    /// What messages call the content.
    pub(super) content: &'static str,
    /// What messages call its media type.
    pub(super) media_type: &'static str,
    /// What a property is that belongs to the other direction.
    pub(super) not_sent: &'static str,
    pub(super) undeclared_type: Rule,
    pub(super) unreadable: Rule,
    pub(super) invalid: Rule,
    /// A discriminator's value names no schema.
    pub(super) nameless: Rule,
    undeclared: Rule,
    other_direction: Rule,
    /// `None` where whoever sends it has no choice.
    deprecated: Option<Rule>,
}

/// What clients send.
pub(super) static REQUEST: Side = Side {
    direction: Direction::Request,
    word: "request",
    called: "body",
    content: "the content",
    media_type: "the media type",
    not_sent: "read-only, so it is not sent in requests",
    undeclared_type: Rule::MediaTypeUndeclared,
    unreadable: Rule::BodyUnreadable,
    invalid: Rule::BodyInvalid,
    nameless: Rule::DiscriminatorUnknown,
    undeclared: Rule::PropertyUndeclared,
    other_direction: Rule::PropertyReadOnly,
    deprecated: Some(Rule::PropertyDeprecated),
};

/// What servers send.
pub(super) static REPLY: Side = Side {
    direction: Direction::Response,
    word: "response",
    called: "reply body",
    content: "the reply's content",
    media_type: "the reply's media type",
    not_sent: "write-only, so it is not sent in replies",
    undeclared_type: Rule::ReplyMediaTypeUndeclared,
    unreadable: Rule::ReplyBodyUnreadable,
    invalid: Rule::ReplyBodyInvalid,
    nameless: Rule::ReplyDiscriminatorUnknown,
    undeclared: Rule::ReplyPropertyUndeclared,
    other_direction: Rule::ReplyPropertyWriteOnly,
    deprecated: None,
};

impl Side {
    /// The rule that a remark on a property comes to, if any.
    pub(super) fn rule(&self, kind: &Kind) -> Option<Rule> {
        match kind {
            Kind::Undeclared(_) => Some(self.undeclared),
            Kind::Deprecated => self.deprecated,
            Kind::OtherDirection => Some(self.other_direction),
        }
    }
}
