//! Pieces of a text that have to differ: the names in one object that no schema has, or items.

/// So many of them are held against each other.
const MOST: usize = 24;

/// Pieces that differ, some of them.
#[derive(Default)]
pub(super) struct Different<'t> {
    pieces: [&'t [u8]; MOST],
    count: usize,
}

impl<'t> Different<'t> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether there is room for a piece, and it is new.
    pub(super) fn add(&mut self, piece: &'t [u8]) -> bool {
        if self.count == MOST || self.pieces[..self.count].contains(&piece) {
            return false;
        }
        self.pieces[self.count] = piece;
        self.count += 1;
        true
    }
}
