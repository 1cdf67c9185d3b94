//! Monitor records: what the server knows of a transaction.
//!
//! ```text
//!   first write      further keys     mark            close
//!   id, keyds ─────► keyds grows ───► fwd = true ───► gone; the id is spent
//!        └─ deadline passed, not marked: the server rolls back,
//!           aborted = true; it goes with the next sweep
//! ```
//!
//! 1. The first write makes the record, before it is sent; a key that is not
//!    held yet is added before its write. A key stays, whatever becomes of it.
//! 2. `keyds` is an ordered set of digests, no larger than the limit; an append
//!    that would pass the limit changes nothing.
//! 3. The mark is the commit point. A marked record is never aborted, an
//!    aborted one never marked.
//! 4. An id whose record was removed is spent: no record of that id again.

use std::collections::{BTreeMap, BTreeSet};

use super::digest::Digest;
use super::event::MonitorState;
use super::id::MrtId;
use super::refused::Reason;

/// The set that monitor records are in.
pub const MONITOR_SET: &str = "<ERO~MRT";
/// The longest timeout that the server accepts, in seconds.
pub const LONGEST_DURATION: u32 = 120;

/// A monitor record.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// The digests of all records that the transaction wrote or tried to.
    pub keyds: BTreeSet<Digest>,
    /// Marked to roll forward.
    pub fwd: bool,
    /// Rolled back by the server.
    pub aborted: bool,
    /// When the server takes over.
    pub deadline: u64,
    made: u64,
}

impl Monitor {
    /// It as a picture shows it.
    pub fn state(&self) -> MonitorState {
        MonitorState {
            keyds: self.keyds.iter().map(Digest::to_string).collect(),
            fwd: self.fwd,
            aborted: self.aborted,
            deadline: self.deadline,
        }
    }
}

/// What the configuration says about monitor records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorLimits {
    /// Seconds from creation to deadline where the client does not say.
    pub mrt_duration: u32,
    /// The most keys of one record.
    pub max_writes: u64,
    /// Whether new records are forbidden.
    pub disable_mrt_writes: bool,
}

impl Default for MonitorLimits {
    fn default() -> MonitorLimits {
        MonitorLimits {
            mrt_duration: 10,
            max_writes: 4096,
            disable_mrt_writes: false,
        }
    }
}

/// A transaction in a namespace: the key of a monitor record.
pub type MonitorKey = (MrtId, usize);

/// What a client sends to add keys.
#[derive(Clone, Copy, Debug)]
pub struct AddKeys<'a> {
    /// The digests to add.
    pub digests: &'a [Digest],
    /// Whether the client has heard of the record; if not, it wants to make it.
    pub known: bool,
    /// Seconds asked for; 0: the server's default. Counts on creation only.
    pub timeout: u32,
}

/// All monitor records of a node.
#[derive(Clone, Debug, Default)]
pub struct Monitors {
    present: BTreeMap<MonitorKey, Monitor>,
    spent: BTreeSet<MonitorKey>,
    made: u64,
}

impl Monitors {
    /// The record of a transaction.
    pub fn monitor(&self, key: &MonitorKey) -> Option<&Monitor> {
        self.present.get(key)
    }

    /// The record of a transaction, in whatever namespace it is.
    pub fn of_id(&self, id: MrtId) -> Option<&Monitor> {
        self.present
            .range((id, 0)..=(id, usize::MAX))
            .next()
            .map(|(_, monitor)| monitor)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.present.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// Their keys, oldest first.
    pub fn oldest_first(&self) -> Vec<MonitorKey> {
        let mut keys: Vec<_> = self
            .present
            .iter()
            .map(|(key, found)| (found.made, *key))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Add keys, and make the record if it is the client's first write.
    /// Answers the deadline.
    pub fn add_keys(
        &mut self,
        key: MonitorKey,
        asked: AddKeys<'_>,
        now: u64,
        limits: &MonitorLimits,
    ) -> Result<u64, Reason> {
        if asked.known {
            let monitor = self.open_monitor(&key, now)?;
            let new = asked
                .digests
                .iter()
                .filter(|digest| !monitor.keyds.contains(digest))
                .count();
            check_size(monitor.keyds.len() + new, limits)?;
            monitor.keyds.extend(asked.digests);
            return Ok(monitor.deadline);
        }
        if limits.disable_mrt_writes {
            return Err(Reason::WritesDisabled);
        }
        if self.present.contains_key(&key) {
            return Err(Reason::MonitorExists);
        }
        if self.spent.contains(&key) {
            return Err(Reason::MonitorGone);
        }
        if asked.timeout > LONGEST_DURATION {
            return Err(Reason::TimeoutTooLong {
                timeout: asked.timeout,
            });
        }
        let keyds: BTreeSet<Digest> = asked.digests.iter().copied().collect();
        check_size(keyds.len(), limits)?;
        let duration = if asked.timeout == 0 {
            limits.mrt_duration
        } else {
            asked.timeout
        };
        let deadline = now.saturating_add(duration.into());
        self.made += 1;
        let made = self.made;
        self.present.insert(
            key,
            Monitor {
                keyds,
                fwd: false,
                aborted: false,
                deadline,
                made,
            },
        );
        Ok(deadline)
    }

    /// Mark the record to roll forward.
    pub fn mark(&mut self, key: &MonitorKey, now: u64) -> Result<(), Reason> {
        self.open_monitor(key, now)?.fwd = true;
        Ok(())
    }

    /// Note that the server has rolled the transaction back.
    pub fn set_aborted(&mut self, key: &MonitorKey) {
        if let Some(monitor) = self.present.get_mut(key) {
            debug_assert!(!monitor.fwd, "a marked transaction is never rolled back");
            monitor.aborted = true;
        }
    }

    /// Remove the record; its id is spent. `None`: there was none.
    pub fn remove(&mut self, key: &MonitorKey) -> Option<Monitor> {
        let monitor = self.present.remove(key)?;
        self.spent.insert(*key);
        Some(monitor)
    }

    /// The record, if it still takes keys and a mark.
    fn open_monitor(&mut self, key: &MonitorKey, now: u64) -> Result<&mut Monitor, Reason> {
        let monitor = self.present.get_mut(key).ok_or(Reason::MonitorGone)?;
        if monitor.aborted {
            return Err(Reason::MonitorAborted);
        }
        if monitor.fwd {
            return Err(Reason::MonitorMarked);
        }
        if now >= monitor.deadline {
            return Err(Reason::Expired {
                deadline: monitor.deadline,
                now,
            });
        }
        Ok(monitor)
    }
}

fn check_size(size: usize, limits: &MonitorLimits) -> Result<(), Reason> {
    if size as u64 > limits.max_writes {
        return Err(Reason::TooManyWrites {
            limit: limits.max_writes,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::digest::KeyValue;
    use super::super::refused::ResultCode;
    use super::*;

    const LIMITS: MonitorLimits = MonitorLimits {
        mrt_duration: 10,
        max_writes: 2,
        disable_mrt_writes: false,
    };

    fn key() -> MonitorKey {
        (MrtId::new(7).expect("not zero"), 0)
    }

    fn digest(key: i64) -> Digest {
        Digest::of("demo", KeyValue::Integer(key))
    }

    fn add(
        monitors: &mut Monitors,
        known: bool,
        digests: &[Digest],
        now: u64,
    ) -> Result<u64, ResultCode> {
        monitors
            .add_keys(
                key(),
                AddKeys {
                    digests,
                    known,
                    timeout: 0,
                },
                now,
                &LIMITS,
            )
            .map_err(|reason| reason.code())
    }

    #[test]
    fn the_deadline_is_computed_once() {
        let mut monitors = Monitors::default();
        assert_eq!(add(&mut monitors, false, &[digest(1)], 5), Ok(15));
        assert_eq!(add(&mut monitors, true, &[digest(2)], 9), Ok(15));
        assert_eq!(
            add(&mut monitors, true, &[digest(2)], 14),
            Ok(15),
            "duplicates are ignored"
        );
        assert_eq!(
            add(&mut monitors, true, &[digest(2)], 15),
            Err(ResultCode::MrtExpired)
        );
    }

    #[test]
    fn one_key_too_many_changes_nothing() {
        let mut monitors = Monitors::default();
        let all = [digest(1), digest(2), digest(3)];
        assert_eq!(
            add(&mut monitors, false, &all, 0),
            Err(ResultCode::MrtTooManyWrites)
        );
        assert!(monitors.is_empty());
        assert_eq!(add(&mut monitors, false, &all[..1], 0), Ok(10));
        assert_eq!(
            add(&mut monitors, true, &all, 0),
            Err(ResultCode::MrtTooManyWrites)
        );
        assert_eq!(
            monitors.of_id(key().0).map(|monitor| monitor.keyds.len()),
            Some(1)
        );
    }

    #[test]
    fn an_id_has_one_record_once() {
        let mut monitors = Monitors::default();
        assert_eq!(add(&mut monitors, false, &[digest(1)], 0), Ok(10));
        assert_eq!(
            add(&mut monitors, false, &[digest(1)], 0),
            Err(ResultCode::MrtMonitorExists)
        );
        assert!(monitors.remove(&key()).is_some());
        assert_eq!(
            add(&mut monitors, false, &[digest(1)], 0),
            Err(ResultCode::MrtExpired)
        );
        assert_eq!(
            add(&mut monitors, true, &[digest(1)], 0),
            Err(ResultCode::MrtExpired)
        );
    }

    #[test]
    fn the_mark_wins_over_the_deadline_and_an_abort_over_the_mark() {
        let mut monitors = Monitors::default();
        assert_eq!(add(&mut monitors, false, &[digest(1)], 0), Ok(10));
        assert_eq!(monitors.mark(&key(), 9), Ok(()));
        assert_eq!(monitors.mark(&key(), 99), Err(Reason::MonitorMarked));
        assert!(monitors.remove(&key()).is_some());
        assert_eq!(monitors.mark(&key(), 9), Err(Reason::MonitorGone));

        let mut monitors = Monitors::default();
        assert_eq!(add(&mut monitors, false, &[digest(1)], 0), Ok(10));
        assert_eq!(
            monitors.mark(&key(), 10),
            Err(Reason::Expired {
                deadline: 10,
                now: 10
            })
        );
        monitors.set_aborted(&key());
        assert_eq!(monitors.mark(&key(), 10), Err(Reason::MonitorAborted));
    }

    #[test]
    fn limits_of_timeout_and_configuration() {
        let mut monitors = Monitors::default();
        let ask = |timeout| AddKeys {
            digests: &[],
            known: false,
            timeout,
        };
        let long = monitors.add_keys(key(), ask(121), 0, &LIMITS);
        assert_eq!(long, Err(Reason::TimeoutTooLong { timeout: 121 }));
        let disabled = MonitorLimits {
            disable_mrt_writes: true,
            ..LIMITS
        };
        let forbidden = monitors.add_keys(key(), ask(1), 0, &disabled);
        assert_eq!(forbidden, Err(Reason::WritesDisabled));
        assert_eq!(monitors.add_keys(key(), ask(120), 3, &LIMITS), Ok(123));
    }
}
