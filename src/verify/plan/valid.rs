//! The valid cases of an operation: the least that it takes, the document's examples, generated values, edges.

use super::{Listing, called, focus};
use crate::contract::{Location, Parameter};
use crate::verify::case::{Argument, Draft, Focus, Nature, Payload, Shown};
use crate::verify::values::Source;

/// How many requests are made of generated values only.
const GENERATED: u64 = 2;

impl Listing<'_> {
    /// Adds the valid cases.
    pub(super) fn valid(&mut self, base: &Draft, whole: Option<&Draft>) {
        self.add("valid/least".to_owned(), Nature::Valid(None), base.clone());
        self.of_examples(base);
        for nth in 1..=GENERATED {
            self.of_schemas(nth);
        }
        self.edges_of_parameters(base);
        if let Some(whole) = whole {
            self.edges_of_content(whole);
        }
    }

    /// The document's examples: of all parameters that have one, and each of the content.
    fn of_examples(&mut self, base: &Draft) {
        let mut chosen = Chosen::default();
        let is_in_base = |source: &Source<'_>| base.arguments.iter().any(|one| is_of(one, source));
        let sources = self
            .sources
            .iter()
            .filter(|source| is_in_base(source) || source.has_example() && !source.parameter().deprecated);
        let arguments = sources.filter(|source| self.may_stand(&mut chosen, source.parameter()));
        let arguments: Vec<Argument> = arguments.filter_map(Source::usual).collect();
        let whole = Draft { arguments, ..base.clone() };
        let payloads: Vec<(Option<String>, Payload)> =
            self.contents.iter().flat_map(|content| content.examples(&self.maker)).collect();
        if payloads.is_empty() {
            return self.add("valid/example".to_owned(), Nature::Valid(None), whole);
        }
        for (name, payload) in payloads {
            let name =
                name.map_or_else(|| "valid/example".to_owned(), |name| format!("valid/example/{name}"));
            self.add(name, Nature::Valid(None), whole.carrying(Some(payload)));
        }
    }

    /// All parameters and each content, of generated values.
    fn of_schemas(&mut self, nth: u64) {
        let mut chosen = Chosen { turn: nth as usize, ..Chosen::default() };
        let sources = self.sources.iter().filter(|source| {
            let parameter = source.parameter();
            parameter.required || parameter.location == Location::Path || !parameter.deprecated
        });
        let sources = sources.filter(|source| self.may_stand(&mut chosen, source.parameter()));
        // An optional one without a value is no loss.
        let arguments: Vec<Argument> = sources
            .filter_map(|source| if source.is_given() { source.usual() } else { source.drawn(nth) })
            .collect();
        let draft = Draft { arguments, payload: None, shown: Shown::Good };
        let payloads: Vec<(String, Payload)> = self
            .contents
            .iter()
            .filter_map(|content| Some((content.media_type().essence(), content.generated(nth)?)))
            .collect();
        if payloads.is_empty() {
            return self.add(format!("valid/generated/{nth}"), Nature::Valid(None), draft);
        }
        let is_only = payloads.len() == 1;
        for (media_type, payload) in payloads {
            let of = if is_only { String::new() } else { format!("/{media_type}") };
            let draft = draft.carrying(Some(payload));
            self.add(format!("valid/generated/{nth}{of}"), Nature::Valid(None), draft);
        }
    }

    fn edges_of_parameters(&mut self, base: &Draft) {
        let mut cases = Vec::new();
        for source in self.sources.iter().filter(|source| !source.is_given()) {
            for (what, value) in source.edges() {
                let name = format!("valid/edge/{}/{what}", called(source));
                cases.push((name, focus(source, &what), base.with(source.index(), value)));
            }
        }
        for (name, focus, draft) in cases {
            self.add(name, Nature::Valid(Some(focus)), draft);
        }
    }

    fn edges_of_content(&mut self, whole: &Draft) {
        let Some(main) = self.main_content() else { return };
        let pointer = main.content().pointer.clone();
        let edges = main.edges();
        for (what, payload) in edges {
            // `data.items: empty`: the place, and what is special there.
            let (place, _) = what.split_once(": ").unwrap_or(("", &what));
            let place = place.split('.').filter(|part| !part.is_empty()).map(str::to_owned);
            let location = ["request", "body"].map(str::to_owned).into_iter().chain(place).collect();
            let focus = Focus { location, pointer: pointer.clone(), what: format!("body {what}") };
            self.add(
                format!("valid/edge/body/{what}"),
                Nature::Valid(Some(focus)),
                whole.carrying(Some(payload)),
            );
        }
    }

    /// Whether a parameter can be sent beside those that were chosen: of a group that excludes one another, only one is.
    fn may_stand(&self, chosen: &mut Chosen, parameter: &Parameter) -> bool {
        let mut groups = self.maker.operation.groups.iter().enumerate();
        let Some((index, group)) = groups.find(|(_, group)| group.names.contains(&parameter.name)) else {
            return true;
        };
        if parameter.location != Location::Query || chosen.groups.contains(&index) {
            return parameter.location != Location::Query;
        }
        let wanted = &group.names[chosen.turn % group.names.len().max(1)];
        let is_wanted = *wanted == parameter.name || parameter.required;
        if is_wanted {
            chosen.groups.push(index);
        }
        is_wanted
    }
}

/// Which groups of parameters have one that is sent.
#[derive(Default)]
struct Chosen {
    groups: Vec<usize>,
    /// Which of a group's parameters is sent.
    turn: usize,
}

fn is_of(argument: &Argument, source: &Source<'_>) -> bool {
    source.index() == argument.parameter
}
