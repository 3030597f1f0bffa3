//! Reports added: in whatever order and grouping, the sum is the same.

use proptest::prelude::*;
use standin::drift::Entries;
use standin::report::{FailOn, Report};
use standin::violation::Severity;

use super::{report, written};

/// Some of the findings of the fixture, seen by other clients, other times and as often as it happens.
fn reports() -> impl Strategy<Value = Report> {
    let drift = (any::<bool>(), 1..1000_u64, 0..80_u8, any::<bool>(), 0..3_usize);
    (
        prop::collection::vec(drift, 4),
        prop::collection::vec(0..5_u64, 9),
        0..4_usize,
        any::<bool>(),
        any::<bool>(),
        prop_oneof![0..1000_u64, Just(u64::MAX)],
    )
        .prop_map(|(drifts, counts, severity, has_rule, is_recorded, exchanges)| {
            let mut report = report();
            for (drift, (is_there, count, client, is_accepted, telling)) in
                report.drifts.iter_mut().zip(drifts)
            {
                drift.count = if is_there { count } else { 0 };
                for number in 0..u64::from(client) % 37 {
                    drift.callers.insert(format!("app/{}", (number * 7 + count) % 50), number + 1);
                }
                while drift.callers.len() > 32 {
                    drift.other_callers += drift.callers.pop_last().unwrap().1;
                }
                drift.sessions = (0..client % 3).map(|number| (format!("run-{number}"), count)).collect();
                if is_accepted {
                    drift.accepted = drift.callers.keys().take(telling).cloned().collect();
                }
                drift.sample.exchange = count % 3;
                drift.message = format!("told in {telling} words");
                drift.first_seen = format!("2025-06-1{telling}T00:00:00.000Z");
                drift.last_seen = format!("2025-07-1{telling}T00:00:00.000Z");
                drift.expired = (client == 7).then(|| format!("2025-01-0{}", telling + 1));
            }
            report.drifts.retain(|drift| drift.count > 0);
            let points = report.coverage.iter_mut().flat_map(|document| &mut document.operations);
            for (operation, count) in points.zip(counts) {
                operation.count = count;
                operation.sessions = (0..count % 3).map(|number| (format!("run-{number}"), 1)).collect();
                for point in &mut operation.points {
                    point.count = count;
                    point.line += count as usize % 2;
                }
            }
            let severities = [None, Some(Severity::Info), Some(Severity::Warning), Some(Severity::Error)];
            report.fail_on = FailOn { severity: severities[severity], ..FailOn::never() };
            if has_rule {
                report.fail_on.rules.insert("parameter-unknown".into());
            }
            report.counts.exchanges = exchanges;
            let entries =
                |read| Entries { read, judged: read / 2, foreign: 1, in_part: read / 3, unreadable: 0 };
            report.entries = is_recorded.then(|| entries(exchanges));
            report
        })
}

fn sum(reports: &[&Report]) -> Report {
    Report::merged(reports.iter().map(|report| (*report).clone()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_associative_and_commutative(one in reports(), two in reports(), three in reports()) {
        let whole = written("json", &sum(&[&one, &two, &three]));
        for other in [
            sum(&[&sum(&[&one, &two]), &three]),
            sum(&[&one, &sum(&[&two, &three])]),
            sum(&[&three, &one, &two]),
            sum(&[&sum(&[&two, &one]), &three]),
        ] {
            prop_assert_eq!(&written("json", &other), &whole);
        }
        prop_assert_eq!(sum(&[&sum(&[&one])]), sum(&[&one]));
    }
}

#[test]
fn equal_drifts_are_one_and_counts_are_added() {
    let merged = sum(&[&report(), &report()]);
    let one = report();
    assert_eq!(merged.drifts.len(), one.drifts.len());
    assert_eq!(merged.counts.exchanges, 2 * one.counts.exchanges);
    for (both, single) in merged.drifts.iter().zip(&one.drifts) {
        assert_eq!(both.count, 2 * single.count, "{}", both.message);
        assert_eq!(both.sample, single.sample);
        assert_eq!(both.is_known(), single.is_known());
    }
    let count = |report: &Report| report.coverage[0].operations[1].count;
    assert_eq!(count(&merged), 2 * count(&one));
}

#[test]
fn what_became_of_recorded_traffic_is_added_and_told_where_people_look() {
    let entries =
        |read, judged, foreign, in_part, unreadable| Entries { read, judged, foreign, in_part, unreadable };
    let checked = report().of_entries(entries(5, 2, 1, 2, 0));
    let more = report().of_entries(entries(5, 4, 0, 0, 1));
    let both = sum(&[&checked, &more]);
    assert_eq!(both.entries, Some(entries(10, 6, 1, 2, 1)));
    let with_a_server = sum(&[&both, &report()]);
    let table = [
        (&checked, "5 read, 2 judged, 1 foreign, 2 in part, 5 violating"),
        (&both, "10 read, 6 judged, 1 foreign, 2 in part, 1 unreadable, 10 violating"),
        (&with_a_server, "15 read, 12 judged, 15 violating"),
        (&with_a_server, "of recorded traffic: 10 read, 6 judged, 1 foreign, 2 in part, 1 unreadable"),
        (&report(), "5 read, 4 judged, 5 violating"),
    ];
    for (report, expected) in table {
        for format in ["text", "markdown", "html", "github"] {
            let written = written(format, report).replace("&#58;", ":");
            assert!(written.contains(expected), "{format}: {expected}\n{written}");
        }
    }
    let json = serde_json::from_str::<serde_json::Value>(&written("json", &both)).unwrap();
    let expected =
        serde_json::json!({ "read": 10, "judged": 6, "foreign": 1, "in_part": 2, "unreadable": 1 });
    assert_eq!(json["entries"], expected);
    let sarif = serde_json::from_str::<serde_json::Value>(&written("sarif", &both)).unwrap();
    assert_eq!(sarif["runs"][0]["properties"]["entries"], expected);
}
