//! Rules over a contract: what is allowed to be written, or at least readable, and probably not meant. One rule per file.

mod bounds_contradictory;
mod branches_overlapping;
mod component_unused;
mod default_invalid;
mod description_missing;
mod discriminator_undeclared;
mod enum_repeated;
mod enum_without_null;
mod example_invalid;
mod faker_unknown;
mod format_unknown;
mod group_parameter_unknown;
mod header_parameter_ignored;
mod http_scheme_unregistered;
mod items_missing;
mod judge;
mod name_misspelled;
mod nullable_without_type;
mod operation_id_repeated;
mod operations_missing;
mod path_fragment;
mod path_parameter_colon;
mod path_parameter_optional;
mod path_parameter_undeclared;
mod path_parameter_unused;
mod path_unreachable;
mod pattern_unportable;
mod read_only_write_only;
mod reference_siblings_ignored;
mod remarks;
mod request_content_unusual;
mod required_undeclared;
mod schema_unsatisfiable;
mod schema_vacuous;
mod schemas;
mod scopes_ignored;
mod security_unjudged;
mod server_variable_undeclared;
mod status_unquoted;
mod style_undefined;
mod success_missing;
mod template_ambiguous;
#[cfg(test)]
mod tests;

use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Severity};
use crate::pointer::Pointer;

/// A rule over a contract.
#[derive(Debug)]
pub struct Rule {
    /// Its kebab-case name; public API.
    pub code: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// What it means.
    pub means: &'static str,
    /// Why it matters.
    pub matters: &'static str,
    /// One example.
    pub example: &'static str,
    /// How to fix it.
    pub fix: &'static str,
    /// Looks for it.
    pub check: fn(&Contract) -> Vec<Finding>,
}

/// One breach of a rule.
#[derive(Debug)]
pub struct Finding {
    /// The place in the normal form of the document.
    pub pointer: Pointer,
    /// One line that stands alone.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    operations_missing::RULE,
    operation_id_repeated::RULE,
    template_ambiguous::RULE,
    path_fragment::RULE,
    path_parameter_undeclared::RULE,
    path_parameter_unused::RULE,
    group_parameter_unknown::RULE,
    style_undefined::RULE,
    security_unjudged::RULE,
    http_scheme_unregistered::RULE,
    success_missing::RULE,
    example_invalid::RULE,
    default_invalid::RULE,
    faker_unknown::RULE,
    enum_without_null::RULE,
    schema_vacuous::RULE,
    schema_unsatisfiable::RULE,
    bounds_contradictory::RULE,
    branches_overlapping::RULE,
    component_unused::RULE,
    description_missing::RULE,
    discriminator_undeclared::RULE,
    enum_repeated::RULE,
    format_unknown::RULE,
    header_parameter_ignored::RULE,
    items_missing::RULE,
    name_misspelled::RULE,
    nullable_without_type::RULE,
    path_parameter_colon::RULE,
    path_parameter_optional::RULE,
    path_unreachable::RULE,
    pattern_unportable::RULE,
    read_only_write_only::RULE,
    reference_siblings_ignored::RULE,
    request_content_unusual::RULE,
    required_undeclared::RULE,
    scopes_ignored::RULE,
    server_variable_undeclared::RULE,
    status_unquoted::RULE,
];

/// Everything that the rules find, rule by rule.
pub fn run(contract: &Contract) -> Vec<Diagnostic> {
    RULES.iter().flat_map(|rule| found(rule, contract)).collect()
}

/// The examples that are invalid by their schemas: they are not served.
pub fn invalid_examples(contract: &Contract) -> Vec<Diagnostic> {
    found(&example_invalid::RULE, contract)
}

fn found(rule: &Rule, contract: &Contract) -> Vec<Diagnostic> {
    let findings = (rule.check)(contract).into_iter();
    findings
        .map(|finding| Diagnostic {
            code: rule.code,
            severity: rule.severity,
            message: finding.message,
            span: Some(contract.document.span(&finding.pointer)),
            help: Some(finding.help),
        })
        .collect()
}
