//! Formats of texts that point into or match others: `json-pointer`, `regex`.

use crate::generate::format::{Writer, one_of};

pub(super) const FORMATS: &[(&str, Writer)] = &[
    ("json-pointer", |random, out| {
        one_of(&["/data/0", "/items/2/name", "/organization/id", "/a~1b"], random, out);
    }),
    ("json-pointer-uri-fragment", |random, out| one_of(&["#/data/0", "#/items/2/name"], random, out)),
    ("relative-json-pointer", |random, out| one_of(&["0", "1/name", "2/items/0"], random, out)),
    ("regex", |random, out| one_of(&["^[a-z]+$", "^[0-9]{4}$", "^(yes|no)$", "[A-Z]{2}"], random, out)),
];
