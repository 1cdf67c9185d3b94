//! Open snapshots: what each reads as of, and which is the oldest.

use std::collections::BTreeSet;
use std::fmt;

use crate::text::numbered;

/// A snapshot's name: `s1`, `s2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(pub u64);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

/// Why there is no such snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSnapshot {
    /// It was never opened.
    Unknown,
    /// It has been closed.
    Ended,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Snapshots {
    /// Of `s1`, `s2`, …: what it reads as of, while it is open.
    all: Vec<Option<u64>>,
    /// The open ones, the oldest first.
    open: BTreeSet<(u64, SnapshotId)>,
}

impl Snapshots {
    pub(super) fn open(&mut self, read_at: u64) -> SnapshotId {
        self.all.push(Some(read_at));
        let id = SnapshotId(self.all.len() as u64);
        self.open.insert((read_at, id));
        id
    }

    pub(super) fn find(&self, snapshot_id: &str) -> Result<(SnapshotId, u64), NoSnapshot> {
        let number = numbered(snapshot_id, 's').ok_or(NoSnapshot::Unknown)?;
        let index = usize::try_from(number - 1).map_err(|_| NoSnapshot::Unknown)?;
        let read_at = self.all.get(index).ok_or(NoSnapshot::Unknown)?;
        Ok((SnapshotId(number), read_at.ok_or(NoSnapshot::Ended)?))
    }

    pub(super) fn close(&mut self, snapshot_id: &str) -> Result<u64, NoSnapshot> {
        let (id, read_at) = self.find(snapshot_id)?;
        self.open.remove(&(read_at, id));
        self.all[id.0 as usize - 1] = None;
        Ok(read_at)
    }

    /// The open snapshot that reads furthest back.
    pub(super) fn oldest(&self) -> Option<(u64, SnapshotId)> {
        self.open.first().copied()
    }

    /// The open snapshots that read at or after `from` and before `until`.
    pub(super) fn between(
        &self,
        from: u64,
        until: Option<u64>,
    ) -> impl Iterator<Item = SnapshotId> + '_ {
        let first = (from, SnapshotId(0));
        self.open
            .range(first..)
            .take_while(move |(read_at, _)| until.is_none_or(|until| *read_at < until))
            .map(|&(_, id)| id)
    }
}
