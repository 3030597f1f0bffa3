//! The page that tells all faults, made of their definitions: `docs/faults.md`, and `standin explain --faults`.

use std::fmt::Write as _;

use super::definition::{Cell, Definition};
use super::{TABLE, peers};

const BEFORE: &str = "# Faults

What can go wrong on the way to the client, by name. `standin explain --faults` prints this page; it is made of the
definitions in `src/fault/`.

A fault is asked for by `Prefer: fault=NAME`, by `?__fault=NAME`, or by a rule of a scenario (`fault: NAME`). With
parameters it is a map of one name: `fault: { abort: { at: 0.5 } }` in a scenario, and the same as JSON in a request
(`?__fault={\"abort\":{\"at\":0.5}}`, percent-encoded). Times are written `250ms`, `3s`, `2m` and are at most ten minutes;
content that would be slower than that comes in larger pieces. A stalled connection ends after ten minutes, when its client
goes, or when the server stops.

A reply whose head is sent names its faults in the header `standin-fault`. Where the protocol of the connection does not
have a fault, the nearest happens that it has, and the header tells it: `malformed_chunk;did=rst_stream`. A fault that
finds nothing to do (JSON to be corrupted in a reply that has none) is told as `corrupt_json;did=nothing`. Of several
faults that end a reply early, the first counts.

The journal (`/_standin/exchanges`) and the log tell how each reply ended: `whole`, `cut` or `reset` by the server behind so
many bytes of its content, or `gone` where the client left first. A reply that did not arrive whole counts as lost when its
client comes again.

**Replay.** The reply of an operation with an injected failure (a fault, a delay, a break, or an error that was asked for)
tells a token in the header `standin-replay`. `Prefer: replay=TOKEN` or `?__replay=TOKEN` makes the same thing happen: the
same status, header fields, content, delay, and place where it is cut, in any process that serves the same document, without
the scenario. It beats every other preference but `expect`. The token holds the reply itself, so it has at most 4,096
characters: content that does not deflate into that leaves no token. One that is damaged, or of another operation or version
of the document, is a 400 that says so. A replayed page is sandboxed (`content-security-policy: sandbox`), whoever made its
token. What dies before its head is sent shows its client no token; the journal has it (`/_standin/exchanges`, `replay`).

";

/// The page, as Markdown.
pub fn page() -> String {
    let mut page = BEFORE.to_owned();
    page.push_str("## What a client sees\n\n| fault | HTTP/1.1 | HTTP/2 | TLS adds |\n|---|---|---|---|\n");
    for definition in TABLE {
        let Definition { name, http1, http2, tls, .. } = definition;
        row(&mut page, [&format!("`{name}`"), &cell(*http1), &cell(*http2), tls]);
    }
    page.push_str(
        "\n## What they take\n\n| fault | what it does | parameters | peers' words |\n|---|---|---|---|\n",
    );
    for definition in TABLE {
        let Definition { name, means, parameters, .. } = definition;
        let words: Vec<String> = peers::of(name).map(|word| format!("`{word}`")).collect();
        row(&mut page, [&format!("`{name}`"), means, parameters, &words.join(", ")]);
    }
    page.push_str(
        "\nThe peers' words are Toxiproxy's, with its parameters as numbers (`latency`, `jitter`, `average_size`, `delay`, \
         `bytes`, `timeout`, `rate`), and\nWireMock's, in either case.\n",
    );
    page
}

fn cell(cell: Cell) -> String {
    match cell {
        Cell::Applies(seen) => seen.to_owned(),
        Cell::Nearest(other, seen) => format!("*not applicable*, `{other}` in its place: {seen}"),
    }
}

fn row(page: &mut String, cells: [&str; 4]) {
    let cells = cells.map(|text| text.replace('|', "\\|"));
    writeln!(page, "| {} |", cells.join(" | ")).expect("writing to a string can't fail");
}
