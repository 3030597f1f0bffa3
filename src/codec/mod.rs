//! Bytes and text to values, as parameters and content declare them; what the values mean is judged elsewhere.

mod body;
mod coerce;
mod consumed;
mod expect;
mod input;
mod parameter;
mod sent;
mod style;

pub use body::{Body, Position, Unreadable, decode};
pub use consumed::undeclared;
pub use expect::Expect;
pub use input::{Input, Pair};
pub use parameter::{Decoded, header, parameter};
