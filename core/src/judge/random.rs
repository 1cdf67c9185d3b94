//! A small seeded generator: equal seeds give equal scripts on every machine.
//!
//! The algorithm is SplitMix64 (Steele, Lea and Flood, 2014): one addition and
//! three xor-shift-multiply rounds per number. It is not for secrets.

/// A stream of numbers that only its seed decides.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The stream of the `index`-th thing made from `seed`; it does not depend on the others.
    pub fn nth(seed: u64, index: u64) -> Self {
        let mut parent = Random(seed ^ index.wrapping_mul(0xA076_1D64_78BD_642F));
        Random(parent.next())
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "an empty range has no number");
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in `part` of `whole` draws.
    pub fn chance(&mut self, part: usize, whole: usize) -> bool {
        self.below(whole) < part
    }

    /// One of `items`, which are not empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn equal_seeds_give_equal_streams() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (0..5).map(|_| random.next()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(
            Random::new(0).next(),
            0xE220_A839_7B1D_CDAF,
            "SplitMix64's first number for seed 0"
        );
    }

    #[test]
    fn below_stays_below_and_meets_every_number() {
        let mut random = Random::new(1);
        let mut met = [false; 7];
        for _ in 0..200 {
            met[random.below(7)] = true;
        }
        assert_eq!(met, [true; 7]);
    }
}
