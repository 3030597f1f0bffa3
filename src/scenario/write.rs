//! Writing a scenario file as a person would: what is short on one line, the rest as blocks of YAML.
//!
//! By hand, because no package for YAML writes both styles: each either has every map on lines of its own, or none.

use std::fmt::Write as _;
use std::ops::Range;

use serde_json::{Map, Value};

use super::format::{ScenarioFile, ScenarioRule};

/// Where a line is broken.
const WIDTH: usize = 110;
/// How far what belongs to something is indented.
const STEP: usize = 2;

/// A scenario file's text.
#[derive(Debug)]
pub struct Written {
    /// All of it.
    pub text: String,
    /// Where each rule stands, in bytes.
    pub rules: Vec<Range<usize>>,
}

/// Writes a scenario file; what has its default is left out.
pub fn write(scenario: &ScenarioFile) -> Written {
    let head = ScenarioFile::<ScenarioRule> {
        name: scenario.name.clone(),
        description: scenario.description.clone(),
        documents: scenario.documents.clone(),
        rules: Vec::new(),
    };
    let mut text = String::new();
    if let Value::Object(mut head) = plain(&head) {
        head.shift_remove("rules");
        block(&head, 0, &mut text);
    }
    text.push_str(if scenario.rules.is_empty() { "rules: []\n" } else { "rules:\n" });
    let mut rules = Vec::new();
    for rule in &scenario.rules {
        let start = text.len();
        item(&plain(rule), STEP, &mut text);
        rules.push(start..text.len());
    }
    Written { text, rules }
}

fn plain(part: &impl serde::Serialize) -> Value {
    serde_json::to_value(part).expect("every key of a scenario is text")
}

/// The members of a map, each on a line of its own or as a block.
fn block(members: &Map<String, Value>, indent: usize, text: &mut String) {
    for (key, value) in members {
        let key = scalar(key);
        pad(indent, text);
        text.push_str(&key);
        text.push(':');
        let left = WIDTH.saturating_sub(indent + key.len() + 2);
        match value {
            Value::Object(inner) if !fits(value, left) => {
                text.push('\n');
                block(inner, indent + STEP, text);
            }
            Value::Array(items) if !fits(value, left) => {
                text.push('\n');
                for one in items {
                    item(one, indent + STEP, text);
                }
            }
            Value::String(lines) if is_lines(lines) => literal(lines, indent + STEP, text),
            other => {
                text.push(' ');
                text.push_str(&flow(other));
                text.push('\n');
            }
        }
    }
}

fn item(value: &Value, indent: usize, text: &mut String) {
    pad(indent, text);
    text.push_str("- ");
    match value {
        Value::Object(members) if !members.is_empty() && (indent == STEP || !fits(value, WIDTH - indent)) => {
            let mut inner = String::new();
            block(members, indent + STEP, &mut inner);
            text.push_str(inner.trim_start_matches(' '));
        }
        other => {
            text.push_str(&flow(other));
            text.push('\n');
        }
    }
}

fn pad(indent: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
}

/// Whether a value can stand on one line.
fn fits(value: &Value, left: usize) -> bool {
    !has_lines(value) && flow(value).chars().count() <= left
}

fn has_lines(value: &Value) -> bool {
    match value {
        Value::String(text) => is_lines(text),
        Value::Array(items) => items.iter().any(has_lines),
        Value::Object(members) => members.values().any(has_lines),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text is several lines that a block keeps as they are.
fn is_lines(text: &str) -> bool {
    let is_plain = |line: &str| {
        !line.chars().any(|character| character.is_control() || is_hidden(character))
            && (line.is_empty() || !line.trim().is_empty())
    };
    text.trim_end_matches('\n').contains('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\n'])
        && text.split('\n').all(is_plain)
}

fn literal(lines: &str, indent: usize, text: &mut String) {
    text.push_str(if lines.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in lines.trim_end_matches('\n').split('\n') {
        if !line.is_empty() {
            pad(indent, text);
            text.push_str(line);
        }
        text.push('\n');
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text, in quotes unless it means the same without them.
fn scalar(text: &str) -> String {
    if is_word(text) || is_time(text) {
        return text.to_owned();
    }
    let quoted = serde_json::to_string(text).expect("text is JSON");
    let mut safe = String::with_capacity(quoted.len());
    for character in quoted.chars() {
        if is_hidden(character) {
            let _ = write!(safe, "\\u{:04x}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Characters that YAML does not have as they are (YAML 1.2 5.1), or that break lines or can't be seen.
fn is_hidden(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text is read as text without quotes, wherever it stands.
fn is_word(text: &str) -> bool {
    const OTHER: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let starts = text.starts_with(|first: char| first.is_alphabetic() || first == '/' || first == '_');
    let is_inside = |inside: char| inside.is_alphanumeric() || " _-./".contains(inside);
    starts && text.chars().all(is_inside) && !text.ends_with(' ') && {
        !OTHER.iter().any(|other| text.eq_ignore_ascii_case(other))
    }
}

fn is_time(text: &str) -> bool {
    let number = text.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let unit = &text[number.len()..];
    ["us", "ms", "s", "m", "h", "d"].contains(&unit)
        && number.starts_with(|first: char| first.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::document::SourceFile;
    use serde_json::json;

    fn rule(value: Value) -> ScenarioRule {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_file_reads_like_one_that_a_person_wrote() {
        let scenario = ScenarioFile {
            name: "shop".into(),
            description: Some("Imported: a test.".into()),
            documents: None,
            rules: vec![
                rule(json!({
                    "name": "GET /users/7", "when": { "operation": "getUser", "path": { "matches": "/users/7$" } },
                    "respond": { "status": 200, "headers": { "X-A": "1" }, "text": "a\n  b\n" }
                })),
                rule(
                    json!({ "when": { "state": "start" }, "fault": "reset", "delay": "250ms", "goto": "true" }),
                ),
                rule(
                    json!({ "delay": { "uniform": { "from": "1s", "to": "2s" } }, "respond": { "status": 200,
                    "body": { "a long text that is written to be long, and longer": [1, null, ""],
                    "and another one that makes it longer than a line": { "x": "- y: z" } } } }),
                ),
            ],
        };
        let written = write(&scenario);
        insta::assert_snapshot!(written.text);
        assert!(written.text[written.rules[1].clone()].starts_with("  - when: { state: start }\n"));
    }

    #[test]
    fn every_text_comes_back_as_it_was() {
        let texts = [
            "",
            " ",
            "a",
            "true",
            "No",
            "~",
            "7",
            "1e3",
            "0x1f",
            "7s",
            "1.2.3m",
            "a: b",
            "a #b",
            "#a",
            "- a",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "a\nb",
            "a\nb\n",
            "a\n\n",
            "\na\nb",
            " a\nb",
            "a\n \nb",
            "a\n\nb",
            "a\r\nb",
            "\t",
            "a\n\tb",
            "\u{7f}\u{85}\u{2028}\u{feff}\u{0}",
            "ü",
            "🦀",
            "'",
            "\"",
            "\\",
            "{{path id}}",
            "a, b",
            "[a]",
            "{a}",
            "a:",
            "?",
            "---",
            "...",
            "a ",
            "|",
            ">",
            "=",
            "<<",
            "a\u{2028}\nb",
            "2020-01-01",
        ];
        for text in texts {
            let scenario = ScenarioFile {
                name: text.into(),
                description: None,
                documents: None,
                rules: vec![rule(
                    json!({ "respond": { "text": text, "body": { text: [text, { "k": text }] } } }),
                )],
            };
            let mut diagnostics: Vec<Diagnostic> = Vec::new();
            let text = write(&scenario).text;
            let file = SourceFile::of_text("s.yaml", text.clone(), &mut diagnostics);
            let read = file.map(|file| serde_json::from_value::<ScenarioFile>(file.value).unwrap());
            assert_eq!(read, Some(scenario), "{text}");
        }
    }
}
