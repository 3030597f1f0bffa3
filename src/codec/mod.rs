//! Bytes and text to values, as parameters and content declare them; what the values mean is judged elsewhere.

mod body;
mod coerce;
mod consumed;
mod element;
mod example;
mod expect;
mod input;
mod parameter;
mod style;

pub use body::{Body, Position, Unreadable, decode};
pub use consumed::{consumed, undeclared};
pub use element::element_name;
pub use example::{as_sent, judge_example};
pub use expect::Expect;
pub use input::{Input, Pair};
pub use parameter::{Decoded, header, parameter};
