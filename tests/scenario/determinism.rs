//! Chance falls alike in every run: whatever the threads, their number and their order.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use standin::engine::{Options, SeedChoice};
use standin::seed::Seed;
use standin::server;

use super::{Play, script};
use crate::support::all_bundled;

const RULES: &str = "  - name: some fail\n    when: { document: packet, operation: findOrganizationById }\n    chance: 0.3\n    respond: { status: 404 }\n";
const CALLS: usize = 1000;

fn play(rules: &str, seed: u64) -> Play {
    let contracts = all_bundled();
    let script = script(rules, &contracts);
    let options = Options { seed: SeedChoice::Fixed(Seed(seed)), ..Options::default() };
    Play::of(contracts, vec![script], options)
}

/// The nth of distinct requests.
fn target(nth: usize) -> String {
    format!("/packet/organizations/00000000-0000-4000-8000-{nth:012}")
}

/// The requests that fail, made by so many threads, each taking the next one when it is free.
fn failing(play: &Play, threads: usize) -> BTreeSet<usize> {
    let (next, failed) = (Mutex::new(0..CALLS), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(nth) = next.lock().unwrap().next() else { break };
                    if play.get(&target(nth)).status == 404 {
                        failed.lock().unwrap().insert(nth);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

#[test]
fn the_same_requests_fail_in_every_run_and_with_any_number_of_threads() {
    let first = failing(&play(RULES, 7), 8);
    for threads in [8, 3, 1] {
        assert_eq!(failing(&play(RULES, 7), threads), first, "{threads} threads");
    }
    assert_ne!(failing(&play(RULES, 8), 8), first, "another seed hits others");
    // 1,000 draws of 0.3: four standard deviations, and the seeds are fixed.
    assert!((300 - 58..=300 + 58).contains(&first.len()), "{}", first.len());
}

/// A client that keeps its connection, and knows no more than where a reply ends.
struct Client(BufReader<TcpStream>);

impl Client {
    fn status(&mut self, target: &str, session: &str) -> u16 {
        let lines = format!("host: here\r\nx-auth-token: t\r\nstandin-session: {session}");
        write!(self.0.get_mut(), "GET {target} HTTP/1.1\r\n{lines}\r\n\r\n").unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        self.0.read_exact(&mut vec![0; length]).unwrap();
        status
    }
}

/// The requests of a session that fail, over eight connections to a server with so many threads.
fn failing_over_connections(threads: usize, session: &str) -> BTreeSet<usize> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let runtime = runtime.unwrap();
    let options = server::Options { port: 0, ..server::Options::default() };
    let listeners = runtime.block_on(server::bind(&options)).unwrap();
    let address = listeners.addresses()[0];
    let play = play(RULES, 7);
    let handler = move |request, _: &server::Connection| play.engine.answer(request);
    runtime.spawn(server::serve(listeners, Arc::new(handler), std::future::pending()));
    let (next, failed) = (Mutex::new(0..CALLS), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = Client(BufReader::new(TcpStream::connect(address).unwrap()));
                loop {
                    let Some(nth) = next.lock().unwrap().next() else { break };
                    if client.status(&target(nth), session) == 404 {
                        failed.lock().unwrap().insert(nth);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

#[test]
fn over_eight_connections_the_same_requests_fail_whatever_the_session_is_called() {
    let first = failing(&play(RULES, 7), 1);
    for (threads, session) in [(1, "run-1"), (1, "run-2"), (4, "run-1"), (4, "run-2"), (4, "run-2")] {
        assert_eq!(failing_over_connections(threads, session), first, "{threads} threads, `{session}`");
    }
}

#[test]
fn of_equal_calls_the_same_ordinals_fail_whatever_the_session_is_called() {
    let play = play(RULES, 7);
    let ordinals = |session: &str| -> Vec<usize> {
        let send = || super::with(super::request(http::Method::GET, &target(1)), "standin-session", session);
        (0..CALLS).filter(|_| play.send(send()).status == 404).collect()
    };
    let first = ordinals("run-1");
    assert!((300 - 58..=300 + 58).contains(&first.len()), "{}", first.len());
    assert_eq!(ordinals("run-2"), first);
    assert_ne!(ordinals("run-2"), first, "a session goes on where it was");
}

#[test]
fn observed_rates_are_told_beside_what_was_asked_for() {
    let play = play(RULES, 7);
    let failed = failing(&play, 4).len();
    let tally = &play.engine.sessions().default().scenarios().unwrap().tallies(play.engine.now())[0];
    assert_eq!((tally.tried, tally.fitted, tally.fired), (1000, 1000, failed as u64));
    assert_eq!((tally.configured, tally.observed()), (Some(0.3), Some(failed as f64 / 1000.0)));
    play.engine.sessions().default().reset();
    assert_eq!(play.engine.sessions().default().scenarios().unwrap().tallies(play.engine.now())[0].tried, 0);
}

#[test]
fn of_equal_calls_the_same_ordinals_fail() {
    let ordinals =
        |play: &Play| -> Vec<usize> { (0..CALLS).filter(|_| play.get(&target(1)).status == 404).collect() };
    let play = play(RULES, 7);
    let first = ordinals(&play);
    assert!((300 - 58..=300 + 58).contains(&first.len()), "{}", first.len());
    play.engine.sessions().default().reset();
    assert_eq!(ordinals(&play), first, "a reset starts over");
}

#[test]
fn equal_calls_of_many_threads_fail_as_often_as_one_after_the_other() {
    let count = |threads: usize| {
        let play = play(RULES, 7);
        let failed = Mutex::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let own = (0..400 / threads).filter(|_| play.get(&target(1)).status == 404).count();
                    *failed.lock().unwrap() += own;
                });
            }
        });
        failed.into_inner().unwrap()
    };
    assert_eq!(count(8), count(1));
}

#[test]
fn a_rule_keeps_its_draws_when_others_move_and_what_is_no_part_of_the_request_changes_none() {
    let first = failing(&play(RULES, 7), 1);
    let before = "  - name: another\n    when: { document: nethesis }\n    chance: 0.5\n    fault: reset\n";
    assert_eq!(failing(&play(&format!("{before}{RULES}"), 7), 1), first);
    let play = play(RULES, 7);
    let failed: BTreeSet<usize> = (0..CALLS)
        .filter(|nth| {
            let request = super::request(http::Method::GET, &target(*nth));
            play.send(super::with(request, "x-anything", &nth.to_string())).status == 404
        })
        .collect();
    assert_eq!(failed, first);
}

#[test]
fn injected_faults_are_drawn_alike_too() {
    let rules =
        "  - when: { document: packet }\n    chance: 0.5\n    delay: { uniform: { from: 1ms, to: 900ms } }\n";
    let delays = |play: &Play| -> Vec<u128> {
        (0..50)
            .map(|nth| play.get(&target(nth)).delivery.map_or(0, |delivery| delivery.delay.as_micros()))
            .collect()
    };
    let first = delays(&play(rules, 7));
    assert_eq!(delays(&play(rules, 7)), first);
    assert!(first.iter().collect::<BTreeSet<_>>().len() > 10, "{first:?}");
}
