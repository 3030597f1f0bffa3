//! The rules that an exchange can break: one row each, with all that `standin explain` tells.

use std::fmt;

use crate::diagnostic::Severity;

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
    /// Content of either direction, by the strict reading (`--strict`).
    Strict,
    /// What the reply says.
    Reply,
    /// What the request said of itself (`Prefer: expect=…`).
    Expectation,
    /// How the client reacts to failures, seen over several requests.
    Client,
    /// What a server makes of a request that is known to be good or bad (`standin verify`).
    Server,
}

/// Who broke the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The client.
    Request,
    /// The server.
    Response,
}

/// The severity of a row: `Off` is none.
macro_rules! by_default {
    (Off) => {
        None
    };
    ($severity:ident) => {
        Some(Severity::$severity)
    };
}

/// The direction of a row: `Either` is none.
macro_rules! broken_by {
    (Either) => {
        None
    };
    ($direction:ident) => {
        Some(Direction::$direction)
    };
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
                        code: $code, area: Area::$area, direction: broken_by!($direction), severity: by_default!($severity),
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
    /// Whose breach it is; `None` if it can be either's.
    pub direction: Option<Direction>,
    /// How much a violation weighs unless it is set otherwise; `None` if it is then not told.
    pub severity: Option<Severity>,
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
    HeaderUndeclared "header-undeclared" Parameters Request Info {
        means: "A header field was sent that neither the operation declares nor a standard.",
        matters: "It has no effect, or an effect that is not part of the contract; often it is a misspelling.",
        example: "`X-Tennant: 7` where the header parameter `X-Tenant` is declared",
        fix: "Correct the name, leave it out, or declare it. `--severity header-undeclared=off` is for clients that send many.",
    }
    CookieUndeclared "cookie-undeclared" Parameters Request Off {
        means: "A cookie was sent that the operation does not declare.",
        matters: "It has no effect, or an effect that is not part of the contract.",
        example: "`Cookie: theme=dark` where only `session` is declared",
        fix: "Leave it out, or declare it. It is off unless it is given a severity: browsers send the cookies of every port of a host.",
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
    DiscriminatorUnknown "discriminator-unknown" Body Request Warning {
        means: "The property that a `discriminator` points at has a value that names no schema (OpenAPI 3.1.1 4.8.25).",
        matters: "Servers choose by it how they read the content; the schema alone may take it all the same.",
        example: "`{\"kind\": \"Brid\"}` where `Cat`, `Dog` and `Bird` can be named",
        fix: "Send one of the names, or add it to the `mapping`. Where it is to be refused, use the strict reading or give the rule a severity.",
    }
    PropertyDeprecated "property-deprecated" Body Request Info {
        means: "The content has a property that the document calls deprecated.",
        matters: "It will go away.",
        example: "`{\"fax\": \"+1\"}` where `fax` has `deprecated: true`",
        fix: "Move to what the document recommends in its place.",
    }
    PropertyReadOnly "property-read-only" Body Request Info {
        means: "The content has a property that only replies have (`readOnly`).",
        matters: "The server ignores it, or refuses the request.",
        example: "`{\"id\": 5}` where `id` has `readOnly: true`",
        fix: "Leave it out of requests.",
    }
    BodyUndeclared "body-undeclared" Body Request Warning {
        means: "The request has content where the operation declares none.",
        matters: "It has no effect, or one that nobody described.",
        example: "a GET with a JSON body",
        fix: "Leave the content out, or declare it.",
    }
    StatusUndeclared "status-undeclared" Reply Response Error {
        means: "The reply has a status that the operation does not declare, neither itself nor by `4XX` or `default`.",
        matters: "Clients made from the document do not know what to make of it.",
        example: "`409` where 200, 401 and 404 are declared",
        fix: "Answer with a declared status, or declare this one.",
    }
    ReplyMediaTypeUndeclared "reply-media-type-undeclared" Reply Response Error {
        means: "The reply's content has a media type that is not declared for its status.",
        matters: "Clients can't read it.",
        example: "`Content-Type: text/html` where `application/json` is declared",
        fix: "Answer with a declared media type, or declare this one.",
    }
    ReplyHeaderMissing "reply-header-missing" Reply Response Error {
        means: "A header field that the response declares as required is not there.",
        matters: "Clients that rely on it break.",
        example: "no `Location` on a 201 that requires it",
        fix: "Send the header field, or do not require it.",
    }
    ReplyHeaderInvalid "reply-header-invalid" Reply Response Error {
        means: "A declared header field of the reply breaks its schema, or can't be read as its schema says.",
        matters: "Clients read another value than the server meant, or none.",
        example: "`X-RateLimit-Remaining: many` for an integer",
        fix: "Send a value that the schema allows.",
    }
    ReplyHeaderUndeclared "reply-header-undeclared" Reply Response Off {
        means: "The reply has a header field that neither the response declares nor a standard.",
        matters: "Clients come to rely on what is not part of the contract.",
        example: "`X-Request-Cost: 3` that no response declares",
        fix: "Declare it, or do not send it. It is off unless it is given a severity, for most servers send some.",
    }
    ReplyBodyMissing "reply-body-missing" Reply Response Error {
        means: "The reply has no content where the response declares some.",
        matters: "Clients fail when they read it.",
        example: "`200` without content where a JSON object is declared",
        fix: "Send the declared content, or declare a response without any.",
    }
    ReplyBodyUnreadable "reply-body-unreadable" Reply Response Error {
        means: "The reply's content is not what its media type says.",
        matters: "Clients can't read it.",
        example: "`{\"name\": ` as `application/json`",
        fix: "Send well-formed content.",
    }
    ReplyBodyInvalid "reply-body-invalid" Reply Response Error {
        means: "The reply's content breaks its schema.",
        matters: "Clients made from the document read wrong values or fail.",
        example: "`{\"id\": null}` where `id` is a string",
        fix: "Send content that the schema allows, or correct the schema.",
    }
    ReplyBodyUndeclared "reply-body-undeclared" Reply Response Warning {
        means: "The reply has content where the response declares none; an error where HTTP allows none (204, 205, 304, HEAD).",
        matters: "Clients do not read it, or take it for the start of the next reply.",
        example: "`204` with `{}`",
        fix: "Leave the content out, or declare it.",
    }
    ReplyPropertyUndeclared "reply-property-undeclared" Reply Response Warning {
        means: "The reply's content has a property that its schema does not name.",
        matters: "Clients can't know it, or come to rely on what is not part of the contract.",
        example: "`{\"error\": {…}}` where `code` and `description` are declared",
        fix: "Declare it, or do not send it.",
    }
    ReplyDiscriminatorUnknown "reply-discriminator-unknown" Reply Response Warning {
        means: "The property that a `discriminator` points at has, in a reply, a value that names no schema (OpenAPI 3.1.1 4.8.25).",
        matters: "Clients choose by it which type they read the content as, and fail.",
        example: "`{\"kind\": \"Brid\"}` where `Cat`, `Dog` and `Bird` can be named",
        fix: "Send one of the names, or add it to the `mapping`.",
    }
    ReplyPropertyWriteOnly "reply-property-write-only" Reply Response Warning {
        means: "The reply's content has a property that only requests have (`writeOnly`).",
        matters: "Such properties are secrets more often than not.",
        example: "`{\"password\": \"…\"}` where `password` has `writeOnly: true`",
        fix: "Leave it out of replies.",
    }
    StrictNotAnObject "strict-not-an-object" Strict Either Error {
        means: "The value is no object, where the schema names properties without asking for an object (strict reading).",
        matters: "By the letter anything passes there, so a check finds nothing.",
        example: "`[]` where the schema is `{ properties: { id: … } }` without `type`",
        fix: "Send an object. To say it in the document, add `type: object`.",
    }
    StrictNothingNamed "strict-nothing-named" Strict Either Error {
        means: "The object has none of the properties that its schema names, which asks for no `type` (strict reading).",
        matters: "By the letter any object passes there, an envelope around the declared one among them.",
        example: "`{\"error\": {\"code\": …}}` where `code` and `description` are declared",
        fix: "Send what is declared. To say it in the document, list what is always there under `required`.",
    }
    StrictTagMissing "strict-tag-missing" Strict Either Error {
        means: "The property whose single values tell the alternatives of `oneOf` or `anyOf` apart is not there (strict reading).",
        matters: "Clients can't tell which alternative it is.",
        example: "`{}` where each alternative has a `code` of one value",
        fix: "Send the property. To say it in the document, list it under `required` in each alternative.",
    }
    StrictTagUnknown "strict-tag-unknown" Strict Either Error {
        means: "The property that tells the alternatives of `oneOf` or `anyOf` apart has the value of none (strict reading).",
        matters: "Clients do not know this alternative.",
        example: "`{\"type\": \"bird\"}` where the alternatives are `cat` and `dog`",
        fix: "Send one of the declared values, or declare an alternative for this one.",
    }
    StrictBranchInvalid "strict-branch-invalid" Strict Either Error {
        means: "The value breaks the alternative of `oneOf` or `anyOf` that its single-value property names (strict reading).",
        matters: "By the letter it passes as another alternative, which nobody meant.",
        example: "`{\"type\": \"cat\", \"lives\": \"nine\"}` that passes as an alternative without `type`",
        fix: "Send what the named alternative allows.",
    }
    StrictPropertyUndeclared "strict-property-undeclared" Strict Either Error {
        means: "The content has a property that its schema does not name (strict reading).",
        matters: "It is not part of the contract, though no schema forbids it.",
        example: "`{\"href\": \"/a/1\"}` where only `address` and `city` are declared",
        fix: "Declare it, or do not send it. A schema that is open on purpose says `additionalProperties: true`.",
    }
    ExpectationMissed "expectation-missed" Expectation Request Error {
        means: "The request announced a violation by `Prefer: expect=RULE`, and it did not occur.",
        matters: "A test that means to send something wrong sends something right.",
        example: "`Prefer: expect=parameter-invalid` with `limit=5`",
        fix: "Make the request break the rule, or drop the preference.",
    }
    RetryTooSoon "retry-too-soon" Client Request Warning {
        means: "The same request came again before the time that `Retry-After` asked to wait (RFC 9110 10.2.3).",
        matters: "A server that is overloaded is kept so; many answer early retries with longer blocks.",
        example: "a 429 with `Retry-After: 30`, and the same request two seconds later",
        fix: "Wait as long as `Retry-After` says before the request is sent again.",
    }
    RetryWithoutBackOff "retry-without-back-off" Client Request Warning {
        means: "The same failing request came again and again, and no pause was longer than the first.",
        matters: "Clients that retry at a steady rate keep a server down that could recover.",
        example: "a 503, and the same request after one second, one second and one second",
        fix: "Let the pause grow with each retry (exponential back-off with jitter).",
    }
    RetryTooOften "retry-too-often" Client Request Warning {
        means: "The same request was retried more than five times in a row, each time in vain.",
        matters: "Retries without end multiply the load of an outage and hide it from the user.",
        example: "eight times the same GET, each answered by 503",
        fix: "Give up after a few retries, and tell the user or open a circuit breaker.",
    }
    RetryOfFinalFailure "retry-of-final-failure" Client Request Warning {
        means: "The same request came again after a 4xx that does not go away by itself: all but 408, 425 and 429.",
        matters: "The answer stays the same; the retry is wasted, and after a 401 it can lock an account.",
        example: "a 422, and the same request again",
        fix: "Retry only 408, 425, 429 and 5xx; after a 401 with another credential.",
    }
    RetryUnsafe "retry-unsafe" Client Request Warning {
        means: "A POST or PATCH was retried after a 5xx or a lost connection, without an `Idempotency-Key`.",
        matters: "The first one may have been done: the order is placed twice (RFC 9110 9.2.2).",
        example: "a `POST /orders` that was answered by 503, and the same again",
        fix: "Send an `Idempotency-Key` with the first request and the same one with each retry.",
    }
    RetryKeyChanged "retry-key-changed" Client Request Warning {
        means: "A POST or PATCH was retried after a 5xx or a lost connection with another `Idempotency-Key`.",
        matters: "For the server it is a new request: the order is placed twice.",
        example: "`Idempotency-Key: 1`, a 503, and the same request with `Idempotency-Key: 2`",
        fix: "Make the key once for each thing to be done, and keep it for all retries.",
    }
    InvalidRequestAccepted "invalid-request-accepted" Server Response Error {
        means: "A request that breaks the contract was answered as if it were good, by a 2xx or a 3xx (`standin verify`).",
        matters: "The server does not check what the document promises: bad data gets in, and clients rely on what other servers refuse.",
        example: "a 200 to `limit=500` where the maximum is 100",
        fix: "Refuse such requests with a 4xx, or let the document allow them.",
    }
    ValidRequestRefused "valid-request-refused" Server Response Error {
        means: "A request that keeps the contract was refused with a 4xx that nothing outside of the document explains (`standin verify`).",
        matters: "Clients that do what the document says fail.",
        example: "a 400 to `limit=100` where the maximum is 100",
        fix: "Accept what the document allows, or declare the constraint that the server has.",
    }
    ServerError "server-error" Server Response Error {
        means: "The request was answered with a 5xx (`standin verify`).",
        matters: "The server did not expect what the document allows, or what it should have refused with a 4xx.",
        example: "a 500 to a name of 255 characters where `maxLength` is 255",
        fix: "Handle the request: answer it if it is valid, refuse it with a 4xx if it is not.",
    }
    NoReply "no-reply" Server Response Error {
        means: "The request was taken, and no reply came: the connection broke, or nothing was sent for too long (`standin verify`).",
        matters: "Clients can't tell what became of the request; the server may have crashed on it.",
        example: "a connection that is reset when a query parameter is empty",
        fix: "Answer every request. If the server is slow, give it more time by `--timeout`.",
    }
    RefusalUndeclared "refusal-undeclared" Server Response Warning {
        means: "A request that breaks the contract was refused with a 4xx whose status or media type the document does not declare (`standin verify`).",
        matters: "Clients meet a failure, and often a body, that nothing describes.",
        example: "a 422 to `limit=500` where only 200 and 404 are declared",
        fix: "Declare the status, or `4XX`, with the content that it has.",
    }
}

impl Rule {
    /// Its kebab-case name.
    pub fn code(self) -> &'static str {
        self.definition().code
    }

    /// Whether it is a rule of the strict reading, which judges what the document means and does not say.
    pub fn is_strict(self) -> bool {
        self.definition().area == Area::Strict
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
