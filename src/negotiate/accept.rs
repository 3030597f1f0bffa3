//! The choice among declared media types by `Accept` (RFC 9110 12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

use crate::media_type::{MediaType, split_outside_quotes};

/// A declared media type that a request takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its place in what was offered.
    pub index: usize,
    /// The media type to answer with: what was offered or, where that is a range, a concrete one within it.
    pub media_type: MediaType,
}

/// A member of `Accept`.
struct Wanted {
    range: MediaType,
    /// From 0 (never) to 1000.
    quality: u16,
}

/// Chooses the offered media type that the request likes best; of equals the first, so the document's order decides.
/// `None` if it takes none of them (406).
///
/// Each offer has the quality of the most specific range that takes it in; 0 excludes. Without `Accept`, or with one
/// of which nothing can be read, everything is as good as anything.
pub fn choose(headers: &HeaderMap, offered: &[MediaType]) -> Option<Choice> {
    let wanted = wanted(headers);
    let mut best: Option<(u16, Choice)> = None;
    for (index, offer) in offered.iter().enumerate() {
        let (quality, media_type) = weigh(&wanted, offer);
        if quality > 0 && best.as_ref().is_none_or(|(known, _)| quality > *known) {
            best = Some((quality, Choice { index, media_type }));
        }
    }
    best.map(|(_, choice)| choice)
}

fn wanted(headers: &HeaderMap) -> Vec<Wanted> {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| split_outside_quotes(line, ',')).filter_map(read).collect()
}

fn read(member: &str) -> Option<Wanted> {
    let member = member.trim();
    // Old Java clients write `*` for everything.
    let everything = member == "*" || member.starts_with("*;") || member.starts_with("* ;");
    let text = if everything { format!("*/{member}") } else { member.to_owned() };
    let mut range = MediaType::parse(&text)?;
    let mut quality = 1000;
    if let Some(at) = range.parameters.iter().position(|(name, _)| name == "q") {
        quality = thousandths(&range.parameters[at].1)?;
        // What follows the weight belongs to `Accept`, not to the range.
        range.parameters.truncate(at);
    }
    Some(Wanted { range, quality })
}

/// A weight (RFC 9110 12.4.2) in thousandths, digits beyond the third cut.
fn thousandths(text: &str) -> Option<u16> {
    let plain = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let weight: f64 = if plain { text.parse().ok()? } else { return None };
    (weight <= 1.0).then_some((weight * 1000.0 + 1e-6) as u16)
}

/// How much an offer is wanted, and what to answer with.
fn weigh(wanted: &[Wanted], offer: &MediaType) -> (u16, MediaType) {
    if wanted.is_empty() {
        return (1000, concrete(offer, None));
    }
    if offer.is_range() {
        return weigh_range(wanted, offer);
    }
    (quality(wanted, offer), offer.clone())
}

/// A declared range can be any media type within it: the best of those that the request names.
fn weigh_range(wanted: &[Wanted], offer: &MediaType) -> (u16, MediaType) {
    let named = wanted.iter().filter(|member| offer.includes(&member.range)).map(|member| &member.range);
    let mut best = (0, offer.clone());
    for media_type in named.map(|range| concrete(offer, Some(range))) {
        let quality = quality(wanted, &media_type);
        if quality > best.0 {
            best = (quality, media_type);
        }
    }
    best
}

fn quality(wanted: &[Wanted], media_type: &MediaType) -> u16 {
    let fitting = wanted.iter().filter(|member| member.range.includes(media_type));
    // Of equally specific members the first counts: `max_by_key` would take the last.
    fitting.rev().max_by_key(|member| member.range.specificity()).map_or(0, |member| member.quality)
}

/// A media type within the declared `offer`: itself, else the wanted one, else a usual one.
fn concrete(offer: &MediaType, wanted: Option<&MediaType>) -> MediaType {
    if !offer.is_range() {
        return offer.clone();
    }
    if let Some(wanted) = wanted.filter(|wanted| !wanted.is_range()) {
        return wanted.clone();
    }
    let narrower = |part: fn(&MediaType) -> &str| {
        let offered = part(offer);
        if offered.contains('*') { wanted.map_or(offered, part).to_owned() } else { offered.to_owned() }
    };
    let (main, sub) = (narrower(|media_type| &media_type.main), narrower(|media_type| &media_type.sub));
    let (main, sub) = match (main.as_str(), sub.as_str()) {
        ("*" | "application", "*") => ("application", "json"),
        ("text", "*") => ("text", "plain"),
        ("image", "*") => ("image", "png"),
        ("audio", "*") => ("audio", "mpeg"),
        ("video", "*") => ("video", "mp4"),
        ("multipart", "*") => ("multipart", "form-data"),
        ("font", "*") => ("font", "woff2"),
        ("*", sub) if !sub.contains('*') => ("application", sub),
        (main, "*+json") if main != "*" => (main, "vnd.api+json"),
        (main, "*+xml") if main != "*" => (main, "atom+xml"),
        _ => ("application", "octet-stream"),
    };
    MediaType { main: main.to_owned(), sub: sub.to_owned(), parameters: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn told(accept: &[&str], offered: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(ACCEPT, HeaderValue::from_str(line).unwrap());
        }
        let offered: Vec<MediaType> = offered.iter().map(|text| MediaType::parse(text).unwrap()).collect();
        choose(&headers, &offered)
            .map_or("none".to_owned(), |choice| format!("{} {}", choice.index, choice.media_type))
    }

    #[test]
    fn the_best_liked_offer_is_chosen_and_the_first_of_equals() {
        let both = ["application/json", "application/xml"];
        let table: [(&[&str], &[&str], &str); 24] = [
            (&[], &both, "0 application/json"),
            (&["nonsense"], &both, "0 application/json"),
            (&["*/*"], &both, "0 application/json"),
            (&["*"], &both, "0 application/json"),
            (&["text/html, *; q=.2, */*; q=.2"], &both, "0 application/json"),
            (&["application/xml"], &both, "1 application/xml"),
            (&["application/json;q=0.5, application/xml"], &both, "1 application/xml"),
            (&["application/json;q=0.5", "application/xml"], &both, "1 application/xml"),
            (&["application/*;q=0.5, application/json;q=0.1"], &both, "1 application/xml"),
            (&["application/json;q=0, */*"], &both, "1 application/xml"),
            (&["application/json;q=0.0"], &both, "none"),
            (&["text/html"], &both, "none"),
            (
                &["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
                &both,
                "1 application/xml",
            ),
            (&["APPLICATION/JSON; charset=UTF-8"], &both, "0 application/json"),
            (&["application/json;q=2, application/xml;q=0.1"], &both, "1 application/xml"),
            (&["application/json;q=nan, application/xml;q=0.1"], &both, "1 application/xml"),
            (&["a/b;version=1"], &["a/b", "a/b;version=1"], "1 a/b; version=1"),
            (&["application/json"], &["application/problem+json"], "none"),
            (&[], &["*/*"], "0 application/json"),
            (&["text/csv, */*;q=0.1"], &["*/*"], "0 text/csv"),
            (&["text/*"], &["*/*"], "0 text/plain"),
            (&["image/webp"], &["image/*", "application/json"], "0 image/webp"),
            (&["image/png;q=0, image/*"], &["image/*", "application/json"], "none"),
            (&["*/*"], &[], "none"),
        ];
        for (accept, offered, expected) in table {
            assert_eq!(told(accept, offered), expected, "{accept:?} {offered:?}");
        }
    }

    #[test]
    fn a_concrete_answer_lies_within_the_declared_range() {
        for offer in ["*/*", "application/*", "text/*", "image/*", "application/*+json", "font/*", "x/*"] {
            let range = MediaType::parse(offer).unwrap();
            let answer = concrete(&range, None);
            assert!(!answer.is_range(), "{offer} {answer}");
            assert!(offer == "x/*" || range.includes(&answer), "{offer} {answer}");
        }
    }
}
