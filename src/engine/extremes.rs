//! Replies at the edges of what is valid: which edge a reply gets, and how it tells so.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::mock::Answering;
use super::options::Data;
use super::problem::Problem;
use super::send::Plan;
use crate::generate::{EdgeOf, Edges, ReplyEdges};
use crate::text;

/// How often the replies of each status of an operation were made at an edge, or broken, in one session.
#[derive(Debug, Default)]
pub(super) struct EdgeCounts(Mutex<BTreeMap<(usize, u16), u64>>);

impl EdgeCounts {
    /// Counts a reply of an operation, by the place where that is counted; the first is 0.
    fn next(&self, place: usize, status: u16) -> u64 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((place, status)).or_insert(0);
        *count += 1;
        *count - 1
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The edge that a reply is at.
pub(super) struct Edge {
    of: EdgeOf,
    /// The value of `standin-edge`.
    pub(super) told: String,
}

impl Edge {
    /// The index among the edges of the body, if it is one of them.
    pub(super) fn of_body(&self) -> Option<usize> {
        match self.of {
            EdgeOf::Body(index) => Some(index),
            EdgeOf::Header(..) => None,
        }
    }

    /// The index among the edges of a header field, by its number, if it is one of them.
    pub(super) fn of_header(&self, number: usize) -> Option<usize> {
        match self.of {
            EdgeOf::Header(own, index) if own == number => Some(index),
            EdgeOf::Header(..) | EdgeOf::Body(_) => None,
        }
    }
}

impl Answering<'_> {
    /// What the reply is made of: the request says it, else the server was told.
    pub(super) fn source(&self) -> Data {
        match self.wishes.source() {
            Some(data) => data,
            None if self.wishes.dynamic => Data::Generated,
            None => self.answer_of_cue().and_then(|answer| answer.data).unwrap_or(self.engine.options.data),
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

    /// The edge of a reply; `None` where it is an ordinary one. Errors where the one that was asked for is not there.
    pub(super) fn edge(&self, plan: &Plan<'_>, body: Option<&Edges>) -> Result<Option<Edge>, Problem> {
        let headers = self.compiled.headers(self.operation, plan.chosen.response).enumerate();
        // One without a value is left out of the reply, too.
        let headers = headers.filter_map(|(number, (compiled, declared))| {
            Some((number, compiled.value(&self.mount.plans, declared).ok()?))
        });
        let edges = ReplyEdges::new(body, headers.collect());
        let count = edges.len();
        let index = match self.wishes.edge {
            Some(number) if number <= count => number - 1,
            // It was asked of the reply that the request would have got, had it not been refused.
            Some(_) if plan.message.is_some() => return Ok(None),
            Some(number) => return Err(self.no_edge(number, plan.chosen.status, &edges)),
            None if count == 0 => return Ok(None),
            None => (self.turns(self.turn.edges.as_deref(), plan.chosen.status) % count as u64) as usize,
        };
        Ok(edges.find(index).map(|of| Edge { of, told: told(&edges, index) }))
    }

    /// How many replies of this status the operation gave before that were counted here.
    pub(super) fn turns(&self, counts: Option<&EdgeCounts>, status: u16) -> u64 {
        counts.map_or(0, |counts| counts.next(self.turn.place, status))
    }

    fn no_edge(&self, number: usize, status: u16, edges: &ReplyEdges<'_>) -> Problem {
        let there_are = if edges.is_empty() {
            "has no edges".to_owned()
        } else {
            let more = if edges.is_cut() { "; more lie deeper and have no number" } else { "" };
            format!("has {}, counted from 1{more}", text::counted(edges.len(), "edge"))
        };
        let id = &self.operation.id;
        Problem::new(400, format!("`Prefer: edge={number}`: the {status} of `{id}` {there_are}"))
    }
}

/// The value of `standin-edge`: `3 of 41; data.items: empty`. Fit for a header whatever the names hold.
fn told(edges: &ReplyEdges<'_>, index: usize) -> String {
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
        assert_eq!([counts.next(1, 200), counts.next(1, 200), counts.next(1, 404)], [0, 1, 0]);
        assert_eq!([counts.next(2, 200), counts.next(0, 200)], [0, 0]);
        counts.clear();
        assert_eq!(counts.next(1, 200), 0);
    }
}
