//! The format of `standin.yaml`: its keys, which are the flags too.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// The name under which settings are looked for in the working folder.
pub const USUAL_NAME: &str = "standin.yaml";

/// The settings of `standin`. A flag beats its environment variable `STANDIN_…`, which beats its key here. Paths are
/// relative to this file.
#[derive(Debug, JsonSchema)]
#[schemars(title = "standin settings", deny_unknown_fields)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub struct SettingsFile {
    /// A document: a file, a folder (its documents), `NAME=PATH`, or a URL, which is fetched. Repeatable.
    pub documents: Option<DocumentList>,
    /// Where `proxy` and `verify` send requests: the URL of the real server, or `NAME=URL` for one document's. A URL with a path says
    /// the whole base path; without one, that which the document declares is added. Repeatable.
    pub upstream: Option<OneOrMany>,
    /// Certificates in PEM that upstreams are verified by, beside Mozilla's roots. Nothing turns that off. Repeatable.
    pub upstream_ca: Option<OneOrMany>,
    /// How long an upstream may send nothing, such as `30s`: until its reply begins, and between the pieces of one that is
    /// no stream of events or lines. Default: 30s.
    pub upstream_timeout: Option<String>,
    /// How many requests `verify` sends at most: `10/s`, `90/m`. Default: as fast as they are answered.
    pub rate: Option<NumberOrText>,
    /// How many requests of `verify` are under way at a time, from 1 to 256. Default: 4.
    pub concurrency: Option<u16>,
    /// How long `verify` sends requests, such as `60s`; what is under way then is still judged. Default: until all are sent.
    pub time: Option<String>,
    /// How many cases `verify` sends at most: the first of each operation before the later ones of others. Default: all.
    pub cases: Option<u64>,
    /// Lets `verify` send methods that may change something: POST, PUT, PATCH, DELETE and others. Without it only GET, HEAD,
    /// OPTIONS, TRACE and QUERY are sent. Default: false.
    pub allow_unsafe: Option<bool>,
    /// A header field of every request that `verify` sends, such as `X-Tenant: test`; it takes the place of what would be sent.
    /// Repeatable.
    pub header: Option<OneOrMany>,
    /// The value of a parameter in the requests of `verify`, such as `id=org_1` or, of one operation, `getUser.id=7`.
    /// Repeatable.
    pub param: Option<OneOrMany>,
    /// What `proxy` does where the contract is broken: `pass` (it is only told) or `refuse` (a violating request is
    /// answered as the stand-in would refuse it, and never reaches the upstream; a violating reply becomes a 502).
    /// Default: pass.
    pub on_violation: Option<String>,
    /// What an upstream can lack so that the stand-in answers in its place: `refused` (no connection), `timeout`, a status
    /// such as `404`, a range such as `5XX`; also several as `404,501,refused`. Repeatable.
    pub fallback: Option<OneOrMany>,
    /// Writes each exchange with an upstream to a file, without its secrets: `ndjson=FILE` (`standin schema exchange`; added
    /// to what is there) or `har=FILE` (written anew); FILE alone is `ndjson`. Repeatable.
    pub record: Option<OneOrMany>,
    /// An origin whose pages may use the proxy, such as `http://localhost:5173`; `any` for all. By default the pages of
    /// other origins are refused. Repeatable.
    pub allow_origin: Option<OneOrMany>,
    /// The host to listen at; `localhost` means 127.0.0.1 and, where there is one, `::1`. Default: localhost.
    pub host: Option<String>,
    /// The port to listen at; 0 takes any free one. Default: 4010.
    pub port: Option<u16>,
    /// The certificate to speak TLS with, in PEM, the server's first; HTTP/2 and HTTP/1.1 are offered. Needs `tls-key`.
    pub tls_cert: Option<String>,
    /// The private key of the certificate, in PEM. Needs `tls-cert`.
    pub tls_key: Option<String>,
    /// What values are drawn from: a number from 0 to 2^64-1, or `random` for fresh data with every request.
    /// Default: 1.
    pub seed: Option<NumberOrText>,
    /// Where replies come from: `auto` (the document's example if there is a valid one, else generated), `examples`
    /// (as they stand), `generated`, `extremes` (the nth call of an operation gets the nth valid edge: empty and long
    /// lists, absent properties, `null`, each branch, boundary numbers, long and non-ASCII texts). Default: auto.
    pub data: Option<String>,
    /// Where generated people, places and telephone numbers come from: a language such as `de`, or one with a country
    /// such as `de-AT`. Default: from everywhere, with names in English.
    pub locale: Option<String>,
    /// What a violating request gets: `refuse`, `report` (the success; it is only reported) or `off`; also by area
    /// (`security`, `parameters`, `body`), such as `refuse,security=report`. Default: refuse.
    pub check: Option<ModeOrAreas>,
    /// Also judges content by what its schema plainly means and does not say: `properties` without `type` mean an object
    /// that has one of them, alternatives are told apart by their single-value properties, and a property that nothing
    /// names is an error. The findings have rules of their own, `strict-…`. Default: false.
    pub strict: Option<bool>,
    /// What violations of a rule weigh: `error`, `warning`, `info`, or `off`; only errors refuse. In `standin.yaml` a map
    /// such as `parameter-unknown: error`. Repeatable.
    pub severity: Option<SeverityMap>,
    /// Violations that are not told, not counted and refuse nothing: RULE, RULE@OPERATION, RULE@PATH or
    /// RULE@OPERATION@PATH; `*` for every rule; in a path (as sent) `*` stands for a part of a segment and `**` for
    /// anything. In `standin.yaml` a list of these or of maps with `rule`, `operation` and `path`. Repeatable.
    pub ignore: Option<IgnoreList>,
    /// `any` lets every well-formed credential but the literal `invalid` pass; another value lets only that one pass.
    /// Default: any. `verify` sends the value where a security scheme asks for one (for HTTP Basic `user:password`); `any`
    /// makes one up, and without it operations that need credentials are left out.
    pub credentials: Option<String>,
    /// A file with a scenario: rules for what fails, when and how. Repeatable.
    pub scenario: Option<OneOrMany>,
    /// Serves the documents and scenarios anew when their files are saved, and those that they refer to.
    pub watch: Option<bool>,
    /// Writes what was found, a server when it stops, to standard output or to FILE: `text`, `json`, `junit`, `sarif`,
    /// `markdown`, `html` or `github`. Repeatable.
    pub report: Option<OneOrMany>,
    /// Who sent the requests that name no client, in place of their `User-Agent`.
    pub client: Option<String>,
    /// A server whose traffic is checked, such as `https://staging.example.com/v1`, beside those that the documents declare:
    /// what goes elsewhere is left out. With `=NAME`, it speaks that document. Repeatable.
    pub server: Option<OneOrMany>,
    /// The version of the documents that the traffic was written for: tells which clients and calls break (from `fail_on`
    /// on) under the documents that are checked and not under these, and fails only on those. Repeatable.
    pub against: Option<OneOrMany>,
    /// Takes credentials and cookies that are not in the recorded traffic for missing; browsers and proxies strip them, so
    /// else they are not judged.
    pub recorded_credentials: Option<bool>,
    /// Which findings make the exit code 1: `error`, `warning` or `info` and above, `never`; also by rule, such as
    /// `error,parameter-unknown`.
    pub fail_on: Option<String>,
    /// A file of drifts that are known, each of one client: they are no failures, and told only in short.
    pub baseline: Option<String>,
    /// Writes the baseline: `new` adds what is new, `all` also takes out what did not occur.
    pub write_baseline: Option<String>,
    /// Writes what of the documents was exercised, to standard output or to FILE: `text`, `json`, `lcov` (editors show it
    /// beside the document) or `markdown`. Repeatable.
    pub coverage: Option<OneOrMany>,
    /// The least share of the documents that has to be exercised, in percent; with less the exit code is 1.
    pub fail_under: Option<NumberOrText>,
    /// Does not answer cross-origin requests of browsers: no preflights, no `Access-Control-…` headers.
    pub no_cors: Option<bool>,
    /// Leaves out documents that can't be read at all instead of ending; `check` takes those that have errors as far as they
    /// are good.
    pub lenient_load: Option<bool>,
    /// The token that calls below `/_standin/` have to bear.
    pub admin_token: Option<String>,
    /// The origin whose pages may call `/_standin/`, such as `http://localhost:5173`.
    pub admin_origin: Option<String>,
    /// Lets `$ref`s name files outside of their document's folder.
    pub allow_outside_refs: Option<bool>,
    /// Lets `$ref`s name URLs, which are fetched.
    pub allow_remote_refs: Option<bool>,
    /// Writes a line for each request to standard error when its reply has ended, as `text` or as `json`.
    pub log: Option<String>,
    /// How results are written to standard output: `text` or `json`. Default: text.
    pub format: Option<String>,
    /// When colors are used: `auto` (on terminals, unless `NO_COLOR` is set), `always`, `never`. Default: auto.
    pub color: Option<String>,
}

/// The documents: one, a list, or a map of names to files.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum DocumentList {
    /// One document.
    One(String),
    /// A list.
    Many(Vec<String>),
    /// By name.
    Named(BTreeMap<String, String>),
}

/// One value or a list.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum OneOrMany {
    /// One value.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// A number or a word.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum NumberOrText {
    /// A number.
    Number(u64),
    /// A word.
    Text(String),
}

/// One mode, or modes by area.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum ModeOrAreas {
    /// As in the flag.
    Mode(String),
    /// By `security`, `parameters`, `body`.
    Areas(BTreeMap<String, String>),
}

/// Severities by rule, or `RULE=SEVERITY` as in the flag.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum SeverityMap {
    /// By rule.
    Rules(BTreeMap<String, String>),
    /// As in the flag.
    One(String),
    /// Several as in the flag.
    Many(Vec<String>),
}

/// What is ignored: one entry or a list.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum IgnoreList {
    /// One, as in the flag.
    One(String),
    /// A list.
    Many(Vec<IgnoreEntry>),
}

/// One entry of what is ignored.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is there for its schema; values are taken as texts")]
pub enum IgnoreEntry {
    /// As in the flag.
    Text(String),
    /// By parts; at least one, and all that are given have to fit.
    Parts {
        /// The rule's code, as `standin explain` lists them.
        rule: Option<String>,
        /// The operation's id, alone or as `NAME/operationId`.
        operation: Option<String>,
        /// The path as sent, with `*` and `**`.
        path: Option<String>,
    },
}
