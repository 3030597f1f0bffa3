//! Parameters held against their declarations.

use serde_json::Value;

use super::Checked;
use super::explain::Subject;
use super::names::{Excuses, Kind};
use super::prepared::Prepared;
use crate::codec::{self, Decoded, Input};
use crate::contract::{Contract, Location, Operation, Parameter, SchemeKind, Serialization};
use crate::redact;
use crate::schema::{Direction, mismatches};
use crate::text;
use crate::violation::{Rule, Violation};

/// One request's parameters and what they are held against.
pub(super) struct Judge<'a, 'i> {
    pub(super) contract: &'a Contract,
    pub(super) operation: &'a Operation,
    pub(super) prepared: &'a [Prepared],
    pub(super) input: &'a Input<'i>,
}

impl Judge<'_, '_> {
    /// Reads every declared parameter, and judges it if `judges`.
    pub(super) fn run(&self, checked: &mut Checked, judges: bool) {
        for (index, parameter) in self.operation.parameters.iter().enumerate() {
            let decoded = codec::parameter(parameter, self.prepared[index].expect(self.contract), self.input);
            // OpenAPI 3.1 4.8.12.1: these header parameters are ignored, other parts of the document describe them.
            let is_described_elsewhere = parameter.location == Location::Header
                && ["accept", "content-type", "authorization"]
                    .iter()
                    .any(|name| parameter.name.eq_ignore_ascii_case(name));
            let found = match decoded {
                Decoded::Absent | Decoded::Empty if is_described_elsewhere => Vec::new(),
                Decoded::Absent => self.absent(parameter),
                Decoded::Empty => Vec::new(),
                Decoded::Unreadable { found, reason } => vec![self.unreadable(parameter, &found, &reason)],
                Decoded::Repeated { count } => vec![self.repeated(parameter, count)],
                Decoded::Value(value) => {
                    let found = if judges && !is_described_elsewhere {
                        self.judge(index, &value)
                    } else {
                        Vec::new()
                    };
                    checked.parameters.push((index, value));
                    found
                }
                Decoded::Values(values) => {
                    let (value, found) = self.judge_any(index, values);
                    checked.parameters.extend(value.map(|value| (index, value)));
                    if is_described_elsewhere { Vec::new() } else { found }
                }
            };
            if judges {
                checked.violations.extend(found);
            }
        }
    }

    fn absent(&self, parameter: &Parameter) -> Vec<Violation> {
        // No client can send what the template has no place for; lint tells it (`path-parameter-unused`).
        let has_place = parameter.location != Location::Path
            || self.operation.template.contains(&format!("{{{}}}", parameter.name));
        if !parameter.required || !has_place {
            return Vec::new();
        }
        let message = format!("{} is missing", called(parameter));
        let mut violation = self.violation(Rule::ParameterMissing, parameter, message, "required");
        violation.help =
            Some(format!("send the {} parameter `{}`", parameter.location.word(), parameter.name));
        vec![violation]
    }

    fn unreadable(&self, parameter: &Parameter, found: &str, reason: &str) -> Violation {
        let found = if redact::is_secret_name(&parameter.name) {
            redact::HIDDEN.to_owned()
        } else {
            format!("`{}`", redact::shown(found, 120))
        };
        let message = format!("{}: {found} {reason}", called(parameter));
        let mut violation = self.violation(Rule::ParameterUnreadable, parameter, message, "schema/type");
        violation.found = Some(found);
        violation.help = Some("write the value as the parameter's type, style and explode ask".into());
        violation
    }

    fn repeated(&self, parameter: &Parameter, count: usize) -> Violation {
        let message = format!("{} was sent {count} times and takes one value", called(parameter));
        let mut violation = self.violation(Rule::ParameterRepeated, parameter, message, "name");
        violation.found = Some(format!("{count} values"));
        violation.help = Some(match parameter.serialization {
            Serialization::Style { explode: false, .. } => {
                "send it once; without `explode`, several values are written in one text".into()
            }
            Serialization::Style { explode: true, .. } | Serialization::Content(_) => "send it once".into(),
        });
        violation
    }

    fn judge(&self, index: usize, value: &Value) -> Vec<Violation> {
        let parameter = &self.operation.parameters[index];
        let mut found = Vec::new();
        if parameter.deprecated {
            let message = format!("{} is deprecated", called(parameter));
            found.push(self.violation(Rule::ParameterDeprecated, parameter, message, "deprecated"));
        }
        let Some(validator) = self.prepared[index].validator(self.contract) else { return found };
        if validator.is_valid(value) {
            found.extend(self.undeclared_properties(index, value));
            return found;
        }
        let subject = Subject {
            rule: Rule::ParameterInvalid,
            location: location(parameter),
            called: called(parameter),
            contract: self.contract,
            direction: Direction::Request,
            excuses: Excuses::default(),
            digits: Vec::new(),
        };
        found.extend(subject.violations(mismatches(validator, value)));
        found
    }

    /// Names within a query parameter's value that its schema does not have, such as `filter[nmae]`.
    fn undeclared_properties(&self, index: usize, value: &Value) -> Vec<Violation> {
        let parameter = &self.operation.parameters[index];
        if parameter.location != Location::Query || !(value.is_object() || value.is_array()) {
            return Vec::new();
        }
        let Some(names) = self.prepared[index].names(self.contract) else { return Vec::new() };
        let told = names.remarks(value).all.into_iter().filter_map(|remark| {
            let Kind::Undeclared(nearest) = remark.kind else { return None };
            let within = |path: &[String]| {
                path.iter().fold(parameter.name.clone(), |name, part| format!("{name}[{part}]"))
            };
            let shown = redact::shown(&within(&remark.path), 80);
            let message = format!("query parameter `{shown}` is not declared");
            let mut violation = self.violation(Rule::ParameterUnknown, parameter, message, "schema");
            violation.location.extend(remark.path.iter().map(|part| redact::shown(part, 80)));
            violation.help = Some(match nearest {
                Some(nearest) => {
                    let holder = within(&remark.path[..remark.path.len().saturating_sub(1)]);
                    format!("did you mean `{holder}[{nearest}]`?")
                }
                None => "leave it out, or declare it".into(),
            });
            Some(violation)
        });
        told.collect()
    }

    /// Judges a text that can be read in several ways: the first reading that is valid is the value.
    fn judge_any(&self, index: usize, values: Vec<Value>) -> (Option<Value>, Vec<Violation>) {
        let mut first = None;
        for value in values {
            let found = self.judge(index, &value);
            if !found.iter().any(Violation::is_error) {
                return (Some(value), found);
            }
            first.get_or_insert((Some(value), found));
        }
        first.unwrap_or_default()
    }

    /// Parameters of one group that were sent together.
    pub(super) fn groups(&self, checked: &mut Checked) {
        for group in &self.operation.groups {
            let sent: Vec<&str> = group
                .names
                .iter()
                .filter(|name| self.input.query().iter().any(|pair| pair.key == name.as_str()))
                .map(String::as_str)
                .collect();
            if sent.len() < 2 {
                continue;
            }
            let message =
                format!("the query parameters {} exclude each other", text::list(sent.iter().copied()));
            let place = self.contract.document.place(&group.pointer);
            let mut violation =
                Violation::new(Rule::ParameterConflict, &["request", "query", sent[1]], message, place);
            violation.expected = Some("at most one of them".into());
            violation.help = Some("send only one of them".into());
            checked.violations.push(violation);
        }
    }

    /// Query parameters that nothing declares.
    pub(super) fn undeclared(&self, checked: &mut Checked) {
        let is_key = |key: &str| {
            let mut schemes = self.contract.schemes.iter();
            schemes.any(|scheme| matches!(&scheme.kind, SchemeKind::QueryKey(name) if name == key))
        };
        let expects = self.prepared.iter().map(|prepared| prepared.expect(self.contract));
        let declared = self.operation.parameters.iter().zip(expects);
        let undeclared = codec::undeclared(&declared, self.input).into_iter();
        for key in undeclared.filter(|key| !is_key(key)).take(20) {
            let shown = redact::shown(&key, 80);
            let names =
                self.operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
            let nearest = text::nearest(&key, names.map(|parameter| parameter.name.as_str()));
            let place = self.contract.document.place(&self.operation.pointer);
            let message = format!("query parameter `{shown}` is not declared");
            let mut violation =
                Violation::new(Rule::ParameterUnknown, &["request", "query", &shown], message, place);
            violation.help = Some(match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "leave it out, or declare it".into(),
            });
            checked.violations.push(violation);
        }
    }

    fn violation(&self, rule: Rule, parameter: &Parameter, message: String, member: &str) -> Violation {
        let pointer = member.split('/').fold(parameter.pointer.clone(), |pointer, token| pointer.join(token));
        let place = self.contract.document.place(&pointer);
        let location = location(parameter);
        let parts: Vec<&str> = location.iter().map(String::as_str).collect();
        Violation::new(rule, &parts, message, place)
    }
}

fn called(parameter: &Parameter) -> String {
    format!("{} parameter `{}`", parameter.location.word(), text::harmless(&parameter.name))
}

fn location(parameter: &Parameter) -> Vec<String> {
    vec!["request".into(), parameter.location.word().into(), parameter.name.clone()]
}
