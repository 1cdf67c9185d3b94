//! Lists over all steps: an element's position never changes, a read is a length.
//!
//! 1. A list after step k is the elements appended by step k: a prefix of the
//!    final list, found by binary search.
//! 2. Reads are kept by the length that they saw, each length with its steps.
//!    On one node lengths only grow, so the latest lengths are the last ones.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::{
    event::{Event, MicroOperation},
    view::{chains::history::VALUE_LIMIT, row::cut},
};

/// An element and who appended it.
#[derive(Clone, Debug)]
pub struct CellFact {
    /// Element as JSON text.
    pub element: String,
    /// Number of the transaction: 3 for `T3`.
    pub txn: u64,
    /// Step that appended it.
    pub step: u32,
}

/// A read that saw a certain length.
#[derive(Clone, Debug)]
pub struct ReadFact {
    /// Its step.
    pub step: u32,
    /// Number of the transaction.
    pub txn: u64,
    /// Client.
    pub client: String,
}

/// A program's read that is no prefix of the list.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// The read.
    pub read: ReadFact,
    /// What the program answered: elements as JSON text.
    pub elements: Vec<String>,
    /// First position that differs.
    pub first_difference: usize,
}

/// One key's list.
#[derive(Clone, Debug)]
pub struct ListHistory {
    /// Key as JSON text.
    pub key: String,
    /// Step that first named it.
    pub first: u32,
    /// Elements in order.
    pub cells: Vec<CellFact>,
    /// Lengths that were read, in order of first read, with their reads.
    pub reads: Vec<(u64, Vec<ReadFact>)>,
    /// A program's reads that contradict it, in order of step.
    pub contradictions: Vec<Contradiction>,
}

/// Everything that the picture of the lists needs, for every step.
#[derive(Clone, Debug, Default)]
pub struct ListHistories {
    /// Lists in order of first use.
    pub lists: Vec<ListHistory>,
    /// Writers in order of first write: number and step.
    pub writers: Vec<(u64, u32)>,
    list_of: HashMap<String, u32, FxBuildHasher>,
    writer_of: HashMap<u64, u32, FxBuildHasher>,
}

impl ListHistories {
    /// Takes in one event of `step`, caused by `client`; steps come in order.
    pub fn record(&mut self, step: u32, client: &str, event: &Event) {
        let Event::ListTransactionExecuted { txn, operations } = event else {
            return;
        };
        for operation in operations {
            match operation {
                MicroOperation::Append { key, element, .. } => {
                    let fact = CellFact {
                        element: cut(element, VALUE_LIMIT),
                        txn: *txn,
                        step,
                    };
                    self.list_mut(step, key).cells.push(fact);
                    if !self.writer_of.contains_key(txn) {
                        self.writer_of.insert(*txn, self.writers.len() as u32);
                        self.writers.push((*txn, step));
                    }
                }
                MicroOperation::Read { key, length } => {
                    let fact = ReadFact {
                        step,
                        txn: *txn,
                        client: client.to_owned(),
                    };
                    let reads = &mut self.list_mut(step, key).reads;
                    match reads.last_mut() {
                        Some((last, facts)) if last == length => facts.push(fact),
                        _ => reads.push((*length, vec![fact])),
                    }
                }
            }
        }
    }

    /// Takes in what a program answered to a read of `key` at `step`: kept if
    /// it is no prefix of the list as it stood then.
    pub fn record_answer(&mut self, key: &str, read: ReadFact, elements: &[&str]) {
        let Some(place) = self.list_of.get(key) else {
            return;
        };
        let list = &mut self.lists[*place as usize];
        let length = list.length(read.step);
        let known = list.cells[..length].iter();
        let mut pairs = elements.iter().zip(known);
        let differs = pairs.position(|(seen, cell)| !same_json(seen, &cell.element));
        let beyond = (elements.len() > length).then_some(length);
        if let Some(first_difference) = differs.or(beyond) {
            list.contradictions.push(Contradiction {
                read,
                elements: elements.iter().map(|e| cut(e, VALUE_LIMIT)).collect(),
                first_difference,
            });
        }
    }

    /// Forgets every answer of a program.
    pub fn forget_answers(&mut self) {
        for list in &mut self.lists {
            list.contradictions.clear();
        }
    }

    /// How many lists were used by `step`.
    pub fn list_count(&self, step: u32) -> usize {
        self.lists.partition_point(|list| list.first <= step)
    }

    /// A list by key, and its place.
    pub fn list(&self, key: &str) -> Option<(usize, &ListHistory)> {
        let place = *self.list_of.get(key)? as usize;
        Some((place, &self.lists[place]))
    }

    /// The hue of a writer, 1 to 8, in order of first write.
    pub fn hue(&self, txn: u64) -> u8 {
        let place = self.writer_of.get(&txn).copied().unwrap_or(0);
        (place % 8) as u8 + 1
    }

    fn list_mut(&mut self, step: u32, key: &str) -> &mut ListHistory {
        let place = match self.list_of.get(key) {
            Some(place) => *place as usize,
            None => {
                self.list_of.insert(key.to_owned(), self.lists.len() as u32);
                self.lists.push(ListHistory {
                    key: key.to_owned(),
                    first: step,
                    cells: Vec::new(),
                    reads: Vec::new(),
                    contradictions: Vec::new(),
                });
                self.lists.len() - 1
            }
        };
        &mut self.lists[place]
    }
}

impl ListHistory {
    /// How many elements it has after `step`.
    pub fn length(&self, step: u32) -> usize {
        self.cells.partition_point(|cell| cell.step <= step)
    }

    /// The latest reads by `step`, one for each of the last `limit` lengths,
    /// shortest first.
    pub fn latest_reads(&self, step: u32, limit: usize) -> Vec<(u64, &ReadFact)> {
        let known = self
            .reads
            .partition_point(|(_, reads)| reads[0].step <= step);
        let from = known.saturating_sub(limit);
        let latest = self.reads[from..known].iter().map(|(length, reads)| {
            let done = reads.partition_point(|read| read.step <= step);
            (*length, &reads[done - 1])
        });
        latest.collect()
    }
}

/// Whether two texts are the same JSON value, white space aside.
fn same_json(a: &str, b: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    a == b || (value(a).is_some() && value(a) == value(b))
}
