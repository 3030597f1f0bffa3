//! Every flag that is a setting too: one row makes the flag, its environment variable, its key and its help.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use clap::{Arg, ArgAction};

use super::file::SettingsFile;
use crate::generate::Locale;

/// A setting.
#[derive(Debug)]
pub struct Flag {
    /// The flag without its dashes.
    pub name: &'static str,
    /// What the help calls its value; `None` if it is true or false.
    pub value: Option<&'static str>,
    /// Whether it may be given several times.
    pub is_list: bool,
    /// The commands that have it; empty for all.
    pub commands: &'static [&'static str],
}

const DOCUMENTS: &[&str] =
    &["serve", "proxy", "routes", "lint", "errors", "sample", "import", "check", "verify"];
const SERVE: &[&str] = &["serve"];
const PROXY: &[&str] = &["proxy"];
const VERIFY: &[&str] = &["verify"];
/// The commands that speak to real servers.
const UPSTREAMS: &[&str] = &["proxy", "verify"];
/// The commands that make values up.
const MAKERS: &[&str] = &["serve", "proxy", "sample", "verify"];
const CHECK: &[&str] = &["check"];
/// The commands that serve until they are stopped.
const SERVERS: &[&str] = &["serve", "proxy"];
/// The commands that judge.
const JUDGES: &[&str] = &["serve", "proxy", "check", "verify"];
/// The commands that end with a report.
const REPORTS: &[&str] = &["serve", "proxy", "check", "verify", "report"];
const TABLES: &[&str] = &["routes", "lint", "errors", "check"];

/// The settings, in the order of the help. Their help is the description of their key in [`SettingsFile`].
pub const FLAGS: &[Flag] = &[
    Flag { name: "spec", value: Some("SPEC"), is_list: true, commands: DOCUMENTS },
    Flag { name: "config", value: Some("FILE"), is_list: false, commands: DOCUMENTS },
    Flag { name: "upstream", value: Some("[NAME=]URL"), is_list: true, commands: UPSTREAMS },
    Flag { name: "upstream-ca", value: Some("FILE"), is_list: true, commands: UPSTREAMS },
    Flag { name: "upstream-timeout", value: Some("TIME"), is_list: false, commands: UPSTREAMS },
    Flag { name: "rate", value: Some("N/s"), is_list: false, commands: VERIFY },
    Flag { name: "concurrency", value: Some("N"), is_list: false, commands: VERIFY },
    Flag { name: "time", value: Some("TIME"), is_list: false, commands: VERIFY },
    Flag { name: "cases", value: Some("N"), is_list: false, commands: VERIFY },
    Flag { name: "allow-unsafe", value: None, is_list: false, commands: VERIFY },
    Flag { name: "header", value: Some("NAME: VALUE"), is_list: true, commands: VERIFY },
    Flag { name: "param", value: Some("[OPERATION.]NAME=VALUE"), is_list: true, commands: VERIFY },
    Flag { name: "on-violation", value: Some("pass|refuse"), is_list: false, commands: PROXY },
    Flag { name: "fallback", value: Some("LACK"), is_list: true, commands: PROXY },
    Flag { name: "record", value: Some("[FORMAT=]FILE"), is_list: true, commands: PROXY },
    Flag { name: "allow-origin", value: Some("ORIGIN|any"), is_list: true, commands: PROXY },
    Flag { name: "host", value: Some("HOST"), is_list: false, commands: SERVERS },
    Flag { name: "port", value: Some("PORT"), is_list: false, commands: SERVERS },
    Flag { name: "tls-cert", value: Some("FILE"), is_list: false, commands: SERVERS },
    Flag { name: "tls-key", value: Some("FILE"), is_list: false, commands: SERVERS },
    Flag { name: "seed", value: Some("N|random"), is_list: false, commands: MAKERS },
    Flag { name: "data", value: Some("SOURCE"), is_list: false, commands: SERVERS },
    Flag { name: "locale", value: Some("TAG"), is_list: false, commands: MAKERS },
    Flag { name: "check", value: Some("MODE"), is_list: false, commands: SERVE },
    Flag { name: "strict", value: None, is_list: false, commands: JUDGES },
    Flag { name: "severity", value: Some("RULE=SEVERITY"), is_list: true, commands: JUDGES },
    Flag { name: "ignore", value: Some("RULE[@WHERE]"), is_list: true, commands: JUDGES },
    Flag { name: "credentials", value: Some("any|VALUE"), is_list: false, commands: JUDGES },
    Flag { name: "scenario", value: Some("FILE"), is_list: true, commands: SERVERS },
    Flag { name: "watch", value: None, is_list: false, commands: SERVE },
    Flag { name: "report", value: Some("FORMAT[=FILE]"), is_list: true, commands: REPORTS },
    Flag { name: "client", value: Some("NAME"), is_list: false, commands: JUDGES },
    Flag { name: "server", value: Some("URL[=NAME]"), is_list: true, commands: CHECK },
    Flag { name: "against", value: Some("SPEC"), is_list: true, commands: CHECK },
    Flag { name: "recorded-credentials", value: None, is_list: false, commands: CHECK },
    Flag {
        name: "fail-on",
        value: Some("WHAT"),
        is_list: false,
        commands: &["serve", "proxy", "lint", "import", "check", "verify", "report"],
    },
    Flag { name: "baseline", value: Some("FILE"), is_list: false, commands: REPORTS },
    Flag { name: "write-baseline", value: Some("WHAT"), is_list: false, commands: REPORTS },
    Flag { name: "coverage", value: Some("FORMAT[=FILE]"), is_list: true, commands: REPORTS },
    Flag { name: "fail-under", value: Some("PERCENT"), is_list: false, commands: REPORTS },
    Flag { name: "format", value: Some("FORMAT"), is_list: false, commands: TABLES },
    Flag { name: "log", value: Some("FORMAT"), is_list: false, commands: SERVERS },
    Flag { name: "no-cors", value: None, is_list: false, commands: SERVE },
    Flag { name: "admin-token", value: Some("TOKEN"), is_list: false, commands: SERVERS },
    Flag { name: "admin-origin", value: Some("ORIGIN"), is_list: false, commands: SERVERS },
    Flag { name: "lenient-load", value: None, is_list: false, commands: DOCUMENTS },
    Flag { name: "allow-outside-refs", value: None, is_list: false, commands: DOCUMENTS },
    Flag { name: "allow-remote-refs", value: None, is_list: false, commands: DOCUMENTS },
    Flag { name: "color", value: Some("WHEN"), is_list: false, commands: &[] },
];

/// A flag of `serve` that is planned: refused with a word, never accepted without effect.
#[derive(Debug)]
pub struct NotBuilt {
    /// The flag without its dashes.
    pub name: &'static str,
    /// Whether it takes a value.
    pub takes_value: bool,
}

/// The flags that are planned.
pub const NOT_BUILT: &[NotBuilt] = &[];

impl Flag {
    /// The row of a setting.
    pub fn named(name: &str) -> Option<&'static Self> {
        FLAGS.iter().find(|flag| flag.name == name)
    }

    /// Its environment variable.
    pub fn variable(&self) -> String {
        variable(self.name)
    }

    /// Its key in the settings file.
    pub fn key(&self) -> String {
        if self.name == "spec" { "documents".to_owned() } else { self.name.replace('-', "_") }
    }

    /// Whether a command has it.
    pub fn is_of(&self, command: &str) -> bool {
        self.commands.is_empty() || self.commands.contains(&command)
    }

    /// It as an argument for the parser.
    pub fn argument(&self) -> Arg {
        let help = format!("{} [env: {}]", self.help(), self.variable());
        let argument = Arg::new(self.name).long(self.name).help(help);
        match self.value {
            Some(value) => {
                let action = if self.is_list { ArgAction::Append } else { ArgAction::Set };
                argument.value_name(value).action(action).allow_hyphen_values(false)
            }
            None => argument
                .value_name("BOOLEAN")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .hide_possible_values(true),
        }
    }

    fn help(&self) -> String {
        if self.name == "config" {
            return "The settings file, in place of `standin.yaml` in the working folder".to_owned();
        }
        let mut text = descriptions().get(&self.key()).cloned().unwrap_or_default();
        if self.name == "locale" {
            text = format!("{text} Languages: {}", Locale::languages().collect::<Vec<_>>().join(", "));
        }
        // The parser's help has no full stop at the end of a sentence that stands alone.
        let alone = text.matches(". ").count() == 0;
        if alone { text.trim_end_matches('.').to_owned() } else { text }
    }
}

/// The environment variable of a flag.
pub fn variable(name: &str) -> String {
    format!("STANDIN_{}", name.replace('-', "_").to_uppercase())
}

fn descriptions() -> &'static BTreeMap<String, String> {
    static DESCRIPTIONS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    DESCRIPTIONS.get_or_init(|| {
        let schema = schemars::schema_for!(SettingsFile);
        let properties = schema.as_value().get("properties").and_then(serde_json::Value::as_object);
        let described = properties.into_iter().flatten().filter_map(|(key, property)| {
            Some((key.clone(), property.get("description")?.as_str()?.replace('\n', " ")))
        });
        described.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_a_key_with_a_description_and_every_key_a_flag() {
        let mut flags: Vec<String> = FLAGS.iter().map(Flag::key).filter(|key| key != "config").collect();
        flags.sort();
        let keys: Vec<String> = descriptions().keys().cloned().collect();
        assert_eq!(flags, keys);
    }
}
