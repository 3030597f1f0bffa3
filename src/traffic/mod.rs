//! Recorded traffic: the format that exchanges are kept in.

mod recorded;

pub use recorded::{Content, Recorded, RecordedReply, RecordedRequest};
