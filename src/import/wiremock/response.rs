//! The response of a stub, as what a rule answers and what happens to it on its way.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::url::Route;
use super::{Desk, template};
use crate::fault::{Delay, Distribution, Fault, LONGEST, Lognormal, Period, Uniform};
use crate::import::part::{LeftOut, Part, Told, object, strangers, text_of, whole_number, written};
use crate::scenario::FRAMING;
use crate::scenario::format::{Plain, Respond, ScenarioRule};

/// The keys that are read.
const KEYS: &[&str] = &[
    "status",
    "headers",
    "body",
    "jsonBody",
    "base64Body",
    "bodyFileName",
    "fault",
    "fixedDelayMilliseconds",
    "fixedDelay",
    "delayDistribution",
    "chunkedDribbleDelay",
    "transformers",
];
/// `WireMock`'s faults; ours know these words.
const FAULTS: &[&str] =
    &["EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE", "CONNECTION_RESET_BY_PEER"];

/// Reads what is answered into a rule.
pub(super) fn read(
    response: Option<&Part<'_>>,
    route: &Route,
    desk: &Desk<'_>,
    rule: &mut ScenarioRule,
    told: &mut Told,
) -> Result<(), LeftOut> {
    let Some(response) = response else {
        rule.respond = Some(Respond { status: Some(200), text: Some(String::new()), ..Respond::default() });
        return Ok(());
    };
    object(response, told)?;
    for (part, help) in strangers(response, KEYS) {
        let key = part.at.last().unwrap_or_default();
        if key == "proxyBaseUrl" {
            let message = "the stub forwards to another server, and a scenario answers itself";
            return Err(told.refuse(&part, message, "record what that server answers, and import that"));
        }
        told.lose(&part, format!("nothing answers what `{key}` says"), &help);
    }
    delays(response, rule, told)?;
    if let Some(part) = response.member("fault") {
        return fault(&part, rule, told);
    }
    let mut reading = Reading { route, desk, told, is_templated: false };
    reading.transformers(response)?;
    let mut respond = reading.status(response)?;
    reading.headers(response, &mut respond)?;
    reading.content(response, &mut respond)?;
    rule.respond = Some(respond);
    if let Some(part) = response.member("chunkedDribbleDelay") {
        let number = |key: &str, told: &mut Told| match part.member(key) {
            Some(number) => whole_number(&number, told),
            None => Err(told.wrong(&part, "an object with `numberOfChunks` and `totalDuration`")),
        };
        let (pieces, over) = (number("numberOfChunks", told)?, number("totalDuration", told)?);
        let over = period(over as f64, &part, told)?;
        rule.faults.push(made(&json!({ "dribble": { "pieces": pieces, "over": over } }), &part, told)?);
    }
    if rule.faults.len() == 1 {
        rule.fault = rule.faults.pop();
    }
    Ok(())
}

/// What a response of this kind ends with has no say in anything but its delay.
fn fault(part: &Part<'_>, rule: &mut ScenarioRule, told: &mut Told) -> Result<(), LeftOut> {
    let name = text_of(part, told)?;
    if !FAULTS.contains(&name) {
        return Err(told.wrong(part, &format!("one of `{}`", FAULTS.join("`, `"))));
    }
    if name == "MALFORMED_RESPONSE_CHUNK" {
        rule.respond = Some(Respond { status: Some(200), ..Respond::default() });
    }
    rule.faults.push(made(&json!(name), part, told)?);
    if rule.faults.len() == 1 {
        rule.fault = rule.faults.pop();
    }
    Ok(())
}

fn made(written: &Value, part: &Part<'_>, told: &mut Told) -> Result<Fault, LeftOut> {
    let fault = serde_json::from_value(written.clone());
    fault.map_err(|error| told.refuse(part, error.to_string(), "correct it"))
}

/// The delays, which add up.
fn delays(response: &Part<'_>, rule: &mut ScenarioRule, told: &mut Told) -> Result<(), LeftOut> {
    let mut delays = Vec::new();
    for key in ["fixedDelayMilliseconds", "fixedDelay"] {
        if let Some(part) = response.member(key) {
            let milliseconds = whole_number(&part, told)?;
            delays.push((Delay::Always(period(milliseconds as f64, &part, told)?), part));
        }
    }
    if let Some(part) = response.member("delayDistribution") {
        delays.push((distribution(&part, told)?, part));
    }
    let mut delays = delays.into_iter();
    rule.delay = delays.next().map(|(delay, _)| delay);
    for (delay, part) in delays {
        rule.faults.push(made(&json!({ "delay": delay }), &part, told)?);
    }
    Ok(())
}

fn distribution(part: &Part<'_>, told: &mut Told) -> Result<Delay, LeftOut> {
    object(part, told)?;
    let number = |key: &str, told: &mut Told| -> Result<(f64, Part<'_>), LeftOut> {
        let Some(number) = part.member(key) else {
            return Err(told.wrong(part, &format!("an object with `{key}`")));
        };
        match number.value.as_f64() {
            Some(value) => Ok((value, number)),
            None => Err(told.wrong(&number, "a number")),
        }
    };
    let time = |key: &str, told: &mut Told| {
        let (milliseconds, part) = number(key, told)?;
        period(milliseconds, &part, told)
    };
    let Some(kind) = part.member("type") else { return Err(told.wrong(part, "an object with `type`")) };
    match text_of(&kind, told)? {
        "fixed" => Ok(Delay::Always(time("milliseconds", told)?)),
        "uniform" => {
            let (from, to) = (time("lower", told)?, time("upper", told)?);
            if from > to {
                return Err(told.wrong(part, "a `lower` bound that is not above the `upper` one"));
            }
            Ok(Delay::Drawn(Distribution::Uniform(Uniform { from, to })))
        }
        "lognormal" => {
            let median = time("median", told)?;
            let (sigma, at) = number("sigma", told)?;
            if !(0.0..=10.0).contains(&sigma) {
                return Err(told.wrong(&at, "a number from 0 to 10"));
            }
            let at_most = match part.member("maxValue") {
                Some(_) => Some(time("maxValue", told)?),
                None => None,
            };
            Ok(Delay::Drawn(Distribution::Lognormal(Lognormal { median, sigma, at_most })))
        }
        _ => Err(told.wrong(&kind, "`fixed`, `uniform` or `lognormal`")),
    }
}

/// A time in milliseconds; nothing is held back for longer than ten minutes.
fn period(milliseconds: f64, part: &Part<'_>, told: &mut Told) -> Result<Period, LeftOut> {
    if milliseconds > LONGEST.as_millis() as f64 {
        let message =
            format!("{milliseconds} ms are more than the ten minutes that a reply can be held back");
        told.warn("stub-in-part", part, message, "the rule waits ten minutes");
        return Ok(Period::at_most_longest(LONGEST));
    }
    format!("{milliseconds}ms").parse().map_err(|_| told.wrong(part, "a number of milliseconds from 0"))
}

struct Reading<'a> {
    route: &'a Route,
    desk: &'a Desk<'a>,
    told: &'a mut Told,
    is_templated: bool,
}

impl Reading<'_> {
    fn transformers(&mut self, response: &Part<'_>) -> Result<(), LeftOut> {
        let Some(part) = response.member("transformers") else { return Ok(()) };
        for one in part.items() {
            if text_of(&one, self.told)? == "response-template" {
                self.is_templated = true;
            } else {
                let message = format!("the transformer is not known here: {}", one.shown());
                self.told.lose(&part, message, "say what it does by hand");
            }
        }
        Ok(())
    }

    fn status(&mut self, response: &Part<'_>) -> Result<Respond, LeftOut> {
        let status = match response.member("status") {
            None => 200,
            Some(part) => {
                let status = whole_number(&part, self.told)?;
                let Some(status) = u16::try_from(status).ok().filter(|status| (200..=599).contains(status))
                else {
                    let message = format!("the status is {status}, and rules answer 200 to 599");
                    return Err(self.told.refuse(&part, message, "answer another status"));
                };
                status
            }
        };
        Ok(Respond { status: Some(status), ..Respond::default() })
    }

    fn headers(&mut self, response: &Part<'_>, respond: &mut Respond) -> Result<(), LeftOut> {
        let Some(part) = response.member("headers") else { return Ok(()) };
        object(&part, self.told)?;
        let mut headers = BTreeMap::new();
        for (name, part) in part.members() {
            if FRAMING.contains(&&*name.to_ascii_lowercase()) {
                let message = format!("`{name}` frames the message, so the server says it");
                self.told.note(&part, message, "leave it out, or use a fault such as `wrong_length`");
                continue;
            }
            let mut values = Vec::new();
            for one in part.items() {
                values.push(written(&one, self.told)?);
            }
            if !part.value.is_array() {
                values.push(written(&part, self.told)?);
            }
            if values.len() > 1 && name.eq_ignore_ascii_case("set-cookie") {
                self.told.lose(
                    &part,
                    "a rule sets one cookie, and there are several",
                    "the first one is kept",
                );
                values.truncate(1);
            }
            // RFC 9110 5.3: several lines of one name mean what one line with a list means.
            if let Some(value) = self.text(&values.join(", "), &part) {
                headers.insert(name.to_owned(), Plain(value.into()));
            }
        }
        respond.headers = headers;
        Ok(())
    }

    /// A text with its templates; `None` if one of them can't be said.
    fn text(&mut self, text: &str, part: &Part<'_>) -> Option<String> {
        if !self.is_templated {
            return Some(template::plain(text));
        }
        match template::translate(text, &self.route.segments) {
            Ok(text) => Some(text),
            Err(expression) => {
                let shown = crate::text::shortened(&expression, 60);
                let message = format!("no template of ours says `{{{{{shown}}}}}`");
                self.told.lose(part, message, "what the document declares is answered in its place");
                None
            }
        }
    }

    fn content(&mut self, response: &Part<'_>, respond: &mut Respond) -> Result<(), LeftOut> {
        let given = ["bodyFileName", "body", "jsonBody", "base64Body"];
        let mut given = given.into_iter().filter_map(|key| Some((key, response.member(key)?)));
        let first = given.next();
        for (_, other) in given {
            self.told.lose(&other, "the response has content of another key already", "leave one of them");
        }
        let Some((key, part)) = first else {
            if self.desk.may_have_content(&self.route.operations, respond.status.unwrap_or(200)) {
                respond.text = Some(String::new());
            }
            return self.unchecked(respond);
        };
        let text = match key {
            "jsonBody" => {
                respond.body = self.value(part.value, &part);
                return self.unchecked(respond);
            }
            "body" => written(&part, self.told)?,
            "base64Body" => {
                let bytes = BASE64.decode(text_of(&part, self.told)?.as_bytes());
                let Ok(bytes) = bytes else { return Err(self.told.wrong(&part, "text in Base64")) };
                match String::from_utf8(bytes) {
                    Ok(text) => text,
                    Err(_) => {
                        let message = "the content is no text, and a rule answers text or JSON";
                        self.told.lose(&part, message, "what the document declares is answered in its place");
                        return Ok(());
                    }
                }
            }
            _ => match self.desk.content(text_of(&part, self.told)?) {
                Ok(text) => text,
                Err(reason) => {
                    let message = format!("the content can't be taken from its file: {reason}");
                    self.told.lose(&part, message, "what the document declares is answered in its place");
                    return Ok(());
                }
            },
        };
        // JSON that is sent byte for byte the same reads better as a value.
        let value = serde_json::from_str::<Value>(&text).ok();
        let is_same = |value: &Value| {
            let compact = value.to_string();
            (value.is_object() || value.is_array()) && compact == text
        };
        match value.filter(|value| is_same(value) && !self.is_templated) {
            Some(value) => respond.body = self.value(&value, &part),
            None => respond.text = self.text(&text, &part),
        }
        self.unchecked(respond)
    }

    /// Content is sent as it stands where no document can tell whether it keeps the contract.
    #[expect(clippy::unnecessary_wraps, reason = "it ends what may have been left out")]
    fn unchecked(&self, respond: &mut Respond) -> Result<(), LeftOut> {
        respond.unchecked = !self.desk.has_documents() && (respond.body.is_some() || respond.text.is_some());
        Ok(())
    }

    fn value(&mut self, value: &Value, part: &Part<'_>) -> Option<Value> {
        Some(match value {
            Value::String(text) => self.text(text, part)?.into(),
            Value::Array(items) => {
                items.iter().map(|item| self.value(item, part)).collect::<Option<Vec<_>>>()?.into()
            }
            Value::Object(members) => {
                let mut made = serde_json::Map::new();
                for (key, member) in members {
                    made.insert(key.clone(), self.value(member, part)?);
                }
                made.into()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }
}
