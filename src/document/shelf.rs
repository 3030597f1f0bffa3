//! The files of a document while it is read: a list that grows while values of its files are being held.

use std::cell::{Cell, OnceCell};

use super::file::File;

/// Files in rows, each row twice as long as the one before it.
///
/// Invariant: a file that was put on it stays where it is, so that values of it can be held while more files are read.
#[derive(Default)]
pub(super) struct Shelf {
    rows: [OnceCell<Box<[OnceCell<File>]>>; ROWS],
    count: Cell<usize>,
}

/// Enough for more files than memory holds.
const ROWS: usize = 30;

/// The row of a file and its place there.
fn place(index: usize) -> (usize, usize) {
    let row = (index + 1).ilog2();
    (row as usize, index + 1 - (1 << row))
}

impl Shelf {
    /// Puts a file behind the others and gives its index.
    pub(super) fn put(&self, file: File) -> usize {
        let index = self.count.replace(self.count.get() + 1);
        let (row, at) = place(index);
        let row = self.rows[row].get_or_init(|| (0..1_usize << row).map(|_| OnceCell::new()).collect());
        let _ = row[at].set(file); // each index is given once, so the place is free
        index
    }

    pub(super) fn get(&self, index: usize) -> Option<&File> {
        let (row, at) = place(index);
        self.rows.get(row)?.get()?.get(at)?.get()
    }

    /// All files in the order in which they were put.
    pub(super) fn iter(&self) -> impl Iterator<Item = &File> {
        (0..self.count.get()).filter_map(|index| self.get(index))
    }

    /// The files in the order in which they were put.
    pub(super) fn into_files(self) -> Vec<File> {
        let rows = self.rows.into_iter().filter_map(OnceCell::into_inner);
        rows.flatten().filter_map(OnceCell::into_inner).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn files_stay_where_they_are_and_come_back_in_order() {
        let shelf = Shelf::default();
        let put = |number: usize| {
            let text = format!("number: {number}");
            shelf.put(File::parse(PathBuf::from("t.yaml"), "t.yaml", text, &mut Vec::new()).unwrap())
        };
        assert_eq!(put(0), 0);
        let first = &shelf.get(0).unwrap().value;
        assert_eq!((1..100).map(put).collect::<Vec<_>>(), (1..100).collect::<Vec<_>>());
        assert_eq!(first["number"], 0);
        assert_eq!(shelf.iter().count(), 100);
        assert!(shelf.get(100).is_none());
        let numbers = shelf.into_files().into_iter().map(|file| file.value["number"].as_u64().unwrap());
        assert!(numbers.eq(0..100));
    }
}
