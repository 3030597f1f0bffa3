//! Rules of time: outages, and chances that rise or fall. Functions of the time since the session's first call.

/// From when on and how long a rule holds, in milliseconds since the session's first call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: i64,
    /// `None`: for good.
    pub(super) length: Option<i64>,
    /// After which time it starts again; longer than `length`.
    pub(super) every: Option<i64>,
}

impl Window {
    /// Whether a moment lies in it.
    pub(super) fn holds(self, since: i64) -> bool {
        let into = since - self.from;
        let into = match self.every {
            Some(every) if into >= 0 && every > 0 => into % every,
            Some(_) | None => into,
        };
        into >= 0 && self.length.is_none_or(|length| into < length)
    }

    /// How many milliseconds of the outage are left, if it ends.
    pub(super) fn left(self, since: i64) -> Option<i64> {
        let into = since - self.from;
        let into = self.every.filter(|every| *every > 0).map_or(into, |every| into.rem_euclid(every));
        Some(self.length? - into)
    }
}

/// How likely a rule is to fire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Chance {
    /// Always.
    Sure,
    /// With this probability.
    Fixed(f64),
    /// With one that goes from one value to another, evenly, in a stretch of time.
    Sloped { from: f64, to: f64, start: i64, over: i64 },
}

impl Chance {
    /// The probability at a moment, in milliseconds since the session's first call.
    pub(super) fn at(self, since: i64) -> f64 {
        match self {
            Self::Sure => 1.0,
            Self::Fixed(probability) => probability,
            Self::Sloped { from, to, start, over } => {
                let gone = if over > 0 { (since - start) as f64 / over as f64 } else { 1.0 };
                let gone = if since < start { 0.0 } else { gone.clamp(0.0, 1.0) };
                from + (to - from) * gone
            }
        }
    }

    /// The probability that was asked for, where it is one number.
    pub(super) fn configured(self) -> Option<f64> {
        match self {
            Self::Fixed(probability) => Some(probability),
            Self::Sure | Self::Sloped { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_holds_in_its_window_and_comes_back() {
        let once = Window { from: 100, length: Some(50), every: None };
        let again = Window { every: Some(200), ..once };
        let open = Window { length: None, ..once };
        let table = [
            (99, [false, false, false]),
            (100, [true, true, true]),
            (149, [true, true, true]),
            (150, [false, false, true]),
            (299, [false, false, true]),
            (300, [false, true, true]),
            (350, [false, false, true]),
        ];
        for (since, expected) in table {
            assert_eq!([once, again, open].map(|window| window.holds(since)), expected, "{since}");
        }
        assert_eq!([once.left(110), again.left(310), open.left(110)], [Some(40), Some(40), None]);
    }

    #[test]
    fn a_slope_goes_evenly_from_one_chance_to_the_other() {
        let ramp = Chance::Sloped { from: 0.0, to: 0.5, start: 100, over: 100 };
        let recovery = Chance::Sloped { from: 1.0, to: 0.0, start: 0, over: 0 };
        let percent = |chance: Chance, since| (chance.at(since) * 100.0).round() as i64;
        assert_eq!([0, 100, 150, 200, 900].map(|since| percent(ramp, since)), [0, 0, 25, 50, 50]);
        assert_eq!([-1, 0].map(|since| percent(recovery, since)), [100, 0]);
    }
}
