//! How an engine is set up.

use http::HeaderValue;

use crate::check::{Credentials, Strictness};
use crate::clock::Clock;
use crate::generate::Locale;
pub use crate::negotiate::Data;
use crate::seed::Seed;
use crate::violation::{Area, Policy};

/// How an engine is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where values come from when a request does not say.
    pub seed: SeedChoice,
    /// What replies are made of.
    pub data: Data,
    /// Where generated people and places come from.
    pub locale: Locale,
    /// What happens to requests that violate the contract.
    pub check: Checks,
    /// Which credentials are accepted.
    pub credentials: Credentials,
    /// How schemas are read that allow more than they mean.
    pub strictness: Strictness,
    /// What each rule weighs, and what is ignored.
    pub policy: Policy,
    /// Who sent the requests that name no client.
    pub client: Option<HeaderValue>,
    /// The time.
    pub clock: Clock,
}

/// Where values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedChoice {
    /// From one seed: the same request gets the same reply.
    Fixed(Seed),
    /// From a fresh seed for each request.
    Random,
}

impl SeedChoice {
    /// The seed of a session that is given none of its own: what its faults and chances are drawn from.
    pub fn of_session(self) -> Seed {
        match self {
            Self::Fixed(seed) => seed,
            Self::Random => Seed::fresh(),
        }
    }
}

impl Default for SeedChoice {
    fn default() -> Self {
        Self::Fixed(Seed(1))
    }
}

/// What happens to a request that violates the contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is refused if the violation is an error.
    #[default]
    Refuse,
    /// It is served, and the violation is told.
    Report,
    /// It is not looked for.
    Off,
}

/// The modes by area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checks {
    /// Credentials.
    pub security: Mode,
    /// Path, query, header and cookie parameters.
    pub parameters: Mode,
    /// Media type and content.
    pub body: Mode,
}

impl Checks {
    /// The same mode for every area.
    pub fn all(mode: Mode) -> Self {
        Self { security: mode, parameters: mode, body: mode }
    }

    /// The mode of the area of a rule; areas without one of their own are only told.
    pub fn mode(self, area: Area) -> Mode {
        match area {
            Area::Security => self.security,
            Area::Parameters => self.parameters,
            Area::Body | Area::Strict => self.body,
            Area::Routing | Area::Reply | Area::Expectation | Area::Client | Area::Server => Mode::Report,
        }
    }
}
