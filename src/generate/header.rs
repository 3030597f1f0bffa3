//! Values of response header fields, in style `simple`, of visible ASCII characters only.

use serde_json::Value;

use crate::contract::Header;
use crate::generate::hint::folded;
use crate::generate::{Draw, Plan, Plans, Unsatisfiable};
use crate::schema::Direction;

/// Writes values of one header field: compiled once.
pub struct HeaderValue {
    name: String,
    explode: bool,
    plan: Option<Plan>,
}

/// How often a value is drawn again for being outside ASCII.
const TRIES: usize = 16;

impl HeaderValue {
    /// Compiles a declared header field of a response.
    ///
    /// Errors where its schema has no value, or none was found.
    pub fn compile(plans: &Plans, header: &Header) -> Result<Self, Unsatisfiable> {
        let plan = |pointer| Plan::compile_named(plans, pointer, &header.name, Direction::Response);
        Ok(Self {
            name: header.name.clone(),
            explode: header.explode,
            plan: header.schema.as_ref().map(plan).transpose()?,
        })
    }

    /// One value, as it is written behind the colon.
    pub fn write(&self, draw: &mut Draw<'_>) -> String {
        let Some(plan) = &self.plan else {
            return match folded(&self.name).as_str() {
                "location" => "https://www.example.com/v1/items/4821".to_owned(),
                "retryafter" => "30".to_owned(),
                _ => format!("{:x}", draw.random.bits()),
            };
        };
        let mut text = String::new();
        for _ in 0..TRIES {
            text = simple(&plan.value(draw), self.explode);
            if is_clean(&text) {
                return text;
            }
        }
        text.chars().filter(|character| (' '..='~').contains(character)).collect::<String>().trim().to_owned()
    }
}

/// Whether the text can stand in a field as it is (RFC 9110 5.5).
fn is_clean(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && text.trim() == text
}

/// A value in style `simple` (OpenAPI 3.1 4.8.12.2).
pub fn simple(value: &Value, explode: bool) -> String {
    match value {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(object) => {
            let between = if explode { "=" } else { "," };
            let pairs: Vec<String> =
                object.iter().map(|(name, value)| format!("{name}{between}{}", plain(value))).collect();
            pairs.join(",")
        }
        value => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_and_objects_are_written_in_style_simple() {
        let object = json!({"a": 1, "b": "x"});
        assert_eq!(simple(&json!(["a", 2]), false), "a,2");
        assert_eq!(simple(&object, false), "a,1,b,x");
        assert_eq!(simple(&object, true), "a=1,b=x");
    }
}
