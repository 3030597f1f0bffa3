//! What the texts of settings mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::HeaderValue;

use super::super::terminal::Color;
use super::{Given, Problem};
use crate::check::Credentials;
use crate::client::Address;
use crate::engine::{Checks, Data, Mode, SeedChoice};
use crate::fault::Period;
use crate::generate::Locale;
use crate::report::{self, FailOn, Format};
use crate::seed::Seed;
use crate::server::Lack;
use crate::text;
use crate::traffic::{self, Server};
use crate::violation::{Ignored, Rule, Severity};

/// A report that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How.
    pub format: &'static Format,
    /// Where to; `None` for standard output.
    pub file: Option<PathBuf>,
}

/// What is written into the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteBaseline {
    /// What is new is added.
    New,
    /// What is new is added, and what did not occur is taken out.
    All,
}

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextOrJson {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Anything.
#[expect(clippy::unnecessary_wraps, reason = "it has the form of its siblings")]
pub fn text(text: &str) -> Result<String, Problem> {
    Ok(text.to_owned())
}

/// True or false.
pub fn boolean(text: &str) -> Result<bool, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err(Problem::expected("`true` or `false`")),
    }
}

/// A port.
pub fn port(text: &str) -> Result<u16, Problem> {
    text.parse().map_err(|_| Problem::expected("a number from 0 to 65535"))
}

/// A seed.
pub fn seed(text: &str) -> Result<SeedChoice, Problem> {
    if text == "random" {
        return Ok(SeedChoice::Random);
    }
    let number = text
        .parse()
        .map_err(|_| Problem::expected("a number from 0 to 18446744073709551615, or `random`"))?;
    Ok(SeedChoice::Fixed(Seed(number)))
}

/// Where replies come from.
pub fn data(text: &str) -> Result<Data, Problem> {
    word(text, Data::NAMED)
}

/// Where generated people and places come from.
pub fn locale(text: &str) -> Result<Locale, Problem> {
    Locale::named(text).ok_or_else(|| {
        let help = text::nearest(text, Locale::tags()).map(|near| format!("did you mean `{near}`?"));
        // All of them: `text::list` would leave some out.
        let known: Vec<String> = Locale::languages().map(|language| format!("`{language}`")).collect();
        Problem { expected: format!("one of {}, also with a country", known.join(", ")), help }
    })
}

/// What a violating request gets, by area.
pub fn checks(text: &str) -> Result<Checks, Problem> {
    const MODES: &[(&str, Mode)] = &[("refuse", Mode::Refuse), ("report", Mode::Report), ("off", Mode::Off)];
    const AREAS: [&str; 3] = ["security", "parameters", "body"];
    let mut checks = Checks::default();
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    // What is set for all areas does not take back what is set for one, wherever it stands.
    for part in parts.iter().filter(|part| !part.contains('=')) {
        let mode = word(part, MODES)?;
        checks = Checks::all(mode);
    }
    for (area, mode) in parts.iter().filter_map(|part| part.split_once('=')) {
        let mode = word(mode.trim(), MODES)?;
        match area.trim() {
            "security" => checks.security = mode,
            "parameters" => checks.parameters = mode,
            "body" => checks.body = mode,
            other => {
                let help = text::nearest(other, AREAS).map(|near| format!("did you mean `{near}`?"));
                let expected = format!("an area in place of `{other}`: {}", text::list(AREAS));
                return Err(Problem { expected, help });
            }
        }
    }
    Ok(checks)
}

/// A rule and what it weighs; `None` is off.
pub fn severity(given: &Given) -> Result<(Rule, Option<Severity>), Problem> {
    const SEVERITIES: &[(&str, Option<Severity>)] = &[
        ("error", Some(Severity::Error)),
        ("warning", Some(Severity::Warning)),
        ("info", Some(Severity::Info)),
        ("off", None),
    ];
    let Some((code, severity)) = given.text.split_once('=') else {
        let help = rule(given.text.trim()).map_or_else(|problem| problem.help, |_| None);
        return Err(Problem { expected: "RULE=SEVERITY, such as `parameter-unknown=error`".into(), help });
    };
    Ok((rule(code.trim())?, word(severity.trim(), SEVERITIES)?))
}

/// Violations that are ignored: `RULE[@OPERATION][@PATH]`, where a path starts with `/` or `*`.
pub fn ignored(given: &Given) -> Result<Ignored, Problem> {
    let (code, scope) = match given.text.split_once('@') {
        Some((code, scope)) => (code, Some(scope.trim())),
        None => (given.text.as_str(), None),
    };
    let rule = if code.trim() == "*" { None } else { Some(rule(code.trim())?) };
    let is_path = |text: &str| text.starts_with(['/', '*']);
    let (operation, path) = match scope {
        None => (None, None),
        Some("") => return Err(Problem::expected("an operation or a path behind the `@`")),
        Some(path) if is_path(path) => (None, Some(path)),
        Some(scope) => match scope.find("@/").or_else(|| scope.find("@*")) {
            Some(at) => (Some(&scope[..at]), Some(&scope[at + 1..])),
            None => (Some(scope), None),
        },
    };
    Ok(Ignored { rule, operation: operation.map(str::to_owned), path: path.map(str::to_owned) })
}

fn rule(code: &str) -> Result<Rule, Problem> {
    Rule::from_code(code).ok_or_else(|| {
        let near = text::nearest(code, Rule::ALL.iter().map(|rule| rule.code()));
        let help = near.map_or_else(
            || "`standin explain` lists the rules".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let shown = text::harmless(&text::shortened(code, 60));
        Problem { expected: format!("the code of a rule in place of `{shown}`"), help: Some(help) }
    })
}

/// Which credentials pass.
pub fn credentials(text: &str) -> Result<Credentials, Problem> {
    match text {
        "" => Err(Problem::expected("`any` or a credential")),
        "any" => Ok(Credentials::Any),
        value => Ok(Credentials::Only(value.to_owned())),
    }
}

/// From which severity on the exit code is 1; `None` for never.
pub fn least_severity(text: &str) -> Result<Option<Severity>, Problem> {
    word(text, LEAST)
}

const LEAST: &[(&str, Option<Severity>)] = &[
    ("error", Some(Severity::Error)),
    ("warning", Some(Severity::Warning)),
    ("info", Some(Severity::Info)),
    ("never", None),
];

/// Which drifts make the exit code 1: a severity, codes of rules, or both.
pub fn fail_on(text: &str) -> Result<FailOn, Problem> {
    let mut fail_on = FailOn::never();
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    for part in &parts {
        match (LEAST.iter().find(|(word, _)| word == part), Rule::from_code(part)) {
            (Some((_, None)), _) if parts.len() > 1 => {
                return Err(Problem::expected("`never` alone, or what fails"));
            }
            (Some((_, least)), _) => fail_on.severity = *least,
            (None, Some(rule)) => {
                fail_on.rules.insert(rule.code().to_owned());
            }
            (None, None) => {
                let known =
                    LEAST.iter().map(|(word, _)| *word).chain(Rule::ALL.iter().map(|rule| rule.code()));
                let help = text::nearest(part, known).map(|near| format!("did you mean `{near}`?"));
                let words = text::list(LEAST.iter().map(|(word, _)| *word));
                let expected = format!("one of {words}, or codes of rules");
                return Err(Problem { expected, help });
            }
        }
    }
    Ok(fail_on)
}

/// What is written into the baseline.
pub fn write_baseline(text: &str) -> Result<WriteBaseline, Problem> {
    word(text, &[("new", WriteBaseline::New), ("all", WriteBaseline::All)])
}

/// How results are written.
pub fn text_or_json(text: &str) -> Result<TextOrJson, Problem> {
    word(text, &[("text", TextOrJson::Text), ("json", TextOrJson::Json)])
}

/// When colors are used.
pub fn color(text: &str) -> Result<Color, Problem> {
    word(text, &[("auto", Color::Auto), ("always", Color::Always), ("never", Color::Never)])
}

/// A report's format and file.
pub fn report(given: &Given) -> Result<Output, Problem> {
    output(given, report::FORMATS)
}

/// The format and file of what was exercised.
pub fn coverage(given: &Given) -> Result<Output, Problem> {
    output(given, report::COVERAGE_FORMATS)
}

fn output(given: &Given, formats: &'static [Format]) -> Result<Output, Problem> {
    let (name, file) = match given.text.split_once('=') {
        Some((name, file)) => (name, Some(file)),
        None => (given.text.as_str(), None),
    };
    let known = || formats.iter().map(|format| format.name);
    let Some(format) = formats.iter().find(|format| format.name == name) else {
        let help = text::nearest(name, known()).map(|near| format!("did you mean `{near}`?"));
        return Err(Problem {
            expected: format!("one of {}, with `=FILE` or without", text::list(known())),
            help,
        });
    };
    match file {
        Some("") => Err(Problem::expected("a file behind the `=`")),
        Some(file) if !given.path(file).parent().is_none_or(is_folder) || given.path(file).is_dir() => {
            Err(Problem::expected("a file in a folder that is there"))
        }
        file => Ok(Output { format, file: file.map(|file| given.path(file)) }),
    }
}

/// A share in percent.
pub fn percent(text: &str) -> Result<f64, Problem> {
    let number: Option<f64> = text.strip_suffix('%').unwrap_or(text).trim().parse().ok();
    let is_share = |number: &f64| (0.0..=100.0).contains(number);
    number.filter(is_share).ok_or_else(|| Problem::expected("a number from 0 to 100"))
}

fn is_folder(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.is_dir()
}

/// An origin as browsers send it (RFC 6454 6.1).
pub fn origin(text: &str) -> Result<String, Problem> {
    let expected = || Problem::expected("an origin, such as `http://localhost:5173`");
    let url = url::Url::parse(text).map_err(|_| expected())?;
    let origin = url.origin();
    if !origin.is_tuple() || !matches!(url.path(), "" | "/") || url.query().is_some() {
        return Err(expected());
    }
    Ok(origin.ascii_serialization())
}

/// The place of an upstream, alone or behind the name of a document.
pub fn upstream(given: &Given) -> Result<(Option<String>, Address), Problem> {
    let (name, url) = match given.text.split_once('=') {
        Some((name, url)) if !name.contains("://") => (Some(name.to_owned()), url),
        Some(_) | None => (None, given.text.as_str()),
    };
    url.parse().map(|address| (name, address)).map_err(Problem::expected)
}

/// A span of time that is not nothing.
pub fn period(text: &str) -> Result<Duration, Problem> {
    let period = text.parse::<Period>().map_err(Problem::expected)?.duration();
    if period.is_zero() { Err(Problem::expected("more than nothing")) } else { Ok(period) }
}

/// What a proxy does where the contract is broken.
pub fn on_violation(text: &str) -> Result<Checks, Problem> {
    word(text, &[("pass", Checks::all(Mode::Report)), ("refuse", Checks::all(Mode::Refuse))])
}

/// What an upstream can lack; several between commas.
pub fn lacks(given: &Given) -> Result<Vec<Lack>, Problem> {
    given.text.split(',').map(|one| one.trim().parse().map_err(Problem::expected)).collect()
}

/// A file of recordings, and how they are written.
pub fn recording(given: &Given) -> Result<(traffic::Format, PathBuf), Problem> {
    const FORMATS: &[(&str, traffic::Format)] =
        &[("ndjson", traffic::Format::Ndjson), ("har", traffic::Format::Har)];
    let (format, file) = match given.text.split_once('=') {
        Some((format, file)) => (word(format, FORMATS)?, file),
        None => (traffic::Format::Ndjson, given.text.as_str()),
    };
    let path = given.path(file);
    if file.is_empty() || path.is_dir() || !path.parent().is_none_or(is_folder) {
        return Err(Problem::expected("a file in a folder that is there"));
    }
    Ok((format, path))
}

/// An origin whose pages may come in; `None` for all.
pub fn allowed_origin(given: &Given) -> Result<Option<String>, Problem> {
    if given.text == "any" { Ok(None) } else { origin(&given.text).map(Some) }
}

/// A token that can stand in a header field.
pub fn token(text: &str) -> Result<String, Problem> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::expected("printable ASCII without spaces"));
    }
    Ok(text.to_owned())
}

/// Text that can be the value of a header field.
pub fn header(text: &str) -> Result<HeaderValue, Problem> {
    let value = HeaderValue::from_str(text).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| Problem::expected("a name in printable ASCII"))
}

/// A server whose traffic is checked.
pub fn server(given: &Given) -> Result<Server, Problem> {
    Server::parse(&given.text).map_err(Problem::expected)
}

fn word<T: Copy>(text: &str, words: &[(&'static str, T)]) -> Result<T, Problem> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let names = || words.iter().map(|(word, _)| *word);
    let help = text::nearest(text, names()).map(|near| format!("did you mean `{near}`?"));
    Err(Problem { expected: format!("one of {}", text::list(names())), help })
}

#[cfg(test)]
mod tests;
