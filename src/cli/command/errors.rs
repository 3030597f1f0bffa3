//! `standin errors`: every failure that can be asked for by name.

use clap::{Arg, Command};
use serde_json::{Value, json};

use super::{Context, Definition, Outcome, Settings, Takes, table};
use crate::cli::settings::value::{self, TextOrJson};
use crate::cli::{CLEAN, Stop, load};
use crate::error::Error;
use crate::negotiate::{Failure, catalogue};
use crate::text;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "errors",
    about: "List every failure that can be injected by name",
    examples: "  standin errors openapi.yaml
  standin errors --operation getOrganization
  curl -H 'Prefer: error=organization_suspended' …",
    takes: Takes::Documents,
    arguments,
    run,
};

/// How many characters of a description are shown.
const LONGEST: usize = 60;

fn arguments(command: Command) -> Command {
    let help = "Only those of one operation, by its id";
    command.arg(Arg::new("operation").long("operation").value_name("OPERATION").help(help))
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let format = settings.one("format", value::text_or_json).unwrap_or(TextOrJson::Text);
    let contracts = load::usable_documents(context, settings)?.contracts();
    let wanted = context.matches.get_one::<String>("operation").map(String::as_str);
    if let Some(wanted) = wanted {
        let ids =
            || contracts.iter().flat_map(|one| one.operations.iter().map(|operation| operation.id.as_str()));
        if !ids().any(|id| id == wanted) {
            let help = text::nearest(wanted, ids()).map_or_else(
                || format!("there are {}", text::list(ids())),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no document has the operation `{}`; {help}", text::harmless(wanted));
            return Err(Stop::Error(Error::Usage(message)));
        }
    }
    let mut found: Vec<Named> = Vec::new();
    for contract in &contracts {
        let mut failures = catalogue(contract);
        failures.retain(|failure| wanted.is_none_or(|wanted| failure.operation == wanted));
        for failure in &failures {
            let is_unique = failures
                .iter()
                .filter(|other| other.operation == failure.operation && other.name == failure.name)
                .count()
                == 1;
            let name = if is_unique { &failure.name } else { &failure.qualified };
            found.push(Named {
                document: contract.name.clone(),
                name: name.clone(),
                failure: failure.clone(),
            });
        }
    }
    context.terminal.result(&match format {
        TextOrJson::Text => as_table(&found),
        TextOrJson::Json => {
            format!("{:#}", json!({ "errors": found.iter().map(as_json).collect::<Vec<_>>() }))
        }
    });
    Ok(CLEAN)
}

/// A failure, and the shortest name that means it and no other one of its operation.
struct Named {
    document: String,
    name: String,
    failure: Failure,
}

fn as_table(found: &[Named]) -> String {
    let head = ["NAME", "OPERATION", "STATUS", "ERROR", "DESCRIPTION"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for Named { document, name, failure } in found {
        let description = failure.description.split_whitespace().collect::<Vec<_>>().join(" ");
        rows.push(vec![
            document.clone(),
            text::harmless(&failure.operation),
            failure.status.clone(),
            text::harmless(name),
            text::harmless(&text::shortened(&description, LONGEST)),
        ]);
    }
    table::layout(&rows)
}

fn as_json(Named { document, name, failure }: &Named) -> Value {
    json!({
        "document": document,
        "operation": failure.operation,
        "status": failure.status,
        "error": name,
        "qualified": failure.qualified,
        "description": failure.description,
    })
}
