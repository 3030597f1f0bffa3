//! The baseline: which drifts of which clients are known and accepted, and until when.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Drift, Fingerprint};
use crate::text;

/// The only version of the format so far.
const VERSION: u32 = 1;
/// Stands for every client.
const ANYBODY: &str = "*";

/// Drifts that are known: they are no failures, as long as they are those of the clients that are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "standin baseline", deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The version of this format: 1.
    pub version: u32,
    /// What is accepted, by document, operation, place in the message, rule and client.
    pub entries: Vec<Entry>,
}

/// One drift of one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The drift's fingerprint, as reports have it: what decides.
    pub fingerprint: Fingerprint,
    /// The client, as reports name it; `*` for every one.
    pub client: String,
    /// The rule's code, for readers.
    #[serde(default)]
    pub rule: String,
    /// The document, for readers.
    #[serde(default)]
    pub document: String,
    /// The operation, for readers.
    #[serde(default)]
    pub operation: String,
    /// The place in the message, for readers.
    #[serde(default)]
    pub location: String,
    /// The last day on which it is accepted, in UTC, such as `2026-01-31`; without one it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Why it is accepted, for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Default for Baseline {
    fn default() -> Self {
        Self { version: VERSION, entries: Vec::new() }
    }
}

impl Baseline {
    /// Reads a baseline. Errors tell where and what is wrong with it.
    pub fn read(json: &str) -> Result<Self, String> {
        let baseline: Self = super::from_json(json.as_bytes())?;
        if baseline.version != VERSION {
            let version = baseline.version;
            return Err(format!("at `version`: {version} is not known to this standin, expected {VERSION}"));
        }
        for (index, entry) in baseline.entries.iter().enumerate() {
            let Some(day) = &entry.expires else { continue };
            if !day.parse::<Date>().is_ok_and(|date| date.to_string() == *day) {
                let shown = text::harmless(&text::shortened(day, 40));
                return Err(format!(
                    "at `entries[{index}].expires`: `{shown}` is no day, expected one such as `2026-01-31`"
                ));
            }
        }
        Ok(baseline)
    }

    /// The baseline as its file has it: sorted, so that a change is a change of few lines.
    ///
    /// # Panics
    ///
    /// Never: it holds nothing that JSON can't.
    pub fn written(&self) -> String {
        let mut sorted = self.clone();
        sorted.entries.sort_by(|one, other| one.place().cmp(&other.place()));
        // A baseline holds nothing that JSON can't.
        serde_json::to_string_pretty(&sorted).unwrap_or_default() + "\n"
    }

    /// Notes in each drift of whom it is accepted today (`2026-01-31`), and if that has run out. Gives the entries that did
    /// not occur.
    pub fn apply(&self, drifts: &mut [Drift], today: &str) -> Vec<&Entry> {
        let mut occurred = BTreeSet::new();
        for drift in drifts {
            for (index, entry) in self.entries.iter().enumerate() {
                if entry.fingerprint != drift.fingerprint || !entry.is_of(drift) {
                    continue;
                }
                occurred.insert(index);
                match &entry.expires {
                    // Days in this form sort as they follow each other.
                    Some(day) if day.as_str() < today => {
                        drift.expired = drift.expired.take().max(Some(day.clone()));
                    }
                    Some(_) | None if entry.client == ANYBODY => {
                        drift.accepted.insert(ANYBODY.to_owned());
                    }
                    Some(_) | None => {
                        drift.accepted.insert(entry.client.clone());
                    }
                }
            }
            if drift.is_known() {
                drift.expired = None;
            }
        }
        let entries = self.entries.iter().enumerate();
        entries.filter(|(index, _)| !occurred.contains(index)).map(|(_, entry)| entry).collect()
    }

    /// Adds what is not there yet, and gives how much that was. An entry that has run out is not renewed: whoever wants
    /// that changes its day.
    pub fn accept(&mut self, drifts: &[Drift]) -> usize {
        let before = self.entries.len();
        for drift in drifts {
            let of_drift = |client: &str| Entry {
                fingerprint: drift.fingerprint,
                client: client.to_owned(),
                rule: drift.rule.clone(),
                document: drift.document.clone(),
                operation: drift.operation.clone(),
                location: drift.location.clone(),
                expires: None,
                reason: None,
            };
            // Clients that there was no room for can't be named.
            let clients: Vec<&str> = if drift.other_callers > 0 {
                vec![ANYBODY]
            } else {
                drift.callers.keys().map(String::as_str).collect()
            };
            for client in clients {
                let is_there = self.entries.iter().any(|entry| {
                    entry.fingerprint == drift.fingerprint
                        && [ANYBODY, client].contains(&entry.client.as_str())
                });
                if !is_there {
                    self.entries.push(of_drift(client));
                }
            }
        }
        self.entries.len() - before
    }

    /// Takes out what did not occur.
    pub fn forget_absent(&mut self, drifts: &[Drift]) {
        let occurs = |entry: &Entry| {
            drifts.iter().any(|drift| entry.fingerprint == drift.fingerprint && entry.is_of(drift))
        };
        self.entries.retain(occurs);
    }
}

impl Entry {
    /// Whether it speaks of somebody who did the drift.
    fn is_of(&self, drift: &Drift) -> bool {
        self.client == ANYBODY || drift.callers.contains_key(&self.client)
    }

    fn place(&self) -> impl Ord {
        let Self { fingerprint, client, rule, document, operation, location, .. } = self.clone();
        (document, operation, location, rule, fingerprint, client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::Ledger;
    use crate::drift::ledger::tests::exchange_of;

    /// The drifts of clients, each a mistake in an item of its own kind.
    fn drifts(seen: &[(&str, &str)]) -> Vec<Drift> {
        let ledger = Ledger::default();
        for (client, property) in seen {
            ledger.enter(&exchange_of(client, property));
        }
        ledger.drifts()
    }

    fn known(drifts: &[Drift]) -> Vec<bool> {
        drifts.iter().map(Drift::is_known).collect()
    }

    #[test]
    fn what_is_accepted_of_one_client_is_new_of_another() {
        let mut baseline = Baseline::default();
        assert_eq!(baseline.accept(&drifts(&[("app", "a"), ("app", "b")])), 2);
        let mut same = drifts(&[("app", "a"), ("app", "b")]);
        assert!(baseline.apply(&mut same, "2026-01-01").is_empty());
        assert_eq!(known(&same), [true, true]);
        let mut other = drifts(&[("app", "a"), ("web", "a")]);
        let absent = baseline.apply(&mut other, "2026-01-01");
        assert_eq!(known(&other), [false]);
        assert_eq!(absent.len(), 1, "the mistake in `b` did not occur");
        assert_eq!(baseline.accept(&other), 1);
        baseline.forget_absent(&other);
        let clients: Vec<&str> = baseline.entries.iter().map(|entry| entry.client.as_str()).collect();
        assert_eq!(clients, ["app", "web"]);
    }

    #[test]
    fn an_entry_that_has_run_out_counts_no_more_and_is_not_renewed() {
        let mut baseline = Baseline::default();
        baseline.accept(&drifts(&[("app", "a")]));
        baseline.entries[0].expires = Some("2026-01-31".into());
        for (today, is_known, expired) in
            [("2026-01-31", true, None), ("2026-02-01", false, Some("2026-01-31".to_owned()))]
        {
            let mut found = drifts(&[("app", "a")]);
            baseline.apply(&mut found, today);
            assert_eq!((found[0].is_known(), found[0].expired.clone()), (is_known, expired), "{today}");
        }
        assert_eq!(baseline.accept(&drifts(&[("app", "a")])), 0);
    }

    #[test]
    fn everybody_can_be_named() {
        let mut baseline = Baseline::default();
        let clients: Vec<String> = (0..40).map(|number| format!("app/{number}")).collect();
        let seen: Vec<(&str, &str)> = clients.iter().map(|client| (client.as_str(), "a")).collect();
        let mut found = drifts(&seen);
        assert_eq!(baseline.accept(&found), 1, "too many to be told apart");
        assert_eq!(baseline.entries[0].client, "*");
        baseline.apply(&mut found, "2026-01-01");
        assert_eq!(known(&found), [true]);
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written_and_its_mistakes_are_told() {
        let mut baseline = Baseline::default();
        baseline.accept(&drifts(&[("web", "b"), ("app", "a"), ("app", "b")]));
        let text = baseline.written();
        assert_eq!(Baseline::read(&text).unwrap().written(), text);
        let mut turned = baseline.clone();
        turned.entries.reverse();
        assert_eq!(turned.written(), text, "the order is the file's own");
        let table = [
            (r#"{"version": 2, "entries": []}"#, "at `version`: 2 is not known"),
            (r#"{"version": 1}"#, "missing field `entries`"),
            (r#"{"version": 1, "entries": [], "x": 1}"#, "unknown field `x`"),
            (
                r#"{"version": 1, "entries": [{"fingerprint": "0", "client": "a"}]}"#,
                "at `entries[0].fingerprint`: `0` is no fingerprint",
            ),
            (
                r#"{"version": 1, "entries": [{"fingerprint": "0000000000000000", "client": "a", "expires": "2026-1-1"}]}"#,
                "at `entries[0].expires`: `2026-1-1` is no day",
            ),
            ("[]", "line 1"),
            ("{", "line 1"),
        ];
        for (json, expected) in table {
            let told = Baseline::read(json).unwrap_err();
            assert!(told.contains(expected), "{json}: {told}");
        }
    }
}
