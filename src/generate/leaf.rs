//! The values that hold no others, as bytes.

use crate::generate::node::Node;
use crate::generate::persona::Persona;
use crate::seed::Random;

/// Writes a value that holds no others.
pub(super) fn write_leaf(leaf: &Node, random: &mut Random, persona: &Persona, out: &mut Vec<u8>) {
    match leaf {
        Node::Boolean(truth) => out.extend_from_slice(persona.boolean(*truth, random)),
        Node::Choice(texts) => {
            if let Some(text) = random.pick(texts) {
                out.extend_from_slice(text);
            }
        }
        Node::Number(number) => number.write(random, persona, out),
        Node::Text(text) => text.write(random, persona, out),
        Node::Impossible | Node::Null | Node::Array(_) | Node::Object(_) | Node::Union(_) => {
            out.extend_from_slice(b"null");
        }
    }
}
