//! Content codings (RFC 9110 8.4): what content is behind gzip, deflate and brotli, unfolded within a limit.

use std::io::{self, BufRead, Read};

use bytes::Bytes;
use flate2::bufread::{DeflateEncoder, MultiGzDecoder};
use flate2::{Compression, Decompress, FlushDecompress, Status};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::body::Unreadable;
use crate::message::has_field;

/// The codings that are read, as `Accept-Encoding` lists them.
pub const CODINGS: &str = "gzip, deflate, br";

/// How many codings may lie upon each other.
const MOST: usize = 4;

/// Why content could not be unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folded {
    /// A coding, or a number of them, that is not read: what the header field says.
    Unknown(String),
    /// The content is not of its coding.
    Broken(Unreadable),
    /// It is larger than the limit. No more than that was unfolded.
    TooLarge,
}

/// One coding of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// The content behind the codings that the header fields name, at most `limit` bytes; `None` if there is no coding.
pub fn unfolded(headers: &HeaderMap, content: &[u8], limit: usize) -> Result<Option<Bytes>, Folded> {
    if !has_field(headers, &CONTENT_ENCODING) {
        return Ok(None);
    }
    let mut unfolded: Option<Vec<u8>> = None;
    for coding in codings(headers)?.into_iter().rev() {
        let folded = unfolded.as_deref().unwrap_or(content);
        unfolded = Some(match coding {
            Coding::Gzip => read_all("gzip", MultiGzDecoder::new(folded), limit)?,
            Coding::Deflate => deflate(folded, limit)?,
            Coding::Brotli => brotli(folded, limit)?,
        });
    }
    Ok(unfolded.map(Bytes::from))
}

/// What is behind gzip, of any length, as it is read.
pub fn gunzipped(folded: impl BufRead) -> impl Read {
    MultiGzDecoder::new(folded)
}

/// Content as raw deflate (RFC 1951).
pub fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(content, Compression::fast());
    let mut folded = Vec::new();
    // Reading from memory does not fail.
    let _ = encoder.read_to_end(&mut folded);
    folded
}

/// The content behind raw deflate, at most `limit` bytes.
pub fn inflated(folded: &[u8], limit: usize) -> Result<Vec<u8>, Folded> {
    inflate(folded, Decompress::new(false), limit)
}

/// The codings in the order in which they were applied.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Folded> {
    let mut codings = Vec::new();
    for line in headers.get_all(CONTENT_ENCODING) {
        let line = String::from_utf8_lossy(line.as_bytes());
        for name in line.split(',').map(str::trim) {
            codings.push(match name.to_ascii_lowercase().as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" => Coding::Deflate,
                "br" => Coding::Brotli,
                _ => return Err(Folded::Unknown(name.to_owned())),
            });
            if codings.len() > MOST {
                return Err(Folded::Unknown(line.into_owned()));
            }
        }
    }
    Ok(codings)
}

fn read_all(name: &str, reader: impl Read, limit: usize) -> Result<Vec<u8>, Folded> {
    let mut content = Vec::new();
    let read = reader.take(limit as u64 + 1).read_to_end(&mut content);
    if content.len() > limit {
        return Err(Folded::TooLarge);
    }
    match read {
        Ok(_) => Ok(content),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(broken(name, "ends too early")),
        Err(_) => Err(broken(name, "it ends too early, or its bytes are of another form")),
    }
}

/// `deflate` is the zlib format (RFC 9110 8.4.1.2), but many senders leave its frame out.
fn deflate(folded: &[u8], limit: usize) -> Result<Vec<u8>, Folded> {
    // RFC 1950 2.2: the method is 8, and both bytes together are a multiple of 31.
    let framed = matches!(folded, [method, flags, ..]
        if method & 15 == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31));
    if framed {
        match inflate(folded, Decompress::new(true), limit) {
            Err(Folded::Broken(_)) => {}
            known => return known,
        }
    }
    inflate(folded, Decompress::new(false), limit)
}

fn inflate(folded: &[u8], mut state: Decompress, limit: usize) -> Result<Vec<u8>, Folded> {
    let mut content = Vec::new();
    loop {
        let before = (state.total_in(), state.total_out());
        // Twice as much each time, and never more than what shows that the limit is passed.
        let room = content.len().max(4096).min(limit + 1 - content.len());
        content.reserve_exact(room);
        let rest = folded.get(before.0 as usize..).unwrap_or_default();
        let status = state
            .decompress_vec(rest, &mut content, FlushDecompress::None)
            .map_err(|_| broken("deflate", "its bytes are of another form"))?;
        if content.len() > limit {
            return Err(Folded::TooLarge);
        }
        if status == Status::StreamEnd {
            break;
        }
        if before == (state.total_in(), state.total_out()) {
            return Err(broken("deflate", "ends too early"));
        }
    }
    if state.total_in() < folded.len() as u64 {
        return Err(broken("deflate", "something follows its end"));
    }
    Ok(content)
}

fn brotli(folded: &[u8], limit: usize) -> Result<Vec<u8>, Folded> {
    // A large window (RFC 9841) is not of `br`, and would have a gigabyte reserved for it.
    if folded.first().is_some_and(|first| first & 0x7f == 0x11) {
        return Err(broken("br", "its window is larger than RFC 7932 allows"));
    }
    let mut reader = brotli_decompressor::Decompressor::new(folded, 4096);
    let content = read_all("br", &mut reader, limit)?;
    // It tells of what follows the end only if it is asked once more, and never of what it has not looked at.
    if reader.read(&mut [0]).is_err() || !reader.get_ref().is_empty() {
        return Err(broken("br", "something follows its end"));
    }
    Ok(content)
}

fn broken(name: &str, why: &str) -> Folded {
    Folded::Broken(Unreadable::new(format!("is not well-formed `{name}`: {why}")))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    /// `hello` in brotli, in one uncompressed metablock (RFC 7932 9.2).
    const HELLO: &[u8] = b"\x0b\x02\x80hello\x03";

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(content: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn told(lines: &[&str], content: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CONTENT_ENCODING, HeaderValue::from_str(line).unwrap());
        }
        match unfolded(&headers, content, 1000) {
            Ok(None) => "as it is".to_owned(),
            Ok(Some(content)) => String::from_utf8_lossy(&content).into_owned(),
            Err(Folded::Unknown(name)) => format!("unknown: {name}"),
            Err(Folded::Broken(unreadable)) => format!("broken: {unreadable}"),
            Err(Folded::TooLarge) => "too large".to_owned(),
        }
    }

    #[test]
    fn content_is_unfolded_in_the_order_of_its_codings() {
        let hello = b"hello";
        let table: [(&[&str], Vec<u8>, &str); 17] = [
            (&[], hello.to_vec(), "as it is"),
            (&["identity"], hello.to_vec(), "as it is"),
            (&[""], hello.to_vec(), "as it is"),
            (&["gzip"], gzip(hello), "hello"),
            (&["X-GZip"], gzip(hello), "hello"),
            (&["gzip"], [gzip(b"hel"), gzip(b"lo")].concat(), "hello"),
            (&["deflate"], zlib(hello), "hello"),
            (&["deflate"], raw(hello), "hello"),
            (&["br"], HELLO.to_vec(), "hello"),
            (&["gzip, deflate"], zlib(&gzip(hello)), "hello"),
            (&["deflate", "identity, gzip"], gzip(&zlib(hello)), "hello"),
            (&["br, gzip"], gzip(HELLO), "hello"),
            (&["zstd"], hello.to_vec(), "unknown: zstd"),
            (&["gzip, compress"], hello.to_vec(), "unknown: compress"),
            (&["gzip, gzip, gzip, gzip, gzip"], hello.to_vec(), "unknown: gzip, gzip, gzip, gzip, gzip"),
            (&["gzip"], gzip(b""), ""),
            (&["deflate"], raw(b""), ""),
        ];
        for (lines, content, expected) in table {
            assert_eq!(told(lines, &content), expected, "{lines:?}");
        }
    }

    #[test]
    fn what_is_broken_or_cut_off_says_so() {
        let whole = [("gzip", gzip(b"hello")), ("deflate", zlib(b"hello")), ("br", HELLO.to_vec())];
        for (name, content) in whole {
            for length in 0..content.len() {
                let found = told(&[name], &content[..length]);
                assert!(found.starts_with("broken: is not well-formed"), "{name} {length}: {found}");
            }
            let more = [content, b"more".to_vec()].concat();
            assert!(told(&[name], &more).starts_with("broken:"), "{name} and more");
            assert!(told(&[name], b"{\"a\": 1}").starts_with("broken:"), "{name} of JSON");
        }
        let mut changed = gzip(b"hello");
        let sum = changed.len() - 8;
        changed[sum] ^= 1;
        assert!(told(&["gzip"], &changed).starts_with("broken:"), "a wrong check sum");
        assert!(told(&["br"], b"\x11\x1e\x00").contains("window"));
    }

    #[test]
    fn what_grows_beyond_the_limit_is_refused() {
        let bomb = vec![b'x'; 1_000_000];
        for (name, content) in [("gzip", gzip(&bomb)), ("deflate", zlib(&bomb)), ("deflate", raw(&bomb))] {
            assert!(content.len() < 3000);
            assert_eq!(told(&[name], &content), "too large", "{name}");
        }
        assert_eq!(told(&["gzip, gzip"], &gzip(&gzip(&bomb))), "too large");
        assert_eq!(told(&["gzip"], &gzip(&bomb[..1000])).len(), 1000);
        assert_eq!(told(&["deflate"], &raw(&bomb[..1000])).len(), 1000);
        assert_eq!(told(&["deflate"], &zlib(&bomb[..1001])), "too large");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(content in proptest::collection::vec(any::<u8>(), 0..200)) {
            for name in ["gzip", "deflate", "br", "br, deflate"] {
                told(&[name], &content);
            }
        }
    }
}
