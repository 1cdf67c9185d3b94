//! Keys and transactions over all steps.
//!
//! ```text
//!   x    v1 from step 2 to 8, v2 from 8
//!   t1   begin 3, reads at 5 and 6, refused at 11 ─┐
//!   t4   begin 12, reads at 13 and 14, commit at 16 ◄ retry of t1
//! ```
//!
//! 1. A version of a key holds from the commit that wrote it to the next one;
//!    versions of a key are in the order of their steps, so those of a window
//!    are found by binary search.
//! 2. A transaction holds from its begin to its commit; the ones open in a
//!    window come from a [`Births`] tree over their ends.
//! 3. A client's next begin after a refusal is the retry of what was refused.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::{Check, Outcome, ReadDot};
use crate::{
    event::{Event, VersionCheck},
    run::births::{Births, ending, ends_after},
    view::{chains::history::VALUE_LIMIT, row::cut},
};

/// A version of a key and the commit that wrote it.
#[derive(Clone, Debug)]
pub struct KeyVersionFact {
    /// Its number.
    pub version: u64,
    /// Value as JSON text.
    pub value: String,
    /// Step of the commit that wrote it.
    pub written: u32,
    /// The transaction that did.
    pub by: String,
}

/// A key's versions, in order.
#[derive(Clone, Debug)]
pub struct KeyHistory {
    /// Key.
    pub key: String,
    /// Step that first named it.
    pub first: u32,
    /// Versions, oldest first.
    pub versions: Vec<KeyVersionFact>,
}

/// A transaction from its begin to its commit.
#[derive(Clone, Debug)]
pub struct TransactionFact {
    /// `t1`.
    pub id: String,
    /// Client that began it (or committed it unbegun).
    pub client: String,
    /// Its first step.
    pub first: u32,
    /// Step of its begin.
    pub begin: Option<u32>,
    /// Step of its commit.
    pub end: Option<u32>,
    /// Reads, in order.
    pub reads: Vec<ReadDot>,
    /// Checks at its commit.
    pub checks: Vec<Check>,
    /// Keys that its commit wrote, or would have written, with the new version
    /// (0: not written).
    pub writes: Vec<(String, u64)>,
    /// How its commit ended.
    pub outcome: Outcome,
    /// The attempt that it retries: its place.
    pub retry_of: Option<usize>,
    /// 1, 2, …
    pub attempt: u32,
    /// The place of the first attempt.
    pub root: usize,
}

/// Everything that the picture of optimistic control needs, for every step.
#[derive(Clone, Debug, Default)]
pub struct OccHistory {
    /// Keys in order of first appearance.
    pub keys: Vec<KeyHistory>,
    /// Transactions in order of their first step.
    pub transactions: Vec<TransactionFact>,
    key_of: HashMap<String, u32, FxBuildHasher>,
    transaction_of: HashMap<String, u32, FxBuildHasher>,
    /// Each client's refused transaction that has not been retried.
    refused: HashMap<String, usize, FxBuildHasher>,
    closings: Births,
}

impl OccHistory {
    /// Takes in one event of `step`, caused by `client`; steps come in order.
    pub fn record(&mut self, step: u32, client: &str, event: &Event) {
        match event {
            Event::TransactionBegan { txn_id } => {
                let place = self.transaction_mut(step, client, txn_id);
                let retried = self.refused.remove(client);
                let (attempt, root) = retried.map_or((1, place), |earlier| {
                    let earlier = &self.transactions[earlier];
                    (earlier.attempt + 1, earlier.root)
                });
                let fact = &mut self.transactions[place];
                fact.begin = Some(step);
                fact.retry_of = retried;
                fact.attempt = attempt;
                fact.root = root;
            }
            Event::VersionRead {
                txn_id,
                key,
                version,
                ..
            } => {
                self.key_mut(step, key);
                let place = self.transaction_mut(step, client, txn_id);
                self.transactions[place].reads.push(ReadDot {
                    step,
                    key: key.clone(),
                    version: *version as u32,
                });
            }
            Event::CommitAccepted {
                txn_id,
                checks,
                writes,
            } => {
                self.end(step, client, txn_id, checks, Outcome::Committed);
                for write in writes {
                    let by = txn_id.clone();
                    self.key_mut(step, &write.key)
                        .versions
                        .push(KeyVersionFact {
                            version: write.version,
                            value: cut(&write.value, VALUE_LIMIT),
                            written: step,
                            by,
                        });
                }
                let written = writes.iter().map(|w| (w.key.clone(), w.version));
                self.last_writes(txn_id, written.collect());
            }
            Event::CommitRefused {
                txn_id,
                checks,
                writes,
            } => {
                let place = self.end(step, client, txn_id, checks, Outcome::Refused);
                self.refused.insert(client.to_owned(), place);
                for write in writes {
                    self.key_mut(step, &write.key);
                }
                let wanted = writes.iter().map(|w| (w.key.clone(), 0));
                self.last_writes(txn_id, wanted.collect());
            }
            _ => {}
        }
    }

    /// Builds the tree; then the history answers for any step.
    pub fn seal(&mut self) {
        self.closings = Births::new(self.transactions.iter().map(|t| ending(t.end)));
    }

    /// How many keys were named by `step`.
    pub fn key_count(&self, step: u32) -> usize {
        self.keys.partition_point(|key| key.first <= step)
    }

    /// How many transactions had their first step by `step`.
    pub fn transaction_count(&self, step: u32) -> usize {
        self.transactions.partition_point(|t| t.first <= step)
    }

    /// A key by name, and its place.
    pub fn key(&self, key: &str) -> Option<(usize, &KeyHistory)> {
        let place = *self.key_of.get(key)? as usize;
        Some((place, &self.keys[place]))
    }

    /// A transaction by name.
    pub fn transaction(&self, id: &str) -> Option<&TransactionFact> {
        let place = *self.transaction_of.get(id)?;
        Some(&self.transactions[place as usize])
    }

    /// The places of the transactions that were open at some step of
    /// `from..=to`, retries under their first attempt.
    pub fn open_between(&self, from: u32, to: u32) -> Vec<usize> {
        let begun = self.transaction_count(to);
        let ended_later = ends_after(from.saturating_sub(1));
        let mut places: Vec<usize> = self.closings.within(0..begun, ended_later).collect();
        places.sort_by_key(|place| {
            let fact = &self.transactions[*place];
            (fact.root, fact.attempt)
        });
        places
    }

    fn end(
        &mut self,
        step: u32,
        client: &str,
        id: &str,
        checks: &[VersionCheck],
        outcome: Outcome,
    ) -> usize {
        let checks = checks.iter().map(|check| {
            let key = self.key_mut(step, &check.key);
            let current = key.versions.last().filter(|v| v.version == check.actual);
            let equal = check.expected == check.actual;
            Check {
                key: check.key.clone(),
                read: check.expected as u32,
                now: check.actual as u32,
                equal,
                changed_at_step: current.filter(|_| !equal).map(|v| v.written),
            }
        });
        let checks = checks.collect();
        let place = self.transaction_mut(step, client, id);
        let fact = &mut self.transactions[place];
        fact.end = Some(step);
        fact.outcome = outcome;
        fact.checks = checks;
        place
    }

    fn last_writes(&mut self, id: &str, writes: Vec<(String, u64)>) {
        if let Some(place) = self.transaction_of.get(id) {
            self.transactions[*place as usize].writes = writes;
        }
    }

    fn key_mut(&mut self, step: u32, key: &str) -> &mut KeyHistory {
        let place = match self.key_of.get(key) {
            Some(place) => *place as usize,
            None => {
                self.key_of.insert(key.to_owned(), self.keys.len() as u32);
                self.keys.push(KeyHistory {
                    key: key.to_owned(),
                    first: step,
                    versions: Vec::new(),
                });
                self.keys.len() - 1
            }
        };
        &mut self.keys[place]
    }

    fn transaction_mut(&mut self, step: u32, client: &str, id: &str) -> usize {
        if let Some(place) = self.transaction_of.get(id) {
            return *place as usize;
        }
        let place = self.transactions.len();
        self.transaction_of.insert(id.to_owned(), place as u32);
        self.transactions.push(TransactionFact {
            id: id.to_owned(),
            client: client.to_owned(),
            first: step,
            begin: None,
            end: None,
            reads: Vec::new(),
            checks: Vec::new(),
            writes: Vec::new(),
            outcome: Outcome::Open,
            retry_of: None,
            attempt: 1,
            root: place,
        });
        place
    }
}

impl KeyHistory {
    /// How many versions were written by `step`.
    pub fn written(&self, step: u32) -> usize {
        self.versions.partition_point(|v| v.written <= step)
    }

    /// The current version after `step`.
    pub fn current(&self, step: u32) -> Option<&KeyVersionFact> {
        self.versions[..self.written(step)].last()
    }

    /// A version by its number.
    pub fn version(&self, number: u64) -> Option<&KeyVersionFact> {
        let found = self.versions.binary_search_by_key(&number, |v| v.version);
        found.ok().map(|place| &self.versions[place])
    }
}
