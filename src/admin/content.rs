//! What a request carries: JSON or YAML, with the place of each value.

use http::HeaderValue;
use http::header::CONTENT_TYPE;

use crate::document::SourceFile;
use crate::engine::Problem;
use crate::media_type::MediaType;
use crate::message::Request;

/// The media type of YAML (RFC 9512).
pub(super) const YAML: &str = "application/yaml";
/// The names that it had before it was registered.
const OLD_NAMES: [&str; 3] = ["application/x-yaml", "text/yaml", "text/x-yaml"];
/// More bytes than any scenario needs are not read.
const LARGEST: usize = 256 * 1024;

/// The content of a request, read.
pub struct Content {
    /// Its value, and where each part of it stands.
    pub file: SourceFile,
    is_yaml: bool,
}

impl Content {
    /// Reads a request's content. The media type is judged later; whatever it is, what can't be read as JSON or YAML is told
    /// here, with its place.
    pub(super) fn read(request: &Request) -> Result<Self, Problem> {
        if request.body.len() > LARGEST {
            let detail = format!("the content has {} bytes, at most {LARGEST} are taken", request.body.len());
            return Err(Problem::new(413, detail));
        }
        let text = String::from_utf8(request.body.to_vec()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Problem::new(400, format!("the content is not UTF-8: byte {at} can't be read"))
        })?;
        let media_type = request.header(CONTENT_TYPE.as_str()).and_then(MediaType::parse);
        let is_yaml = media_type.is_some_and(|found| {
            let name = found.essence();
            name == YAML || OLD_NAMES.contains(&name.as_str())
        });
        let mut found = Vec::new();
        let name = if is_yaml { "content.yaml" } else { "content.json" };
        match SourceFile::of_text(name, text, &mut found) {
            Some(file) => Ok(Self { file, is_yaml }),
            None => Err(Problem::of_diagnostics(400, &found)),
        }
    }

    /// Puts it into the request as the JSON that it is judged as.
    pub(super) fn put_as_json(&self, request: &mut Request) {
        if self.is_yaml {
            request.body = self.file.value.to_string().into();
            request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
    }
}
