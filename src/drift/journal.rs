//! The last exchanges, for looking at.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::tallies::{Filter, Kind, Tallies};
use crate::by_thread::ByThread;
use crate::clock::Moment;
use crate::exchange::{Ended, Exchange};
use crate::lock::locked;
use crate::message::Request;
use crate::violation::{Rule, Violation};

/// How many exchanges are kept at most.
const MOST: usize = 1000;
/// What part of them is let go at once where there is no room, and of the bytes.
const LET_GO: usize = 32;
/// How many bytes they may take together, unless it is said otherwise.
const HEAVIEST: usize = 2 * 1024 * 1024;
/// What is reckoned for a violation.
const VIOLATION: usize = 512;

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

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Entry>,
    /// For each entry: path, query, header lines, content and reply.
    bytes: VecDeque<u8>,
    tallies: Tallies,
}

/// An exchange without its bytes.
#[derive(Debug)]
struct Entry {
    /// Its number in the journal.
    number: u64,
    id: u64,
    at: Moment,
    document: Option<Arc<str>>,
    operation: Option<Arc<str>>,
    method: Method,
    status: u16,
    violations: Vec<Violation>,
    expected: Vec<Rule>,
    rules: Vec<Arc<str>>,
    retry_after: Option<i64>,
    ended: Option<Ended>,
    replay: Option<Box<str>>,
    path: usize,
    query: Option<usize>,
    headers: usize,
    body: usize,
    reply: usize,
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
            let first = |kept: &Kept| kept.entries.front().map_or(u64::MAX, |entry| entry.number);
            let oldest = parts.iter_mut().min_by_key(|kept| first(kept)).and_then(|kept| kept.pop());
            let Some(weight) = oldest else { break };
            self.forget(1, weight);
        }
        // Work may go from thread to thread, and what a part once held is room that another one needs now.
        for bytes in parts.iter_mut().map(|kept| &mut kept.bytes) {
            if bytes.len() < bytes.capacity() / 4 {
                bytes.shrink_to(bytes.capacity() / 2);
            }
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
            let weight = kept.entries.iter().map(Entry::weight).sum();
            self.forget(kept.entries.len(), weight);
            **kept = Kept::default();
        }
    }
}

impl Kept {
    fn push(&mut self, entry: Entry, exchange: &Exchange) {
        let Request { path, query, headers, body, .. } = &exchange.request;
        self.bytes.extend(path.as_bytes());
        self.bytes.extend(query.as_deref().unwrap_or_default().as_bytes());
        for (name, value) in headers {
            self.bytes.extend(name.as_str().as_bytes());
            self.bytes.push_back(b':');
            self.bytes.extend(value.as_bytes());
            self.bytes.push_back(b'\n');
        }
        self.bytes.extend(body.iter());
        self.bytes.extend(exchange.reply.iter());
        self.entries.push_back(entry);
    }

    /// Lets the oldest go; yields what it weighed.
    fn pop(&mut self) -> Option<usize> {
        let oldest = self.entries.pop_front()?;
        self.bytes.drain(..oldest.length());
        Some(oldest.weight())
    }

    /// The entry of this number.
    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let place = self.entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
        self.entries.get_mut(place)
    }

    /// Each entry, and where its bytes start.
    fn placed(&self) -> impl Iterator<Item = (&Entry, usize)> {
        self.entries.iter().scan(0, |start, entry| {
            let here = *start;
            *start += entry.length();
            Some((entry, here))
        })
    }

    fn exchange(&self, entry: &Entry, mut start: usize) -> Exchange {
        let mut next = |length: usize| {
            start += length;
            self.copy(start - length..start)
        };
        Exchange {
            id: entry.id,
            at: entry.at,
            document: entry.document.clone(),
            operation: entry.operation.clone(),
            request: Request {
                method: entry.method.clone(),
                path: text(&next(entry.path)),
                query: entry.query.map(|length| text(&next(length))),
                headers: headers(&next(entry.headers)),
                body: next(entry.body).into(),
            },
            status: entry.status,
            reply: next(entry.reply).into(),
            violations: entry.violations.clone(),
            expected: entry.expected.clone(),
            rules: entry.rules.clone(),
            retry_after: entry.retry_after,
            ended: entry.ended,
            replay: entry.replay.clone(),
        }
    }

    fn copy(&self, range: Range<usize>) -> Vec<u8> {
        self.bytes.range(range).copied().collect()
    }
}

impl Entry {
    fn of(exchange: &Exchange) -> Self {
        let Request { method, path, query, headers, body } = &exchange.request;
        Self {
            number: 0,
            id: exchange.id,
            at: exchange.at,
            document: exchange.document.clone(),
            operation: exchange.operation.clone(),
            method: method.clone(),
            status: exchange.status,
            violations: exchange.violations.clone(),
            expected: exchange.expected.clone(),
            rules: exchange.rules.clone(),
            retry_after: exchange.retry_after,
            ended: exchange.ended,
            replay: exchange.replay.clone(),
            path: path.len(),
            query: query.as_ref().map(String::len),
            headers: headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum(),
            body: body.len(),
            reply: exchange.reply.len(),
        }
    }

    /// How many of the bytes are its own.
    fn length(&self) -> usize {
        self.path + self.query.unwrap_or(0) + self.headers + self.body + self.reply
    }

    /// How much memory it takes, about.
    fn weight(&self) -> usize {
        let replay = self.replay.as_ref().map_or(0, |token| token.len());
        size_of::<Self>() + self.length() + replay + self.violations.len() * VIOLATION
    }
}

/// What was text before it was kept.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Header fields from lines of a name, a colon, a value and a line feed, none of which can stand in a name or value
/// (RFC 9110 5).
fn headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 1..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::delivery::Outcome;

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
