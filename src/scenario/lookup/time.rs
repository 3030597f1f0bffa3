//! Chances and windows of time.

use super::{Lookup, Told};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::scenario::format::ScenarioRule;
use crate::scenario::window::{Chance, Window};

impl Lookup<'_> {
    /// How likely a rule fires; `None` if a mistake makes it unusable.
    pub(super) fn chance(&mut self, rule: &ScenarioRule, at: &Pointer) -> Option<Chance> {
        let given = [
            ("chance", rule.chance.is_some()),
            ("ramp", rule.ramp.is_some()),
            ("recovery", rule.recovery.is_some()),
        ];
        self.at_most_one(&given, at)?;
        if let Some(chance) = rule.chance {
            self.probability(chance, &at.join("chance"))?;
            return Some(Chance::Fixed(chance));
        }
        if let Some(ramp) = &rule.ramp {
            let at = at.join("ramp");
            self.probability(ramp.from, &at.join("from"))?;
            self.probability(ramp.to, &at.join("to"))?;
            let start = ramp.after.map_or(0, |span| span.0);
            let over = ramp.over.0;
            return Some(Chance::Sloped { from: ramp.from, to: ramp.to, start, over });
        }
        if let Some(recovery) = &rule.recovery {
            self.probability(recovery.from, &at.join("recovery").join("from"))?;
            let start = recovery.after.map_or(0, |span| span.0);
            let over = recovery.over.0;
            return Some(Chance::Sloped { from: recovery.from, to: 0.0, start, over });
        }
        Some(Chance::Sure)
    }

    fn probability(&mut self, value: f64, at: &Pointer) -> Option<()> {
        if (0.0..=1.0).contains(&value) {
            return Some(());
        }
        let message = format!("the chance is {value}, expected 0 to 1");
        self.report(Diagnostic::error("wrong-chance", message), at);
        None
    }

    /// When a rule fires; `None` means at any time.
    pub(super) fn window(&mut self, rule: &ScenarioRule, at: &Pointer) -> Result<Option<Window>, Told> {
        let Some(outage) = &rule.outage else { return Ok(None) };
        let window = Window {
            from: outage.from.map_or(0, |span| span.0),
            length: outage.length.map(|span| span.0),
            every: outage.every.map(|span| span.0),
        };
        let at = at.join("outage");
        let (message, key) = match (window.length, window.every) {
            (Some(0), _) => ("the outage lasts no time", "for"),
            (None, Some(_)) => ("an outage that comes again needs `for`, how long it lasts", "every"),
            (Some(length), Some(every)) if every <= length => {
                ("the outage begins again before it is over; `every` counts from its beginning", "every")
            }
            (Some(_) | None, _) => return Ok(Some(window)),
        };
        self.report(Diagnostic::error("wrong-outage", message), &at.join(key));
        Err(Told)
    }
}
