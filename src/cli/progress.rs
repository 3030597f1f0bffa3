//! How far a long run has come, where somebody looks on.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the bar is drawn.
const PAUSE: Duration = Duration::from_millis(100);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes that are read.
    Bytes,
    /// Cases that are sent.
    Cases,
    /// Operations that cases are made of.
    Operations,
}

/// Does something and shows on a terminal how much of it is done meanwhile; `total` is `None` where nobody knows how much
/// there is.
pub fn shown<T>(unit: Unit, total: Option<u64>, done: &AtomicU64, run: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return run();
    }
    let template = match (unit, total) {
        (Unit::Bytes, Some(_)) => "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
        (Unit::Bytes, None) => "{spinner} {bytes}, {bytes_per_sec}",
        (Unit::Cases, Some(_)) => "{bar:40} {pos} of {len} cases, {per_sec}, {eta} left",
        (Unit::Cases, None) => "{spinner} {pos} cases, {per_sec}",
        (Unit::Operations, Some(_)) => "{bar:40} {pos} of {len} operations read",
        (Unit::Operations, None) => "{spinner} {pos} operations read",
    };
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                bar.set_position(done.load(Ordering::Relaxed));
                thread::park_timeout(PAUSE);
            }
            bar.finish_and_clear();
        });
        let outcome = run();
        is_over.store(true, Ordering::Relaxed);
        watcher.thread().unpark();
        outcome
    })
}
