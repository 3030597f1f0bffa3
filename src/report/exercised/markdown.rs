//! `markdown`: a table of operations that fits in the comment of a pull request.

use std::fmt::Write as _;

use super::{Exercised, all, hits, missed, sum};
use crate::drift::coverage::Point;
use crate::report::markdown::{LONGEST, code, escaped};
use crate::report::{Format, Report};

/// The format.
pub(super) const FORMAT: Format =
    Format { name: "markdown", media_type: "text/markdown; charset=utf-8", render };

/// How many points that were missed are named for each operation.
const MOST_NAMED: usize = 8;

fn render(report: &Report) -> String {
    let whole = Exercised::of(&report.coverage);
    let mut page = format!("### standin: {}\n", escaped(&sum(whole.exercised, whole.of)));
    let mut left_out = 0;
    for document in &report.coverage {
        let head = format!(
            "\n{}\n\n| operation | exchanges | exercised | missed |\n|---|---|---|---|\n",
            code(&document.document)
        );
        if page.len() + head.len() < LONGEST {
            page.push_str(&head);
        }
        for operation in &document.operations {
            let points: Vec<&Point> = missed(operation).collect();
            let named = points.iter().take(MOST_NAMED).map(|point| code(&point.name)).collect::<Vec<_>>();
            let more = match points.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let row = format!(
                "| {} | {} | {} of {} | {}{more} |\n",
                code(&operation.operation),
                operation.count,
                hits(operation),
                all(operation),
                named.join(", ")
            );
            if page.len() + row.len() < LONGEST {
                page.push_str(&row);
            } else {
                left_out += 1;
            }
        }
    }
    if left_out > 0 {
        let _ = write!(page, "\n{left_out} operations do not fit here.\n");
    }
    page
}
