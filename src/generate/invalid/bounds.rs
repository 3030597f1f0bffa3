//! Numbers beyond their bounds, and between the multiples that they must be.

use serde_json::{Number, Value, json};

use super::site::{Change, Site};

/// A number just below the minimum.
pub(super) fn below(site: &Site<'_>) -> Vec<Vec<Change>> {
    beyond(site, -1)
}

/// A number just above the maximum.
pub(super) fn above(site: &Site<'_>) -> Vec<Vec<Change>> {
    beyond(site, 1)
}

/// The bound itself, which is excluded.
pub(super) fn at(site: &Site<'_>) -> Vec<Vec<Change>> {
    if site.value.is_number() { site.values([site.limit.clone()]) } else { Vec::new() }
}

/// A number between two multiples.
pub(super) fn between(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::Number(number), Some(step)) = (site.value, site.limit.as_f64()) else { return Vec::new() };
    let whole = [1, -1].into_iter().filter_map(|by| moved(number, by, None));
    let Some(float) = number.as_f64() else { return Vec::new() };
    let finer = [step / 2.0, -step / 2.0, step / 3.0].map(|by| json!(float + by));
    site.values(whole.chain(finer).filter(|value| !value.is_null()))
}

fn beyond(site: &Site<'_>, sign: i8) -> Vec<Vec<Change>> {
    let (true, Value::Number(limit)) = (site.value.is_number(), site.limit) else { return Vec::new() };
    let multiple = site.schema.get("multipleOf").and_then(Value::as_f64);
    let ways = [
        moved(limit, sign, multiple),
        moved(limit, sign, None),
        moved(limit, sign, Some(0.5)),
        // Where a step of one is too small to be seen.
        limit.as_f64().map(|float| json!(float + float.abs() * f64::from(sign))),
    ];
    site.values(ways.into_iter().flatten().filter(|value| !value.is_null()))
}

/// A number moved up or down by a step, or to the next multiple of it; by one if there is none.
fn moved(number: &Number, sign: i8, step: Option<f64>) -> Option<Value> {
    match step {
        None => {
            let whole = number
                .as_i64()
                .and_then(|whole| whole.checked_add(i64::from(sign)).map(|moved| json!(moved)));
            let large = || {
                number
                    .as_u64()
                    .and_then(|whole| whole.checked_add_signed(i64::from(sign)).map(|moved| json!(moved)))
            };
            let float = || number.as_f64().map(|float| json!(float + f64::from(sign)));
            whole.or_else(large).or_else(float)
        }
        Some(step) if step > 0.0 => {
            let count = number.as_f64()? / step;
            let next = if sign > 0 { count.floor() + 1.0 } else { count.ceil() - 1.0 };
            let moved = next * step;
            // Whole numbers are written as such.
            Some(if moved.fract() == 0.0 && moved.abs() < 9e15 { json!(moved as i64) } else { json!(moved) })
        }
        Some(_) => None,
    }
}
