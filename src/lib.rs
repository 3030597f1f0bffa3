//! The stand-in for any HTTP API.

pub mod admin;
pub mod check;
pub mod clock;
pub mod codec;
pub mod contract;
pub mod diagnostic;
pub mod document;
pub mod drift;
pub mod engine;
pub mod error;
pub mod exchange;
pub mod generate;
pub mod media_type;
pub mod message;
pub mod negotiate;
pub mod pointer;
pub mod redact;
pub mod report;
pub mod router;
pub mod scenario;
pub mod schema;
pub mod seed;
pub mod server;
pub mod text;
pub mod violation;
