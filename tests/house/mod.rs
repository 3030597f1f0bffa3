//! The house rules that a machine can check: layers, package doors, family tables, names, opening sentences, sizes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fancy_regex::Regex;

use crate::support::repository;

/// The layers, lowest first: a module uses lower rows only. Modules that are not there yet have their place already.
const LAYERS: &[&[&str]] = &[
    &["error", "pointer", "text", "media_type", "delivery", "clock", "seed", "decimal", "lock", "by_thread"],
    &["message", "redact", "diagnostic"],
    &["violation", "fault"],
    &["document"],
    &["router", "schema"],
    &["contract"],
    &["codec"],
    &["check", "negotiate", "generate"],
    &["lint"],
    &["scenario", "exchange"],
    &["world", "drift"],
    &["engine", "report"],
    &["traffic"],
    &["client", "import"],
    &["verify", "admin"],
    &["server"],
    &["cli"],
];

/// What may be written where: a pattern, and the modules that are its door.
const DOORS: &[(&str, &[&str])] = &[
    (r"\bopenapiv3::", &["document", "contract"]),
    (r"\bjsonschema::", &["document", "schema", "generate"]),
    (r"\bfake::", &["generate"]),
    (r"\brand::", &["seed", "generate", "fault", "verify"]),
    (r"\bhyper(_util|_rustls)?::", &["server", "client"]),
    (r"\b(h2|tokio_rustls)::", &["server", "client"]),
    (r"\btokio::", &["server", "client", "verify", "cli"]),
    (r"\bclap(_complete|_mangen)?::", &["cli"]),
    (r"\bgranit_parser::", &["document"]),
    (r"\b(flate2|brotli_decompressor|multer|quick_xml)::", &["codec"]),
    (r"\bannotate_snippets::", &["diagnostic"]),
    (r"\bminijinja::", &["report"]),
    (r"\barc_swap::", &["engine"]),
    (r"\bnotify::", &["cli"]),
    (r"\b(SystemTime|Timestamp|Zoned)::now\b", &["clock"]),
    (r"\be?print(ln)?!|\bstd::(io::)?(stdout|stderr)\(|\bio::(stdout|stderr)\(|\bdbg!", &["cli"]),
    (r"\bstd::process::exit\b", &["cli"]),
    (r"\bstd::env::(var|args)", &["cli"]),
    (r"\bTcpListener\b|\bTcpStream\b|\bUdpSocket\b", &["server", "client"]),
];

/// The folders in which each file is one member, with a row in its `mod.rs`.
const FAMILIES: &[&str] = &[
    "document/version",
    "codec/style",
    "codec/body",
    "generate/format",
    "generate/body",
    "generate/invalid",
    "lint",
    "fault",
    "scenario/predicate",
    "import",
    "report",
    "report/exercised",
    "admin/endpoint",
    "cli/command",
];

/// Files in a family's folder that are no member of it but what several members need.
const SHARED_BY_MEMBERS: &[&str] = &[
    "generate/invalid/confirm.rs",
    "generate/invalid/site.rs",
    "generate/invalid/walk.rs",
    "lint/judge.rs",
    "lint/remarks.rs",
    "lint/schemas.rs",
    "cli/command/breaks.rs",
    "cli/command/comparison.rs",
    "cli/command/matrix.rs",
    "cli/command/table.rs",
    "fault/definition.rs",
    "fault/error_code.rs",
    "fault/page.rs",
    "fault/peers.rs",
    "fault/period.rs",
    "fault/place.rs",
    "fault/told.rs",
    "fault/written.rs",
    "report/fail_on.rs",
    "scenario/predicate/found.rs",
    "import/confirm.rs",
    "import/part.rs",
];

/// Names that say nothing of what a file holds.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "types", "core", "manager", "misc", "shared", "base"];
/// Files that hold the types of JSON Schema's keyword `type`, which have no other name.
const NAMED_FOR_A_KEYWORD: &[&str] = &["generate/types.rs", "codec/expect/types.rs"];

/// The most lines of a file, its tests apart.
const MOST_LINES: usize = 400;
/// Files that are one long table of data.
const TABLES: &[&str] = &["generate/people/place.rs", "diagnostic/code.rs", "violation/rule.rs"];

/// Files over the limit that wait for a better cut; one that no longer is leaves this list.
const WAITING_FOR_A_CUT: &[&str] = &[];

/// A file of the program.
struct File {
    /// Inside `src/`.
    path: String,
    text: String,
}

impl File {
    /// The top-level module that it belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.contains("/tests/") || name == "tests.rs" || self.path == "generate/oracle.rs"
    }

    /// The lines that are neither tests nor comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self
            .text
            .find("#[cfg(test)]\nmod tests {")
            .or_else(|| self.text.find("#[cfg(test)]\npub(super) mod tests {"));
        let text = &self.text[..end.unwrap_or(self.text.len())];
        let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn lines_without_tests(&self) -> usize {
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text[..end].lines().count()
    }
}

fn sources(folder: &Path) -> Vec<File> {
    let (mut waiting, mut found): (Vec<PathBuf>, Vec<File>) = (vec![folder.to_owned()], Vec::new());
    while let Some(path) = waiting.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(folder).unwrap().display().to_string();
                found.push(File { path: inside, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty());
    found
}

fn program() -> Vec<File> {
    sources(&repository("src"))
}

/// Fails with everything that was found, so that one run tells all.
fn nothing(found: &[String], rule: &str) {
    let mut told = String::new();
    for line in found {
        let _ = writeln!(told, "  {line}");
    }
    assert!(found.is_empty(), "{rule}:\n{told}");
}

#[test]
fn every_file_opens_with_a_sentence() {
    let files = program().into_iter().map(|file| (format!("src/{}", file.path), file.text));
    let tests =
        sources(&repository("tests")).into_iter().map(|file| (format!("tests/{}", file.path), file.text));
    let wrong: Vec<String> = files
        .chain(tests)
        .filter(|(_, text)| !text.starts_with("//! ") || text.lines().next().unwrap().len() < 20)
        .map(|(path, _)| path)
        .collect();
    nothing(&wrong, "a file opens with one `//!` sentence that says what it is for");
}

#[test]
fn a_module_uses_lower_layers_only() {
    let row = |module: &str| LAYERS.iter().position(|row| row.contains(&module));
    let used = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let mut wrong = Vec::new();
    for file in program() {
        let module = file.module();
        if module == "lib" || module == "main" {
            continue;
        }
        let Some(own) = row(module) else {
            wrong.push(format!("src/{}: `{module}` has no layer; give it a row in tests/house", file.path));
            continue;
        };
        for (number, line) in file.code() {
            for found in used.captures_iter(line).map(Result::unwrap) {
                let other = &found[1];
                if other != module && row(other).is_some_and(|other| other >= own) {
                    wrong.push(format!(
                        "src/{}:{number}: `{module}` uses `{other}`, which is not below it",
                        file.path
                    ));
                }
            }
        }
    }
    nothing(&wrong, "a module uses lower layers only");
}

#[test]
fn a_package_has_one_door() {
    let mut wrong = Vec::new();
    let files = program();
    for (pattern, doors) in DOORS {
        let pattern = Regex::new(pattern).unwrap();
        for file in files.iter().filter(|file| !file.is_test() && !doors.contains(&file.module())) {
            // `main.rs` belongs to the command line.
            if file.path == "main.rs" && doors.contains(&"cli") {
                continue;
            }
            for (number, line) in file.code().filter(|(_, line)| pattern.is_match(line).unwrap()) {
                wrong.push(format!(
                    "src/{}:{number}: only in {}: {}",
                    file.path,
                    doors.join(", "),
                    line.trim()
                ));
            }
        }
    }
    nothing(&wrong, "a package, the clock and the terminal are each used behind one door");
}

#[test]
fn every_member_of_a_family_has_a_row() {
    let files = program();
    let mut wrong = Vec::new();
    for family in FAMILIES {
        let inside =
            |file: &&File| file.path.strip_prefix(family).is_some_and(|rest| rest.matches('/').count() == 1);
        let members: Vec<&File> = files.iter().filter(inside).collect();
        let Some(table) = members.iter().find(|file| file.path.ends_with("/mod.rs")) else { continue };
        for member in members.iter().filter(|file| !file.path.ends_with("/mod.rs") && !file.is_test()) {
            if SHARED_BY_MEMBERS.contains(&member.path.as_str()) {
                continue;
            }
            let name = member.path.rsplit('/').next().unwrap().trim_end_matches(".rs");
            let row = Regex::new(&format!(r"(?<!mod )\b{name}\b")).unwrap();
            if !table.code().any(|(_, line)| row.is_match(line).unwrap()) {
                wrong.push(format!("src/{} has no row in src/{}", member.path, table.path));
            }
        }
    }
    nothing(&wrong, "every member of a family has a row in its table");
}

#[test]
fn a_file_is_named_for_what_it_holds() {
    let wrong: Vec<String> = program()
        .iter()
        .map(|file| &file.path)
        .filter(|path| !NAMED_FOR_A_KEYWORD.contains(&path.as_str()))
        .filter(|path| path.split('/').any(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs"))))
        .cloned()
        .collect();
    nothing(&wrong, "a file is named for the one thing it holds");
}

#[test]
fn a_file_has_at_most_400_lines() {
    let is_long = |file: &&File| file.lines_without_tests() > MOST_LINES;
    let files = program();
    let judged = files.iter().filter(|file| !file.is_test() && !TABLES.contains(&file.path.as_str()));
    let long: Vec<&File> = judged.filter(is_long).collect();
    let wrong: Vec<String> = long
        .iter()
        .filter(|file| !WAITING_FOR_A_CUT.contains(&file.path.as_str()))
        .map(|file| format!("src/{} has {} lines without its tests", file.path, file.lines_without_tests()))
        .collect();
    nothing(&wrong, "two things share a room");
    let cut: Vec<String> = WAITING_FOR_A_CUT
        .iter()
        .filter(|path| !long.iter().any(|file| file.path == **path))
        .map(|path| format!("src/{path}"))
        .collect();
    nothing(&cut, "what is short enough leaves the list of exceptions");
}

#[test]
fn no_test_is_left_out() {
    let mut wrong = Vec::new();
    let left_out = Regex::new(r"#\[(ignore|should_panic)").unwrap();
    let tests =
        sources(&repository("tests")).into_iter().map(|file| (format!("tests/{}", file.path), file.text));
    for (path, text) in
        program().into_iter().map(|file| (format!("src/{}", file.path), file.text)).chain(tests)
    {
        for (index, line) in text.lines().enumerate() {
            if left_out.is_match(line.trim_start()).unwrap() && line.trim_start().starts_with('#') {
                wrong.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    nothing(&wrong, "no test is ignored, and none passes by panicking");
}

#[test]
fn every_rule_that_a_bundled_document_names_is_known() {
    for name in crate::support::BUNDLED {
        let text = std::fs::read_to_string(repository(&format!("specs/{name}.yaml"))).unwrap();
        for found in text.split("x-standin-answers:").skip(1) {
            let rules = found.lines().skip(1).map_while(|line| line.trim_start().strip_prefix("- "));
            for rule in rules {
                assert!(standin::violation::Rule::from_code(rule).is_some(), "{name}: {rule}");
            }
        }
    }
}

#[test]
fn every_code_of_a_diagnostic_is_explained() {
    use standin::{diagnostic::CODES, lint::RULES};
    // A code is the first argument of what makes a diagnostic, or stands before its message.
    let made = Regex::new(
        r#"(?s)(?:Diagnostic::(?:error|warning)|\.report|\.problem|\.diagnostic|\bproblem|\bunknown)\(\s*"([a-z-]+)"|"([a-z-]+)", message\)"#,
    )
    .unwrap();
    let files = program();
    let texts: Vec<String> = files
        .iter()
        .filter(|file| !file.is_test())
        .map(|file| file.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n"))
        .collect();
    let known: Vec<&str> =
        CODES.iter().map(|code| code.code).chain(RULES.iter().map(|rule| rule.code)).collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for text in &texts {
        for found in made.captures_iter(text).map(Result::unwrap) {
            let code = found.get(1).or(found.get(2)).unwrap().as_str();
            count += 1;
            if !known.contains(&code) {
                wrong.push(format!("`{code}` has no row in src/diagnostic/code.rs"));
            }
        }
    }
    assert!(count > 30, "only {count} codes were found");
    // Each row but the definition's own is used somewhere.
    for code in CODES {
        let quoted = format!("\"{}\"", code.code);
        let uses = texts.iter().filter(|text| text.contains(&quoted)).count();
        if uses < 2 {
            wrong.push(format!("nothing tells `{}`", code.code));
        }
    }
    nothing(&wrong, "every code of a diagnostic is explained, and told");
}
