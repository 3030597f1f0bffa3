//! `delay`: the reply comes late, by a fixed time or one that is drawn.

use std::f64::consts::TAU;
use std::str::FromStr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use super::definition::{Cell, Definition};
use super::period::{LONGEST, Period};
use super::{Effect, hold_back};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "delay",
    means: "the reply comes late",
    parameters: "a time, or one of `fixed`, `uniform`, `normal`, `lognormal`, `per_byte` (100ms)",
    http1: Cell::Applies("the reply, late"),
    http2: Cell::Applies("the reply, late; other streams are not held up"),
    tls: "the same",
    read: super::read::<Delay>,
    schema: super::schema::<Delay>,
};

/// How long a reply is held back, at most ten minutes: a time, or a distribution that it is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Delay {
    /// Always this long.
    Always(Period),
    /// By a distribution.
    Drawn(Distribution),
}

/// What a delay is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Always this long.
    Fixed(Period),
    /// Anything between two times, each equally likely.
    Uniform(Uniform),
    /// Around a mean.
    Normal(Normal),
    /// Around a median, with a long tail: what the times of real servers look like.
    Lognormal(Lognormal),
    /// So long for each byte of the content.
    PerByte(PerByte),
}

/// Anything between two times, each equally likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// The shortest.
    pub from: Period,
    /// The longest.
    pub to: Period,
}

/// A normal distribution, cut at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// The mean.
    pub mean: Period,
    /// The standard deviation.
    pub deviation: Period,
    /// The longest; ten minutes unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Period>,
}

/// A lognormal distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lognormal {
    /// The median: half of the times are shorter.
    pub median: Period,
    /// The standard deviation of the logarithm, 0 to 10; with 0.6, one time in twenty is 2.7 medians or more.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub sigma: f64,
    /// The longest; ten minutes unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Period>,
}

/// So long for each byte of the content: one time, or a map with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerByte {
    /// So long for each byte.
    Each(Period),
    /// So long for each byte, up to a bound.
    Bounded(BoundedPerByte),
}

/// So long for each byte of the content, up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundedPerByte {
    /// So long for each byte.
    pub each: Period,
    /// The longest.
    pub at_most: Period,
}

impl Delay {
    /// Draws how long a reply with content of so many bytes is held back.
    ///
    /// Takes the same number of draws whatever the distribution, so that what is drawn after it does not depend on it.
    pub fn draw(&self, bytes: usize, random: &mut Random) -> Duration {
        let (one, other) = (random.unit(), random.unit());
        let (seconds, at_most) = match *self {
            Self::Always(period) | Self::Drawn(Distribution::Fixed(period)) => (period.seconds(), None),
            Self::Drawn(Distribution::Uniform(Uniform { from, to })) => {
                (from.seconds() + (to.seconds() - from.seconds()) * one, None)
            }
            Self::Drawn(Distribution::Normal(Normal { mean, deviation, at_most })) => {
                (mean.seconds() + deviation.seconds() * bell(one, other), at_most)
            }
            Self::Drawn(Distribution::Lognormal(Lognormal { median, sigma, at_most })) => {
                (median.seconds() * (sigma * bell(one, other)).exp(), at_most)
            }
            Self::Drawn(Distribution::PerByte(PerByte::Each(each))) => (each.seconds() * bytes as f64, None),
            Self::Drawn(Distribution::PerByte(PerByte::Bounded(BoundedPerByte { each, at_most }))) => {
                (each.seconds() * bytes as f64, Some(at_most))
            }
        };
        let most = at_most.map_or(LONGEST, Period::duration).as_secs_f64();
        // Whole microseconds: the last bits of a logarithm differ from machine to machine.
        Duration::from_micros((seconds.clamp(0.0, most) * 1e6).round() as u64)
    }

    fn check(self) -> Result<Self, String> {
        match self {
            Self::Drawn(Distribution::Uniform(Uniform { from, to })) if from > to => {
                Err(format!("`from` ({from}) is longer than `to` ({to})"))
            }
            Self::Drawn(Distribution::Lognormal(Lognormal { sigma, .. }))
                if !(0.0..=10.0).contains(&sigma) =>
            {
                Err(format!("`sigma` is {sigma}, expected a number from 0 to 10"))
            }
            Self::Always(_) | Self::Drawn(_) => Ok(self),
        }
    }
}

/// A draw from the standard normal distribution, from two even ones (Box and Muller).
fn bell(one: f64, other: f64) -> f64 {
    (-2.0 * (1.0 - one).ln()).sqrt() * (TAU * other).cos()
}

impl FromStr for Delay {
    type Err = String;

    /// Reads a time such as `250ms`, or a distribution as JSON. Errors say what was expected, as the end of a sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        if !text.starts_with('{') {
            return text.parse().map(Self::Always);
        }
        serde_json::from_str(text).map_err(|error| format!("a delay: {error}"))
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let delay = if value.is_object() {
            Distribution::deserialize(value).map(Self::Drawn)
        } else {
            Period::deserialize(value).map(Self::Always)
        };
        delay.map_err(de::Error::custom)?.check().map_err(de::Error::custom)
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self::Always(Period::milliseconds(100))
    }
}

impl Effect for Delay {
    /// Adds up with what the reply is held back by already.
    fn inject(&self, reply: &mut Reply, random: &mut Random) -> bool {
        let more = self.draw(reply.body.len(), random);
        hold_back(reply, more);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    fn read(json: &str) -> Result<Delay, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    fn drawn(json: &str) -> Vec<u128> {
        let delay = read(json).unwrap();
        let mut random = Seed(1).random();
        let mut times: Vec<u128> = (0..2001).map(|_| delay.draw(1000, &mut random).as_micros()).collect();
        times.sort_unstable();
        times
    }

    #[test]
    fn times_lie_where_their_distribution_says() {
        for (json, low, median, high) in [
            (r#""250ms""#, 250_000, 250_000, 250_000),
            (r#"{"fixed": "1s"}"#, 1_000_000, 1_000_000, 1_000_000),
            (r#"{"uniform": {"from": "100ms", "to": "200ms"}}"#, 100_000, 150_000, 200_000),
            (
                r#"{"normal": {"mean": "100ms", "deviation": "50ms", "at_most": "150ms"}}"#,
                0,
                100_000,
                150_000,
            ),
            (r#"{"lognormal": {"median": "120ms", "sigma": 0.6, "at_most": "3s"}}"#, 0, 120_000, 3_000_000),
            (r#"{"per_byte": "20us"}"#, 20_000, 20_000, 20_000),
            (r#"{"per_byte": {"each": "20us", "at_most": "5ms"}}"#, 5_000, 5_000, 5_000),
        ] {
            let times = drawn(json);
            assert!(times[0] >= low && times[2000] <= high, "{json}: {} to {}", times[0], times[2000]);
            let found = times[1000] as f64 / f64::from(median);
            assert!((0.95..=1.05).contains(&found), "{json}: median {}", times[1000]);
        }
    }

    #[test]
    fn what_is_no_delay_is_refused_with_a_reason() {
        for (json, reason) in [
            (r#""250""#, "such as `250ms`"),
            ("250", "such as `250ms`"),
            (r#""11m""#, "at most ten minutes"),
            (r#"{"uniform": {"from": "2s", "to": "1s"}}"#, "`from` (2s) is longer than `to` (1s)"),
            (r#"{"lognormal": {"median": "2s", "sigma": -1}}"#, "expected a number from 0 to 10"),
            (r#"{"lognormal": {"median": "2s"}}"#, "missing field `sigma`"),
            (r#"{"poisson": {}}"#, "unknown variant `poisson`"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(reason), "{json}: {error}");
        }
    }
}
