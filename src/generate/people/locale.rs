//! Where records come from: everywhere, or from the places of one language or country, with its names.

use std::sync::LazyLock;

use super::local;
use super::names::{self, Names};
use super::place::PLACES;

/// Which people and places records are about.
#[derive(Debug, Clone, Copy)]
pub struct Locale(&'static Region);

#[derive(Debug)]
struct Region {
    /// `de`, `de-AT`; empty for the whole world.
    tag: &'static str,
    names: &'static Names,
    /// Its places, by their index.
    places: Vec<u16>,
}

static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let all = || (0..PLACES.len() as u16).collect();
    let mut regions = vec![Region { tag: "", names: &names::ALL[0], places: all() }];
    for names in &names::ALL[1..] {
        let speaks = |tag: &str| tag.split('-').next() == Some(names.language);
        let mut tags = vec![names.language];
        for place in PLACES.iter().filter(|place| speaks(place.country.locale)) {
            if !tags.contains(&place.country.locale) {
                tags.push(place.country.locale);
            }
        }
        for tag in tags {
            let is_in = |locale: &str| locale == tag || (tag == names.language && speaks(locale));
            let places = PLACES.iter().enumerate().filter(|(_, place)| is_in(place.country.locale));
            regions.push(Region { tag, names, places: places.map(|(index, _)| index as u16).collect() });
        }
    }
    regions
});

impl Default for Locale {
    /// The whole world.
    fn default() -> Self {
        Self(&REGIONS[0])
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}

impl Eq for Locale {}

impl Locale {
    /// The locale of a language tag such as `de` or `de-AT` (BCP 47), or of a country's code such as `AT`; `None` if
    /// nobody is known there. `_` may stand for `-`.
    pub fn named(text: &str) -> Option<Self> {
        let wanted = text.replace('_', "-");
        let is_country = wanted.len() == 2 && wanted.bytes().all(|byte| byte.is_ascii_uppercase());
        let fits = |region: &&Region| match region.tag.split_once('-') {
            Some((_, country)) if is_country => country == wanted,
            Some(_) | None => !is_country && region.tag.eq_ignore_ascii_case(&wanted),
        };
        REGIONS[1..].iter().find(fits).map(Self)
    }

    /// The tags that are known: languages, and languages with a country.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        REGIONS[1..].iter().map(|region| region.tag)
    }

    /// The languages that are known, without those that are of one country.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        Self::tags().filter(|tag| !tag.contains('-'))
    }

    pub(in crate::generate) fn names(self) -> &'static Names {
        self.0.names
    }

    /// The indices of its places.
    pub(in crate::generate) fn places(self) -> &'static [u16] {
        &self.0.places
    }

    /// What a place, country or currency is called there.
    pub(in crate::generate) fn call(self, english: &'static str) -> &'static str {
        if self.0.tag.is_empty() { english } else { local::name(self.0.names.language, english) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_a_language_a_country_or_both() {
        let told = |text: &str| Locale::named(text).map(|locale| (locale.0.tag, locale.places().len()));
        let table = [
            ("de", Some(("de", 6))),
            ("de-AT", Some(("de-AT", 1))),
            ("de_at", Some(("de-AT", 1))),
            ("AT", Some(("de-AT", 1))),
            ("DE", Some(("de-DE", 4))),
            ("xx", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn the_readme_lists_every_language() {
        let listed: Vec<String> = Locale::languages().map(|language| format!("`{language}`")).collect();
        let readme = include_str!("../../../README.md");
        assert!(readme.contains(&listed.join(", ")), "{}", listed.join(", "));
    }

    #[test]
    fn every_place_is_in_a_locale_and_every_locale_has_places() {
        for place in &PLACES {
            assert!(Locale::named(place.country.locale).is_some(), "{}", place.country.locale);
        }
        for tag in Locale::tags() {
            assert!(!Locale::named(tag).unwrap().places().is_empty(), "{tag}");
        }
    }
}
