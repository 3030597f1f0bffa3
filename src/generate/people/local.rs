//! What places are called in their own language, where that is not their English name.

/// The language (ISO 639-1), the English name, the name.
const NAMES: &[(&str, &str, &str)] = &[
    ("de", "Munich", "München"),
    ("de", "Bavaria", "Bayern"),
    ("de", "Cologne", "Köln"),
    ("de", "North Rhine-Westphalia", "Nordrhein-Westfalen"),
    ("de", "Vienna", "Wien"),
    ("de", "Zurich", "Zürich"),
    ("de", "Germany", "Deutschland"),
    ("de", "Austria", "Österreich"),
    ("de", "Switzerland", "Schweiz"),
    ("de", "Swiss Franc", "Schweizer Franken"),
    ("fr", "Brussels", "Bruxelles"),
    ("fr", "Belgium", "Belgique"),
    ("es", "Catalonia", "Cataluña"),
    ("es", "Spain", "España"),
    ("es", "Mexico", "México"),
    ("es", "Mexico City", "Ciudad de México"),
    ("es", "Mexican Peso", "Peso mexicano"),
    ("it", "Milan", "Milano"),
    ("it", "Lombardy", "Lombardia"),
    ("it", "Rome", "Roma"),
    ("it", "Italy", "Italia"),
    ("nl", "North Holland", "Noord-Holland"),
    ("nl", "South Holland", "Zuid-Holland"),
    ("nl", "Netherlands", "Nederland"),
    ("pt", "Lisbon", "Lisboa"),
    ("pt", "Brazil", "Brasil"),
    ("pt", "Brazilian Real", "Real brasileiro"),
    ("sv", "Sweden", "Sverige"),
    ("sv", "Swedish Krona", "Svensk krona"),
    ("da", "Copenhagen", "København"),
    ("da", "Denmark", "Danmark"),
    ("da", "Danish Krone", "Dansk krone"),
    ("nb", "Norway", "Norge"),
    ("nb", "Norwegian Krone", "Norsk krone"),
    ("pl", "Warsaw", "Warszawa"),
    ("pl", "Poland", "Polska"),
    ("pl", "Polish Zloty", "Złoty polski"),
];

/// The name in a language; the English one where the two are the same, or where it is told in Latin letters anyway.
pub(super) fn name(language: &str, english: &'static str) -> &'static str {
    NAMES
        .iter()
        .find(|(known, name, _)| *known == language && *name == english)
        .map_or(english, |(_, _, name)| name)
}
