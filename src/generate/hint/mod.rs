//! What a property's name says about its values.

pub mod faker;
mod lists;
mod table;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use serde_json::Value;

use crate::generate::persona::{Field, Moment};
use crate::generate::pool::Pool;
use lists::{IDS, LISTS};
use table::{ENDINGS, NUMBERS, TEXTS};

/// What the values of a property should read like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hint {
    /// Something about the record's persona.
    Field(Field),
    /// One of some texts.
    Pool(Pool),
    /// A number from `low` to `high` with `scale` decimal places.
    Number {
        low: i64,
        high: i64,
        scale: u32,
    },
    /// A made-up id with this prefix.
    Id(String),
    Uuid,
    /// Some letters and digits.
    Token,
    /// One of these texts.
    One(&'static [&'static str]),
    /// One of these values.
    Listed(Vec<Value>),
}

/// What a record is, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Other,
    Organization,
    Person,
    Country,
    State,
    Currency,
    City,
    Product,
    Project,
    File,
    Tag,
    Role,
}

/// A name in lower case, its words parted by `_`.
pub(super) fn words(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    let mut previous = '_';
    for character in name.chars() {
        let starts =
            character.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit());
        if (starts || !character.is_alphanumeric()) && !text.is_empty() && !text.ends_with('_') {
            text.push('_');
        }
        if character.is_ascii_alphanumeric() {
            text.push(character.to_ascii_lowercase());
        } else if character.is_alphanumeric() {
            text.extend(character.to_lowercase());
        }
        previous = character;
    }
    text.truncate(text.trim_end_matches('_').len());
    text
}

/// A name in lower case without separators: equal for all spellings of it.
pub(super) fn folded(name: &str) -> String {
    if name.is_ascii() {
        // Most names are: each is folded when a plan is compiled, while a request waits.
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        return letters.map(|letter| letter.to_ascii_lowercase()).collect();
    }
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a name folds to this text.
pub(super) fn folds_to(name: &str, text: &str) -> bool {
    if !name.is_ascii() {
        return folded(name) == text;
    }
    // Only separators are left out.
    match name.len().cmp(&text.len()) {
        Ordering::Less => false,
        Ordering::Equal => name.eq_ignore_ascii_case(text),
        Ordering::Greater => {
            let folded = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
            folded.eq(text.bytes())
        }
    }
}

/// The word for one of what a list's name says.
pub(super) fn singular(name: &str) -> Cow<'_, str> {
    if let Some(stem) = name.strip_suffix("ies") {
        return Cow::Owned(format!("{stem}y"));
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if name.ends_with(ending) {
            return Cow::Borrowed(&name[..name.len() - 2]);
        }
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => Cow::Borrowed(stem),
        _ => Cow::Borrowed(name),
    }
}

/// What a record of this name is: the last word that tells decides.
pub(super) fn kind(name: &str) -> Kind {
    let words = words(name);
    words.rsplit('_').map(|word| kind_of_word(&singular(word))).find(|kind| *kind != Kind::Other).unwrap_or(
        match words.as_str() {
            "created_by" | "updated_by" | "deleted_by" | "assigned_to" => Kind::Person,
            _ => Kind::Other,
        },
    )
}

fn kind_of_word(word: &str) -> Kind {
    match word {
        "organization" | "organisation" | "org" | "company" | "team" | "tenant" | "account" | "vendor"
        | "employer" | "merchant" | "publisher" | "workspace" | "supplier" | "manufacturer" | "brand"
        | "reseller" | "distributor" | "partner" | "business" | "agency" | "client" => Kind::Organization,
        "user" | "person" | "member" | "owner" | "author" | "contact" | "employee" | "customer"
        | "creator" | "assignee" | "admin" | "profile" | "sender" | "recipient" | "reviewer" | "actor"
        | "people" | "patient" | "student" | "teacher" | "driver" | "guest" | "committer" | "uploader"
        | "reporter" | "buyer" | "seller" | "holder" => Kind::Person,
        "country" | "nationality" => Kind::Country,
        "state" | "region" | "province" | "county" => Kind::State,
        "currency" => Kind::Currency,
        "city" | "town" => Kind::City,
        "product" | "item" | "article" | "sku" | "plan" | "package" | "goods" => Kind::Product,
        "project" | "repository" | "repo" | "app" | "application" | "service" | "site" | "board"
        | "server" | "machine" | "instance" | "cluster" => Kind::Project,
        "file" | "document" | "attachment" | "upload" | "image" | "photo" | "asset" => Kind::File,
        "tag" | "label" | "category" | "topic" | "genre" | "keyword" => Kind::Tag,
        "role" | "group" | "permission" | "policy" | "scope" => Kind::Role,
        _ => Kind::Other,
    }
}

/// What a property name says in a record of this kind; `None` if nothing.
pub(super) fn hint(name: &str, kind: Kind, description: &str, numeric: bool) -> Option<Hint> {
    let words = words(name);
    let exact = folded(name);
    let hint = if numeric { number(&words, &exact) } else { text(&words, &exact, kind, description) };
    hint.or_else(|| moment(&words, description, numeric).map(Hint::Field))
}

/// What the names of texts say that say it in every record. None is there twice.
static KNOWN: LazyLock<HashMap<&str, Hint, RandomState>> = LazyLock::new(|| {
    let texts = TEXTS.iter().flat_map(|(names, hint)| names.iter().map(|name| (*name, hint.clone())));
    let lists = LISTS.iter().flat_map(|(names, texts)| names.iter().map(|name| (*name, Hint::One(texts))));
    let ids = IDS.iter().map(|name| (*name, Hint::Id(String::new())));
    texts.chain(lists).chain(ids).collect()
});

/// The texts that a kind of record is called by.
fn name_of(kind: Kind) -> Hint {
    match kind {
        Kind::Organization => Hint::Field(Field::Company),
        Kind::Person => Hint::Field(Field::FullName),
        Kind::Country => Hint::Field(Field::Country),
        Kind::State => Hint::Field(Field::State),
        Kind::Currency => Hint::Field(Field::CurrencyName),
        Kind::City => Hint::Field(Field::City),
        Kind::Product => Hint::Pool(Pool::Product),
        Kind::Project => Hint::Pool(Pool::Project),
        Kind::File => Hint::Pool(Pool::File),
        Kind::Tag => Hint::Pool(Pool::Tag),
        Kind::Role => Hint::Pool(Pool::Role),
        Kind::Other => Hint::Pool(Pool::Name),
    }
}

fn text(words: &str, exact: &str, kind: Kind, description: &str) -> Option<Hint> {
    if let Some(prefix) = id(words, exact, description) {
        return Some(prefix);
    }
    match (exact, kind) {
        ("description", _) if description.to_ascii_lowercase().contains("error") => {
            return Some(Hint::Pool(Pool::Message));
        }
        ("displayname" | "fullname", Kind::Organization) => return Some(Hint::Field(Field::Company)),
        ("name" | "label", _) | ("title", Kind::Product | Kind::Project | Kind::File) => {
            return Some(name_of(kind));
        }
        ("email" | "emailaddress", Kind::Organization) => return Some(Hint::Field(Field::CompanyEmail)),
        ("code" | "isocode", Kind::Currency) => return Some(Hint::Field(Field::CurrencyCode)),
        ("code" | "isocode", Kind::Country) => return Some(Hint::Field(Field::CountryCode2)),
        ("code" | "isocode", Kind::State) => return Some(Hint::Field(Field::StateCode)),
        ("slug" | "handle", Kind::Person) => return Some(Hint::Field(Field::Username)),
        ("url" | "link", Kind::Organization) => return Some(Hint::Field(Field::Website)),
        ("url" | "link" | "externalurl" | "publicurl", _) => return Some(Hint::Pool(Pool::Link)),
        _ => {}
    }
    if let Some(hint) = KNOWN.get(exact) {
        return Some(hint.clone());
    }
    if let Some((_, hint)) = ENDINGS.iter().find(|(ending, _)| words.ends_with(ending)) {
        return Some(hint.clone());
    }
    if let Some(stem) = words.strip_suffix("_name") {
        return Some(name_of(self::kind(stem)));
    }
    match self::kind(words) {
        Kind::Other => None,
        kind => Some(name_of(kind)),
    }
}

/// What ids look like: as the description shows them, else opaque.
fn id(words: &str, exact: &str, description: &str) -> Option<Hint> {
    let is_id = exact == "id" || words.ends_with("_id") || words.ends_with("_ids") || exact == "uid";
    if !is_id {
        return None;
    }
    let lower = description.to_ascii_lowercase();
    if lower.contains("uuid") || lower.contains("guid") {
        return Some(Hint::Uuid);
    }
    let shown =
        description.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).find_map(|word| {
            let (prefix, _) = word.split_once('_')?;
            let fits =
                (2..=6).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
            let bare = word.len() == prefix.len() + 1
                || word[prefix.len() + 1..].bytes().any(|b| b.is_ascii_digit());
            (fits && bare).then(|| format!("{prefix}_"))
        });
    Some(Hint::Id(shown.unwrap_or_default()))
}

/// The moment that a name such as `created_at` stands for, in the notation that it asks for.
fn moment(words: &str, description: &str, numeric: bool) -> Option<Field> {
    let stem = ["_at", "_on", "_date", "_time", "_timestamp", "_datetime", "_ts"]
        .iter()
        .find_map(|end| words.strip_suffix(end));
    let stem = match (stem, words) {
        (Some(stem), _) => stem,
        (None, "created" | "updated" | "modified" | "timestamp" | "expires" | "date" | "time") => words,
        (None, "start" | "end" | "from" | "until" | "since" | "exp" | "iat") if numeric => words,
        _ => return None,
    };
    let moment = match stem.rsplit('_').next().unwrap_or(stem) {
        "created" | "create" | "added" | "joined" | "registered" | "signup" | "start" | "started"
        | "from" | "iat" | "begin" | "opened" | "issued" | "queued" | "submitted" | "timestamp" => {
            Moment::Created
        }
        "activated" | "verified" | "confirmed" | "accepted" | "approved" | "published" | "paid" => {
            Moment::Activated
        }
        "expires" | "expire" | "expiry" | "expiration" | "exp" | "deleted" | "end" | "ended" | "until"
        | "due" | "finished" | "completed" | "closed" | "canceled" | "cancelled" | "archived" => {
            Moment::Later
        }
        "birth" => Moment::Birth,
        _ => Moment::Updated,
    };
    if numeric {
        let fine = description.to_ascii_lowercase().contains("millisecond") || words.ends_with("_ms");
        return Some(if fine { Field::Milliseconds(moment) } else { Field::Seconds(moment) });
    }
    let day = words.ends_with("_date") || words.ends_with("_on");
    Some(if day { Field::Date(moment) } else { Field::DateTime(moment) })
}

fn number(words: &str, exact: &str) -> Option<Hint> {
    match exact {
        "latitude" | "lat" => return Some(Hint::Field(Field::Latitude)),
        "longitude" | "lng" | "lon" | "long" => return Some(Hint::Field(Field::Longitude)),
        _ => {}
    }
    let find = |name: &str| NUMBERS.iter().find(|(names, ..)| names.contains(&name));
    let last = words.rsplit('_').next().unwrap_or(words);
    let first = words.split('_').next().unwrap_or(words);
    let timed = ["at", "on", "date", "time", "timestamp"].contains(&last);
    let row = find(exact).or_else(|| if timed { None } else { find(last) });
    let row =
        row.or_else(|| if timed || !["max", "min", "total"].contains(&first) { None } else { find(first) });
    row.map(|(_, low, high, scale)| Hint::Number { low: *low, high: *high, scale: *scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_are_one() {
        for name in ["created_at", "createdAt", "CreatedAt", "created-at", "created.at"] {
            assert_eq!(words(name), "created_at");
            assert_eq!(folded(name), "createdat");
            assert!(folds_to(name, "createdat"), "{name}");
            assert!(
                !folds_to(name, "created") && !folds_to(name, "createdatx") && !folds_to(name, "recreatedat")
            );
        }
    }

    #[test]
    fn a_known_name_is_folded_and_known_once() {
        let texts = TEXTS.iter().flat_map(|(names, _)| *names);
        let lists = LISTS.iter().flat_map(|(names, _)| *names);
        let mut names: Vec<&str> = texts.chain(lists).chain(IDS).copied().collect();
        assert!(names.len() >= 150, "{}", names.len());
        for name in &names {
            assert_eq!(folded(name), *name, "it would never be met");
        }
        let count = names.len();
        names.sort_unstable();
        let twice = names.windows(2).find(|two| two[0] == two[1]).map(|two| two[0]);
        names.dedup();
        assert_eq!((names.len(), twice), (count, None));
    }

    #[test]
    fn a_name_is_read_in_the_record_that_it_stands_in() {
        assert_eq!(hint("name", Kind::Organization, "", false), Some(Hint::Field(Field::Company)));
        assert_eq!(hint("name", kind("users"), "", false), Some(Hint::Field(Field::FullName)));
        assert_eq!(
            hint("iso_code", kind("GetOrganizationCurrency"), "", false),
            Some(Hint::Field(Field::CurrencyCode))
        );
        assert_eq!(
            hint("id", Kind::Other, "Id, `org_` and 16 letters", false),
            Some(Hint::Id("org_".to_owned()))
        );
        assert_eq!(
            hint("activated_at", Kind::Other, "", true),
            Some(Hint::Field(Field::Seconds(Moment::Activated)))
        );
    }
}
