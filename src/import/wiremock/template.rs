//! `WireMock`'s response templates (Handlebars), as far as ours can say the same.

use super::json;
use super::url::Segment;

/// Text without templates, written so that it has none here either.
pub(super) fn plain(text: &str) -> String {
    text.replace("{{", "{{{{")
}

/// A template of ours that says what one of `WireMock`'s does; an error is the expression that can't be said.
pub(super) fn translate(text: &str, segments: &[Segment]) -> Result<String, String> {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        made.push_str(before);
        let (inner, behind) = match behind.strip_prefix('{') {
            Some(behind) => behind.split_once("}}}"),
            None => behind.split_once("}}"),
        }
        .ok_or_else(|| behind.chars().take(40).collect::<String>())?;
        made.push_str(&reference(inner.trim(), segments).ok_or_else(|| inner.trim().to_owned())?);
        rest = behind;
    }
    made.push_str(rest);
    Ok(made)
}

fn reference(expression: &str, segments: &[Segment]) -> Option<String> {
    if let Some(rest) = expression.strip_prefix("jsonPath") {
        let path = rest.trim().strip_prefix("request.body")?.trim();
        let path = ['\'', '"'].iter().find_map(|quote| path.strip_prefix(*quote)?.strip_suffix(*quote))?;
        let pointer = json::pointer(path)?;
        return Some(if pointer.is_root() {
            "{{body}}".into()
        } else {
            format!("{{{{body {}}}}}", pointer.as_str())
        });
    }
    let steps = steps(expression.strip_prefix("request.")?)?;
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    match steps[..] {
        ["method"] => Some("{{method}}".into()),
        ["url"] => Some("{{target}}".into()),
        ["body"] => Some("{{body}}".into()),
        ["query", name] | ["query", name, "0"] => named("query", name),
        ["headers", name] | ["headers", name, "0"] => named("header", name),
        ["cookies", name] | ["cookies", name, "0"] => named("cookie", name),
        ["path" | "pathSegments", segment] => {
            let at = segment.parse::<usize>();
            let is_it = |known: &&Segment| matches!(known, Segment::Parameter(name, _) if name == segment);
            match at.map_or_else(|_| segments.iter().find(is_it), |at| segments.get(at))? {
                Segment::Literal(text) => Some(plain(text)),
                Segment::Parameter(_, ours) => named("path", ours.as_deref()?),
            }
        }
        _ => None,
    }
}

fn named(word: &str, name: &str) -> Option<String> {
    let is_safe = !name.contains(['{', '}']) && !name.trim().is_empty();
    is_safe.then(|| format!("{{{{{word} {name}}}}}"))
}

/// `a.b.[c d].[0]` taken apart; `None` for what has spaces, as helpers do.
fn steps(path: &str) -> Option<Vec<String>> {
    let mut steps = Vec::new();
    let mut rest = path;
    loop {
        let (step, behind) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']')?,
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        let is_plain = rest.starts_with('[') || !step.contains(char::is_whitespace);
        steps.push(Some(step).filter(|step| is_plain && !step.is_empty())?.to_owned());
        if behind.is_empty() {
            return Some(steps);
        }
        rest = behind.strip_prefix('.').unwrap_or(behind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_can_say_is_said_and_the_rest_is_named() {
        let segments = [
            Segment::Literal("users".into()),
            Segment::Parameter("user".into(), Some("userId".into())),
            Segment::Parameter("post".into(), None),
        ];
        let table = [
            ("no template", Ok("no template")),
            ("{{request.method}} {{{request.url}}}", Ok("{{method}} {{target}}")),
            ("{{request.path.[0]}}/{{request.pathSegments.[1]}}", Ok("users/{{path userId}}")),
            ("{{request.path.user}}", Ok("{{path userId}}")),
            ("{{ request.query.page }}{{request.query.page.[0]}}", Ok("{{query page}}{{query page}}")),
            ("{{request.headers.[X-Request-Id]}}", Ok("{{header X-Request-Id}}")),
            ("{{request.headers.Accept}}{{request.cookies.a}}", Ok("{{header Accept}}{{cookie a}}")),
            ("{{jsonPath request.body '$.a[0]'}}{{{request.body}}}", Ok("{{body /a/0}}{{body}}")),
            ("{{request.path.[2]}}", Err("request.path.[2]")),
            ("{{request.path.[3]}}", Err("request.path.[3]")),
            ("{{request.query.page.[1]}}", Err("request.query.page.[1]")),
            ("{{now offset='3 days'}}", Err("now offset='3 days'")),
            ("{{#if request.query.a}}x{{/if}}", Err("#if request.query.a")),
            ("{{randomValue type='UUID'}}", Err("randomValue type='UUID'")),
            ("{{jsonPath request.body '$..a'}}", Err("jsonPath request.body '$..a'")),
            ("{{request.path}}", Err("request.path")),
            ("{{request.query.", Err("request.query.")),
        ];
        for (written, expected) in table {
            let made = translate(written, &segments);
            assert_eq!(made.as_ref().map_or_else(|e| Err(e.as_str()), |made| Ok(made.as_str())), expected);
        }
        assert_eq!(plain("{{{x}}}"), "{{{{{x}}}");
    }
}
