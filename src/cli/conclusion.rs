//! What becomes of a report at the end of a run: it is held against the baseline, written, and turned into an exit code.

use std::path::PathBuf;

use super::settings::value::{self, Output, WriteBaseline};
use super::settings::{Problem, Settings};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, Outcome};
use crate::admin::Measure;
use crate::clock::Clock;
use crate::drift::{Baseline, Entry};
use crate::error::Error;
use crate::report::{Exercised, FailOn, Format, Report};
use crate::text;

/// How many drifts, and how many entries of the baseline, are shown on standard error.
const MOST_SHOWN: usize = 20;

/// What the user asked for.
pub struct Conclusion {
    reports: Vec<Output>,
    coverage: Vec<Output>,
    fail_under: Option<f64>,
    /// `None` if it was not given.
    pub fail_on: Option<FailOn>,
    baseline: Option<PathBuf>,
    write_baseline: Option<WriteBaseline>,
    known: Baseline,
}

impl Conclusion {
    /// Takes what was asked for.
    pub fn read(settings: &mut Settings<'_>) -> Self {
        let baseline = settings.all("baseline").pop().map(|given| given.path(&given.text));
        let has_none = baseline.is_none();
        let write_baseline = settings.one("write-baseline", |text| {
            let write = value::write_baseline(text)?;
            if has_none {
                let help = Some("name the file with `--baseline FILE`".to_owned());
                return Err(Problem { expected: "`--baseline` beside it".to_owned(), help });
            }
            Ok(write)
        });
        Self {
            reports: settings.many("report", value::report),
            coverage: settings.many("coverage", value::coverage),
            fail_under: settings.one("fail-under", value::percent),
            fail_on: settings.one("fail-on", value::fail_on),
            baseline,
            write_baseline,
            known: Baseline::default(),
        }
    }

    /// Sees at the start that each file can be written, and reads the baseline: at the end all would be lost.
    pub fn prepare(&mut self) -> Result<(), Error> {
        if let Some(path) = &self.baseline {
            match std::fs::read_to_string(path) {
                Ok(json) => {
                    self.known = Baseline::read(&json).map_err(|reason| {
                        let path = path.display();
                        let help = "`standin schema baseline` describes one";
                        Error::Usage(format!("cannot use `{path}` as a baseline: {reason}; {help}"))
                    })?;
                }
                Err(error)
                    if error.kind() == std::io::ErrorKind::NotFound && self.write_baseline.is_some() => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let path = path.display();
                    let help = "`--write-baseline new` makes it of what is found";
                    return Err(Error::Usage(format!("the baseline `{path}` is not there; {help}")));
                }
                Err(error) => {
                    return Err(Error::Read { path: path.clone(), reason: error.to_string() });
                }
            }
        }
        let written = self.baseline.iter().filter(|_| self.write_baseline.is_some());
        let files = self.reports.iter().chain(&self.coverage).filter_map(|output| output.file.as_ref());
        for path in files.chain(written) {
            std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .map_err(|error| Error::Write { path: path.clone(), reason: error.to_string() })?;
        }
        Ok(())
    }

    /// Writes a format to standard output where no other report was asked for.
    pub fn or_print(&mut self, format: &'static Format) {
        if self.reports.is_empty() && self.coverage.is_empty() {
            self.reports.push(Output { format, file: None });
        }
    }

    /// What findings are held against before the end, where nothing is added to the baseline yet.
    pub fn measure(&self) -> Measure {
        Measure { baseline: self.known.clone(), fail_on: self.fail_on.clone().unwrap_or_default() }
    }

    /// Whether it matters what was exercised: of a large document, that takes a while to tell.
    pub fn is_about_coverage(&self) -> bool {
        !self.reports.is_empty() || !self.coverage.is_empty() || self.fail_under.is_some()
    }

    /// Tells and writes what was found. Gives the exit code, which findings change only where `--fail-on` was given.
    pub fn draw(mut self, terminal: &Terminal, report: Report) -> Outcome {
        let fail_on = self.fail_on.clone().unwrap_or_else(|| report.fail_on.clone());
        let folder = std::env::current_dir().unwrap_or_default();
        let mut report = Report { fail_on, ..report.seen_from(&folder) };
        self.hold(terminal, &mut report)?;
        // What goes to standard output need not be said twice.
        if self.reports.iter().all(|output| output.file.is_some()) {
            terminal.say(&report.summary(MOST_SHOWN));
        }
        for output in self.reports.iter().chain(&self.coverage) {
            let text = (output.format.render)(&report);
            match &output.file {
                None => terminal.result(&text),
                Some(path) => std::fs::write(path, text)
                    .map_err(|error| Error::Write { path: path.clone(), reason: error.to_string() })?,
            }
        }
        let is_under = self.is_under(terminal, &report);
        let is_failed = is_under || self.fail_on.is_some_and(|fail_on| report.fails(&fail_on));
        Ok(if is_failed { FINDINGS } else { CLEAN })
    }

    /// Whether too little was exercised, which is told.
    fn is_under(&self, terminal: &Terminal, report: &Report) -> bool {
        let Some(least) = self.fail_under else { return false };
        let found = Exercised::of(&report.coverage);
        let is_under = found.percent < least || found.of == 0;
        if is_under {
            let Exercised { exercised, of, percent, .. } = found;
            let help = "`--coverage text` tells what was not";
            terminal.say(&format!(
                "{exercised} of {of} points of the documents were exercised, {percent:.1} %, expected {least} % or more; {help}"
            ));
        }
        is_under
    }

    /// Holds a report against the baseline, which takes on what it is to.
    pub fn hold(&mut self, terminal: &Terminal, report: &mut Report) -> Result<(), Error> {
        let Some(path) = &self.baseline else { return Ok(()) };
        if let Some(write) = self.write_baseline {
            let added = self.known.accept(&report.drifts);
            if write == WriteBaseline::All {
                self.known.forget_absent(&report.drifts);
            }
            std::fs::write(path, self.known.written())
                .map_err(|error| Error::Write { path: path.clone(), reason: error.to_string() })?;
            let (path, all) = (path.display(), self.known.entries.len());
            let added = text::counted(added, "new drift");
            terminal.say(&format!("the baseline `{path}` accepts {added}, {all} in all"));
        }
        let today = Clock::System.now().day();
        let absent = self.known.apply(&mut report.drifts, &today);
        if absent.is_empty() {
            return Ok(());
        }
        let count = match absent.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        let help = "`--write-baseline all` takes out what did not occur";
        let mut lines = vec![format!("{count} of the baseline did not occur; {help}:")];
        lines.extend(absent.iter().take(MOST_SHOWN).map(|entry| told(entry)));
        if absent.len() > MOST_SHOWN {
            lines.push(format!("   … and {} more", absent.len() - MOST_SHOWN));
        }
        terminal.say(&lines.join("\n"));
        Ok(())
    }
}

fn told(entry: &Entry) -> String {
    let Entry { fingerprint, client, rule, document, operation, location, .. } = entry;
    text::harmless(&format!("   {fingerprint}  {rule}, {document}/{operation} at {location}, by `{client}`"))
}
