//! Commands that are planned: refused with a word, never accepted without effect.

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::Stop;
use crate::error::Error;

const fn planned(name: &'static str, run: fn(&Context<'_>, &mut Settings<'_>) -> Outcome) -> Definition {
    Definition {
        name,
        about: "Not built yet",
        examples: "",
        takes: Takes::Anything,
        arguments: |command| command,
        run,
    }
}

/// `standin verify`.
pub const VERIFY: Definition = planned("verify", |_, _| refused("verify"));
fn refused(name: &str) -> Outcome {
    Err(Stop::Error(Error::Usage(format!(
        "`standin {name}` is not built yet; `standin --help` lists what is"
    ))))
}
