//! Values from schemas: valid by construction, believable by name, and straight to bytes.

mod apart;
mod array;
mod body;
mod compile;
mod conjunction;
mod decimal;
mod echo;
mod edge;
mod envelope;
mod fact;
mod format;
mod guess;
mod header;
mod hint;
mod node;
mod number;
mod object;
#[cfg(test)]
mod oracle;
mod pattern;
mod people;
mod persona;
mod plan;
mod plans;
mod pool;
mod settle;
mod store;
mod string;
mod types;
mod wish;
mod write;

pub use body::Body;
pub use echo::Echo;
pub use edge::Edges;
pub use header::HeaderValue;
pub use plan::{Draw, Plan, Unsatisfiable};
pub use plans::Plans;
