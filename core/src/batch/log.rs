//! The log: entries are whole batches, kept in three flat arrays.

use super::Act;
use crate::intern::KeyId;

/// The log. Entry `n` (from 1) is a range of operations; the text of all
/// values lies end to end.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Where each entry's operations end.
    ends: Vec<usize>,
    operations: Vec<Logged>,
    text: Vec<u8>,
}

/// One operation, packed.
#[derive(Clone, Copy, Debug)]
struct Logged {
    start: usize,
    length: u32,
    key: KeyId,
}

/// Lengths that stand for an operation without a value. A value is shorter:
/// it comes from a line of less than 2 GiB.
const DELETE: u32 = u32::MAX;
const GET: u32 = u32::MAX - 1;

/// One entry of the log: a batch.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'l> {
    /// Its index, from 1.
    pub index: u64,
    log: &'l Log,
    first: usize,
    end: usize,
}

/// One operation of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedOperation<'l> {
    /// A put of a value, JSON text.
    Put(&'l [u8]),
    /// A get.
    Get,
    /// A delete.
    Delete,
}

impl Log {
    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let firsts = std::iter::once(0).chain(self.ends.iter().copied());
        firsts
            .zip(&self.ends)
            .zip(1..)
            .map(|((first, &end), index)| Entry {
                index,
                log: self,
                first,
                end,
            })
    }

    /// Append an operation to the entry being written; its place.
    pub(super) fn push(&mut self, key: KeyId, act: Act<'_>) -> usize {
        let place = self.operations.len();
        let start = self.text.len();
        let length = match act {
            Act::Put(value) => {
                self.text.extend_from_slice(value.as_bytes());
                value.len() as u32
            }
            Act::Get => GET,
            Act::Delete => DELETE,
        };
        self.operations.push(Logged { start, length, key });
        place
    }

    /// End the entry being written; its index.
    pub(super) fn seal(&mut self) -> u64 {
        self.ends.push(self.operations.len());
        self.len()
    }

    /// The value that the operation at `place` put.
    pub(super) fn value(&self, place: usize) -> Option<&[u8]> {
        match self.operation(place).1 {
            LoggedOperation::Put(value) => Some(value),
            _ => None,
        }
    }

    fn operation(&self, place: usize) -> (KeyId, LoggedOperation<'_>) {
        let logged = self.operations[place];
        let operation = match logged.length {
            DELETE => LoggedOperation::Delete,
            GET => LoggedOperation::Get,
            length => {
                LoggedOperation::Put(&self.text[logged.start..logged.start + length as usize])
            }
        };
        (logged.key, operation)
    }
}

impl<'l> Entry<'l> {
    /// Its operations, in order, each with its key.
    pub fn operations(self) -> impl Iterator<Item = (KeyId, LoggedOperation<'l>)> {
        (self.first..self.end).map(move |place| self.log.operation(place))
    }
}
