//! The last exchanges, for looking at.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use super::kept::{Entry, Kept};
use super::tallies::{Filter, Kind};
use crate::by_thread::ByThread;
use crate::exchange::{Ended, Exchange};
use crate::lock::locked;

/// How many exchanges are kept at most.
const MOST: usize = 1000;
/// What part of them is let go at once where there is no room, and of the bytes.
const LET_GO: usize = 32;
/// How many bytes they may take together, unless it is said otherwise.
const HEAVIEST: usize = 2 * 1024 * 1024;

/// The last exchanges, oldest first; bounded in number and in bytes.
///
/// Their bytes are copied into rings: kept as they came, each would hold on to the buffers it was read into and written
/// from, and every following exchange would be made in memory that has gone cold.
#[derive(Debug)]
pub struct Journal {
    kept: ByThread<Mutex<Kept>>,
    /// How many exchanges were added, in all parts together: the number of the next one.
    added: AtomicU64,
    /// How many of them are there no longer.
    gone: AtomicU64,
    /// How many bytes those take that are kept.
    weight: AtomicUsize,
    /// How many they may take.
    heaviest: usize,
}

impl Default for Journal {
    fn default() -> Self {
        Self::with_room(HEAVIEST)
    }
}

impl Journal {
    /// A journal whose exchanges may take so many bytes together.
    pub fn with_room(heaviest: usize) -> Self {
        let (added, gone, weight) = Default::default();
        Self { kept: ByThread::default(), added, gone, weight, heaviest }
    }

    /// Adds an exchange and lets the oldest go where there is no room. Yields its number here; `None` if it is too heavy to
    /// be kept.
    pub fn add(&self, exchange: &Exchange) -> Option<u64> {
        let mut entry = Entry::of(exchange);
        let weight = entry.weight();
        let mut kept = locked(self.kept.own());
        kept.tallies.add(exchange);
        if weight > self.heaviest / 4 {
            return None;
        }
        // While this part is held, so that its numbers ascend, and nobody forgets what is not in account.
        let number = self.added.fetch_add(1, Ordering::Relaxed);
        let is_heavy = self.weight.fetch_add(weight, Ordering::Relaxed) + weight > self.heaviest;
        entry.number = number;
        kept.push(entry, exchange);
        drop(kept);
        if is_heavy || number.saturating_sub(self.gone.load(Ordering::Relaxed)) >= MOST as u64 {
            self.let_go();
        }
        Some(number)
    }

    /// Lets the oldest go, and some more: to look at all parts is not worth the while for a single one.
    fn let_go(&self) {
        let mut parts = self.parts();
        let added = self.added.load(Ordering::Relaxed);
        let is_too_much = || {
            let weight = self.weight.load(Ordering::Relaxed);
            let count = added.saturating_sub(self.gone.load(Ordering::Relaxed));
            weight > self.heaviest - self.heaviest / LET_GO || count > (MOST - MOST / LET_GO) as u64
        };
        while is_too_much() {
            let first = parts.iter_mut().min_by_key(|kept| kept.first().unwrap_or(u64::MAX));
            let oldest = first.and_then(|kept| kept.pop());
            let Some(weight) = oldest else { break };
            self.forget(1, weight);
        }
        for kept in &mut parts {
            kept.trim();
        }
    }

    /// Takes out of account what is let go.
    fn forget(&self, count: usize, weight: usize) {
        self.gone.fetch_add(count as u64, Ordering::Relaxed);
        self.weight.fetch_sub(weight, Ordering::Relaxed);
    }

    /// All parts at one moment.
    fn parts(&self) -> Vec<MutexGuard<'_, Kept>> {
        self.kept.all().map(locked).collect()
    }

    /// Notes how the reply of an exchange ended, by its number here, if it is still kept, and by what it was counted as.
    pub fn settle(&self, number: Option<u64>, under_way: &Kind, ended: Ended) {
        let mut parts = self.parts();
        // Those of one kind are the same, whichever part they were counted in.
        let _ = parts.iter_mut().any(|kept| kept.tallies.settle(under_way, ended.outcome));
        let entry = number.and_then(|number| parts.iter_mut().find_map(|kept| kept.entry(number)));
        if let Some(entry) = entry {
            entry.ended = Some(ended);
        }
    }

    /// The exchanges that are kept, oldest first.
    pub fn all(&self) -> Vec<Exchange> {
        let parts = self.parts();
        let placed = parts.iter().flat_map(|kept| kept.placed().map(move |placed| (kept, placed)));
        let mut placed: Vec<_> = placed.collect();
        placed.sort_unstable_by_key(|(_, (entry, _))| entry.number);
        placed.into_iter().map(|(kept, (entry, start))| kept.exchange(entry, start)).collect()
    }

    /// The exchange of this number, if it is still kept.
    pub fn find(&self, id: u64) -> Option<Exchange> {
        self.parts().iter().find_map(|kept| {
            let (entry, start) = kept.placed().find(|(entry, _)| entry.id == id)?;
            Some(kept.exchange(entry, start))
        })
    }

    /// How many exchanges were added that are meant, those that are no longer kept included.
    pub fn count(&self, filter: &Filter) -> u64 {
        self.parts().iter().map(|kept| kept.tallies.count(filter)).sum()
    }

    /// Forgets all.
    pub fn clear(&self) {
        for kept in &mut self.parts() {
            let (count, weight) = kept.size();
            self.forget(count, weight);
            **kept = Kept::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderValue, Method};

    use super::*;
    use crate::clock::Moment;
    use crate::delivery::Outcome;
    use crate::message::Request;

    fn exchange(id: u64, target: &str, reply: Vec<u8>) -> Exchange {
        let mut request = Request::new(Method::POST, target);
        request.headers.append("accept", HeaderValue::from_static("a/b"));
        request.headers.append("accept", HeaderValue::from_bytes(b"c:\xff").unwrap());
        request.body = Bytes::from_static(b"{}");
        let (document, operation) = (Some("a".into()), Some("list".into()));
        let (violations, expected, rules) = (Vec::new(), Vec::new(), vec!["a/b".into()]);
        Exchange {
            id,
            at: Moment(7),
            document,
            operation,
            request,
            status: 503,
            reply: reply.into(),
            violations,
            expected,
            rules,
            retry_after: Some(2000),
            ended: None,
            replay: Some("token".into()),
        }
    }

    #[test]
    fn what_was_added_is_found_as_it_was() {
        let journal = Journal::default();
        for (id, target) in (1..).zip(["/", "/a?", "/a?b=%20&c"]) {
            journal.add(&exchange(id, target, vec![id as u8; 3]));
        }
        for (id, target) in (1..).zip(["/", "/a?", "/a?b=%20&c"]) {
            let (found, made) = (journal.find(id).unwrap(), exchange(id, target, vec![id as u8; 3]));
            assert_eq!(format!("{found:?}"), format!("{made:?}"));
        }
        assert_eq!(journal.all().len(), 3);
        journal.clear();
        assert!(journal.find(1).is_none());
    }

    #[test]
    fn the_oldest_go_where_there_is_no_room() {
        let journal = Journal::default();
        for id in 0..3 * MOST as u64 {
            journal.add(&exchange(id, "/a", vec![id as u8; (id % 7) as usize]));
        }
        let all = journal.all();
        assert!((MOST - MOST / LET_GO..=MOST).contains(&all.len()), "{}", all.len());
        let ids: Vec<u64> = all.iter().map(|one| one.id).collect();
        let last = 3 * MOST as u64;
        assert!(ids.into_iter().eq(last - all.len() as u64..last));
        assert!(all.iter().all(|one| one.reply == vec![one.id as u8; (one.id % 7) as usize]));
        for id in 0..100 {
            journal.add(&exchange(id, "/a", vec![id as u8; HEAVIEST / 10]));
        }
        let all = journal.all();
        assert_eq!((all.len(), all[8].id), (9, 99));
        journal.add(&exchange(100, "/a", vec![0; HEAVIEST]));
        assert_eq!(journal.all().len(), 9, "too heavy to be kept, and no reason to forget the others");
        let bytes = journal.parts().iter().map(|kept| kept.bytes.len()).sum::<usize>();
        assert_eq!(bytes, all.iter().map(length).sum::<usize>());
    }

    #[test]
    fn what_threads_add_together_is_kept_in_one_order_and_bounded() {
        let journal = Journal::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let journal = &journal;
                scope.spawn(move || {
                    crate::by_thread::be(thread);
                    for count in 0..MOST as u64 {
                        let id = count * 4 + thread as u64;
                        journal.add(&exchange(id, "/a", vec![id as u8; 3]));
                    }
                });
            }
        });
        let all = journal.all();
        assert!((MOST - MOST / LET_GO..=MOST).contains(&all.len()), "{}", all.len());
        assert!(all.iter().all(|one| one.reply == vec![one.id as u8; 3]));
        for thread in 0..4 {
            let ids = all.iter().map(|one| one.id).filter(|id| id % 4 == thread);
            assert!(ids.is_sorted(), "what one thread added later stands later");
        }
        assert_eq!(journal.count(&Filter::default()), 4 * MOST as u64);
        journal.clear();
        assert_eq!((journal.all().len(), journal.count(&Filter::default())), (0, 0));
        assert_eq!(journal.weight.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_under_way_is_settled_while_it_is_kept() {
        let (journal, ended) =
            (Journal::default(), Ended { outcome: Outcome::Reset { sent: 3 }, at: Moment(9) });
        let first = journal.add(&exchange(1, "/a", Vec::new())).unwrap();
        for id in 2..=MOST as u64 + 1 {
            journal.add(&exchange(id, "/a", Vec::new()));
        }
        let last = journal.add(&exchange(0, "/a", Vec::new())).unwrap();
        let under_way = Kind::of(&exchange(0, "/a", Vec::new()));
        journal.settle(Some(first), &under_way, ended); // it was let go
        journal.settle(Some(last), &under_way, ended);
        let settled: Vec<u64> =
            journal.all().iter().filter(|one| one.ended == Some(ended)).map(|one| one.id).collect();
        assert_eq!(settled, [0]);
        let reset = Filter { outcome: Some("reset".into()), ..Filter::default() };
        let counts = [&reset, &Filter::default()].map(|filter| journal.count(filter));
        assert_eq!(counts, [2, MOST as u64 + 2], "what was let go is counted all the same");
        journal.clear();
        assert_eq!(journal.count(&Filter::default()), 0);
        journal.add(&exchange(7, "/a", Vec::new()));
        journal.settle(Some(last), &under_way, ended);
        assert_eq!(journal.find(7).unwrap().ended, None, "another one has its place");
    }

    fn length(exchange: &Exchange) -> usize {
        Entry::of(exchange).length()
    }
}
