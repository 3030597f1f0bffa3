//! The order in which stubs are asked, and the files that they go to: one for each scenario of `WireMock`, since a file has
//! one state, and one for the rest.

use std::collections::BTreeMap;

use http::Method;

use super::matcher;
use super::stub::Stub;
use crate::diagnostic::Diagnostic;
use crate::scenario::format::When;
use crate::scenario::predicate::{Predicate, Tests};

/// Stubs for more operations than these are taken to meet all others: to compare them takes long.
const FEW: usize = 20;

/// The stubs of one file, in order.
pub(super) struct Group<'a> {
    /// The scenario of `WireMock` whose states these are; `None` for the rest.
    pub(super) machine: Option<String>,
    pub(super) stubs: Vec<Stub<'a>>,
}

/// Puts stubs into the order in which `WireMock` asks them: by priority, and the last one added first.
pub(super) fn sort(stubs: &mut Vec<Stub<'_>>) {
    stubs.reverse();
    stubs.sort_by_key(|stub| stub.priority);
}

/// Lets stubs for a whole URL pass over requests with query parameters that other stubs of the path ask for.
pub(super) fn separate(stubs: &mut [Stub<'_>]) {
    let mut asked: BTreeMap<String, Vec<(Option<Method>, String)>> = BTreeMap::new();
    for stub in stubs.iter() {
        if let Some(path) = &stub.route.path {
            let names = stub.rule.when.query.keys().map(|name| (stub.route.method.clone(), name.clone()));
            asked.entry(path.clone()).or_default().extend(names);
        }
    }
    for stub in stubs.iter_mut().filter(|stub| stub.route.is_whole_url) {
        let names = stub.route.path.as_ref().and_then(|path| asked.get(path));
        for (method, name) in names.into_iter().flatten() {
            let absent = || Predicate::Tests(Box::new(Tests { present: Some(false), ..Tests::default() }));
            if share_a_method(stub.route.method.as_ref(), method.as_ref())
                && !stub.rule.when.query.contains_key(name)
            {
                let query = [(name.clone(), absent())].into();
                matcher::add(&mut stub.rule.when, When { query, ..When::default() });
            }
        }
    }
}

fn share_a_method(one: Option<&Method>, other: Option<&Method>) -> bool {
    one == other || one.is_none() || other.is_none()
}

/// Gives each rule a name of its own: draws go by it.
pub(super) fn name_apart(stubs: &mut [Stub<'_>]) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for stub in stubs {
        let Some(name) = &mut stub.rule.name else { continue };
        let wanted = name.clone();
        while taken.contains_key(name) {
            let count = taken.entry(wanted.clone()).or_insert(1);
            *count += 1;
            *name = format!("{wanted}, {count}");
        }
        taken.insert(name.clone(), 1);
    }
}

/// Deals sorted stubs out to files. A stub without a state goes to the file of one that it has to be asked before, else to
/// the last file; where that can't keep the order, it is told.
pub(super) fn deal<'a>(stubs: Vec<Stub<'a>>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Group<'a>> {
    let mut machines: Vec<Option<String>> = Vec::new();
    for machine in stubs.iter().filter_map(|stub| stub.machine.clone()) {
        if !machines.contains(&Some(machine.clone())) {
            machines.push(Some(machine));
        }
    }
    // The stubs without a state go to the only file where there is one.
    if machines.len() != 1 {
        machines.push(None);
    }
    let last = machines.len() - 1;
    let place = |index: usize| {
        let stub = &stubs[index];
        if stub.machine.is_some() {
            return machines.iter().position(|machine| *machine == stub.machine).unwrap_or(last);
        }
        let behind =
            stubs[index + 1..].iter().filter(|other| other.machine.is_some() && can_meet(stub, other));
        let places = behind.filter_map(|other| machines.iter().position(|machine| *machine == other.machine));
        if last == 0 { 0 } else { places.min().unwrap_or(last) }
    };
    let places: Vec<usize> = (0..stubs.len()).map(place).collect();
    for (index, stub) in stubs.iter().enumerate().filter(|_| last > 0) {
        let before = stubs[..index].iter().zip(&places);
        let passed = before.filter(|(_, at)| **at > places[index]).find(|(other, _)| can_meet(stub, other));
        if let Some((other, _)) = passed {
            let message = format!(
                "the stub is asked before `{}`, which has to come first",
                other.rule.name.as_deref().unwrap_or_default()
            );
            let diagnostic = Diagnostic::warning("stub-in-part", message).at(Some(stub.part.span()));
            diagnostics.push(diagnostic.help("their states are in two files; give both stubs one scenario"));
        }
    }
    let mut groups: Vec<Group<'a>> =
        machines.into_iter().map(|machine| Group { machine, stubs: Vec::new() }).collect();
    for (stub, place) in stubs.into_iter().zip(places) {
        groups[place].stubs.push(stub);
    }
    groups.retain(|group| !group.stubs.is_empty());
    groups
}

/// Whether one request may fit both.
fn can_meet(one: &Stub<'_>, other: &Stub<'_>) -> bool {
    let (a, b) = (&one.route, &other.route);
    let share = || a.operations.iter().any(|place| b.operations.contains(place));
    let is_few = |operations: &[(usize, usize)]| (1..=FEW).contains(&operations.len());
    let is_known_apart = is_few(&a.operations) && is_few(&b.operations) && !share();
    let has_other_path = matches!((&a.path, &b.path), (Some(one), Some(other)) if one != other);
    let has_other_method =
        matches!((&a.when.method, &b.when.method), (Some(one), Some(other)) if one != other);
    !is_known_apart && !has_other_path && !has_other_method
}
