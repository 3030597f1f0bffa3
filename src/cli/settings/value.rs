//! What the texts of settings mean.

use std::path::{Path, PathBuf};

use super::super::terminal::Color;
use super::{Given, Problem};
use crate::check::Credentials;
use crate::engine::{Checks, Data, Mode, SeedChoice};
use crate::generate::Locale;
use crate::report::{self, Format};
use crate::seed::Seed;
use crate::text;
use crate::violation::Severity;

/// A report that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How.
    pub format: &'static Format,
    /// Where to; `None` for standard output.
    pub file: Option<PathBuf>,
}

/// From which severity on findings make the exit code 1; `None` for never.
pub type FailOn = Option<Severity>;

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

/// Which credentials pass.
pub fn credentials(text: &str) -> Result<Credentials, Problem> {
    match text {
        "" => Err(Problem::expected("`any` or a credential")),
        "any" => Ok(Credentials::Any),
        value => Ok(Credentials::Only(value.to_owned())),
    }
}

/// From which severity on the exit code is 1.
pub fn fail_on(text: &str) -> Result<FailOn, Problem> {
    word(
        text,
        &[
            ("error", Some(Severity::Error)),
            ("warning", Some(Severity::Warning)),
            ("info", Some(Severity::Info)),
            ("never", None),
        ],
    )
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
    let (name, file) = match given.text.split_once('=') {
        Some((name, file)) => (name, Some(file)),
        None => (given.text.as_str(), None),
    };
    let known = || report::FORMATS.iter().map(|format| format.name);
    let Some(format) = report::FORMATS.iter().find(|format| format.name == name) else {
        let help = if report::PLANNED.contains(&name) {
            Some(format!("`{name}` is not built yet"))
        } else {
            text::nearest(name, known()).map(|near| format!("did you mean `{near}`?"))
        };
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

/// A token that can stand in a header field.
pub fn token(text: &str) -> Result<String, Problem> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::expected("printable ASCII without spaces"));
    }
    Ok(text.to_owned())
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
mod tests {
    use super::*;

    #[test]
    fn checks_are_set_for_all_areas_and_for_single_ones() {
        use Mode::{Off, Refuse, Report};
        let set = |text: &str| checks(text).map(|checks| (checks.security, checks.parameters, checks.body));
        let table = [
            ("refuse", Ok((Refuse, Refuse, Refuse))),
            ("report", Ok((Report, Report, Report))),
            ("refuse,security=report", Ok((Report, Refuse, Refuse))),
            ("body=off,report", Ok((Report, Report, Off))),
        ];
        for (text, expected) in table {
            assert_eq!(set(text), expected, "{text}");
        }
        assert_eq!(set("refse").unwrap_err().help.as_deref(), Some("did you mean `refuse`?"));
        assert_eq!(set("securty=off").unwrap_err().help.as_deref(), Some("did you mean `security`?"));
    }

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://localhost:5173/").as_deref(), Ok("http://localhost:5173"));
        assert!(origin("localhost:5173").is_err());
        assert!(origin("http://a/b").is_err());
    }
}
