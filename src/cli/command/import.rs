//! `standin import`: other tools' files as scenarios.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Arg, Command};

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::settings::value;
use crate::cli::{CLEAN, FINDINGS, Stop, load};
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::import::{self, Imported, Scenario};
use crate::text;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "import",
    about: "Print a scenario that plays what another tool's files say",
    examples: "  standin import wiremock mappings/ --spec openapi.yaml > scenarios/imported.yaml
  standin serve openapi.yaml --scenario scenarios/imported.yaml
  standin import wiremock stubs.json --spec openapi.yaml --output scenarios/

With --spec, rules name the operations that they are about, and content that breaks the contract is told.
WireMock's scenarios each have a state of their own: where there are several, --output writes a file for each.
What can't be said is told with line and caret: a condition leaves its stub out (an error), what an answer goes without \
stands in its rule's name (a warning).
Exit codes: 0 imported, 1 something was told at or above --fail-on (default error), 2 nothing could be imported.",
    takes: Takes::Nothing,
    arguments,
    run,
};

fn arguments(command: Command) -> Command {
    let tools = import::TABLE.iter().map(|tool| format!("`{}` ({})", tool.name, tool.about));
    let tool = format!("Whose files they are: {}", tools.collect::<Vec<_>>().join(", "));
    command
        .arg(Arg::new("tool").value_name("TOOL").required(true).help(tool))
        .arg(Arg::new("path").value_name("FILE|FOLDER").required(true).help("The file or folder to be read"))
        .arg(Arg::new("output").long("output").value_name("FOLDER").help(
            "Write each scenario to a file in this folder, in place of printing one; no file is overwritten",
        ))
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let fail_on = settings.one("fail-on", value::least_severity).unwrap_or(Some(Severity::Error));
    let text_of = |name| context.matches.get_one::<String>(name).map(String::as_str);
    let wanted = text_of("tool").unwrap_or_default();
    let Some(tool) = import::TABLE.iter().find(|tool| tool.name == wanted) else {
        let known = || import::TABLE.iter().map(|tool| tool.name);
        let near = text::nearest(wanted, known()).map(|near| format!("; did you mean `{near}`?"));
        let shown = text::harmless(wanted);
        let message =
            format!("files of `{shown}` can't be imported, expected one of {}", text::list(known()));
        return Err(Stop::Error(Error::Usage(message + &near.unwrap_or_default())));
    };
    let is_named = !settings.all("spec").is_empty();
    settings.check()?;
    let contracts =
        if is_named { load::usable_documents(context, settings)?.contracts() } else { Vec::new() };
    let imported = (tool.read)(Path::new(text_of("path").unwrap_or_default()), &contracts);
    for diagnostic in &imported.diagnostics {
        context.terminal.diagnostic(diagnostic);
    }
    if imported.scenarios.is_empty() {
        return Err(Stop::Error(Error::Unusable(format!("nothing was imported of {}", counted(&imported)))));
    }
    match text_of("output") {
        Some(folder) => {
            for path in written(Path::new(folder), &imported.scenarios)? {
                context.terminal.result(&path.display().to_string());
            }
        }
        None => context.terminal.result(&printed(&imported.scenarios)?.text),
    }
    if !is_named {
        let hint =
            "no document was named, so rules go by path and send content unchecked; name it with `--spec`";
        context.terminal.say(hint);
    }
    context.terminal.say(&counted(&imported));
    let worst = imported.diagnostics.iter().map(|diagnostic| diagnostic.severity).max();
    let is_failed = matches!((worst, fail_on), (Some(worst), Some(least)) if worst >= least);
    Ok(if is_failed { FINDINGS } else { CLEAN })
}

/// The one scenario that can be printed; several can't be in one file.
fn printed(scenarios: &[Scenario]) -> Result<&Scenario, Stop> {
    match scenarios {
        [one] => Ok(one),
        several => {
            let names = text::list(several.iter().map(|scenario| scenario.name.as_str()));
            let message = format!(
                "this makes {} scenarios whose states change apart from one another ({names}); write them to a \
                 folder with `--output FOLDER`",
                several.len()
            );
            Err(Stop::Error(Error::Usage(message)))
        }
    }
}

/// Writes each scenario to a file of its own; nothing is written if one of them is there already.
fn written(folder: &Path, scenarios: &[Scenario]) -> Result<Vec<PathBuf>, Stop> {
    let refused = |path: &Path, error: &io::Error| {
        Stop::Error(Error::Write { path: path.to_owned(), reason: error.to_string() })
    };
    fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    let paths = scenarios.iter().map(|scenario| folder.join(format!("{}.yaml", scenario.name)));
    let paths: Vec<PathBuf> = paths.collect();
    if let Some(path) = paths.iter().find(|path| path.exists()) {
        let message = format!("`{}` is there already; remove it, or name another folder", path.display());
        return Err(Stop::Error(Error::Usage(message)));
    }
    for (path, scenario) in paths.iter().zip(scenarios) {
        let file = File::create_new(path).and_then(|mut file| file.write_all(scenario.text.as_bytes()));
        file.map_err(|error| refused(path, &error))?;
    }
    Ok(paths)
}

fn counted(imported: &Imported) -> String {
    let Imported { stubs, imported, in_part, .. } = imported;
    let left_out = stubs.saturating_sub(*imported);
    format!("{}: {imported} imported ({in_part} in part), {left_out} left out", text::counted(*stubs, "stub"))
}
