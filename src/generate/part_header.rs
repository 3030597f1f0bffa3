//! Header fields of the parts of a multipart body, as the `encoding` of each declares them (OpenAPI 3.1 4.8.15).

use std::fmt::Write as _;

use http::HeaderName;
use indexmap::IndexMap;

use crate::contract::{Content, Encoding};
use crate::generate::{Draw, HeaderValue, Plans, Unsatisfiable};
use crate::seed::{Random, Seed};

/// Fields of one part: each with its name.
type Fields = Vec<(String, HeaderValue)>;

/// The fields of all parts: compiled once.
#[derive(Default)]
pub(super) struct PartHeaders {
    named: IndexMap<String, Fields>,
    prefix: Vec<Fields>,
    item: Fields,
}

/// Which part is meant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// A property.
    Named(&'a str),
    /// An item of a list, by its place.
    Placed(usize),
}

impl PartHeaders {
    /// Compiles the fields that a content's encodings declare.
    ///
    /// Errors where a schema of one has no value, or none was found.
    pub(super) fn compile(plans: &Plans, content: &Content) -> Result<Self, Unsatisfiable> {
        let mut named = IndexMap::new();
        for (name, encoding) in &content.encoding {
            named.insert(name.clone(), fields(plans, encoding)?);
        }
        let prefix = content.prefix_encoding.iter().map(|encoding| fields(plans, encoding));
        let item = content.item_encoding.as_ref().map(|encoding| fields(plans, encoding)).transpose()?;
        Ok(Self { named, prefix: prefix.collect::<Result<_, _>>()?, item: item.unwrap_or_default() })
    }

    /// The fields of a part as lines.
    pub(super) fn lines(&self, part: Part<'_>, random: &mut Random) -> String {
        let fields = match part {
            Part::Named(name) => self.named.get(name),
            Part::Placed(at) => Some(self.prefix.get(at).unwrap_or(&self.item)),
        };
        let mut lines = String::new();
        for (name, value) in fields.into_iter().flatten() {
            let example = value.example().filter(|example| example.is_valid);
            let drawn = || value.write(&mut Draw::new(Seed(random.bits())));
            let text = example.map_or_else(drawn, |example| example.text.clone());
            let _ = write!(lines, "{name}: {text}\r\n");
        }
        lines
    }
}

/// What a part says of its content comes from elsewhere.
fn fields(plans: &Plans, encoding: &Encoding) -> Result<Fields, Unsatisfiable> {
    const OURS: [&str; 3] = ["content-type", "content-disposition", "content-transfer-encoding"];
    let declared = encoding.headers.iter().filter(|header| {
        HeaderName::from_bytes(header.name.as_bytes()).is_ok_and(|name| !OURS.contains(&name.as_str()))
    });
    declared.map(|header| Ok((header.name.clone(), HeaderValue::compile(plans, header)?))).collect()
}
