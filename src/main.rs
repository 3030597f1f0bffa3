//! The command `standin`.

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(standin::cli::tell_panic));
    let outcome = std::panic::catch_unwind(|| standin::cli::run(std::env::args_os()));
    // The hook has told what happened.
    ExitCode::from(outcome.unwrap_or(standin::cli::COULD_NOT_RUN))
}
