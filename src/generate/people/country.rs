//! Countries, each with its codes, its money and its language.

/// A country with what is true of all its places.
#[derive(Debug)]
pub(in crate::generate) struct Country {
    pub name: &'static str,
    pub code2: &'static str,
    pub code3: &'static str,
    /// ISO 4217 code, name and sign.
    pub currency: (&'static str, &'static str, &'static str),
    pub locale: &'static str,
}

pub(super) static UNITED_KINGDOM: Country = Country {
    name: "United Kingdom",
    code2: "GB",
    code3: "GBR",
    currency: ("GBP", "Pound Sterling", "£"),
    locale: "en-GB",
};
pub(super) static GERMANY: Country =
    Country { name: "Germany", code2: "DE", code3: "DEU", currency: ("EUR", "Euro", "€"), locale: "de-DE" };
pub(super) static FRANCE: Country =
    Country { name: "France", code2: "FR", code3: "FRA", currency: ("EUR", "Euro", "€"), locale: "fr-FR" };
pub(super) static NETHERLANDS: Country = Country {
    name: "Netherlands",
    code2: "NL",
    code3: "NLD",
    currency: ("EUR", "Euro", "€"),
    locale: "nl-NL",
};
pub(super) static SPAIN: Country =
    Country { name: "Spain", code2: "ES", code3: "ESP", currency: ("EUR", "Euro", "€"), locale: "es-ES" };
pub(super) static ITALY: Country =
    Country { name: "Italy", code2: "IT", code3: "ITA", currency: ("EUR", "Euro", "€"), locale: "it-IT" };
pub(super) static SWEDEN: Country = Country {
    name: "Sweden",
    code2: "SE",
    code3: "SWE",
    currency: ("SEK", "Swedish Krona", "kr"),
    locale: "sv-SE",
};
pub(super) static DENMARK: Country = Country {
    name: "Denmark",
    code2: "DK",
    code3: "DNK",
    currency: ("DKK", "Danish Krone", "kr"),
    locale: "da-DK",
};
pub(super) static NORWAY: Country = Country {
    name: "Norway",
    code2: "NO",
    code3: "NOR",
    currency: ("NOK", "Norwegian Krone", "kr"),
    locale: "nb-NO",
};
pub(super) static SWITZERLAND: Country = Country {
    name: "Switzerland",
    code2: "CH",
    code3: "CHE",
    currency: ("CHF", "Swiss Franc", "CHF"),
    locale: "de-CH",
};
pub(super) static POLAND: Country = Country {
    name: "Poland",
    code2: "PL",
    code3: "POL",
    currency: ("PLN", "Polish Zloty", "zł"),
    locale: "pl-PL",
};
pub(super) static IRELAND: Country =
    Country { name: "Ireland", code2: "IE", code3: "IRL", currency: ("EUR", "Euro", "€"), locale: "en-IE" };
pub(super) static UNITED_STATES: Country = Country {
    name: "United States",
    code2: "US",
    code3: "USA",
    currency: ("USD", "US Dollar", "$"),
    locale: "en-US",
};
pub(super) static CANADA: Country = Country {
    name: "Canada",
    code2: "CA",
    code3: "CAN",
    currency: ("CAD", "Canadian Dollar", "C$"),
    locale: "en-CA",
};
pub(super) static AUSTRALIA: Country = Country {
    name: "Australia",
    code2: "AU",
    code3: "AUS",
    currency: ("AUD", "Australian Dollar", "A$"),
    locale: "en-AU",
};
pub(super) static NEW_ZEALAND: Country = Country {
    name: "New Zealand",
    code2: "NZ",
    code3: "NZL",
    currency: ("NZD", "New Zealand Dollar", "NZ$"),
    locale: "en-NZ",
};
pub(super) static JAPAN: Country = Country {
    name: "Japan",
    code2: "JP",
    code3: "JPN",
    currency: ("JPY", "Japanese Yen", "¥"),
    locale: "ja-JP",
};
pub(super) static SOUTH_KOREA: Country = Country {
    name: "South Korea",
    code2: "KR",
    code3: "KOR",
    currency: ("KRW", "South Korean Won", "₩"),
    locale: "ko-KR",
};
pub(super) static SINGAPORE: Country = Country {
    name: "Singapore",
    code2: "SG",
    code3: "SGP",
    currency: ("SGD", "Singapore Dollar", "S$"),
    locale: "en-SG",
};
pub(super) static INDIA: Country = Country {
    name: "India",
    code2: "IN",
    code3: "IND",
    currency: ("INR", "Indian Rupee", "₹"),
    locale: "en-IN",
};
pub(super) static BRAZIL: Country = Country {
    name: "Brazil",
    code2: "BR",
    code3: "BRA",
    currency: ("BRL", "Brazilian Real", "R$"),
    locale: "pt-BR",
};
pub(super) static MEXICO: Country = Country {
    name: "Mexico",
    code2: "MX",
    code3: "MEX",
    currency: ("MXN", "Mexican Peso", "$"),
    locale: "es-MX",
};
pub(super) static SOUTH_AFRICA: Country = Country {
    name: "South Africa",
    code2: "ZA",
    code3: "ZAF",
    currency: ("ZAR", "South African Rand", "R"),
    locale: "en-ZA",
};
