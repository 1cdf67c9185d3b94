//! The log and the state over all steps.
//!
//! 1. An entry holds from its step on, so the log after step k is the entries
//!    up to k: a binary search.
//! 2. Each key keeps its writes with their steps; its value after step k is
//!    the last of them up to k. A batch that writes a key twice is one write:
//!    what it replaced is what stood there before the batch.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Operation;
use crate::{
    event::{BatchOperation, Event, JsonText},
    view::{chains::history::VALUE_LIMIT, row::cut},
};

/// One entry.
#[derive(Clone, Debug)]
pub struct EntryFact {
    /// 1, 2, …
    pub index: u64,
    /// Step that appended it.
    pub step: u32,
    /// Client that sent it.
    pub client: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// What one entry did to a key.
#[derive(Clone, Debug)]
pub struct CellFact {
    /// Step of the entry.
    pub step: u32,
    /// Its index.
    pub entry: u64,
    /// Value after it; `None`: deleted.
    pub value: Option<String>,
    /// Value before it.
    pub previous: Option<String>,
}

/// A key of the state.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// Key.
    pub key: String,
    /// Its writes, in order.
    pub writes: Vec<CellFact>,
}

/// Everything that the picture of the log needs, for every step.
#[derive(Clone, Debug, Default)]
pub struct LogHistory {
    /// Entries in order.
    pub entries: Vec<EntryFact>,
    /// Keys in order of first write.
    pub keys: Vec<KeyFacts>,
    key_of: HashMap<String, u32, FxBuildHasher>,
}

impl LogHistory {
    /// Takes in one event of `step`, caused by `client`; steps come in order.
    pub fn record(&mut self, step: u32, client: &str, event: &Event) {
        let Event::BatchCommitted {
            log_index,
            operations,
        } = event
        else {
            return;
        };
        self.entries.push(EntryFact {
            index: *log_index,
            step,
            client: client.to_owned(),
            operations: operations.iter().map(operation).collect(),
        });
        for operation in operations {
            let (key, value, previous) = match operation {
                BatchOperation::Put {
                    key,
                    value,
                    previous,
                } => (key, Some(value), previous),
                BatchOperation::Delete { key, previous } => (key, None, previous),
                BatchOperation::Get { .. } => continue,
            };
            self.write(step, *log_index, key, value, previous);
        }
    }

    /// How many entries there are after `step`.
    pub fn entry_count(&self, step: u32) -> usize {
        self.entries.partition_point(|entry| entry.step <= step)
    }

    /// How many keys were written by `step`.
    pub fn key_count(&self, step: u32) -> usize {
        self.keys.partition_point(|key| key.writes[0].step <= step)
    }

    /// A key by name, and its place.
    pub fn key(&self, key: &str) -> Option<(usize, &KeyFacts)> {
        let place = *self.key_of.get(key)? as usize;
        Some((place, &self.keys[place]))
    }

    fn write(
        &mut self,
        step: u32,
        entry: u64,
        key: &str,
        value: Option<&JsonText>,
        previous: &Option<JsonText>,
    ) {
        let short = |text: &JsonText| cut(text, VALUE_LIMIT);
        let place = match self.key_of.get(key) {
            Some(place) => *place as usize,
            // Deleting what was never there leaves nothing to show.
            None if value.is_none() => return,
            None => {
                self.key_of.insert(key.to_owned(), self.keys.len() as u32);
                self.keys.push(KeyFacts {
                    key: key.to_owned(),
                    writes: Vec::new(),
                });
                self.keys.len() - 1
            }
        };
        let writes = &mut self.keys[place].writes;
        match writes.last_mut() {
            Some(last) if last.entry == entry => last.value = value.map(short),
            _ => writes.push(CellFact {
                step,
                entry,
                value: value.map(short),
                previous: previous.as_ref().map(short),
            }),
        }
    }
}

impl KeyFacts {
    /// The last write by `step`.
    pub fn last(&self, step: u32) -> Option<&CellFact> {
        let done = self.writes.partition_point(|write| write.step <= step);
        self.writes[..done].last()
    }
}

/// An operation as a row of its entry.
pub fn operation(operation: &BatchOperation) -> Operation {
    let (op, key, value) = match operation {
        BatchOperation::Put { key, value, .. } => ("put", key, Some(value.as_str())),
        BatchOperation::Get { key, value } => {
            ("get", key, Some(value.as_deref().unwrap_or("null")))
        }
        BatchOperation::Delete { key, .. } => ("delete", key, None),
    };
    Operation {
        op: op.to_owned(),
        key: key.clone(),
        value: value.map(|value| cut(value, VALUE_LIMIT)),
        problem: None,
    }
}
