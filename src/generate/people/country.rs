//! Countries, each with its codes, its money, its language and telephone numbers that are nobody's.

/// A country with what is true of all its places.
#[derive(Debug)]
pub(in crate::generate) struct Country {
    pub name: &'static str,
    pub code2: &'static str,
    pub code3: &'static str,
    /// ISO 4217 code, name and sign.
    pub currency: (&'static str, &'static str, &'static str),
    pub locale: &'static str,
    /// How its telephone numbers start, and how many digits follow, any of them.
    ///
    /// Ranges kept free for fiction where there are any: Ofcom's 07700 900xxx, `ComReg`'s 020 91x xxxx, NANPA's
    /// 555-01xx, ACMA's (02) 5550 xxxx, the Bundesnetzagentur's (030) 23125 xxx, ARCEP's 06 39 98 xx xx, PTS's
    /// 08-465 004 xx. Elsewhere a number of zeros behind the country's code, which no one can have.
    pub phone: (&'static str, u32),
}

/// The members of the European Union by their ISO 3166-1 codes, since 2020-02-01.
const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Country {
    /// Whether it is a member of the European Union.
    pub(in crate::generate) fn is_in_european_union(&self) -> bool {
        EUROPEAN_UNION.contains(&self.code2)
    }
}

pub(super) static UNITED_KINGDOM: Country =
    country("United Kingdom", ("GB", "GBR"), ("GBP", "Pound Sterling", "£"), "en-GB", ("+447700900", 3));
pub(super) static GERMANY: Country =
    country("Germany", ("DE", "DEU"), ("EUR", "Euro", "€"), "de-DE", ("+493023125", 3));
pub(super) static FRANCE: Country =
    country("France", ("FR", "FRA"), ("EUR", "Euro", "€"), "fr-FR", ("+3363998", 4));
pub(super) static NETHERLANDS: Country =
    country("Netherlands", ("NL", "NLD"), ("EUR", "Euro", "€"), "nl-NL", ("+31000000", 3));
pub(super) static SPAIN: Country =
    country("Spain", ("ES", "ESP"), ("EUR", "Euro", "€"), "es-ES", ("+34000000", 3));
pub(super) static ITALY: Country =
    country("Italy", ("IT", "ITA"), ("EUR", "Euro", "€"), "it-IT", ("+39000000", 3));
pub(super) static SWEDEN: Country =
    country("Sweden", ("SE", "SWE"), ("SEK", "Swedish Krona", "kr"), "sv-SE", ("+468465004", 2));
pub(super) static DENMARK: Country =
    country("Denmark", ("DK", "DNK"), ("DKK", "Danish Krone", "kr"), "da-DK", ("+45000000", 3));
pub(super) static NORWAY: Country =
    country("Norway", ("NO", "NOR"), ("NOK", "Norwegian Krone", "kr"), "nb-NO", ("+47000000", 3));
pub(super) static SWITZERLAND: Country =
    country("Switzerland", ("CH", "CHE"), ("CHF", "Swiss Franc", "CHF"), "de-CH", ("+41000000", 3));
pub(super) static POLAND: Country =
    country("Poland", ("PL", "POL"), ("PLN", "Polish Zloty", "zł"), "pl-PL", ("+48000000", 3));
pub(super) static IRELAND: Country =
    country("Ireland", ("IE", "IRL"), ("EUR", "Euro", "€"), "en-IE", ("+3532091", 5));
pub(super) static UNITED_STATES: Country =
    country("United States", ("US", "USA"), ("USD", "US Dollar", "$"), "en-US", ("+120255501", 2));
pub(super) static CANADA: Country =
    country("Canada", ("CA", "CAN"), ("CAD", "Canadian Dollar", "C$"), "en-CA", ("+161355501", 2));
pub(super) static AUSTRALIA: Country =
    country("Australia", ("AU", "AUS"), ("AUD", "Australian Dollar", "A$"), "en-AU", ("+6125550", 4));
pub(super) static NEW_ZEALAND: Country =
    country("New Zealand", ("NZ", "NZL"), ("NZD", "New Zealand Dollar", "NZ$"), "en-NZ", ("+64000000", 3));
pub(super) static JAPAN: Country =
    country("Japan", ("JP", "JPN"), ("JPY", "Japanese Yen", "¥"), "ja-JP", ("+81000000", 3));
pub(super) static SOUTH_KOREA: Country =
    country("South Korea", ("KR", "KOR"), ("KRW", "South Korean Won", "₩"), "ko-KR", ("+82000000", 3));
pub(super) static SINGAPORE: Country =
    country("Singapore", ("SG", "SGP"), ("SGD", "Singapore Dollar", "S$"), "en-SG", ("+65000000", 3));
pub(super) static INDIA: Country =
    country("India", ("IN", "IND"), ("INR", "Indian Rupee", "₹"), "en-IN", ("+91000000", 3));
pub(super) static BRAZIL: Country =
    country("Brazil", ("BR", "BRA"), ("BRL", "Brazilian Real", "R$"), "pt-BR", ("+55000000", 3));
pub(super) static MEXICO: Country =
    country("Mexico", ("MX", "MEX"), ("MXN", "Mexican Peso", "$"), "es-MX", ("+52000000", 3));
pub(super) static SOUTH_AFRICA: Country =
    country("South Africa", ("ZA", "ZAF"), ("ZAR", "South African Rand", "R"), "en-ZA", ("+27000000", 3));
pub(super) static AUSTRIA: Country =
    country("Austria", ("AT", "AUT"), ("EUR", "Euro", "€"), "de-AT", ("+43000000", 3));
pub(super) static BELGIUM: Country =
    country("Belgium", ("BE", "BEL"), ("EUR", "Euro", "€"), "fr-BE", ("+32000000", 3));
pub(super) static PORTUGAL: Country =
    country("Portugal", ("PT", "PRT"), ("EUR", "Euro", "€"), "pt-PT", ("+351000000", 3));

const fn country(
    name: &'static str,
    (code2, code3): (&'static str, &'static str),
    currency: (&'static str, &'static str, &'static str),
    locale: &'static str,
    phone: (&'static str, u32),
) -> Country {
    Country { name, code2, code3, currency, locale, phone }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generate::oracle::schemas;
    use crate::generate::{Draw, Plan, Plans};
    use crate::pointer::Pointer;
    use crate::schema::Direction;
    use crate::seed::Seed;

    #[test]
    fn a_country_is_in_the_european_union_where_its_code_is() {
        let schemas = schemas(json!({ "components": { "schemas": { "Country": {
            "type": "object", "required": ["iso_code2", "eu"],
            "properties": { "iso_code2": { "type": "string" }, "eu": { "type": "boolean" } }
        } } } }));
        let pointer = Pointer::from_escaped("/components/schemas/Country");
        let plan = Plan::compile_named(&Plans::new(&schemas), &pointer, "", Direction::Response).unwrap();
        let mut seen = [0, 0];
        for seed in 0..60 {
            let value = plan.value(&mut Draw::new(Seed(seed)));
            let code = value["iso_code2"].as_str().unwrap();
            let is_member = EUROPEAN_UNION.contains(&code);
            assert_eq!(value["eu"], json!(is_member), "{value}");
            seen[usize::from(is_member)] += 1;
        }
        assert!(seen.iter().all(|count| *count > 5), "{seen:?}");
    }
}
