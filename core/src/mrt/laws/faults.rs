//! Faults at every step: all or none, and what is acknowledged stays.

use std::collections::BTreeSet;

use super::super::commit::Outcome;
use super::super::digest::Key;
use super::super::event::{MrtEvent, RecordChange};
use super::super::fault::{Fault, FaultMode, FaultStep};
use super::super::operate::WriteCommand;
use super::super::refused::ResultCode;
use super::super::txn::State;
use super::super::{Mrt, TxnHandle};
use super::{Broken, Dice, committed, demo_key, node, put, settle};

const MODES: [FaultMode; 5] = [
    FaultMode::LostRequest,
    FaultMode::LostReply,
    FaultMode::Error(ResultCode::MrtExpired),
    FaultMode::Error(ResultCode::Timeout),
    FaultMode::Error(ResultCode::Forbidden),
];

/// What the client does once its commit or abort was answered.
#[derive(Clone, Copy, Debug)]
enum Afterwards {
    Nothing,
    CommitAgain,
    AbortThen,
    SweepThenCommitAgain,
    ExpireThenCommitAgain,
}

const AFTERWARDS: [Afterwards; 5] = [
    Afterwards::Nothing,
    Afterwards::CommitAgain,
    Afterwards::AbortThen,
    Afterwards::SweepThenCommitAgain,
    Afterwards::ExpireThenCommitAgain,
];

/// Four records: two to update, one to delete, one to create; and what a
/// transaction is to make of them.
const BEFORE: [Option<u64>; 4] = [Some(1), Some(2), Some(3), None];
const AFTER: [Option<u64>; 4] = [Some(10), Some(20), None, Some(40)];

fn commands() -> [WriteCommand; 4] {
    [put(10), put(20), WriteCommand::delete(true), put(40)]
}

/// Set up, plant, run. Answers what was acknowledged, and which writes were.
fn one_case(fault: &Fault, commit: bool, afterwards: Afterwards) {
    let mut mrt = node(Broken::default());
    let keys: Vec<Key> = (0..4).map(|key| demo_key(&mut mrt, key)).collect();
    for (key, value) in keys.iter().zip(BEFORE) {
        if let Some(value) = value {
            mrt.write(key, None, &put(value))
                .expect("nothing stands in the way");
        }
    }
    let watched = demo_key(&mut mrt, 9);
    let txn = mrt.begin(&Default::default());
    mrt.plant(fault.clone());
    let _read_or_lost = mrt.read(&watched, Some(txn));
    let acknowledged: Vec<bool> = keys
        .iter()
        .zip(commands())
        .map(|(key, command)| mrt.write(key, Some(txn), &command).is_ok())
        .collect();
    let mut outcomes = vec![if commit {
        mrt.commit(txn)
    } else {
        mrt.abort(txn)
    }];
    match afterwards {
        Afterwards::Nothing => {}
        Afterwards::CommitAgain => outcomes.push(mrt.commit(txn)),
        Afterwards::AbortThen => outcomes.push(mrt.abort(txn)),
        Afterwards::SweepThenCommitAgain => {
            mrt.sweep();
            outcomes.push(mrt.commit(txn));
        }
        Afterwards::ExpireThenCommitAgain => {
            mrt.tick(100);
            mrt.sweep();
            outcomes.push(mrt.commit(txn));
        }
    }
    let state = mrt.txn(txn).state;
    settle(&mut mrt);
    let label = format!("{fault:?} commit {commit} {afterwards:?} {outcomes:?}");
    let found = committed(&mut mrt, &keys);
    check(&found, &acknowledged, state, &outcomes, &label);
}

fn check(
    found: &[Option<u64>],
    acknowledged: &[bool],
    state: State,
    outcomes: &[Outcome],
    label: &str,
) {
    let definite: Vec<usize> = (0..4).filter(|at| acknowledged[*at]).collect();
    let all = definite.iter().all(|at| found[*at] == AFTER[*at]);
    let none = (0..4).all(|at| found[at] == BEFORE[at]);
    assert!(all || none, "some, not all: {found:?} {label}");
    let said_committed = outcomes
        .iter()
        .any(|outcome| matches!(outcome, Outcome::Committed(_)));
    let said_aborted = outcomes.iter().any(|outcome| match outcome {
        Outcome::Aborted(_) => true,
        Outcome::CommitFailed(failure) => !failure.in_doubt && state == State::Aborted,
        _ => false,
    });
    assert!(!(said_committed && said_aborted), "both: {label}");
    assert!(
        !said_committed || all,
        "acknowledged and gone: {found:?} {label}"
    );
    assert!(
        !said_aborted || none,
        "aborted and there: {found:?} {label}"
    );
}

#[test]
fn every_fault_at_every_step_leaves_all_or_none() {
    let mut cases = 0;
    for (_, step) in FaultStep::NAMES {
        for mode in MODES {
            for times in 1..=5 {
                for only in [None, Some(0), Some(2), Some(3), Some(9)] {
                    for commit in [true, false] {
                        for afterwards in AFTERWARDS {
                            let key = only.map(|key| demo_key(&mut node(Broken::default()), key));
                            one_case(
                                &Fault {
                                    step,
                                    mode,
                                    key,
                                    times,
                                },
                                commit,
                                afterwards,
                            );
                            cases += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(cases, 7 * 5 * 5 * 5 * 2 * 5);
}

/// Random clients that stumble over random faults, some of them vanishing.
fn stumble(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut mrt = node(Broken::default());
    mrt.facts.want(true);
    let keys: Vec<Key> = (0..4).map(|key| demo_key(&mut mrt, key)).collect();
    let mut txns: Vec<TxnHandle> = Vec::new();
    for number in 0..80 {
        act(&mut mrt, &mut dice, &keys, &mut txns, number);
    }
    settle(&mut mrt);
    check_facts(&mrt.facts.take(), seed);
}

fn act(mrt: &mut Mrt, dice: &mut Dice, keys: &[Key], txns: &mut Vec<TxnHandle>, number: u64) {
    let key = &keys[dice.roll(keys.len())];
    let txn = txns.get(dice.roll(txns.len() + 1)).copied();
    match dice.roll(12) {
        0 | 1 => txns.push(mrt.begin(&Default::default())),
        2 => {
            let step = FaultStep::NAMES[dice.roll(7)].1;
            let mode = MODES[dice.roll(MODES.len())];
            let key = (dice.roll(2) == 0).then(|| key.clone());
            mrt.plant(Fault {
                step,
                mode,
                key,
                times: 1,
            });
        }
        3 => drop(mrt.tick(mrt.server.now + dice.roll(4) as u64)),
        4 => drop(mrt.sweep()),
        5 => drop(txn.map(|txn| mrt.commit(txn))),
        6 => drop(txn.map(|txn| mrt.abort(txn))),
        7 => {
            // A client that vanishes in the middle.
            if let Some(txn) = txn {
                let mut finish = if dice.roll(3) > 0 {
                    mrt.start_commit(txn)
                } else {
                    mrt.start_abort(txn)
                };
                for _ in 0..dice.roll(5) {
                    finish.advance(mrt);
                }
                txns.retain(|left| *left != txn);
            }
        }
        8 => drop(mrt.read(key, txn)),
        9 => drop(mrt.write(key, txn, &WriteCommand::delete(true))),
        _ => drop(mrt.write(key, txn, &put(number))),
    }
}

/// No record of a marked transaction is rolled back, none of an unmarked one
/// rolled forward, and none that is acknowledged is unmarked.
fn check_facts(facts: &[MrtEvent], seed: u64) {
    use super::super::event::MonitorChange;
    let ids: std::collections::BTreeMap<&str, &str> = facts
        .iter()
        .filter_map(|fact| match fact {
            MrtEvent::TxnBegan { txn_id, mrt_id, .. } => Some((&**txn_id, &**mrt_id)),
            _ => None,
        })
        .collect();
    let (mut marked, mut locked) = (BTreeSet::new(), BTreeSet::new());
    for fact in facts {
        match fact {
            MrtEvent::MonitorChanged {
                mrt_id,
                change: MonitorChange::Marked,
                ..
            } => {
                marked.insert(&**mrt_id);
            }
            MrtEvent::RecordChanged {
                mrt_id: Some(id),
                change,
                ..
            } => {
                let is_marked = marked.contains(&**id);
                match change {
                    RecordChange::RolledForward => assert!(is_marked, "seed {seed}: {fact:?}"),
                    RecordChange::RolledBack => assert!(!is_marked, "seed {seed}: {fact:?}"),
                    _ => drop(locked.insert(&**id)),
                }
            }
            MrtEvent::CommitEnded {
                txn_id,
                status: Some(_),
                ..
            } => {
                let id = ids[&**txn_id];
                let fits = marked.contains(id) || !locked.contains(id);
                assert!(fits, "seed {seed}: acknowledged without a mark: {fact:?}");
            }
            _ => {}
        }
    }
}

#[test]
fn no_acknowledged_commit_is_ever_rolled_back() {
    for seed in 0..1_000 {
        stumble(seed);
    }
}
