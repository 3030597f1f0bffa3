//! Where the nodes of one document are kept: a list that only grows, read without a lock.

use std::sync::OnceLock;

use crate::generate::node::{NodeId, Slot};

/// Nodes in chunks, each chunk twice as long as the one before it.
///
/// Invariant: what was put in stays where it is and never changes, so that reading needs no lock.
#[derive(Default)]
pub(super) struct Store {
    chunks: [OnceLock<Box<[OnceLock<Slot>]>>; CHUNKS],
}

const CHUNKS: usize = 22;
/// The length of the first chunk, as a power of two.
const FIRST: u32 = 6;

/// The chunk of a node and its place there.
#[inline]
fn place(id: NodeId) -> (usize, usize) {
    let shifted = id.0 + (1 << FIRST);
    let chunk = shifted.ilog2() - FIRST;
    (chunk as usize, (shifted - (1 << (chunk + FIRST))) as usize)
}

impl Store {
    /// A node that was put in.
    #[inline]
    pub fn slot(&self, id: NodeId) -> &Slot {
        let (chunk, at) = place(id);
        let slot = self.chunks[chunk].get().and_then(|chunk| chunk[at].get());
        slot.expect("nodes refer to nodes that were put in before or with them")
    }

    /// Puts nodes in, the first of them at `first`, which must be free like all behind it.
    pub fn put(&self, first: u32, slots: Vec<Slot>) {
        for (step, slot) in slots.into_iter().enumerate() {
            let (chunk, at) = place(NodeId(first + step as u32));
            let chunk = self.chunks[chunk]
                .get_or_init(|| (0..1_usize << (chunk as u32 + FIRST)).map(|_| OnceLock::new()).collect());
            // Growing is done by one at a time, so the place is free.
            let _ = chunk[at].set(slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_one_another_without_a_gap() {
        let mut expected = (0, 0);
        for id in 0..10_000 {
            assert_eq!(place(NodeId(id)), expected, "{id}");
            expected.1 += 1;
            if expected.1 == 1 << (expected.0 as u32 + FIRST) {
                expected = (expected.0 + 1, 0);
            }
        }
    }
}
