//! Reads traffic on one thread and works on it on many, in memory that does not grow with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::destination::Foreign;
use super::entries::{Entries, LARGEST_ENTRY, Next};
use super::observed::Nature;
use super::recorded::Recorded;
use super::source::{Form, Opened, Source, wrong};
use super::tally::Spot;
use super::{access_log, har, pact};

/// How many bytes of entries are handed over at once, about.
const BATCH: usize = 128 * 1024;
/// How many entries are handed over at once.
const MOST: usize = 1024;
/// How many batches may be under way for each thread.
const AHEAD: usize = 4;

/// What an entry says.
pub(super) enum Said {
    Exchange(Box<Recorded>, Nature),
    Foreign(Foreign),
    Unreadable(String),
}

/// An entry of traffic.
pub(super) struct Entry {
    /// Its number among all, counted from 1.
    pub(super) id: u64,
    pub(super) spot: Spot,
    pub(super) said: Said,
}

/// A source that could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Which of the sources, counted from 0.
    pub source: usize,
    /// Why.
    pub reason: String,
}

/// What the entries of a batch are written in.
#[derive(Clone, Copy)]
enum Format {
    Har,
    Exchange,
    AccessLog,
}

/// Entries on their way from the reader to who works on them.
struct Batch {
    /// The number of its first entry among all.
    first: u64,
    contents: Contents,
}

enum Contents {
    Raw { format: Format, bytes: Vec<u8>, entries: Vec<(Spot, Result<Range<usize>, String>)> },
    Read(Vec<(Spot, Said)>),
}

/// Does `work` on every entry, on so many threads, each with a state of its own that begins with `start`. What `work` adds to
/// the output of a batch is given to `fold` in the order of the entries. Gives the states, and which sources were not read
/// to their ends.
pub(super) fn run<S: Send, T: Default + Send>(
    sources: Vec<Source>,
    threads: usize,
    read: &Arc<AtomicU64>,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &mut T, Entry) + Sync,
    mut fold: impl FnMut(T),
) -> (Vec<S>, Vec<Stopped>) {
    let threads = threads.max(1);
    // A batch is only read when one that was read before is done with.
    let (done, is_allowed) = sync_channel(threads * AHEAD);
    for _ in 0..threads * AHEAD {
        let _ = done.send(());
    }
    let (batches, waiting) = sync_channel(threads * AHEAD);
    let waiting = Mutex::new(waiting);
    let (outputs, finished) = channel();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let reader = Reader { batches, is_allowed, next: 1, number: 0 };
            reader.run(sources, read)
        });
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (outputs, waiting, start, work) = (outputs.clone(), &waiting, &start, &work);
                scope.spawn(move || worker(waiting, &outputs, start(), work))
            })
            .collect();
        drop(outputs);
        // What is finished before its turn waits; no more than what may be under way.
        let (mut early, mut turn) = (BTreeMap::new(), 0_u64);
        for output in finished {
            let Some((number, output)) = output else { break };
            early.insert(number, output);
            while let Some(output) = early.remove(&turn) {
                fold(output);
                turn += 1;
                // Who has read all asks for no more.
                let _ = done.send(());
            }
        }
        drop(done);
        let states = workers.into_iter().map(joined).collect();
        (states, joined(reader))
    })
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Says that its thread panics, so that nobody waits for what it had at hand.
struct Alarm<'a, T>(&'a Sender<Option<(u64, T)>>);

impl<T> Drop for Alarm<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.0.send(None);
        }
    }
}

fn worker<S, T: Default>(
    waiting: &Mutex<Receiver<(u64, Batch)>>,
    outputs: &Sender<Option<(u64, T)>>,
    mut state: S,
    work: &impl Fn(&mut S, &mut T, Entry),
) -> S {
    let _alarm = Alarm(outputs);
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, batch)) = next else { return state };
        let mut output = T::default();
        let mut id = batch.first;
        let mut enter = |spot, said| {
            work(&mut state, &mut output, Entry { id, spot, said });
            id += 1;
        };
        match batch.contents {
            Contents::Read(entries) => entries.into_iter().for_each(|(spot, said)| enter(spot, said)),
            Contents::Raw { format, bytes, entries } => {
                for (spot, entry) in entries {
                    enter(spot, entry.map_or_else(Said::Unreadable, |range| said(format, &bytes[range])));
                }
            }
        }
        if outputs.send(Some((number, output))).is_err() {
            return state;
        }
    }
}

fn said(format: Format, bytes: &[u8]) -> Said {
    let read = match format {
        Format::Har => har::read(bytes),
        Format::Exchange => serde_json::from_slice(bytes).map_err(|error| wrong(&error)),
        Format::AccessLog => access_log::read(bytes),
    };
    match read {
        Ok(recorded) => Said::Exchange(Box::new(recorded), Nature::Seen),
        Err(reason) => Said::Unreadable(reason),
    }
}

/// Reads one source after the other into batches.
struct Reader {
    batches: SyncSender<(u64, Batch)>,
    is_allowed: Receiver<()>,
    /// The number of the next entry.
    next: u64,
    /// The number of the next batch.
    number: u64,
}

impl Reader {
    fn run(mut self, sources: Vec<Source>, read: &Arc<AtomicU64>) -> Vec<Stopped> {
        let mut stopped = Vec::new();
        for (index, source) in sources.into_iter().enumerate() {
            let outcome = source.open(read).and_then(|opened| match opened {
                None => Ok(()),
                Some(Opened { form: Form::Har, reader }) => self.har(index, Entries::new(reader)),
                Some(Opened { form: Form::Lines, reader }) => self.lines(index, Entries::new(reader)),
                Some(Opened { form: Form::Pact, reader }) => self.pact(index, reader),
            });
            if let Err(reason) = outcome {
                stopped.push(Stopped { source: index, reason });
            }
        }
        stopped
    }

    fn send(&mut self, contents: Contents) -> Result<(), String> {
        let count = match &contents {
            Contents::Raw { entries, .. } => entries.len(),
            Contents::Read(entries) => entries.len(),
        };
        if count == 0 {
            return Ok(());
        }
        let batch = Batch { first: self.next, contents };
        if self.is_allowed.recv().is_err() || self.batches.send((self.number, batch)).is_err() {
            return Err("the program failed".to_owned());
        }
        self.next += count as u64;
        self.number += 1;
        Ok(())
    }

    fn har(&mut self, source: usize, mut entries: Entries<impl std::io::BufRead>) -> Result<(), String> {
        if !entries.enter_har()? {
            return Err("it has no `log.entries`, which every HAR has".to_owned());
        }
        self.each(source, Some(Format::Har), |bytes| {
            let before = bytes.len();
            let next = entries.element(bytes);
            (entries.offset() - (bytes.len() - before) as u64, next)
        })?;
        entries.leave_har()
    }

    fn lines(&mut self, source: usize, mut entries: Entries<impl std::io::BufRead>) -> Result<(), String> {
        self.each(source, None, |bytes| (entries.offset(), entries.line(bytes)))
    }

    /// Takes entries until there are none, batch by batch. What lines are written in is seen by the first that can be read.
    fn each(
        &mut self,
        source: usize,
        mut format: Option<Format>,
        mut next: impl FnMut(&mut Vec<u8>) -> (u64, Result<Next, String>),
    ) -> Result<(), String> {
        let mut number = 0;
        loop {
            let (mut bytes, mut entries) = (Vec::with_capacity(BATCH * 2), Vec::new());
            let mut outcome = Ok(Next::Entry);
            while bytes.len() < BATCH && entries.len() < MOST {
                let start = bytes.len();
                let (offset, found) = next(&mut bytes);
                outcome = found;
                let entry = match &outcome {
                    Ok(Next::Entry) => Ok(start..bytes.len()),
                    Ok(Next::TooLarge) => Err(format!("it has more than {} MiB", LARGEST_ENTRY >> 20)),
                    Ok(Next::End) | Err(_) => break,
                };
                number += 1;
                if entry.is_ok() && bytes[start..].trim_ascii().is_empty() {
                    continue;
                }
                format = format.or_else(|| format_of(&bytes[start..]));
                entries.push((Spot { source, number, offset }, entry));
            }
            let contents = Contents::Raw { format: format.unwrap_or(Format::Exchange), bytes, entries };
            self.send(contents)?;
            if outcome? == Next::End {
                return Ok(());
            }
        }
    }

    fn pact(&mut self, source: usize, reader: impl std::io::Read) -> Result<(), String> {
        let said = pact::read(reader)?.into_iter().map(|interaction| match interaction {
            Ok(Ok(recorded)) => Said::Exchange(recorded, Nature::Expected),
            Ok(Err(foreign)) => Said::Foreign(foreign),
            Err(reason) => Said::Unreadable(reason),
        });
        let spots = (1..).map(|number| Spot { source, number, offset: 0 });
        let entries: Vec<(Spot, Said)> = spots.zip(said).collect();
        self.send(Contents::Read(entries))
    }
}

/// What a line is written in: one of our own format tells its request by a URL. `None` if it is nothing that is known.
fn format_of(line: &[u8]) -> Option<Format> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(rename = "request")]
        _request: Request,
    }
    #[derive(Deserialize)]
    struct Request {
        #[serde(rename = "url")]
        _url: IgnoredAny,
    }
    if serde_json::from_slice::<Line>(line).is_ok() {
        return Some(Format::Exchange);
    }
    access_log::read(line).is_ok().then_some(Format::AccessLog)
}
