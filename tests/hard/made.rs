//! Schemas made of bytes: every keyword, in any combination, from names and values so few that they meet.
//!
//! Shared with `fuzz/`, so it uses no other part of the tests.

use serde_json::{Map, Value, json};

/// How deep schemas nest.
const DEEPEST: u32 = 4;

const NAMES: [&str; 6] = ["a", "b", "c", "x-d", "id", ""];
const PATTERNS: [&str; 18] = [
    "^[a-z]+$",
    "^a",
    "b$",
    "[0-9]{2}",
    "^\\d{3}-\\w$",
    "^(a|b)*$",
    "^(?=.*[0-9])[a-z0-9]{4,8}$",
    "^(?!a)[a-c]+$",
    "^[A-Z]{2}$",
    "^x-",
    "^\\p{Lu}",
    "^.{3}$",
    "^$",
    "",
    "^(foo|ba+r)?$",
    "^[^a-z]{1,3}$",
    "^ä+$",
    "\\bcat\\b",
];
const FORMATS: [&str; 22] = [
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "uri-template",
    "uuid",
    "json-pointer",
    "relative-json-pointer",
    "regex",
    "byte",
    "int32",
    "int64",
    "uint8",
    "no-such-format",
];
const TYPES: [&str; 7] = ["string", "integer", "number", "object", "array", "boolean", "null"];

/// How many keywords `Source::keyword` tells apart.
const KEYWORDS: usize = 41;

/// Those of them that say something about values of a type.
fn keywords_of(name: &str) -> &'static [usize] {
    match name {
        "string" => &[0, 8, 9, 10, 11],
        "integer" | "number" => &[3, 4, 5, 6, 7, 11],
        "array" => &[12, 12, 13, 14, 15, 16, 17, 18, 19, 38],
        "object" => &[20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 39],
        _ => &[],
    }
}

/// The schemas `S`, `R` and `T` of a document, which may refer to each other.
pub fn schemas(bytes: &[u8]) -> Value {
    let mut source = Source { bytes, at: 0 };
    let root = source.schema(DEEPEST);
    let (one, other) = (source.schema(2), source.schema(2));
    json!({ "S": root, "R": one, "T": other })
}

/// Bytes read one after the other; zeros behind their end.
struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes.get(self.at - 1).copied().unwrap_or(0)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    fn one<'t>(&mut self, table: &[&'t str]) -> &'t str {
        table[self.below(table.len())]
    }

    fn schema(&mut self, depth: u32) -> Value {
        match self.below(24) {
            _ if self.at >= self.bytes.len() => json!({}),
            0 => json!(true),
            1 => json!({}),
            2 => self.reference(),
            3 if self.below(4) == 0 => json!(false),
            _ => {
                let mut schema = Map::new();
                let mut fitting: &[usize] = &[];
                if self.below(4) > 0 {
                    let name = self.one(&TYPES);
                    fitting = keywords_of(name);
                    schema.insert("type".into(), json!(name));
                }
                for _ in 0..=self.below(4) {
                    if self.at < self.bytes.len() {
                        self.keyword(&mut schema, fitting, depth);
                    }
                }
                Value::Object(schema)
            }
        }
    }

    fn reference(&mut self) -> Value {
        json!({ "$ref": format!("#/components/schemas/{}", self.one(&["S", "R", "T"])) })
    }

    /// Adds a keyword, most often one that says something about the type.
    fn keyword(&mut self, schema: &mut Map<String, Value>, fitting: &[usize], depth: u32) {
        let mut put = |keyword: &str, value: Value| {
            schema.insert(keyword.to_owned(), value);
        };
        if depth == 0 {
            match self.below(9) {
                0 => put("enum", self.values()),
                1 => put("const", self.value()),
                2 => put("pattern", json!(self.one(&PATTERNS))),
                3 => put("format", json!(self.one(&FORMATS))),
                4 => put("minimum", self.number()),
                5 => put("maximum", self.number()),
                6 => put("minLength", json!(self.below(6))),
                7 => put("maxLength", json!(self.below(24))),
                _ => put("type", json!([self.one(&TYPES), self.one(&TYPES)])),
            }
            return;
        }
        let depth = depth - 1;
        let chosen = match fitting.len() {
            0 => self.below(KEYWORDS),
            count => [fitting[self.below(count)], self.below(KEYWORDS)][usize::from(self.below(3) == 0)],
        };
        match chosen {
            0 => put("enum", self.values()),
            1 => put("const", self.value()),
            2 => put("type", json!([self.one(&TYPES), self.one(&TYPES)])),
            3 => put("minimum", self.number()),
            4 => put("maximum", self.number()),
            5 => put("exclusiveMinimum", self.number()),
            6 => put("exclusiveMaximum", self.number()),
            7 => put(
                "multipleOf",
                [json!(0.01), json!(7), json!(0.25), json!(3), json!(2.5)][self.below(5)].clone(),
            ),
            8 => put("minLength", json!(self.below(6))),
            9 => put("maxLength", json!(self.below(24))),
            10 => put("pattern", json!(self.one(&PATTERNS))),
            11 => put("format", json!(self.one(&FORMATS))),
            12 => put("items", self.schema(depth)),
            13 => put("prefixItems", self.list(depth)),
            14 => put("contains", self.schema(depth)),
            15 => put("minContains", json!(self.below(4))),
            16 => put("maxContains", json!(self.below(4))),
            17 => put("uniqueItems", json!(self.below(4) > 0)),
            18 => put("minItems", json!(self.below(5))),
            19 => put("maxItems", json!(self.below(8))),
            20..=23 => {
                let properties = self.named(depth);
                let listed: Vec<&str> = NAMES.into_iter().filter(|_| self.below(4) == 0).collect();
                put("properties", properties);
                put("required", json!(listed));
            }
            24 => {
                let pattern = self.one(&PATTERNS);
                put("patternProperties", json!({ pattern: self.schema(depth) }));
            }
            25 => put("propertyNames", self.schema(depth.min(1))),
            26 => put("additionalProperties", self.schema(depth)),
            27 => put("minProperties", json!(self.below(5))),
            28 => put("maxProperties", json!(self.below(6))),
            29 => {
                let (one, other) = (self.one(&NAMES), self.one(&NAMES));
                put("dependentRequired", json!({ one: [other] }));
            }
            30 => put("dependentSchemas", self.named(depth)),
            31 => {
                put("if", self.schema(depth));
                put("then", self.schema(depth));
                if self.below(2) == 0 {
                    put("else", self.schema(depth));
                }
            }
            32 => put("not", self.schema(depth)),
            33 => put("allOf", self.list(depth)),
            34 | 35 => put("anyOf", self.list(depth)),
            36 | 37 => put("oneOf", self.list(depth)),
            38 => put("unevaluatedItems", self.schema(depth)),
            39 => put("unevaluatedProperties", self.schema(depth)),
            _ => put("$ref", self.reference()["$ref"].clone()),
        }
    }

    fn list(&mut self, depth: u32) -> Value {
        (0..=self.below(3)).map(|_| self.schema(depth)).collect()
    }

    fn named(&mut self, depth: u32) -> Value {
        let count = 1 + self.below(3);
        let members = (0..count).map(|_| (self.one(&NAMES).to_owned(), self.schema(depth)));
        Value::Object(members.collect())
    }

    fn values(&mut self) -> Value {
        (0..=self.below(4)).map(|_| self.value()).collect()
    }

    fn value(&mut self) -> Value {
        let table = json!([null, true, false, 0, 1, -1, 2.5, 1.0, "", "a", "b", "abc", "2020-01-01", [], [1], {}, {"a": 1}]);
        table[self.below(17)].clone()
    }

    fn number(&mut self) -> Value {
        let table = json!([
            0,
            1,
            -1,
            5,
            10,
            100,
            0.5,
            1.5,
            -2.25,
            1e3,
            1e300,
            -1e300,
            9_007_199_254_740_993_i64,
            1e-7
        ]);
        table[self.below(14)].clone()
    }
}
