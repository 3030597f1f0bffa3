//! Numbers within bounds: drawn as whole multiples of an exact decimal step.

use serde_json::{Map, Value};

use crate::generate::conjunction::Flat;
use crate::generate::decimal::Decimal;
use crate::generate::hint::Hint;
use crate::generate::persona::{Field, Persona};
use crate::generate::types::Types;
use crate::seed::Random;

/// A number: `step` times something from `low` to `high`, divided by ten to the power of `scale`.
///
/// Invariant: `low <= high` and `step > 0`.
#[derive(Debug, Clone)]
pub(super) struct NumberNode {
    low: i128,
    high: i128,
    step: i128,
    scale: u32,
    /// The values of `multipleOf` as floating-point numbers: checkers that divide those must agree, too.
    divisors: Vec<f64>,
    /// The permitted interval, in steps.
    permitted: (Option<i128>, Option<i128>),
    /// What of the record it tells; only where all values of it fit.
    field: Option<Field>,
    /// Whether a bound was too large or too fine to be kept: values must be checked.
    pub rough: bool,
}

struct Bounds {
    low: Option<(Decimal, bool)>,
    high: Option<(Decimal, bool)>,
    steps: Vec<Decimal>,
    rough: bool,
}

const BOUNDS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/// The largest whole number that every reader of JSON keeps exact.
const SAFE: i128 = (1 << 53) - 1;

/// Whether a hint says something of numbers.
pub(super) fn suits(hint: &Hint) -> bool {
    matches!(hint, Hint::Number { .. } | Hint::Field(_))
}

/// Compiles the numeric constraints; `None` if no number satisfies them.
pub(super) fn compile(flat: &Flat<'_>, types: Types, hint: Option<&Hint>) -> Option<NumberNode> {
    let bounds = bounds(flat);
    let whole = !types.has(Types::FRACTION);
    let mut scale = bounds.steps.iter().map(|step| step.scale).max().unwrap_or(if whole { 0 } else { 2 });
    let mut step = 1;
    for declared in &bounds.steps {
        step = least_common_multiple(step, declared.at(scale))?;
    }
    if whole {
        step = least_common_multiple(step, 10_i128.pow(scale))?;
    }
    let wanted = match hint {
        Some(Hint::Number { low, high, scale: places }) => {
            if !whole && bounds.steps.is_empty() {
                scale = *places;
            }
            Some((*low, *high))
        }
        _ => None,
    };
    let divisors = bounds
        .steps
        .iter()
        .filter(|step| step.scale > 0)
        .map(|step| step.digits as f64 / 10_f64.powi(step.scale as i32))
        .collect();
    let field = match hint {
        Some(Hint::Field(field)) if bounds.steps.is_empty() => Some(*field),
        _ => None,
    };
    let permitted = (None, None);
    let rough = bounds.rough;
    let mut node = NumberNode { low: 0, high: 0, step, scale, divisors, permitted, field: None, rough };
    // A narrow interval may need finer steps to have a member.
    let finest = if whole || !bounds.steps.is_empty() { scale } else { 15 };
    for scale in scale..=finest {
        node.scale = scale;
        let low = bounds.low.map(|(bound, open)| edge(bound, scale, step, open, true));
        let high = bounds.high.map(|(bound, open)| edge(bound, scale, step, open, false));
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            continue;
        }
        node.field = field.filter(|field| field.fits_number(low, high, scale));
        node.permitted = (low, high);
        (node.low, node.high) = window(low, high, wanted, scale, step);
        return Some(node);
    }
    None
}

/// The part of the permitted interval that values are drawn from.
fn window(
    low: Option<i128>,
    high: Option<i128>,
    wanted: Option<(i64, i64)>,
    scale: u32,
    step: i128,
) -> (i128, i128) {
    let unit = 10_i128.pow(scale);
    let (first, last) = wanted.map_or((1, 1000), |(first, last)| (i128::from(first), i128::from(last)));
    let (first, last) = ((first * unit).div_euclid(step), (last * unit).div_euclid(step));
    let (first, last) = (first.max(1.min(last)), last.max(first + i128::from(wanted.is_none()) * 9));
    let inside = (low.map_or(first, |low| first.max(low)), high.map_or(last, |high| last.min(high)));
    let safe = SAFE * unit / step;
    match (low, high) {
        _ if inside.0 <= inside.1 && (wanted.is_some() || low.is_none() || high.is_none()) => inside,
        (Some(low), Some(high)) if low.abs() <= safe && high.abs() <= safe => (low, high),
        // Very wide or very large: near the smaller end.
        (Some(low), Some(high)) if low <= 0 && high >= 0 => (low.max(0), high.min(safe)),
        (Some(low), Some(high)) => (low, high.min(low.saturating_add(1000 * unit / step + 1))),
        (Some(low), None) => (low, low.saturating_add(1000 * unit / step + 1)),
        (None, Some(high)) => (high.saturating_sub(1000 * unit / step + 1), high),
        (None, None) => (first, last),
    }
}

/// The first or last multiple of `step` within a bound, in steps.
fn edge(bound: Decimal, scale: u32, step: i128, open: bool, lower: bool) -> i128 {
    let fine = scale.max(bound.scale);
    let digits = bound.at(fine);
    let step = step.saturating_mul(10_i128.pow(fine - scale));
    let floor = digits.div_euclid(step);
    let exact = digits.rem_euclid(step) == 0;
    match (lower, exact) {
        (true, true) => floor + i128::from(open),
        (true, false) => floor + 1,
        (false, true) => floor - i128::from(open),
        (false, false) => floor,
    }
}

fn bounds(flat: &Flat<'_>) -> Bounds {
    let mut bounds = Bounds { low: None, high: None, steps: Vec::new(), rough: false };
    for constraint in &flat.constraints {
        bounds.rough |= is_rough(constraint.object);
        let number = |keyword: &str| {
            constraint.get(keyword).and_then(Value::as_number).and_then(|number| {
                Decimal::of(number).or_else(|| {
                    // Too fine to keep: rounded outward would be wrong, so the value is taken at 15 places.
                    let digits = (number.as_f64()? * 1e15).round() as i128;
                    Some(Decimal { digits, scale: 15 })
                })
            })
        };
        for (keyword, open) in [("minimum", false), ("exclusiveMinimum", true)] {
            if let Some(bound) = number(keyword) {
                raise(&mut bounds.low, bound, open, |one, other| one > other);
            }
        }
        for (keyword, open) in [("maximum", false), ("exclusiveMaximum", true)] {
            if let Some(bound) = number(keyword) {
                raise(&mut bounds.high, bound, open, |one, other| one < other);
            }
        }
        if let Some(step) = number("multipleOf").filter(|step| step.digits > 0) {
            bounds.steps.push(step);
        }
        if let Some((low, high)) = constraint.get("format").and_then(Value::as_str).and_then(format_bounds) {
            raise(&mut bounds.low, Decimal::whole(low), false, |one, other| one > other);
            raise(&mut bounds.high, Decimal::whole(high), false, |one, other| one < other);
        }
    }
    bounds
}

fn is_rough(object: &Map<String, Value>) -> bool {
    BOUNDS.iter().filter_map(|keyword| object.get(*keyword)?.as_number()).any(|number| {
        Decimal::of(number).is_none() || number.as_f64().is_some_and(|float| float.abs() >= 1e18)
    })
}

/// The numbers that bounds are set at, as they are written.
pub(super) fn bounds_as_written<'s>(flat: &Flat<'s>) -> Vec<&'s Value> {
    let written = flat
        .constraints
        .iter()
        .flat_map(|constraint| BOUNDS.iter().filter_map(|keyword| constraint.get(keyword)));
    written.filter(|value| value.is_number()).collect()
}

/// The interval that a numeric format stands for.
fn format_bounds(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (-128, 127),
        "int16" => (-32_768, 32_767),
        "int32" => (i128::from(i32::MIN), i128::from(i32::MAX)),
        "int64" => (i128::from(i64::MIN), i128::from(i64::MAX)),
        "uint8" => (0, 255),
        "uint16" => (0, 65_535),
        "uint32" => (0, i128::from(u32::MAX)),
        "uint64" => (0, i128::from(u64::MAX)),
        _ => return None,
    })
}

fn raise(
    bound: &mut Option<(Decimal, bool)>,
    new: Decimal,
    open: bool,
    tighter: impl Fn(i128, i128) -> bool,
) {
    let better = match bound {
        None => true,
        Some((old, was_open)) => {
            let scale = old.scale.max(new.scale);
            let (one, other) = (new.at(scale), old.at(scale));
            tighter(one, other) || (one == other && open && !*was_open)
        }
    };
    if better {
        *bound = Some((new, open));
    }
}

fn least_common_multiple(one: i128, other: i128) -> Option<i128> {
    let (mut a, mut b) = (one, other);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { None } else { (one / a).checked_mul(other).filter(|product| *product < 1 << 96) }
}

impl NumberNode {
    /// How many different values it has, at most.
    pub fn domain(&self) -> usize {
        usize::try_from(self.high.saturating_sub(self.low)).unwrap_or(usize::MAX).saturating_add(1)
    }

    /// Whether it takes a whole number, as far as the structure tells.
    pub fn takes(&self, whole: i64) -> bool {
        let digits = i128::from(whole) * 10_i128.pow(self.scale);
        let count = digits / self.step;
        !self.rough
            && digits % self.step == 0
            && self.permitted.0.is_none_or(|low| low <= count)
            && self.permitted.1.is_none_or(|high| count <= high)
            && self.divides(count)
    }

    /// The same numbers in steps as fine as their bounds, where they are drawn in coarser ones.
    pub fn as_fine_as(&self, flat: &Flat<'_>) -> Option<Self> {
        let bounds = bounds(flat);
        let scales = [bounds.low, bounds.high].into_iter().flatten().map(|(bound, _)| bound.scale);
        let scale = scales.max().filter(|scale| *scale > self.scale)?;
        if self.scale == 0 || !bounds.steps.is_empty() {
            return None;
        }
        let low = bounds.low.map(|(bound, open)| edge(bound, scale, 1, open, true));
        let high = bounds.high.map(|(bound, open)| edge(bound, scale, 1, open, false));
        Some(Self { scale, step: 1, permitted: (low, high), ..self.clone() })
    }

    /// The ends of the permitted interval, each with its name, and zero between them; where an end is open, a number that is
    /// far out.
    pub fn edges(&self) -> Vec<(&'static str, String)> {
        if self.rough {
            return Vec::new();
        }
        let far = SAFE * 10_i128.pow(self.scale) / self.step;
        let (low, high) = self.permitted;
        let from = low.unwrap_or_else(|| (-far).min(high.unwrap_or(0) - 1));
        let to = high.unwrap_or_else(|| far.max(low.unwrap_or(0) + 1));
        let least = (0..64).map(|step| from + step).find(|count| self.divides(*count) && *count <= to);
        let most = (0..64).map(|step| to - step).find(|count| self.divides(*count) && *count >= from);
        let zero = (from < 0 && to > 0).then_some(0);
        let named = [
            (if low.is_some() { "lowest" } else { "low" }, least),
            ("zero", zero),
            (if high.is_some() { "highest" } else { "high" }, most.filter(|most| Some(*most) != least)),
        ];
        let written = |count| {
            let mut out = Vec::new();
            self.write_count(count, &mut out);
            String::from_utf8(out).unwrap_or_default()
        };
        named.into_iter().filter_map(|(what, count)| Some((what, written(count?)))).collect()
    }

    pub fn write(&self, random: &mut Random, persona: &Persona, out: &mut Vec<u8>) {
        if let Some(field) = self.field {
            field.write(persona, out);
            return;
        }
        let mut count = random.between(self.low, self.high);
        for _ in 0..64 {
            if self.divides(count) {
                break;
            }
            count = random.between(self.low, self.high);
        }
        self.write_count(count, out);
    }

    fn divides(&self, count: i128) -> bool {
        if self.divisors.is_empty() {
            return true;
        }
        let value = (count * self.step) as f64 / 10_f64.powi(self.scale as i32);
        self.divisors.iter().all(|divisor| (value / divisor).fract() == 0.0)
    }

    fn write_count(&self, count: i128, out: &mut Vec<u8>) {
        let digits = count.saturating_mul(self.step);
        let mut buffer = itoa::Buffer::new();
        if self.scale == 0 {
            let text = match i64::try_from(digits) {
                Ok(small) => buffer.format(small),
                Err(_) => buffer.format(digits),
            };
            out.extend_from_slice(text.as_bytes());
            return;
        }
        let unit = 10_u128.pow(self.scale);
        if digits < 0 {
            out.push(b'-');
        }
        let (whole, mut places) = (digits.unsigned_abs() / unit, digits.unsigned_abs() % unit);
        out.extend_from_slice(buffer.format(whole).as_bytes());
        if places == 0 {
            return;
        }
        let mut width = self.scale as usize;
        while places.is_multiple_of(10) {
            places /= 10;
            width -= 1;
        }
        out.push(b'.');
        let text = buffer.format(places);
        out.extend(std::iter::repeat_n(b'0', width - text.len()));
        out.extend_from_slice(text.as_bytes());
    }
}
