//! `--log`: one line on standard error for each request, as soon as it is known how its reply ended.

use std::sync::Arc;

use serde_json::{Value, json};

use super::settings::value::TextOrJson;
use super::terminal::{Color, Terminal};
use crate::clock::Clock;
use crate::delivery::Outcome;
use crate::message::{Reply, Request};
use crate::redact;

/// Writes the lines.
pub struct RequestLog {
    format: TextOrJson,
    terminal: Terminal,
}

/// What is kept of a request until it is answered.
pub struct Asked {
    method: String,
    target: String,
}

/// What is kept of an exchange until its reply has ended.
struct Answered {
    asked: Asked,
    status: u16,
    operation: Option<String>,
    /// The codes of the violations.
    violations: Vec<String>,
}

impl Asked {
    /// Takes it from a request, redacted.
    pub fn of(request: &Request) -> Self {
        Self { method: request.method.to_string(), target: redact::target(&request.target()) }
    }
}

impl Answered {
    fn of(asked: Asked, reply: &Reply) -> Self {
        let header = |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok());
        let violations: Option<Value> =
            header("standin-violations").and_then(|text| serde_json::from_str(text).ok());
        let all = violations.as_ref().and_then(Value::as_array).into_iter().flatten();
        let codes = all.filter_map(|violation| violation.get("code")?.as_str().map(str::to_owned));
        Self {
            asked,
            status: reply.status,
            operation: header("standin-operation").map(str::to_owned),
            violations: codes.collect(),
        }
    }
}

impl RequestLog {
    /// A log in a format.
    pub fn new(format: TextOrJson) -> Self {
        Self { format, terminal: Terminal::new(Color::Never) }
    }

    /// Writes the line of an exchange now, or when its reply has ended.
    pub fn follow(self: &Arc<Self>, asked: Asked, mut reply: Reply) -> Reply {
        let answered = Answered::of(asked, &reply);
        match reply.receipt.take() {
            None => self.tell(&answered, Outcome::Whole),
            Some(receipt) => {
                let log = Arc::clone(self);
                reply.receipt = Some(receipt.and(move |outcome| log.tell(&answered, outcome)));
            }
        }
        reply
    }

    fn tell(&self, answered: &Answered, outcome: Outcome) {
        let Answered { asked: Asked { method, target }, status, operation, violations } = answered;
        let at = Clock::System.now().to_string();
        let line = match self.format {
            TextOrJson::Json => json!({
                "at": at,
                "method": method,
                "target": target,
                "status": status,
                "operation": operation,
                "outcome": outcome.word(),
                "sent": outcome.sent(),
                "violations": violations,
            })
            .to_string(),
            TextOrJson::Text => {
                let operation = operation.as_deref().unwrap_or("-");
                let ended = outcome.sent().map(|sent| format!("  {} after {sent} bytes", outcome.word()));
                let codes = (!violations.is_empty()).then(|| format!("  {}", violations.join(" ")));
                let behind = [ended, codes].map(Option::unwrap_or_default).concat();
                format!("{at}  {method} {target}  {status}  {operation}{behind}")
            }
        };
        self.terminal.say(&line);
    }
}
