//! Everything that is seen from outside, in one binary: cases, oracle, hostile input, golden bytes, house rules.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod admin;
mod bodies;
mod browser;
mod cases;
mod faults;
mod golden;
mod hard;
mod hostile;
mod house;
mod import;
mod lint;
mod notations;
mod oracle;
mod parameters;
mod proxy;
mod reload;
mod reports;
mod retries;
mod scenario;
mod support;
mod traffic;
mod verify;
