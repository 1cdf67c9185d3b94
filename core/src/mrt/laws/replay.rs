//! Random interleavings against a replay in commit order.

use std::collections::BTreeMap;

use super::super::commit::{CommitStatus, Outcome};
use super::super::digest::Key;
use super::super::operate::{Operation, WriteCommand};
use super::super::refused::ResultCode;
use super::super::{Mrt, TxnHandle};
use super::{Broken, Dice, demo_key, node, number, put};

const KEYS: usize = 4;
const OPEN_AT_MOST: usize = 4;

/// A command that was carried out, and what it answered.
#[derive(Clone, Debug, PartialEq)]
enum Done {
    Read(usize, Option<u64>),
    Put(usize, u64),
    /// Adds 1, or creates 1, and reads the sum.
    Increment(usize, u64),
    Delete(usize, bool),
    /// A put that wanted no record, and whether it found none.
    Create(usize, u64, bool),
}

/// Replay one after another: does every command answer as it did?
fn replays(history: &[Vec<Done>]) -> bool {
    let mut state: BTreeMap<usize, u64> = BTreeMap::new();
    history.iter().flatten().all(|done| match *done {
        Done::Read(key, seen) => state.get(&key).copied() == seen,
        Done::Put(key, value) => {
            state.insert(key, value);
            true
        }
        Done::Increment(key, sum) => {
            let before = state.insert(key, sum).unwrap_or(0);
            before + 1 == sum
        }
        Done::Delete(key, existed) => state.remove(&key).is_some() == existed,
        Done::Create(key, value, created) => {
            let fits = state.contains_key(&key) != created;
            if created {
                state.insert(key, value);
            }
            fits
        }
    })
}

struct Run {
    mrt: Mrt,
    keys: Vec<Key>,
    open: Vec<(TxnHandle, Vec<Done>)>,
    history: Vec<Vec<Done>>,
    next_value: u64,
}

impl Run {
    fn new(broken: Broken) -> Run {
        let mut mrt = node(broken);
        let keys = (0..KEYS).map(|key| demo_key(&mut mrt, key)).collect();
        Run {
            mrt,
            keys,
            open: Vec::new(),
            history: Vec::new(),
            next_value: 1000,
        }
    }

    fn act(&mut self, dice: &mut Dice) {
        match dice.roll(12) {
            0 if self.open.len() < OPEN_AT_MOST => {
                let txn = self.mrt.begin(&Default::default());
                self.open.push((txn, Vec::new()));
            }
            1 if !self.open.is_empty() => {
                let (txn, done) = self.open.swap_remove(dice.roll(self.open.len()));
                if let Outcome::Committed(status) = self.mrt.commit(txn) {
                    assert_eq!(status, CommitStatus::Ok, "no faults are planted");
                    self.history.push(done);
                }
            }
            2 if !self.open.is_empty() => {
                let (txn, _) = self.open.swap_remove(dice.roll(self.open.len()));
                assert!(matches!(self.mrt.abort(txn), Outcome::Aborted(_)));
            }
            3..=8 if !self.open.is_empty() => {
                let at = dice.roll(self.open.len());
                let txn = self.open[at].0;
                let done = self.command(dice, Some(txn));
                self.open[at].1.extend(done);
            }
            _ => {
                let done = self.command(dice, None);
                self.history.push(done.into_iter().collect());
            }
        }
    }

    /// A random command; `None` where another transaction stood in its way.
    fn command(&mut self, dice: &mut Dice, txn: Option<TxnHandle>) -> Option<Done> {
        let at = dice.roll(KEYS);
        let key = self.keys[at].clone();
        self.next_value += 1000;
        let value = self.next_value;
        let kind = dice.roll(7);
        if kind < 3 {
            let seen = self.mrt.read(&key, txn).ok()?;
            return Some(Done::Read(at, number(seen.as_ref())));
        }
        let command = match kind {
            3 => put(value),
            4 => WriteCommand {
                operations: vec![
                    Operation::Increment("v".into(), 1),
                    Operation::Read(Some("v".into())),
                ],
                ..WriteCommand::default()
            },
            5 => WriteCommand::delete(true),
            _ => WriteCommand {
                exists: super::super::record::Exists::CreateOnly,
                ..put(value)
            },
        };
        match (self.mrt.write(&key, txn, &command), kind) {
            (Ok(_), 3) => Some(Done::Put(at, value)),
            (Ok(written), 4) => {
                let sum = written.seen[0].1.as_ref().expect("just written");
                Some(Done::Increment(at, sum.parse().expect("a sum")))
            }
            (Ok(_), 5) => Some(Done::Delete(at, true)),
            (Ok(_), _) => Some(Done::Create(at, value, true)),
            (Err(refused), _) => match refused.code() {
                ResultCode::RecordNotFound => Some(Done::Delete(at, false)),
                ResultCode::RecordExists => Some(Done::Create(at, value, false)),
                ResultCode::MrtBlocked | ResultCode::MrtVersionMismatch => None,
                other => panic!("unexpected {other:?}"),
            },
        }
    }
}

fn holds(seed: u64, broken: Broken) -> bool {
    let mut dice = Dice::new(seed);
    let mut run = Run::new(broken);
    for _ in 0..60 {
        run.act(&mut dice);
    }
    replays(&run.history)
}

#[test]
fn a_replay_in_commit_order_answers_the_same() {
    for seed in 0..1_500 {
        assert!(holds(seed, Broken::default()), "seed {seed}");
    }
}

#[test]
fn forgotten_reads_of_nothing_show_an_anomaly() {
    let broken = Broken {
        forgets_missing_reads: true,
        ..Broken::default()
    };
    assert!((0..1_500).any(|seed| !holds(seed, broken)));
}

#[test]
fn a_skipped_verify_shows_an_anomaly() {
    let broken = Broken {
        skips_verify: true,
        ..Broken::default()
    };
    assert!((0..1_500).any(|seed| !holds(seed, broken)));
}
