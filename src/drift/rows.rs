//! Values by number, in rows that are made when they are needed: what has many numbers and uses few takes little.

use std::sync::OnceLock;

/// How many values the first row has; each further row has twice as many as the one before it.
const FIRST: usize = 64;
/// Enough for more numbers than memory holds.
const ROWS: usize = 26;

/// A value for each number, the default one until it is changed. They stay where they are, so that none is locked.
#[derive(Debug)]
pub struct Rows<T> {
    rows: [OnceLock<Box<[T]>>; ROWS],
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: [const { OnceLock::new() }; ROWS] }
    }
}

/// The row of a number, and its place there.
fn place(number: usize) -> (usize, usize) {
    let row = (number / FIRST + 1).ilog2() as usize;
    (row, number - begin(row))
}

/// The first number of a row.
fn begin(row: usize) -> usize {
    ((1 << row) - 1) * FIRST
}

impl<T: Default> Rows<T> {
    /// The value of a number.
    pub fn at(&self, number: usize) -> &T {
        let (row, at) = place(number);
        &self.rows[row].get_or_init(|| (0..FIRST << row).map(|_| T::default()).collect())[at]
    }

    /// The value of a number, if it was asked for, or one beside it.
    pub fn get(&self, number: usize) -> Option<&T> {
        let (row, at) = place(number);
        self.rows[row].get()?.get(at)
    }

    /// The values that were asked for, and those beside them, with their numbers.
    pub fn all(&self) -> impl Iterator<Item = (usize, &T)> {
        let made = self.rows.iter().enumerate().filter_map(|(row, values)| Some((row, values.get()?)));
        made.flat_map(|(row, values)| {
            values.iter().enumerate().map(move |(at, value)| (begin(row) + at, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn each_number_has_a_value_of_its_own() {
        let rows = Rows::<AtomicUsize>::default();
        assert!(rows.get(7).is_none() && rows.all().next().is_none());
        for number in 0..10_000 {
            assert_eq!(rows.at(number).swap(number + 1, Ordering::Relaxed), 0, "{number}");
        }
        let kept = rows.all().filter(|(_, value)| value.load(Ordering::Relaxed) > 0);
        assert!(kept.map(|(number, value)| (number + 1, value.load(Ordering::Relaxed))).all(|(a, b)| a == b));
        assert_eq!(rows.all().filter(|(_, value)| value.load(Ordering::Relaxed) > 0).count(), 10_000);
    }
}
