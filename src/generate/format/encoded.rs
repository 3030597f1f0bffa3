//! Formats of encoded or hidden content: `byte` (base64), `binary`, `password`.

use crate::generate::format::{Writer, digits, one_of};
use crate::seed::Random;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) const FORMATS: &[(&str, Writer)] = &[
    ("byte", base64),
    ("base64", base64),
    ("base64url", |random, out| letters(random, 16, out)),
    ("binary", |random, out| {
        one_of(&["sample content ", "file content ", "data "], random, out);
        digits(random.below(9000) + 1000, out);
    }),
    ("password", |random, out| {
        letters(random, 10, out);
        out.extend_from_slice(b"!7");
    }),
];

fn base64(random: &mut Random, out: &mut Vec<u8>) {
    for _ in 0..(4 * (2 + random.below(4))) {
        out.push(BASE64[random.below(64) as usize]);
    }
}

/// Writes some letters and digits.
pub(in crate::generate) fn letters(random: &mut Random, length: usize, out: &mut Vec<u8>) {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut bits = 0;
    for index in 0..length {
        if index % 12 == 0 {
            bits = random.bits();
        }
        out.push(LETTERS[((bits & 31) as usize * 36) >> 5]);
        bits >>= 5;
    }
}
