//! What a client may ask of the server: sizes, times and numbers.

use std::time::Duration;

use crate::message::LARGEST_BODY;

/// The bounds of what one client can make the server hold or wait for.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest request target in bytes; a longer one is answered with 414.
    pub target: usize,
    /// The largest sum of all header names and values in bytes; more is answered with 431, as are more than
    /// 100 header fields.
    pub head: usize,
    /// The largest request body in bytes; a larger one is answered with 413.
    pub body: usize,
    /// The size of a request body in bytes above which the handler runs off the reactor.
    pub inline_body: usize,
    /// How long a head may take from its first byte on; then 408.
    pub head_timeout: Duration,
    /// How long a body may take; then 408.
    pub body_timeout: Duration,
    /// How long a connection may be idle.
    pub idle_timeout: Duration,
    /// How many connections are served at the same time; further ones wait to be accepted.
    pub connections: usize,
    /// How many requests one HTTP/2 connection may have under way.
    pub streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            target: 16 * 1024,
            head: 64 * 1024,
            body: LARGEST_BODY,
            inline_body: 256 * 1024,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_mins(2),
            connections: 4096,
            streams: 256,
        }
    }
}
