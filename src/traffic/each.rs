//! Every exchange against every document: what a client that was written for one provider meets at another.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::observed::Observed;
use super::run::{self, Entry, Said, Stopped};
use super::tally::Tally;
use super::verdict::{Judge, Verdict};
use super::{Reading, Source};
use crate::redact;
use crate::violation::Severity;

/// How an exchange does at one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// It has an operation there, and nothing is wrong.
    Conforms,
    /// It has an operation there, and so many things are wrong.
    Violations(usize),
    /// It has none.
    NotRouted,
}

/// An exchange at every document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "standin matrix row")]
pub struct Row {
    /// Its number among all entries, from 1.
    pub entry: u64,
    /// Method, path and query, redacted.
    pub request: String,
    /// How it does at each document, by name.
    pub documents: BTreeMap<String, Fit>,
}

/// Holds every exchange against every document, wherever it went: judges of one document each. Violations count from
/// `least` on. Rows are given in the order of the entries, those of a batch together; the tally counts those as foreign that
/// no document has an operation for.
pub fn each(
    sources: Vec<Source>,
    judges: &[Judge],
    least: Severity,
    reading: &Reading,
    rows: impl FnMut(Vec<Row>),
) -> (Tally, Vec<Stopped>) {
    let contracts = || judges.iter().flat_map(|judge| judge.engine().contracts());
    let bases: BTreeSet<&str> = contracts()
        .flat_map(|contract| &contract.servers)
        .map(|server| server.base_path.as_str())
        .filter(|base| !base.is_empty())
        .collect();
    let work = |tally: &mut Tally, rows: &mut Vec<Row>, Entry { id, spot, said }: Entry| {
        let observed = match said {
            Said::Exchange(recorded, nature) => Observed::new(*recorded, nature, None),
            Said::Foreign(foreign) => return tally.enter(spot, Verdict::Foreign(foreign)),
            Said::Unreadable(reason) => Err(reason),
        };
        let observed = match observed {
            Ok(observed) => observed,
            Err(reason) => return tally.enter(spot, Verdict::Unreadable(reason)),
        };
        let target = redact::target(&observed.request.target());
        let fits: Vec<Option<(usize, bool)>> =
            judges.iter().map(|judge| judge.fit(&observed, &bases, least)).collect();
        let is_partial = fits.iter().flatten().any(|(_, is_partial)| *is_partial);
        tally.count(fits.iter().any(Option::is_some), is_partial);
        let names = contracts().map(|contract| contract.name.clone());
        let fits = fits.into_iter().map(|fit| match fit {
            None => Fit::NotRouted,
            Some((0, _)) => Fit::Conforms,
            Some((count, _)) => Fit::Violations(count),
        });
        let request = format!("{} {target}", observed.request.method);
        rows.push(Row { entry: id, request, documents: names.zip(fits).collect() });
    };
    let (tallies, stopped) =
        run::run(sources, reading.threads, &reading.progress, Tally::default, work, rows);
    (Tally::sum(tallies), stopped)
}
