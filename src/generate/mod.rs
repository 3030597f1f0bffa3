//! Values from schemas: valid by construction, believable by name, and straight to bytes.

mod apart;
mod array;
mod blame;
mod body;
mod compile;
mod conjunction;
mod content;
mod decimal;
mod echo;
mod edge;
mod envelope;
mod fact;
mod fitted;
mod format;
mod guess;
mod header;
mod hint;
mod listed;
mod node;
mod number;
mod object;
#[cfg(test)]
mod oracle;
mod pattern;
mod people;
mod persona;
mod phrase;
mod plan;
mod plans;
mod pool;
mod settle;
mod store;
mod stretch;
mod string;
mod types;
mod variety;
mod wish;
mod write;

pub use body::{Body, Notation};
pub use echo::Echo;
pub use edge::Edges;
pub use header::{HeaderExample, HeaderValue};
pub use hint::faker;
pub use people::Locale;
pub use plan::{Draw, Plan, Unsatisfiable};
pub use plans::Plans;
