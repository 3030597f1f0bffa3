//! Which files are documents and which are parts that documents refer to.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// What a document has at its top.
#[derive(Deserialize)]
struct Top {
    openapi: Option<IgnoredAny>,
    swagger: Option<IgnoredAny>,
}

/// Whether a text is meant to be a document (it has `openapi` or `swagger` at its top) and not a part that one refers to.
/// Broken texts count by what can be seen of them, so that what is wrong with them is told.
pub fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return match serde_json::from_str::<Top>(text) {
            Ok(top) => top.openapi.is_some() || top.swagger.is_some(),
            Err(_) => ["openapi", "swagger"].iter().any(|key| {
                text.split_once(key).is_some_and(|(_, rest)| {
                    rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
                })
            }),
        };
    }
    text.lines().any(|line| {
        let key = line.trim_start_matches(['"', '\'']);
        ["openapi", "swagger"].iter().any(|name| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_so_at_its_top() {
        let table = [
            ("openapi: 3.0.0\n", true),
            ("# comment\n'swagger': '2.0'\n", true),
            ("{\"info\": {}, \"openapi\": \"3.1.0\"}", true),
            ("{\"openapi\": \"3.1.0\", ", true),
            ("type: object\nproperties:\n  openapi: {type: string}\n", false),
            ("{\"type\": \"object\", \"properties\": {\"openapi\": {}}}", false),
            ("openapis: 3\n", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_document(text), expected, "{text}");
        }
    }
}
