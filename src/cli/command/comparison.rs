//! `standin check --against`: which clients and calls break under the next version of the documents, and which do not.

use crate::cli::settings::value::TextOrJson;
use crate::text::{counted, harmless, shortened};
use crate::traffic::{Calls, Change, Comparison};

/// How many changes of a client's operation are told in full.
const MOST_CHANGES: usize = 20;

/// What changes for whom: for people, or a line of JSON for each client's operation.
pub fn told(comparison: &Comparison, format: TextOrJson) -> String {
    let calls = comparison.calls();
    match format {
        TextOrJson::Json => {
            let line = |one| serde_json::to_string(one).expect("texts and numbers can be written as JSON");
            calls.iter().map(line).collect::<Vec<String>>().join("\n")
        }
        TextOrJson::Text => {
            let mut lines = Vec::new();
            let mut client = None;
            for one in &calls {
                if client != Some(&one.client) {
                    client = Some(&one.client);
                    lines.push(heading(&one.client, &calls));
                }
                lines.push(format!("   {}: {}", harmless(&one.operation), outcome(one)));
                lines.extend(one.breaks.iter().take(MOST_CHANGES).flat_map(broken));
                let more = one.breaks.len().saturating_sub(MOST_CHANGES);
                if more > 0 {
                    lines.push(format!("      … and {more} more; `--format json` tells all"));
                }
                lines.extend(one.mends.iter().take(MOST_CHANGES).map(mended));
            }
            lines.push(sum(&calls));
            lines.join("\n")
        }
    }
}

fn heading(client: &str, calls: &[Calls]) -> String {
    let own: Vec<&Calls> = calls.iter().filter(|one| one.client == client).collect();
    let broken = own.iter().filter(|one| one.broken > 0).count();
    let shown = harmless(&shortened(client, 80));
    match broken {
        0 => format!("`{shown}` does not break"),
        broken => format!("`{shown}` breaks at {broken} of {}", counted(own.len(), "operation")),
    }
}

fn outcome(calls: &Calls) -> String {
    let all = counted(calls.calls as usize, "call");
    match (calls.broken, calls.mended) {
        (0, 0) => format!("{all}, no change"),
        (broken, 0) => format!("{broken} of {all} break"),
        (0, mended) => format!("{mended} of {all} are mended"),
        (broken, mended) => format!("{broken} of {all} break, {mended} are mended"),
    }
}

fn broken(change: &Change) -> Vec<String> {
    let times = if change.count == 1 { String::new() } else { format!(" ({} calls)", change.count) };
    vec![
        format!("      breaks    {}{times}", harmless(&change.message)),
        format!("      request   {}", harmless(&change.request)),
        format!("      document  {}", harmless(&change.place)),
        format!("      rule      {}, {}", change.rule, change.severity.word()),
    ]
}

fn mended(change: &Change) -> String {
    format!("      mended    {}", harmless(&change.message))
}

fn sum(calls: &[Calls]) -> String {
    let total = |part: fn(&Calls) -> u64| calls.iter().map(part).sum::<u64>();
    let (all, broken, mended) = (total(|one| one.calls), total(|one| one.broken), total(|one| one.mended));
    format!("{} compared: {broken} break, {mended} mended", counted(all as usize, "call"))
}
