//! `standin sample`: generated bodies of one operation, without a server.

use std::sync::Arc;

use clap::{Arg, ArgAction, Command};
use serde_json::{Value, json};

use super::{Context, Definition, Outcome, Settings, Takes, breaks};
use crate::cli::settings::value;
use crate::cli::{CLEAN, Stop, load};
use crate::contract::{Content, Contract, Header, Operation};
use crate::engine::{CheckedExample, Data, SeedChoice, examples};
use crate::error::Error;
use crate::generate::{Body, Draw, EdgeOf, HeaderValue, Plans, ReplyEdges};
use crate::media_type::Kind;
use crate::negotiate;
use crate::schema::Direction;
use crate::seed::Seed;
use crate::text;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "sample",
    about: "Print generated bodies of an operation",
    examples: "  standin sample getOrganization
  standin sample createPet openapi.yaml --request
  standin sample packet/findOrganizations --status 200 --count 3 --seed 7
  standin sample getOrganization --data extremes | jq -r '\"\\(.edge) \\(.what)\"'
  standin sample getOrganization --edge 3
  standin sample getOrganization --breaks | jq -r '\"\\(.break) \\(.rule) \\(.place)\"'",
    takes: Takes::Documents,
    arguments,
    run,
};

/// How many bodies are printed at most.
const MOST: u64 = 100_000;

fn arguments(command: Command) -> Command {
    let operation = Arg::new("operation").value_name("OPERATION").required(true).index(1);
    let status = Arg::new("status").long("status").value_name("STATUS");
    let request = Arg::new("request").long("request").action(ArgAction::SetTrue).conflicts_with("status");
    let count = Arg::new("count").long("count").value_name("N");
    let data = Arg::new("data").long("data").value_name("SOURCE");
    let edge = Arg::new("edge").long("edge").value_name("N").conflicts_with_all(["count", "data"]);
    let breaks = Arg::new("breaks").long("breaks").action(ArgAction::SetTrue);
    let breaks = breaks.conflicts_with_all(["count", "data", "edge"]);
    command
        .mut_arg("specs", |specs| specs.index(2))
        .arg(operation.help("The operation's id, also as NAME/id with its document's name"))
        .arg(status.help("The reply of this status, in place of the success"))
        .arg(request.help("The request's body, in place of the reply's"))
        .arg(count.help("How many bodies, each on a line of its own [default: 1; of extremes, all]"))
        .arg(data.help(
            "`generated`; `examples`: those of the document as they stand, one for each body, and generated values \
             behind the last; `auto`: the same with the valid ones only; `extremes`: every valid edge as a line of \
             JSON with its number (`edge`), its place and what is special there (`what`), and the `body`; a text \
             where the body is no JSON; those of header fields come last, with `headers` [default: generated]",
        ))
        .arg(edge.help("Only the body, or the header field, at the edge of this number"))
        .arg(breaks.help(
            "Every way to break the contract, as a line of JSON with its number (`break`), the `rule`, the `place`, what \
             is then wrong (`what`) and the `body`; of a reply also its `status` and `headers`",
        ))
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let argument = |name: &str| context.matches.get_one::<String>(name).map(String::as_str);
    let seed = match settings.one("seed", value::seed).unwrap_or_default() {
        SeedChoice::Fixed(seed) => seed,
        SeedChoice::Random => Seed::fresh(),
    };
    let count = number(argument("count"), "count", 1..=MOST)?;
    let edge = number(argument("edge"), "edge", 1..=MOST)?;
    let data = source(argument("data"))?;
    let locale = settings.one("locale", value::locale).unwrap_or_default();
    let status = number(argument("status"), "status", 200..=599)?;
    let contracts = load::usable_documents(context, settings)?.contracts();
    let (contract, operation) = find(&contracts, argument("operation").unwrap_or_default())?;
    let direction =
        if context.matches.get_flag("request") { Direction::Request } else { Direction::Response };
    let status = status.map(|status| status as u16);
    if context.matches.get_flag("breaks") && direction == Direction::Response {
        breaks::of_reply(context, &contracts, (&contract.name, &operation.id), status, (seed, locale))?;
        return Ok(CLEAN);
    }
    let (content, headers) = content(operation, direction, status)?;
    let plans = Plans::with_locale(&contract.schemas, locale);
    let body = Body::compile(&plans, content, &content.media_type, direction)
        .map_err(|reason| Error::Unusable(reason.to_string()))?;
    if context.matches.get_flag("breaks") {
        breaks::of_content(context, contract, content, &body, seed);
        return Ok(CLEAN);
    }
    let is_json = content.media_type.kind() == Kind::Json;
    if data == Data::Extremes || edge.is_some() {
        let sample = AtEdges {
            edges: ReplyEdges::new(body.edges(), compiled(&plans, headers)),
            body: &body,
            headers,
            seed,
        };
        match edge {
            Some(number) => sample.print(context, number, is_json)?,
            None => sample.print_all(context, count),
        }
        return Ok(CLEAN);
    }
    let count = count.unwrap_or(1);
    let mut shown = shown(contract, content, direction, data).into_iter();
    for nth in 0..count {
        let seed = if nth == 0 { seed } else { seed.mix_number(nth) };
        let mut bytes = Vec::new();
        match shown.next() {
            Some(example) => bytes.extend_from_slice(&example.bytes),
            None => body.write(&mut Draw::new(seed), &mut bytes),
        }
        print(context, bytes, count == 1 && is_json);
    }
    Ok(CLEAN)
}

/// The examples that go before generated values.
fn shown(contract: &Contract, content: &Content, direction: Direction, data: Data) -> Vec<CheckedExample> {
    let all = || examples(contract, content, direction);
    match data {
        Data::Examples => all(),
        Data::Auto => all().into_iter().filter(|example| example.is_valid).collect(),
        Data::Generated | Data::Extremes => Vec::new(),
    }
}

/// Prints a body; JSON that stands alone over several lines.
fn print(context: &Context<'_>, mut bytes: Vec<u8>, is_spread: bool) {
    if is_spread && let Ok(value) = serde_json::from_slice::<Value>(&bytes) {
        bytes = format!("{value:#}").into_bytes();
    }
    context.terminal.result_bytes(&bytes);
}

/// The header fields of a reply that are written and have a value, each by its number among those declared.
fn compiled(plans: &Plans, headers: &[Header]) -> Vec<(usize, Arc<HeaderValue>)> {
    let written = headers.iter().enumerate().filter(|(_, header)| HeaderValue::name_of(header).is_some());
    written
        .filter_map(|(number, header)| Some((number, Arc::new(HeaderValue::compile(plans, header).ok()?))))
        .collect()
}

/// A reply, or a request's body, at its edges.
struct AtEdges<'a> {
    edges: ReplyEdges<'a>,
    body: &'a Body,
    headers: &'a [Header],
    seed: Seed,
}

impl AtEdges<'_> {
    /// The body at an edge, and the header field that the edge is one of, with its text.
    fn at(&self, index: usize) -> (Vec<u8>, Option<(&str, String)>) {
        let (mut bytes, draw) = (Vec::new(), |edge| Draw { edge, ..Draw::new(self.seed) });
        let (of_body, of_header) = match self.edges.find(index) {
            Some(EdgeOf::Body(index)) => (Some(index), None),
            Some(EdgeOf::Header(number, index)) => (None, Some((number, index))),
            None => (None, None),
        };
        self.body.write(&mut draw(of_body), &mut bytes);
        let field = of_header.and_then(|(number, index)| {
            let text = self.edges.header(number)?.write(&mut draw(Some(index)));
            Some((self.headers[number].name.as_str(), text))
        });
        (bytes, field)
    }

    /// Prints all edges, at most so many, each as a line of JSON.
    fn print_all(&self, context: &Context<'_>, most: Option<u64>) {
        let all = self.edges.len();
        let shown = all.min(most.map_or(usize::MAX, |most| most as usize));
        for index in 0..shown {
            let (bytes, field) = self.at(index);
            let content: Value = serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
            let mut line = json!({ "edge": index + 1, "what": self.edges.what(index), "body": content });
            if let (Some((name, text)), Value::Object(line)) = (field, &mut line) {
                line.insert("headers".to_owned(), json!({ name: text }));
            }
            context.terminal.result_bytes(line.to_string().as_bytes());
        }
        if all == 0 {
            context
                .terminal
                .say("its schema has no edges: all values are alike, or no schema tells of the bytes");
        } else if self.edges.is_cut() && shown == all {
            let listed = text::counted(all, "edge");
            context.terminal.say(&format!("{listed} are listed; those that lie deeper are left out"));
        }
    }

    /// Prints what is at the edge of a number: the body, or the header field.
    fn print(&self, context: &Context<'_>, number: u64, is_json: bool) -> Result<(), Error> {
        let count = self.edges.len();
        let index = number as usize - 1;
        if index >= count {
            let there_are =
                if count == 0 { "has none".to_owned() } else { format!("has {count}, counted from 1") };
            return Err(Error::Usage(format!("`--edge` is `{number}`, but the content {there_are}")));
        }
        match self.at(index) {
            (_, Some((name, text))) => context.terminal.result(&format!("{name}: {text}")),
            (bytes, None) => print(context, bytes, is_json),
        }
        Ok(())
    }
}

fn source(text: Option<&str>) -> Result<Data, Error> {
    let Some(text) = text else { return Ok(Data::Generated) };
    Data::named(text).ok_or_else(|| {
        let names = Data::NAMED.iter().map(|(name, _)| *name);
        let help = text::nearest(text, names.clone())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let shown = text::harmless(&text::shortened(text, 80));
        Error::Usage(format!("`--data` is `{shown}`, expected one of {}{help}", text::list(names)))
    })
}

fn number(
    text: Option<&str>,
    flag: &str,
    range: std::ops::RangeInclusive<u64>,
) -> Result<Option<u64>, Error> {
    let Some(text) = text else { return Ok(None) };
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => Err(Error::Usage(format!(
            "`--{flag}` is `{}`, expected a number from {} to {}",
            text::harmless(text),
            range.start(),
            range.end()
        ))),
    }
}

fn find<'a>(contracts: &'a [Arc<Contract>], wanted: &str) -> Result<(&'a Contract, &'a Operation), Stop> {
    let all =
        || contracts.iter().flat_map(|one| one.operations.iter().map(move |operation| (&**one, operation)));
    let label =
        |(contract, operation): &(&Contract, &Operation)| format!("{}/{}", contract.name, operation.id);
    let found: Vec<_> = all().filter(|pair| pair.1.id == wanted || label(pair) == wanted).collect();
    let message = match found.as_slice() {
        [one] => return Ok(*one),
        [] => {
            let ids: Vec<&str> = all().map(|(_, operation)| operation.id.as_str()).collect();
            let help = text::nearest(wanted, ids.iter().copied()).map_or_else(
                || format!("there are {}", text::list(ids)),
                |near| format!("did you mean `{near}`?"),
            );
            format!("no document has the operation `{}`; {help}", text::harmless(wanted))
        }
        several => {
            let labels: Vec<String> = several.iter().map(label).collect();
            let shown = text::list(labels.iter().map(String::as_str));
            format!("several documents have the operation `{wanted}`; name one of {shown}")
        }
    };
    Err(Stop::Error(Error::Usage(message)))
}

/// The content that is printed, and the header fields that are declared beside it.
fn content(
    operation: &Operation,
    direction: Direction,
    status: Option<u16>,
) -> Result<(&Content, &[Header]), Error> {
    let id = &operation.id;
    let (content, headers, what) = match direction {
        Direction::Request => {
            (operation.body.as_ref().map_or(&[][..], |body| &body.content), &[][..], "request".to_owned())
        }
        Direction::Response => {
            let chosen = match status {
                Some(status) => negotiate::declared(operation, status),
                None => negotiate::success(operation),
            };
            let Some(chosen) = chosen else {
                let keys: Vec<String> = operation.responses.iter().map(|one| one.key.to_string()).collect();
                let shown = text::list(keys.iter().map(String::as_str));
                return Err(Error::Usage(format!("`{id}` does not declare that status, only {shown}")));
            };
            let response = &operation.responses[chosen.response];
            (&response.content[..], &response.headers[..], format!("reply {}", chosen.status))
        }
    };
    let json = content.iter().find(|content| content.media_type.kind() == Kind::Json);
    let chosen = json.or(content.first()).map(|content| (content, headers));
    chosen.ok_or_else(|| Error::Usage(format!("the {what} of `{id}` has no content")))
}
