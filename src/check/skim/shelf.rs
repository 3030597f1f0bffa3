//! Where nodes are kept: for as long as the schema, in the order in which texts came to them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::node::Node;
use crate::pointer::Pointer;

/// So many nodes are made together.
const ROW: usize = 16;
/// So many times.
const ROWS: usize = 128;

/// What a node is known by: the schemas that hold for a place, and those that say something of its names.
pub(super) type Key = (Vec<Pointer>, Option<Vec<Pointer>>);

/// Where a node is once it is made.
type Slot = OnceLock<Arc<Node>>;

/// The nodes of one schema, so many that a schema without end has one.
#[derive(Debug)]
pub(super) struct Shelf {
    rows: Vec<OnceLock<Box<[Slot; ROW]>>>,
    /// By what they are known by.
    places: Mutex<HashMap<Key, usize>>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { rows: (0..ROWS).map(|_| OnceLock::new()).collect(), places: Mutex::default() }
    }
}

impl Shelf {
    /// The node at a place, if it is made.
    #[inline]
    pub(super) fn get(&self, place: usize) -> Option<&Arc<Node>> {
        self.rows.get(place / ROW)?.get()?[place % ROW].get()
    }

    /// The place of a node, which is made if it is not known; `None` if there is no room for another.
    pub(super) fn place(&self, key: Key, make: impl FnOnce(&Key) -> Node) -> Option<usize> {
        // A panic while this is held leaves the map as it was: nothing to recover from.
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(&key) {
            return Some(*place);
        }
        let place = places.len();
        let row =
            self.rows.get(place / ROW)?.get_or_init(|| Box::new(std::array::from_fn(|_| OnceLock::new())));
        row[place % ROW].get_or_init(|| Arc::new(make(&key)));
        places.insert(key, place);
        Some(place)
    }
}
