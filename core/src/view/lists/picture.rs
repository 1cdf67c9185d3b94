//! Lists as rows of cells, with the reads of the last lengths as brackets.

use super::{
    IncompatibleRead, List, ListCell, Lists, PrefixRead,
    history::{CellFact, ListHistories, ListHistory},
};
use crate::{
    event::{Event, MicroOperation},
    run::Now,
    view::Window,
};

/// Cells of one list in view, the newest ones.
const CELLS: usize = 24;
/// Reads of one list in view.
const READS: usize = 6;

impl ListHistories {
    /// The picture after `step`.
    pub fn at(&self, step: u32, window: &Window, now: &Now) -> Lists {
        let (first, count) = window.lane_range();
        let total = self.list_count(step);
        let mut places: Vec<usize> =
            (first.min(total)..first.saturating_add(count).min(total)).collect();
        for key in touched(now) {
            places.extend(self.list(key).map(|(place, _)| place));
        }
        places.retain(|place| *place < total);
        places.sort_unstable();
        places.dedup();
        let limit = window.item_limit(CELLS);
        let lists: Vec<List> = places
            .into_iter()
            .map(|place| self.list_at(place, step, limit))
            .collect();
        Lists {
            writers: self.legend(&lists),
            lists,
            lists_total: total as u32,
        }
    }

    /// The writers of the cells in view, in order of first write.
    fn legend(&self, lists: &[List]) -> Vec<(String, u8)> {
        let cells = lists.iter().flat_map(|list| &list.cells);
        let mut writers: Vec<u64> = cells.filter_map(|cell| number(&cell.writer)).collect();
        writers.sort_unstable();
        writers.dedup();
        // Numbers rise with time, so this is the order of first write.
        writers
            .into_iter()
            .map(|txn| (name(txn), self.hue(txn)))
            .collect()
    }

    fn list_at(&self, place: usize, step: u32, limit: usize) -> List {
        let list = &self.lists[place];
        let length = list.length(step);
        let earlier = length.saturating_sub(limit);
        let cells = list.cells[earlier..length].iter().enumerate();
        let reads = list.latest_reads(step, READS).into_iter();
        let mut reads: Vec<PrefixRead> = reads
            .map(|(length, read)| PrefixRead {
                reader: name(read.txn),
                client: read.client.clone(),
                step: read.step,
                length: length as u32,
                now: read.step == step,
            })
            .collect();
        reads.sort_by_key(|read| read.step);
        List {
            key: list.key.clone(),
            cells: cells
                .map(|(i, fact)| self.cell(list, earlier + i, fact, step))
                .collect(),
            earlier: earlier as u32,
            reads,
            incompatible: self.incompatible(list, step),
        }
    }

    fn cell(&self, list: &ListHistory, place: usize, fact: &CellFact, step: u32) -> ListCell {
        ListCell {
            id: format!("{}/{place}", list.key),
            element: fact.element.clone(),
            writer: name(fact.txn),
            hue: self.hue(fact.txn),
            fresh: fact.step == step,
        }
    }

    fn incompatible(&self, list: &ListHistory, step: u32) -> Vec<IncompatibleRead> {
        let known = list.contradictions.partition_point(|c| c.read.step <= step);
        let from = known.saturating_sub(3);
        let shown = list.contradictions[from..known]
            .iter()
            .map(|contradiction| {
                let cells = contradiction.elements.iter().enumerate();
                let cells = cells.map(|(place, element)| {
                    let writer = list.cells.iter().find(|cell| cell.element == *element);
                    ListCell {
                        id: format!("{}/{}/{place}", list.key, name(contradiction.read.txn)),
                        element: element.clone(),
                        writer: writer.map_or("?".to_owned(), |cell| name(cell.txn)),
                        hue: writer.map_or(0, |cell| self.hue(cell.txn)),
                        fresh: false,
                    }
                });
                IncompatibleRead {
                    reader: name(contradiction.read.txn),
                    client: contradiction.read.client.clone(),
                    step: contradiction.read.step,
                    cells: cells.collect(),
                    first_difference: contradiction.first_difference as u32,
                }
            });
        shown.collect()
    }
}

/// The name of a transaction: `T3`.
pub fn name(txn: u64) -> String {
    format!("T{txn}")
}

/// The number of a transaction's name.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix('T')?.parse().ok()
}

/// The keys of the step's transaction.
fn touched<'a>(now: &Now<'a>) -> Vec<&'a str> {
    let mut keys = Vec::new();
    for event in now.events {
        if let Event::ListTransactionExecuted { operations, .. } = event {
            keys.extend(operations.iter().map(|operation| match operation {
                MicroOperation::Read { key, .. } | MicroOperation::Append { key, .. } => {
                    key.as_str()
                }
            }));
        }
    }
    keys
}
