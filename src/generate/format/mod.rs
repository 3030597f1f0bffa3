//! String formats: what each looks like, one family of formats per file.

mod address;
pub(super) mod encoded;
pub(super) mod identifier;
mod internet;
mod pointer;
pub(super) mod time;

use crate::seed::Random;

/// Writes one value of a format, as plain characters that need no escaping in JSON.
pub(super) type Writer = fn(&mut Random, &mut Vec<u8>);

/// The families: each names its formats and their writers.
const FAMILIES: [&[(&str, Writer)]; 6] = [
    address::FORMATS,
    encoded::FORMATS,
    identifier::FORMATS,
    internet::FORMATS,
    pointer::FORMATS,
    time::FORMATS,
];

/// The writer of a format; `None` if the format is not known.
pub(super) fn writer(format: &str) -> Option<Writer> {
    FAMILIES
        .iter()
        .flat_map(|family| family.iter())
        .find(|(name, _)| *name == format)
        .map(|(_, writer)| *writer)
}

fn digits(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

fn one_of(texts: &[&str], random: &mut Random, out: &mut Vec<u8>) {
    if let Some(text) = random.pick(texts) {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use serde_json::{Value, json};

    #[test]
    fn every_format_is_what_the_validator_takes_for_it() {
        for (name, writer) in FAMILIES.iter().flat_map(|family| family.iter()) {
            let schema = json!({ "type": "string", "format": name });
            let validator = jsonschema::options()
                .with_draft(jsonschema::Draft::Draft202012)
                .should_validate_formats(true)
                .should_ignore_unknown_formats(true)
                .build(&schema)
                .unwrap();
            for seed in 0..200 {
                let mut out = Vec::new();
                writer(&mut Seed(seed).random(), &mut out);
                let value = Value::String(String::from_utf8(out).unwrap());
                assert!(validator.is_valid(&value), "{name}, seed {seed}: {value}");
            }
        }
    }
}
