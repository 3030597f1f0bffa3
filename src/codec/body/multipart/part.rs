//! A multipart body taken apart (RFC 2046 5.1, RFC 7578).

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyDataStream, Full};
use indexmap::IndexMap;

use crate::codec::body::Unreadable;
use crate::media_type::MediaType;
use crate::text::{harmless, shortened};

/// How many parts are read; more are unreadable.
const MOST_PARTS: usize = 1_000;

/// One part.
pub(super) struct Part {
    pub(super) media_type: Option<MediaType>,
    pub(super) is_file: bool,
    headers: HeaderMap,
    pub(super) bytes: Bytes,
}

impl Part {
    /// Whether it is a text of which no more is said.
    pub(super) fn is_text(&self) -> bool {
        self.media_type.is_none() && !self.is_file
    }
}

/// What stands above one part.
#[derive(Debug)]
pub struct PartHead {
    /// The part's name.
    pub name: String,
    /// Its header fields.
    pub headers: HeaderMap,
}

/// The heads of the parts that have names; none of what is no multipart.
pub fn heads(media_type: &MediaType, bytes: &[u8]) -> Vec<PartHead> {
    let read = boundary(media_type).and_then(|boundary| parts(boundary, bytes, false));
    let named = read.unwrap_or_default().into_iter().filter(|(name, _)| name != ANONYMOUS);
    let heads = named.flat_map(|(name, parts)| {
        parts.into_iter().map(move |part| PartHead { name: name.clone(), headers: part.headers })
    });
    heads.collect()
}

/// RFC 2046 5.1.1: 1 to 70 characters.
pub(super) fn boundary(media_type: &MediaType) -> Result<&str, Unreadable> {
    let mut named = media_type.parameters.iter().filter(|(name, _)| name == "boundary");
    match (named.next(), named.next()) {
        (Some((_, boundary)), None) if (1..=70).contains(&boundary.len()) => Ok(boundary),
        (Some((_, boundary)), None) if boundary.len() > 70 => {
            Err(Unreadable::new("has a `boundary` of more than 70 characters"))
        }
        (Some(_), Some(_)) => Err(Unreadable::new("has several `boundary` in its media type")),
        (Some(_) | None, None) | (None, Some(_)) => {
            Err(Unreadable::new("has no `boundary` in its media type"))
        }
    }
}

/// What parts without names are kept under; no form field has an empty name.
pub(super) const ANONYMOUS: &str = "";

/// The boundary of what is written already: what follows `--` in its first line.
pub(in crate::codec) fn first_boundary(bytes: &[u8]) -> Option<&str> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let boundary = str::from_utf8(line).ok()?.trim_ascii_end().strip_prefix("--")?;
    let is_only_line = line.len() + 2 > bytes.len();
    let boundary = boundary.strip_suffix("--").filter(|_| is_only_line).unwrap_or(boundary);
    // RFC 2046 5.1.1: at most 70 characters.
    (!boundary.is_empty() && boundary.len() <= 70).then_some(boundary)
}

/// The parts by name; those that need none and have none are together.
pub(super) fn parts(
    boundary: &str,
    bytes: &[u8],
    named: bool,
) -> Result<IndexMap<String, Vec<Part>>, Unreadable> {
    let stream = BodyDataStream::new(Full::new(Bytes::copy_from_slice(bytes)));
    let mut multipart = multer::Multipart::new(stream, boundary);
    let mut parts: IndexMap<String, Vec<Part>> = IndexMap::new();
    for number in 1..=MOST_PARTS {
        let Some(field) = ready(multipart.next_field())? else {
            return Ok(parts);
        };
        let name = field.name().map(str::to_owned);
        let text = |name: &str| str::from_utf8(field.headers().get(name)?.as_bytes()).ok();
        let part = Part {
            media_type: text("content-type").and_then(MediaType::parse),
            // `multer` 3.1 does not read `filename*`, which browsers no longer send (RFC 7578 4.2).
            is_file: field.file_name().is_some()
                || text("content-disposition").is_some_and(|text| text.contains("filename*=")),
            headers: field.headers().clone(),
            bytes: ready(field.bytes())?,
        };
        match name {
            Some(name) => parts.entry(name).or_default().push(part),
            None if named => return Err(Unreadable::new(format!("has no name in its part {number}"))),
            None => parts.entry(ANONYMOUS.to_owned()).or_default().push(part),
        }
    }
    Err(Unreadable::new(format!("has more than {MOST_PARTS} parts")))
}

/// The outcome of a future whose data is there already.
fn ready<T>(future: impl Future<Output = multer::Result<T>>) -> Result<T, Unreadable> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // `multer` 3.1 answers `Pending` now and then though its stream has ended; asking again moves it on.
    for _ in 0..64 {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
            return outcome.map_err(|error| {
                let told = harmless(&shortened(&error.to_string(), 120));
                Unreadable::new(format!("is not well-formed multipart: {told}"))
            });
        }
    }
    Err(Unreadable::new("is not well-formed multipart: ends too early"))
}
