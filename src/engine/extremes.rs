//! Replies at the edges of what is valid: which edge a reply gets, and how it tells so.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::mock::Answering;
use super::options::Data;
use super::problem::Problem;
use super::send::Plan;
use super::turn::Target;
use crate::generate::Edges;
use crate::text;

/// How often the replies of each status of an operation were made at an edge, or broken, in one session.
#[derive(Debug, Default)]
pub(super) struct EdgeCounts(Mutex<BTreeMap<(usize, usize, u16), u64>>);

impl EdgeCounts {
    /// Counts a reply of an operation, by document and operation; the first is 0.
    fn next(&self, document: usize, operation: usize, status: u16) -> u64 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((document, operation, status)).or_insert(0);
        *count += 1;
        *count - 1
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Answering<'_> {
    /// What the reply is made of: the request says it, else the server was told.
    pub(super) fn source(&self) -> Data {
        match self.wishes.source() {
            Some(data) => data,
            None if self.wishes.dynamic => Data::Generated,
            None => self.engine.options.data,
        }
    }

    /// Refuses an edge where something else is asked for that is none.
    pub(super) fn edge_can_be(&self) -> Result<(), Problem> {
        let Some(number) = self.wishes.edge else { return Ok(()) };
        let other = match (&self.wishes.example, self.wishes.data) {
            (Some(_), _) => "an example",
            (None, Some(data)) if data != Data::Extremes => "`data` other than `extremes`",
            _ => return Ok(()),
        };
        let detail =
            format!("`Prefer: edge={number}` and {other} contradict each other; leave one of them out");
        Err(Problem::new(400, detail))
    }

    /// The edge of a reply, by its index; `None` where it is an ordinary one. Errors where the one that was asked for is
    /// not there.
    pub(super) fn edge(&self, plan: &Plan<'_>, edges: Option<&Edges>) -> Result<Option<usize>, Problem> {
        let count = edges.map_or(0, Edges::len);
        match self.wishes.edge {
            Some(number) if number <= count => Ok(Some(number - 1)),
            // It was asked of the reply that the request would have got, had it not been refused.
            Some(_) if plan.message.is_some() => Ok(None),
            Some(number) => Err(self.no_edge(number, plan.chosen.status, edges)),
            None if count == 0 => Ok(None),
            None => {
                Ok(Some((self.turns(self.turn.edges.as_deref(), plan.chosen.status) % count as u64) as usize))
            }
        }
    }

    /// How many replies of this status the operation gave before that were counted here.
    pub(super) fn turns(&self, counts: Option<&EdgeCounts>, status: u16) -> u64 {
        let Target::Operation { mount, operation, .. } = self.turn.target else { return 0 };
        counts.map_or(0, |counts| counts.next(mount, operation, status))
    }

    fn no_edge(&self, number: usize, status: u16, edges: Option<&Edges>) -> Problem {
        let there_are = match edges.filter(|edges| !edges.is_empty()) {
            Some(edges) => {
                let more = if edges.is_cut { "; more lie deeper and have no number" } else { "" };
                format!("has {}, counted from 1{more}", text::counted(edges.len(), "edge"))
            }
            None => "has no edges".to_owned(),
        };
        let id = &self.operation.id;
        Problem::new(400, format!("`Prefer: edge={number}`: the {status} of `{id}` {there_are}"))
    }
}

/// The value of `standin-edge`: `3 of 41; data.items: empty`. Fit for a header whatever the names hold.
pub(super) fn told(edges: &Edges, index: usize) -> String {
    const LONGEST: usize = 200;
    let what: String = edges.what(index).unwrap_or_default().chars().take(LONGEST).collect();
    let visible = |character: char| if (' '..='~').contains(&character) { character } else { '?' };
    format!("{} of {}; {}", index + 1, edges.len(), what.chars().map(visible).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_each_operation_counts_for_itself_until_all_is_forgotten() {
        let counts = EdgeCounts::default();
        assert_eq!([counts.next(0, 1, 200), counts.next(0, 1, 200), counts.next(0, 1, 404)], [0, 1, 0]);
        assert_eq!([counts.next(1, 1, 200), counts.next(0, 0, 200)], [0, 0]);
        counts.clear();
        assert_eq!(counts.next(0, 1, 200), 0);
    }
}
