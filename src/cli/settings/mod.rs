//! Settings: a flag beats its environment variable, which beats its key in `standin.yaml`, which beats the default.

mod file;
mod flag;
mod found;
mod given;
pub mod request;
pub mod value;

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::Stop;
use crate::diagnostic::Diagnostic;
pub use file::{SettingsFile, USUAL_NAME};
pub use flag::{FLAGS, Flag, NOT_BUILT};
use found::Found;
pub use given::{Given, Origin, Problem};

/// The settings of one run: what was given, asked for one by one. Mistakes are collected.
#[derive(Debug)]
pub struct Settings<'a> {
    matches: &'a ArgMatches,
    file: Option<Found>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Settings<'a> {
    /// Takes the arguments of a command and reads the settings file, if there is one and the command has use for it.
    pub fn gather(matches: &'a ArgMatches) -> Self {
        let mut settings = Self { matches, file: None, diagnostics: Vec::new() };
        if matches.try_contains_id("config").is_ok() {
            let asked = settings.of_command_line_or_environment("config").pop();
            let path = asked
                .map(|given| PathBuf::from(given.text))
                .or_else(|| Path::new(USUAL_NAME).exists().then(|| PathBuf::from(USUAL_NAME)));
            if let Some(path) = path {
                settings.file = Found::read(&path, &mut settings.diagnostics);
            }
        }
        for row in NOT_BUILT.iter().filter(|row| matches.try_contains_id(row.name).is_ok()) {
            let variable = flag::variable(row.name);
            let giver = if matches.value_source(row.name).is_some() {
                format!("`--{}`", row.name)
            } else if std::env::var_os(&variable).is_some_and(|text| !text.is_empty()) {
                format!("the environment variable `{variable}`")
            } else {
                continue;
            };
            let help = "leave it out; it would have no effect";
            let diagnostic = Diagnostic::error("not-built", format!("{giver} is not built yet"));
            settings.diagnostics.push(diagnostic.help(help));
        }
        settings
    }

    /// The settings file that was read.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// Everything that was given for a setting, from the strongest place that has any.
    pub fn all(&mut self, name: &str) -> Vec<Given> {
        let given = self.of_command_line_or_environment(name);
        if !given.is_empty() {
            return given;
        }
        match (&self.file, Flag::named(name)) {
            (Some(file), Some(flag)) => file.given(&flag.key(), flag.is_list, &mut self.diagnostics),
            _ => Vec::new(),
        }
    }

    /// A setting's value, if it was given and can be understood.
    pub fn one<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        let given = self.all(name).pop()?;
        match parse(&given.text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.diagnostics.push(given.refused(problem));
                None
            }
        }
    }

    /// The values of a setting that may be given several times.
    pub fn many<T>(&mut self, name: &str, parse: impl Fn(&Given) -> Result<T, Problem>) -> Vec<T> {
        let mut values = Vec::new();
        for given in self.all(name) {
            match parse(&given) {
                Ok(value) => values.push(value),
                Err(problem) => self.diagnostics.push(given.refused(problem)),
            }
        }
        values
    }

    /// Whether a setting that is true or false is true.
    pub fn is(&mut self, name: &str) -> bool {
        self.one(name, value::boolean).unwrap_or(false)
    }

    /// Stops if anything that was asked for could not be understood.
    pub fn check(&mut self) -> Result<(), Stop> {
        let diagnostics = std::mem::take(&mut self.diagnostics);
        if diagnostics.is_empty() { Ok(()) } else { Err(Stop::Diagnostics(diagnostics)) }
    }

    fn of_command_line_or_environment(&self, name: &str) -> Vec<Given> {
        let mut given = Vec::new();
        if name == "spec" {
            given.extend(self.texts("specs").map(|text| here(text, Origin::Argument("SPEC"))));
        }
        given.extend(self.texts(name).map(|text| here(text, Origin::Flag(name.to_owned()))));
        if !given.is_empty() {
            return given;
        }
        let Some(flag) = Flag::named(name) else { return given };
        let variable = flag.variable();
        let Some(text) = std::env::var_os(&variable) else { return given };
        let text = text.to_string_lossy().into_owned();
        let parts: Vec<&str> = if flag.is_list { text.split(',').collect() } else { vec![&text] };
        let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| here(part, Origin::Environment(variable.clone()))).collect()
    }

    fn texts(&self, id: &str) -> impl Iterator<Item = &str> {
        let values = self.matches.try_get_many::<String>(id).ok().flatten();
        values.into_iter().flatten().map(String::as_str)
    }
}

fn here(text: &str, origin: Origin) -> Given {
    Given { text: text.to_owned(), origin, folder: None }
}
