//! What an upstream can lack, so that the stand-in answers in its place.

use std::str::FromStr;

use crate::client::Failure;

/// What an upstream can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// It answers with this status.
    Status(u16),
    /// It answers with a status of this hundred, such as 5 for `5XX`.
    Hundred(u16),
    /// It can't be reached.
    Refused,
    /// It does not answer in time.
    Timeout,
}

impl Lack {
    /// Whether a status is this lack.
    pub(super) fn is_status(self, status: u16) -> bool {
        match self {
            Self::Status(lacking) => lacking == status,
            Self::Hundred(hundred) => hundred == status / 100,
            Self::Refused | Self::Timeout => false,
        }
    }

    /// Whether a failure is this lack.
    pub(super) fn is_failure(self, failure: &Failure) -> bool {
        match failure {
            Failure::Unreachable(_) => self == Self::Refused,
            Failure::TimedOut(_) => self == Self::Timeout,
            Failure::Broken(_) | Failure::Starved(_) | Failure::Content(_) => false,
        }
    }
}

impl FromStr for Lack {
    type Err = String;

    /// Reads `404`, `5XX`, `refused` or `timeout`. Errors say what was expected.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "`refused`, `timeout`, a status such as `404`, or a range such as `5XX`".to_owned();
        match text {
            "refused" => return Ok(Self::Refused),
            "timeout" => return Ok(Self::Timeout),
            _ => {}
        }
        let digits = text.strip_suffix("XX").or_else(|| text.strip_suffix("xx"));
        let number: u16 = digits.unwrap_or(text).parse().map_err(|_| expected())?;
        match digits {
            Some(_) if (2..=5).contains(&number) => Ok(Self::Hundred(number)),
            None if (200..=599).contains(&number) => Ok(Self::Status(number)),
            Some(_) | None => Err(expected()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_is_a_status_or_a_word() {
        for (text, status, expected) in
            [("404", 404, true), ("404", 400, false), ("5XX", 501, true), ("5xx", 404, false)]
        {
            assert_eq!(text.parse::<Lack>().unwrap().is_status(status), expected, "{text} {status}");
        }
        assert!("refused".parse::<Lack>().unwrap().is_failure(&Failure::Unreachable(String::new())));
        for wrong in ["", "40", "6XX", "XX", "down", "4040", "404XX"] {
            assert!(wrong.parse::<Lack>().is_err(), "{wrong}");
        }
    }
}
