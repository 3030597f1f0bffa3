//! `--log`: one line on standard error for each request.

use serde_json::{Value, json};

use super::settings::value::TextOrJson;
use super::terminal::{Color, Terminal};
use crate::clock::Clock;
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

impl Asked {
    /// Takes it from a request, redacted.
    pub fn of(request: &Request) -> Self {
        Self { method: request.method.to_string(), target: redact::target(&request.target()) }
    }
}

impl RequestLog {
    /// A log in a format.
    pub fn new(format: TextOrJson) -> Self {
        Self { format, terminal: Terminal::new(Color::Never) }
    }

    /// Writes the line of an exchange.
    pub fn tell(&self, asked: &Asked, reply: &Reply) {
        let header = |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok());
        let operation = header("standin-operation");
        let violations: Value = header("standin-violations")
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| json!([]));
        let codes: Vec<&str> = violations
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|violation| violation.get("code")?.as_str())
            .collect();
        let at = Clock::System.now().to_string();
        let line = match self.format {
            TextOrJson::Json => json!({
                "at": at,
                "method": asked.method,
                "target": asked.target,
                "status": reply.status,
                "operation": operation,
                "violations": codes,
            })
            .to_string(),
            TextOrJson::Text => {
                let operation = operation.unwrap_or("-");
                let told = if codes.is_empty() { String::new() } else { format!("  {}", codes.join(" ")) };
                format!("{at}  {} {}  {}  {operation}{told}", asked.method, asked.target, reply.status)
            }
        };
        self.terminal.say(&line);
    }
}
