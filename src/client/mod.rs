//! The HTTP client: fetches the text behind a URL, and speaks to the upstreams of the proxy.

mod alarm;
mod arriving;
mod connector;
mod content;
mod failure;
mod fetch;
mod plain;
mod upstream;
mod whole;
mod within;

pub use arriving::Arriving;
pub use content::Outgoing;
pub use failure::Failure;
pub use fetch::Client;
pub use upstream::{Address, Reach, Upstreams};
pub use whole::WholeReply;
pub use within::within;
