//! Seeds and the random streams drawn from them: fixed algorithms, so that a seed gives the same bytes everywhere.
//!
//! A seed is mixed by FNV-1a (64 bit) and finished by `SplitMix64`; a stream is `Xoshiro256++`
//! seeded through `SplitMix64`, as `rand`'s `seed_from_u64` defines it for that generator.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// Where a random stream starts. Seeds are made from seeds, by mixing in what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seed(pub u64);

impl Seed {
    /// A seed that nothing foretells, below 2^53, so that every client can read it from JSON.
    pub fn fresh() -> Self {
        Self(rand::random::<u64>() >> 11)
    }

    /// The seed for one use of this seed: `part` says which.
    #[must_use]
    pub fn mix(self, part: &[u8]) -> Self {
        let mut hash = self.0 ^ 0xcbf2_9ce4_8422_2325;
        for byte in part {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // The length keeps `mix("a").mix("b")` apart from `mix("ab")`.
        Self(finish(hash ^ (part.len() as u64).rotate_left(32)))
    }

    /// The seed for one use of this seed, told by a number.
    #[must_use]
    pub fn mix_number(self, part: u64) -> Self {
        Self(finish(self.0.rotate_left(25) ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// The stream that starts here.
    pub fn random(self) -> Random {
        Random(Xoshiro256PlusPlus::seed_from_u64(self.0))
    }
}

fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 to `bound` - 1; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // Multiply-shift: the bias is below 2^-40 for the bounds that occur, and it needs no loop.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included; `low` if they are the wrong way round.
    pub fn between(&mut self, low: i128, high: i128) -> i128 {
        if high <= low {
            return low;
        }
        let width = (high - low) as u128 + 1;
        if width > u128::from(u64::MAX) {
            return low + (u128::from(self.bits()) % width) as i128;
        }
        low + i128::from(self.below(width as u64))
    }

    /// A number from 0 (included) to 1 (excluded).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of these; `None` if there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len() as u64) as usize)
    }

    /// The generator itself, for packages that draw from one.
    pub fn generator(&mut self) -> &mut impl Rng {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_stream_on_every_machine() {
        let mut random = Seed(42).mix(b"organizations").mix_number(7).random();
        assert_eq!([random.bits(), random.bits()], [3_001_309_301_215_909_070, 14_655_524_940_696_566_968]);
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut random = Seed(1).random();
        for _ in 0..1000 {
            assert!(random.below(3) < 3);
            assert!((-2..=2).contains(&random.between(-2, 2)));
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert_eq!(random.between(5, 1), 5);
    }
}
