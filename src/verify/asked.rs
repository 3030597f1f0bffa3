//! What the user says of the requests that are to be made.

use http::{HeaderName, HeaderValue};

use crate::generate::Locale;
use crate::seed::Seed;

/// What the user says of the requests.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What values are drawn from.
    pub seed: Seed,
    /// Where generated people and places come from.
    pub locale: Locale,
    /// Header fields of every request, in place of those that would be sent.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is shown where the document asks for credentials; `None` for none.
    pub credential: Option<Credential>,
    /// Values of parameters.
    pub parameters: Vec<GivenParameter>,
    /// Whether methods are sent that may change something (RFC 9110 9.2.1).
    pub allows_unsafe: bool,
    /// How many cases are sent at most; the first ones of each operation before the later ones of others.
    pub most_cases: Option<usize>,
    /// Who sends, in place of `standin-verify`.
    pub client: Option<HeaderValue>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            seed: Seed(1),
            locale: Locale::default(),
            headers: Vec::new(),
            credential: None,
            parameters: Vec::new(),
            allows_unsafe: false,
            most_cases: None,
            client: None,
        }
    }
}

/// What is shown where credentials are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Something well-formed, which stand-ins let pass.
    MadeUp,
    /// This: the token, the key, or `user:password`.
    Value(String),
}

/// The value of a parameter, wherever it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenParameter {
    /// The operation's id, alone or behind its document's name; `None` for all.
    pub operation: Option<String>,
    /// The parameter's name.
    pub name: String,
    /// The value as text.
    pub text: String,
}

impl Asked {
    /// The value that is given for a parameter of an operation: one that names the operation comes first.
    pub(super) fn given(&self, document: &str, operation: &str, name: &str) -> Option<&str> {
        let own = |given: &&GivenParameter| {
            given.operation.as_deref().is_some_and(|named| {
                let in_document = || named.strip_prefix(document).and_then(|rest| rest.strip_prefix('/'));
                named == operation || in_document() == Some(operation)
            })
        };
        let mut named = self.parameters.iter().filter(|given| given.name == name);
        let found = named.clone().find(own).or_else(|| named.find(|given| given.operation.is_none()));
        found.map(|given| given.text.as_str())
    }
}
