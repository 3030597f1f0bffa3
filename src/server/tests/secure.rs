//! TLS: files that can't be used, and clients that do not speak it.

use std::path::PathBuf;

use super::*;
use crate::server::Tls;

struct Files {
    _folder: tempfile::TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    Files { _folder: folder, certificate, key }
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_name() {
    let (good, other) = (files(), files());
    let missing = good.certificate.with_file_name("missing.pem");
    let broken = good.certificate.with_file_name("broken.pem");
    let text = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    std::fs::write(&broken, text).unwrap();
    for (certificate, key, expected) in [
        (&missing, &good.key, "cannot read `…/missing.pem`"),
        (&good.key, &good.key, "`…/key.pem` holds no certificate in PEM that can be read"),
        (&good.certificate, &good.certificate, "`…/cert.pem` holds no private key in PEM that can be read"),
        (&broken, &good.key, "`…/broken.pem` holds no certificate in PEM that can be read"),
        (&good.certificate, &other.key, "can't be used together"),
    ] {
        let error = Tls::load(certificate, key).unwrap_err().to_string();
        let folder = good.certificate.parent().unwrap().display().to_string();
        let shown = error.replace(&folder, "…");
        assert!(shown.contains(expected), "{shown}");
    }
    assert!(Tls::load(&good.certificate, &good.key).is_ok());
}

#[tokio::test]
async fn who_speaks_no_tls_is_closed_and_holds_up_nobody() {
    let files = files();
    let tls = Some(Tls::load(&files.certificate, &files.key).unwrap());
    let mut options = Options { tls, ..options() };
    options.limits.head_timeout = Duration::from_millis(500);
    let server = start_with(options).await;
    let mut silent = server.connect().await;
    // Both are answered by an alert or by nothing, while a third says nothing at all.
    for request in ["GET /pets HTTP/1.1\r\nhost: here\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}garbage"] {
        let mut stream = server.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // a reset is an end, too: what it sent was not all read
        let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes");
        assert!(!bytes.starts_with(b"HTTP"), "{bytes:?}");
    }
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(server.stop().await, Summary { connections: 3, requests: 0, cut: 0 });
}
