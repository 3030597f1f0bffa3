//! Which of the operations that one method and path lead to a request means: the one whose declarations it keeps best.

use super::Engine;
use super::mount::Found;
use crate::check::{Areas, Standards};
use crate::message::Request;
use crate::router::Rival;
use crate::violation::Violation;

/// What tells operations apart that have one path: credentials say who asks, not what for.
const PARAMETERS: Areas = Areas { security: false, parameters: true, body: false };
const CONTENT: Areas = Areas { security: false, parameters: false, body: true };

impl Engine {
    /// Settles what was found on one of the operations that fit: the one that the request breaks least, counted in
    /// violations that are errors by themselves, the first declared of those that it breaks alike. What is judged and
    /// how severe it is set to be has no say, because this is routing.
    pub(super) fn choose(&self, found: &mut Found<'_>, request: &Request, query: Option<&str>) {
        if found.rivals.is_empty() {
            return;
        }
        let first = Rival { index: found.operation, parameters: std::mem::take(&mut found.parameters) };
        let mut rivals = std::mem::take(&mut found.rivals);
        rivals.insert(0, first);
        let errors = |rival: &Rival<'_>, areas: Areas| {
            let mount = &self.mounts.all[found.mount];
            let operation = &mount.contract.operations[rival.index];
            let (credentials, strictness) = (&self.options.credentials, self.options.strictness);
            let standards = Standards { areas, credentials, strictness };
            let checker = &mount.operation(rival.index).checker;
            let checked =
                checker.check(&mount.contract, operation, request, &rival.parameters, query, standards);
            checked.violations.iter().filter(|violation| Violation::is_error(violation)).count()
        };
        // Content takes longest to judge, and there may be hundreds: so only that of those is judged which could still
        // be the best by their parameters.
        let mut waiting: Vec<(usize, usize)> =
            rivals.iter().map(|rival| errors(rival, PARAMETERS)).zip(0..).collect();
        waiting.sort_unstable();
        let mut best: Option<(usize, usize)> = None;
        for (least, at) in waiting {
            if best.is_some_and(|best| best <= (least, at)) {
                break;
            }
            let whole = (least + errors(&rivals[at], CONTENT), at);
            best = Some(best.map_or(whole, |best| best.min(whole)));
        }
        let chosen = rivals.swap_remove(best.map_or(0, |(_, at)| at));
        (found.operation, found.parameters) = (chosen.index, chosen.parameters);
    }
}
