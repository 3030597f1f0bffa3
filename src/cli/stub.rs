//! Stands where the engine will be, until it is there.
#![allow(missing_docs)]

use std::sync::Arc;

use crate::clock::Clock;
use crate::contract::Contract;
use crate::drift::Ledger;
use crate::message::{Reply, Request};
use crate::seed::Seed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedChoice {
    Fixed(Seed),
    Random,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    Auto,
    Examples,
    Generated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Refuse,
    Report,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    pub security: Mode,
    pub parameters: Mode,
    pub body: Mode,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    Any,
    Only(String),
}

#[derive(Debug, Clone)]
pub struct Options {
    pub seed: SeedChoice,
    pub data: Data,
    pub check: Checks,
    pub credentials: Credentials,
    pub clock: Clock,
}

pub struct Conflict {
    pub method: String,
    pub path: String,
    pub documents: Vec<String>,
}

pub struct Engine {
    contracts: Vec<Arc<Contract>>,
    ledger: Ledger,
}

impl Engine {
    pub fn new(contracts: Vec<Arc<Contract>>, _scripts: Vec<()>, _options: Options) -> Self {
        Self { contracts, ledger: Ledger::default() }
    }
    pub fn answer(&self, _request: Request) -> Reply {
        Reply::new(501)
    }
    pub fn contracts(&self) -> &[Arc<Contract>] {
        &self.contracts
    }
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    pub fn conflicts(&self) -> Vec<Conflict> {
        Vec::new()
    }
}
