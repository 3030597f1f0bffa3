//! The stand-in for any HTTP API.

pub mod cli;
pub mod client;
pub mod clock;
pub mod contract;
pub mod diagnostic;
pub mod document;
pub mod drift;
pub mod error;
pub mod exchange;
pub mod lint;
pub mod media_type;
pub mod message;
pub mod negotiate;
pub mod pointer;
pub mod redact;
pub mod report;
pub mod router;
pub mod schema;
pub mod seed;
pub mod server;
pub mod text;
pub mod violation;
