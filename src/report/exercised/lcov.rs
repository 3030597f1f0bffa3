//! `lcov`: tracefiles by line, which editors show beside the document: operations are functions, branches are branches.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::drift::coverage::{OperationCoverage, PointKind};
use crate::report::{Format, Report};
use crate::text::harmless;

/// The format.
pub(super) const FORMAT: Format = Format { name: "lcov", media_type: "text/plain; charset=utf-8", render };

/// What is known of the lines of one file.
#[derive(Default)]
struct Lines<'a> {
    operations: Vec<&'a OperationCoverage>,
    /// The smallest count of what stands in a line: a line with something missed is shown as missed.
    counts: BTreeMap<usize, u64>,
    branches: Vec<(usize, u64)>,
}

fn render(report: &Report) -> String {
    let mut files: BTreeMap<&str, Lines<'_>> = BTreeMap::new();
    for operation in report.coverage.iter().flat_map(|document| &document.operations) {
        let lines = files.entry(&operation.file).or_default();
        lines.operations.push(operation);
        lines.add(operation.line, operation.count);
        for point in &operation.points {
            let lines = files.entry(&point.file).or_default();
            lines.add(point.line, point.count);
            if point.kind == PointKind::Branch {
                lines.branches.push((point.line, point.count));
            }
        }
    }
    // What is bundled or fetched is no file that an editor could open.
    files.retain(|file, _| !file.is_empty() && !file.starts_with('<') && !file.contains("://"));
    let mut text = String::new();
    for (file, lines) in &files {
        let _ = write!(text, "TN:\nSF:{}\n", harmless(file));
        lines.write(&mut text);
        text.push_str("end_of_record\n");
    }
    text
}

impl Lines<'_> {
    fn add(&mut self, line: usize, count: u64) {
        let known = self.counts.entry(line).or_insert(count);
        *known = count.min(*known);
    }

    fn write(&self, text: &mut String) {
        for operation in &self.operations {
            let _ = writeln!(text, "FN:{},{}", operation.line, harmless(&operation.operation));
        }
        for operation in &self.operations {
            let _ = writeln!(text, "FNDA:{},{}", operation.count, harmless(&operation.operation));
        }
        let called = self.operations.iter().filter(|operation| operation.count > 0).count();
        let _ = write!(text, "FNF:{}\nFNH:{called}\n", self.operations.len());
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        for (line, count) in &self.branches {
            let number = numbers.entry(*line).or_default();
            let _ = writeln!(text, "BRDA:{line},0,{number},{count}");
            *number += 1;
        }
        let taken = self.branches.iter().filter(|(_, count)| *count > 0).count();
        let _ = write!(text, "BRF:{}\nBRH:{taken}\n", self.branches.len());
        for (line, count) in &self.counts {
            let _ = writeln!(text, "DA:{line},{count}");
        }
        let hit = self.counts.values().filter(|count| **count > 0).count();
        let _ = write!(text, "LF:{}\nLH:{hit}\n", self.counts.len());
    }
}
