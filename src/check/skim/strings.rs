//! The strings of a text: values that are listed, formats, patterns and lengths.

use super::format::Format;
use super::node::Token;
use super::pattern::Row;
use super::set::plain;
use super::text::{Mark, Text, Written};

/// What is asked of strings.
#[derive(Debug)]
pub(super) struct Strings {
    /// In characters.
    shortest: usize,
    longest: usize,
    look: Look,
}

/// What strings have to look like.
// Told apart by a byte: put into some value's unused ones, it takes more steps to read than there are to come for most.
#[repr(u8)]
#[derive(Debug)]
enum Look {
    /// Like any.
    Any,
    /// Like one thing that is recognized by its start.
    Start(fn(&[u8]) -> Option<usize>),
    Row(Row),
    /// Like one of these, as they stand in a text: behind the first quotation mark and with the second.
    Listed(Box<[Mark]>),
    /// Like several things, or one that is recognized whole.
    Whole(Box<[Shape]>),
}

/// What a string has to look like.
#[derive(Debug)]
pub(super) enum Shape {
    Format(Format),
    Pattern(Row),
}

impl Shape {
    /// Whether a string is sure to look like it.
    fn takes(&self, text: &[u8]) -> bool {
        match self {
            Self::Format(Format::Start(start)) => start(text) == Some(text.len()),
            Self::Format(Format::Whole(recognizes)) => recognizes(text),
            Self::Pattern(row) => row.start(text).is_some_and(|end| end == text.len() || row.is_open()),
        }
    }
}

impl Strings {
    /// Strings of a length, that look like all of the shapes and are one of those that are listed, as [`quoted`] has them.
    ///
    /// [`quoted`]: super::node::quoted
    pub(super) fn new(
        (shortest, longest): (usize, usize),
        mut shapes: Vec<Shape>,
        listed: Option<Vec<Token>>,
    ) -> Self {
        let look = match shapes.pop() {
            None => Look::Any,
            Some(Shape::Format(Format::Start(start))) if shapes.is_empty() => Look::Start(start),
            Some(Shape::Pattern(row)) if shapes.is_empty() && !row.is_open() => Look::Row(row),
            Some(last) => {
                shapes.push(last);
                Look::Whole(shapes.into())
            }
        };
        let strings = Self { shortest, longest, look };
        let Some(listed) = listed else { return strings };
        let is_allowed = |token: &&Token| strings.take(Text(token)).is_some_and(Text::ends);
        let marks = listed.iter().filter(is_allowed).map(|token| Mark::new(token)).collect();
        Self { look: Look::Listed(marks), ..strings }
    }

    /// Passes over a string that is sure to be allowed, behind its first quotation mark.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "most values are strings, and a call costs as much as a short one"
    )]
    pub(super) fn take<'t>(&self, text: Text<'t>) -> Option<Text<'t>> {
        let length = match &self.look {
            Look::Any => {
                // It may hold escapes, and characters of several bytes.
                return self.passed(text, plain(text.0)).or_else(|| self.take_whole(&[], text));
            }
            Look::Start(start) => start(text.0)?,
            Look::Row(row) => row.start(text.0)?,
            Look::Listed(marks) => return marks.iter().find_map(|mark| text.past_mark(mark)),
            Look::Whole(shapes) => return self.take_whole(shapes, text),
        };
        self.passed(text, length)
    }

    /// What is behind a string that has to end behind so many bytes, of which each is a character.
    #[inline]
    fn passed<'t>(&self, text: Text<'t>, length: usize) -> Option<Text<'t>> {
        let is_allowed = length >= self.shortest && length <= self.longest;
        if is_allowed { text.past_end(length) } else { None }
    }

    #[inline(never)]
    fn take_whole<'t>(&self, shapes: &[Shape], text: Text<'t>) -> Option<Text<'t>> {
        let (written, behind) = text.string()?;
        let is_right = |shape: &Shape| written.is_plain && shape.takes(written.text);
        (self.is_long_enough(written) && shapes.iter().all(is_right)).then_some(behind)
    }

    fn is_long_enough(&self, written: Written<'_>) -> bool {
        let bytes = written.text.len();
        // A character has at most four bytes.
        let is_sure = written.is_plain && bytes <= self.longest && bytes.div_ceil(4) >= self.shortest;
        is_sure || (self.shortest..=self.longest).contains(&written.length())
    }
}
