//! `standin lint`: everything that is wrong with documents.

use serde_json::{Value, json};

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::load::{self, Documents};
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::{CLEAN, COULD_NOT_RUN, FINDINGS};
use crate::diagnostic::{self, Diagnostic, Severity, Style};
use crate::lint;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "lint",
    about: "Tell what is wrong with documents",
    examples: "  standin lint openapi.yaml
  standin lint apis/ --fail-on warning
  standin lint openapi.yaml --format json",
    takes: Takes::Documents,
    arguments: |command| command,
    run,
};

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let format = settings.one("format", value::text_or_json).unwrap_or(TextOrJson::Text);
    let fail_on = settings.one("fail-on", value::least_severity).unwrap_or(Some(Severity::Error));
    let is_lenient = settings.is("lenient-load");
    let mut documents = load::documents(settings)?;
    for document in &mut documents.all {
        if let Some(contract) = &document.contract {
            document.diagnostics.extend(lint::run(contract));
        }
        document.diagnostics.sort_by_key(place);
    }
    match format {
        TextOrJson::Text => tell(context, &documents),
        TextOrJson::Json => context.terminal.result(&format!("{:#}", as_json(&documents))),
    }
    let broken = documents.all.iter().filter(|document| document.contract.is_none()).count();
    if broken > 0 && (!is_lenient || broken == documents.all.len()) {
        return Ok(COULD_NOT_RUN);
    }
    let worst = documents.all.iter().flat_map(|document| &document.diagnostics).map(|one| one.severity).max();
    let is_failed = matches!((worst, fail_on), (Some(worst), Some(least)) if worst >= least);
    Ok(if is_failed { FINDINGS } else { CLEAN })
}

fn place(diagnostic: &Diagnostic) -> (String, usize, &'static str) {
    let span = diagnostic.span.as_ref();
    let file = span.map(|span| span.source.name.clone()).unwrap_or_default();
    (file, span.map_or(0, |span| span.range.start), diagnostic.code)
}

fn tell(context: &Context<'_>, documents: &Documents) {
    let mut parts = Vec::new();
    for diagnostic in documents.all.iter().flat_map(|document| &document.diagnostics) {
        parts.push(format!("{}\n", diagnostic::render(diagnostic, Style::Colored)));
    }
    for document in &documents.all {
        let counts =
            crate::cli::introduction::counts(document).unwrap_or_else(|| "nothing to say".to_owned());
        let end = if document.contract.is_none() { "; it can't be used at all" } else { "" };
        parts.push(format!("{} ({}): {counts}{end}", document.name, document.shown));
    }
    context.terminal.result(&parts.join("\n"));
}

fn as_json(documents: &Documents) -> Value {
    let listed: Vec<Value> = documents
        .all
        .iter()
        .flat_map(|document| document.diagnostics.iter().map(move |one| (document, one)))
        .map(|(document, one)| {
            let span = one.span.as_ref();
            let spot = span.map(crate::diagnostic::Span::line_and_column);
            json!({
                "document": document.name,
                "code": one.code,
                "severity": one.severity,
                "message": one.message,
                "file": span.map_or(document.shown.as_str(), |span| span.source.name.as_str()),
                "line": spot.map(|(line, _)| line),
                "column": spot.map(|(_, column)| column),
                "help": one.help,
            })
        })
        .collect();
    let count = |severity| documents.all.iter().map(|document| document.count(severity)).sum::<usize>();
    json!({
        "diagnostics": listed,
        "counts": {
            "documents": documents.all.len(),
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "infos": count(Severity::Info),
        },
    })
}
