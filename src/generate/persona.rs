//! One record that agrees with itself: the company, the person, the place and the times behind an object's properties.

use crate::generate::format::time;
use crate::generate::hint::folded;
use crate::generate::people::{COMPANIES, Locale, PLACES, Place, write_plain};
use crate::seed::Random;

/// Who and what a record is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Persona {
    /// Where the people and the place are from.
    locale: Locale,
    company: u16,
    first: u16,
    last: u16,
    place: u16,
    /// Seconds since 1970-01-01, UTC.
    created: u32,
    /// Seconds from `created` to the activation, and from there to the last change.
    steps: [u32; 2],
    serial: u32,
}

/// What a nested record does not share with the record around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refresh {
    /// Another person and other times of the same company: `owner`, `created_by`.
    Person,
    /// Only other times: `country`, `address`, `settings`.
    Times,
    /// Everything: the items of a list.
    Everything,
}

/// 2019-01-01T00:00:00Z, the earliest time of a record.
const EARLIEST: u32 = 1_546_300_800;
/// Five years in seconds: what is created lies within.
const SPAN: u32 = 5 * 365 * 86_400;

impl Persona {
    pub fn draw(locale: Locale, random: &mut Random) -> Self {
        let bits = random.bits();
        let places = locale.places();
        let mut persona = Self {
            locale,
            company: below(bits, COMPANIES.len()),
            place: places[usize::from(below(bits >> 16, places.len()))],
            first: 0,
            last: 0,
            created: 0,
            steps: [0; 2],
            serial: 0,
        };
        persona.refresh_person(random);
        persona.refresh_times(random);
        persona
    }

    /// The persona of a record within this one.
    pub fn within(&self, refresh: Refresh, random: &mut Random) -> Self {
        let mut persona = *self;
        match refresh {
            Refresh::Everything => return Self::draw(self.locale, random),
            Refresh::Person => {
                persona.refresh_person(random);
                persona.refresh_times(random);
            }
            Refresh::Times => persona.refresh_times(random),
        }
        persona
    }

    fn refresh_person(&mut self, random: &mut Random) {
        let bits = random.bits();
        let names = self.locale.names();
        self.first = below(bits, names.first.len());
        self.last = below(bits >> 16, names.last.len());
        self.serial = (bits >> 32) as u32;
    }

    fn refresh_times(&mut self, random: &mut Random) {
        let bits = random.bits();
        self.created = EARLIEST + scale(bits, SPAN);
        self.steps = [scale(bits >> 16, 20 * 86_400) + 60, scale(bits >> 32, 300 * 86_400) + 3600];
    }

    /// Whether what a boolean says is so, as JSON.
    pub fn boolean(&self, truth: Truth, random: &mut Random) -> &'static [u8] {
        // Drawn in any case: what stands behind it does not change with what it tells.
        let is_drawn = random.bits() & 1 == 0;
        let is_so = match truth {
            Truth::Drawn => is_drawn,
            Truth::InEuropeanUnion => self.place().country.is_in_european_union(),
        };
        if is_so { b"true" } else { b"false" }
    }

    fn place(&self) -> &'static Place {
        &PLACES[usize::from(self.place)]
    }

    fn company(&self) -> (&'static str, &'static str) {
        COMPANIES[usize::from(self.company)]
    }

    fn first_name(&self) -> &'static str {
        self.locale.names().first[usize::from(self.first)]
    }

    fn last_name(&self) -> &'static str {
        self.locale.names().last[usize::from(self.last)]
    }

    fn time(&self, time: Moment) -> u32 {
        match time {
            Moment::Created => self.created,
            Moment::Activated => self.created + self.steps[0],
            Moment::Updated => self.created + self.steps[0] + self.steps[1],
            // Years ahead of the record, and still before 2025.
            Moment::Later => self.created + self.steps[0] + self.steps[1] + 5 * 86_400,
            Moment::Birth => {
                self.created - 946_684_800 - (self.serial % 630_000_000).min(self.created - 946_684_800)
            }
        }
    }
}

/// A number below `length`, from the low 16 bits.
fn below(bits: u64, length: usize) -> u16 {
    (((bits & 0xffff) * length as u64) >> 16) as u16
}

/// A number below `width`, from the low 32 bits.
fn scale(bits: u64, width: u32) -> u32 {
    (((bits & 0xffff_ffff) * u64::from(width)) >> 32) as u32
}

/// What a boolean says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Truth {
    /// Nothing that is known: either will do.
    #[default]
    Drawn,
    /// Whether the country is a member of the European Union.
    InEuropeanUnion,
}

impl Truth {
    /// What a boolean of this name says.
    pub fn of(name: &str) -> Self {
        match &*folded(name) {
            "eu" | "iseu" | "ineu" | "isineu" | "eumember" | "iseumember" | "europeanunion" => {
                Self::InEuropeanUnion
            }
            _ => Self::Drawn,
        }
    }
}

/// A moment in the life of a record, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Birth,
    Created,
    Activated,
    Updated,
    Later,
}

/// What a property can tell about the persona of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Company,
    Slug,
    Domain,
    Website,
    CompanyEmail,
    FirstName,
    LastName,
    FullName,
    Email,
    Username,
    Twitter,
    Avatar,
    City,
    State,
    StateCode,
    Postcode,
    Street,
    Country,
    CountryCode2,
    CountryCode3,
    CurrencyCode,
    CurrencyName,
    CurrencySymbol,
    TimeZone,
    Locale,
    Latitude,
    Longitude,
    Phone,
    VatNumber,
    /// RFC 3339 date and time.
    DateTime(Moment),
    Date(Moment),
    Seconds(Moment),
    Milliseconds(Moment),
}

impl Field {
    /// Writes it as plain characters: nothing in it needs escaping in JSON.
    pub fn write(self, persona: &Persona, out: &mut Vec<u8>) {
        let place = persona.place();
        let text = match self {
            Self::Company => persona.company().0,
            Self::Slug => persona.company().1,
            Self::FirstName => persona.first_name(),
            Self::LastName => persona.last_name(),
            Self::City => persona.locale.call(place.city),
            Self::State => persona.locale.call(place.state),
            Self::StateCode => place.state_code,
            Self::Postcode => place.postcode,
            Self::Country => persona.locale.call(place.country.name),
            Self::CountryCode2 => place.country.code2,
            Self::CountryCode3 => place.country.code3,
            Self::CurrencyCode => place.country.currency.0,
            Self::CurrencyName => persona.locale.call(place.country.currency.1),
            Self::CurrencySymbol => place.country.currency.2,
            Self::TimeZone => place.time_zone,
            Self::Locale => place.country.locale,
            Self::Latitude => place.latitude,
            Self::Longitude => place.longitude,
            _ => return self.compose(persona, out),
        };
        out.extend_from_slice(text.as_bytes());
    }

    fn compose(self, persona: &Persona, out: &mut Vec<u8>) {
        let mut put = |texts: &[&str]| texts.iter().for_each(|text| out.extend_from_slice(text.as_bytes()));
        let slug = persona.company().1;
        match self {
            Self::Domain => put(&[slug, ".example.com"]),
            Self::Website => put(&["https://", slug, ".example.com"]),
            Self::CompanyEmail => put(&["hello@", slug, ".example.com"]),
            Self::FullName => put(&[persona.first_name(), " ", persona.last_name()]),
            Self::Email => {
                write_plain(persona.first_name(), out);
                out.push(b'.');
                write_plain(persona.last_name(), out);
                out.push(b'@');
                out.extend_from_slice(slug.as_bytes());
                out.extend_from_slice(b".example.com");
            }
            Self::Username => {
                write_plain(persona.first_name(), out);
                let initial = out.len();
                write_plain(persona.last_name(), out);
                out.truncate(initial + 1);
                number(u64::from(persona.serial % 90 + 10), out);
            }
            Self::Twitter => {
                out.push(b'@');
                out.extend(slug.bytes().filter(|byte| *byte != b'-'));
            }
            Self::Avatar => {
                put(&["https://cdn.example.com/images/"]);
                number(u64::from(persona.serial % 900_000 + 100_000), out);
                out.extend_from_slice(b".png");
            }
            Self::Street => {
                let names = persona.locale.names();
                let house = u64::from(persona.serial % 240 + 1);
                let street = names.streets[(persona.serial >> 8) as usize % names.streets.len()].as_bytes();
                if names.number_first {
                    number(house, out);
                    out.push(b' ');
                    out.extend_from_slice(street);
                } else {
                    out.extend_from_slice(street);
                    out.push(b' ');
                    number(house, out);
                }
            }
            Self::Phone => {
                let (start, digits) = persona.place().country.phone;
                put(&[start]);
                for at in (0..digits).rev() {
                    out.push(b'0' + (persona.serial / 10_u32.pow(at) % 10) as u8);
                }
            }
            Self::VatNumber => {
                put(&[persona.place().country.code2]);
                number(u64::from(persona.serial % 900_000_000 + 100_000_000), out);
            }
            Self::DateTime(moment) => time::write_date_time(persona.time(moment), out),
            Self::Date(moment) => time::write_date(persona.time(moment), out),
            Self::Seconds(moment) => number(u64::from(persona.time(moment)), out),
            Self::Milliseconds(moment) => number(u64::from(persona.time(moment)) * 1000, out),
            _ => {}
        }
    }

    /// Whether every value is a string of such a format.
    pub fn is_format(self, format: &str) -> bool {
        match format {
            "email" | "idn-email" => matches!(self, Self::Email | Self::CompanyEmail),
            "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => {
                matches!(self, Self::Website | Self::Avatar)
            }
            "hostname" | "idn-hostname" => matches!(self, Self::Domain | Self::Slug),
            "date-time" => matches!(self, Self::DateTime(_)),
            "date" => matches!(self, Self::Date(_)),
            "unix-time" => matches!(self, Self::Seconds(_)),
            _ => false,
        }
    }

    /// Whether every value lies within these bounds, told in units of ten to the power of minus `scale`.
    pub fn fits_number(self, low: Option<i128>, high: Option<i128>, scale: u32) -> bool {
        let unit = 10_i128.pow(scale);
        let (first, last) = match self {
            Self::Seconds(_) => (0, 1_735_689_600),
            Self::Milliseconds(_) => (0, 1_735_689_600_000),
            Self::Latitude if scale > 0 => (-90, 90),
            Self::Longitude if scale > 0 => (-180, 180),
            _ => return false,
        };
        low.is_none_or(|low| low <= first * unit) && high.is_none_or(|high| last * unit <= high)
    }

    /// Every value, where it is about the company or the place alone; else `None`.
    pub fn every(self) -> Option<Vec<String>> {
        let of_company = matches!(
            self,
            Self::Company | Self::Slug | Self::Domain | Self::Website | Self::CompanyEmail | Self::Twitter
        );
        let of_place = matches!(
            self,
            Self::City
                | Self::State
                | Self::StateCode
                | Self::Postcode
                | Self::Country
                | Self::CountryCode2
                | Self::CountryCode3
                | Self::CurrencyCode
                | Self::CurrencyName
                | Self::CurrencySymbol
                | Self::TimeZone
                | Self::Locale
        );
        let count = if of_company { COMPANIES.len() } else { PLACES.len() };
        let text = |at: usize| {
            let at = at as u16;
            let persona = Persona { company: at, place: if of_place { at } else { 0 }, ..Persona::default() };
            let mut out = Vec::new();
            self.write(&persona, &mut out);
            String::from_utf8(out).unwrap_or_default()
        };
        (of_company || of_place).then(|| (0..count).map(text).collect())
    }

    /// Other ways to tell the same, for schemas that don't take this one.
    pub fn others(self) -> &'static [Self] {
        match self {
            Self::Country => &[Self::CountryCode2, Self::CountryCode3],
            Self::State => &[Self::StateCode],
            Self::CurrencyName => &[Self::CurrencyCode],
            Self::Email => &[Self::CompanyEmail],
            Self::Company => &[Self::Slug],
            _ => &[],
        }
    }

    /// The length of the longest value in bytes.
    pub fn longest(self) -> usize {
        match self {
            Self::DateTime(_) => 20,
            Self::Date(_) | Self::Seconds(_) => 10,
            Self::CountryCode2 => 2,
            Self::CountryCode3 | Self::CurrencyCode => 3,
            Self::StateCode => 4,
            Self::Locale => 5,
            Self::Phone => 14,
            Self::Milliseconds(_) => 13,
            Self::VatNumber => 11,
            _ => 64,
        }
    }
}

fn number(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
