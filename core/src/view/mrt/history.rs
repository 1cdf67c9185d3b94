//! Records, transactions and monitor records over all steps.
//!
//! Every fact carries the step from which it holds, in order of steps; what
//! holds after step k is the last one up to k: a binary search.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::event::Event;
use crate::mrt::commit::{AbortStatus, CommitError, CommitStatus};
use crate::mrt::event::{
    ChainEntry, CloseOutcome, KeyRef, MarkOutcome, MonitorState, MrtEvent, RecordChange,
    RecordState, VerifyRow, WhichMap,
};
use crate::mrt::refused::ResultCode;
use crate::mrt::txn::State;

/// A fact and the step from which it holds.
pub type Since<T> = (u32, T);

/// The last of some facts that holds after `step`.
pub fn at<T>(facts: &[Since<T>], step: u32) -> Option<&T> {
    let known = facts.partition_point(|(since, _)| *since <= step);
    facts[..known].last().map(|(_, fact)| fact)
}

/// A change of a record.
#[derive(Clone, Debug)]
pub struct RecordFact {
    /// Why it changed.
    pub change: RecordChange,
    /// For which transaction.
    pub mrt_id: Option<String>,
    /// How it was.
    pub before: RecordState,
    /// How it is since.
    pub after: RecordState,
}

/// A record's history.
#[derive(Clone, Debug)]
pub struct RecordFacts {
    /// Its key.
    pub key: KeyRef,
    /// The step in which it was first mentioned.
    pub first_step: u32,
    /// Its changes.
    pub changes: Vec<Since<RecordFact>>,
}

/// A map's history: per row, its chains.
#[derive(Clone, Debug, Default)]
pub struct MapFacts {
    /// Number of rows.
    pub n_rows: u64,
    /// Row → its chain since a step.
    pub rows: BTreeMap<u64, Vec<Since<Vec<ChainEntry>>>>,
}

impl MapFacts {
    fn clear(&mut self, step: u32) {
        for chains in self.rows.values_mut() {
            if chains.last().is_some_and(|(_, chain)| !chain.is_empty()) {
                chains.push((step, Vec::new()));
            }
        }
    }

    /// The rows in use after `step`.
    pub fn at(&self, step: u32) -> impl Iterator<Item = (u64, &[ChainEntry])> {
        self.rows.iter().filter_map(move |(row, chains)| {
            let chain = at(chains, step)?;
            (!chain.is_empty()).then_some((*row, &chain[..]))
        })
    }
}

/// How a commit or an abort was answered.
#[derive(Clone, Debug)]
pub enum Ended {
    /// A commit.
    Commit {
        /// Its status, where it succeeded.
        status: Option<CommitStatus>,
        /// What failed.
        error: Option<CommitError>,
        /// The server's answer behind it.
        cause: Option<ResultCode>,
        /// Whether it may have committed.
        in_doubt: bool,
    },
    /// An abort; `None`: refused.
    Abort(Option<AbortStatus>),
}

/// One record rolled, or not.
#[derive(Clone, Debug)]
pub struct RollFact {
    /// The record.
    pub key: KeyRef,
    /// Forward, or back.
    pub forward: bool,
    /// What went wrong.
    pub refused: Option<ResultCode>,
}

/// A commit or an abort, with its steps.
#[derive(Clone, Debug, Default)]
pub struct FinishFact {
    /// Whether it is a commit.
    pub commit: bool,
    /// Whether it goes on after an earlier commit.
    pub retried: bool,
    /// The rows of verify.
    pub verified: Option<Vec<VerifyRow>>,
    /// How the mark went.
    pub marked: Option<MarkOutcome>,
    /// The records rolled.
    pub rolled: Vec<RollFact>,
    /// How the close went.
    pub closed: Option<CloseOutcome>,
    /// How it was answered.
    pub ended: Option<Ended>,
}

/// A transaction's history.
#[derive(Clone, Debug)]
pub struct TxnFacts {
    /// `t1`.
    pub txn_id: String,
    /// The id by which the server knows it.
    pub mrt_id: String,
    /// The step that began it.
    pub begin_step: u32,
    /// Its states.
    pub states: Vec<Since<State>>,
    /// Its map of reads.
    pub reads: MapFacts,
    /// Its map of writes.
    pub writes: MapFacts,
    /// Its commits and aborts.
    pub finishes: Vec<Since<FinishFact>>,
}

/// A monitor record's history.
#[derive(Clone, Debug, Default)]
struct MonitorFacts {
    namespace: String,
    states: Vec<Since<Option<MonitorState>>>,
}

/// Everything that the picture needs, for every step.
#[derive(Clone, Debug, Default)]
pub struct MrtHistory {
    /// Records in order of first mention.
    pub records: Vec<RecordFacts>,
    /// Transactions in order of begin.
    pub txns: Vec<TxnFacts>,
    /// Which transaction is shown: its place, since a step.
    pub shown: Vec<Since<usize>>,
    /// The clock.
    pub clock: Vec<Since<u64>>,
    monitors: HashMap<String, MonitorFacts, FxBuildHasher>,
    record_of: HashMap<(String, String), usize, FxBuildHasher>,
    txn_of: HashMap<String, usize, FxBuildHasher>,
    name_of: HashMap<String, String, FxBuildHasher>,
}

impl MrtHistory {
    /// Takes in one event of `step`; steps come in order.
    pub fn record(&mut self, step: u32, event: &Event) {
        let Event::Mrt(fact) = event else { return };
        match &**fact {
            MrtEvent::TxnBegan {
                txn_id,
                mrt_id,
                reads_rows,
                writes_rows,
                ..
            } => {
                self.begin(step, txn_id, mrt_id, [*reads_rows, *writes_rows]);
            }
            MrtEvent::RecordRead { txn_id, key, .. } => {
                self.mention(step, key);
                self.show(step, txn_id.as_deref());
            }
            MrtEvent::RecordChanged {
                mrt_id,
                key,
                change,
                before,
                after,
            } => {
                let place = self.mention(step, key);
                let fact = RecordFact {
                    change: *change,
                    mrt_id: mrt_id.clone(),
                    before: before.clone(),
                    after: after.clone(),
                };
                self.records[place].changes.push((step, fact));
            }
            MrtEvent::MonitorChanged {
                mrt_id,
                namespace,
                after,
                ..
            } => {
                let facts = self.monitors.entry_ref(&**mrt_id).or_default();
                facts.namespace.clone_from(namespace);
                facts.states.push((step, after.clone()));
            }
            MrtEvent::Refused { txn_id, key, .. } => {
                if let Some(key) = key {
                    self.mention(step, key);
                }
                self.show(step, txn_id.as_deref());
            }
            MrtEvent::ClockSet { now } => self.clock.push((step, *now)),
            MrtEvent::FaultPlanted { .. } | MrtEvent::FaultMet { .. } | MrtEvent::Swept { .. } => {}
            MrtEvent::MapChanged { txn_id, .. }
            | MrtEvent::TxnCleared { txn_id }
            | MrtEvent::StateChanged { txn_id, .. }
            | MrtEvent::FinishStarted { txn_id, .. }
            | MrtEvent::Verified { txn_id, .. }
            | MrtEvent::Marked { txn_id, .. }
            | MrtEvent::Rolled { txn_id, .. }
            | MrtEvent::Closed { txn_id, .. }
            | MrtEvent::CommitEnded { txn_id, .. }
            | MrtEvent::AbortEnded { txn_id, .. } => {
                self.show(step, Some(txn_id));
                if let Some(place) = self.txn_of.get(&**txn_id) {
                    self.txns[*place].record(step, fact);
                }
            }
        }
    }

    /// A transaction by its name.
    pub fn txn(&self, txn_id: &str) -> Option<&TxnFacts> {
        Some(&self.txns[*self.txn_of.get(txn_id)?])
    }

    /// The transaction's name for an id of the server's.
    pub fn name_of<'s>(&'s self, mrt_id: &'s str) -> &'s str {
        self.name_of.get(mrt_id).map_or(mrt_id, |name| name)
    }

    /// A record by its key, and its place.
    pub fn place_of(&self, key: &KeyRef) -> Option<usize> {
        self.record_of
            .get(&(key.namespace.clone(), key.digest.clone()))
            .copied()
    }

    /// The key behind a digest of a transaction's monitor record.
    pub fn key_in_monitor(&self, mrt_id: &str, digest: &str) -> Option<&KeyRef> {
        let namespace = self.monitors.get(mrt_id)?.namespace.clone();
        let place = self.record_of.get(&(namespace, digest.to_owned()))?;
        Some(&self.records[*place].key)
    }

    /// A transaction's monitor record after `step`.
    pub fn monitor(&self, mrt_id: &str, step: u32) -> Option<&MonitorState> {
        at(&self.monitors.get(mrt_id)?.states, step)?.as_ref()
    }

    /// Whether a transaction ever had a monitor record by `step`.
    pub fn had_monitor(&self, mrt_id: &str, step: u32) -> bool {
        self.monitors
            .get(mrt_id)
            .is_some_and(|facts| at(&facts.states, step).is_some())
    }

    /// How many records were mentioned by `step`.
    pub fn record_count(&self, step: u32) -> usize {
        self.records
            .partition_point(|record| record.first_step <= step)
    }

    /// How many transactions began by `step`.
    pub fn txn_count(&self, step: u32) -> usize {
        self.txns.partition_point(|txn| txn.begin_step <= step)
    }

    fn begin(&mut self, step: u32, txn_id: &str, mrt_id: &str, rows: [u64; 2]) {
        let place = self.txns.len();
        let map = |n_rows| MapFacts {
            n_rows,
            rows: BTreeMap::new(),
        };
        self.txns.push(TxnFacts {
            txn_id: txn_id.to_owned(),
            mrt_id: mrt_id.to_owned(),
            begin_step: step,
            states: vec![(step, State::Open)],
            reads: map(rows[0]),
            writes: map(rows[1]),
            finishes: Vec::new(),
        });
        self.txn_of.insert(txn_id.to_owned(), place);
        self.name_of
            .entry_ref(mrt_id)
            .or_insert_with(|| txn_id.to_owned());
        self.shown.push((step, place));
    }

    fn mention(&mut self, step: u32, key: &KeyRef) -> usize {
        let next = self.records.len();
        let place = *self
            .record_of
            .entry((key.namespace.clone(), key.digest.clone()))
            .or_insert(next);
        if place == next {
            let key = key.clone();
            self.records.push(RecordFacts {
                key,
                first_step: step,
                changes: Vec::new(),
            });
        }
        place
    }

    fn show(&mut self, step: u32, txn_id: Option<&str>) {
        let Some(&place) = txn_id.and_then(|txn_id| self.txn_of.get(txn_id)) else {
            return;
        };
        if self.shown.last().is_none_or(|(_, last)| *last != place) {
            self.shown.push((step, place));
        }
    }
}

impl TxnFacts {
    fn record(&mut self, step: u32, fact: &MrtEvent) {
        match fact {
            MrtEvent::MapChanged {
                map, row, chain, ..
            } => {
                let map = match map {
                    WhichMap::Reads => &mut self.reads,
                    WhichMap::Writes => &mut self.writes,
                };
                map.rows
                    .entry(*row)
                    .or_default()
                    .push((step, chain.clone()));
            }
            MrtEvent::TxnCleared { .. } => {
                self.reads.clear(step);
                self.writes.clear(step);
            }
            MrtEvent::StateChanged { to, .. } => self.states.push((step, *to)),
            MrtEvent::FinishStarted {
                commit, retried, ..
            } => {
                let fact = FinishFact {
                    commit: *commit,
                    retried: *retried,
                    ..FinishFact::default()
                };
                self.finishes.push((step, fact));
            }
            _ => {
                if let Some((_, finish)) = self.finishes.last_mut() {
                    finish.record(fact);
                }
            }
        }
    }
}

impl FinishFact {
    fn record(&mut self, fact: &MrtEvent) {
        match fact {
            MrtEvent::Verified { rows, .. } => self.verified = Some(rows.clone()),
            MrtEvent::Marked { outcome, .. } => self.marked = Some(*outcome),
            MrtEvent::Rolled {
                key,
                forward,
                refused,
                ..
            } => self.rolled.push(RollFact {
                key: key.clone(),
                forward: *forward,
                refused: *refused,
            }),
            MrtEvent::Closed { outcome, .. } => self.closed = Some(*outcome),
            MrtEvent::CommitEnded {
                status,
                error,
                cause,
                in_doubt,
                ..
            } => {
                self.ended = Some(Ended::Commit {
                    status: *status,
                    error: *error,
                    cause: *cause,
                    in_doubt: *in_doubt,
                });
            }
            MrtEvent::AbortEnded { status, .. } => self.ended = Some(Ended::Abort(*status)),
            _ => {}
        }
    }

    /// Whether the commit point is passed.
    pub fn has_happened(&self) -> bool {
        let marked = matches!(
            self.marked,
            Some(MarkOutcome::Marked | MarkOutcome::MarkedBefore | MarkOutcome::NothingToMark)
        );
        let before = matches!(
            self.ended,
            Some(Ended::Commit {
                status: Some(CommitStatus::AlreadyCommitted),
                ..
            })
        );
        marked || before
    }

    /// How it ended, by name.
    pub fn outcome(&self) -> String {
        match &self.ended {
            None => String::new(),
            Some(Ended::Commit {
                status: Some(status),
                ..
            }) => status.name().to_owned(),
            Some(Ended::Commit {
                error: Some(error), ..
            }) => error.name().to_owned(),
            Some(Ended::Commit { .. }) => ResultCode::TxnAlreadyAborted.name().to_owned(),
            Some(Ended::Abort(Some(status))) => status.name().to_owned(),
            Some(Ended::Abort(None)) => "refused".to_owned(),
        }
    }
}
