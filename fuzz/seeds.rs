//! Writes the schemas of documents as the seeds of the target `schema`: `seeds FOLDER DOCUMENT...`.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::pointer::Pointer;
use standin::schema::Direction;

/// Larger schemas are left out: the fuzzer is faster on many small ones.
const LARGEST: usize = 8 * 1024;
/// References are followed so deep; what lies deeper takes anything.
const DEEPEST: usize = 12;

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().expect("the first argument is the folder that the seeds go to");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let mut written = BTreeSet::new();
    for path in arguments.flat_map(|path| documents(&path)) {
        let Some(document) = Document::load(&Source::File(path.clone()), LoadOptions::default()).value else {
            eprintln!("{} can't be loaded", path.display());
            continue;
        };
        let (contract, _) = Contract::build("seed", document);
        let root = contract.schemas.root(Direction::Response);
        for components in
            [Pointer::root().join("components").join("schemas"), Pointer::root().join("definitions")]
        {
            let named = components.find(root).and_then(Value::as_object);
            for schema in named.into_iter().flat_map(Map::values) {
                let text = inlined(schema, root, DEEPEST, &mut { LARGEST }).to_string();
                let mut hasher = DefaultHasher::new();
                text.hash(&mut hasher);
                let name = format!("{:016x}", hasher.finish());
                if text.len() <= LARGEST && text.starts_with('{') && written.insert(name.clone()) {
                    std::fs::write(folder.join(name), text).expect("a seed can be written");
                }
            }
        }
    }
    println!("{} seeds in {}", written.len(), folder.display());
}

/// The YAML and JSON files in a folder and the folders in it, or the file itself.
fn documents(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    let is_document = |path: &PathBuf| {
        path.is_dir()
            || path.extension().is_some_and(|found| ["yaml", "yml", "json"].iter().any(|one| found == *one))
    };
    inside.iter().filter(|path| is_document(path)).flat_map(|path| documents(path)).collect()
}

/// A schema that stands alone: what it refers to takes the place of the reference, while there is room.
fn inlined(schema: &Value, root: &Value, depth: usize, room: &mut usize) -> Value {
    *room = room.saturating_sub(1);
    match schema {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str).filter(|text| text.starts_with('#'));
            match target.map(Pointer::from_fragment) {
                Some(_) if depth == 0 || *room == 0 => Value::Bool(true),
                Some(pointer) => pointer
                    .find(root)
                    .map_or(Value::Bool(true), |found| inlined(found, root, depth - 1, room)),
                None => {
                    let members =
                        map.iter().map(|(key, value)| (key.clone(), inlined(value, root, depth, room)));
                    Value::Object(members.collect())
                }
            }
        }
        Value::Array(items) => items.iter().map(|item| inlined(item, root, depth, room)).collect(),
        leaf => leaf.clone(),
    }
}
