//! How a reply reaches its client: whole and at once, or late, slowly, in part, broken. Data only: the engine decides
//! it, and the server acts it out.

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
