//! The only place that reads the time.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// A source of the current time; fixed in tests, so that what depends on it can be told in advance.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always this moment, in milliseconds since 1970-01-01T00:00:00Z.
    Fixed(i64),
    /// The moment that was last written here, in milliseconds since 1970-01-01T00:00:00Z: moved on by hand.
    ByHand(&'static AtomicI64),
}

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Clock {
    /// The current moment.
    pub fn now(self) -> Moment {
        match self {
            Self::System => Moment(Timestamp::now().as_millisecond()),
            Self::Fixed(milliseconds) => Moment(milliseconds),
            Self::ByHand(milliseconds) => Moment(milliseconds.load(Ordering::Relaxed)),
        }
    }
}

impl Moment {
    /// Reads a moment as RFC 3339 has it; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|timestamp| Self(timestamp.as_millisecond()))
    }

    /// Writes it as the header field `Date` has it (RFC 9110 5.6.7), such as `Sun, 01 Jun 2025 09:30:00 GMT`.
    pub fn http_date(self) -> String {
        let timestamp = Timestamp::from_millisecond(self.0).unwrap_or_default();
        timestamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// Its day in UTC, such as `2025-06-01`.
    pub fn day(self) -> String {
        Timestamp::from_millisecond(self.0).unwrap_or_default().strftime("%Y-%m-%d").to_string()
    }
}

impl std::fmt::Display for Moment {
    /// Writes it by RFC 3339 in UTC, such as `2025-06-01T09:30:00.250Z`; always so many digits, so that texts sort as
    /// moments do.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}
