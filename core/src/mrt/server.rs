//! The server's side: records with dual versions, monitor records, the sweep.
//!
//! It knows transactions by id alone. What a client sends with a command is
//! [`Carried`]; a command from outside carries nothing. The order of checks in
//! a write:
//!
//! 1. the lock: another transaction's is 120, whoever asks;
//! 2. the version sent, if the client read the record before: 121;
//! 3. the deadline sent: 122;
//! 4. is there a record where one is needed (2), none where none may be (5);
//! 5. `on_locking_only` on a record held already: 126; generation: 3; types: 12.
//!
//! A write refused at 4 or 5 is answered with the record's version: its refusal
//! tells about the record's state, so it counts as a read. A record that the
//! transaction holds is answered without one.
//!
//! Generations: each write and each roll of a live record is one more. `lut` is
//! one counter for the node, one more for every version made.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::digest::{Digest, RecordKey};
use super::event::{Facts, KeyRef, MonitorChange, MrtEvent, RecordChange, RecordState};
use super::id::MrtId;
use super::monitor::{AddKeys, Monitor, MonitorKey, MonitorLimits, Monitors};
use super::operate::{WriteCommand, apply};
use super::record::{Bins, Exists, Provisional, Record, Stored, Value, Version};
use super::refused::Reason;

/// A namespace and its records, in order of digest.
#[derive(Debug)]
pub struct Namespace {
    /// Its name.
    pub name: Box<str>,
    /// Whether it takes transactions.
    pub strong_consistency: bool,
    /// Its records.
    pub records: BTreeMap<Digest, Record>,
}

/// What a command of a transaction carries.
#[derive(Clone, Copy, Debug)]
pub struct Carried {
    /// The transaction.
    pub id: MrtId,
    /// The version at which it read this record, if it did.
    pub version: Option<Version>,
    /// Its deadline; 0: it knows of no monitor record.
    pub deadline: u64,
}

/// A read, answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The record; `None`: there is none, or a tombstone.
    pub live: Option<Stored>,
    /// Its version; `None`: the reader's own provisional, which has none.
    pub version: Option<Version>,
    /// Who holds the record, if somebody else does.
    pub hidden_writer: Option<MrtId>,
}

/// A write that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The record's generation; 0 after a delete.
    pub generation: u32,
    /// What the operations read.
    pub seen: Vec<(Arc<str>, Option<Value>)>,
}

/// A write, answered: what happened, and the record's version if it was sent.
pub type WriteAnswer = (Result<Written, Reason>, Option<Version>);

/// What a sweep did, in monitor records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Marked ones whose records were rolled forward.
    pub rolled_forward: u64,
    /// Expired ones whose records were rolled back.
    pub rolled_back: u64,
    /// Ones that were removed.
    pub closed: u64,
}

/// Which way a provisional version goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It becomes the committed one.
    Forward,
    /// It goes.
    Back,
}

/// A strongly consistent server of one node.
#[derive(Debug)]
pub struct Server {
    /// Seconds.
    pub now: u64,
    /// Its namespaces.
    pub namespaces: Vec<Namespace>,
    /// Its monitor records.
    pub monitors: Monitors,
    /// What the configuration says about them.
    pub limits: MonitorLimits,
    lut: u64,
}

impl Server {
    /// A server with these namespaces: name, and whether it takes transactions.
    pub fn new(
        namespaces: impl IntoIterator<Item = (Box<str>, bool)>,
        limits: MonitorLimits,
    ) -> Server {
        let namespaces = namespaces
            .into_iter()
            .map(|(name, strong_consistency)| Namespace {
                name,
                strong_consistency,
                records: BTreeMap::new(),
            })
            .collect();
        Server {
            now: 0,
            namespaces,
            monitors: Monitors::default(),
            limits,
            lut: 0,
        }
    }

    /// The place of a namespace.
    pub fn namespace(&self, name: &str) -> Result<usize, Reason> {
        self.namespaces
            .iter()
            .position(|namespace| *namespace.name == *name)
            .ok_or_else(|| Reason::UnknownNamespace(name.into()))
    }

    /// The place of a namespace that takes transactions.
    pub fn transactional_namespace(&self, name: &str) -> Result<usize, Reason> {
        let at = self.namespace(name)?;
        if self.namespaces[at].strong_consistency {
            Ok(at)
        } else {
            Err(Reason::NotStronglyConsistent(name.into()))
        }
    }

    /// A record, if it, or its tombstone, is there.
    pub fn record(&self, namespace: usize, digest: &Digest) -> Option<&Record> {
        self.namespaces[namespace].records.get(digest)
    }

    /// Read a record.
    pub fn read(
        &self,
        namespace: usize,
        key: &RecordKey,
        carried: Option<&Carried>,
    ) -> Result<Found, Reason> {
        let record = self.record(namespace, &key.digest);
        let lock = record.and_then(|record| record.provisional.as_ref());
        if let (Some(carried), Some(lock)) = (carried, lock) {
            if lock.owner != carried.id {
                return Err(Reason::Locked {
                    by: lock.owner,
                    asked_in_transaction: true,
                });
            }
            let live = Some(lock.stored.clone()).filter(Stored::is_live);
            return Ok(Found {
                live,
                version: None,
                hidden_writer: None,
            });
        }
        let now = record.map_or(Version::NONE, Record::committed_version);
        check_version(carried, now)?;
        let live = record
            .and_then(|record| record.committed.clone())
            .filter(Stored::is_live);
        Ok(Found {
            live,
            version: Some(now),
            hidden_writer: lock.map(|lock| lock.owner),
        })
    }

    /// Write a record.
    pub fn write(
        &mut self,
        namespace: usize,
        key: &Arc<RecordKey>,
        carried: Option<&Carried>,
        command: &WriteCommand,
        facts: &mut Facts,
    ) -> WriteAnswer {
        let (base, own) = match self.lock_for(namespace, key, carried, command) {
            Ok(checked) => checked,
            Err(reason) => return (Err(reason), None),
        };
        let version = base.as_ref().map_or(Version::NONE, |stored| stored.version);
        let live = base.as_ref().and_then(|stored| stored.bins.as_deref());
        let applied = match check_state(live, own, version, command).and_then(|()| {
            apply(&command.operations, command.exists.replaces(), live).map_err(|wrong| {
                Reason::WrongType {
                    bin: wrong.bin,
                    expected: wrong.expected,
                }
            })
        }) {
            Ok(applied) => applied,
            Err(reason) => return (Err(reason), (!own).then_some(version)),
        };
        let generation = version.generation.saturating_add(1);
        let deleted = applied.bins.is_none();
        let expunged = deleted && !command.durable;
        let stored = (!expunged).then(|| {
            let version = Version {
                lut: self.next_lut(),
                generation,
            };
            Stored {
                bins: applied.bins.map(Arc::new),
                version,
            }
        });
        self.change(
            namespace,
            key,
            carried.map(|c| c.id),
            RecordChange::Written,
            facts,
            |record| match (carried, stored) {
                (Some(carried), Some(stored)) => {
                    record.provisional = Some(Provisional {
                        owner: carried.id,
                        stored,
                    });
                }
                (_, stored) => record.committed = stored,
            },
        );
        let generation = if deleted { 0 } else { generation };
        (
            Ok(Written {
                generation,
                seen: applied.seen,
            }),
            None,
        )
    }

    /// Lock, version and deadline: what a write starts from, and whether the
    /// record is held by the writer already.
    fn lock_for(
        &self,
        namespace: usize,
        key: &RecordKey,
        carried: Option<&Carried>,
        command: &WriteCommand,
    ) -> Result<(Option<Stored>, bool), Reason> {
        if carried.is_some() && command.deletes() && !command.durable {
            return Err(Reason::NonDurableDelete);
        }
        let record = self.record(namespace, &key.digest);
        let lock = record.and_then(|record| record.provisional.as_ref());
        let own = match (lock, carried) {
            (Some(lock), Some(carried)) if lock.owner == carried.id => true,
            (Some(lock), _) => {
                let asked_in_transaction = carried.is_some();
                return Err(Reason::Locked {
                    by: lock.owner,
                    asked_in_transaction,
                });
            }
            (None, _) => {
                check_version(
                    carried,
                    record.map_or(Version::NONE, Record::committed_version),
                )?;
                false
            }
        };
        if let Some(carried) = carried
            && carried.deadline != 0
            && self.now >= carried.deadline
        {
            return Err(Reason::Expired {
                deadline: carried.deadline,
                now: self.now,
            });
        }
        let base = match lock {
            Some(lock) => Some(lock.stored.clone()),
            None => record.and_then(|record| record.committed.clone()),
        };
        Ok((base, own))
    }

    /// Whether a record is still at this version, and held by nobody.
    pub fn verify(&self, namespace: usize, digest: &Digest, read: Version) -> Result<(), Reason> {
        let record = self.record(namespace, digest);
        if let Some(lock) = record.and_then(|record| record.provisional.as_ref()) {
            return Err(Reason::Locked {
                by: lock.owner,
                asked_in_transaction: true,
            });
        }
        let now = record.map_or(Version::NONE, Record::committed_version);
        if read == now {
            Ok(())
        } else {
            Err(Reason::VersionDiffers { read, now })
        }
    }

    /// Roll a record of this transaction. One that it does not hold, or no
    /// longer, is left alone: rolling twice is rolling once.
    pub fn roll(
        &mut self,
        namespace: usize,
        digest: &Digest,
        id: MrtId,
        direction: Direction,
        facts: &mut Facts,
    ) {
        let Some(record) = self.record(namespace, digest) else {
            return;
        };
        let Some(lock) = record.provisional.as_ref().filter(|lock| lock.owner == id) else {
            return;
        };
        let provisional = lock.stored.clone();
        let committed = match direction {
            Direction::Forward => Some(provisional.bins.clone()),
            Direction::Back => record
                .committed
                .as_ref()
                .filter(|stored| stored.is_live())
                .map(|s| s.bins.clone()),
        };
        let key = record.key.clone();
        let restored = committed.map(|bins| {
            let generation = provisional.version.generation.saturating_add(1);
            Stored {
                bins,
                version: Version {
                    lut: self.next_lut(),
                    generation,
                },
            }
        });
        let change = match direction {
            Direction::Forward => RecordChange::RolledForward,
            Direction::Back => RecordChange::RolledBack,
        };
        self.change(namespace, &key, Some(id), change, facts, |record| {
            record.provisional = None;
            if let Some(stored) = restored {
                record.committed = Some(stored);
            }
        });
    }

    /// Live committed records of a namespace, or of one set of it, by digest.
    pub fn scan<'s>(
        &'s self,
        namespace: usize,
        set: Option<&'s str>,
    ) -> impl Iterator<Item = (&'s Record, &'s Stored, &'s Arc<Bins>)> {
        self.namespaces[namespace]
            .records
            .values()
            .filter_map(move |record| {
                let stored = record.committed.as_ref()?;
                let bins = stored.bins.as_ref()?;
                in_set(record, set).then_some((record, stored, bins))
            })
    }

    /// Remove the records of a namespace, or of one set of it, that nobody holds.
    pub fn truncate(&mut self, namespace: usize, set: Option<&str>, facts: &mut Facts) {
        let records = &mut self.namespaces[namespace].records;
        records.retain(|_, record| {
            if record.provisional.is_some() || !in_set(record, set) {
                return true;
            }
            facts.note(|| MrtEvent::RecordChanged {
                mrt_id: None,
                key: KeyRef::from(&*record.key),
                change: RecordChange::Truncated,
                before: RecordState::from(Some(&*record)),
                after: RecordState::default(),
            });
            false
        });
    }

    /// Records that are held.
    pub fn provisionals(&self) -> usize {
        let records = self
            .namespaces
            .iter()
            .flat_map(|namespace| namespace.records.values());
        records
            .filter(|record| record.provisional.is_some())
            .count()
    }

    /// Add keys to a monitor record. Answers the deadline.
    pub fn add_keys(
        &mut self,
        monitor: MonitorKey,
        asked: AddKeys<'_>,
        facts: &mut Facts,
    ) -> Result<u64, Reason> {
        let (now, limits) = (self.now, self.limits);
        let change = if asked.known {
            MonitorChange::KeysAdded
        } else {
            MonitorChange::Created
        };
        self.change_monitor(monitor, change, facts, |monitors| {
            monitors.add_keys(monitor, asked, now, &limits)
        })
    }

    /// Mark a monitor record: the commit point.
    pub fn mark(&mut self, monitor: MonitorKey, facts: &mut Facts) -> Result<(), Reason> {
        let now = self.now;
        self.change_monitor(monitor, MonitorChange::Marked, facts, |monitors| {
            monitors.mark(&monitor, now)
        })
    }

    /// Remove a monitor record; one that is not there is as good as removed.
    pub fn close(&mut self, monitor: MonitorKey, facts: &mut Facts) {
        self.remove_monitor(monitor, MonitorChange::Closed, facts);
    }

    /// Look after the monitor records, oldest first: a marked one is rolled
    /// forward and removed, an expired one is rolled back and noted as
    /// aborted, an aborted one is removed.
    pub fn sweep(&mut self, facts: &mut Facts) -> Swept {
        let mut swept = Swept::default();
        for key in self.monitors.oldest_first() {
            let Some(monitor) = self.monitors.monitor(&key) else {
                continue;
            };
            if monitor.fwd {
                self.roll_all(key, Direction::Forward, facts);
                self.remove_monitor(key, MonitorChange::Removed, facts);
                swept.rolled_forward += 1;
                swept.closed += 1;
            } else if monitor.aborted {
                self.remove_monitor(key, MonitorChange::Removed, facts);
                swept.closed += 1;
            } else if self.now >= monitor.deadline {
                self.roll_all(key, Direction::Back, facts);
                self.change_monitor(key, MonitorChange::Aborted, facts, |monitors| {
                    monitors.set_aborted(&key);
                    Ok(())
                })
                .unwrap_or_else(|reason: Reason| unreachable!("nothing refuses: {reason}"));
                swept.rolled_back += 1;
            }
        }
        swept
    }

    fn roll_all(&mut self, key: MonitorKey, direction: Direction, facts: &mut Facts) {
        let (id, namespace) = key;
        let digests = self.monitors.monitor(&key).map(|found| found.keyds.clone());
        for digest in digests.into_iter().flatten() {
            self.roll(namespace, &digest, id, direction, facts);
        }
    }

    fn remove_monitor(&mut self, key: MonitorKey, change: MonitorChange, facts: &mut Facts) {
        if let Some(monitor) = self.monitors.remove(&key) {
            facts.note(|| MrtEvent::MonitorChanged {
                mrt_id: key.0.to_string(),
                namespace: self.namespaces[key.1].name.to_string(),
                change,
                before: Some(monitor.state()),
                after: None,
            });
        }
    }

    fn change_monitor<T>(
        &mut self,
        key: MonitorKey,
        change: MonitorChange,
        facts: &mut Facts,
        edit: impl FnOnce(&mut Monitors) -> Result<T, Reason>,
    ) -> Result<T, Reason> {
        if !facts.wanted() {
            return edit(&mut self.monitors);
        }
        let before = self.monitors.monitor(&key).map(Monitor::state);
        let answer = edit(&mut self.monitors)?;
        let after = self.monitors.monitor(&key).map(Monitor::state);
        facts.note(|| MrtEvent::MonitorChanged {
            mrt_id: key.0.to_string(),
            namespace: self.namespaces[key.1].name.to_string(),
            change,
            before,
            after,
        });
        Ok(answer)
    }

    /// Edit a record, made empty if it is not there and dropped if it ends so.
    fn change(
        &mut self,
        namespace: usize,
        key: &Arc<RecordKey>,
        by: Option<MrtId>,
        change: RecordChange,
        facts: &mut Facts,
        edit: impl FnOnce(&mut Record),
    ) {
        let records = &mut self.namespaces[namespace].records;
        let before = facts
            .wanted()
            .then(|| RecordState::from(records.get(&key.digest)));
        let record = records.entry(key.digest).or_insert_with(|| Record {
            key: key.clone(),
            committed: None,
            provisional: None,
        });
        edit(record);
        if record.committed.is_none() && record.provisional.is_none() {
            records.remove(&key.digest);
        }
        if let Some(before) = before {
            facts.note(|| MrtEvent::RecordChanged {
                mrt_id: by.map(|id| id.to_string()),
                key: KeyRef::from(&**key),
                change,
                before,
                after: RecordState::from(records.get(&key.digest)),
            });
        }
    }

    fn next_lut(&mut self) -> u64 {
        self.lut += 1;
        self.lut
    }
}

fn in_set(record: &Record, set: Option<&str>) -> bool {
    set.is_none_or(|set| record.key.place.set.as_deref().unwrap_or("") == set)
}

fn check_version(carried: Option<&Carried>, now: Version) -> Result<(), Reason> {
    match carried.and_then(|carried| carried.version) {
        Some(read) if read != now => Err(Reason::VersionDiffers { read, now }),
        _ => Ok(()),
    }
}

/// What the record's state says to a write that may have the record.
fn check_state(
    live: Option<&Bins>,
    own: bool,
    version: Version,
    command: &WriteCommand,
) -> Result<(), Reason> {
    if live.is_none() && command.must_exist() {
        return Err(Reason::NotFound);
    }
    if live.is_some() && command.exists == Exists::CreateOnly {
        return Err(Reason::Exists);
    }
    if own && command.on_locking_only {
        return Err(Reason::AlreadyLocked);
    }
    let actual = if live.is_some() {
        version.generation
    } else {
        0
    };
    match command.generation {
        Some(expected) if expected != actual => Err(Reason::GenerationDiffers { expected, actual }),
        _ => Ok(()),
    }
}
