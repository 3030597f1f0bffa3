//! How a reply reaches its client: whole and at once, or late, slowly, in part, broken. Data only: the engine decides
//! it, and the server acts it out.

use std::time::Duration;

use bytes::Bytes;

/// What is done to a reply on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// How long its first byte is held back.
    pub delay: Duration,
    /// What becomes of it then.
    pub act: Act,
}

/// What becomes of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// It is sent as it is.
    Whole,
    /// Its content is sent in pieces of so many bytes, with a pause before each.
    Paced {
        /// Bytes in a piece, at least 1.
        piece: usize,
        /// The pause.
        pause: Duration,
    },
    /// Nothing of it is sent.
    Nothing(End),
    /// Its head, which tells the whole length, and so many bytes of its content are sent.
    Cut {
        /// Bytes of the content that are sent.
        after: usize,
        /// What follows.
        end: End,
    },
    /// These bytes are sent in its place, as they are.
    Raw {
        /// What is written to the connection.
        bytes: Bytes,
        /// What follows.
        end: End,
    },
}

/// How a connection goes on after what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is closed in order (TCP FIN, TLS `close_notify`, HTTP/2 `GOAWAY`).
    Close,
    /// It is reset (TCP RST; HTTP/2 `RST_STREAM`).
    Reset,
    /// It stays open, and nothing more comes.
    Stall,
}
