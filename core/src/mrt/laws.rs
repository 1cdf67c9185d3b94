//! Laws of the whole, each with a seed or a schedule that a failure prints.
//!
//! 1. `replay`: random transactions and outside commands, replayed one after
//!    another in the order of their commits, give the same answers. With reads
//!    of nothing forgotten, or verify skipped, they do not: the law can fail.
//! 2. `faults`: whatever is lost at whatever step, after the sweep all of a
//!    transaction's writes are there, or none; an acknowledged commit stays.
//! 3. `steps`: every interleaving of the steps of two small transactions, with
//!    a crash of either client at every step.

mod faults;
mod replay;
mod steps;

use super::digest::{Key, UserKey};
use super::operate::WriteCommand;
use super::record::Stored;
use super::{Config, Mrt};

/// Deliberate mistakes, so that the laws can be seen to fail.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Broken {
    /// Reads of nothing are not remembered.
    pub forgets_missing_reads: bool,
    /// Commit does not compare versions.
    pub skips_verify: bool,
}

/// A seeded source of choices (xorshift64).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("below a usize")
    }
}

fn node(broken: Broken) -> Mrt {
    let mut mrt = Mrt::new(Config::default());
    mrt.broken = broken;
    mrt
}

fn demo_key(mrt: &mut Mrt, number: usize) -> Key {
    mrt.key("test", Some("demo"), UserKey::Integer(number as i64))
}

/// A put of one number in the bin `v`.
fn put(number: u64) -> WriteCommand {
    WriteCommand::put([("v".into(), Some(number.to_string().into()))])
}

/// The number in the bin `v`.
fn number(stored: Option<&Stored>) -> Option<u64> {
    let value = stored?.bins.as_ref()?.value("v")?;
    Some(value.parse().expect("only numbers here"))
}

/// What everybody sees of these keys.
fn committed(mrt: &mut Mrt, keys: &[Key]) -> Vec<Option<u64>> {
    keys.iter()
        .map(|key| {
            number(
                mrt.read(key, None)
                    .expect("a read outside never fails")
                    .as_ref(),
            )
        })
        .collect()
}

/// The network is well again, and the server finishes what clients left behind.
fn settle(mrt: &mut Mrt) {
    mrt.faults = super::fault::FaultQueue::default();
    mrt.tick(mrt.server.now + 1_000);
    mrt.sweep();
    mrt.sweep();
    assert_eq!(mrt.info().mrt_monitors, 0);
    assert_eq!(mrt.info().mrt_provisionals, 0);
}
