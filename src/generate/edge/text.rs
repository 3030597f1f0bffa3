//! What is special about texts: the shortest, the longest, and those beyond ASCII that a schema allows.

use serde_json::Value;

use super::place::Deviation;
use super::{LONG, LONGEST, constraints, pattern};
use crate::generate::Plan;
use crate::generate::compile::accepts;
use crate::generate::format;
use crate::generate::node::Slot;
use crate::generate::pattern::Pattern;
use crate::generate::string::{Limits, TextNode};
use crate::seed::Seed;

/// How many values of a format are compared.
const SAMPLES: usize = 40;
/// A text beyond ASCII has so many characters where it can.
const FOREIGN: usize = 24;

/// Characters of several scripts, of two, three and four bytes: with spaces, without, and letters only.
const SCRIPTS: [&str; 3] = [
    "Zoë Łukasz 東京都 Ñandú Ωμέγα Привет 🚀 ",
    "ZoëŁukasz東京都ÑandúΩμέγαПривет🚀",
    "žluťoučkýůňésřčíáñßæø",
];
/// Texts of formats that go beyond ASCII.
const FOREIGN_FORMATS: [(&str, &str); 4] = [
    ("idn-email", "zoë@bücher.example"),
    ("idn-hostname", "bücher.example"),
    ("iri", "https://bücher.example/東京"),
    ("iri-reference", "/東京/ñandú"),
];
/// The first and the last values of formats for times.
const TIMES: [(&str, [&str; 2]); 3] = [
    ("date-time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999+00:00"]),
    ("date", ["0001-01-01", "9999-12-31"]),
    ("time", ["00:00:00Z", "23:59:59.999999Z"]),
];

/// What is special about the texts of a node, each with its name.
pub(super) fn edges(plan: &Plan, slot: &Slot, node: &TextNode) -> Vec<(Deviation, String)> {
    let flat = constraints(plan, slot);
    let limits = Limits::of(&flat);
    let validators: Vec<_> = slot
        .parts
        .iter()
        .filter_map(|pointer| plan.schemas.validator(pointer, plan.direction).ok())
        .collect();
    let fits = |text: &str| {
        let length = text.chars().count();
        (limits.shortest..=limits.longest).contains(&length)
            && accepts(&validators, &Value::String(text.to_owned()))
    };
    let mut edges = if limits.patterns.is_empty() && limits.formats.is_empty() && !limits.strange {
        free(&limits)
    } else {
        bound(&limits, node, &fits)
    };
    if let Some(text) = foreign(&limits, &fits) {
        edges.push((Deviation::Value(text.into()), "non-ASCII".to_owned()));
    }
    edges
}

/// Of texts that only have a length.
fn free(limits: &Limits<'_>) -> Vec<(Deviation, String)> {
    let mut edges = Vec::new();
    if limits.shortest == 0 {
        edges.push((Deviation::Words(0), "empty".to_owned()));
    } else if limits.shortest < limits.longest {
        edges.push((Deviation::Words(limits.shortest), told("shortest", limits.shortest)));
    }
    let long = if limits.longest == usize::MAX { LONG } else { limits.longest.min(LONGEST) };
    if long > limits.shortest {
        let what = if long == limits.longest { "longest" } else { "long" };
        edges.push((Deviation::Words(long), told(what, long)));
    }
    edges
}

/// Of texts that have a form, too: the shortest and the longest that are found.
fn bound(limits: &Limits<'_>, node: &TextNode, fits: &dyn Fn(&str) -> bool) -> Vec<(Deviation, String)> {
    let mut edges = Vec::new();
    let times = TIMES.iter().filter(|(format, _)| limits.formats.contains(format));
    for (text, what) in times.flat_map(|(_, ends)| ends.iter().zip(["earliest", "latest"])) {
        if fits(text) {
            edges.push((Deviation::Value((*text).into()), format!("{what} {text}")));
        }
    }
    if !edges.is_empty() {
        return edges;
    }
    let mut texts: Vec<(usize, String)> = made(limits, node)
        .into_iter()
        .filter(|text| fits(text))
        .map(|text| (text.chars().count(), text))
        .collect();
    texts.sort();
    let (Some((least, shortest)), Some((most, longest))) = (texts.first(), texts.last()) else {
        return edges;
    };
    if least == most {
        return edges;
    }
    let (low, high) = pattern::bounds(limits);
    let short = if *least == low { "shortest" } else { "short" };
    let long = if *most == high { "longest" } else { "long" };
    let name = if *least == 0 { "empty".to_owned() } else { told(short, *least) };
    edges.push((Deviation::Value(shortest.as_str().into()), name));
    edges.push((Deviation::Value(longest.as_str().into()), told(long, *most)));
    edges
}

/// Texts of the formats and patterns, among them short and long ones.
fn made(limits: &Limits<'_>, node: &TextNode) -> Vec<String> {
    let mut random = Seed(0x6564_6765).random();
    let mut texts = node.sample(SAMPLES);
    texts.push(String::new());
    for writer in limits.formats.iter().filter_map(|format| format::writer(format)) {
        for _ in 0..SAMPLES {
            let mut out = Vec::new();
            writer(&mut random, &mut out);
            texts.extend(String::from_utf8(out));
        }
    }
    for format in &limits.formats {
        texts.extend(long_of(format, limits.longest.min(LONG)));
    }
    for pattern in limits.patterns.iter().filter_map(|pattern| Pattern::parse(pattern, limits.shortest)) {
        texts.push(pattern::shortest(&pattern, limits.shortest, &mut random));
        texts.push(pattern::longest(&pattern, limits.longest.min(LONG), &mut random));
    }
    texts
}

/// A long text of a format whose length is open.
fn long_of(format: &str, longest: usize) -> Option<String> {
    let filled = |start: &str, end: &str, longest: usize| {
        let room = longest.checked_sub(start.len() + end.len())?;
        Some(format!("{start}{}{end}", "a".repeat(room)))
    };
    match format {
        // RFC 5321 4.5.3.1.1: 64 octets before the `@`.
        "email" | "idn-email" => filled("", "@example.com", longest.min(64 + 12)),
        "uri" | "url" | "iri" => filled("https://example.com/", "", longest),
        "uri-reference" | "iri-reference" | "json-pointer" => filled("/", "", longest),
        // RFC 1035 2.3.4: 63 octets a label.
        "hostname" | "idn-hostname" => filled("", ".example.com", longest.min(63 + 12)),
        "password" => filled("Aa1!", "", longest),
        _ => None,
    }
}

/// A text beyond ASCII, if one fits.
fn foreign(limits: &Limits<'_>, fits: &dyn Fn(&str) -> bool) -> Option<String> {
    let formats = limits.formats.iter().filter(|format| **format != "password");
    if formats.clone().next().is_some() {
        let known = FOREIGN_FORMATS.iter().filter(|(format, _)| formats.clone().any(|found| found == format));
        return known.map(|(_, text)| (*text).to_owned()).find(|text| fits(text));
    }
    let length = FOREIGN.min(limits.longest).max(limits.shortest).min(LONGEST);
    let cut = |script: &str| {
        let text: String = script.chars().cycle().take(length).collect();
        // Spaces at the end are lost too easily to be worth a question.
        if text.ends_with(' ') { format!("{}ß", &text[..text.len() - 1]) } else { text }
    };
    if length == 0 {
        return None;
    }
    SCRIPTS.iter().map(|script| cut(script)).find(|text| fits(text))
}

fn told(what: &str, length: usize) -> String {
    format!("{what} ({})", crate::text::counted(length, "character"))
}
