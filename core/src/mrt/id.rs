//! Transaction ids: xorshift64*, seeded, never zero.

use std::fmt;
use std::num::NonZeroU64;

/// The 64-bit id by which the server knows a transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MrtId(pub NonZeroU64);

impl MrtId {
    /// The id of this number; zero is none.
    pub fn new(number: u64) -> Option<MrtId> {
        NonZeroU64::new(number).map(MrtId)
    }

    /// Its bits as the signed integer that is the monitor record's user key.
    pub fn as_user_key(self) -> i64 {
        self.0.get().cast_signed()
    }
}

impl fmt::Display for MrtId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for MrtId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The xorshift64* generator of the Java and C# clients, with its state given.
#[derive(Clone, Debug)]
pub struct IdGenerator {
    state: NonZeroU64,
}

impl IdGenerator {
    /// A generator in this state.
    pub fn new(state: NonZeroU64) -> IdGenerator {
        IdGenerator { state }
    }

    /// The next id. The state runs through all non-zero values, and the
    /// multiplier is odd, so an id is never zero.
    pub fn next_id(&mut self) -> MrtId {
        let mut x = self.state.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.state = NonZeroU64::new(x).expect("xorshift never reaches zero from a non-zero state");
        MrtId::new(x.wrapping_mul(0x2545_f491_4f6c_dd1d))
            .expect("an odd multiple of a non-zero number is not zero modulo 2^64")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ids_from_state_one() {
        let mut ids = IdGenerator::new(NonZeroU64::MIN);
        let first: Vec<u64> = (0..3).map(|_| ids.next_id().0.get()).collect();
        assert_eq!(
            first,
            [
                5_180_492_295_206_395_165,
                12_380_297_144_915_551_517,
                13_389_498_078_930_870_103
            ]
        );
    }
}
