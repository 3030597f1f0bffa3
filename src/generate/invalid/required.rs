//! Properties that are asked for and missing: `required`, `dependentRequired`.

use serde_json::Value;

use super::site::{Change, Site};

/// Each property that is listed, left out.
pub(super) fn listed(site: &Site<'_>) -> Vec<Vec<Change>> {
    without(site, site.limit)
}

/// Each property that another one asks for, left out.
pub(super) fn dependent(site: &Site<'_>) -> Vec<Vec<Change>> {
    let asked = site.limit.as_object().into_iter().flatten();
    let asked = asked.filter(|(trigger, _)| site.value.get(trigger).is_some());
    asked.flat_map(|(_, names)| without(site, names)).collect()
}

fn without(site: &Site<'_>, names: &Value) -> Vec<Vec<Change>> {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    let there = names.filter(|name| site.value.get(name).is_some());
    there.map(|name| vec![Change::Without(name.to_owned())]).collect()
}
