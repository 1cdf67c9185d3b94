//! Every interleaving of the steps of two small transactions, with a crash of
//! either client at every step.

use super::super::commit::{Finish, Outcome};
use super::super::digest::Key;
use super::super::operate::WriteCommand;
use super::super::{Mrt, TxnHandle};
use super::{Broken, committed, demo_key, node, number, put, settle};

/// A command of a small transaction, over the keys 0 and 1.
#[derive(Clone, Copy, Debug)]
enum Act {
    Read(usize),
    /// Writes the number of the transaction.
    Write(usize),
    Delete(usize),
}

/// Two transactions, and what is there before them.
struct Pair {
    before: [Option<u64>; 2],
    acts: [&'static [Act]; 2],
}

const PAIRS: [Pair; 4] = [
    // Write skew: each writes what the other read.
    Pair {
        before: [Some(1), Some(2)],
        acts: [
            &[Act::Read(0), Act::Write(1)],
            &[Act::Read(1), Act::Write(0)],
        ],
    },
    // Lost update: both read and write the same record.
    Pair {
        before: [Some(1), None],
        acts: [
            &[Act::Read(0), Act::Write(0)],
            &[Act::Read(0), Act::Write(0)],
        ],
    },
    // Phantom by key: a read of nothing, and a creation.
    Pair {
        before: [None, None],
        acts: [
            &[Act::Read(0), Act::Write(1)],
            &[Act::Read(1), Act::Write(0)],
        ],
    },
    // Both write both, in opposite order; one deletes.
    Pair {
        before: [Some(1), Some(2)],
        acts: [
            &[Act::Write(0), Act::Write(1)],
            &[Act::Delete(1), Act::Write(0)],
        ],
    },
];

/// One client: its transaction, what it read, how far it is.
struct Client {
    txn: TxnHandle,
    name: u64,
    acts: &'static [Act],
    reads: Vec<(usize, Option<u64>)>,
    writes: Vec<(usize, Option<u64>)>,
    at: usize,
    finish: Option<Finish>,
    /// Steps before it vanishes.
    lives: usize,
}

impl Client {
    /// Do the next step. Answers whether there was one.
    fn step(&mut self, mrt: &mut Mrt, keys: &[Key]) -> bool {
        if self.lives == 0 || self.ended() {
            return false;
        }
        self.lives -= 1;
        if let Some(finish) = &mut self.finish {
            finish.advance(mrt);
        } else if let Some(act) = self.acts.get(self.at) {
            self.at += 1;
            if !self.command(mrt, keys, *act) {
                self.finish = Some(mrt.start_abort(self.txn));
            }
        } else {
            let mut finish = mrt.start_commit(self.txn);
            finish.advance(mrt);
            self.finish = Some(finish);
        }
        true
    }

    /// Whether the command was carried out; a refused one makes it give up.
    fn command(&mut self, mrt: &mut Mrt, keys: &[Key], act: Act) -> bool {
        let (Act::Read(at) | Act::Write(at) | Act::Delete(at)) = act;
        let key = &keys[at];
        match act {
            Act::Read(_) => {
                let Ok(seen) = mrt.read(key, Some(self.txn)) else {
                    return false;
                };
                self.reads.push((at, number(seen.as_ref())));
                true
            }
            Act::Write(_) => {
                self.writes.push((at, Some(self.name)));
                mrt.write(key, Some(self.txn), &put(self.name)).is_ok()
            }
            Act::Delete(_) => {
                self.writes.push((at, None));
                mrt.write(key, Some(self.txn), &WriteCommand::delete(true))
                    .is_ok()
            }
        }
    }

    fn ended(&self) -> bool {
        self.finish
            .as_ref()
            .is_some_and(|finish| finish.outcome().is_some())
    }

    fn acknowledged(&self) -> bool {
        let outcome = self.finish.as_ref().and_then(Finish::outcome);
        matches!(outcome, Some(Outcome::Committed(_)))
    }
}

/// The most steps of one client: two commands, verify, mark, two rolls, close.
const MOST_STEPS: usize = 7;

/// Run one schedule: bit `n` says who does step `n`. Answers whether the
/// outcome equals that of one after another.
fn run(pair: &Pair, schedule: u32, lives: [usize; 2], broken: Broken) -> Result<(), String> {
    let mut mrt = node(broken);
    let keys = [demo_key(&mut mrt, 0), demo_key(&mut mrt, 1)];
    for (key, value) in keys.iter().zip(pair.before) {
        if let Some(value) = value {
            mrt.write(key, None, &put(value))
                .expect("nothing stands in the way");
        }
    }
    let mut clients = [0, 1].map(|at| Client {
        txn: mrt.begin(&Default::default()),
        name: 100 + at as u64,
        acts: pair.acts[at],
        reads: Vec::new(),
        writes: Vec::new(),
        at: 0,
        finish: None,
        lives: lives[at],
    });
    for turn in 0..2 * MOST_STEPS {
        let who = (schedule >> turn & 1) as usize;
        if !clients[who].step(&mut mrt, &keys) {
            clients[1 - who].step(&mut mrt, &keys);
        }
    }
    let acknowledged = [0, 1].map(|at| clients[at].acknowledged());
    settle(&mut mrt);
    let found = committed(&mut mrt, &keys);
    // A client that vanished may have committed: either answer must fit.
    let orders: [&[usize]; 5] = [&[], &[0], &[1], &[0, 1], &[1, 0]];
    let fits = orders.iter().any(|order| {
        let includes = |at: usize| order.contains(&at);
        (0..2).all(|at| includes(at) || !acknowledged[at])
            && (0..2).all(|at| !includes(at) || clients[at].at == pair.acts[at].len())
            && one_after_another(pair.before, order, &clients) == Some(found.clone())
    });
    if fits {
        Ok(())
    } else {
        Err(format!("{found:?}, acknowledged {acknowledged:?}"))
    }
}

/// The state after these clients in this order; `None`: one read something else.
fn one_after_another(
    before: [Option<u64>; 2],
    order: &[usize],
    clients: &[Client; 2],
) -> Option<Vec<Option<u64>>> {
    let mut state = before.to_vec();
    for &at in order {
        if clients[at]
            .reads
            .iter()
            .any(|(key, seen)| state[*key] != *seen)
        {
            return None;
        }
        for (key, value) in &clients[at].writes {
            state[*key] = *value;
        }
    }
    Some(state)
}

/// With a crash after any number of steps of either client, or with none.
const CRASHES: std::ops::RangeInclusive<usize> = 0..=MOST_STEPS;
const NO_CRASH: std::ops::RangeInclusive<usize> = MOST_STEPS..=MOST_STEPS;

/// Every order of the steps, for every number of steps that a client lives.
fn all_schedules(
    lives: std::ops::RangeInclusive<usize>,
    mut check: impl FnMut(u32, [usize; 2]),
) -> usize {
    let mut cases = 0;
    for first in lives.clone() {
        for second in lives.clone() {
            let turns = first + second;
            for schedule in (0u32..1 << turns).filter(|bits| bits.count_ones() as usize == second) {
                check(schedule, [first, second]);
                cases += 1;
            }
        }
    }
    cases
}

#[test]
fn every_interleaving_with_every_crash_is_one_after_another() {
    for (at, pair) in PAIRS.iter().enumerate() {
        let cases = all_schedules(CRASHES, |schedule, lives| {
            if let Err(found) = run(pair, schedule, lives, Broken::default()) {
                panic!("pair {at}, schedule {schedule:b}, lives {lives:?}: {found}");
            }
        });
        assert_eq!(
            cases, 12_869,
            "every lattice path of at most seven steps each"
        );
    }
}

#[test]
fn without_verify_an_interleaving_is_not() {
    for (at, pair) in PAIRS.iter().enumerate().take(3) {
        let mut bad = 0;
        let broken = Broken {
            skips_verify: true,
            ..Broken::default()
        };
        all_schedules(NO_CRASH, |schedule, lives| {
            bad += usize::from(run(pair, schedule, lives, broken).is_err());
        });
        // A record that is read and then written carries its version with the
        // write, so the lost update is caught before verify.
        assert_eq!(bad > 0, at != 1, "pair {at}: {bad}");
    }
}

#[test]
fn with_reads_of_nothing_forgotten_an_interleaving_is_not() {
    let broken = Broken {
        forgets_missing_reads: true,
        ..Broken::default()
    };
    let mut bad = 0;
    all_schedules(NO_CRASH, |schedule, lives| {
        bad += usize::from(run(&PAIRS[2], schedule, lives, broken).is_err());
    });
    assert!(bad > 0);
}
