//! A server as a child process: started, watched through `/proc`, and ended by its id.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The clock ticks a second in `/proc/PID/stat`: 100 on every Linux that a user meets (`USER_HZ`).
const TICKS: f64 = 100.0;

/// A server under way; ended when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    address: SocketAddr,
    /// How long it took from the launch to the ready line.
    pub(crate) ready_after: Duration,
}

impl Child {
    /// Starts this program again as one of the sides that it plays itself.
    pub(crate) fn own(side: &str, size: usize) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        Self::start(Command::new(program).arg(side).arg(size.to_string()))
    }

    /// Starts the real `standin` in a folder without settings.
    pub(crate) fn standin(arguments: &[&str]) -> Result<Self, String> {
        Self::program(env!("CARGO_BIN_EXE_standin"), arguments)
    }

    /// Starts another build of it.
    pub(crate) fn program(file: &str, arguments: &[&str]) -> Result<Self, String> {
        let folder = std::env::temp_dir();
        Self::start(Command::new(file).args(arguments).current_dir(folder))
    }

    fn start(command: &mut Command) -> Result<Self, String> {
        let begin = Instant::now();
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut line = String::new();
        let read = process.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
        let ready_after = begin.elapsed();
        let url = line.trim();
        match url.strip_prefix("http://").and_then(|address| address.trim_end_matches('/').parse().ok()) {
            Some(address) if matches!(read, Some(Ok(_))) => Ok(Self { process, address, ready_after }),
            _ => {
                let _ = process.kill(); // it may have ended by itself
                let _ = process.wait();
                Err(format!("printed `{url}` in place of its URL"))
            }
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The CPU time that it has used; zero where `/proc` does not tell.
    pub(crate) fn cpu(&self) -> Duration {
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())) else {
            return Duration::ZERO;
        };
        // the name in parentheses may hold spaces; `utime` and `stime` are the 14th and 15th field of all
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        Duration::from_secs_f64(ticks / TICKS)
    }

    /// Its resident memory in MB, if `/proc` tells.
    pub(crate) fn resident(&self) -> Option<f64> {
        self.status("VmRSS:")
    }

    /// A size in MB that `/proc/PID/status` tells under a name.
    pub(crate) fn status(&self, name: &str) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill(); // it may have ended by itself
        let _ = self.process.wait();
    }
}
