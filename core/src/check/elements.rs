//! Who wrote what: the index of all written elements.
//!
//! Elements are usually 1, 2, 3, … within a key, so a key's elements get a run
//! of slots in one flat table; a key whose elements are sparse (or are no
//! integers) goes through a hash map instead. Either way an element becomes a
//! slot, and everything known about it lies in arrays indexed by slot.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::atom::Atom;
use super::history::{History, Mop, NONE};

/// The index of all written elements.
#[derive(Debug, Default)]
pub struct Elements {
    runs: Vec<Run>,
    sparse: HashMap<(u32, Atom), u32, FxBuildHasher>,
    /// Writer by slot, or `NONE`.
    writer: Vec<u32>,
    /// Whether the writer writes the same key again later.
    intermediate: Vec<bool>,
    /// Writes of an element that was written before, `(key, value, first, second)`.
    pub duplicates: Vec<(u32, Atom, u32, u32)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Run {
    base: u32,
    low: i64,
    /// Slots of this key; 0 when it is sparse.
    span: u32,
}

impl Elements {
    /// Index all writes of a history, whatever became of them.
    pub fn index(history: &History) -> Elements {
        let mut spans: Vec<(i64, i64, u32)> = vec![(i64::MAX, i64::MIN, 0); history.keys.len()];
        for mop in &history.mops {
            if let Mop::Write { key, value } = *mop {
                let (low, high, count) = &mut spans[key as usize];
                *count += 1;
                match value.as_int() {
                    Some(int) => (*low, *high) = ((*low).min(int), (*high).max(int)),
                    None => *high = i64::MAX,
                }
            }
        }
        let mut slots = 0u32;
        let mut runs = Vec::with_capacity(spans.len());
        for &(low, high, count) in &spans {
            let span = high.saturating_sub(low).saturating_add(1);
            let dense = count > 0 && span <= 4 * i64::from(count) + 16;
            let run = Run {
                base: slots,
                low,
                span: if dense { span as u32 } else { 0 },
            };
            slots += run.span;
            runs.push(run);
        }
        let mut elements = Elements {
            runs,
            sparse: HashMap::default(),
            writer: vec![NONE; slots as usize],
            intermediate: vec![false; slots as usize],
            duplicates: Vec::new(),
        };
        let mut last: HashMap<u32, u32, FxBuildHasher> = HashMap::default();
        for txn in 0..history.txns.len() as u32 {
            elements.add(history, txn, &mut last);
        }
        elements
    }

    fn add(&mut self, history: &History, txn: u32, last: &mut HashMap<u32, u32, FxBuildHasher>) {
        let mops = history.mops(txn);
        let long = mops.len() > 16;
        last.clear();
        for (i, mop) in mops.iter().enumerate() {
            let Mop::Write { key, value } = *mop else {
                continue;
            };
            let slot = match self.dense(key, value) {
                Some(slot) => slot,
                None => {
                    let next = self.writer.len() as u32;
                    let slot = *self.sparse.entry((key, value)).or_insert(next);
                    if slot == next {
                        self.writer.push(NONE);
                        self.intermediate.push(false);
                    }
                    slot
                }
            };
            let first = self.writer[slot as usize];
            if first != NONE {
                self.duplicates.push((key, value, first, txn));
            }
            self.writer[slot as usize] = txn;
            if long {
                if let Some(before) = last.insert(key, slot) {
                    self.intermediate[before as usize] = true;
                }
            } else {
                self.intermediate[slot as usize] = mops[i + 1..]
                    .iter()
                    .any(|later| matches!(later, Mop::Write { key: k, .. } if *k == key));
            }
        }
    }

    #[inline]
    fn dense(&self, key: u32, value: Atom) -> Option<u32> {
        let run = self.runs.get(key as usize)?;
        let offset = value.as_int()?.checked_sub(run.low)?;
        ((0..i64::from(run.span)).contains(&offset)).then(|| run.base + offset as u32)
    }

    /// The slot of an element, if anybody wrote it.
    #[inline]
    pub fn slot(&self, key: u32, value: Atom) -> Option<u32> {
        let slot = match self.dense(key, value) {
            Some(slot) => slot,
            None if self.sparse.is_empty() => return None,
            None => *self.sparse.get(&(key, value))?,
        };
        (self.writer[slot as usize] != NONE).then_some(slot)
    }

    /// Who wrote the element in a slot.
    #[inline]
    pub fn writer(&self, slot: u32) -> u32 {
        self.writer[slot as usize]
    }

    /// Whether its writer wrote the key again later.
    #[inline]
    pub fn is_intermediate(&self, slot: u32) -> bool {
        self.intermediate[slot as usize]
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.writer.len()
    }
}
