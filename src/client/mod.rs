//! The HTTP client: fetches the text behind a URL, and speaks to the upstreams of the proxy.

mod connector;
mod content;
mod failure;
mod fetch;
mod upstream;
mod whole;

pub use content::Outgoing;
pub use failure::Failure;
pub use fetch::Client;
pub use upstream::{Address, Reach, Upstreams};
pub use whole::WholeReply;
