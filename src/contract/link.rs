//! Links from a response to other operations (Link Object, OpenAPI 3.1 4.8.20) and their runtime expressions.

use serde_json::Value;

use crate::contract::{Location, Operation};
use crate::pointer::Pointer;

/// A declared link.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub target: LinkTarget,
    /// What the parameters of the target get.
    pub parameters: Vec<LinkParameter>,
    /// Its place in the document.
    pub pointer: Pointer,
}

/// The operation that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// By its `operationId`.
    Id(String),
    /// By its place in the same document.
    Place(Pointer),
    /// By a reference that is still to be looked up (`operationRef`): a contract that is built has none of these.
    Reference(String),
}

/// What one parameter of a link's target gets.
#[derive(Debug, Clone)]
pub struct LinkParameter {
    /// Its location, where the link says it: `path.id`.
    pub location: Option<Location>,
    /// Its name.
    pub name: String,
    /// Its value: what the pieces say, one behind the other.
    pub pieces: Vec<Piece>,
}

/// A piece of a value that is known when a reply is sent (OpenAPI 3.1 4.8.20.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A text as it stands.
    Text(String),
    /// `$url`
    Url,
    /// `$method`
    Method,
    /// `$statusCode`
    StatusCode,
    /// `$request.path.NAME`, `$request.query.NAME`, `$request.header.NAME`
    Parameter(Location, String),
    /// `$request.body#/…`
    RequestBody(Pointer),
    /// `$response.header.NAME`
    ResponseHeader(String),
    /// `$response.body#/…`
    ResponseBody(Pointer),
}

impl LinkTarget {
    /// The index of the operation; `None` if there is none.
    pub fn find(&self, operations: &[Operation]) -> Option<usize> {
        match self {
            Self::Reference(_) => None,
            Self::Id(id) => operations.iter().position(|operation| operation.id == *id),
            Self::Place(pointer) => {
                let mut tokens = pointer.tokens().skip(1);
                let (template, method) = (tokens.next()?, tokens.next()?);
                // A path item behind a `$ref` has its place elsewhere.
                operations.iter().position(|operation| {
                    operation.pointer == *pointer
                        || operation.template == *template
                            && operation.method.as_str().eq_ignore_ascii_case(&method)
                })
            }
        }
    }
}

impl Piece {
    /// Reads a value: an expression, text with expressions in braces, or a constant. `None` for what can't be in a
    /// URL, and for expressions that nobody knows.
    pub fn all(value: &Value) -> Option<Vec<Self>> {
        let text = match value {
            Value::String(text) => text.as_str(),
            Value::Number(_) | Value::Bool(_) => return Some(vec![Self::Text(value.to_string())]),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        if text.starts_with('$') {
            return Some(vec![Self::expression(text)?]);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{$") {
            let (expression, after) = behind.split_once('}')?;
            pieces.push(Self::Text(before.to_owned()));
            pieces.push(Self::expression(&format!("${expression}"))?);
            rest = after;
        }
        pieces.push(Self::Text(rest.to_owned()));
        Some(pieces)
    }

    fn expression(text: &str) -> Option<Self> {
        Some(match text {
            "$url" => Self::Url,
            "$method" => Self::Method,
            "$statusCode" => Self::StatusCode,
            _ => {
                let (message, source) = text.strip_prefix('$')?.split_once('.')?;
                match (message, source.split_once(['.', '#']).unwrap_or((source, ""))) {
                    ("request", ("body", pointer)) => Self::RequestBody(fragment(pointer)?),
                    ("response", ("body", pointer)) => Self::ResponseBody(fragment(pointer)?),
                    ("request", ("path", name)) => Self::Parameter(Location::Path, name.to_owned()),
                    ("request", ("query", name)) => Self::Parameter(Location::Query, name.to_owned()),
                    ("request", ("header", name)) => Self::Parameter(Location::Header, name.to_owned()),
                    ("response", ("header", name)) => Self::ResponseHeader(name.to_owned()),
                    _ => return None,
                }
            }
        })
    }
}

fn fragment(text: &str) -> Option<Pointer> {
    (text.is_empty() || text.starts_with('/')).then(|| Pointer::from_escaped(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expressions_are_read_by_their_grammar() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let table = [
            (json!("$url"), Some(vec![Piece::Url])),
            (json!("$request.path.a.b"), Some(vec![Piece::Parameter(Location::Path, "a.b".to_owned())])),
            (
                json!("$response.body#/items/0/id"),
                Some(vec![Piece::ResponseBody(Pointer::from_escaped("/items/0/id"))]),
            ),
            (json!("$response.body"), Some(vec![Piece::ResponseBody(Pointer::root())])),
            (json!("u-{$method}-x"), Some(vec![text("u-"), Piece::Method, text("-x")])),
            (json!(5), Some(vec![text("5")])),
            (json!("plain"), Some(vec![text("plain")])),
            (json!("$nothing"), None),
            (json!("$request.cookie.a"), None),
            (json!("{$url"), None),
            (json!([1]), None),
        ];
        for (value, expected) in table {
            assert_eq!(Piece::all(&value), expected, "{value}");
        }
    }
}
