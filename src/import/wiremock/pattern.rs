//! Which path templates an expression for paths can fit: rather too many than too few.

use crate::scenario::predicate::{Compiled, Found, Predicate, Tests};

/// Whether an expression that has to fit a whole path can fit one of a template.
pub(super) fn can_fit(pattern: &str, template: &str) -> bool {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let wanted: Vec<&str> = template.split('/').collect();
    match segments(pattern) {
        Some(pieces) => {
            pieces.len() == wanted.len()
                && pieces
                    .iter()
                    .zip(wanted)
                    .all(|(piece, segment)| segment.contains('{') || fits(piece, segment))
        }
        None => starts_alike(&literal_start(pattern), &wanted),
    }
}

/// The pieces between the slashes; `None` where it can't be told how many slashes there are.
fn segments(pattern: &str) -> Option<Vec<&str>> {
    let (mut pieces, mut start, mut depth, mut in_class) = (Vec::new(), 0, 0_usize, false);
    let mut characters = pattern.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                let (_, escaped) = characters.next()?;
                let is_plain = !escaped.is_alphanumeric() || "dwsbB".contains(escaped);
                // `\/` is a slash like any other.
                if escaped == '/' && depth == 0 && !in_class {
                    pieces.push(&pattern[start..at]);
                    start = at + 2;
                } else if !is_plain || escaped == '/' {
                    return None;
                }
            }
            '[' if !in_class => {
                in_class = true;
                if characters.peek().is_some_and(|(_, next)| *next == '^') {
                    // `[^/]` is the one class of this kind that leaves slashes out for sure.
                    let inside = &pattern[at..];
                    inside.starts_with("[^/").then_some(())?;
                    characters.next();
                    characters.next();
                }
            }
            ']' if in_class => in_class = false,
            '/' if in_class || depth > 0 => return None,
            '/' => {
                pieces.push(&pattern[start..at]);
                start = at + 1;
            }
            '[' if in_class => return None,
            '-' if in_class && !range_is_narrow(pattern, at) => return None,
            _ if in_class => {}
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            '.' => return None,
            '|' if depth == 0 => return None,
            _ => {}
        }
    }
    pieces.push(&pattern[start..]);
    (depth == 0 && !in_class).then_some(pieces)
}

/// Whether a range in a class is one of letters or digits, which holds no slash.
fn range_is_narrow(pattern: &str, at: usize) -> bool {
    let before = pattern[..at].chars().next_back();
    let behind = pattern[at + 1..].chars().next();
    let is_edge = matches!(before, Some('[' | '^')) || matches!(behind, Some(']'));
    is_edge
        || matches!((before, behind), (Some(first), Some(last)) if first.is_alphanumeric() && last.is_alphanumeric())
}

fn fits(piece: &str, segment: &str) -> bool {
    let tests = Tests { matches: Some(format!("^(?:{piece})$")), ..Tests::default() };
    let compiled = Compiled::new(&Predicate::Tests(Box::new(tests)));
    // An expression that can't be read is told when its rule is loaded.
    compiled.map_or(true, |compiled| compiled.holds(&Found::text(segment)))
}

/// The text that everything which an expression fits begins with.
fn literal_start(pattern: &str) -> String {
    let mut start = String::new();
    if pattern.contains('|') {
        return start;
    }
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '\\' => match characters.next() {
                Some(escaped) if !escaped.is_alphanumeric() => escaped,
                Some(_) | None => break,
            },
            '*' | '?' | '{' => {
                start.pop();
                break;
            }
            '+' | '.' | '(' | '[' | '^' | '$' => break,
            other => other,
        };
        start.push(literal);
    }
    start
}

fn starts_alike(start: &str, template: &[&str]) -> bool {
    let pieces: Vec<&str> = start.split('/').collect();
    let Some((last, whole)) = pieces.split_last() else { return true };
    let alike = |piece: &str, segment: &str| segment.contains('{') || segment == piece;
    whole
        .iter()
        .enumerate()
        .all(|(index, piece)| template.get(index).is_some_and(|segment| alike(piece, segment)))
        && template.get(whole.len()).is_none_or(|segment| segment.contains('{') || segment.starts_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_can_fit_the_templates_that_it_may_mean() {
        let table = [
            ("/users/[0-9]+", "/users/{id}", true),
            ("/users/[0-9]+", "/users/{id}/posts", false),
            ("/users/[0-9]+", "/posts/{id}", false),
            ("/users/[0-9]+", "/users/me", false),
            ("/users/[a-z]+", "/users/me", true),
            ("^\\/users\\/([^/]+)$", "/users/{id}", true),
            ("/users/.*", "/users/{id}/posts", true),
            ("/users/.*", "/posts", false),
            ("/use.*", "/users", true),
            (".*", "/a/b", true),
            ("/a|/b", "/b", true),
            ("/users(/me)?", "/users/me", true),
            ("/users(/me)?", "/users", true),
            ("/v[12]/users", "/v2/users", true),
            ("/v[12]/users", "/v3/users", false),
            ("/users/[^x]+", "/users/{id}/posts", true),
            ("/users/[+-9]", "/users/{id}", true),
            ("/users/\\d{3}", "/users/{id}", true),
            ("/users?", "/user", true),
            ("(", "/user", true),
            ("\\", "/user", true),
        ];
        for (pattern, template, expected) in table {
            assert_eq!(can_fit(pattern, template), expected, "{pattern} {template}");
        }
    }
}
