//! What a rule answers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Plain, given, is_default};
use crate::negotiate::Data;

/// What is answered: a status, a failure or an example by name, with header fields and content if they are to be others.
///
/// Texts of header fields and content can have references: `{{path NAME}}`, `{{query NAME}}`, `{{header NAME}}`,
/// `{{cookie NAME}}`, `{{body /POINTER}}`, `{{method}}`, `{{target}}`, `{{call}}`, `{{state}}`, `{{session}}`, and, as a
/// whole value of `body`, `{{generate}}`: what would have been answered at this place. A reference that stands alone
/// keeps its type. `{{{{` is two braces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// The status, 200 to 599: with the declared content, or a problem where none is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// A failure of the catalogue (`standin errors` lists them).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A named example of the document, of the status if one is given, else of the success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Header fields; each takes the place of one of its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Plain>,
    /// The content as a value, sent as JSON.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The content as text, sent as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the content is made of: `auto`, `examples`, `generated` or `extremes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Send the content though it breaks the contract; such a reply tells `standin-undeclared: body`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unchecked: bool,
}
