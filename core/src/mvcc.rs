//! # Multi-version concurrency control: versions, snapshots, garbage
//!
//! A writer does not overwrite; it adds a version with a timestamp. A reader
//! names the moment that it reads as of. So readers never wait for writers and
//! writers never wait for readers, and the price is garbage.
//!
//! 1. Each key has a **chain**: its versions in order of timestamp, numbered in
//!    order of arrival.
//! 2. A read at `r` sees the newest version at or below `r`; a tombstone there
//!    reads as nothing.
//! 3. A put may come out of order and takes its place in the chain. It is
//!    refused where the timestamp is taken, and where it would change an answer
//!    that a reader has already got: a read at `r ≥ timestamp` that returned an
//!    older version. So each version keeps its highest reader, and each chain
//!    the highest reader that found nothing.
//! 4. An open snapshot pins what it can see.
//! 5. Collection at a watermark removes what no read at or above it can see:
//!    of each chain everything before the newest version at or below the
//!    watermark, and that one too if it is a tombstone. The watermark never
//!    passes an open snapshot and never moves back; below it nothing is read
//!    or written any more.
//!
//! ```text
//!            100        150        200       250   time
//!   x  ───────v1─────────┊──────────v2────────┊──
//!                        r=150 sees v1        r=250 sees v2
//!   y  ──v1────────v2────┊──────────✝3───────────
//!        └ garbage at watermark 150
//! ```
//!
//! What a collection costs is what it removes, plus a logarithm per key that
//! it touches: keys wait in a heap, each under the lowest watermark that would
//! find something in its chain. Why a version stays is worked out only when
//! somebody asks ([`MvccStore::kept`]).
//!
//! Left out: transactions with several writes (one timestamp each is enough
//! here; the exercise is about versions) and persistence.

mod chain;
mod collect;
mod snapshots;
mod values;

pub use chain::{Seen, Version};
pub use collect::{Collected, Gone, Kept};
pub use snapshots::{NoSnapshot, SnapshotId};

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::intern::{Interner, KeyId};
use chain::{Chain, Clash};
use snapshots::Snapshots;
use values::Values;

/// The store behind `mvcc_*`.
#[derive(Clone, Debug, Default)]
pub struct MvccStore {
    keys: Interner,
    chains: Vec<Chain>,
    values: Values,
    snapshots: Snapshots,
    watermark: u64,
    /// Each key under the lowest watermark that would find garbage in its chain.
    due: BinaryHeap<Reverse<(u64, KeyId)>>,
}

/// Why a version was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteRefusal {
    /// Below the watermark nothing can be written.
    BelowWatermark {
        /// The watermark.
        watermark: u64,
    },
    /// The key has, or had, a version at this timestamp.
    Taken,
    /// A reader has been answered otherwise.
    AlreadyRead {
        /// The highest timestamp of such a read.
        read_at: u64,
        /// Number and timestamp of the version that it returned, if any.
        returned: Option<(u64, u64)>,
    },
}

/// A read below the watermark: what it would have to see may be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BelowWatermark {
    /// The watermark.
    pub watermark: u64,
}

/// A version that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its number: 1, 2, … in order of arrival.
    pub version: u64,
    /// Number and timestamp of the next later version, if it came out of order.
    pub slid_before: Option<(u64, u64)>,
}

impl MvccStore {
    /// Write a version: JSON text, or `None` for a tombstone.
    pub fn write(
        &mut self,
        key: &str,
        value: Option<&str>,
        timestamp: u64,
    ) -> Result<Written, WriteRefusal> {
        if timestamp < self.watermark {
            return Err(WriteRefusal::BelowWatermark {
                watermark: self.watermark,
            });
        }
        let id = self.intern(key);
        let chain = &mut self.chains[id.index()];
        let place = chain.place_for(timestamp).map_err(|clash| match clash {
            Clash::Taken => WriteRefusal::Taken,
            Clash::Read { read_at, returned } => WriteRefusal::AlreadyRead { read_at, returned },
        })?;
        let version = chain.insert(place, timestamp, self.values.keep(value));
        // Garbage can only begin at one of the first two places.
        if place <= 1 {
            self.queue(id);
        }
        let slid_before = self.chains[id.index()].version(place + 1);
        Ok(Written {
            version,
            slid_before,
        })
    }

    /// Read as of `read_at` and remember that the answer was given.
    pub fn read(&mut self, key: &str, read_at: u64) -> Result<Seen<'_>, BelowWatermark> {
        if read_at < self.watermark {
            return Err(BelowWatermark {
                watermark: self.watermark,
            });
        }
        // A read of nothing counts too, so the key gets a chain.
        let id = self.intern(key);
        let chain = &mut self.chains[id.index()];
        let visible = chain.visible(read_at);
        chain.remember(visible, read_at);
        Ok(Seen::new(
            Some(&self.chains[id.index()]),
            &self.values,
            visible,
        ))
    }

    /// Read the newest version. This answer stands in no write's way: a later
    /// version changes only what is newest from then on.
    pub fn read_newest(&self, key: &str) -> Seen<'_> {
        let chain = self.keys.find(key).map(|id| &self.chains[id.index()]);
        Seen::new(chain, &self.values, chain.map_or(0, Chain::len))
    }

    /// Open a snapshot.
    pub fn begin(&mut self, read_at: u64) -> Result<SnapshotId, BelowWatermark> {
        if read_at < self.watermark {
            return Err(BelowWatermark {
                watermark: self.watermark,
            });
        }
        Ok(self.snapshots.open(read_at))
    }

    /// What an open snapshot reads as of.
    pub fn snapshot(&self, snapshot_id: &str) -> Result<u64, NoSnapshot> {
        self.snapshots.find(snapshot_id).map(|(_, read_at)| read_at)
    }

    /// Close a snapshot; what it read as of.
    pub fn end(&mut self, snapshot_id: &str) -> Result<u64, NoSnapshot> {
        self.snapshots.close(snapshot_id)
    }

    /// The watermark: nothing is read or written below it.
    pub fn watermark(&self) -> u64 {
        self.watermark
    }

    /// The versions of a key, oldest first.
    pub fn versions(&self, key: &str) -> impl Iterator<Item = Version<'_>> {
        let chain = self.keys.find(key).map(|id| &self.chains[id.index()]);
        chain
            .into_iter()
            .flat_map(|chain| chain.versions(&self.values))
    }

    fn intern(&mut self, key: &str) -> KeyId {
        let id = self.keys.intern(key);
        if id.index() == self.chains.len() {
            self.chains.push(Chain::default());
        }
        id
    }
}

#[cfg(test)]
mod tests;
