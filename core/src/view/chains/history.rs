//! Version chains over all steps: each fact with the steps in which it holds.
//!
//! ```text
//!   x    v1 @100  steps 2..16   (collected at 16)
//!        v2 @200  steps 6..
//!   s1   @240     steps 9..23
//! ```
//!
//! 1. Events are folded once. A version keeps the step that wrote it and the
//!    step that collected it; a snapshot the steps that opened and closed it;
//!    the watermark is a list of its changes.
//! 2. The versions of a lane lie in timestamp order, with a [`Births`] tree
//!    over their steps: what a lane holds at step k between two timestamps is
//!    found without looking at what is not there.
//!
//! Left out: values over [`VALUE_LIMIT`] characters are cut here, so that a
//! scene stays small whatever a client stores.

use std::ops::Range;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::{
    event::{CollectedVersion, Event, ReadThrough, VersionRef},
    run::births::{Births, ending, ends_after},
    view::row::cut,
};

/// How many characters of a value a picture carries.
pub const VALUE_LIMIT: usize = 240;

/// A version and the steps in which it is stored.
#[derive(Clone, Debug)]
pub struct VersionFact {
    /// Arrival number and timestamp.
    pub at: VersionRef,
    /// Value as JSON text; `None`: a tombstone.
    pub value: Option<String>,
    /// Step that wrote it.
    pub written: u32,
    /// Step that collected it.
    pub collected: Option<u32>,
    /// What answers in its place since then.
    pub covered_by: Option<VersionRef>,
    /// The later version that it slid in before.
    pub slid_before: Option<VersionRef>,
    /// Steps whose reads landed on it.
    pub reads: Vec<u32>,
}

impl VersionFact {
    /// Whether it is stored (written, and not collected) after `step`.
    pub fn stored(&self, step: u32) -> bool {
        self.written <= step && !self.gone(step)
    }

    /// Whether it has been collected by `step`.
    pub fn gone(&self, step: u32) -> bool {
        self.collected.is_some_and(|collected| collected <= step)
    }
}

/// A key's versions.
#[derive(Clone, Debug)]
pub struct LaneHistory {
    /// Key.
    pub key: String,
    /// Step that first named it.
    pub first: u32,
    /// Versions: in arrival order until [`ChainHistory::seal`], then by timestamp.
    pub versions: Vec<VersionFact>,
    /// Steps of the writes, in order.
    writes: Vec<u32>,
    /// Timestamps read, each with the first step that did.
    reads: std::collections::BTreeMap<u64, u32>,
    births: Births,
}

/// A snapshot and the steps in which it is open.
#[derive(Clone, Debug)]
pub struct SnapshotFact {
    /// `s1`.
    pub id: String,
    /// Its timestamp.
    pub at: u64,
    /// Step that opened it.
    pub opened: u32,
    /// Step that closed it.
    pub closed: Option<u32>,
}

/// A collection and the watermark in force after it.
#[derive(Clone, Debug)]
pub struct CollectionFact {
    /// Its step.
    pub step: u32,
    /// In force since then.
    pub watermark: u64,
    /// Asked for.
    pub asked: u64,
    /// The snapshot that held it back.
    pub held_by: Option<String>,
    /// How many versions went.
    pub removed: u32,
}

/// Everything that the picture of a multi-version store needs, for every step.
#[derive(Clone, Debug, Default)]
pub struct ChainHistory {
    /// Lanes in order of first mention.
    pub lanes: Vec<LaneHistory>,
    /// Snapshots in order of opening.
    pub snapshots: Vec<SnapshotFact>,
    /// Collections in order.
    pub collections: Vec<CollectionFact>,
    /// The reach of the store's timestamps, whenever it grew.
    extents: Vec<(u32, u64, u64)>,
    lane_of: HashMap<String, u32, FxBuildHasher>,
    snapshot_of: HashMap<String, u32, FxBuildHasher>,
    closings: Births,
}

impl ChainHistory {
    /// Takes in one event of `step`; steps come in order.
    pub fn record(&mut self, step: u32, event: &Event) {
        match event {
            Event::VersionWritten {
                key,
                value,
                written,
                slid_before,
            } => {
                self.reach(step, written.timestamp);
                let lane = self.lane_mut(step, key);
                lane.writes.push(step);
                lane.versions.push(VersionFact {
                    at: written.clone(),
                    value: value.as_deref().map(|value| cut(value, VALUE_LIMIT)),
                    written: step,
                    collected: None,
                    covered_by: None,
                    slid_before: slid_before.clone(),
                    reads: Vec::new(),
                });
            }
            Event::SnapshotRead {
                key,
                read_at,
                through,
                chosen,
                ..
            } => {
                let lane = self.lane_mut(step, key);
                let at = match (through, chosen) {
                    (ReadThrough::Latest, chosen) => chosen.as_ref().map(|v| v.timestamp),
                    _ => *read_at,
                };
                if let Some(at) = at {
                    lane.reads.entry(at).or_insert(step);
                }
                if let Some(version) = chosen.as_ref().and_then(|v| lane.arrival_mut(v.version)) {
                    version.reads.push(step);
                }
            }
            Event::WriteRefusedByReader { key, .. } => {
                self.lane_mut(step, key);
            }
            Event::SnapshotOpened {
                snapshot_id,
                read_at,
            } => {
                self.reach(step, *read_at);
                let place = self.snapshots.len() as u32;
                self.snapshot_of.insert(snapshot_id.clone(), place);
                self.snapshots.push(SnapshotFact {
                    id: snapshot_id.clone(),
                    at: *read_at,
                    opened: step,
                    closed: None,
                });
            }
            Event::SnapshotClosed { snapshot_id, .. } => {
                if let Some(place) = self.snapshot_of.get(snapshot_id) {
                    self.snapshots[*place as usize].closed = Some(step);
                }
            }
            Event::VersionsCollected {
                asked,
                watermark,
                held_by,
                removed,
            } => {
                self.reach(step, *watermark);
                self.collections.push(CollectionFact {
                    step,
                    watermark: *watermark,
                    asked: *asked,
                    held_by: held_by.clone(),
                    removed: removed.len() as u32,
                });
                for version in removed {
                    self.collect(step, version);
                }
            }
            _ => {}
        }
    }

    /// Orders the versions by timestamp and builds the trees; then the history
    /// answers for any step.
    pub fn seal(&mut self) {
        for lane in &mut self.lanes {
            lane.versions.sort_by_key(|v| (v.at.timestamp, v.written));
            lane.births = Births::new(lane.versions.iter().map(|version| version.written));
        }
        self.closings = Births::new(self.snapshots.iter().map(|s| ending(s.closed)));
    }

    /// How many lanes there are after `step`.
    pub fn lane_count(&self, step: u32) -> usize {
        self.lanes.partition_point(|lane| lane.first <= step)
    }

    /// The lane of a key, and its place, if the key was named by `step`.
    pub fn lane(&self, key: &str, step: u32) -> Option<(usize, &LaneHistory)> {
        let place = *self.lane_of.get(key)? as usize;
        let lane = &self.lanes[place];
        (lane.first <= step).then_some((place, lane))
    }

    /// The snapshots that are open after `step`, in order of opening.
    pub fn open_snapshots(&self, step: u32) -> impl Iterator<Item = &SnapshotFact> {
        let opened = self.snapshots.partition_point(|s| s.opened <= step);
        let places = self.closings.within(0..opened, ends_after(step));
        places.map(|place| &self.snapshots[place])
    }

    /// A snapshot by name.
    pub fn snapshot(&self, id: &str) -> Option<&SnapshotFact> {
        let place = *self.snapshot_of.get(id)?;
        Some(&self.snapshots[place as usize])
    }

    /// The last collection by `step`.
    pub fn last_collection(&self, step: u32) -> Option<&CollectionFact> {
        let done = self.collections.partition_point(|c| c.step <= step);
        self.collections[..done].last()
    }

    /// The last collection by `step` that was not asked for less than what was
    /// in force.
    pub fn last_advance(&self, step: u32) -> Option<&CollectionFact> {
        let done = self.collections.partition_point(|c| c.step <= step);
        let mut latest = self.collections[..done].iter().rev();
        latest.find(|c| c.asked >= c.watermark)
    }

    /// Smallest and largest timestamp of versions, snapshots and watermarks.
    pub fn extent(&self, step: u32) -> Option<(u64, u64)> {
        let grown = self.extents.partition_point(|(at, ..)| *at <= step);
        let (_, low, high) = self.extents[..grown].last()?;
        Some((*low, *high))
    }

    fn reach(&mut self, step: u32, at: u64) {
        match self.extents.last() {
            Some((_, low, high)) if (*low..=*high).contains(&at) => {}
            Some((_, low, high)) => self.extents.push((step, at.min(*low), at.max(*high))),
            None => self.extents.push((step, at, at)),
        }
    }

    fn lane_mut(&mut self, step: u32, key: &str) -> &mut LaneHistory {
        let place = match self.lane_of.get(key) {
            Some(place) => *place as usize,
            None => {
                self.lane_of.insert(key.to_owned(), self.lanes.len() as u32);
                self.lanes.push(LaneHistory {
                    key: key.to_owned(),
                    first: step,
                    versions: Vec::new(),
                    writes: Vec::new(),
                    reads: Default::default(),
                    births: Births::default(),
                });
                self.lanes.len() - 1
            }
        };
        &mut self.lanes[place]
    }

    fn collect(&mut self, step: u32, collected: &CollectedVersion) {
        let lane = self.lane_mut(step, &collected.key);
        if let Some(version) = lane.arrival_mut(collected.gone.version) {
            version.collected = Some(step);
            version.covered_by = collected.covered_by.clone();
        }
    }
}

impl LaneHistory {
    /// The versions written by `step` whose time meets `from..=to`: those that
    /// begin in it, and the one that lasts into it.
    pub fn meeting(&self, from: u64, to: u64, step: u32) -> impl Iterator<Item = usize> {
        self.births.within(self.places(from, to, step), step)
    }

    fn places(&self, from: u64, to: u64, step: u32) -> Range<usize> {
        let start = self.versions.partition_point(|v| v.at.timestamp < from);
        let end = self.versions.partition_point(|v| v.at.timestamp <= to);
        let begins_there = self
            .births
            .next(start, step)
            .is_some_and(|place| self.versions[place].at.timestamp == from);
        match self.births.previous(start, step) {
            Some(place) if !begins_there => place..end,
            _ => start..end,
        }
    }

    /// The version after a place, written by `step`.
    pub fn next(&self, place: usize, step: u32) -> Option<&VersionFact> {
        let next = self.births.next(place + 1, step)?;
        Some(&self.versions[next])
    }

    /// The version that a read at `at` lands on after `step`.
    pub fn visible(&self, at: u64, step: u32) -> Option<&VersionFact> {
        let end = self.versions.partition_point(|v| v.at.timestamp <= at);
        let place = self.births.previous(end, step)?;
        // Below a collected version everything is collected, too.
        Some(&self.versions[place]).filter(|version| !version.gone(step))
    }

    /// The newest version that is stored after `step`.
    pub fn newest(&self, step: u32) -> Option<&VersionFact> {
        self.visible(u64::MAX, step)
    }

    /// The version that begins exactly at `at` and is stored after `step`.
    pub fn exactly(&self, at: u64, step: u32) -> Option<&VersionFact> {
        self.visible(at, step).filter(|v| v.at.timestamp == at)
    }

    /// A version by its arrival number.
    pub fn version(&self, number: u64) -> Option<&VersionFact> {
        self.versions.iter().find(|v| v.at.version == number)
    }

    /// How many versions were written by `step`, collected ones included.
    pub fn written(&self, step: u32) -> usize {
        self.writes.partition_point(|written| *written <= step)
    }

    /// Whether a read at exactly `at` was answered by `step`.
    pub fn was_read(&self, at: u64, step: u32) -> bool {
        self.reads.get(&at).is_some_and(|first| *first <= step)
    }

    /// The first step, by `step`, whose read at exactly `at` was answered.
    pub fn first_read(&self, at: u64, step: u32) -> Option<u32> {
        self.reads.get(&at).copied().filter(|first| *first <= step)
    }

    /// A version by its arrival number, before the lane is sealed.
    fn arrival_mut(&mut self, number: u64) -> Option<&mut VersionFact> {
        let found = self
            .versions
            .binary_search_by_key(&number, |v| v.at.version);
        found.ok().map(|place| &mut self.versions[place])
    }
}
