//! The documents that are part of the program, served when it is given none.

/// Their names and texts; the one place where they are listed.
pub const DOCUMENTS: &[(&str, &str)] = &[
    ("katapult", include_str!("../../specs/katapult.yaml")),
    ("mserve", include_str!("../../specs/mserve.yaml")),
    ("nethesis", include_str!("../../specs/nethesis.yaml")),
    ("packet", include_str!("../../specs/packet.yaml")),
];
