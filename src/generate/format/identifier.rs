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
    let bits = (u128::from(high) << 64) | u128::from(low);
    for index in 0..32 {
        if [8, 12, 16, 20].contains(&index) {
            out.push(b'-');
        }
        out.push(HEX[(bits >> (124 - 4 * index)) as usize & 15]);
    }
}
