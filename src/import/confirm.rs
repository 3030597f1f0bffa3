//! What is printed is held against our own loader, so that it always loads: content that breaks the contract is marked,
//! and a rule that can't be loaded is left out; both are told at the place of the stub.

use std::sync::Arc;

use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Loaded, Severity, Span};
use crate::document::{Document, LoadOptions, Source, SourceFile};
use crate::pointer::Pointer;
use crate::scenario::format::ScenarioRule;
use crate::scenario::{self, ScenarioFile};

/// A document that has every method of every path, for rules that are printed without one.
const ANYTHING: &str = r#"{"openapi": "3.1.0", "info": {"title": "anything", "version": "1"}, "paths": {"/{any}": {
"parameters": [{"name": "any", "in": "path", "required": true, "schema": {}}],
"get": {}, "put": {}, "post": {}, "delete": {}, "options": {}, "head": {}, "patch": {}, "trace": {}}}}"#;

/// A rule, and where its stub stands.
pub(super) struct Draft {
    pub(super) rule: ScenarioRule,
    pub(super) at: Span,
    pub(super) content_at: Span,
    /// Whether the rule goes without something of its stub.
    pub(super) is_in_part: bool,
}

/// The text of a scenario with those of the rules that can be loaded, and these. The file's own rules are not looked at.
pub(super) fn confirm(
    mut file: ScenarioFile,
    mut drafts: Vec<Draft>,
    contracts: &[Arc<Contract>],
    diagnostics: &mut Vec<Diagnostic>,
) -> (String, Vec<Draft>) {
    let anything;
    let (contracts, is_named) = if contracts.is_empty() {
        anything = everything();
        (&anything[..], false)
    } else {
        (contracts, true)
    };
    loop {
        file.rules = drafts.iter().map(|draft| draft.rule.clone()).collect();
        let written = scenario::write(&file);
        let mut found = Vec::new();
        if let Some(read) = SourceFile::of_text("scenario.yaml", written.text.clone(), &mut found) {
            let Loaded { diagnostics: more, .. } = scenario::scenario(&read, &Pointer::root(), contracts);
            found.extend(more);
        }
        let rule_of = |diagnostic: &Diagnostic| {
            let start = diagnostic.span.as_ref()?.range.start;
            written.rules.iter().position(|range| range.contains(&start))
        };
        let (errors, rest): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
        let mut mended = vec![Mended::Not; drafts.len()];
        for error in &errors {
            // A mistake of the whole file can only be one of this program: then no rule is kept.
            let Some(index) = rule_of(error) else {
                diagnostics.push(Diagnostic::error("stub-left-out", error.message.clone()));
                return (String::new(), Vec::new());
            };
            mended[index] = mended[index].max(mend(&mut drafts[index], error, diagnostics));
        }
        if errors.is_empty() {
            for warning in rest.into_iter().filter(|_| is_named) {
                let at = rule_of(&warning).map(|index| drafts[index].at.clone());
                diagnostics.push(Diagnostic { span: at, help: None, ..warning });
            }
            return (written.text, drafts);
        }
        let mut fates = mended.into_iter();
        drafts.retain(|_| fates.next() != Some(Mended::LeftOut));
    }
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mended {
    Not,
    Unchecked,
    LeftOut,
}

fn mend(draft: &mut Draft, error: &Diagnostic, diagnostics: &mut Vec<Diagnostic>) -> Mended {
    if let Some(respond) = draft.rule.respond.as_mut().filter(|_| error.code == "stub-invalid")
        && !respond.unchecked
    {
        respond.unchecked = true;
        let message = if respond.text.as_deref() == Some("") {
            format!("the stub answers without content: {}", error.message)
        } else {
            error.message.clone()
        };
        let diagnostic = Diagnostic::warning("stub-unchecked", message).at(Some(draft.content_at.clone()));
        diagnostics.push(diagnostic.help("mend the stub; until then the rule says `unchecked: true`"));
        return Mended::Unchecked;
    }
    let message = format!("the stub's rule can't be loaded: {}", error.message);
    let diagnostic = Diagnostic::error("stub-left-out", message).at(Some(draft.at.clone()));
    diagnostics.push(diagnostic.help("change the stub, or write its rule by hand"));
    Mended::LeftOut
}

fn everything() -> Vec<Arc<Contract>> {
    let source = Source::Text { name: "anything.json".into(), text: ANYTHING.to_owned() };
    let document = Document::load(&source, LoadOptions::default()).value;
    document.map(|document| Arc::new(Contract::build("anything", document).0)).into_iter().collect()
}
