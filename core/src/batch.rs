//! # Batches: one entry of the log, all or nothing
//!
//! Several keys must change together or not at all. The trick of every
//! replicated store: do not make the changes atomic, make the *command* atomic.
//!
//! 1. The whole batch is checked before anything happens; what reaches this
//!    store is valid.
//! 2. A batch with a put or a delete becomes **one** entry of the log, gets
//!    included, and takes the next index: 1, 2, …
//! 3. The state machine applies the entry's operations in order, so a get sees
//!    an earlier put of its own batch.
//! 4. A batch of gets alone changes nothing and takes no entry.
//!
//! ```text
//!   log   │ 1: put a "1", put b "2" │ 2: delete a, get b │ …
//!                                                  state = fold of the log
//!   state │ b ──► the operation in entry 1 that put it
//! ```
//!
//! The log *is* the store: the current value of a key is the place of the
//! operation that put it, so a value is kept once.
//!
//! Left out: truncation and snapshots of the log, and terms; a cluster's
//! consensus brings its own log in front of this one.

mod log;

pub use log::{Entry, Log, LoggedOperation};

use std::borrow::Cow;

use crate::intern::{Interner, KeyId};

/// One operation of a batch, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Its key.
    pub key: Cow<'a, str>,
    /// What to do with it.
    pub act: Act<'a>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<'a> {
    /// Set the value: JSON text.
    Put(&'a str),
    /// Read the value.
    Get,
    /// Remove the key; fine if it is not there.
    Delete,
}

impl Act<'_> {
    /// Whether it changes the state.
    pub fn is_write(self) -> bool {
        !matches!(self, Act::Get)
    }
}

/// The store behind `txn_execute`.
#[derive(Clone, Debug, Default)]
pub struct BatchStore {
    keys: Interner,
    /// Of each key: the operation in the log that put its value.
    current: Vec<Option<usize>>,
    log: Log,
}

impl BatchStore {
    /// Carry out a valid batch. `observe` is called for each operation in
    /// order, with the value (JSON text) that the key had just before it: of a
    /// get, the answer. Returns the log index, if the batch took an entry.
    pub fn execute<'o, 'a: 'o>(
        &mut self,
        operations: impl IntoIterator<Item = &'o Operation<'a>> + Clone,
        mut observe: impl FnMut(&'o Operation<'a>, Option<&[u8]>),
    ) -> Option<u64> {
        let writes = operations
            .clone()
            .into_iter()
            .any(|operation| operation.act.is_write());
        for operation in operations {
            let key = match operation.act {
                // A get of an unknown key in a read-only batch leaves no trace.
                Act::Get if !writes => self.keys.find(&operation.key),
                _ => Some(self.intern(&operation.key)),
            };
            let place = key.and_then(|key| self.current[key.index()]);
            observe(operation, place.and_then(|place| self.log.value(place)));
            let Some(key) = key.filter(|_| writes) else {
                continue;
            };
            let place = self.log.push(key, operation.act);
            match operation.act {
                Act::Put(_) => self.current[key.index()] = Some(place),
                Act::Delete => self.current[key.index()] = None,
                Act::Get => {}
            }
        }
        writes.then(|| self.log.seal())
    }

    /// The index that the next batch with a write will take.
    pub fn next_index(&self) -> u64 {
        self.log.len() + 1
    }

    /// The current value of a key, as JSON text.
    pub fn value(&self, key: &str) -> Option<&[u8]> {
        let place = self.current[self.keys.find(key)?.index()]?;
        self.log.value(place)
    }

    /// The log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The name of a key in the log.
    pub fn key_name(&self, key: KeyId) -> &str {
        self.keys.name(key)
    }

    fn intern(&mut self, key: &str) -> KeyId {
        let id = self.keys.intern(key);
        if id.index() == self.current.len() {
            self.current.push(None);
        }
        id
    }
}

#[cfg(test)]
mod tests;
