//! Formats of names in the internet: `email`, `hostname`, `uri` and theirs; under reserved domains (RFC 2606).

use crate::generate::format::{Writer, digits, one_of};
use crate::seed::Random;

pub(super) const FORMATS: &[(&str, Writer)] = &[
    ("email", email),
    ("idn-email", email),
    ("hostname", hostname),
    ("idn-hostname", hostname),
    ("uri", uri),
    ("url", uri),
    ("iri", uri),
    ("uri-reference", path),
    ("iri-reference", path),
    ("uri-template", |random, out| {
        path(random, out);
        out.extend_from_slice(b"/{id}");
    }),
];

const WORDS: [&str; 12] = [
    "harbor", "copper", "meadow", "lantern", "orchid", "summit", "willow", "ember", "quartz", "falcon",
    "cedar", "delta",
];
const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

fn email(random: &mut Random, out: &mut Vec<u8>) {
    one_of(&WORDS, random, out);
    digits(random.below(90) + 10, out);
    out.push(b'@');
    one_of(&DOMAINS, random, out);
}

fn hostname(random: &mut Random, out: &mut Vec<u8>) {
    one_of(&WORDS, random, out);
    out.push(b'.');
    one_of(&DOMAINS, random, out);
}

fn uri(random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(b"https://www.");
    one_of(&DOMAINS, random, out);
    path(random, out);
}

fn path(random: &mut Random, out: &mut Vec<u8>) {
    out.push(b'/');
    one_of(&WORDS, random, out);
    out.push(b'/');
    digits(random.below(9000) + 1000, out);
}
