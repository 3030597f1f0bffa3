//! `wrong_media_type`: the content under a media type that it is not of.

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Effect;
use super::definition::{Cell, Definition};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "wrong_media_type",
    means: "a `content-type` that the content is not of",
    parameters: "`media_type`: the wrong one (`text/html`; for HTML `application/octet-stream`)",
    http1: Cell::Applies("the reply under the wrong `content-type`"),
    http2: Cell::Applies("the reply under the wrong `content-type`"),
    tls: "the same",
    read: super::read::<WrongMediaType>,
    schema: super::schema::<WrongMediaType>,
};

/// Which media type is told.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct WrongMediaType {
    /// The wrong one.
    media_type: Option<String>,
}

impl Effect for WrongMediaType {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let before = reply.headers.get(CONTENT_TYPE);
        let is_html = before.is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        let usual = if is_html { "application/octet-stream" } else { "text/html" };
        let wrong = HeaderValue::from_str(self.media_type.as_deref().unwrap_or(usual));
        let Some(wrong) = wrong.ok().filter(|wrong| Some(wrong) != before) else { return false };
        reply.headers.insert(CONTENT_TYPE, wrong);
        true
    }

    fn check(&self) -> Result<(), String> {
        match self.media_type.as_deref().map(HeaderValue::from_str) {
            Some(Err(_)) => Err("`media_type` can't stand in a header field".to_owned()),
            Some(Ok(_)) | None => Ok(()),
        }
    }
}
