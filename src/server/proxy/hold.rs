//! Holding an upstream's content back until it is judged, as far as that makes nobody wait for a stream.

use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::BodyExt;
use hyper::body::Body;

use crate::client::{Arriving, Failure, within};
use crate::media_type::{Kind, MediaType};
use crate::message::{LARGEST_BODY, has_field};

/// How much content is held back unless all of it has to be known.
const MOST: usize = 256 * 1024;
/// The pause behind which content of no told length is taken for a stream.
const PAUSE: Duration = Duration::from_millis(100);

/// How content is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Not at all: it is passed on as it comes.
    None,
    /// As long as it comes without a pause, up to [`MOST`].
    UntilPause,
    /// To its end: it has a told length of at most [`MOST`].
    Short,
    /// To its end, up to [`LARGEST_BODY`]: something is done to it.
    Long,
}

impl Patience {
    /// How to wait for content that comes with these fields.
    pub(super) fn of(headers: &HeaderMap, content: &Arriving, is_held: bool) -> Self {
        if is_in_items(headers) {
            return Self::None;
        }
        match content.size_hint().exact() {
            Some(told) if told <= MOST as u64 => Self::Short,
            Some(told) if told > LARGEST_BODY as u64 => Self::None,
            Some(_) | None if is_held => Self::Long,
            Some(_) => Self::None,
            None => match kind(headers) {
                Some(Kind::Json | Kind::Xml | Kind::Form | Kind::Text) | None => Self::UntilPause,
                Some(Kind::Multipart | Kind::Binary | Kind::JsonLines | Kind::EventStream) => Self::None,
            },
        }
    }
}

/// Content that was held back.
pub(super) enum Held {
    /// All of it.
    Whole(Bytes, Option<Box<HeaderMap>>),
    /// It goes on.
    Begun(Bytes, Arriving),
}

/// Waits for content. It fails if the upstream breaks off or sends nothing for `limit`.
pub(super) async fn hold(
    mut content: Arriving,
    patience: Patience,
    limit: Duration,
) -> Result<Held, Failure> {
    if content.is_end_stream() {
        return Ok(Held::Whole(Bytes::new(), None));
    }
    let (most, pause) = match patience {
        Patience::None => return Ok(Held::Begun(Bytes::new(), content)),
        Patience::UntilPause => (MOST, Some(PAUSE)),
        Patience::Short => (MOST, None),
        Patience::Long => (LARGEST_BODY, None),
    };
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    let mut trailers = None;
    loop {
        let frame = match within(pause.unwrap_or(limit), pin!(content.frame())).await {
            Some(frame) => frame,
            None if pause.is_some() => break,
            None => return Err(Failure::TimedOut(limit)),
        };
        let Some(frame) = frame else {
            return Ok(Held::Whole(if all.is_empty() { first } else { all.freeze() }, trailers));
        };
        match frame.map_err(|error| Failure::Broken(error.to_string()))?.into_data() {
            Ok(data) if first.is_empty() && all.is_empty() => first = data,
            Ok(data) => {
                if all.is_empty() {
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&data);
            }
            Err(frame) => trailers = frame.into_trailers().ok().map(Box::new),
        }
        // What is told to be the last is not waited for.
        if content.is_end_stream() {
            return Ok(Held::Whole(if all.is_empty() { first } else { all.freeze() }, trailers));
        }
        if first.len().max(all.len()) > most {
            break;
        }
    }
    Ok(Held::Begun(if all.is_empty() { first } else { all.freeze() }, content))
}

/// Whether content comes item by item in a way that can be told apart.
pub(super) fn is_in_items(headers: &HeaderMap) -> bool {
    let is_coded = has_field(headers, &CONTENT_ENCODING);
    !is_coded && matches!(kind(headers), Some(Kind::JsonLines | Kind::EventStream))
}

/// What content is by its media type; `None` if there is none that can be read.
pub(super) fn kind(headers: &HeaderMap) -> Option<Kind> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    // What most replies are, without taking the text apart.
    if text == "application/json" {
        return Some(Kind::Json);
    }
    MediaType::parse(text).map(|media_type| media_type.kind())
}
