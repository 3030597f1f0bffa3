//! From the keyword that an instance fails to a finding that a person can act on.

use serde_json::Value;

use super::names::Excuses;
use crate::contract::Contract;
use crate::pointer::Pointer;
use crate::redact;
use crate::schema::{Direction, Mismatch};
use crate::text;
use crate::violation::{Rule, Violation};

/// How many findings one value may give.
const MOST: usize = 20;

/// Where a value was found: its rule, its location in the message, and how it is called in a sentence.
pub(super) struct Subject<'a> {
    pub(super) rule: Rule,
    pub(super) location: Vec<String>,
    /// Such as ``query parameter `limit` `` or `body`.
    pub(super) called: String,
    pub(super) contract: &'a Contract,
    /// Whose schemas it is held against.
    pub(super) direction: Direction,
    /// What is not told.
    pub(super) excuses: Excuses,
}

impl Subject<'_> {
    /// The violations that a value's mismatches amount to: the nearest alternative of `oneOf` and `anyOf` explained, one
    /// finding per place and keyword.
    pub(super) fn violations(&self, mismatches: Vec<Mismatch>) -> Vec<Violation> {
        let mut causes = Vec::new();
        for mismatch in mismatches {
            self.collect(mismatch, &mut causes);
        }
        causes.retain(|cause| !self.excuses(cause));
        causes.sort_by(|one, other| {
            (one.instance.as_str(), one.schema.as_str())
                .cmp(&(other.instance.as_str(), other.schema.as_str()))
        });
        causes.dedup_by(|one, other| {
            one.instance == other.instance && one.keyword == other.keyword && one.message == other.message
        });
        causes.truncate(MOST);
        causes.iter().map(|cause| self.violation(cause)).collect()
    }

    fn excuses(&self, cause: &Mismatch) -> bool {
        let Excuses { nulls, absent } = &self.excuses;
        let is_absent = |(object, name): &(Pointer, String)| {
            *object == cause.instance && *name == missing_property(&cause.message)
        };
        (cause.found.is_null() && nulls.contains(&cause.instance))
            || (cause.keyword == "required" && absent.iter().any(is_absent))
    }

    fn collect(&self, mut mismatch: Mismatch, causes: &mut Vec<Mismatch>) {
        let branches = std::mem::take(&mut mismatch.branches);
        let nearest = self
            .named_branch(&mismatch, &branches)
            .or_else(|| (0..branches.len()).max_by_key(|index| nearness(&mismatch, &branches[*index])));
        let taken = nearest.and_then(|index| branches.into_iter().nth(index)).unwrap_or_default();
        if taken.is_empty() {
            causes.push(mismatch);
            return;
        }
        for inner in taken {
            self.collect(inner, causes);
        }
    }

    /// The alternative that the discriminator's value names.
    fn named_branch(&self, mismatch: &Mismatch, branches: &[Vec<Mismatch>]) -> Option<usize> {
        let root = self.contract.schemas.root(self.direction);
        let schema = mismatch.schema.parent()?.find(root)?;
        let discriminator = schema.get("discriminator")?;
        let name = mismatch.found.get(discriminator.get("propertyName")?.as_str()?)?.as_str()?;
        let mapped =
            discriminator.get("mapping").and_then(|mapping| mapping.get(name)).and_then(Value::as_str);
        let list = schema.get(&mismatch.keyword)?.as_array()?;
        list.iter().take(branches.len()).position(|branch| {
            let target = branch.get("$ref").and_then(Value::as_str).unwrap_or_default();
            mapped.map_or_else(|| target.rsplit('/').next() == Some(name), |mapped| mapped == target)
        })
    }

    fn violation(&self, cause: &Mismatch) -> Violation {
        let mut location = self.location.clone();
        location.extend(cause.instance.tokens());
        let parts: Vec<&str> = location.iter().map(String::as_str).collect();
        let name = parts.last().copied().unwrap_or_default();
        let root = self.contract.schemas.root(self.direction);
        let limit = cause.schema.find(root).unwrap_or(&Value::Null);
        let schema = cause.schema.parent().and_then(|parent| parent.find(root)).unwrap_or(&Value::Null);
        let secret = parts.iter().any(|part| redact::is_secret_name(part)) || is_secret_format(schema);
        let found = if secret { redact::HIDDEN.to_owned() } else { redact::value(name, &cause.found) };
        let told = tell(cause, limit, &found);
        let called = self.called_at(&cause.instance);
        let place = self.contract.document.place(&cause.schema);
        let mut violation = Violation::new(self.rule, &parts, format!("{called}: {}", told.message), place);
        violation.found = Some(found);
        violation.expected = told.expected;
        violation.help = told.help;
        violation
    }

    fn called_at(&self, instance: &Pointer) -> String {
        let inside: Vec<String> = instance.tokens().collect();
        if inside.is_empty() {
            self.called.clone()
        } else {
            format!("{} `{}`", self.called, text::harmless(&inside.join(".")))
        }
    }
}

fn is_secret_format(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "password")
}

/// How near an alternative is: mismatches deep inside speak for it, the wrong type at the top against it.
fn nearness(whole: &Mismatch, branch: &[Mismatch]) -> (bool, bool, i64) {
    let wrong_type = branch.iter().any(|inner| inner.keyword == "type" && inner.instance == whole.instance);
    let wrong_tag = branch.iter().any(|inner| matches!(inner.keyword.as_str(), "const" | "enum"));
    (!wrong_type, !wrong_tag, -(branch.len() as i64))
}

struct Told {
    message: String,
    expected: Option<String>,
    help: Option<String>,
}

impl Told {
    fn new(message: String, expected: impl Into<Option<String>>, help: impl Into<Option<String>>) -> Self {
        Self { message, expected: expected.into(), help: help.into() }
    }
}

/// What is wrong, by keyword: what was found, then what the contract says.
fn tell(cause: &Mismatch, limit: &Value, found: &str) -> Told {
    let bound = limit.to_string();
    let simple = |message: String, expected: String, help: String| Told::new(message, expected, help);
    match cause.keyword.as_str() {
        "type" => {
            let expected = types(limit);
            simple(format!("{found} is not {expected}"), expected.clone(), format!("send {expected}"))
        }
        "maximum" => simple(
            format!("{found} is more than the maximum of {bound}"),
            format!("{bound} or less"),
            format!("send a value of {bound} or less"),
        ),
        "minimum" => simple(
            format!("{found} is less than the minimum of {bound}"),
            format!("{bound} or more"),
            format!("send a value of {bound} or more"),
        ),
        "exclusiveMaximum" => simple(
            format!("{found} is not less than {bound}"),
            format!("less than {bound}"),
            format!("send a value below {bound}"),
        ),
        "exclusiveMinimum" => simple(
            format!("{found} is not more than {bound}"),
            format!("more than {bound}"),
            format!("send a value above {bound}"),
        ),
        "multipleOf" => simple(
            format!("{found} is not a multiple of {bound}"),
            format!("a multiple of {bound}"),
            format!("send a multiple of {bound}"),
        ),
        "maxLength" => simple(
            format!("{found} is longer than {bound} characters"),
            format!("at most {bound} characters"),
            format!("send at most {bound} characters"),
        ),
        "minLength" => simple(
            format!("{found} is shorter than {bound} characters"),
            format!("at least {bound} characters"),
            format!("send at least {bound} characters"),
        ),
        "maxItems" => simple(
            format!("{found} has more than {bound} items"),
            format!("at most {bound} items"),
            format!("send at most {bound} items"),
        ),
        "minItems" => simple(
            format!("{found} has fewer than {bound} items"),
            format!("at least {bound} items"),
            format!("send at least {bound} items"),
        ),
        "uniqueItems" => simple(
            format!("{found} has an item twice"),
            "items that differ".into(),
            "send each item once".into(),
        ),
        "pattern" => simple(
            format!("{found} does not match the pattern {bound}"),
            format!("text that matches {bound}"),
            format!("send text that matches {bound}"),
        ),
        "format" => {
            let format = limit.as_str().unwrap_or_default();
            simple(
                format!("{found} is no `{format}`"),
                format!("`{format}`"),
                format!("send a value of the format `{format}`"),
            )
        }
        "enum" => {
            let listed: Vec<String> = limit.as_array().into_iter().flatten().map(Value::to_string).collect();
            let listed = text::list(listed.iter().map(String::as_str));
            let near = cause.found.as_str().and_then(|text| {
                text::nearest(text, limit.as_array().into_iter().flatten().filter_map(Value::as_str))
            });
            let help = near
                .map_or_else(|| format!("send one of {listed}"), |near| format!("did you mean `{near}`?"));
            simple(format!("{found} is none of {listed}"), format!("one of {listed}"), help)
        }
        "const" => simple(format!("{found} is not {bound}"), bound.clone(), format!("send {bound}")),
        "required" => {
            let name = missing_property(&cause.message);
            simple(
                format!("the property `{name}` is missing"),
                format!("a property `{name}`"),
                format!("add the property `{name}`"),
            )
        }
        "additionalProperties" | "unevaluatedProperties" => Told::new(
            cause.message.replace('\'', "`"),
            None,
            "leave out what the schema does not name".to_owned(),
        ),
        _ => Told::new(text::shortened(&text::harmless(&cause.message), 200), None, None),
    }
}

/// The validator says `"name" is a required property`.
fn missing_property(message: &str) -> String {
    let quoted = message.split(" is a required property").next().unwrap_or_default();
    serde_json::from_str(quoted).unwrap_or_else(|_| quoted.to_owned())
}

/// `an integer`, `a string or null`.
fn types(limit: &Value) -> String {
    let one = |name: &str| match name {
        "integer" => "an integer".to_owned(),
        "array" => "an array".to_owned(),
        "object" => "an object".to_owned(),
        "null" => "null".to_owned(),
        other => format!("a {other}"),
    };
    match limit {
        Value::String(name) => one(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or ")
        }
        other => other.to_string(),
    }
}
