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
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let high = (random.bits() & !0xf000) | 0x4000;
    let low = (random.bits() & !(0b11 << 62)) | (0b10 << 62);
    let mut text = [b'-'; 36];
    let mut at = 0;
    for half in [high, low] {
        for byte in half.to_be_bytes() {
            if matches!(at, 8 | 13 | 18 | 23) {
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 15)];
            at += 2;
        }
    }
    out.extend_from_slice(&text);
}
