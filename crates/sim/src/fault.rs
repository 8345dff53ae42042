//! Network faults: messages are duplicated, delayed and lost.
//!
//! Invariant: the same seed makes the same faults.

use rand::{RngExt, rngs::StdRng};
use std::{str::FromStr, time::Duration};

/// The probability of each fault, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Faults {
    pub duplicate: f64,
    pub delay: f64,
    /// The message is lost.
    pub drop: f64,
    /// The longest delay. Beyond 2 s a board has stopped waiting.
    pub longest: Duration,
}

/// The outcome of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub copies: u8,
    pub delay: Duration,
}

/// Invalid probability.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write the share of faults as a percentage such as 5%, or as duplicate=5%,delay=10%,drop=1%")]
pub struct BadFaults;

impl Delivery {
    /// Delivered once, without delay.
    pub const NORMAL: Self = Self { copies: 1, delay: Duration::ZERO };
}

impl Faults {
    pub const NONE: Self = Self { duplicate: 0.0, delay: 0.0, drop: 0.0, longest: Duration::from_secs(3) };

    /// The probability of trouble beside the network – a power cut, a pulled cable – from 0 to 1.
    #[must_use]
    pub fn mishaps(&self) -> f64 {
        self.drop
    }

    /// Draws the outcome of a message.
    pub fn outcome(&self, rng: &mut StdRng) -> Delivery {
        // Every fault is drawn each time, so that changing one probability does not change the others.
        let [dropped, doubled, late] = [self.drop, self.duplicate, self.delay].map(|share| rng.random_bool(share));
        let delay = self.longest.mul_f64(rng.random());
        Delivery {
            copies: if dropped { 0 } else { 1 + u8::from(doubled) },
            delay: if late { delay } else { Duration::ZERO },
        }
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self::NONE
    }
}

impl FromStr for Faults {
    type Err = BadFaults;

    fn from_str(text: &str) -> Result<Self, BadFaults> {
        let share = |text: &str| {
            let percent: f64 = text.strip_suffix('%').and_then(|digits| digits.parse().ok()).ok_or(BadFaults)?;
            (0.0..=100.0).contains(&percent).then_some(percent / 100.0).ok_or(BadFaults)
        };
        let mut faults = Self::NONE;
        if !text.contains('=') {
            let share = share(text)?;
            return Ok(Self { duplicate: share, delay: share, drop: share, ..faults });
        }
        for part in text.split(',') {
            let (name, percent) = part.split_once('=').ok_or(BadFaults)?;
            let field = match name.trim() {
                "duplicate" => &mut faults.duplicate,
                "delay" => &mut faults.delay,
                "drop" => &mut faults.drop,
                _ => return Err(BadFaults),
            };
            *field = share(percent.trim())?;
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn fault_shares_parse() {
        let five: Faults = "5%".parse().unwrap();
        assert_eq!(five, Faults { duplicate: 0.05, delay: 0.05, drop: 0.05, ..Faults::NONE });
        let named: Faults = "delay=50%, drop=0.5%".parse().unwrap();
        assert_eq!(named, Faults { delay: 0.5, drop: 0.005, ..Faults::NONE });
        for wrong in ["", "5", "%", "101%", "-1%", "NaN%", "loss=5%", "drop=5", "drop=5%,"] {
            assert_eq!(wrong.parse::<Faults>(), Err(BadFaults), "{wrong}");
        }
    }

    #[test]
    fn fault_rates_match_and_repeat_with_the_seed() {
        let faults = Faults { duplicate: 0.5, delay: 0.25, drop: 0.1, longest: Duration::from_secs(3) };
        let throw = |seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            (0..10_000).map(|_| faults.outcome(&mut rng)).collect::<Vec<_>>()
        };
        let outcomes = throw(1);
        let share = |which: fn(&Delivery) -> bool| outcomes.iter().filter(|outcome| which(outcome)).count();
        assert!((900..1_100).contains(&share(|outcome| outcome.copies == 0)));
        assert!((4_300..4_700).contains(&share(|outcome| outcome.copies == 2)));
        assert!((2_300..2_700).contains(&share(|outcome| outcome.delay > Duration::ZERO)));
        assert!(outcomes.iter().all(|outcome| outcome.delay <= faults.longest));
        assert_eq!(throw(1), outcomes);
        assert_ne!(throw(2), outcomes);
        let mut rng = StdRng::seed_from_u64(1);
        assert!((0..100).all(|_| Faults::NONE.outcome(&mut rng) == Delivery::NORMAL));
    }
}
