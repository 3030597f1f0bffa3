//! Which response a request gets: what it wishes for, and what it accepts.

mod accept;
mod wishes;

pub use accept::{Choice, choose};
pub use wishes::{Handling, SeedWish, WishError, Wishes, without_wishes};
