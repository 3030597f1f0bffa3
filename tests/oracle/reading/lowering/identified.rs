//! What a reference names by `$id` and `$anchor`, as the oracle reads them: within one file.

use serde_json::Value;

/// The pointer of what a reference written at `from` names; `None` where no identifier or anchor has a say.
pub(super) fn find(root: &Value, from: &str, location: &str, fragment: &str) -> Option<String> {
    let mut around = (0..=from.len()).rev().filter(|end| *end == from.len() || from[*end..].starts_with('/'));
    let base = around.find_map(|end| root.pointer(&from[..end])?.get("$id")?.as_str());
    let resource = match (base, location) {
        (None, "") => String::new(),
        (None, _) => return None,
        (Some(base), "") => search(root, "", &|schema| schema.get("$id").is_some_and(|id| id == base))?,
        (Some(base), location) => {
            let wanted = format!("{}/{location}", base.rsplit_once('/')?.0);
            search(root, "", &|schema| schema.get("$id").is_some_and(|id| *id == wanted))?
        }
    };
    if fragment.is_empty() {
        return base.map(|_| resource);
    }
    if fragment.starts_with('/') {
        let inside = format!("{resource}{fragment}");
        return base.and_then(|_| root.pointer(&inside)).map(|_| inside);
    }
    let is_named = |schema: &Value| {
        ["$anchor", "$dynamicAnchor"].iter().any(|key| schema.get(key).is_some_and(|name| name == fragment))
    };
    let inside = search(root.pointer(&resource)?, "", &is_named)?;
    Some(format!("{resource}{inside}"))
}

/// The pointer of the first value that is what is looked for.
fn search(value: &Value, at: &str, is_it: &dyn Fn(&Value) -> bool) -> Option<String> {
    if is_it(value) {
        return Some(at.to_owned());
    }
    match value {
        Value::Object(map) => {
            map.iter().find_map(|(key, member)| search(member, &super::join(at, key), is_it))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| search(item, &format!("{at}/{index}"), is_it))
        }
        _ => None,
    }
}
