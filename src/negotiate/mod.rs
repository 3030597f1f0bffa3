//! Which response a request gets: what it wishes for, and what it accepts.

mod accept;
mod catalogue;
mod status;
mod wishes;

pub use accept::{Choice, choose};
pub use catalogue::{Answer, Failure, catalogue, failures, find};
pub use status::{Chosen, declared, problem_status, refusal, success};
pub use wishes::{Handling, SeedWish, WishError, Wishes, without_wishes};
