//! Breaches of the contract in one exchange: the rules, and a violation of one of them.

use std::fmt;
use std::sync::Arc;

pub use crate::diagnostic::Severity;
use crate::pointer::Pointer;

/// Which part of a request or reply a rule judges; `--check` is set by area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// Finding document and operation.
    Routing,
    /// Credentials.
    Security,
    /// Path, query, header and cookie parameters.
    Parameters,
    /// Media type and content.
    Body,
    /// What the reply says.
    Reply,
    /// What the request said of itself (`Prefer: expect=…`).
    Expectation,
}

/// Who broke the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The client.
    Request,
    /// The server.
    Response,
}

macro_rules! rules {
    ($($name:ident $code:literal $area:ident $direction:ident $severity:ident {
        means: $means:literal, matters: $matters:literal, example: $example:literal, fix: $fix:literal $(,)?
    })*) => {
        /// A rule that an exchange can break. Its code is public API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $(#[doc = $means] $name,)* }

        impl Rule {
            /// Every rule, in the order in which findings are told.
            pub const ALL: &[Rule] = &[$(Rule::$name,)*];

            /// What `standin explain` tells; the only place where it is written.
            pub fn definition(self) -> &'static Definition {
                match self {
                    $(Rule::$name => &Definition {
                        code: $code, area: Area::$area, direction: Direction::$direction, severity: Severity::$severity,
                        means: $means, matters: $matters, example: $example, fix: $fix,
                    },)*
                }
            }
        }
    };
}

/// All that is fixed about a rule.
#[derive(Debug)]
pub struct Definition {
    /// Its kebab-case name.
    pub code: &'static str,
    /// What it judges.
    pub area: Area,
    /// Whose breach it is.
    pub direction: Direction,
    /// How much a violation weighs unless it is set otherwise.
    pub severity: Severity,
    /// What it means.
    pub means: &'static str,
    /// Why it matters.
    pub matters: &'static str,
    /// One example.
    pub example: &'static str,
    /// How to fix it.
    pub fix: &'static str,
}

rules! {
    PathUnknown "path-unknown" Routing Request Error {
        means: "No document declares a path that fits the request's.",
        matters: "The real server answers 404, or an operation that nobody described answers.",
        example: "`GET /organisations` where the document declares `/organizations`",
        fix: "Use one of the declared paths; the reply names the nearest. If the path exists, add it to the document.",
    }
    MethodUnknown "method-unknown" Routing Request Error {
        means: "The path is declared, but not with this method.",
        matters: "The real server answers 405, or an operation that nobody described answers.",
        example: "`PATCH /organizations/{id}` where only GET, PUT and DELETE are declared",
        fix: "Use one of the methods in the reply's `Allow` header, or declare the method.",
    }
    CredentialsMissing "credentials-missing" Security Request Error {
        means: "The operation needs credentials and the request has none.",
        matters: "The real server refuses the request.",
        example: "no `Authorization` header on an operation with bearer security",
        fix: "Send the credential that the security scheme asks for; any well-formed one passes by default.",
    }
    CredentialsMalformed "credentials-malformed" Security Request Error {
        means: "The credentials do not have the form that the security scheme asks for.",
        matters: "The real server can't read them and refuses the request.",
        example: "`Authorization: Token abc` where `Bearer …` is declared",
        fix: "Send the credential in the form of its scheme.",
    }
    CredentialsInvalid "credentials-invalid" Security Request Error {
        means: "The credentials are well-formed and not accepted.",
        matters: "The client must be able to handle a refused credential.",
        example: "`Authorization: Bearer invalid`, or another value than the one given by `--credentials`",
        fix: "Send an accepted credential; by default every value but the literal `invalid` is accepted.",
    }
    ScopeMissing "scope-missing" Security Request Error {
        means: "The credential tells which scopes it has, and a needed one is not among them.",
        matters: "The real server answers 403.",
        example: "a JWT with `scope: \"read\"` on an operation that needs `write`",
        fix: "Ask for a token with the scopes that the operation declares.",
    }
    ParameterMissing "parameter-missing" Parameters Request Error {
        means: "A required parameter is not there.",
        matters: "The real server refuses the request or guesses.",
        example: "`GET /search` where the query parameter `q` is required",
        fix: "Send the parameter.",
    }
    ParameterUnreadable "parameter-unreadable" Parameters Request Error {
        means: "A parameter's text can't be read as its style and type say.",
        matters: "The server sees another value than the client meant, or none.",
        example: "`limit=ten` for an integer; broken percent-encoding",
        fix: "Write the value as the parameter's type, style and explode ask.",
    }
    ParameterInvalid "parameter-invalid" Parameters Request Error {
        means: "A parameter's value breaks its schema.",
        matters: "The real server refuses the request.",
        example: "`limit=500` where the maximum is 100",
        fix: "Send a value that the schema allows.",
    }
    ParameterConflict "parameter-conflict" Parameters Request Error {
        means: "Parameters were sent together that exclude each other (`x-standin-parameter-groups`).",
        matters: "The server has to guess which one was meant, or refuses.",
        example: "both `organization[id]` and `organization[sub_domain]`",
        fix: "Send only one of them.",
    }
    ParameterRepeated "parameter-repeated" Parameters Request Error {
        means: "A parameter that takes one value was sent more than once.",
        matters: "Servers differ in which of the values they take.",
        example: "`?limit=1&limit=2`",
        fix: "Send it once.",
    }
    ParameterUnknown "parameter-unknown" Parameters Request Warning {
        means: "A query parameter was sent that the operation does not declare.",
        matters: "It has no effect, or an effect that is not part of the contract.",
        example: "`?limti=10`",
        fix: "Correct the name, leave it out, or declare it.",
    }
    ParameterDeprecated "parameter-deprecated" Parameters Request Info {
        means: "A parameter was sent that the document calls deprecated.",
        matters: "It will go away.",
        example: "`?page_token=…` with `deprecated: true`",
        fix: "Move to what the document recommends in its place.",
    }
    OperationDeprecated "operation-deprecated" Parameters Request Info {
        means: "The operation is called deprecated by the document.",
        matters: "It will go away.",
        example: "an operation with `deprecated: true`",
        fix: "Move to what the document recommends in its place.",
    }
    MediaTypeUndeclared "media-type-undeclared" Body Request Error {
        means: "The content has a media type that the operation does not take.",
        matters: "The real server answers 415.",
        example: "`Content-Type: text/plain` where `application/json` is declared",
        fix: "Send one of the declared media types.",
    }
    EncodingUnsupported "encoding-unsupported" Body Request Error {
        means: "The content has a coding that is not read: only gzip, deflate and br are.",
        matters: "It can't be read, so it can't be checked.",
        example: "`Content-Encoding: zstd`",
        fix: "Send the content as it is, or as `gzip`, `deflate` or `br`.",
    }
    BodyMissing "body-missing" Body Request Error {
        means: "The operation needs content and the request has none.",
        matters: "The real server refuses the request.",
        example: "`POST /organizations` without a body",
        fix: "Send the content that the operation declares.",
    }
    BodyUnreadable "body-unreadable" Body Request Error {
        means: "The content is not what its media type says.",
        matters: "The real server can't read it.",
        example: "`{\"name\": ` as `application/json`",
        fix: "Send well-formed content.",
    }
    BodyInvalid "body-invalid" Body Request Error {
        means: "The content breaks its schema.",
        matters: "The real server refuses the request or stores what was not meant.",
        example: "`{\"name\": 5}` where `name` is a string",
        fix: "Send content that the schema allows.",
    }
    PropertyUndeclared "property-undeclared" Body Request Warning {
        means: "The content has a property that its schema does not name.",
        matters: "It has no effect, or an effect that is not part of the contract; often it is a misspelling.",
        example: "`{\"nmae\": \"Acme\"}`",
        fix: "Correct the name, leave it out, or declare it.",
    }
    BodyUndeclared "body-undeclared" Body Request Warning {
        means: "The request has content where the operation declares none.",
        matters: "It has no effect, or one that nobody described.",
        example: "a GET with a JSON body",
        fix: "Leave the content out, or declare it.",
    }
    ExpectationMissed "expectation-missed" Expectation Request Error {
        means: "The request announced a violation by `Prefer: expect=RULE`, and it did not occur.",
        matters: "A test that means to send something wrong sends something right.",
        example: "`Prefer: expect=parameter-invalid` with `limit=5`",
        fix: "Make the request break the rule, or drop the preference.",
    }
}

impl Rule {
    /// Its kebab-case name.
    pub fn code(self) -> &'static str {
        self.definition().code
    }

    /// The rule of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file as the user knows it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The pointer into that file.
    pub pointer: Pointer,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}  {}", self.file, self.line, self.column, self.pointer)
    }
}

/// One breach of the contract in one exchange.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The rule that was broken.
    pub rule: Rule,
    /// How much it weighs here.
    pub severity: Severity,
    /// The place in the message: `["request", "query", "limit"]`, `["request", "body", "items", "0", "name"]`.
    pub location: Vec<String>,
    /// One line that stands alone: where, what was found, what the contract says.
    pub message: String,
    /// What was found, redacted and shortened; `None` where something is missing.
    pub found: Option<String>,
    /// What was expected.
    pub expected: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The place in the document.
    pub place: Place,
}

impl Violation {
    /// A violation with the rule's own severity and nothing but what every violation has.
    pub fn new(rule: Rule, location: &[&str], message: impl Into<String>, place: Place) -> Self {
        Self {
            rule,
            severity: rule.definition().severity,
            location: location.iter().map(|part| (*part).to_owned()).collect(),
            message: message.into(),
            found: None,
            expected: None,
            help: None,
            place,
        }
    }

    /// Whether it is reason enough to refuse a request.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
