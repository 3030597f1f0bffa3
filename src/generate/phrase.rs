//! Texts made of what is at hand: words, sentences put together, numbers in digits.

use crate::generate::pool::WORDS;
use crate::seed::{Random, Seed};

/// Each of some sentences with as many others behind it as a length asks for.
pub(super) fn lengthened(texts: &[String], shortest: usize) -> Vec<String> {
    let shortest = shortest.min(16 * 1024);
    let around = |first: usize| {
        let mut text = texts[first].clone();
        for next in texts.iter().cycle().skip(first + 1) {
            if text.len() >= shortest {
                break;
            }
            text.push(' ');
            text.push_str(next);
        }
        text
    };
    (0..texts.len()).map(around).collect()
}

/// A number as text, always with all its decimal places.
pub(super) fn write_number(random: &mut Random, (low, high, scale): (i64, i64, u32), out: &mut Vec<u8>) {
    let unit = 10_i128.pow(scale);
    let drawn = random.between(i128::from(low) * unit, i128::from(high) * unit);
    let sign = if drawn < 0 { "-" } else { "" };
    let (whole, rest) = (drawn.abs() / unit, drawn.abs() % unit);
    let text = if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest:0width$}", width = scale as usize)
    };
    out.extend_from_slice(text.as_bytes());
}

/// Different texts that are written so, always the same.
pub(super) fn sample(write: impl Fn(&mut Random, &mut Vec<u8>)) -> Vec<String> {
    let mut random = Seed(0x706f_6f6c).random();
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..160 {
        let mut out = Vec::new();
        write(&mut random, &mut out);
        let text = String::from_utf8(out).unwrap_or_default();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Writes words, cut or filled up to a length; only ASCII letters and spaces, and no space at the ends.
pub(super) fn write_words(random: &mut Random, shortest: usize, longest: usize, out: &mut Vec<u8>) {
    let start = out.len();
    let mut bits = random.bits();
    let most = 1 + (bits & 1) as usize;
    let (mut left, mut written) = (15, 0);
    loop {
        if left == 0 {
            (bits, left) = (random.bits(), 16);
        }
        bits >>= 4;
        left -= 1;
        if written > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(WORDS[(bits & 15) as usize].as_bytes());
        written += 1;
        if out.len() - start >= shortest && written >= most {
            break;
        }
    }
    // Two words where one is too long make one that is cut.
    if out.len() - start > longest {
        out.truncate(start + longest);
        if out.len() > start
            && let Some(last) = out.last_mut()
            && *last == b' '
        {
            *last = b'a';
        }
    }
}
