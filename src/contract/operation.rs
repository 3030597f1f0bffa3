//! Operations (Operation Object, OpenAPI 3.1 4.8.10).

use http::Method;

use crate::contract::{Content, Location, Parameter, Requirement, Response};
use crate::pointer::Pointer;

/// One method of one path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its `operationId`, else `get /pets/{id}`.
    pub id: String,
    /// The method.
    pub method: Method,
    /// The path template as written.
    pub template: String,
    /// Its place in the document.
    pub pointer: Pointer,
    /// One line on what it does.
    pub summary: Option<String>,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// Its parameters, those of the path item among them; names are unique within a location.
    pub parameters: Vec<Parameter>,
    /// Parameters that depend on one another (`x-standin-parameter-groups`).
    pub groups: Vec<ParameterGroup>,
    /// What it takes as content.
    pub body: Option<RequestBody>,
    /// What it may answer, in the document's order.
    pub responses: Vec<Response>,
    /// The alternatives of its security; empty if none is declared.
    pub security: Vec<Requirement>,
}

impl Operation {
    /// The place of the response that is declared for a status: that status, else its range, else `default`.
    pub fn response_of(&self, status: u16) -> Option<usize> {
        let keys = self.responses.iter().map(|response| response.key).enumerate();
        // Exact ones come before ranges, and ranges before `default`.
        keys.filter(|(_, key)| key.takes(status)).min_by_key(|(_, key)| *key).map(|(index, _)| index)
    }

    /// The parameter of this name in this location.
    pub fn parameter(&self, location: Location, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| {
            parameter.location == location
                && match location {
                    Location::Header => parameter.name.eq_ignore_ascii_case(name),
                    Location::Path | Location::Query | Location::QueryString | Location::Cookie => {
                        parameter.name == name
                    }
                }
        })
    }
}

/// Query parameters of which at most one may be sent.
#[derive(Debug, Clone)]
pub struct ParameterGroup {
    /// Their names.
    pub names: Vec<String>,
    /// Its place in the document.
    pub pointer: Pointer,
}

/// What an operation takes as content.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether there has to be content.
    pub required: bool,
    /// By media type, in the document's order.
    pub content: Vec<Content>,
    /// Its place in the document.
    pub pointer: Pointer,
}
