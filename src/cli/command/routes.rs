//! `standin routes`: every operation that would be served, and where two documents or two operations meet.

use serde_json::json;

use super::{Context, Definition, Outcome, Settings, Takes, table};
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::{CLEAN, load};
use crate::contract::{Contract, Operation};
use crate::engine::{Engine, Options, SharedRoute};
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
    let engine = Engine::new(contracts.clone(), Vec::new(), Options::default());
    let (conflicts, shared) = (engine.conflicts(), engine.shared_routes());
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
            let shared: Vec<_> = shared
                .iter()
                .map(|one| json!({ "document": one.document, "method": one.method, "path": one.path, "operations": one.operations }))
                .collect();
            let told = json!({ "routes": routes, "conflicts": conflicts, "shared": shared });
            context.terminal.result(&format!("{told:#}"));
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
                shown.push_str(&crate::cli::introduction::told(conflict));
                shown.push('\n');
            }
            for one in &shared {
                shown.push_str(&told(one));
                shown.push('\n');
            }
            context.terminal.result(&shown);
        }
    }
    Ok(CLEAN)
}

/// One line about a route that several operations share.
fn told(shared: &SharedRoute) -> String {
    let first = shared.operations.first().map(String::as_str).unwrap_or_default();
    format!(
        "shared: {} {} of `{}` is the route of {}; the one that a request keeps best answers, `{}` where that does not tell",
        shared.method,
        text::harmless(&shared.path),
        shared.document,
        text::harmless(&text::list(shared.operations.iter().map(String::as_str))),
        text::harmless(first),
    )
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
