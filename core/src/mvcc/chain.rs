//! The chain of one key: versions in order of timestamp, side by side.

use super::values::{Value, Values};

/// Versions in order of timestamp. Timestamps lie apart from the rest: a
/// search touches nothing else.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    /// Of each version: when it becomes visible. Ascending, distinct.
    timestamps: Vec<u64>,
    /// Of each version: the rest.
    slots: Vec<Slot>,
    /// Versions before this place have been collected.
    head: usize,
    /// How many of the versions have a value in the slab.
    long: usize,
    /// Versions that have ever been written.
    arrivals: u64,
    /// One more than the highest timestamp of a read that found nothing.
    found_nothing: u64,
    /// One more than the timestamp of the last tombstone that was collected.
    buried: u64,
    /// The watermark under which the chain waits for collection.
    pub(super) queued: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Number in order of arrival.
    number: u64,
    /// The highest timestamp of a read that returned this version; 0: none, or
    /// one that no write can disturb.
    reader: u64,
    value: Value,
}

/// Why a timestamp has no place in a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    Taken,
    Read {
        read_at: u64,
        returned: Option<(u64, u64)>,
    },
}

/// One version, as those see it who ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version<'s> {
    /// Number in order of arrival, from 1.
    pub number: u64,
    /// When it becomes visible.
    pub timestamp: u64,
    /// JSON text; `None`: a tombstone.
    pub value: Option<&'s [u8]>,
}

/// What a read saw, and what it could not see.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s> {
    chain: Option<&'s Chain>,
    values: &'s Values,
    /// How many versions are at or below the read's timestamp.
    visible: usize,
}

impl Chain {
    pub(super) fn len(&self) -> usize {
        self.timestamps.len() - self.head
    }

    fn timestamps(&self) -> &[u64] {
        self.timestamps.get(self.head..).unwrap_or_default()
    }

    fn slots(&self) -> &[Slot] {
        self.slots.get(self.head..).unwrap_or_default()
    }

    /// How many versions are at or below `read_at`.
    #[inline]
    pub(super) fn visible(&self, read_at: u64) -> usize {
        let timestamps = self.timestamps();
        match timestamps.last() {
            Some(&last) if last > read_at => timestamps.partition_point(|&at| at <= read_at),
            _ => timestamps.len(),
        }
    }

    /// Where a version with this timestamp goes.
    #[inline]
    pub(super) fn place_for(&self, timestamp: u64) -> Result<usize, Clash> {
        let place = self.visible(timestamp);
        if self.buried == timestamp + 1 {
            return Err(Clash::Taken);
        }
        let Some(before) = place.checked_sub(1) else {
            return match self.found_nothing.checked_sub(1) {
                Some(read_at) if read_at >= timestamp => Err(Clash::Read {
                    read_at,
                    returned: None,
                }),
                _ => Ok(0),
            };
        };
        let (at, slot) = (self.timestamps()[before], &self.slots()[before]);
        if at == timestamp {
            return Err(Clash::Taken);
        }
        if slot.reader >= timestamp {
            let returned = Some((slot.number, at));
            return Err(Clash::Read {
                read_at: slot.reader,
                returned,
            });
        }
        Ok(place)
    }

    /// Insert at a place that [`Chain::place_for`] gave; its number.
    #[inline]
    pub(super) fn insert(&mut self, place: usize, timestamp: u64, value: Value) -> u64 {
        self.arrivals += 1;
        self.long += usize::from(value.is_long());
        let slot = Slot {
            number: self.arrivals,
            reader: 0,
            value,
        };
        let place = self.head + place;
        if place == self.timestamps.len() {
            self.timestamps.push(timestamp);
            self.slots.push(slot);
        } else {
            self.timestamps.insert(place, timestamp);
            self.slots.insert(place, slot);
        }
        self.arrivals
    }

    /// A read at `read_at` has been answered with the last of `visible` versions.
    #[inline]
    pub(super) fn remember(&mut self, visible: usize, read_at: u64) {
        match visible.checked_sub(1) {
            Some(last) => {
                let reader = &mut self.slots[self.head + last].reader;
                *reader = (*reader).max(read_at);
            }
            None => self.found_nothing = self.found_nothing.max(read_at + 1),
        }
    }

    /// Number and timestamp of the version at a place.
    pub(super) fn version(&self, place: usize) -> Option<(u64, u64)> {
        Some((
            self.slots().get(place)?.number,
            *self.timestamps().get(place)?,
        ))
    }

    pub(super) fn versions<'s>(
        &'s self,
        values: &'s Values,
    ) -> impl Iterator<Item = Version<'s>> + use<'s> {
        self.timestamps()
            .iter()
            .zip(self.slots())
            .map(|(&timestamp, slot)| Version {
                number: slot.number,
                timestamp,
                value: values.text(&slot.value),
            })
    }

    /// The lowest watermark that would find garbage here.
    #[inline]
    pub(super) fn due(&self) -> Option<u64> {
        match self.slots().first() {
            Some(first) if first.value.is_tombstone() => self.timestamps().first().copied(),
            _ => self.timestamps().get(1).copied(),
        }
    }

    /// How many versions a watermark leaves without a reader.
    pub(super) fn garbage(&self, watermark: u64) -> usize {
        let visible = self.visible(watermark);
        match visible
            .checked_sub(1)
            .map(|last| self.slots()[last].value.is_tombstone())
        {
            Some(true) => visible,
            Some(false) => visible - 1,
            None => 0,
        }
    }

    /// Remove the first `count` versions, as [`Chain::garbage`] counted them.
    pub(super) fn remove(&mut self, count: usize, values: &mut Values) {
        let Some(last) = count.checked_sub(1).map(|last| self.head + last) else {
            return;
        };
        if self.long > 0 {
            for slot in &self.slots[self.head..=last] {
                self.long -= usize::from(slot.value.is_long());
                values.forget(slot.value);
            }
        }
        let slot = &self.slots[last];
        if slot.value.is_tombstone() {
            // Its readers were told that there is nothing, and its timestamp
            // stays taken: neither may change.
            if slot.reader > 0 {
                self.found_nothing = self.found_nothing.max(slot.reader + 1);
            }
            self.buried = self.timestamps[last] + 1;
        }
        self.head = last + 1;
        // Close the gap once it is the larger part: each version moves at most
        // once for each that went.
        if self.head >= self.timestamps.len() - self.head {
            self.timestamps.drain(..self.head);
            self.slots.drain(..self.head);
            self.head = 0;
            if self.slots.capacity() > 256 && self.slots.len() < self.slots.capacity() / 4 {
                self.timestamps.shrink_to(self.timestamps.len() * 2);
                self.slots.shrink_to(self.slots.len() * 2);
            }
        }
    }
}

impl<'s> Seen<'s> {
    pub(super) fn new(chain: Option<&'s Chain>, values: &'s Values, visible: usize) -> Seen<'s> {
        Seen {
            chain,
            values,
            visible,
        }
    }

    /// The version chosen: the newest that is visible.
    #[inline]
    pub fn chosen(&self) -> Option<Version<'s>> {
        let (chain, place) = (self.chain?, self.visible.checked_sub(1)?);
        let slot = chain.slots().get(place)?;
        let timestamp = *chain.timestamps().get(place)?;
        Some(Version {
            number: slot.number,
            timestamp,
            value: self.values.text(&slot.value),
        })
    }

    /// Number and timestamp of the oldest version that is too new to be seen.
    pub fn newer(&self) -> Option<(u64, u64)> {
        self.chain?.version(self.visible)
    }

    /// How many versions are too new to be seen.
    pub fn newer_count(&self) -> usize {
        self.chain.map_or(0, Chain::len) - self.visible
    }

    /// How many versions are older than the chosen one.
    pub fn older_count(&self) -> usize {
        self.visible.saturating_sub(1)
    }
}
