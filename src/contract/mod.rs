//! The compiled API: what a document declares, read once, as types.

mod content;
mod operation;
mod parameter;
mod response;
mod security;

pub use content::{Content, Encoding, Example};
pub use operation::{Operation, ParameterGroup, RequestBody};
pub use parameter::{Location, Parameter, Serialization, Style};
pub use response::{Branch, Header, Response, StatusKey};
pub use security::{Requirement, Scheme, SchemeKind};
