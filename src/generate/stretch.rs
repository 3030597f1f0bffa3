//! Texts of a format that are to keep bounds of length: longer or shorter than those that look best.

use std::fmt::Write as _;

use crate::generate::format::encoded::letters;
use crate::generate::format::writer;
use crate::seed::Random;

/// The longest label of a host name (RFC 1035 2.3.4), and the longest local part of an address (RFC 5321 4.5.3.1.1).
const LABEL: usize = 63;

/// A text of a format that has from `shortest` to `longest` characters, if the format can be stretched so far; the
/// caller judges it.
pub(super) fn within(format: &str, shortest: usize, longest: usize, random: &mut Random) -> String {
    let mut out = Vec::new();
    if let Some(writer) = writer(format) {
        writer(random, &mut out);
    }
    let usual = String::from_utf8(out).unwrap_or_default();
    let length = usual.chars().count();
    if (shortest..=longest).contains(&length) {
        return usual;
    }
    let wanted = if length < shortest { shortest } else { longest };
    stretched(format, &usual, wanted, random).unwrap_or(usual)
}

fn stretched(format: &str, usual: &str, wanted: usize, random: &mut Random) -> Option<String> {
    match format {
        "date-time" | "date-time-local" | "time" | "time-local" => fraction(usual, wanted),
        "hostname" | "idn-hostname" => Some(host(wanted, random)),
        "email" | "idn-email" => Some(address(wanted, random)),
        "uri" | "url" | "iri" => {
            let start = if wanted > "https://a.co/".len() { "https://a.co/" } else { "a:" };
            Some(filled(start, wanted, random))
        }
        "uri-reference" | "iri-reference" | "json-pointer" => Some(filled("/", wanted, random)),
        "uri-template" => Some(filled("/{id}/", wanted, random)),
        _ => None,
    }
}

/// A time with as many digits behind its seconds as the length asks for.
fn fraction(usual: &str, wanted: usize) -> Option<String> {
    let clock = usual.find(':')?;
    let zone = usual[clock..].find(['Z', '+', '-']).map_or(usual.len(), |at| clock + at);
    let seconds = usual[..zone].find('.').unwrap_or(zone);
    let digits = wanted.checked_sub(seconds + (usual.len() - zone))?;
    let mut text = usual[..seconds].to_owned();
    // A point alone is no fraction, so two characters are the least.
    if digits > 0 {
        let _ = write!(text, ".{:0>1$}", "", (digits - 1).clamp(1, 9));
    }
    text.push_str(&usual[zone..]);
    Some(text)
}

fn host(wanted: usize, random: &mut Random) -> String {
    let mut name = String::new();
    let mut left = wanted.clamp(1, 253);
    while left > 0 {
        // What is left behind a dot must not be nothing.
        let label = if left == LABEL + 1 { LABEL - 1 } else { left.min(LABEL) };
        name.push_str(&filled("", label, random));
        left -= label;
        if left > 0 {
            name.push('.');
            left -= 1;
        }
    }
    name
}

fn address(wanted: usize, random: &mut Random) -> String {
    let name = wanted.saturating_sub("@a.co".len()).clamp(1, LABEL);
    let domain = wanted.saturating_sub(name + 1);
    let domain =
        if domain < 8 { filled("", domain.saturating_sub(3), random) + ".co" } else { host(domain, random) };
    format!("{}@{domain}", filled("", name, random))
}

fn filled(start: &str, wanted: usize, random: &mut Random) -> String {
    let mut out = start.as_bytes().to_vec();
    letters(random, wanted.saturating_sub(start.len()), &mut out);
    String::from_utf8(out).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn formats_keep_bounds_of_length_and_stay_what_they_are() {
        let table = [
            ("date-time", 24, 30),
            ("time", 12, 16),
            ("email", 0, 8),
            ("email", 90, 100),
            ("hostname", 40, 70),
            ("hostname", 64, 64),
            ("hostname", 0, 3),
            ("uri", 60, 60),
            ("uri", 0, 6),
            ("json-pointer", 30, 30),
        ];
        for (format, shortest, longest) in table {
            let schema = serde_json::json!({ "type": "string", "format": format, "minLength": shortest, "maxLength": longest });
            let validator = jsonschema::options()
                .with_draft(jsonschema::Draft::Draft202012)
                .should_validate_formats(true)
                .build(&schema)
                .unwrap();
            for seed in 0..50 {
                let text = within(format, shortest, longest, &mut Seed(seed).random());
                assert!(
                    validator.is_valid(&text.clone().into()),
                    "{format} {shortest} to {longest}, seed {seed}: {text}"
                );
            }
        }
    }
}
