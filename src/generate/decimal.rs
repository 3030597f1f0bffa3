//! Decimal numbers that are exact: `0.01` is one hundredth.

use serde_json::Number;

/// `digits` divided by ten to the power of `scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub digits: i128,
    pub scale: u32,
}

/// More places than this are cut off.
const FINEST: u32 = 15;
/// Larger numbers are brought down to this size.
const LARGEST: i128 = 10_i128.pow(19);

impl Decimal {
    pub fn whole(digits: i128) -> Self {
        Self { digits, scale: 0 }
    }

    /// Reads a JSON number; `None` where it has more places than can be kept.
    pub fn of(number: &Number) -> Option<Self> {
        if let Some(whole) = number.as_i64() {
            return Some(Self::whole(i128::from(whole)));
        }
        if let Some(whole) = number.as_u64() {
            return Some(Self::whole(i128::from(whole)));
        }
        let float = number.as_f64()?;
        if float.abs() >= LARGEST as f64 {
            return Some(Self::whole(if float < 0.0 { -LARGEST } else { LARGEST }));
        }
        // The shortest text that reads back as the same number is what the author wrote.
        let text = format!("{float}");
        let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
        let scale = places.len() as u32;
        if scale > FINEST {
            return None;
        }
        let digits = format!("{whole}{places}").parse().ok()?;
        Some(Self { digits, scale })
    }

    /// The digits at a scale that is not smaller than its own.
    pub fn at(self, scale: u32) -> i128 {
        self.digits.saturating_mul(10_i128.pow(scale.saturating_sub(self.scale)))
    }
}
