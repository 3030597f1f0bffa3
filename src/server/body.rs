//! Reading a request's body whole, within its limits.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::Limits;
use super::problem::Problem;
use super::wire::LINGER;

/// How much is reserved for a body before its bytes are there.
const RESERVED: usize = 64 * 1024;

/// Reads the body, or tells why it can't be read. One that is declared too large is refused unread, so a
/// client that expects `100 Continue` is never asked for it.
pub(super) async fn read(body: &mut Incoming, limits: &Limits) -> Result<Bytes, Problem> {
    if body.size_hint().lower() > limits.body as u64 {
        return Err(Problem::BodyTooLarge);
    }
    match timeout(limits.body_timeout, collect(body, limits.body)).await {
        Ok(read) => read,
        Err(_) => Err(Problem::TooSlow),
    }
}

/// Reads what is left of a refused body and throws it away, as long as a client may linger.
pub(super) async fn discard(mut body: Incoming) {
    let read = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = timeout(LINGER, read).await; // whoever sends for longer is reset
}

async fn collect(body: &mut Incoming, limit: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::BodyUnreadable)?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(Problem::BodyTooLarge);
        }
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if !first.is_empty() {
            let expected = usize::try_from(body.size_hint().lower()).unwrap_or(limit).min(RESERVED);
            all.reserve(first.len() + data.len() + expected);
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}
