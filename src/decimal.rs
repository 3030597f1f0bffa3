//! Decimal numbers as they are written, of any size: compared and divided without a loss.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Number;

/// A number by its digits, which say more than 64 bits can hold.
///
/// Invariant: the digits neither begin nor end with a zero; zero has none and is not negative.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    is_negative: bool,
    /// Where the point stands: the number is `0.digits` times ten to the power of this.
    point: i64,
    digits: Box<str>,
}

impl Decimal {
    /// Reads a number as JSON writes it (RFC 8259 6); of other text, the part that is none is passed over.
    pub fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let unsigned = mantissa.trim_start_matches(['-', '+']);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits: String = whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit).collect();
        let leading = digits.len() - digits.trim_start_matches('0').len();
        let significant = digits.trim_matches('0');
        if significant.is_empty() {
            return Self { is_negative: false, point: 0, digits: "".into() };
        }
        // An exponent that is beyond 64 bits is as good as one at their end.
        let farthest = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent: i64 = exponent.parse().unwrap_or(farthest).clamp(i64::MIN / 2, i64::MAX / 2);
        let place = whole.len() as i64 - leading as i64;
        Self {
            is_negative: mantissa.starts_with('-'),
            point: exponent.saturating_add(place),
            digits: significant.into(),
        }
    }

    /// The number that an author meant who wrote what was read as this one, and whether that can be known: 64 bits of
    /// floating point keep fifteen digits, whatever they are.
    pub fn of(number: &Number) -> (Self, bool) {
        let read = Self::read(&number.to_string());
        let is_known = !number.is_f64() || read.digits.len() <= KEPT;
        (read, is_known)
    }

    /// Whether it has no fraction, however it is written.
    pub fn is_integer(&self) -> bool {
        self.digits.len() as i64 <= self.point
    }

    /// Whether it is a whole number of times another one; everything is of zero.
    pub fn is_multiple_of(&self, other: &Self) -> bool {
        let Ok(divisor) = other.digits.parse::<u64>() else { return true };
        let shift = |one: &Self| one.point.saturating_sub(one.digits.len() as i64);
        let power = shift(self).saturating_sub(shift(other));
        if self.digits.is_empty() {
            return true;
        }
        // The last digit is no zero, so ten does not divide the digits.
        let Ok(power) = u64::try_from(power) else { return false };
        let divisor = u128::from(divisor);
        let digits = self.digits.bytes().map(|digit| u128::from(digit - b'0'));
        let rest = digits.fold(0, |rest, digit| (rest * 10 + digit) % divisor);
        (rest * power_of_ten(power, divisor)).is_multiple_of(divisor)
    }
}

/// So many significant digits come through 64 bits of floating point as they were.
pub const KEPT: usize = 15;

/// Ten to the power of `exponent`, modulo a divisor of 64 bits.
fn power_of_ten(mut exponent: u64, divisor: u128) -> u128 {
    let (mut result, mut base) = (1 % divisor, 10 % divisor);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result * base % divisor;
        }
        base = base * base % divisor;
        exponent /= 2;
    }
    result
}

impl fmt::Display for Decimal {
    /// Writes equal numbers alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { "-" } else { "" };
        write!(f, "{sign}0.{}e{}", self.digits, self.point)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |one: &Self| match (one.digits.is_empty(), one.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let magnitude = || self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_by_what_they_are_and_not_by_how_they_are_written() {
        let rising = [
            ["-1e999999999999999999999", "-1.0E999999999999999999999"],
            ["-18446744073709551617", "-184467440737095516.17e2"],
            ["-18446744073709551616", "-18446744073709551616.0"],
            ["-0.1", "-1e-1"],
            ["0", "-0.00e5"],
            ["1e-400", "0.1e-399"],
            ["0.1", "0.10"],
            ["0.10000000000000000000001", "100000000000000000000010e-24"],
            ["1", "1.000"],
            ["1.00000000000000000001", "100000000000000000001e-20"],
            ["10", "1e1"],
            ["9007199254740993", "9007199254740993.00"],
            ["9007199254740993.5", "90071992547409935e-1"],
            ["1e400", "0.001e403"],
        ];
        let read: Vec<[Decimal; 2]> = rising.iter().map(|pair| pair.map(Decimal::read)).collect();
        for (index, [one, same]) in read.iter().enumerate() {
            assert_eq!(one, same);
            for [other, _] in &read[index + 1..] {
                assert!(one < other && other > same, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn integers_and_multiples_are_told() {
        let table = [
            ("1.0", "1", true, true),
            ("1e3", "7", true, false),
            ("1.00000000000000000001", "1", false, false),
            ("123456789012345678901234567890", "3", true, true),
            ("123456789012345678901234567891", "3", true, false),
            ("0.30000000000000000000", "0.1", false, true),
            ("0.30000000000000000001", "0.1", false, false),
            ("0", "7", true, true),
            ("-12", "5e-1", true, true),
            ("1e-7", "0.01", false, false),
            ("1e999999999999999999999", "3", true, false),
            ("1e999999999999999999999", "2", true, true),
            ("5", "0", true, true),
            ("36893488147419103230", "18446744073709551615", true, true),
        ];
        for (text, divisor, is_integer, is_multiple) in table {
            let (number, divisor) = (Decimal::read(text), Decimal::read(divisor));
            assert_eq!(number.is_integer(), is_integer, "{text}");
            assert_eq!(number.is_multiple_of(&divisor), is_multiple, "{text} {divisor:?}");
        }
    }

    #[test]
    fn what_an_author_wrote_is_known_up_to_fifteen_digits() {
        let known = |text: &str| Decimal::of(&serde_json::from_str(text).unwrap());
        assert_eq!(known("18446744073709551615"), (Decimal::read("18446744073709551615"), true));
        assert_eq!(known("0.10"), (Decimal::read("0.1"), true));
        assert_eq!(known("1e300"), (Decimal::read("1e300"), true));
        assert!(!known("18446744073709551616").1 && !known("3.14159265358979323").1);
    }
}
