//! Which response a request gets: what it wishes for, and what it accepts.

mod accept;
mod preference;
mod refusal;
mod wishes;

pub use accept::{Choice, choose};
pub use preference::without_wishes;
pub use refusal::WishError;
pub use wishes::{Handling, SeedWish, Wishes};
