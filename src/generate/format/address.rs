//! Formats of network addresses: from the ranges that are reserved for documentation (RFC 5737, RFC 3849).

use crate::generate::format::{Writer, digits, one_of};

pub(super) const FORMATS: &[(&str, Writer)] = &[
    ("ipv4", |random, out| {
        one_of(&["192.0.2.", "198.51.100.", "203.0.113."], random, out);
        digits(random.below(254) + 1, out);
    }),
    ("ip", |random, out| {
        one_of(&["192.0.2.", "198.51.100.", "203.0.113."], random, out);
        digits(random.below(254) + 1, out);
    }),
    ("ipv6", |random, out| {
        out.extend_from_slice(
            format!("2001:db8:{:x}::{:x}", random.below(0xffff), random.below(0xfffe) + 1).as_bytes(),
        );
    }),
    ("cidr", |random, out| {
        one_of(&["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/25", "203.0.113.128/26"], random, out);
    }),
    ("mac", |random, out| {
        out.extend_from_slice(format!("00:00:5e:00:53:{:02x}", random.below(256)).as_bytes());
    }),
];
