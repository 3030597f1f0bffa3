//! A reply read to its end, bounded in size and time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::content::Outgoing;
use super::failure::{Failure, root_cause};
use super::upstream::{Address, Upstreams};
use crate::media_type::{Kind, MediaType};
use crate::message::LARGEST_BODY;

/// How long a stream of events or lines is followed that may never end.
const STREAM: Duration = Duration::from_secs(2);

/// A reply that is all there.
#[derive(Debug, Clone)]
pub struct WholeReply {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content; `None` if it is larger than [`LARGEST_BODY`] or did not end in time, such as a stream of events.
    pub body: Option<Bytes>,
}

impl Upstreams {
    /// Sends a request as [`Self::send`] does, and reads its reply to the end, which may take as long as an upstream may
    /// send nothing; a stream of events or lines is followed for two seconds.
    pub async fn fetch(
        &self,
        address: &Address,
        method: Method,
        target: &str,
        headers: HeaderMap,
        content: Bytes,
    ) -> Result<WholeReply, Failure> {
        let response =
            self.send(address, method, target, || headers.clone(), Outgoing::whole(content)).await?;
        let (parts, mut content) = response.into_parts();
        let limit = if is_stream(&parts.headers) { self.timeout().min(STREAM) } else { self.timeout() };
        let until = Instant::now() + limit;
        let mut bytes = BytesMut::new();
        let body = loop {
            let Ok(frame) = timeout_at(until, content.frame()).await else { break None };
            let frame = match frame {
                None => break Some(bytes.freeze()),
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Err(Failure::Broken(root_cause(&error))),
            };
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > LARGEST_BODY {
                break None;
            }
            bytes.extend_from_slice(&data);
        };
        Ok(WholeReply { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

fn is_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| MediaType::parse(value.to_str().ok()?));
    media_type.is_some_and(|media_type| matches!(media_type.kind(), Kind::EventStream | Kind::JsonLines))
}
