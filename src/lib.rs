//! The stand-in for any HTTP API: reads `OpenAPI` documents, answers every operation with a reply that is valid by the
//! document, injects the failures that it allows, and checks every request against it.
//!
//! ```text
//! files                 compile once                      one request (pure, synchronous)                the world
//! specs/*.yaml ─► Document ─► Contract ──► Turn: begin (route, decode, check) ─► mock (negotiate, generate) ─► server
//!                     │           ▲  schemas, router, plans                                │
//!                     ▼           │                                                        ▼
//!                Diagnostics      └ scenarios/*.yaml ─► Script          Exchange ─► Ledger ─► Report ─► text, junit, …
//! ```
//!
//! # Map of the code, lowest layer first; a module uses lower rows only
//!
//! | modules | hold |
//! |---|---|
//! | [`error`] [`pointer`] [`text`] [`media_type`] [`decimal`] [`delivery`] [`message`] [`clock`] [`seed`] [`redact`] [`lock`] [`by_thread`] | what everything else is made of |
//! | [`diagnostic`] [`violation`] [`fault`] | problems in the user's files; breaches of the contract in one exchange; failures on the way to the client |
//! | [`document`] | files, versions, references: everything raised to one shape, each value with its place |
//! | [`router`] [`schema`] | from path to operation; schemas by pointer, compiled on first use |
//! | [`contract`] | what a document declares, as types |
//! | [`codec`] | bytes and text to values, by style and media type |
//! | [`check`] [`negotiate`] [`generate`] | judge requests and replies; choose a response; make values |
//! | [`lint`] | judge a document |
//! | [`scenario`] [`exchange`] | which replies a run gets; one request with its reply and findings |
//! | [`drift`] | journal and ledger |
//! | [`engine`] [`report`] | the pipeline; what was found, in every format |
//! | [`traffic`] | recorded exchanges |
//! | [`client`] [`import`] | fetches a URL that the user typed, speaks to upstreams; other tools' files as scenarios |
//! | [`verify`] [`admin`] | contract tests of live servers; the reserved prefix |
//! | [`server`] | the only place with sockets |
//! | [`cli`] | the only place that prints and exits |
//!
//! # What always holds
//!
//! 1. Everything from `contract` to `report` is a function of contract, script, session, seed, clock and request: same
//!    inputs, same bytes (`tests/golden`). Generation never reads the clock.
//! 2. A [`contract::Contract`] never changes, and neither does an [`engine::Engine`]: a reload makes the one that follows
//!    it, a turn under way keeps its own, and a save that can't be served changes nothing (`tests/reload`).
//! 3. Loading never stops at the first problem, and never panics or overflows the stack on any input (`tests/hostile`);
//!    one broken operation does not take the others down.
//! 4. A mocked reply is valid by its document (`tests/oracle`), or says `standin-undeclared`.
//! 5. A connection stays on the thread that it was given to. No lock is held over an `.await`. Nothing printed comes from iterating a hash map. Every buffer that traffic fills
//!    is bounded.
//! 6. Every violation names a rule, a place in the message and a place (file, line, column) in the document.
//! 7. Only `document` knows versions; only `server` and `client` know sockets; only `cli` prints and exits
//!    (`tests/house`).
//! 8. Nothing panics in `server`; a defect in a turn is a 500, and the server goes on.
//!
//! Loading gives a value *and* [`diagnostic::Diagnostic`]s. A request gives an [`exchange::Exchange`] that holds
//! [`violation::Violation`]s. Only what could not be done is an [`error::Error`]. The three are never mixed.

pub mod admin;
pub mod by_thread;
pub mod check;
pub mod cli;
pub mod client;
pub mod clock;
pub mod codec;
pub mod contract;
pub mod decimal;
pub mod delivery;
pub mod diagnostic;
pub mod document;
pub mod drift;
pub mod engine;
pub mod error;
pub mod exchange;
pub mod fault;
pub mod generate;
pub mod import;
pub mod lint;
pub mod lock;
pub mod media_type;
pub mod message;
pub mod negotiate;
pub mod pointer;
pub mod redact;
pub mod report;
pub mod router;
pub mod scenario;
pub mod schema;
pub mod seed;
pub mod server;
pub mod text;
pub mod traffic;
pub mod verify;
pub mod violation;

/// The README's code, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
