//! Everything that is seen from outside, in one binary: cases, oracle, hostile input, golden bytes, house rules.

mod cases;
mod golden;
mod hostile;
mod house;
mod oracle;
mod support;
