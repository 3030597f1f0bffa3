//! Formats of dates and times (RFC 3339, ISO 8601 durations).

use crate::generate::format::{Writer, digits};
use crate::seed::Random;

pub(super) const FORMATS: &[(&str, Writer)] = &[
    ("date-time", |random, out| write_date_time(moment(random), out)),
    ("date", |random, out| write_date(moment(random), out)),
    ("time", |random, out| {
        write_clock(moment(random), out);
        out.push(b'Z');
    }),
    ("partial-time", |random, out| write_clock(moment(random), out)),
    ("duration", |random, out| {
        let hours = random.below(48);
        out.extend_from_slice(b"PT");
        if hours > 0 {
            digits(hours, out);
            out.push(b'H');
        }
        digits(random.below(59) + 1, out);
        out.push(b'M');
    }),
    ("unix-time", |random, out| digits(u64::from(moment(random)), out)),
    ("http-date", |random, out| write_http_date(moment(random), out)),
];

/// Seconds since 1970-01-01 between 2019-01-01 and 2024-12-31.
fn moment(random: &mut Random) -> u32 {
    1_546_300_800 + random.below(189_302_400) as u32
}

/// Writes `2023-04-05T06:07:08Z`.
pub(in crate::generate) fn write_date_time(seconds: u32, out: &mut Vec<u8>) {
    let mut text = *b"0000-00-00T00:00:00Z";
    put_date(seconds, &mut text[..10]);
    put_clock(seconds, &mut text[11..19]);
    out.extend_from_slice(&text);
}

/// Writes `2023-04-05`.
pub(in crate::generate) fn write_date(seconds: u32, out: &mut Vec<u8>) {
    let mut text = *b"0000-00-00";
    put_date(seconds, &mut text);
    out.extend_from_slice(&text);
}

fn write_clock(seconds: u32, out: &mut Vec<u8>) {
    let mut text = *b"00:00:00";
    put_clock(seconds, &mut text);
    out.extend_from_slice(&text);
}

fn put_date(seconds: u32, text: &mut [u8]) {
    let (year, month, day) = civil(seconds / 86_400);
    put_two(year / 100, &mut text[..2]);
    put_two(year % 100, &mut text[2..4]);
    put_two(month, &mut text[5..7]);
    put_two(day, &mut text[8..10]);
}

fn put_clock(seconds: u32, text: &mut [u8]) {
    let seconds = seconds % 86_400;
    put_two(seconds / 3600, &mut text[..2]);
    put_two(seconds / 60 % 60, &mut text[3..5]);
    put_two(seconds % 60, &mut text[6..8]);
}

fn put_two(value: u32, text: &mut [u8]) {
    text.copy_from_slice(&TWO_DIGITS[value as usize % 100]);
}

/// The numbers below a hundred as two digits.
const TWO_DIGITS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// Writes `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 5.6.7).
pub(in crate::generate) fn write_http_date(seconds: u32, out: &mut Vec<u8>) {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = seconds / 86_400;
    let (year, month, day) = civil(days);
    out.extend_from_slice(DAYS[(days % 7) as usize].as_bytes());
    out.extend_from_slice(b", ");
    two(day, out);
    out.push(b' ');
    out.extend_from_slice(MONTHS[(month - 1) as usize].as_bytes());
    out.push(b' ');
    digits(u64::from(year), out);
    out.push(b' ');
    write_clock(seconds, out);
    out.extend_from_slice(b" GMT");
}

fn two(value: u32, out: &mut Vec<u8>) {
    let mut text = [0; 2];
    put_two(value, &mut text);
    out.extend_from_slice(&text);
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar: years are counted from March,
/// so that the leap day is the last of its year.
fn civil(days: u32) -> (u32, u32, u32) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + u32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_read_as_the_calendar_has_them() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
        ] {
            let mut out = Vec::new();
            write_date_time(seconds, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        let mut out = Vec::new();
        write_http_date(784_111_777, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
