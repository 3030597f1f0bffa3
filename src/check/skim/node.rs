//! What is asked of the values at one place, by the type that they have in the text.

use std::sync::{Arc, OnceLock};

use super::strings::Strings;
use super::text::Mark;
use crate::check::names::node::Node as Named;
use crate::pointer::Pointer;

/// A value or name as it stands in a text.
pub(super) type Token = Box<[u8]>;

/// What is asked of the values at one place. Of a type that is missing nothing can be told here, whether it is allowed or
/// not.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) null: bool,
    /// `false`, then `true`.
    pub(super) booleans: [bool; 2],
    pub(super) numbers: Option<Box<Numbers>>,
    pub(super) strings: Option<Arc<Strings>>,
    pub(super) arrays: Option<Box<Arrays>>,
    pub(super) objects: Option<Box<Objects>>,
    /// Where alternatives say what is asked of objects.
    pub(super) tagged: Option<Box<Tagged>>,
    /// What the schemas say of names; `None` where nothing is said, and where there can be no name.
    pub(super) names: Option<Arc<Named>>,
}

impl Node {
    /// What a link to this node, at a place on the shelf, leads to.
    pub(super) fn as_end(self: &Arc<Self>, place: usize) -> End {
        let is_leaf = self.arrays.is_none() && self.objects.is_none() && self.tagged.is_none();
        if is_leaf { End::Leaf(Arc::clone(self)) } else { End::Place(place) }
    }
}

/// What is asked of numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The bounds of integers.
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    /// The bounds of others.
    pub(super) bounds: Vec<Bound>,
    /// Whether others can't be held against what is asked.
    pub(super) is_for_integers: bool,
    pub(super) divisors: Vec<i64>,
    pub(super) listed: Option<Vec<i64>>,
}

/// A bound of numbers, of at most fifteen digits.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) limit: f64,
    pub(super) keeps: fn(&f64, &f64) -> bool,
}

/// What is asked of arrays.
#[derive(Debug)]
pub(super) struct Arrays {
    pub(super) fewest: usize,
    pub(super) most: usize,
    pub(super) are_unique: bool,
    pub(super) items: Link,
}

/// What is asked of objects.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) fewest: usize,
    pub(super) most: usize,
    /// At most [`MOST_PROPERTIES`](super::object::MOST_PROPERTIES).
    pub(super) properties: Vec<Property>,
    /// A bit for each property that has to be there.
    pub(super) required: u128,
    /// Of properties by other names, if something can be told of them.
    pub(super) others: Option<Link>,
}

/// What is asked of objects by what a property says.
#[derive(Debug)]
pub(super) struct Tagged {
    /// The property, as [`Property::name`].
    pub(super) name: Token,
    /// Its values as they stand in a text, and the place of what is asked of objects that have them.
    pub(super) values: Vec<(Token, usize)>,
    /// Each requires the property.
    pub(super) shapes: Vec<Objects>,
}

/// What is asked of a property.
#[derive(Debug)]
pub(super) struct Property {
    /// As [`quoted`] has it.
    pub(super) name: Token,
    /// The name as most texts have it behind another member, from the comma to the colon.
    pub(super) following: Mark,
    /// The values as they stand in a text, of which it has one of each list: by it, they name schemas.
    pub(super) named: Vec<Vec<Token>>,
    /// `None` if nothing can be told of an object that has it.
    pub(super) value: Option<Link>,
    /// What is asked of its values that are strings, once a value has come by and if nothing else is: at hand, because most
    /// values are strings.
    pub(super) strings: OnceLock<Arc<Strings>>,
}

/// A string as it stands in a text, behind the first quotation mark and with the second; `None` if it can't stand there as
/// it is.
pub(super) fn quoted(text: &str) -> Option<Token> {
    let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    is_plain.then(|| [text.as_bytes(), b"\""].concat().into())
}

/// From a place to one inside of it.
#[derive(Debug)]
pub(super) struct Link {
    /// Where it leads, once that is made.
    pub(super) end: OnceLock<End>,
    pub(super) origin: Box<Origin>,
}

/// Where a link comes from, of which nothing is asked once its end is made.
#[derive(Debug)]
pub(super) struct Origin {
    /// The schemas that hold for the place, with all that they refer to.
    pub(super) schemas: Vec<Pointer>,
    pub(super) way: Way,
}

/// Where a link leads.
#[derive(Debug)]
pub(super) enum End {
    /// To a node that leads nowhere.
    Leaf(Arc<Node>),
    /// To a place on the shelf: links that lead on may lead back.
    Place(usize),
}

/// What a place is to the one around it.
#[derive(Debug, Clone)]
pub(super) enum Way {
    Whole,
    Property(Box<str>),
    OtherProperty,
    Item,
}

impl Link {
    pub(super) fn new(schemas: Vec<Pointer>, way: Way) -> Self {
        Self { end: OnceLock::new(), origin: Box::new(Origin { schemas, way }) }
    }
}
