//! Case files as cases: markdown headings, one option a line, fenced requests and replies.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use standin::check::{Credentials, Strictness};
use standin::engine::{Checks, Data, Mode, SeedChoice};
use standin::generate::Locale;
use standin::message::{Reply, Request};
use standin::seed::Seed;
use standin::violation::{Ignored, Policy, Rule, Severity};

use super::expect::Expected;

/// What is to be seen from outside, and with what.
pub struct Case {
    pub file: String,
    pub title: String,
    pub setup: Setup,
    pub steps: Vec<Step>,
    /// What is judged and not played: requests, and what somebody else's server replied.
    pub foreign: Vec<(Request, Reply)>,
}

/// One request and what is expected of its reply.
pub struct Step {
    /// The line of the request's fence.
    pub line: usize,
    pub request: Request,
    pub expected: Expected,
}

/// How the engine of a case is set up.
#[derive(Clone)]
pub struct Setup {
    /// Name and text of each document.
    pub documents: Vec<(String, Text)>,
    pub check: Checks,
    pub strictness: Strictness,
    pub policy: Policy,
    pub credentials: Credentials,
    pub data: Data,
    pub locale: Locale,
    pub seed: SeedChoice,
    /// The documents that are written out in the file, by name.
    inline: Vec<(String, String)>,
}

/// Where a document of a case is written.
#[derive(Clone)]
pub enum Text {
    /// A path inside the repository.
    File(String),
    /// In the case file itself.
    Inline(String),
}

/// A case under way.
struct Draft {
    title: String,
    line: usize,
    has_sentence: bool,
    setup: Setup,
    requests: Vec<(usize, Request)>,
    steps: Vec<Step>,
    foreign: Vec<(Request, Reply)>,
}

/// Reads a case file. Errors say where and what.
pub fn cases(file: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut shared = Setup {
        documents: Vec::new(),
        check: Checks::default(),
        strictness: Strictness::Letter,
        policy: Policy::default(),
        credentials: Credentials::Any,
        data: Data::Auto,
        locale: Locale::default(),
        seed: SeedChoice::default(),
        inline: Vec::new(),
    };
    let mut cases = Vec::new();
    let mut draft: Option<Draft> = None;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        let told = |why: String| format!("{file}:{number}: {why}");
        if let Some(title) = line.strip_prefix("## ") {
            cases.extend(draft.take().map(|draft| draft.finish(file)).transpose()?);
            let setup = shared.clone();
            draft = Some(Draft {
                title: title.to_owned(),
                line: number,
                has_sentence: false,
                setup,
                requests: Vec::new(),
                steps: Vec::new(),
                foreign: Vec::new(),
            });
        } else if let Some(language) = line.strip_prefix("```") {
            let mut content = Vec::new();
            loop {
                let Some((_, line)) = lines.next() else {
                    return Err(told("the fence is not closed".into()));
                };
                if line == "```" {
                    break;
                }
                content.push(line);
            }
            let (language, name) = language.split_once(' ').unwrap_or((language, ""));
            match (language, name, draft.as_mut()) {
                ("yaml", name, draft) if !name.is_empty() => {
                    let setup = draft.map_or(&mut shared, |draft| &mut draft.setup);
                    setup.inline.push((name.to_owned(), content.join("\n")));
                }
                ("http", "", Some(draft)) => draft.requests.push((number, request(&content).map_err(told)?)),
                ("reply", "", Some(draft)) => {
                    let asked = draft.requests.pop();
                    let (line, request) = asked.ok_or_else(|| told("a reply without a request".into()))?;
                    let expected = Expected::read(&content).map_err(told)?;
                    draft.steps.push(Step { line, request, expected });
                }
                ("answer", "", Some(draft)) => {
                    let asked = draft.requests.pop();
                    let (_, request) = asked.ok_or_else(|| told("an answer without a request".into()))?;
                    draft.foreign.push((request, answer(&content).map_err(told)?));
                }
                _ => return Err(told(format!("a fence of `{language}` says nothing here"))),
            }
        } else if let Some((key, value)) = option(line) {
            let setup = draft.as_mut().map_or(&mut shared, |draft| &mut draft.setup);
            setup.set(key, value).map_err(told)?;
        } else if let Some(draft) = &mut draft {
            draft.has_sentence |= line.trim_end().ends_with('.');
        }
    }
    cases.extend(draft.map(|draft| draft.finish(file)).transpose()?);
    Ok(cases)
}

impl Draft {
    fn finish(mut self, file: &str) -> Result<Case, String> {
        let told = |why: &str| Err(format!("{file}:{}: {why}: {}", self.line, self.title));
        if !self.has_sentence {
            return told("a case says in one sentence why it is one");
        }
        if self.setup.documents.is_empty() {
            return told("a case names its document");
        }
        if self.steps.is_empty() && self.foreign.is_empty() || !self.requests.is_empty() {
            return told("a case has a request and its reply");
        }
        for (name, text) in &mut self.setup.documents {
            if let Text::Inline(content) = text {
                let found = self.setup.inline.iter().rev().find(|(known, _)| known == name);
                let Some((_, found)) = found else {
                    return Err(format!("{file}:{}: there is no fenced `yaml {name}`", self.line));
                };
                content.clone_from(found);
            }
        }
        let Self { title, setup, steps, foreign, .. } = self;
        Ok(Case { file: file.to_owned(), title, setup, steps, foreign })
    }
}

fn option(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(": ")?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase());
    is_key.then_some((key, value.trim()))
}

impl Setup {
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let unknown = || Err(format!("`{key}: {value}` is no option of a case"));
        match key {
            "document" => {
                let names = value.split(',').map(str::trim);
                self.documents = names
                    .map(|written| match written.strip_suffix(".yaml") {
                        Some(path) => (
                            path.rsplit('/').next().unwrap_or(path).to_owned(),
                            Text::File(written.to_owned()),
                        ),
                        None => (written.to_owned(), Text::Inline(String::new())),
                    })
                    .collect();
            }
            "credentials" => self.credentials = Credentials::Only(value.to_owned()),
            "strict" if value == "true" => self.strictness = Strictness::Strict,
            "severity" => {
                for part in value.split(',').map(str::trim) {
                    let (code, severity) = part.split_once('=').ok_or("`severity: RULE=SEVERITY`")?;
                    let severity = match severity {
                        "off" => None,
                        "info" => Some(Severity::Info),
                        "warning" => Some(Severity::Warning),
                        "error" => Some(Severity::Error),
                        _ => return unknown(),
                    };
                    self.policy.set(Rule::from_code(code).ok_or("no such rule")?, severity);
                }
            }
            "ignore" => {
                let (code, path) = value.split_once('@').ok_or("`ignore: RULE@PATH`")?;
                let rule = Some(Rule::from_code(code).ok_or("no such rule")?);
                self.policy.ignore(Ignored { rule, operation: None, path: Some(path.to_owned()) });
            }
            "locale" => self.locale = Locale::named(value).ok_or("`locale` is not known")?,
            "seed" => self.seed = SeedChoice::Fixed(Seed(value.parse().map_err(|_| "`seed` is a number")?)),
            "data" => {
                let Some(data) = Data::named(value) else { return unknown() };
                self.data = data;
            }
            "check" => {
                for part in value.split(',').map(str::trim) {
                    let (area, mode) = part.split_once('=').unwrap_or(("", part));
                    let mode = match mode {
                        "refuse" => Mode::Refuse,
                        "report" => Mode::Report,
                        "off" => Mode::Off,
                        _ => return unknown(),
                    };
                    match area {
                        "" => self.check = Checks::all(mode),
                        "security" => self.check.security = mode,
                        "parameters" => self.check.parameters = mode,
                        "body" => self.check.body = mode,
                        _ => return unknown(),
                    }
                }
            }
            _ => return unknown(),
        }
        Ok(())
    }
}

fn request(lines: &[&str]) -> Result<Request, String> {
    let (method, target) =
        lines.first().and_then(|line| line.split_once(' ')).ok_or("`METHOD /target` is missing")?;
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| format!("`{method}` is no method"))?;
    let mut request = Request::new(method, target.trim_end());
    (request.headers, request.body) = fields_and_body(&lines[1..])?;
    if !request.headers.contains_key("host") {
        request.headers.insert("host", HeaderValue::from_static("localhost"));
    }
    Ok(request)
}

fn answer(lines: &[&str]) -> Result<Reply, String> {
    let status = lines.first().and_then(|line| line.parse().ok()).ok_or("the first line is the status")?;
    let mut reply = Reply::new(status);
    (reply.headers, reply.body) = fields_and_body(&lines[1..])?;
    Ok(reply)
}

/// The header fields up to the first empty line, and the content behind it.
fn fields_and_body(lines: &[&str]) -> Result<(HeaderMap, Bytes), String> {
    let mut headers = HeaderMap::new();
    let mut lines = lines.iter();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is no header field"))?;
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no header's name"))?;
        let value =
            HeaderValue::from_str(value.trim()).map_err(|_| format!("`{value}` is no header's value"))?;
        headers.append(name, value);
    }
    let body: Vec<&str> = lines.copied().collect();
    Ok((headers, Bytes::from(body.join("\n"))))
}
