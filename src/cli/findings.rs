//! What counts as a finding, by the settings.

use std::sync::Arc;

use super::settings::Settings;
use super::settings::value;
use crate::check::Strictness;
use crate::contract::Contract;
use crate::error::Error;
use crate::text;
use crate::violation::Policy;

/// How schemas are read.
pub fn strictness(settings: &mut Settings<'_>) -> Strictness {
    if settings.is("strict") { Strictness::Strict } else { Strictness::Letter }
}

/// What each rule weighs, and what is ignored.
pub fn policy(settings: &mut Settings<'_>) -> Policy {
    let mut policy = Policy::default();
    for (rule, severity) in settings.many("severity", value::severity) {
        policy.set(rule, severity);
    }
    settings.many("ignore", value::ignored).into_iter().for_each(|ignored| policy.ignore(ignored));
    policy
}

/// Stops where an operation is ignored that no document has: nothing would be, and nobody would know.
pub fn known_operations(policy: &Policy, contracts: &[Arc<Contract>]) -> Result<(), Error> {
    let all =
        || contracts.iter().flat_map(|one| one.operations.iter().map(move |operation| (one, operation)));
    for ignored in policy.ignored() {
        if all().any(|(contract, operation)| ignored.names(&contract.name, &operation.id)) {
            continue;
        }
        let named = ignored.operation.as_deref().unwrap_or_default();
        let help = match text::nearest(named, all().map(|(_, operation)| operation.id.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`standin routes` lists them".to_owned(),
        };
        let shown = text::harmless(named);
        return Err(Error::Usage(format!(
            "`ignore` names the operation `{shown}`, which no document has; {help}"
        )));
    }
    Ok(())
}
