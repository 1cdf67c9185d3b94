//! The transaction object: what the client knows.
//!
//! ```text
//!   OPEN ──verify──► VERIFIED ──mark──► COMMITTED          ● the mark commits
//!    │ fails          │    ▲ │ in doubt
//!    ▼         abort  ▼    │ ▼        abort refused, commit again
//!   ABORTED ◄─────────┘    COMMIT_FAILED
//! ```
//!
//! 1. Commands are taken in OPEN only; the first fixes the namespace.
//! 2. A read that is answered with a version is remembered in `reads`, also a
//!    read of nothing. A read of the transaction's own provisional is not.
//! 3. A write that succeeds moves the key from `reads` to `writes`; so does one
//!    that got no clear answer, because its lock may be there.
//! 4. A write that the record's state refused is a read of that state.
//! 5. Neither bins nor operations are kept: the client can verify and roll,
//!    it cannot replay.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::digest::{Key, Place};
use super::hash::TxnHash;
use super::id::MrtId;
use super::record::Version;
use super::refused::Reason;

/// The state of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It takes commands.
    Open,
    /// Its reads were current; the mark has not succeeded yet.
    Verified,
    /// The mark succeeded: it has happened.
    Committed,
    /// It has not happened and will not.
    Aborted,
    /// The mark got no clear answer: abort is refused, commit may be repeated.
    CommitFailed,
}

impl State {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "OPEN",
            State::Verified => "VERIFIED",
            State::Committed => "COMMITTED",
            State::Aborted => "ABORTED",
            State::CommitFailed => "COMMIT_FAILED",
        }
    }
}

/// What `mrt_begin` may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BeginOptions {
    /// Seconds from the first write to the deadline; 0: the server's default.
    pub timeout: u32,
    /// Capacity of the map of reads; `None`: 128 rows.
    pub reads_capacity: Option<u32>,
    /// Capacity of the map of writes; `None`: 128 rows.
    pub writes_capacity: Option<u32>,
    /// An id to use in place of a generated one.
    pub mrt_id: Option<MrtId>,
}

/// A transaction object.
#[derive(Clone, Debug)]
pub struct Txn {
    /// The id by which the server knows it.
    pub id: MrtId,
    /// Seconds asked for; 0: the server's default.
    pub timeout: u32,
    /// When the server takes over; 0: no monitor record is known.
    pub deadline: u64,
    /// Where it stands.
    pub state: State,
    /// A write of it got no clear answer.
    pub write_in_doubt: bool,
    /// The commit itself got no clear answer.
    pub in_doubt: bool,
    /// Records read and not written since, with the version seen.
    pub reads: TxnHash,
    /// Records that it holds, or may hold.
    pub writes: TxnHash,
    place: Option<Arc<Place>>,
}

impl Txn {
    /// A new transaction.
    pub fn new(id: MrtId, options: &BeginOptions) -> Txn {
        Txn {
            id,
            timeout: options.timeout,
            deadline: 0,
            state: State::Open,
            write_in_doubt: false,
            in_doubt: false,
            reads: TxnHash::new(options.reads_capacity),
            writes: TxnHash::new(options.writes_capacity),
            place: None,
        }
    }

    /// The namespace that its first command fixed.
    pub fn namespace(&self) -> Option<&str> {
        self.place.as_deref().map(|place| &*place.namespace)
    }

    /// Whether the client knows of a monitor record.
    pub fn monitor_exists(&self) -> bool {
        self.deadline != 0
    }

    /// Whether the client may remove the monitor record: it knows of one, and
    /// no write of unknown fate can arrive later.
    pub fn closes_monitor(&self) -> bool {
        self.monitor_exists() && !self.write_in_doubt
    }

    /// Before a command is sent: the state, then each key's namespace.
    pub fn prepare<'k>(&mut self, keys: impl IntoIterator<Item = &'k Key>) -> Result<(), Reason> {
        if self.state != State::Open {
            return Err(Reason::NotOpen(self.state));
        }
        for key in keys {
            let place = self.place.get_or_insert_with(|| key.place.clone());
            if place.namespace != key.place.namespace {
                return Err(Reason::NamespaceDiffers {
                    orig: place.namespace.clone(),
                    new: key.place.namespace.clone(),
                });
            }
        }
        Ok(())
    }

    /// A record was seen at this version, by a read or by a write that its
    /// state refused. `None`: the server sent no version.
    pub fn on_read(&mut self, key: &Key, version: Option<Version>) -> bool {
        if let Some(version) = version {
            self.reads.put(key, version);
        }
        version.is_some()
    }

    /// A write was answered: it holds the record now.
    pub fn on_write(&mut self, key: &Key) {
        self.reads.remove(&key.digest);
        self.writes.put(key, Version::NONE);
    }

    /// A write got no clear answer: it may hold the record now.
    pub fn on_write_in_doubt(&mut self, key: &Key) {
        self.write_in_doubt = true;
        self.on_write(key);
    }

    /// Forget namespace, deadline, reads and writes; id and state stay.
    pub fn clear(&mut self) {
        self.place = None;
        self.deadline = 0;
        self.reads.clear();
        self.writes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest::{Places, UserKey};
    use super::*;

    fn txn() -> Txn {
        Txn::new(MrtId::new(7).expect("not zero"), &BeginOptions::default())
    }

    #[test]
    fn the_first_key_fixes_the_namespace() {
        let mut places = Places::default();
        let mut txn = txn();
        let here = places.key("test", Some("demo"), UserKey::Integer(1));
        let other_set = places.key("test", None, UserKey::Integer(1));
        let there = places.key("other", Some("demo"), UserKey::Integer(1));
        assert_eq!(txn.prepare([&here, &other_set]), Ok(()));
        assert!(matches!(
            txn.prepare([&there]),
            Err(Reason::NamespaceDiffers { .. })
        ));
        txn.clear();
        assert_eq!(
            txn.prepare([&there]),
            Ok(()),
            "a cleared transaction has none"
        );
    }

    #[test]
    fn a_write_moves_the_key_from_reads_to_writes() {
        let mut places = Places::default();
        let mut txn = txn();
        let key = places.key("test", Some("demo"), UserKey::Integer(1));
        assert!(
            txn.on_read(&key, Some(Version::NONE)),
            "nothing is remembered too"
        );
        assert!(!txn.on_read(&key, None));
        txn.on_write(&key);
        assert!(txn.reads.is_empty() && txn.writes.contains(&key.digest));
        assert!(!txn.write_in_doubt);
        txn.on_write_in_doubt(&key);
        assert!(txn.write_in_doubt && txn.writes.n_eles() == 1);
    }

    #[test]
    fn commands_are_taken_while_open() {
        for state in [
            State::Verified,
            State::Committed,
            State::Aborted,
            State::CommitFailed,
        ] {
            let mut txn = txn();
            txn.state = state;
            assert_eq!(txn.prepare([]), Err(Reason::NotOpen(state)));
        }
    }

    #[test]
    fn the_monitor_is_closed_unless_a_write_is_in_doubt() {
        let mut txn = txn();
        assert!(!txn.closes_monitor());
        txn.deadline = 10;
        assert!(txn.closes_monitor());
        txn.write_in_doubt = true;
        assert!(!txn.closes_monitor() && txn.monitor_exists());
    }
}
