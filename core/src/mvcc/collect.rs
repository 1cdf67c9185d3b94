//! Garbage collection, and why the rest stays.

use std::cmp::Reverse;

use super::{MvccStore, SnapshotId, Version};
use crate::intern::KeyId;

/// How a collection went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The watermark in force now.
    pub watermark: u64,
    /// How many versions went.
    pub removed: u64,
    /// The open snapshot that held the watermark back, if one did.
    pub held_by: Option<SnapshotId>,
}

/// A version that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone<'s> {
    /// Its key.
    pub key: &'s str,
    /// The version.
    pub version: Version<'s>,
    /// Number and timestamp of the version that answers the reads that are
    /// still allowed; `None`: a tombstone went and nothing is left.
    pub covered_by: Option<(u64, u64)>,
}

/// A version that stays, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<'s> {
    /// The version.
    pub version: Version<'s>,
    /// The lowest timestamp of a read that can still see it.
    pub from: u64,
    /// The timestamp from which reads see the next version; `None`: it is the
    /// newest.
    pub until: Option<u64>,
    /// The open snapshots that see it.
    pub snapshots: Vec<SnapshotId>,
}

impl MvccStore {
    /// Collect at a watermark.
    pub fn collect(&mut self, watermark: u64) -> Collected {
        self.collect_telling(watermark, None)
    }

    /// Collect at a watermark and tell `listener` about every version that
    /// goes, in order of key (first use) and timestamp.
    pub fn collect_telling(
        &mut self,
        asked: u64,
        mut listener: Option<&mut dyn FnMut(Gone<'_>)>,
    ) -> Collected {
        let oldest = self
            .snapshots
            .oldest()
            .filter(|&(read_at, _)| read_at < asked);
        let held_by = oldest.map(|(_, id)| id);
        let watermark = oldest.map_or(asked, |(read_at, _)| read_at);
        if watermark < self.watermark {
            return Collected {
                watermark: self.watermark,
                removed: 0,
                held_by,
            };
        }
        self.watermark = watermark;
        let mut removed = 0;
        for key in self.take_due(watermark) {
            let chain = &mut self.chains[key.index()];
            let garbage = chain.garbage(watermark);
            if let Some(listener) = &mut listener {
                let covered_by = chain.version(garbage).filter(|&(_, at)| at <= watermark);
                let name = self.keys.name(key);
                for version in chain.versions(&self.values).take(garbage) {
                    listener(Gone {
                        key: name,
                        version,
                        covered_by,
                    });
                }
            }
            chain.remove(garbage, &mut self.values);
            removed += garbage as u64;
            self.queue(key);
        }
        Collected {
            watermark,
            removed,
            held_by,
        }
    }

    /// The versions of a key that stay, oldest first, and who can see each.
    pub fn kept(&self, key: &str) -> Vec<Kept<'_>> {
        let versions: Vec<Version<'_>> = self.versions(key).collect();
        let next = versions
            .iter()
            .skip(1)
            .map(|version| Some(version.timestamp));
        let until = next.chain(std::iter::once(None));
        let kept = |(version, until): (&Version<'_>, Option<u64>)| {
            let from = version.timestamp.max(self.watermark);
            (from, until, self.snapshots.between(from, until).collect())
        };
        let reasons: Vec<_> = versions.iter().zip(until).map(kept).collect();
        let stays = |(version, (from, until, snapshots))| Kept {
            version,
            from,
            until,
            snapshots,
        };
        versions.into_iter().zip(reasons).map(stays).collect()
    }

    /// Let a chain wait under the lowest watermark that finds garbage in it.
    pub(super) fn queue(&mut self, key: KeyId) {
        let chain = &mut self.chains[key.index()];
        if let Some(due) = chain.due()
            && chain.wait(due)
        {
            self.due.push(Reverse((due, key)));
        }
    }

    /// The keys that have garbage, in order.
    fn take_due(&mut self, watermark: u64) -> Vec<KeyId> {
        let mut keys = Vec::new();
        while let Some(&Reverse((due, key))) = self.due.peek()
            && due <= watermark
        {
            self.due.pop();
            // Otherwise an older entry: the key has moved ahead of it since.
            if self.chains[key.index()].called(due) {
                keys.push(key);
            }
        }
        keys.sort_unstable();
        keys
    }
}
