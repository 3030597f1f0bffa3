//! The strings of a text: values that are listed, formats, patterns and lengths.

use super::format::Format;
use super::node::Token;
use super::pattern::Row;
use super::text::{Text, Written};

/// What is asked of strings.
#[derive(Debug, Default)]
pub(super) struct Strings {
    /// In characters.
    pub(super) shortest: usize,
    pub(super) longest: usize,
    pub(super) shapes: Vec<Shape>,
    /// As they stand in a text, behind the first quotation mark and with the second.
    pub(super) listed: Option<Vec<Token>>,
}

/// What a string has to look like.
#[derive(Debug)]
pub(super) enum Shape {
    Format(Format),
    Pattern(Row),
}

impl Shape {
    /// How many of the first bytes of a text look like it, of which none is special in JSON and each is a character; `None`
    /// if that can't be told before it is known where the string ends, or if none do.
    #[inline]
    fn start(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Format(Format::Start(start)) => start(text),
            Self::Pattern(row) if !row.is_open() => row.start(text),
            Self::Format(Format::Whole(_)) | Self::Pattern(_) => None,
        }
    }

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
    /// Passes over a string, behind its first quotation mark. Whether it is sure to be allowed.
    #[inline]
    pub(super) fn take(&self, text: &mut Text<'_>) -> bool {
        match (&self.listed, &*self.shapes) {
            (None, []) => text.string().is_some_and(|written| self.is_long_enough(written)),
            (None, [shape]) => self.takes_start(shape, text) || self.takes_whole(text),
            _ => self.takes_whole(text),
        }
    }

    /// Passes over a string that ends where what looks right does.
    #[inline]
    fn takes_start(&self, shape: &Shape, text: &mut Text<'_>) -> bool {
        let rest = text.rest();
        let Some(length) = shape.start(rest) else { return false };
        let is_whole = rest.get(length) == Some(&b'"') && length >= self.shortest && length <= self.longest;
        if is_whole {
            text.pass(length + 1);
        }
        is_whole
    }

    #[inline(never)]
    fn takes_whole(&self, text: &mut Text<'_>) -> bool {
        let rest = text.rest();
        if let Some(listed) = &self.listed
            && !listed.iter().any(|token| rest.starts_with(token))
        {
            return false;
        }
        text.string().is_some_and(|written| {
            let is_right = |shape: &Shape| written.is_plain && shape.takes(written.text);
            self.is_long_enough(written) && self.shapes.iter().all(is_right)
        })
    }

    #[inline]
    fn is_long_enough(&self, written: Written<'_>) -> bool {
        let bytes = written.text.len();
        // A character has at most four bytes, and most have one.
        let is_long =
            || bytes.div_ceil(4) >= self.shortest || bytes >= self.shortest && written.text.is_ascii();
        if written.is_plain && bytes <= self.longest && is_long() {
            return true;
        }
        let length = written.length();
        length >= self.shortest && length <= self.longest
    }
}
