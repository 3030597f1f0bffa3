//! What is known of a fault before it happens: its name, what it takes, what a client of each protocol sees of it.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::Injection;

/// One member of the family.
#[derive(Debug)]
pub struct Definition {
    /// Its name, in `snake_case`.
    pub name: &'static str,
    /// What it does, as one line.
    pub means: &'static str,
    /// What it takes, with defaults in parentheses; empty if it takes nothing.
    pub parameters: &'static str,
    /// What a client of HTTP/1.1 sees.
    pub http1: Cell,
    /// What a client of HTTP/2 sees.
    pub http2: Cell,
    /// What TLS adds to that.
    pub tls: &'static str,
    /// Makes one of its parameters; errors say what is wrong with them.
    pub(super) read: fn(Value) -> Result<Injection, String>,
    /// What its parameters have to look like.
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
}

/// What a client of one protocol sees of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// The fault, seen like this.
    Applies(&'static str),
    /// The protocol has no such fault: the named one happens in its place, seen like this.
    Nearest(&'static str, &'static str),
}

/// How a connection frames its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.0 and HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

impl Definition {
    /// What a client of a protocol sees.
    pub fn on(&self, protocol: Protocol) -> Cell {
        match protocol {
            Protocol::Http1 => self.http1,
            Protocol::Http2 => self.http2,
        }
    }
}
