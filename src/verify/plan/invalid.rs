//! The invalid cases of an operation: each constraint broken once, in a request that is otherwise good.

use bytes::Bytes;

use super::{Listing, called};
use crate::contract::Location;
use crate::media_type::Kind;
use crate::verify::case::{Draft, Nature, Payload, Shown};
use crate::verify::values::Source;
use crate::violation::Breach;

/// A media type that no document declares.
const UNDECLARED: &str = "application/x-standin-undeclared";
/// Texts of which one is of another type than most parameters.
const OTHERS: [&str; 3] = ["not-a-value", "0.5", "true"];

impl Listing<'_> {
    /// Adds the invalid cases.
    pub(super) fn invalid(&mut self, base: &Draft, whole: Option<&Draft>) {
        self.of_credentials(base);
        self.of_parameters(base);
        self.of_groups(base);
        if let Some(whole) = whole {
            self.of_content(whole);
        }
    }

    fn of_credentials(&mut self, base: &Draft) {
        if self.maker.operation.security.is_empty() {
            return;
        }
        for (name, shown) in [("missing", Shown::None), ("wrong", Shown::Wrong)] {
            // Where credentials are optional, or a given header field has them, there is nothing to break.
            let draft = Draft { shown, ..base.clone() };
            if self.is_breach(&draft) {
                self.add(format!("invalid/credentials/{name}"), Nature::Invalid, draft);
            }
        }
    }

    fn is_breach(&self, draft: &Draft) -> bool {
        self.maker.confirmed(draft, &Nature::Invalid).is_ok()
    }

    fn of_parameters(&mut self, base: &Draft) {
        let mut drafts = Vec::new();
        for source in &self.sources {
            let (called, parameter) = (called(source), source.parameter());
            if parameter.required && parameter.location != Location::Path {
                drafts.push((format!("invalid/{called}/missing"), base.without(source.index())));
            }
            for (place, breach, value) in source.breaks(&self.maker) {
                let mut draft = base.with(source.index(), value);
                // A number as a text is the number again where all is text.
                if breach == Breach::Type && place.is_empty() && !self.is_breach(&draft) {
                    let others = OTHERS.iter().map(|text| base.with(source.index(), (*text).into()));
                    draft = others.into_iter().find(|draft| self.is_breach(draft)).unwrap_or(draft);
                }
                drafts.push((format!("invalid/{called}{place}/{breach}"), draft));
            }
        }
        for (name, draft) in drafts {
            self.add(name, Nature::Invalid, draft);
        }
    }

    /// Parameters of a group that exclude one another, sent together.
    fn of_groups(&mut self, base: &Draft) {
        let mut drafts = Vec::new();
        for group in &self.maker.operation.groups {
            let is_member = |source: &&Source<'_>| {
                let parameter = source.parameter();
                parameter.location == Location::Query && group.names.contains(&parameter.name)
            };
            let members: Vec<&Source<'_>> = self.sources.iter().filter(is_member).take(2).collect();
            let mut draft = base.clone();
            for member in &members {
                let Some(argument) = member.usual() else { continue };
                draft = draft.with(member.index(), argument.value);
            }
            let names: Vec<&str> = members.iter().map(|member| member.parameter().name.as_str()).collect();
            drafts.push((format!("invalid/query.{}/conflict", names.join("+")), draft));
        }
        for (name, draft) in drafts {
            self.add(name, Nature::Invalid, draft);
        }
    }

    fn of_content(&mut self, base: &Draft) {
        let Some(good) = base.payload.clone() else { return };
        let Some(main) = self.main_content() else { return };
        let kind = main.media_type().kind();
        let broken = main.breaks(&self.maker, &good);
        if self.maker.operation.body.as_ref().is_some_and(|body| body.required) {
            self.add("invalid/body/missing".to_owned(), Nature::Invalid, base.carrying(None));
        }
        let other = Payload { content_type: UNDECLARED.to_owned(), ..good.clone() };
        self.add("invalid/body/media-type".to_owned(), Nature::Invalid, base.carrying(Some(other)));
        if matches!(kind, Kind::Json | Kind::Xml | Kind::JsonLines) {
            let cut = good.bytes.slice(..good.bytes.len().saturating_sub(1));
            let cut = if cut.is_empty() { Bytes::from_static(b"{") } else { cut };
            let cut = Payload { value: None, bytes: cut, ..good };
            self.add("invalid/body/unreadable".to_owned(), Nature::Invalid, base.carrying(Some(cut)));
        }
        for (place, breach, payload) in broken {
            let name = format!("invalid/body{place}/{breach}");
            self.add(name, Nature::Invalid, base.carrying(Some(payload)));
        }
    }
}
