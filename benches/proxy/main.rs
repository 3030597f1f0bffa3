//! Measures `standin proxy` beside a bare hyper proxy in front of the same upstream, in one run.
//!
//! `cargo bench --bench proxy` asks both in turns, so that what else the machine does hits both alike; the ratio of CPU
//! time for one request is what counts, aim: at most 1.3. `-- --quick` takes shorter and fewer rounds. Only Linux tells
//! the CPU time of a process. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

#[path = "../serve/child.rs"]
#[expect(dead_code, reason = "only some of what the other benchmark measures is measured here")]
mod child;
#[path = "../serve/document.rs"]
#[expect(dead_code, reason = "only some of what the other benchmark measures is measured here")]
mod document;
#[path = "../serve/load.rs"]
#[expect(dead_code, reason = "only some of what the other benchmark measures is measured here")]
mod load;
mod sides;

use std::time::Duration;

use child::Child;
use load::Load;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [side, port] = arguments.as_slice()
        && let Ok(port) = port.parse()
    {
        return sides::play(side, port);
    }
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let (rounds, round) =
        if is_quick { (5, Duration::from_millis(500)) } else { (15, Duration::from_secs(1)) };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let document = folder.path().join("organizations.yaml");
    std::fs::write(&document, document::DOCUMENT).expect("the temporary folder can be written");
    let path = document.display().to_string();

    let upstream = Child::own("--upstream", 0).expect("this program can start itself");
    let bare = Child::own("--bare", usize::from(upstream.address().port()));
    let bare = bare.expect("this program can start itself");
    let url = format!("http://{}", upstream.address());
    let ours = match Child::standin(&["proxy", "--upstream", &url, &path, "--port", "0"]) {
        Ok(ours) => ours,
        Err(reason) => return println!("standin does not serve: {reason}"),
    };
    println!(
        "{:26} {:>6}   {:>18}   {:>30}",
        "", "body", "requests/s (medians)", "proxy's CPU, us/request (medians)"
    );
    println!(
        "{:26} {:>6}   {:>8} {:>8}   {:>8} {:>8} {:>6}",
        "", "bytes", "standin", "bare", "standin", "bare", "ratio"
    );
    for case in &document::CASES {
        let loads = [&ours, &bare].map(|side| Load::new(side.address(), case));
        let [size, _] = [&loads[0], &loads[1]].map(|load| match load.one() {
            Ok(body) => body.len(),
            Err(reason) => panic!("{}: {reason}", case.name),
        });
        for load in &loads {
            load.run(round); // both are warm then
        }
        let mut measured = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (side, (child, load)) in [&ours, &bare].into_iter().zip(&loads).enumerate() {
                let before = child.cpu();
                let done = load.run(round);
                let cpu = child.cpu().saturating_sub(before).as_secs_f64() * 1e6;
                assert_eq!(done.failed, 0, "{}: unexpected replies", case.name);
                measured[side].push((done.rate(), cpu / done.requests as f64));
            }
        }
        let rate = |side: usize| median(measured[side].iter().map(|(rate, _)| *rate).collect());
        let cpu = |side: usize| median(measured[side].iter().map(|(_, cpu)| *cpu).collect());
        println!(
            "{:26} {size:6}   {:8.0} {:8.0}   {:8.2} {:8.2} {:6.2}",
            case.name,
            rate(0),
            rate(1),
            cpu(0),
            cpu(1),
            cpu(0) / cpu(1)
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
