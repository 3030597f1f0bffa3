//! Bytes and text to values, as parameters and content declare them, and values of parameters back to text; what the values
//! mean is judged elsewhere.

mod body;
mod coding;
mod coerce;
mod consumed;
mod encode;
mod example;
mod expect;
mod input;
mod parameter;
mod sent;
mod spread;
mod style;

pub(crate) use body::json;
pub use body::{Body, Item, PartHead, Position, Unreadable, decode, is_led, part_heads, records};
pub use coding::{CODINGS, Folded, deflated, gunzipped, inflated, unfolded};
pub use consumed::{takes, undeclared};
pub use encode::{Encoded, encode};
pub use example::{as_sent, judge_example};
pub use expect::{Expect, element_name};
pub use input::{Input, Pair};
pub use parameter::{Decoded, header, parameter};
pub use spread::{Escape, plain, spread};
