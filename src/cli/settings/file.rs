//! `standin.yaml`: its keys, which are the flags too, and its values as texts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::flag::{FLAGS, Flag, NOT_BUILT};
use super::given::{Given, Origin};
use crate::diagnostic::{Diagnostic, Span};
use crate::document::SourceFile;
use crate::pointer::Pointer;
use crate::text;

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
    /// Where `proxy` sends requests: the URL of the real server, or `NAME=URL` for one document's. A URL with a path says
    /// the whole base path; without one, that which the document declares is added. Repeatable.
    pub upstream: Option<OneOrMany>,
    /// Certificates in PEM that upstreams are verified by, beside Mozilla's roots. Nothing turns that off. Repeatable.
    pub upstream_ca: Option<OneOrMany>,
    /// How long an upstream may send nothing, such as `30s`: until its reply begins, and between the pieces of one that is
    /// no stream of events or lines. Default: 30s.
    pub upstream_timeout: Option<String>,
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
    /// Default: any.
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

/// A settings file as it was read.
#[derive(Debug)]
pub struct Found {
    /// The file as the user knows it.
    pub path: PathBuf,
    file: SourceFile,
}

impl Found {
    /// Reads the file and reports keys that are not known.
    pub fn read(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let file = SourceFile::read(path, &path.display().to_string(), diagnostics)?;
        let found = Self { path: path.to_owned(), file };
        found.check_keys(diagnostics);
        Some(found)
    }

    /// The values of a key as texts; a list gives several.
    pub fn given(&self, key: &str, is_list: bool, diagnostics: &mut Vec<Diagnostic>) -> Vec<Given> {
        let pointer = Pointer::root().join(key);
        let Some(value) = self.file.value.get(key) else { return Vec::new() };
        match value {
            Value::Null => Vec::new(),
            Value::Array(items) if is_list => items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    let place = pointer.index(index);
                    let text = match item {
                        Value::Object(parts) if key == "ignore" => self.ignored(parts, &place, diagnostics),
                        item => self.scalar(key, item, &place, diagnostics),
                    };
                    text.map(|text| (text, index))
                })
                .map(|(text, index)| self.one(key, text, &pointer.index(index)))
                .collect(),
            Value::Object(map) if key == "documents" => {
                let mut given = Vec::new();
                for (name, path) in map {
                    let place = pointer.join(name);
                    if let Some(path) = self.scalar(key, path, &place, diagnostics) {
                        given.push(self.one(key, format!("{name}={path}"), &place));
                    }
                }
                given
            }
            Value::Object(map) if key == "severity" => {
                let mut given = Vec::new();
                for (rule, severity) in map {
                    let place = pointer.join(rule);
                    if let Some(severity) = self.scalar(key, severity, &place, diagnostics) {
                        given.push(self.one(key, format!("{rule}={severity}"), &place));
                    }
                }
                given
            }
            Value::Object(map) if key == "check" => {
                let mut parts = Vec::new();
                for (area, mode) in map {
                    let mode = self.scalar(key, mode, &pointer.join(area), diagnostics);
                    parts.extend(mode.map(|mode| format!("{area}={mode}")));
                }
                vec![self.one(key, parts.join(","), &pointer)]
            }
            other => {
                let text = self.scalar(key, other, &pointer, diagnostics);
                text.into_iter().map(|text| self.one(key, text, &pointer)).collect()
            }
        }
    }

    /// An entry of `ignore` as the flag has it.
    fn ignored(
        &self,
        parts: &Map<String, Value>,
        place: &Pointer,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        const PARTS: [&str; 3] = ["rule", "operation", "path"];
        let mut told = |message: String, at: &Pointer, help: String| {
            let span = self.key_span(at);
            diagnostics.push(Diagnostic::error("wrong-setting", message).at(Some(span)).help(help));
        };
        if let Some(unknown) = parts.keys().find(|key| !PARTS.contains(&key.as_str())) {
            let help = match text::nearest(unknown, PARTS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", text::list(PARTS)),
            };
            told(format!("`{unknown}` is no part of what is ignored"), &place.join(unknown), help);
            return None;
        }
        if parts.is_empty() {
            let help = format!("give at least one of {}", text::list(PARTS));
            told("an entry of `ignore` says nothing".to_owned(), place, help);
            return None;
        }
        let path = parts.get("path").and_then(Value::as_str);
        if let Some(path) = path.filter(|path| !path.starts_with(['/', '*'])) {
            let message = format!("the path `{}` starts with neither `/` nor `*`", text::harmless(path));
            told(message, &place.join("path"), "write the path as requests have it".to_owned());
            return None;
        }
        let mut texts = Vec::new();
        for name in PARTS {
            let text = match parts.get(name) {
                Some(value) => Some(self.scalar("ignore", value, &place.join(name), diagnostics)?),
                None => (name == "rule").then(|| "*".to_owned()),
            };
            texts.extend(text);
        }
        Some(texts.join("@"))
    }

    fn span(&self, pointer: &Pointer) -> Span {
        self.file.span(pointer).0
    }

    /// Where the key stands that the value at a pointer has.
    fn key_span(&self, pointer: &Pointer) -> Span {
        let mut span = self.span(pointer);
        let Some(key) = pointer.last() else { return span };
        let text = &span.source.text;
        if text[span.range.clone()].trim_matches(['"', '\'']) == key {
            return span;
        }
        if let Some(at) = text[..span.range.start].rfind(&key) {
            span.range = at..at + key.len();
        }
        span
    }

    fn one(&self, key: &str, text: String, place: &Pointer) -> Given {
        let origin = Origin::File { key: key.to_owned(), span: self.span(place) };
        Given { text, origin, folder: self.path.parent().map(Path::to_owned) }
    }

    fn scalar(
        &self,
        key: &str,
        value: &Value,
        place: &Pointer,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let found = match value {
            Value::String(text) => return Some(text.clone()),
            Value::Number(number) => return Some(number.to_string()),
            Value::Bool(flag) => return Some(flag.to_string()),
            Value::Null => "nothing",
            Value::Array(_) => "a list",
            Value::Object(_) => "a map",
        };
        let message = format!("`{key}` is {found}, expected one value");
        diagnostics.push(Diagnostic::error("wrong-setting", message).at(Some(self.span(place))));
        None
    }

    fn check_keys(&self, diagnostics: &mut Vec<Diagnostic>) {
        let keys = match &self.file.value {
            Value::Null => return,
            Value::Object(map) => map.keys(),
            _ => {
                let message = "the settings are no map, expected `key: value` lines";
                let span = self.span(&Pointer::root());
                diagnostics.push(Diagnostic::error("wrong-setting", message).at(Some(span)));
                return;
            }
        };
        for key in keys {
            let known = || FLAGS.iter().filter(|flag| flag.name != "config").map(Flag::key);
            if known().any(|name| name == *key) {
                continue;
            }
            let span = self.key_span(&Pointer::root().join(key));
            let flag = key.replace('_', "-");
            if NOT_BUILT.iter().any(|row| row.name == flag) {
                let message = format!("the setting `{key}` is not built yet");
                let help = "take it out; it would have no effect";
                diagnostics.push(Diagnostic::error("not-built", message).at(Some(span)).help(help));
                continue;
            }
            let names: Vec<String> = known().collect();
            let help = text::nearest(key, names.iter().map(String::as_str)).map_or_else(
                || format!("`standin schema settings` describes them: {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{key}` is no setting");
            diagnostics.push(Diagnostic::error("unknown-setting", message).at(Some(span)).help(help));
        }
    }
}
