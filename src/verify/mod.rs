//! The contract test of a live server: requests made from documents, sent, and their replies judged.
//!
//! [`plan`] lists the cases, as data and by the seed alone; [`run`] sends them, in an order in which earlier replies give
//! the ids of later requests, and makes the smallest request of each finding. What a reply has to keep is judged by the
//! engine; what a server makes of good and of bad requests is judged here (`verdict`).

mod asked;
mod case;
mod credentials;
mod curl;
mod ids;
mod links;
mod making;
mod order;
mod outcome;
mod plan;
mod run;
mod send;
mod shrink;
mod values;
mod verdict;

pub use asked::{Asked, Credential, GivenParameter};
pub use case::{Argument, Case, Draft, Focus, Nature, Origin, Payload, Shown};
pub use outcome::{LeftOut, Outcome, Unconfirmed};
pub use plan::{Plan, plan};
pub use run::{Budget, Setup, run};
