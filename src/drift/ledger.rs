//! Equal violations counted as one drift, by fingerprint.

use std::collections::BTreeMap;
use std::sync::Mutex;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Drift, Fingerprint};
use crate::by_thread::ByThread;
use crate::exchange::Exchange;
use crate::lock::locked;

/// How many different drifts are kept; of more, those with the smallest fingerprints, so that merged ledgers agree.
const MOST: usize = 5000;

/// How many exchanges there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// All that were read.
    pub exchanges: u64,
    /// Those that found an operation and were judged.
    pub judged: u64,
    /// Those with at least one violation that was not announced.
    pub violating: u64,
    /// Violations of drifts that there was no room for.
    pub unrecorded: u64,
}

impl Counts {
    /// Adds other counts; reports that were written elsewhere may hold any number.
    pub(super) fn absorb(&mut self, other: Self) {
        self.exchanges = self.exchanges.saturating_add(other.exchanges);
        self.judged = self.judged.saturating_add(other.judged);
        self.violating = self.violating.saturating_add(other.violating);
        self.unrecorded = self.unrecorded.saturating_add(other.unrecorded);
    }
}

/// The drifts of one session.
#[derive(Debug, Default)]
pub struct Ledger {
    book: Mutex<Book>,
    /// Of exchanges without drifts, which most are.
    clean: ByThread<Mutex<Counts>>,
}

#[derive(Debug)]
struct Book {
    counts: Counts,
    drifts: BTreeMap<Fingerprint, Drift>,
    /// How many drifts are kept.
    most: usize,
}

impl Default for Book {
    fn default() -> Self {
        Self { counts: Counts::default(), drifts: BTreeMap::new(), most: MOST }
    }
}

impl Ledger {
    /// Enters what was found in an exchange; announced violations are no drift.
    pub fn enter(&self, exchange: &Exchange) {
        let meant = |rule| exchange.expected.contains(rule);
        let violations = exchange.violations.iter().filter(|violation| !meant(&violation.rule));
        let drifts: Vec<Drift> = violations.map(|violation| Drift::of(exchange, violation)).collect();
        let counts = Counts {
            exchanges: 1,
            judged: u64::from(exchange.operation.is_some()),
            violating: u64::from(!drifts.is_empty()),
            unrecorded: 0,
        };
        if drifts.is_empty() {
            locked(self.clean.own()).absorb(counts);
        } else {
            self.add(counts, drifts);
        }
    }

    /// Counts exchanges that were read and not judged.
    pub fn count_unjudged(&self, exchanges: u64) {
        locked(&self.book).counts.exchanges += exchanges;
    }

    /// Adds all that another ledger holds.
    pub fn absorb(&self, other: &Self) {
        let (counts, drifts) = other.copied();
        self.add(counts, drifts.into_values());
    }

    /// Adds all that the ledger of a session holds, and notes of each drift that it occurred there.
    pub fn absorb_session(&self, name: &str, other: &Self) {
        let (counts, mut drifts) = other.copied();
        for drift in drifts.values_mut() {
            drift.sessions.insert(name.to_owned(), drift.count);
        }
        self.add(counts, drifts.into_values());
    }

    /// Adds counts and drifts that were kept elsewhere.
    pub fn add(&self, counts: Counts, drifts: impl IntoIterator<Item = Drift>) {
        locked(&self.book).absorb(counts, drifts);
    }

    /// How many exchanges there were.
    pub fn counts(&self) -> Counts {
        self.counted(locked(&self.book).counts)
    }

    /// With those of exchanges without drifts.
    fn counted(&self, mut counts: Counts) -> Counts {
        self.clean.all().for_each(|clean| counts.absorb(*locked(clean)));
        counts
    }

    /// The drifts: errors first, then by document, operation, location.
    pub fn drifts(&self) -> Vec<Drift> {
        let book = locked(&self.book);
        let mut drifts: Vec<Drift> = book.drifts.values().cloned().collect();
        drop(book);
        drifts.sort_by(|one, other| {
            let place = |drift: &Drift| {
                (drift.document.clone(), drift.operation.clone(), drift.location.clone(), drift.fingerprint)
            };
            other.severity.cmp(&one.severity).then_with(|| place(one).cmp(&place(other)))
        });
        drifts
    }

    fn copied(&self) -> (Counts, BTreeMap<Fingerprint, Drift>) {
        let book = locked(&self.book);
        (self.counted(book.counts), book.drifts.clone())
    }

    /// Forgets all.
    pub fn clear(&self) {
        *locked(&self.book) = Book::default();
        self.clean.all().for_each(|clean| *locked(clean) = Counts::default());
    }
}

impl Book {
    /// Makes room for a drift that is not there yet. Whether there is some; what is not kept is counted.
    fn has_room(&mut self, fingerprint: Fingerprint, count: u64) -> bool {
        if self.drifts.len() < self.most {
            return true;
        }
        let lost = match self.drifts.last_entry() {
            Some(largest) if fingerprint < *largest.key() => largest.remove().count,
            Some(_) | None => count,
        };
        self.counts.unrecorded = self.counts.unrecorded.saturating_add(lost);
        self.drifts.len() < self.most
    }

    fn absorb(&mut self, counts: Counts, drifts: impl IntoIterator<Item = Drift>) {
        self.counts.absorb(counts);
        for drift in drifts {
            self.add(drift);
        }
    }

    fn add(&mut self, drift: Drift) {
        if let Some(known) = self.drifts.get_mut(&drift.fingerprint) {
            known.absorb(drift);
        } else if self.has_room(drift.fingerprint, drift.count) {
            self.drifts.insert(drift.fingerprint, drift);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use bytes::Bytes;
    use http::{HeaderValue, Method};
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Moment;
    use crate::message::Request;
    use crate::pointer::Pointer;
    use crate::violation::{Place, Rule, Severity, Violation};

    fn exchange(target: &str, line: usize, item: &str) -> Exchange {
        let pointer = Pointer::from_escaped("/paths/~1a/get");
        let place = Place { file: "a.yaml".into(), line, column: 1, pointer };
        Exchange {
            id: 1,
            at: Moment(0),
            document: Some("a".into()),
            operation: Some("list".into()),
            request: Request::new(Method::GET, target),
            status: 400,
            reply: Bytes::new(),
            violations: vec![Violation::new(
                Rule::BodyInvalid,
                &["request", "body", item, "name"],
                "wrong",
                place,
            )],
            expected: Vec::new(),
            rules: Vec::new(),
            retry_after: None,
            ended: None,
            replay: None,
        }
    }

    /// A mistake in a property, made by a client.
    pub(in crate::drift) fn exchange_of(client: &str, property: &str) -> Exchange {
        let mut exchange = exchange("/a", 1, property);
        exchange.request.headers.insert("standin-client", HeaderValue::from_str(client).unwrap());
        exchange
    }

    #[test]
    fn equal_breaches_are_one_drift_whatever_the_line_and_the_index() {
        let ledger = Ledger::default();
        ledger.enter(&exchange("/a?token=secret", 5, "0"));
        ledger.enter(&exchange("/a", 9, "17"));
        let drifts = ledger.drifts();
        assert_eq!(drifts.len(), 1);
        assert_eq!((drifts[0].count, drifts[0].location.as_str()), (2, "request.body.*.name"));
        assert_eq!(drifts[0].sample.target, "/a");
        assert_eq!(ledger.counts(), Counts { exchanges: 2, judged: 2, violating: 2, unrecorded: 0 });
    }

    #[test]
    fn announced_breaches_are_no_drift() {
        let ledger = Ledger::default();
        let mut announced = exchange("/a", 1, "0");
        announced.expected.push(Rule::BodyInvalid);
        ledger.enter(&announced);
        assert!(ledger.drifts().is_empty());
        assert_eq!(ledger.counts().violating, 0);
    }

    /// An exchange of few operations, clients and mistakes, so that many are equal and some are only alike.
    fn exchanges() -> impl Strategy<Value = Vec<Exchange>> {
        let row = (0..12_u8, 0..60_u8, 0..4_u8, 0..3_usize, 0..3_u8, 0..1000_i64);
        prop::collection::vec(row, 0..150).prop_map(|rows| {
            let exchange = |(id, row): (u64, (u8, u8, u8, usize, u8, i64))| {
                let (property, client, target, line, severity, at) = row;
                let mut exchange = exchange_of(&format!("app/{client}"), &format!("p{property}"));
                (exchange.id, exchange.at) = (id, Moment(at));
                let target = ["/a", "/b", "/a?b=1", "/a?token=2"][usize::from(target)];
                exchange.request.path = target.to_owned();
                let violation = &mut exchange.violations[0];
                violation.place.line = line;
                violation.message = format!("wrong in line {line}");
                violation.severity =
                    [Severity::Info, Severity::Warning, Severity::Error][usize::from(severity)];
                exchange
            };
            (1..).zip(rows).map(exchange).collect()
        })
    }

    /// A ledger with room for few drifts.
    fn ledger(exchanges: &[Exchange]) -> Ledger {
        let book = Mutex::new(Book { most: 5, ..Book::default() });
        let ledger = Ledger { book, ..Ledger::default() };
        for exchange in exchanges {
            ledger.enter(exchange);
        }
        ledger
    }

    fn sum(ledgers: &[&Ledger]) -> Ledger {
        let whole = ledger(&[]);
        for one in ledgers {
            whole.absorb(one);
        }
        whole
    }

    fn told(ledger: &Ledger) -> (Counts, Vec<Drift>) {
        (ledger.counts(), ledger.drifts())
    }

    proptest! {
        #[test]
        fn ledgers_added_in_any_order_are_the_ledger_of_all_exchanges(
            exchanges in exchanges(),
            first in 0..150_usize,
            second in 0..150_usize,
        ) {
            let (first, second) = (first.min(exchanges.len()), second.min(exchanges.len()));
            let (first, second) = (first.min(second), first.max(second));
            let whole = told(&ledger(&exchanges));
            let [one, two, three] =
                [&exchanges[..first], &exchanges[first..second], &exchanges[second..]].map(ledger);
            prop_assert_eq!(&told(&sum(&[&one, &two, &three])), &whole);
            prop_assert_eq!(&told(&sum(&[&three, &one, &two])), &whole);
            prop_assert_eq!(&told(&sum(&[&one, &sum(&[&two, &three])])), &whole);
            let mut turned = exchanges;
            turned.reverse();
            prop_assert_eq!(&told(&ledger(&turned)), &whole);
        }
    }
}
