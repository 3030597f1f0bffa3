//! Text for people: nearest names, quoted and shortened values.

/// The name among `candidates` that `name` was probably meant to be: the nearest within a third of its length.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    let name = name.to_lowercase();
    let length = |text: &str| text.chars().take(MOST_COMPARED).count();
    candidates
        .into_iter()
        .map(|candidate| (candidate.to_lowercase(), candidate))
        // No text is nearer than what it is longer or shorter: where thousands are compared, most need no look.
        .filter(|(folded, _)| length(folded).abs_diff(length(&name)) <= limit)
        .map(|(folded, candidate)| (distance(&name, &folded), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// So many characters of a text are compared.
const MOST_COMPARED: usize = 200;

/// How many insertions, deletions, replacements and swaps of neighbors turn one text into the other.
pub fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().take(MOST_COMPARED).collect();
    let other: Vec<char> = other.chars().take(MOST_COMPARED).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, left) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right) in other.iter().enumerate() {
            let replaced = above[column] + usize::from(left != right);
            let mut best = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *left == other[column - 1] && one[row - 1] == *right {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[other.len()]
}

/// The names in backticks, joined by commas: `` `a`, `b` ``; cut after twelve.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
    let rest = names.len().saturating_sub(12);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A number of things: `1 error`, `3 errors`.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// What is said behind the first of `count` equal things: nothing where it is the only one.
pub fn and_more(count: usize) -> String {
    if count > 1 { format!(" (and in {} more)", counted(count - 1, "place")) } else { String::new() }
}

/// The text cut to at most `limit` characters, with `…` where something was left out.
pub fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// The text with control characters, among them line breaks and escapes, shown as `\u{…}`, so that it can't steer a terminal.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() { shown.extend(character.escape_default()) } else { shown.push(character) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_name() {
        let names = ["organization_suspended", "organization_not_found", "limit"];
        assert_eq!(nearest("organisation_suspended", names), Some("organization_suspended"));
        assert_eq!(nearest("limti", names), Some("limit"));
        assert_eq!(nearest("zebra", names), None);
    }

    #[test]
    fn long_and_wild_text_is_tamed() {
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(harmless("a\u{1b}[2J"), "a\\u{1b}[2J");
    }
}
