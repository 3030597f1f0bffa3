//! `html`: one page that needs nothing beside it: a table to sort and search, with samples, and what was exercised.

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, context};

use super::{Format, Report, place, seen, text};
use crate::drift::Drift;
use crate::text::harmless;

/// The format.
pub(super) const FORMAT: Format = Format { name: "html", media_type: "text/html; charset=utf-8", render };

/// The page; values are escaped where they are put in.
const PAGE: &str = include_str!("page.html");

fn render(report: &Report) -> String {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let values = context! {
        counts => text::counts(report),
        tool => format!("{} {}", report.tool.name, report.tool.version),
        drifts => report.drifts.iter().map(|drift| row(report, drift)).collect::<Vec<_>>(),
        documents => report.coverage.iter().map(|document| context! {
            name => harmless(&document.document),
            operations => document.operations.iter().map(|operation| context! {
                name => harmless(&operation.operation),
                request => harmless(&format!("{} {}", operation.method, operation.template)),
                count => operation.count,
                exercised => operation.points.iter().filter(|point| point.count > 0).count(),
                points => operation.points.len(),
            }).collect::<Vec<_>>(),
        }).collect::<Vec<_>>(),
    };
    let page = environment.render_named_str("page.html", PAGE, values);
    page.expect("the page is part of the program and has every value that it asks for")
}

fn row(report: &Report, drift: &Drift) -> Value {
    let sample = &drift.sample;
    context! {
        severity => drift.severity.word(),
        weight => drift.severity as u8,
        state => if drift.is_known() { "known" } else if report.is_failure(drift) { "failure" } else { "new" },
        message => harmless(&drift.message),
        operation => harmless(&[drift.document.as_str(), drift.operation.as_str()].join("/")),
        place => harmless(&place(drift)),
        pointer => harmless(&drift.pointer),
        count => drift.count,
        seen => harmless(&seen(drift)),
        first_seen => harmless(&drift.first_seen),
        last_seen => harmless(&drift.last_seen),
        request => harmless(&format!("{} {}", sample.method, sample.target)),
        status => sample.status,
        found => sample.found.as_deref().map(harmless),
        expected => sample.expected.as_deref().map(harmless),
        curl => sample.curl.as_deref().map(harmless),
        help => drift.help.as_deref().map(harmless),
        rule => harmless(&drift.rule),
        location => harmless(&drift.location),
        fingerprint => drift.fingerprint.to_string(),
        expired => drift.expired.as_deref().map(harmless),
    }
}
