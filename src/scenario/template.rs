//! Templates: text and JSON of a scenario with `{{…}}` where something of the request, the session or the generated
//! reply is put in. There is no logic in them.

use serde_json::{Map, Value};

use crate::pointer::Pointer;
use crate::text;

/// What a `{{…}}` stands for. `{{generate}}` is only a whole value of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `{{method}}`: the request's method.
    Method,
    /// `{{target}}`: path and query as sent.
    Target,
    /// `{{path NAME}}`: a path parameter.
    Path(String),
    /// `{{query NAME}}`: a query parameter.
    Query(String),
    /// `{{header NAME}}`: a header field of the request.
    Header(String),
    /// `{{cookie NAME}}`: a cookie of the request.
    Cookie(String),
    /// `{{body /POINTER}}`: a part of the request's content; `{{body}}` all of it.
    Body(Pointer),
    /// `{{call}}`: which call of the operation in the session this is.
    Call,
    /// `{{state}}`: the scenario's state.
    State,
    /// `{{session}}`: the session's id.
    Session,
    /// `{{generate}}`: what the stand-in would have answered at this place.
    Generate,
}

/// A word, and what makes its reference of the name behind it.
type Named = (&'static str, fn(&str) -> Reference);

/// The references without and with a name.
const PLAIN: &[(&str, Reference)] = &[
    ("method", Reference::Method),
    ("target", Reference::Target),
    ("call", Reference::Call),
    ("state", Reference::State),
    ("session", Reference::Session),
    ("generate", Reference::Generate),
];
const NAMED: &[Named] = &[
    ("path", |name| Reference::Path(name.into())),
    ("query", |name| Reference::Query(name.into())),
    ("header", |name| Reference::Header(name.into())),
    ("cookie", |name| Reference::Cookie(name.into())),
    ("body", |pointer| Reference::Body(Pointer::from_escaped(pointer))),
];

/// Text with references in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Reference(Reference),
}

/// What references are looked up in; `None` is what is not there.
pub trait Source {
    /// The value of a reference, at this place of the body.
    fn value(&self, reference: &Reference, place: &Pointer) -> Option<Value>;
}

impl Template {
    /// Reads `text {{reference}} text`; `{{{{` stands for two braces. An error is the whole message.
    pub fn parse(written: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = written;
        while let Some((before, behind)) = rest.split_once("{{") {
            text.push_str(before);
            if let Some(behind) = behind.strip_prefix("{{") {
                text.push_str("{{");
                rest = behind;
                continue;
            }
            let Some((inner, behind)) = behind.split_once("}}") else {
                return Err("`{{` is not closed by `}}`; two plain braces are written `{{{{`".into());
            };
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Reference(reference(inner.trim())?));
            rest = behind;
        }
        text.push_str(rest);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        if pieces.len() > 1 && pieces.contains(&Piece::Reference(Reference::Generate)) {
            return Err("`{{generate}}` stands for a whole value, not for a part of a text".into());
        }
        Ok(Self(pieces))
    }

    /// The text without references, if it has none.
    pub fn plain(&self) -> Option<&str> {
        match &self.0[..] {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it asks for the generated reply.
    pub fn generates(&self) -> bool {
        self.0.contains(&Piece::Reference(Reference::Generate))
    }

    /// What it refers to.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            Piece::Text(_) => None,
        })
    }

    /// The text filled in; what is not there leaves nothing.
    pub fn text(&self, source: &impl Source) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Reference(reference) => match source.value(reference, &Pointer::root()) {
                    Some(Value::String(value)) => text.push_str(&value),
                    Some(value) => text.push_str(&value.to_string()),
                    None => {}
                },
            }
        }
        text
    }

    /// The value filled in: a lone reference keeps its type. `None` where the lone reference leads to nothing.
    fn value(&self, source: &impl Source, place: &Pointer) -> Option<Value> {
        match &self.0[..] {
            [Piece::Reference(reference)] => source.value(reference, place),
            _ => Some(Value::String(self.text(source))),
        }
    }
}

fn reference(written: &str) -> Result<Reference, String> {
    let (word, name) = written.split_once(char::is_whitespace).unwrap_or((written, ""));
    let name = name.trim();
    let named = NAMED.iter().find(|(known, _)| *known == word);
    match (PLAIN.iter().find(|(known, _)| *known == word), named) {
        (Some((_, reference)), _) if name.is_empty() => Ok(reference.clone()),
        (Some(_), _) => Err(format!("`{word}` takes no name, and `{name}` stands behind it")),
        (None, Some(_)) if word == "body" && !(name.is_empty() || name.starts_with('/')) => {
            Err(format!("`{name}` is no JSON pointer; write `{{{{body /{name}}}}}`"))
        }
        (None, Some((_, make))) if word == "body" || !name.is_empty() => Ok(make(name)),
        (None, Some(_)) => Err(format!("`{word}` needs a name, such as `{{{{{word} id}}}}`")),
        (None, None) => {
            let known = || PLAIN.iter().map(|(name, _)| *name).chain(NAMED.iter().map(|(name, _)| *name));
            let help = text::nearest(word, known()).map_or_else(
                || format!("there are {}", text::list(known())),
                |near| format!("did you mean `{near}`?"),
            );
            Err(format!("`{}` is nothing that a template can refer to; {help}", text::shortened(word, 60)))
        }
    }
}

/// A body with references in its texts.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// A part without references.
    Plain(Value),
    /// A text with some.
    Text(Template),
    /// A list.
    List(Vec<Form>),
    /// An object.
    Object(Vec<(String, Form)>),
}

impl Form {
    /// Reads the texts of a body; an error is the place of the text within it, and the message.
    pub fn parse(value: &Value) -> Result<Self, (Pointer, String)> {
        Self::parse_at(value, &Pointer::root())
    }

    fn parse_at(value: &Value, at: &Pointer) -> Result<Self, (Pointer, String)> {
        match value {
            Value::String(written) => {
                let template = Template::parse(written).map_err(|message| (at.clone(), message))?;
                Ok(match template.plain() {
                    Some(text) => Self::Plain(Value::String(text.to_owned())),
                    None => Self::Text(template),
                })
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let forms: Vec<Self> = items
                    .map(|(index, item)| Self::parse_at(item, &at.index(index)))
                    .collect::<Result<_, _>>()?;
                let values: Option<Vec<Value>> = forms.iter().map(|form| form.plain().cloned()).collect();
                Ok(values.map_or(Self::List(forms), |values| Self::Plain(values.into())))
            }
            Value::Object(members) => {
                let members = members.iter();
                let forms: Vec<(String, Self)> = members
                    .map(|(key, value)| Ok((key.clone(), Self::parse_at(value, &at.join(key))?)))
                    .collect::<Result<_, (Pointer, String)>>()?;
                let values = forms.iter().map(|(key, form)| Some((key.clone(), form.plain()?.clone())));
                let values: Option<Map<_, _>> = values.collect();
                Ok(values.map_or(Self::Object(forms), |values| Self::Plain(values.into())))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Self::Plain(value.clone())),
        }
    }

    /// The value, if nothing is to be filled in.
    pub fn plain(&self) -> Option<&Value> {
        match self {
            Self::Plain(value) => Some(value),
            Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// Whether it asks for the generated reply.
    pub fn generates(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Text(template) => template.generates(),
            Self::List(items) => items.iter().any(Self::generates),
            Self::Object(members) => members.iter().any(|(_, form)| form.generates()),
        }
    }

    /// The value with null at each text that has references.
    pub fn sample(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Text(_) => Value::Null,
            Self::List(items) => items.iter().map(Self::sample).collect(),
            Self::Object(members) => {
                Value::Object(members.iter().map(|(key, form)| (key.clone(), form.sample())).collect())
            }
        }
    }

    /// All texts with references, each with its place.
    pub fn open(&self) -> Vec<(Pointer, &Template)> {
        let mut places = Vec::new();
        self.collect_open(&Pointer::root(), &mut places);
        places
    }

    fn collect_open<'a>(&'a self, at: &Pointer, places: &mut Vec<(Pointer, &'a Template)>) {
        match self {
            Self::Plain(_) => {}
            Self::Text(template) => places.push((at.clone(), template)),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.collect_open(&at.index(index), places);
                }
            }
            Self::Object(members) => {
                for (key, form) in members {
                    form.collect_open(&at.join(key), places);
                }
            }
        }
    }

    /// The value filled in. A property that leads to nothing is left out; an item that does is null.
    pub fn fill(&self, source: &impl Source) -> Value {
        self.fill_at(source, &Pointer::root()).unwrap_or(Value::Null)
    }

    fn fill_at(&self, source: &impl Source, at: &Pointer) -> Option<Value> {
        Some(match self {
            Self::Plain(value) => value.clone(),
            Self::Text(template) => return template.value(source, at),
            Self::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| item.fill_at(source, &at.index(index)).unwrap_or(Value::Null))
                .collect(),
            Self::Object(members) => {
                let filled = members
                    .iter()
                    .filter_map(|(key, form)| Some((key.clone(), form.fill_at(source, &at.join(key))?)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Some7;

    impl Source for Some7 {
        fn value(&self, reference: &Reference, place: &Pointer) -> Option<Value> {
            match reference {
                Reference::Query(name) if name == "a b" => Some(json!("x")),
                Reference::Call => Some(json!(7)),
                Reference::Generate => Some(json!(place.as_str())),
                _ => None,
            }
        }
    }

    #[test]
    fn references_are_filled_in_and_keep_their_type_where_they_stand_alone() {
        let body = json!({
            "n": "{{call}}", "s": "call {{ call }} of {{query a b}}{{header x}}", "gone": "{{body /x}}",
            "list": ["{{query a b}}", "{{cookie c}}", 1], "deep": { "g": "{{generate}}" }, "braces": "{{{{x}}"
        });
        let form = Form::parse(&body).unwrap();
        let filled = json!({
            "n": 7, "s": "call 7 of x", "list": ["x", null, 1], "deep": { "g": "/deep/g" }, "braces": "{{x}}"
        });
        assert_eq!(form.fill(&Some7), filled);
        assert!(form.generates() && form.plain().is_none());
        let open: Vec<String> = form.open().iter().map(|(place, _)| place.as_str().to_owned()).collect();
        assert_eq!(open, ["/n", "/s", "/gone", "/list/0", "/list/1", "/deep/g"]);
        assert_eq!(Form::parse(&json!({ "a": ["{{{{1"] })).unwrap().plain(), Some(&json!({ "a": ["{{1"] })));
    }

    #[test]
    fn what_can_not_be_filled_in_is_told() {
        let table = [
            ("{{call", "is not closed"),
            ("{{cal}}", "did you mean `call`?"),
            ("{{zebra}}", "there are `method`"),
            ("{{query}}", "`query` needs a name"),
            ("{{call 7}}", "takes no name"),
            ("{{body name}}", "write `{{body /name}}`"),
            ("a {{generate}}", "stands for a whole value"),
        ];
        for (written, message) in table {
            let told = Template::parse(written).unwrap_err();
            assert!(told.contains(message), "{told}");
        }
    }
}
