//! Content of no form that is known here.

use super::Body;

/// Bytes have no form that they could miss.
pub(super) fn decode(_bytes: &[u8]) -> Body {
    Body::Opaque
}
