//! The numbers of a draw: a deterministic generator made of SHA-256 and a counter.
//!
//! Invariant: every number below the limit is equally likely, and nothing is rounded. The description is in
//! [`crate::draws`].

use super::hash::DrawHash;
use std::num::NonZeroU64;

/// Numbers that follow from a seed.
pub(super) struct Generator {
    seed: DrawHash,
    counter: u64,
}

impl Generator {
    pub(super) const fn new(seed: DrawHash) -> Self {
        Self { seed, counter: 0 }
    }

    /// A number from 0 to `limit - 1`: as many low bits of the next block as `limit - 1` has, until they are below
    /// `limit`, after two blocks on average at most.
    pub(super) fn below(&mut self, limit: NonZeroU64) -> u64 {
        let mask = u64::MAX.checked_shr((limit.get() - 1).leading_zeros()).unwrap_or(0);
        loop {
            let number = self.block() & mask;
            if number < limit.get() {
                return number;
            }
        }
    }

    /// The first 8 bytes of the next hash, big-endian.
    fn block(&mut self) -> u64 {
        let hash = DrawHash::of(&[self.seed.as_bytes(), &self.counter.to_be_bytes()]);
        self.counter = self.counter.wrapping_add(1);
        hash.as_bytes().iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator() -> Generator {
        Generator::new(DrawHash::of(&[b"generator"]))
    }

    fn limit(limit: u64) -> NonZeroU64 {
        NonZeroU64::new(limit).unwrap()
    }

    #[test]
    fn limit_of_one_gives_zero_and_uses_one_block() {
        let mut generator = generator();
        assert_eq!(generator.below(limit(1)), 0);
        assert_eq!(generator.counter, 1);
    }

    #[test]
    fn largest_limit_uses_all_bits() {
        let mut generator = generator();
        let numbers: Vec<_> = (0..64).map(|_| generator.below(limit(u64::MAX))).collect();
        assert!(numbers.iter().any(|it| it >> 63 == 1) && numbers.iter().any(|it| it >> 63 == 0));
    }

    #[test]
    fn numbers_above_the_limit_are_rejected() {
        let mut generator = generator();
        let mut counts = [0_u32; 5];
        for _ in 0..10_000 {
            counts[usize::try_from(generator.below(limit(5))).unwrap()] += 1;
        }
        // Of 8 numbers of three bits 3 are rejected: 16,000 blocks, with a standard deviation of 98.
        assert!((15_700..=16_300).contains(&generator.counter), "{} blocks", generator.counter);
        // 2,000 each, with a standard deviation of 40.
        assert!(counts.iter().all(|it| (1_880..=2_120).contains(it)), "{counts:?}");
    }
}
