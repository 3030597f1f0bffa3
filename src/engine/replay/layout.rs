//! How a reply stands in a token: numbers as LEB128, everything else with its length before it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::delivery::{Act, Delivery, End, Pace, Point};
use crate::fault;
use crate::message::Reply;

/// Bytes being written.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

/// Bytes being read; everything is `None` once they are not as they were written.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Writer {
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn time(&mut self, time: Duration) {
        self.number(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(u64::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(super) fn reply(&mut self, reply: &Reply, headers: &[(&HeaderName, &HeaderValue)]) {
        self.number(u64::from(reply.status));
        self.number(headers.len() as u64);
        for (name, value) in headers {
            self.bytes(name.as_str().as_bytes());
            self.bytes(value.as_bytes());
        }
        self.bytes(&reply.body);
        self.number(reply.parts.len() as u64);
        reply.parts.iter().for_each(|end| self.number(*end as u64));
        self.optional(reply.delivery.as_deref(), Self::delivery);
    }

    fn delivery(&mut self, delivery: &Delivery) {
        let Delivery { delay, pace, length, act } = delivery;
        self.time(*delay);
        self.optional(*pace, |writer, pace| {
            writer.number(pace.piece as u64);
            writer.time(pace.pause);
        });
        self.optional(*length, Self::number);
        match act {
            Act::Whole => self.number(0),
            Act::Cut { at, end } => {
                self.number(1);
                self.point(*at);
                self.end(*end);
            }
            Act::BadChunk { after, bytes } => {
                self.number(2);
                self.number(*after as u64);
                self.bytes(bytes);
            }
            Act::Raw(bytes) => {
                self.number(3);
                self.bytes(bytes);
            }
        }
    }

    fn point(&mut self, point: Point) {
        match point {
            Point::Start => self.number(0),
            Point::MidHead => self.number(1),
            Point::Content(bytes) => {
                self.number(2);
                self.number(bytes as u64);
            }
        }
    }

    fn end(&mut self, end: End) {
        match end {
            End::Close => self.number(0),
            End::Drop => self.number(1),
            End::Reset => self.number(2),
            End::Stall(time) => {
                self.number(3);
                self.time(time);
            }
            End::ResetStream(code) => {
                self.number(4);
                self.number(u64::from(code));
            }
            End::GoAway(code) => {
                self.number(5);
                self.number(u64::from(code));
            }
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.size()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// No fault takes longer.
    fn time(&mut self) -> Option<Duration> {
        self.number().map(Duration::from_nanos).filter(|time| *time <= fault::LONGEST)
    }

    #[expect(clippy::option_option, reason = "the outer one is for what can't be read, as everywhere here")]
    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.number()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }

    /// The reply, which is all that is left.
    pub(super) fn reply(&mut self) -> Option<Reply> {
        let status = u16::try_from(self.number()?).ok().filter(|status| (200..=599).contains(status))?;
        let mut headers = HeaderMap::new();
        for _ in 0..self.number()? {
            let name = HeaderName::from_bytes(self.bytes()?).ok()?;
            headers.append(name, HeaderValue::from_bytes(self.bytes()?).ok()?);
        }
        let body = Bytes::copy_from_slice(self.bytes()?);
        let mut parts: Vec<usize> = Vec::new();
        for _ in 0..self.number()? {
            let end = self.size()?;
            let is_next = end <= body.len() && parts.last().is_none_or(|last| *last <= end);
            parts.push(Some(end).filter(|_| is_next)?);
        }
        let delivery = self.optional(Self::delivery)?.map(Box::new);
        self.0.is_empty().then_some(Reply { headers, body, parts, delivery, ..Reply::new(status) })
    }

    fn delivery(&mut self) -> Option<Delivery> {
        let delay = self.time()?;
        let pace = self.optional(|reader| {
            let piece = reader.size().filter(|piece| *piece > 0)?;
            Some(Pace { piece, pause: reader.time()? })
        })?;
        let length = self.optional(Self::number)?;
        let act = match self.number()? {
            0 => Act::Whole,
            1 => Act::Cut { at: self.point()?, end: self.end()? },
            2 => Act::BadChunk { after: self.size()?, bytes: Bytes::copy_from_slice(self.bytes()?) },
            // What stands in a reply's place is no HTTP, whoever made the token.
            3 => {
                let bytes = self.bytes()?;
                Act::Raw(bytes.iter().all(|byte| *byte >= 0x80).then(|| Bytes::copy_from_slice(bytes))?)
            }
            _ => return None,
        };
        Some(Delivery { delay, pace, length, act })
    }

    fn point(&mut self) -> Option<Point> {
        match self.number()? {
            0 => Some(Point::Start),
            1 => Some(Point::MidHead),
            2 => Some(Point::Content(self.size()?)),
            _ => None,
        }
    }

    fn end(&mut self) -> Option<End> {
        let code = |reader: &mut Self| u32::try_from(reader.number()?).ok();
        match self.number()? {
            0 => Some(End::Close),
            1 => Some(End::Drop),
            2 => Some(End::Reset),
            3 => self.time().map(End::Stall),
            4 => code(self).map(End::ResetStream),
            5 => code(self).map(End::GoAway),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies() -> Vec<Reply> {
        let ends = [
            End::Close,
            End::Drop,
            End::Reset,
            End::Stall(Duration::from_mins(10)),
            End::ResetStream(2),
            End::GoAway(u32::MAX),
        ];
        let points = [Point::Start, Point::MidHead, Point::Content(0), Point::Content(3)];
        let cuts = points.into_iter().flat_map(|at| ends.map(|end| Act::Cut { at, end }));
        let others = [
            Act::Whole,
            Act::BadChunk { after: 2, bytes: Bytes::from_static(b"zz\r\n") },
            Act::Raw(Bytes::from_static(&[0x80, 0xff])),
        ];
        let mut all = vec![Reply::new(204)];
        for act in cuts.chain(others) {
            let mut reply = Reply::new(599).with_header("x-a", "1").with_body("application/jsonl", "1\n2\n");
            reply.headers.append("x-a", HeaderValue::from_static("2"));
            reply.parts = vec![2, 4];
            let pace = Some(Pace { piece: 1, pause: Duration::from_nanos(1) });
            let delay = Duration::from_micros(1234);
            reply.delivery = Some(Box::new(Delivery { delay, pace, length: Some(u64::MAX), act }));
            all.push(reply);
        }
        all
    }

    fn written(reply: &Reply) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.reply(reply, &reply.headers.iter().collect::<Vec<_>>());
        writer.0
    }

    #[test]
    fn what_was_written_is_read() {
        for reply in replies() {
            let bytes = written(&reply);
            let read = Reader(&bytes).reply().unwrap();
            assert_eq!(format!("{read:?}"), format!("{reply:?}"));
        }
    }

    #[test]
    fn what_was_not_written_so_is_not_read_and_does_no_harm() {
        for reply in replies() {
            let bytes = written(&reply);
            for length in 0..bytes.len() {
                assert!(Reader(&bytes[..length]).reply().is_none(), "{length} of {reply:?}");
            }
            assert!(Reader(&[&bytes[..], &[0]].concat()).reply().is_none());
            for (place, bit) in (0..bytes.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
                let mut changed = bytes.clone();
                changed[place] ^= 1 << bit;
                // Whatever it is read as is within the bounds.
                if let Some(delivery) = Reader(&changed).reply().and_then(|reply| reply.delivery) {
                    assert!(delivery.delay <= fault::LONGEST);
                }
            }
        }
    }
}
