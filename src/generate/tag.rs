//! What discriminators say of values that are made: which property names the schema that was taken, and by which name.

use std::sync::Arc;

use serde_json::Value;

use crate::generate::compile::{Compiler, accepts};
use crate::generate::conjunction::{Choices, Conjunction, Flat, Part};
use crate::generate::listed::written;
use crate::generate::node::{Node, NodeId};
use crate::pointer::Pointer;
use crate::schema::{Discriminator, is_same};

/// A schema that others extend is drawn as one of them where there are no more than this.
const MOST_HEIRS: usize = 16;

/// That a property names a schema, because that one was taken.
#[derive(Clone)]
pub(super) struct Tag {
    discriminator: Arc<Discriminator>,
    /// Which of the discriminator's names leads to the schema; there may be others.
    at: usize,
}

impl Tag {
    /// The tag of a schema among those that a discriminator names.
    pub fn of(root: &Value, discriminator: &Arc<Discriminator>, schema: &Pointer) -> Option<Self> {
        let at = discriminator.names.iter().position(|(_, place)| is_same(root, place, schema))?;
        Some(Self { discriminator: Arc::clone(discriminator), at })
    }

    /// What tells it from all others of the document: the place of the name in memory, for discriminators are read once.
    pub fn address(&self) -> usize {
        self.discriminator.names[self.at].0.as_ptr() as usize
    }

    /// The names that lead to the schema, the explicit ones first.
    fn names<'t>(&'t self, root: &'t Value) -> impl Iterator<Item = &'t str> {
        let place = &self.discriminator.names[self.at].1;
        let names = self.discriminator.names.iter().filter(move |(_, one)| is_same(root, one, place));
        names.map(|(name, _)| name.as_str())
    }
}

/// Adds the tags of schemas that extend one with a discriminator and are among those that a value has to satisfy; where
/// there is none of them, the choice among those that extend it.
pub(super) fn extended<'s>(
    compiler: &Compiler<'s>,
    conjunction: &Conjunction<'s>,
    flat: &mut Flat<'s>,
) -> Option<Choices<'s>> {
    let mut choices = None;
    for base in std::mem::take(&mut flat.bases) {
        let Some(discriminator) = compiler.schemas.discriminator(&base.pointer, compiler.direction) else {
            continue;
        };
        if discriminator.is_of_alternatives {
            continue;
        }
        let heirs = heirs(compiler, &discriminator, &base);
        let taken = flat.seen.iter().find_map(|seen| heirs.iter().find(|heir| heir.address() == *seen));
        let meant = match taken {
            Some(heir) => &heir.pointer,
            None if heirs.is_empty() || heirs.len() > MOST_HEIRS || choices.is_some() => &base.pointer,
            None => {
                choices = Some(Choices {
                    address: base.address(),
                    pure: conjunction.parts.iter().position(|part| part.address() == base.address()),
                    branches: heirs.into_iter().map(|heir| vec![heir]).collect(),
                    exclusive: false,
                    of_one: false,
                    owner: None,
                });
                continue;
            }
        };
        flat.tags.extend(Tag::of(compiler.root, &discriminator, meant));
    }
    choices
}

/// The schemas that extend one and are named, each once.
fn heirs<'s>(compiler: &Compiler<'s>, discriminator: &Discriminator, base: &Part<'s>) -> Vec<Part<'s>> {
    let mut heirs: Vec<Part<'s>> = Vec::new();
    for (_, place) in &discriminator.names {
        let Some((pointer, schema)) = crate::schema::resolve(compiler.root, place) else { continue };
        let heir = Part { pointer, schema };
        if heir.address() != base.address() && heirs.iter().all(|one| one.address() != heir.address()) {
            heirs.push(heir);
        }
    }
    heirs
}

/// The node of a property that names what was taken; `None` where nothing was, or the property can't have the name.
pub(super) fn node(
    compiler: &mut Compiler<'_>,
    tags: &[Tag],
    name: &str,
    parts: &[Part<'_>],
) -> Option<NodeId> {
    let root = compiler.root;
    // What was taken last says most: it was found within what was taken before.
    let tags: Vec<&Tag> = tags.iter().rev().filter(|tag| tag.discriminator.property == name).collect();
    let own = tags.first()?;
    let is_known = |name: &&str| {
        let name = Value::String((*name).to_owned());
        tags.iter().all(|tag| tag.discriminator.named(&name).is_some())
    };
    let chosen =
        tags.iter().flat_map(|tag| tag.names(root)).find(is_known).or_else(|| own.names(root).next())?;
    let parts: Box<[Pointer]> = parts.iter().map(|part| part.pointer.clone()).collect();
    let validators = compiler.validators(&parts);
    let as_number = chosen.parse().ok().map(Value::Number);
    let value = [Some(Value::String(chosen.to_owned())), as_number].into_iter().flatten();
    let value = value.into_iter().find(|value| accepts(&validators, value))?;
    Some(compiler.add(Node::Choice(Arc::from([written(&value)])), parts))
}
