//! What curl makes of the faults, where there is one: its exit codes are what scripts go by.

use std::process::{Command, Stdio};

use super::place::{Place, WAYS};

/// The fault, curl's exit code over HTTP/1.1, and whether it succeeds over HTTP/2, where its codes differ from version
/// to version.
const CODES: &[(&str, i32, bool)] = &[
    ("delay", 0, true),
    ("slow_close", 0, true),
    ("empty", 52, false),
    ("abort", 52, false),
    ("truncate", 18, false),
    ("reset", 56, false),
    ("malformed_chunk", 56, false),
    ("wrong_length", 18, false),
    ("corrupt_json", 0, true),
    ("false_gzip", 61, false),
    ("rst_stream", 56, false),
    ("goaway", 52, false),
];

#[test]
fn curl_fails_as_it_says_it_does() {
    let version = Command::new("curl").arg("--version").output();
    let Ok(version) = version else { return };
    let knows_http2 = String::from_utf8_lossy(&version.stdout).contains("HTTP2");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let place = runtime.block_on(Place::open());
    for way in WAYS.iter().filter(|way| knows_http2 || !way.is_http2) {
        for (fault, http1, http2) in CODES {
            let (scheme, port) = if way.is_tls { ("https", place.secure) } else { ("http", place.plain) };
            let protocol = match (way.is_http2, way.is_tls) {
                (false, _) => "--http1.1",
                (true, false) => "--http2-prior-knowledge",
                (true, true) => "--http2",
            };
            let status = Command::new("curl")
                .args(["-s", "-k", "--compressed", "--noproxy", "*", "--max-time", "20", protocol])
                .arg(format!("{scheme}://127.0.0.1:{port}/makers?__fault={fault}"))
                .stdout(Stdio::null())
                .status()
                .unwrap();
            if way.is_http2 {
                assert_eq!(status.success(), *http2, "{fault} over {way:?}: {status}");
            } else if way.is_tls && *http1 != 0 {
                // a TLS library has its own word for a connection that ends early
                assert!(!status.success(), "{fault} over {way:?}: {status}");
            } else {
                assert_eq!(status.code(), Some(*http1), "{fault} over {way:?}");
            }
        }
    }
}
