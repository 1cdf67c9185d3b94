//! Which transactions are open, what they have read, and how the others ended.

use std::fmt;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::intern::KeyId;
use crate::text::numbered;

/// A transaction that the store began: `t1`, `t2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxnId(pub u64);

impl fmt::Display for TxnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its writes applied.
    Committed,
    /// Nothing applied.
    Aborted,
}

/// Why a transaction cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It never began.
    NeverBegun,
    /// It has ended, like this.
    With(Outcome),
}

/// The table of transactions.
///
/// One that has ended is remembered for good, in four bytes: its name must
/// never be taken for an open one.
#[derive(Clone, Debug, Default)]
pub(super) struct Transactions {
    /// Of `t1`, `t2`, …: [`COMMITTED`], [`ABORTED`], or the slot of its reads.
    states: Vec<u32>,
    slots: Vec<Vec<(KeyId, u64)>>,
    free: Vec<u32>,
    /// Names that the caller made up and committed. Looked up, never listed.
    made_up: HashMap<Box<str>, Outcome, FxBuildHasher>,
}

const COMMITTED: u32 = u32::MAX;
const ABORTED: u32 = u32::MAX - 1;

/// A transaction about to end.
#[derive(Debug)]
pub(super) struct Ending(Option<Begun>);

#[derive(Debug)]
struct Begun {
    index: usize,
    slot: u32,
}

impl Transactions {
    pub(super) fn begin(&mut self) -> TxnId {
        // A made-up name that looks like the next one is taken.
        while !self.made_up.is_empty()
            && let Some(outcome) = self.made_up.remove(&*self.next_id().to_string())
        {
            self.states.push(state_of(outcome));
        }
        let id = self.next_id();
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Vec::new());
            self.slots.len() as u32 - 1
        });
        self.states.push(slot);
        id
    }

    fn next_id(&self) -> TxnId {
        TxnId(self.states.len() as u64 + 1)
    }

    /// The slot of an open transaction's reads.
    pub(super) fn open(&self, txn_id: &str) -> Result<u32, Ended> {
        match self.ending(txn_id)? {
            Ending(Some(begun)) => Ok(begun.slot),
            Ending(None) => Err(Ended::NeverBegun),
        }
    }

    pub(super) fn remember(&mut self, slot: u32, key: KeyId, version: u64) {
        self.slots[slot as usize].push((key, version));
    }

    /// A transaction that may end now: an open one, or a made-up name.
    pub(super) fn ending(&self, txn_id: &str) -> Result<Ending, Ended> {
        let Some((index, &state)) = numbered(txn_id, 't')
            .and_then(|number| usize::try_from(number - 1).ok())
            .and_then(|index| self.states.get(index).map(|state| (index, state)))
        else {
            return match self.made_up.get(txn_id) {
                Some(&outcome) => Err(Ended::With(outcome)),
                None => Ok(Ending(None)),
            };
        };
        match state {
            COMMITTED => Err(Ended::With(Outcome::Committed)),
            ABORTED => Err(Ended::With(Outcome::Aborted)),
            slot => Ok(Ending(Some(Begun { index, slot }))),
        }
    }

    pub(super) fn reads(&self, ending: &Ending) -> &[(KeyId, u64)] {
        match &ending.0 {
            Some(begun) => &self.slots[begun.slot as usize],
            None => &[],
        }
    }

    pub(super) fn end(&mut self, txn_id: &str, ending: Ending, outcome: Outcome) {
        match ending.0 {
            Some(Begun { index, slot }) => {
                self.slots[slot as usize].clear();
                self.free.push(slot);
                self.states[index] = state_of(outcome);
            }
            None => {
                self.made_up.insert(txn_id.into(), outcome);
            }
        }
    }
}

fn state_of(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Committed => COMMITTED,
        Outcome::Aborted => ABORTED,
    }
}
