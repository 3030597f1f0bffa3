//! Values of the request put into an example's main record.

use serde_json::{Map, Value};

use crate::generate::Echo;

/// Puts each value where the main record has a property of its name, and keeps it if the whole stays valid. Tells
/// whether anything was changed.
pub(super) fn apply(value: &mut Value, echo: &[Echo<'_>], is_valid: impl Fn(&Value) -> bool) -> bool {
    let mut changed = false;
    for wanted in echo {
        let Some(record) = main_record(value) else { return changed };
        let Some(place) = record.get_mut(wanted.name) else { continue };
        if place == wanted.value {
            continue;
        }
        let before = std::mem::replace(place, wanted.value.clone());
        if is_valid(value) {
            changed = true;
        } else if let Some(place) = main_record(value).and_then(|record| record.get_mut(wanted.name)) {
            *place = before;
        }
    }
    changed
}

/// The object itself, or the first object in it if it has nothing else to tell.
fn main_record(value: &mut Value) -> Option<&mut Map<String, Value>> {
    let root = value.as_object_mut()?;
    let is_wrapper = !root.is_empty() && root.values().all(Value::is_object);
    if is_wrapper { root.values_mut().next()?.as_object_mut() } else { Some(root) }
}
