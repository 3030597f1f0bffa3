//! How a reply reaches its client: whole and at once, or late, slowly, in part, broken; and what became of it. Data only:
//! the engine decides it, and the server acts it out.

use std::time::Duration;

use bytes::Bytes;

/// What is done to a reply on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How long its first byte is held back.
    pub delay: Duration,
    /// How its content is slowed down; `None` sends it as fast as the connection takes it.
    pub pace: Option<Pace>,
    /// The length that its head tells in place of the true one.
    pub length: Option<u64>,
    /// What becomes of it.
    pub act: Act,
}

impl Delivery {
    /// Whether all that happens to the reply is that it comes late, if that.
    pub fn is_only_late(&self) -> bool {
        self.pace.is_none() && self.length.is_none() && self.act == Act::Whole
    }

    /// How a reply with so many bytes of content ends if nothing else goes wrong.
    pub fn planned(&self, length: usize) -> Outcome {
        let (length, told) = (length as u64, self.length);
        match &self.act {
            // Who is told of more than there is waits for it, and takes it for lost.
            Act::Whole if told.is_some_and(|told| told > length) => Outcome::Cut { sent: length },
            Act::Whole => Outcome::Whole,
            Act::BadChunk { after, .. } => Outcome::Cut { sent: length.min(*after as u64) },
            Act::Raw(_) => Outcome::Cut { sent: 0 },
            Act::Cut { at, end } => {
                let (sent, is_all) = match at {
                    Point::Start | Point::MidHead => (0, false),
                    Point::Content(bytes) => (length.min(*bytes as u64), *bytes as u64 >= length),
                };
                match end {
                    End::Reset | End::ResetStream(_) => Outcome::Reset { sent },
                    End::Close | End::Drop | End::Stall(_) | End::GoAway(_) if is_all => Outcome::Whole,
                    End::Close | End::Drop | End::Stall(_) | End::GoAway(_) => Outcome::Cut { sent },
                }
            }
        }
    }
}

/// What became of a reply on the wire. `sent` counts the bytes of its content that were given to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent to its end.
    Whole,
    /// The server sent no more, and closed the connection or ended the stream.
    Cut {
        /// Bytes of the content.
        sent: u64,
    },
    /// The server reset the connection or the stream.
    Reset {
        /// Bytes of the content.
        sent: u64,
    },
    /// The connection was gone before its end: its client left, or the server had to stop.
    Gone {
        /// Bytes of the content.
        sent: u64,
    },
}

impl Outcome {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cut { .. } => "cut",
            Self::Reset { .. } => "reset",
            Self::Gone { .. } => "gone",
        }
    }

    /// How many bytes of the content were sent, where that was not all.
    pub fn sent(self) -> Option<u64> {
        match self {
            Self::Whole => None,
            Self::Cut { sent } | Self::Reset { sent } | Self::Gone { sent } => Some(sent),
        }
    }
}

/// Content in pieces, with a pause before each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes in a piece, at least 1.
    pub piece: usize,
    /// The pause.
    pub pause: Duration,
}

/// What becomes of a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Act {
    /// It is sent to its end.
    #[default]
    Whole,
    /// It is sent up to a point; its head tells the whole length.
    Cut {
        /// The point.
        at: Point,
        /// What follows.
        end: End,
    },
    /// So many bytes of its content are sent in a chunk, and then these bytes where the next chunk is due
    /// (RFC 9112 7.1); the connection is closed.
    BadChunk {
        /// Bytes of the content.
        after: usize,
        /// What follows in place of a chunk.
        bytes: Bytes,
    },
    /// These bytes are written to the connection in its place; the connection is closed.
    Raw(Bytes),
}

/// A point in a reply as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before its first byte.
    Start,
    /// Amid its head.
    MidHead,
    /// Behind its head and so many bytes of its content.
    Content(usize),
}

/// How a connection goes on after what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is closed in order: TLS `close_notify`, TCP FIN. HTTP/2 ends the stream if it has begun, else sends `GOAWAY`.
    Close,
    /// It is dropped: TCP FIN without TLS `close_notify` or HTTP/2 `GOAWAY`.
    Drop,
    /// It is reset: TCP RST.
    Reset,
    /// It stays open for so long, and nothing more comes; then it is closed.
    Stall(Duration),
    /// HTTP/2 resets the stream with this error code (RFC 9113 7); HTTP/1.1 has no streams and resets the connection.
    ResetStream(u32),
    /// HTTP/2 sends `GOAWAY` with this error code and processes no stream; HTTP/1.1 closes the connection.
    GoAway(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_is_what_its_client_gets() {
        let content = |bytes, end| Act::Cut { at: Point::Content(bytes), end };
        let table = [
            (Act::Whole, None, Outcome::Whole),
            (Act::Whole, Some(20), Outcome::Cut { sent: 10 }),
            (Act::Whole, Some(5), Outcome::Whole),
            (Act::Raw("x".into()), None, Outcome::Cut { sent: 0 }),
            (Act::BadChunk { after: 4, bytes: "x".into() }, None, Outcome::Cut { sent: 4 }),
            (Act::Cut { at: Point::MidHead, end: End::Stall(Duration::MAX) }, None, Outcome::Cut { sent: 0 }),
            (Act::Cut { at: Point::Start, end: End::ResetStream(2) }, None, Outcome::Reset { sent: 0 }),
            (content(4, End::Close), None, Outcome::Cut { sent: 4 }),
            (content(99, End::Stall(Duration::ZERO)), None, Outcome::Whole),
            (content(99, End::Reset), None, Outcome::Reset { sent: 10 }),
        ];
        for (act, length, expected) in table {
            let delivery = Delivery { length, act, ..Delivery::default() };
            assert_eq!(delivery.planned(10), expected, "{delivery:?}");
        }
    }
}
