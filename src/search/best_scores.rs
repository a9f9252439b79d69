//! The best scores so far, for leaving out early what cannot be among the best.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The best of the scores seen, which must be positive.
pub(super) struct BestScores {
    wanted: usize,
    /// Smallest on top. The bits of positive numbers sort like the numbers.
    bits: BinaryHeap<Reverse<u64>>,
}

impl BestScores {
    pub(super) fn new(wanted: usize) -> Self {
        Self { wanted, bits: BinaryHeap::with_capacity(wanted + 1) }
    }

    /// The score that a new one must have to be among the best.
    pub(super) fn least(&self) -> f64 {
        if self.bits.len() < self.wanted {
            return 0.0;
        }
        self.bits.peek().map_or(f64::INFINITY, |least| f64::from_bits(least.0))
    }

    pub(super) fn push(&mut self, score: f64) {
        self.bits.push(Reverse(score.to_bits()));
        if self.bits.len() > self.wanted {
            self.bits.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_the_best_rises() {
        let mut best = BestScores::new(2);
        let least = |best: &mut BestScores, score| {
            best.push(score);
            best.least()
        };
        assert_eq!([3.0, 1.0, 2.0, 0.5, 9.0].map(|score| least(&mut best, score)), [0.0, 1.0, 2.0, 2.0, 3.0]);
        assert_eq!(BestScores::new(0).least(), f64::INFINITY);
    }
}
