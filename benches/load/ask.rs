//! Requests to the operations of a document, and how long their answers take.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use standin::contract::Contract;

/// The first answer of an operation is not to take longer than the second by more than this.
pub(crate) const AIM: Duration = Duration::from_millis(20);

/// How long two equal requests took, one after the other.
pub(crate) struct Asked {
    pub(crate) first: Duration,
    pub(crate) second: Duration,
}

/// A request to each operation, up to some number of them: enough to be answered, not to be right.
pub(crate) fn requests(contract: &Contract, most: usize) -> Vec<String> {
    let base = contract.servers.first().map(|server| server.base_path.as_str()).unwrap_or_default();
    let request = |operation: &standin::contract::Operation| {
        let path = filled(&operation.template);
        let content = match operation.body {
            Some(_) => "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
            None => "content-length: 0\r\n\r\n",
        };
        let method = &operation.method;
        format!(
            "{method} {base}{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer t\r\n{content}"
        )
    };
    contract.operations.iter().take(most).map(request).collect()
}

/// A template with a value in place of each parameter.
fn filled(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, parameter)) = rest.split_once('{') {
        path.push_str(before);
        path.push('1');
        rest = parameter.split_once('}').map_or("", |(_, rest)| rest);
    }
    path + rest
}

/// Sends a request twice.
pub(crate) fn twice(address: SocketAddr, request: &str) -> std::io::Result<Asked> {
    Ok(Asked { first: once(address, request)?, second: once(address, request)? })
}

fn once(address: SocketAddr, request: &str) -> std::io::Result<Duration> {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes())?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    if !reply.starts_with(b"HTTP/1.1 ") {
        return Err(std::io::Error::other("it was not answered"));
    }
    Ok(begin.elapsed())
}
