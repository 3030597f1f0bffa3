//! The stand-in for any HTTP API.

pub mod clock;
pub mod contract;
pub mod diagnostic;
pub mod error;
pub mod generate;
pub mod media_type;
pub mod message;
pub mod pointer;
pub mod schema;
pub mod seed;
pub mod text;
pub mod violation;
