//! The chain of one key: versions in order of timestamp, side by side.

use super::values::{Value, Values};

/// Versions in order of timestamp. Timestamps, readers and values lie apart: a
/// search touches nothing but timestamps, and readers take no room until there
/// are some. What an append must know lies in the chain itself; it stores
/// behind the last version without looking at it.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub(super) struct Chain {
    /// Of each version: when it becomes visible. Ascending, distinct.
    timestamps: Vec<u64>,
    /// Of each version: its value.
    values: Vec<Value>,
    /// Timestamp of the last version; 0 without one.
    newest: u64,
    /// The last version's entry of `readers`, while it is the last.
    newest_reader: u64,
    /// Versions that have ever been written.
    arrivals: u64,
    /// Versions before this place have been collected.
    head: usize,
    /// Once a version has come out of order; until then the numbers follow
    /// from the places.
    numbers: Option<Box<Numbers>>,
    /// One more than the timestamp of the last tombstone that was collected.
    buried: u64,
    /// One more than the highest timestamp of a read that found nothing.
    found_nothing: u64,
    /// Of each version: the highest timestamp of a read that returned it; 0:
    /// none, or one that no write can disturb. As long as it has to be.
    readers: Vec<u64>,
    /// How many of the versions have a value in the slab.
    long: usize,
    /// One more than the watermark under which the chain waits for collection.
    queued: u64,
}

/// Of each version: its number in order of arrival.
#[derive(Clone, Debug)]
struct Numbers(Vec<u64>);

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

    fn values(&self) -> &[Value] {
        self.values.get(self.head..).unwrap_or_default()
    }

    fn number(&self, place: usize) -> u64 {
        match &self.numbers {
            None => self.arrivals - (self.len() - place) as u64 + 1,
            Some(numbers) => numbers.0[self.head + place],
        }
    }

    /// How many versions are at or below `read_at`.
    #[inline]
    pub(super) fn visible(&self, read_at: u64) -> usize {
        if self.newest <= read_at {
            return self.len();
        }
        self.timestamps().partition_point(|&at| at <= read_at)
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
        let (at, reader) = if place == self.len() {
            (self.newest, self.newest_reader)
        } else {
            (self.timestamps()[before], self.reader(self.head + before))
        };
        if at == timestamp {
            return Err(Clash::Taken);
        }
        if reader >= timestamp {
            return Err(Clash::Read {
                read_at: reader,
                returned: Some((self.number(before), at)),
            });
        }
        Ok(place)
    }

    /// Insert at a place that [`Chain::place_for`] gave; its number.
    #[inline]
    pub(super) fn insert(&mut self, place: usize, timestamp: u64, value: Value) -> u64 {
        self.long += usize::from(value.is_long());
        if place == self.len() {
            self.settle_newest();
            self.timestamps.push(timestamp);
            self.values.push(value);
            self.newest = timestamp;
            if let Some(numbers) = &mut self.numbers {
                numbers.0.push(self.arrivals + 1);
            }
        } else {
            self.insert_out_of_order(self.head + place, timestamp, value);
        }
        self.arrivals += 1;
        self.arrivals
    }

    #[cold]
    fn insert_out_of_order(&mut self, place: usize, timestamp: u64, value: Value) {
        let number = self.arrivals + 1;
        let in_order = || {
            // Collected places keep a place here too, with any number.
            let first = number - self.timestamps.len() as u64;
            Box::new(Numbers((first..number).collect()))
        };
        let numbers = self.numbers.get_or_insert_with(in_order);
        numbers.0.insert(place, number);
        self.timestamps.insert(place, timestamp);
        self.values.insert(place, value);
        if place < self.readers.len() {
            self.readers.insert(place, 0);
        }
    }

    /// The highest reader of the version at a place, unless it is the newest.
    fn reader(&self, place: usize) -> u64 {
        self.readers.get(place).copied().unwrap_or(0)
    }

    fn raise_reader(&mut self, place: usize, read_at: u64) {
        if place >= self.readers.len() {
            self.readers.resize(place + 1, 0);
        }
        if self.readers[place] < read_at {
            self.readers[place] = read_at;
        }
    }

    /// The newest version is about to be the newest no longer.
    #[inline]
    fn settle_newest(&mut self) {
        if self.newest_reader > 0 {
            self.raise_reader(self.timestamps.len() - 1, self.newest_reader);
            self.newest_reader = 0;
        }
    }

    /// A read at `read_at` has been answered with the last of `visible` versions.
    #[inline]
    pub(super) fn remember(&mut self, visible: usize, read_at: u64) {
        match visible.checked_sub(1) {
            None => self.found_nothing = self.found_nothing.max(read_at + 1),
            Some(_) if visible == self.len() => {
                self.newest_reader = self.newest_reader.max(read_at);
            }
            Some(last) => self.raise_reader(self.head + last, read_at),
        }
    }

    /// Wait for collection under this watermark, if that is earlier.
    #[inline]
    pub(super) fn wait(&mut self, due: u64) -> bool {
        let earlier = self.queued == 0 || due + 1 < self.queued;
        if earlier {
            self.queued = due + 1;
        }
        earlier
    }

    /// Stop waiting under this watermark, if that is where the chain waits.
    pub(super) fn called(&mut self, due: u64) -> bool {
        let waits = self.queued == due + 1;
        if waits {
            self.queued = 0;
        }
        waits
    }

    /// Number and timestamp of the version at a place.
    pub(super) fn version(&self, place: usize) -> Option<(u64, u64)> {
        let timestamp = *self.timestamps().get(place)?;
        Some((self.number(place), timestamp))
    }

    pub(super) fn versions<'s>(
        &'s self,
        values: &'s Values,
    ) -> impl Iterator<Item = Version<'s>> + use<'s> {
        let places = self.timestamps().iter().zip(self.values()).enumerate();
        places.map(|(index, (&timestamp, value))| Version {
            number: self.number(index),
            timestamp,
            value: values.text(value),
        })
    }

    /// The lowest watermark that would find garbage here.
    #[inline]
    pub(super) fn due(&self) -> Option<u64> {
        let first_is_tombstone = self.values().first().is_some_and(Value::is_tombstone);
        self.timestamps()
            .get(usize::from(!first_is_tombstone))
            .copied()
    }

    /// How many versions a watermark leaves without a reader.
    pub(super) fn garbage(&self, watermark: u64) -> usize {
        let visible = self.visible(watermark);
        match visible
            .checked_sub(1)
            .map(|last| self.values()[last].is_tombstone())
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
        if count == self.len() {
            self.settle_newest();
            self.newest = 0;
        }
        if self.long > 0 {
            for value in &self.values[self.head..=last] {
                self.long -= usize::from(value.is_long());
                values.forget(*value);
            }
        }
        if self.values[last].is_tombstone() {
            // Its readers were told that there is nothing, and its timestamp
            // stays taken: neither may change.
            let reader = self.reader(last);
            if reader > 0 {
                self.found_nothing = self.found_nothing.max(reader + 1);
            }
            self.buried = self.timestamps[last] + 1;
        }
        self.head = last + 1;
        // Close the gap once it is the larger part: each version moves at most
        // once for each that went.
        if self.head >= self.timestamps.len() - self.head {
            self.close_gap();
        }
    }

    fn close_gap(&mut self) {
        self.timestamps.drain(..self.head);
        self.readers.drain(..self.head.min(self.readers.len()));
        self.values.drain(..self.head);
        if let Some(numbers) = &mut self.numbers {
            numbers.0.drain(..self.head);
        }
        self.head = 0;
        let kept = self.timestamps.len();
        if kept == 0 {
            self.numbers = None;
        }
        if self.timestamps.capacity() > 256 && kept < self.timestamps.capacity() / 4 {
            self.timestamps.shrink_to(kept * 2);
            self.values.shrink_to(kept * 2);
            self.readers.shrink_to(kept * 2);
            if let Some(numbers) = &mut self.numbers {
                numbers.0.shrink_to(kept * 2);
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
        let value = self.values.text(chain.values().get(place)?);
        let (number, timestamp) = chain.version(place)?;
        Some(Version {
            number,
            timestamp,
            value,
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
