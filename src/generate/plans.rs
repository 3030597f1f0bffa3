//! Everything that is compiled of one document: plans of the same direction share their nodes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use crate::generate::compile::Context;
use crate::generate::node::NodeId;
use crate::generate::people::Locale;
use crate::generate::store::Store;
use crate::schema::{Direction, Schemas};

/// What plans of one document are compiled from and share.
///
/// Invariant: what a plan writes does not depend on which plans were compiled before it.
pub struct Plans {
    schemas: Arc<Schemas>,
    locale: Locale,
    response: Shared,
    request: Shared,
}

/// The nodes of one direction.
#[derive(Default)]
pub(super) struct Shared {
    pub store: Arc<Store>,
    known: Mutex<Known>,
}

/// What a node is told by: its schemas with the branches chosen, and where it stands.
pub(super) type Key = (Vec<usize>, Context);

/// The nodes that are there, by what tells them.
#[derive(Default)]
pub(super) struct Known {
    pub nodes: HashMap<Key, NodeId, RandomState>,
    /// How many nodes there are, with those that only others refer to.
    pub count: u32,
}

impl Plans {
    /// Starts with nothing compiled, and records from everywhere.
    pub fn new(schemas: &Arc<Schemas>) -> Self {
        Self::with_locale(schemas, Locale::default())
    }

    /// Starts with nothing compiled, and records from one locale.
    pub fn with_locale(schemas: &Arc<Schemas>, locale: Locale) -> Self {
        let (response, request) = (Shared::default(), Shared::default());
        Self { schemas: Arc::clone(schemas), locale, response, request }
    }

    /// The schemas that plans are compiled from.
    pub fn schemas(&self) -> &Arc<Schemas> {
        &self.schemas
    }

    /// How many nodes replies share so far.
    pub(crate) fn len(&self) -> u32 {
        self.response.known().count
    }

    pub(super) fn locale(&self) -> Locale {
        self.locale
    }

    pub(super) fn shared(&self, direction: Direction) -> &Shared {
        match direction {
            Direction::Response => &self.response,
            Direction::Request => &self.request,
        }
    }
}

impl Shared {
    /// The nodes that are there; nobody else compiles while this is held.
    pub fn known(&self) -> MutexGuard<'_, Known> {
        // A panic while a plan is compiled leaves the map as it was: nodes are put in at the end.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
