//! Content that is bytes: the smallest valid file of a kind, or a few bytes.

use crate::media_type::MediaType;
use crate::seed::Random;

/// The smallest files by media type: one pixel, one empty page, one sample, one line of text.
const FILES: &[(&str, &[&str], &[u8])] = &[
    ("image", &["png", "apng"], include_bytes!("smallest/pixel.png")),
    ("image", &["jpeg", "jpg", "pjpeg"], include_bytes!("smallest/pixel.jpg")),
    ("image", &["gif"], include_bytes!("smallest/pixel.gif")),
    ("image", &["webp"], include_bytes!("smallest/pixel.webp")),
    ("image", &["bmp", "x-ms-bmp"], include_bytes!("smallest/pixel.bmp")),
    ("image", &["tiff"], include_bytes!("smallest/pixel.tiff")),
    ("image", &["svg+xml"], include_bytes!("smallest/square.svg")),
    ("application", &["pdf", "x-pdf"], include_bytes!("smallest/page.pdf")),
    ("application", &["zip", "x-zip-compressed"], include_bytes!("smallest/readme.zip")),
    ("application", &["gzip", "x-gzip"], include_bytes!("smallest/readme.gz")),
    ("audio", &["wav", "x-wav", "wave", "vnd.wave"], include_bytes!("smallest/silence.wav")),
];

/// How many bytes content has of which no more is known.
const SOME: usize = 64;

pub(super) fn write(media_type: &MediaType, random: &mut Random, out: &mut Vec<u8>) {
    let found = FILES
        .iter()
        .find(|(main, subs, _)| *main == media_type.main && subs.contains(&media_type.sub.as_str()));
    match found {
        Some((.., file)) => out.extend_from_slice(file),
        None => out.extend((0..SOME / 8).flat_map(|_| random.bits().to_be_bytes())),
    }
}
