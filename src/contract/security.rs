//! Security schemes and requirements (OpenAPI 3.1 4.8.27 and 4.8.30).

use crate::pointer::Pointer;

/// A declared way to show who one is.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Its name under `securitySchemes`.
    pub name: String,
    /// What it asks for.
    pub kind: SchemeKind,
    /// Its place in the document.
    pub pointer: Pointer,
}

/// What a security scheme asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Basic …`
    Basic,
    /// `Authorization: Bearer …`: HTTP bearer, OAuth 2 and `OpenID` Connect.
    Bearer,
    /// `Authorization` with another scheme's name, such as `digest`.
    Http(String),
    /// A value in a header field.
    HeaderKey(String),
    /// A value in the query.
    QueryKey(String),
    /// A value in a cookie.
    CookieKey(String),
    /// A client certificate, which a stand-in can't see.
    MutualTls,
}

/// One alternative of an operation's security: all of its schemes together. Empty means that none is needed.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// Index into the contract's schemes, and the scopes that are needed.
    pub schemes: Vec<(usize, Vec<String>)>,
    /// Its place in the document.
    pub pointer: Pointer,
}
