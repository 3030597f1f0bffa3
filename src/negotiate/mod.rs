//! Which response a request gets: what it wishes for, and what it accepts.

mod accept;
mod break_wish;
mod catalogue;
mod data;
mod preference;
mod status;
mod wish_error;
mod wishes;

pub use accept::{Choice, choose};
pub use break_wish::BreakWish;
pub use catalogue::{Answer, Failure, catalogue, failures, find};
pub use data::Data;
pub use preference::without_wishes;
pub use status::{Chosen, declared, problem_status, refusal, success};
pub use wish_error::WishError;
pub use wishes::{Handling, LONGEST_TOKEN, SeedWish, Wished, Wishes, foreign_preferences};
