//! Measures delays under load beside a bare hyper server that sleeps as long, in one run.
//!
//! `cargo bench --bench delay` keeps 2,000 requests that are delayed by 100 ms under way, alone and beside 32 connections
//! that ask for what is not delayed. Both servers are asked in turns, so that what else the machine does hits both alike;
//! the ratios are what counts. `-- --quick` takes shorter and fewer rounds. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

mod load;
mod sides;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use load::Round;

/// How long a delayed reply is held back.
const DELAY: Duration = Duration::from_millis(100);
/// How many delayed requests are under way.
const DELAYED: usize = 2000;
/// How many connections ask for what is not delayed.
const UNDELAYED: usize = 32;

/// A server under way; ended when dropped.
struct Side {
    process: Child,
    address: SocketAddr,
}

impl Side {
    /// Starts this program again as one of the sides.
    fn start(name: &str) -> Self {
        let program = std::env::current_exe().expect("this program knows its file");
        let mut process = Command::new(program)
            .arg(name)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can start itself");
        let stdout = process.stdout.take().expect("its output is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
        let address = line.trim().trim_start_matches("http://").parse().expect("it prints its URL");
        Self { process, address }
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        let _ = self.process.kill(); // it may have ended by itself
        let _ = self.process.wait();
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [side] = arguments.as_slice()
        && side.starts_with("--side-")
    {
        return sides::play(side);
    }
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let (rounds, time) = if is_quick { (2, 2) } else { (5, 4) };
    let time = Duration::from_secs(time);
    let sides = [Side::start("--side-standin"), Side::start("--side-bare")];
    for (title, undelayed) in [("delayed alone", 0), ("beside undelayed ones", UNDELAYED)] {
        let mut sums: [Vec<Round>; 2] = Default::default();
        for round in 0..=rounds {
            for turn in 0..2 {
                // Who goes first changes: neither always follows the other.
                let side = (round + turn) % 2;
                let measured = load::run(sides[side].address, DELAYED, undelayed, time);
                // The first round warms up.
                if round > 0 {
                    sums[side].push(measured);
                }
            }
        }
        println!("{DELAYED} requests delayed by {} ms, {title}", DELAY.as_millis());
        println!("{:24} {:>10} {:>10} {:>7}", "", "standin", "bare", "ratio");
        row("p50, ms", &sums, |round| round.percentile(50));
        row("p99, ms", &sums, |round| round.percentile(99));
        if undelayed > 0 {
            row("undelayed requests/s", &sums, |round| round.undelayed);
        }
        let failed: usize = sums.iter().flatten().map(|round| round.failed).sum();
        println!("{:24} {failed:>10}\n", "failed");
    }
}

fn row(name: &str, sums: &[Vec<Round>; 2], of: fn(&Round) -> f64) {
    let [ours, theirs] = sums.each_ref().map(|rounds| median(rounds.iter().map(of).collect()));
    let each = |rounds: &[Round]| -> Vec<String> {
        rounds.iter().map(|round| format!("{:.0}", of(round))).collect()
    };
    let rounds = sums.each_ref().map(|rounds| each(rounds).join(" "));
    println!("{name:24} {ours:10.1} {theirs:10.1} {:7.3}   {} | {}", ours / theirs, rounds[0], rounds[1]);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
