//! Files that are watched through their folders: what is replaced by rename, deleted or not there yet is noticed, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::seed::Seed;

/// How long nothing has to happen until a burst of saves is over.
const QUIET: Duration = Duration::from_millis(100);
/// How many times that is waited for: where something happens all the time, it is looked all the same.
const MOST_WAITS: usize = 20;

/// Files, and what they held when they were last looked at.
pub(super) struct Files {
    watcher: RecommendedWatcher,
    wakes: Receiver<()>,
    folders: BTreeSet<PathBuf>,
    known: BTreeMap<PathBuf, Content>,
    interest: Arc<Mutex<Interest>>,
}

/// What a file holds, as a number; `None` if it is not there or can't be read.
pub(super) type Content = Option<u64>;

/// What of all that happens in the folders matters.
#[derive(Default)]
struct Interest {
    /// Folders in which everything does: a link in it may be part of a file's path.
    folders: BTreeSet<PathBuf>,
    /// The files, and all folders above them.
    paths: BTreeSet<PathBuf>,
}

impl Interest {
    fn is_in(&self, event: &notify::Event) -> bool {
        let is_written = event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write));
        let is_reading = event.kind.is_access() && !is_written;
        let matters = |path: &PathBuf| {
            self.paths.contains(path) || path.parent().is_some_and(|folder| self.folders.contains(folder))
        };
        // Our own reading is no change. What is told without a path may be about any.
        !is_reading && (event.paths.is_empty() || event.paths.iter().any(matters))
    }
}

/// Wakes the watching thread.
pub(super) struct Waker(Sender<()>);

impl Waker {
    pub(super) fn wake(&self) {
        let _ = self.0.send(()); // who has ended need not wake
    }
}

impl Files {
    /// Watches nothing yet. An error says why the operating system does not let us.
    pub(super) fn new() -> Result<(Self, Waker), String> {
        let (sender, wakes) = channel();
        let waker = Waker(sender.clone());
        let interest: Arc<Mutex<Interest>> = Arc::default();
        let of_watcher = Arc::clone(&interest);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let interest = of_watcher.lock().unwrap_or_else(PoisonError::into_inner);
            // What can't be told may have been a change.
            if event.map_or(true, |event| interest.is_in(&event)) {
                let _ = sender.send(()); // nobody listens any more: the server stops
            }
        });
        let watcher = watcher.map_err(|error| error.to_string())?;
        let (folders, known) = (BTreeSet::new(), BTreeMap::new());
        Ok((Self { watcher, wakes, folders, known, interest }, waker))
    }

    /// Watches these files and no others, with what was read of them; those that were not read, as they were last looked at,
    /// else as they are now.
    pub(super) fn keep(&mut self, files: BTreeMap<PathBuf, Content>) {
        let before = std::mem::take(&mut self.known);
        let now = |path: &PathBuf| before.get(path).copied().unwrap_or_else(|| content(path));
        self.known = files
            .into_iter()
            .map(|(path, read)| {
                let content = read.or_else(|| now(&path));
                (path, content)
            })
            .collect();
    }

    /// Watches the folders as they are now: one that was made anew is another one. An error names one that can't be watched.
    pub(super) fn watch_folders(&mut self) -> Result<(), String> {
        for folder in std::mem::take(&mut self.folders) {
            let _ = self.watcher.unwatch(&folder); // it may be gone
        }
        self.folders = self.known.keys().flat_map(|path| folders_of(path)).collect();
        *self.interest.lock().unwrap_or_else(PoisonError::into_inner) = Interest {
            folders: self.known.keys().filter_map(|path| path.parent().map(Path::to_owned)).collect(),
            paths: self.known.keys().flat_map(|path| path.ancestors().map(Path::to_owned)).collect(),
        };
        for folder in &self.folders {
            self.watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .map_err(|error| format!("`{}`: {error}", folder.display()))?;
        }
        Ok(())
    }

    /// The files that hold something else than when they were last looked at.
    pub(super) fn changed(&mut self) -> BTreeSet<PathBuf> {
        let mut changed = BTreeSet::new();
        for (path, known) in &mut self.known {
            let now = content(path);
            if *known != now {
                *known = now;
                changed.insert(path.clone());
            }
        }
        changed
    }

    /// Waits until something has happened and a burst of it is over.
    pub(super) fn wait(&self) {
        let _ = self.wakes.recv(); // without a watcher nothing happens any more
        self.wait_for_quiet();
    }

    /// Waits until a burst is over.
    pub(super) fn wait_for_quiet(&self) {
        for _ in 0..MOST_WAITS {
            if self.wakes.recv_timeout(QUIET).is_err() {
                return;
            }
            while self.wakes.try_recv().is_ok() {}
        }
    }
}

/// The folder of a file and the one above it, or what there is of them: a folder can come and go like a file.
fn folders_of(path: &Path) -> impl Iterator<Item = PathBuf> {
    let there = path.ancestors().skip(1).filter(|folder| folder.is_dir());
    there.take(2).map(Path::to_owned)
}

fn content(path: &Path) -> Content {
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !is_file {
        return None;
    }
    std::fs::read(path).ok().map(|bytes| number(&bytes))
}

/// A number for what a file holds. A mark of the byte order says nothing.
pub(super) fn number(bytes: &[u8]) -> u64 {
    Seed(0).mix(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).0
}
