//! `standin routes`: every operation that would be served, and where two documents meet.

use serde_json::json;

use super::{Context, Definition, Outcome, Settings, Takes, table};
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::{CLEAN, load};
use crate::contract::{Contract, Operation};
use crate::text;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "routes",
    about: "List the documents' operations and where they are mounted",
    examples: "  standin routes
  standin routes openapi.yaml --format json",
    takes: Takes::Documents,
    arguments: |command| command,
    run,
};

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let format = settings.one("format", value::text_or_json).unwrap_or(TextOrJson::Text);
    let documents = load::usable_documents(context, settings)?;
    let contracts = documents.contracts();
    let conflicts = super::serve::conflicts(&contracts);
    match format {
        TextOrJson::Json => {
            let routes: Vec<_> = contracts
                .iter()
                .flat_map(|contract| contract.operations.iter().map(|operation| route(contract, operation)))
                .collect();
            let conflicts: Vec<_> = conflicts
                .iter()
                .map(|one| json!({ "method": one.method, "path": one.path, "documents": one.documents }))
                .collect();
            context.terminal.result(&format!("{:#}", json!({ "routes": routes, "conflicts": conflicts })));
        }
        TextOrJson::Text => {
            let head = ["NAME", "METHOD", "PATH", "OPERATION", "STATUSES"];
            let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).to_vec()];
            for contract in &contracts {
                rows.extend(contract.operations.iter().map(|operation| {
                    vec![
                        contract.name.clone(),
                        operation.method.to_string(),
                        text::harmless(&path(contract, operation)),
                        text::harmless(&operation.id),
                        statuses(operation).join(" "),
                    ]
                }));
            }
            let mut shown = table::layout(&rows);
            for conflict in &conflicts {
                shown.push_str(&super::serve::told(conflict));
                shown.push('\n');
            }
            context.terminal.result(&shown);
        }
    }
    Ok(CLEAN)
}

fn route(contract: &Contract, operation: &Operation) -> serde_json::Value {
    json!({
        "document": contract.name,
        "method": operation.method.as_str(),
        "path": path(contract, operation),
        "prefixed_path": format!("/{}{}", contract.name, path(contract, operation)),
        "operation": operation.id,
        "statuses": statuses(operation),
    })
}

fn path(contract: &Contract, operation: &Operation) -> String {
    let base = contract.servers.first().map(|server| server.base_path.as_str()).unwrap_or_default();
    format!("{base}{}", operation.template)
}

fn statuses(operation: &Operation) -> Vec<String> {
    operation.responses.iter().map(|response| response.key.to_string()).collect()
}
