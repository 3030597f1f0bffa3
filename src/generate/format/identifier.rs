//! Formats of identifiers: `uuid` and what is named after it.

use crate::generate::format::Writer;
use crate::seed::Random;

pub(super) const FORMATS: &[(&str, Writer)] = &[
    ("uuid", uuid),
    ("uuid4", uuid),
    ("guid", uuid),
    ("objectid", |random, out| {
        out.extend_from_slice(format!("{:024x}", u128::from(random.bits()) << 20).as_bytes());
    }),
];

/// Writes a random UUID (RFC 9562, version 4).
pub(in crate::generate) fn uuid(random: &mut Random, out: &mut Vec<u8>) {
    let high = (random.bits() & !0xf000) | 0x4000;
    let low = (random.bits() & !(0b11 << 62)) | (0b10 << 62);
    let mut text = [b'-'; 36];
    let mut at = 0;
    for half in [high, low] {
        for byte in half.to_be_bytes() {
            if matches!(at, 8 | 13 | 18 | 23) {
                at += 1;
            }
            text[at..at + 2].copy_from_slice(&HEX[usize::from(byte)]);
            at += 2;
        }
    }
    out.extend_from_slice(&text);
}

/// Every byte as two hexadecimal digits.
const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};
