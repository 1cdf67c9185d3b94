//! Choices from a seed: SplitMix64 (Steele, Lea and Flood, 2014).

/// A stream of choices.
#[derive(Clone, Debug)]
pub(super) struct Choices(u64);

impl Choices {
    /// The stream of a seed; `stream` tells streams of one seed apart.
    pub(super) fn new(seed: u32, stream: u32) -> Self {
        Choices(u64::from(seed) << 32 | u64::from(stream))
    }

    /// A number below `n`; `n` is far below 2^32, so the bias does not show.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(n) * (self.next() >> 32)) >> 32) as u32
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_even_and_repeat_with_their_seed() {
        let draw = |seed| {
            let mut choices = Choices::new(seed, 0);
            let mut counts = [0; 5];
            for _ in 0..5000 {
                counts[choices.below(5) as usize] += 1;
            }
            counts
        };
        assert!(
            draw(7).iter().all(|count| (900..1100).contains(count)),
            "{:?}",
            draw(7)
        );
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
