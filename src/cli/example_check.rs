//! Tells at the start of a server which examples are invalid and so are not served; beside the serving, not before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::terminal::Terminal;
use crate::contract::Contract;
use crate::lint;

/// How many examples of a document are told one by one.
const MOST_SHOWN: usize = 5;

/// Checks the documents' examples one document after the other, until `is_over`.
pub fn run(terminal: &Terminal, contracts: &[Arc<Contract>], is_over: &AtomicBool) {
    // The first violation tells a place: it is not to wait for that.
    for contract in contracts {
        contract.document.find_places();
    }
    for contract in contracts {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let invalid = lint::invalid_examples(contract);
        for diagnostic in invalid.iter().take(MOST_SHOWN) {
            let place = diagnostic.span.as_ref().map(|span| {
                let (line, column) = span.line_and_column();
                format!("{}:{line}:{column}: ", span.source.name)
            });
            let place = place.unwrap_or_default();
            terminal.say(&format!("{place}{}; a generated value is served in its place", diagnostic.message));
        }
        if invalid.len() > MOST_SHOWN {
            let rest = invalid.len() - MOST_SHOWN;
            terminal.say(&format!(
                "{}: {rest} more examples are invalid; `standin lint` tells all",
                contract.name
            ));
        }
    }
}
