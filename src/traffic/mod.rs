//! Recorded traffic: the formats that exchanges are kept in, what writes them down, and whether what they tell keeps the
//! contracts.

mod access_log;
mod against;
mod destination;
mod each;
mod entries;
mod har;
mod observed;
mod pact;
mod recorded;
mod recorder;
mod run;
mod source;
mod tally;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

pub use access_log::KEYS as ACCESS_LOG_KEYS;
pub use against::{Calls, Change, Comparison, compare};
pub use destination::{Foreign, Server};
pub use each::{Fit, Row, each};
pub use observed::{Credentials, Origin};
pub use recorded::{Content, Recorded, RecordedReply, RecordedRequest};
pub use recorder::{Format, Outcome, Recorder, Seen, SeenReply};
pub use run::Stopped;
use run::{Entry, Said};
pub use source::{Input, Source};
pub use tally::{Spot, Tally};
use verdict::Verdict;
pub use verdict::{Assumptions, Judge};

/// How traffic is read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// How many threads judge; one more reads.
    pub threads: usize,
    /// How many bytes of the sources were read so far, as they are stored.
    pub progress: Arc<AtomicU64>,
}

/// Holds all entries of the sources against the judge's documents. Gives what became of them, and which sources could not be
/// read to their ends.
pub fn check(sources: Vec<Source>, judge: &Judge, reading: &Reading) -> (Tally, Vec<Stopped>) {
    let work = |tally: &mut Tally, (): &mut (), Entry { id, spot, said }: Entry| {
        tally.enter(spot, judged(judge, id, said));
    };
    let (tallies, stopped) =
        run::run(sources, reading.threads, &reading.progress, Tally::default, work, |()| {});
    (Tally::sum(tallies), stopped)
}

fn judged(judge: &Judge, id: u64, said: Said) -> Verdict {
    match said {
        Said::Exchange(recorded, nature) => judge.judge(*recorded, nature, id),
        Said::Foreign(foreign) => Verdict::Foreign(foreign),
        Said::Unreadable(reason) => Verdict::Unreadable(reason),
    }
}
