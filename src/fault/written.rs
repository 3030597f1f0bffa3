//! A fault as it is written: a name, or a map of one name with its parameters.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::{Injection, TABLE, peers};
use crate::message::Reply;
use crate::seed::Random;
use crate::text;

/// One failure, with its parameters: `reset`, `{ abort: { at: 0.5 } }`. The words of Toxiproxy and `WireMock` are
/// understood too.
#[derive(Clone)]
pub struct Fault {
    definition: &'static Definition,
    parameters: Value,
    injection: Injection,
}

impl Fault {
    /// Its name in the table.
    pub fn name(&self) -> &'static str {
        self.definition.name
    }

    /// What is known of it.
    pub fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// Does it to a reply; `false` if the reply leaves nothing to be done.
    pub fn inject(&self, reply: &mut Reply, random: &mut Random) -> bool {
        self.injection.inject(reply, random)
    }

    /// The fault of a name, with its parameters or `Null`. Errors say what is wrong and what is near.
    fn read(name: &str, parameters: Value) -> Result<Self, String> {
        let folded = name.to_ascii_lowercase().replace('-', "_");
        let (meant, parameters) = match peers::find(&folded) {
            Some(peer) => ((peer.means), (peer.read)(parameters).map_err(|error| of(name, &error))?),
            None => (folded.as_str(), parameters),
        };
        let Some(definition) = TABLE.iter().find(|definition| definition.name == meant) else {
            return Err(unknown(name));
        };
        let injection = (definition.read)(parameters.clone()).map_err(|error| of(name, &error))?;
        Ok(Self { definition, parameters, injection })
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::String(name) => Self::read(&name, Value::Null),
            Value::Object(map) if map.len() == 1 => {
                let (name, parameters) = map.into_iter().next().unwrap_or_default();
                Self::read(&name, parameters)
            }
            _ => Err("a fault is a name, or a map of one name with its parameters".to_owned()),
        }
    }
}

fn of(name: &str, error: &str) -> String {
    format!("fault `{name}`: {error}")
}

fn unknown(name: &str) -> String {
    let known = || TABLE.iter().map(|definition| definition.name);
    let shown = text::harmless(&text::shortened(name, 80));
    match text::nearest(name, known().chain(peers::names())) {
        Some(nearest) => format!("no fault is called `{shown}`; did you mean `{nearest}`?"),
        None => {
            let names: Vec<String> = known().map(|name| format!("`{name}`")).collect();
            format!("no fault is called `{shown}`; known: {}", names.join(", "))
        }
    }
}

impl FromStr for Fault {
    type Err = String;

    /// Reads a name, or a map as JSON. Errors say what is wrong and what to do.
    fn from_str(text: &str) -> Result<Self, String> {
        if !text.starts_with('{') {
            return Self::read(text, Value::Null);
        }
        let value = serde_json::from_str(text).map_err(|error| format!("`{text}` is no JSON: {error}"))?;
        Self::from_value(value)
    }
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.parameters == other.parameters
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({}: {:?})", self.name(), self.injection)
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.parameters.is_null() {
            return serializer.serialize_str(self.name());
        }
        Map::from_iter([(self.name().to_owned(), self.parameters.clone())]).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Fault {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fault".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = TABLE.iter().map(|definition| definition.name).chain(peers::names()).collect();
        let mut properties = Map::new();
        for definition in TABLE {
            let mut schema = (definition.schema)(generator).to_value();
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), json!(definition.means));
            }
            properties.insert(definition.name.to_owned(), schema);
        }
        for name in peers::names() {
            let properties_of_peer = json!({ "type": ["object", "null"] });
            properties.entry(name).or_insert(properties_of_peer);
        }
        json_schema!({
            "description": "A failure: a name, or a map of one name with its parameters.",
            "oneOf": [
                { "type": "string", "enum": names },
                {
                    "type": "object",
                    "properties": properties,
                    "additionalProperties": false,
                    "minProperties": 1,
                    "maxProperties": 1,
                },
            ],
        })
    }
}
