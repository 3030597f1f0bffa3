//! The proxy: requests go to real servers and their replies to the clients; both are judged in passing.
//!
//! Content passes as it comes, both ways, in constant memory; a copy of at most [`LARGEST_BODY`] is judged, and of more
//! only the head; items of a stream are judged one by one. A reply is held back where that makes nobody wait for a stream
//! ([`hold`]), so that its head can tell what is wrong with its content.
//!
//! [`LARGEST_BODY`]: crate::message::LARGEST_BODY

mod door;
mod fallback;
mod fields;
mod hold;
mod items;
mod journey;
mod passage;
mod stream;
mod trailed;
mod uptake;

use std::sync::Arc;

use crate::client::{Address, Upstreams};
use crate::engine::Engine;
use crate::message::{Reply, Request};
use crate::traffic::Recorder;
pub use door::{Door, Origins};
pub use fallback::Lack;
pub(super) use journey::pass;

/// Is told each request with its reply, and gives the reply back, with a receipt if it wants to know how that ends.
pub type Log = Arc<dyn Fn(&Request, Reply) -> Reply + Send + Sync>;

/// A proxy as the exchanges of one connection share it: if all connections counted at one place who has it, that place would
/// go from processor to processor.
pub(super) type OfConnection = Arc<Arc<Proxy>>;

/// Where requests go, and who is told.
pub struct Proxy {
    /// Judges, and answers where no upstream does.
    pub engine: Arc<Engine>,
    /// The connections.
    pub upstreams: Upstreams,
    /// The upstream of each document, in the engine's order.
    pub addresses: Vec<Address>,
    /// Who may come in.
    pub door: Door,
    /// What an upstream can lack so that the stand-in answers.
    pub fallback: Vec<Lack>,
    /// Is told each request with its reply.
    pub log: Option<Log>,
    /// Writes down what has passed.
    pub recorders: Vec<Arc<Recorder>>,
}
