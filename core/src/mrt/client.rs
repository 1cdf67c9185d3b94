//! The client's side of a command: check, send, remember.
//!
//! ```text
//!   put x, in t1
//!    1 state OPEN? namespace the same?          client, nothing is sent
//!    2 x not in writes: add its key             ─► monitor record
//!    3 write, with id, deadline, version of x   ─► record
//!    4 answer: writes ∪ {x}, reads ∖ {x}        client
//! ```
//!
//! A planted fault takes the place of an answer at 2 or 3. A write that ends in
//! a timeout is in doubt: it may have been done, so its key counts as held.

use super::digest::{Digest, Key, RecordKey};
use super::event::{ChainEntry, KeyRef, MrtEvent, ReadSource, WhichMap};
use super::fault::{FaultMode, FaultStep};
use super::monitor::AddKeys;
use super::operate::WriteCommand;
use super::record::Stored;
use super::refused::{Reason, Refused};
use super::server::{Carried, Found, WriteAnswer, Written};
use super::{Mrt, TxnHandle};

impl Mrt {
    /// Read a record; `None`: there is none. In a transaction the read is
    /// remembered, with its version, whether it found anything or not.
    pub fn read(&mut self, key: &Key, txn: Option<TxnHandle>) -> Result<Option<Stored>, Refused> {
        let namespace = self.start(txn, std::slice::from_ref(key))?;
        self.send_read(namespace, key, txn)
    }

    /// Write a record. In a transaction it is locked.
    pub fn write(
        &mut self,
        key: &Key,
        txn: Option<TxnHandle>,
        command: &WriteCommand,
    ) -> Result<Written, Refused> {
        let namespace = self.start(txn, std::slice::from_ref(key))?;
        if let Some(txn) = txn {
            self.add_keys(namespace, txn, std::slice::from_ref(key))?;
        }
        self.send_write(namespace, key, txn, command)
    }

    /// Before anything is sent: state, namespaces, and the first key's
    /// namespace on the server.
    pub(super) fn start(&mut self, txn: Option<TxnHandle>, keys: &[Key]) -> Result<usize, Refused> {
        let checked = match txn {
            Some(txn) => self.txn_mut(txn).prepare(keys),
            None => Ok(()),
        };
        let namespace = keys.first().map_or("", |key| key.namespace());
        checked
            .and_then(|()| match txn {
                Some(_) => self.server.transactional_namespace(namespace),
                None => self.server.namespace(namespace),
            })
            .map_err(|reason| self.refuse(txn, keys.first(), reason, false, false))
    }

    /// Add keys that the transaction does not hold to its monitor record.
    pub(super) fn add_keys(
        &mut self,
        namespace: usize,
        txn: TxnHandle,
        keys: &[Key],
    ) -> Result<(), Refused> {
        let this = self.txn(txn);
        let new: Vec<&Key> = keys
            .iter()
            .filter(|key| !this.writes.contains(&key.digest))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let digests: Vec<Digest> = new.iter().map(|key| key.digest).collect();
        let asked = AddKeys {
            digests: &digests,
            known: this.monitor_exists(),
            timeout: this.timeout,
        };
        let monitor = (this.id, namespace);
        let about = new.iter().map(|key| &***key);
        let answer = match self.meet(FaultStep::AddKey, about) {
            None => self.server.add_keys(monitor, asked, &mut self.facts),
            Some(FaultMode::Error(code)) => Err(Reason::Planted(code)),
            Some(FaultMode::LostRequest) => Err(Reason::Lost),
            Some(FaultMode::LostReply) => {
                // Carried out or refused, the client hears of neither.
                let _unheard = self.server.add_keys(monitor, asked, &mut self.facts);
                Err(Reason::Lost)
            }
        };
        match answer {
            Ok(deadline) => {
                self.txn_mut(txn).deadline = deadline;
                Ok(())
            }
            Err(reason) => {
                let in_doubt = reason.code().leaves_a_write_in_doubt();
                Err(self.refuse(Some(txn), keys.first(), reason, in_doubt, false))
            }
        }
    }

    /// Send a read, and remember what it saw.
    pub(super) fn send_read(
        &mut self,
        namespace: usize,
        key: &Key,
        txn: Option<TxnHandle>,
    ) -> Result<Option<Stored>, Refused> {
        let carried = txn.map(|txn| self.carried(txn, key));
        let answer = match self.meet(FaultStep::Read, [&**key]) {
            None => self.server.read(namespace, key, carried.as_ref()),
            Some(FaultMode::Error(code)) => Err(Reason::Planted(code)),
            Some(FaultMode::LostRequest | FaultMode::LostReply) => Err(Reason::Lost),
        };
        match answer {
            Ok(found) => {
                let tracked = txn.is_some_and(|txn| self.track_read(txn, key, &found));
                self.note_read(txn, key, &found, tracked);
                Ok(found.live)
            }
            Err(reason) => Err(self.refuse(txn, Some(key), reason, false, false)),
        }
    }

    /// Send a write, and remember what became of it.
    pub(super) fn send_write(
        &mut self,
        namespace: usize,
        key: &Key,
        txn: Option<TxnHandle>,
        command: &WriteCommand,
    ) -> Result<Written, Refused> {
        let carried = txn.map(|txn| self.carried(txn, key));
        let carried = carried.as_ref();
        let (result, version): WriteAnswer = match self.meet(FaultStep::Write, [&**key]) {
            None => self
                .server
                .write(namespace, key, carried, command, &mut self.facts),
            Some(FaultMode::Error(code)) => (Err(Reason::Planted(code)), None),
            Some(FaultMode::LostRequest) => (Err(Reason::Lost), None),
            Some(FaultMode::LostReply) => {
                // Carried out or refused, the client hears of neither.
                let _unheard = self
                    .server
                    .write(namespace, key, carried, command, &mut self.facts);
                (Err(Reason::Lost), None)
            }
        };
        let reason = match result {
            Ok(written) => {
                if let Some(txn) = txn {
                    self.hold(txn, key, false);
                }
                return Ok(written);
            }
            Err(reason) => reason,
        };
        let in_doubt = reason.code().leaves_a_write_in_doubt();
        let mut tracked = false;
        if let Some(txn) = txn {
            if in_doubt {
                self.hold(txn, key, true);
            } else {
                tracked = self.txn_mut(txn).on_read(key, version);
                if tracked {
                    self.note_map(txn, WhichMap::Reads, key);
                }
            }
        }
        Err(self.refuse(txn, Some(key), reason, in_doubt, tracked))
    }

    /// A planted fault for a message of this step.
    pub(super) fn meet<'k>(
        &mut self,
        step: FaultStep,
        about: impl IntoIterator<Item = &'k RecordKey> + Clone,
    ) -> Option<FaultMode> {
        let mode = self.faults.meet(step, about.clone())?;
        self.facts.note(|| MrtEvent::FaultMet {
            step,
            mode,
            key: about.into_iter().next().map(KeyRef::from),
        });
        Some(mode)
    }

    /// Note a refusal and make it an answer.
    pub(super) fn refuse(
        &mut self,
        txn: Option<TxnHandle>,
        key: Option<&Key>,
        reason: Reason,
        in_doubt: bool,
        tracked: bool,
    ) -> Refused {
        self.facts.note(|| MrtEvent::Refused {
            txn_id: txn.map(|txn| txn.to_string()),
            key: key.map(|key| KeyRef::from(&**key)),
            code: reason.code(),
            subcode: reason.subcode(),
            in_doubt,
            held_by: match &reason {
                Reason::Locked { by, .. } => Some(by.to_string()),
                _ => None,
            },
            tracked,
            text: reason.to_string(),
        });
        Refused { reason, in_doubt }
    }

    fn carried(&self, txn: TxnHandle, key: &Key) -> Carried {
        let txn = self.txn(txn);
        Carried {
            id: txn.id,
            version: txn.reads.version(&key.digest),
            deadline: txn.deadline,
        }
    }

    fn track_read(&mut self, txn: TxnHandle, key: &Key, found: &Found) -> bool {
        #[cfg(test)]
        if self.broken.forgets_missing_reads && found.live.is_none() {
            return false;
        }
        let tracked = self.txn_mut(txn).on_read(key, found.version);
        if tracked {
            self.note_map(txn, WhichMap::Reads, key);
        }
        tracked
    }

    /// The transaction holds the record now, or may hold it.
    fn hold(&mut self, txn: TxnHandle, key: &Key, in_doubt: bool) {
        let this = self.txn_mut(txn);
        let was_read = this.reads.contains(&key.digest);
        if in_doubt {
            this.on_write_in_doubt(key);
        } else {
            this.on_write(key);
        }
        if was_read {
            self.note_map(txn, WhichMap::Reads, key);
        }
        self.note_map(txn, WhichMap::Writes, key);
    }

    fn note_read(&mut self, txn: Option<TxnHandle>, key: &Key, found: &Found, tracked: bool) {
        self.facts.note(|| MrtEvent::RecordRead {
            txn_id: txn.map(|txn| txn.to_string()),
            key: KeyRef::from(&**key),
            source: match (&found.live, found.version) {
                (None, _) => ReadSource::Nothing,
                (Some(_), None) => ReadSource::Provisional,
                (Some(_), Some(_)) => ReadSource::Committed,
            },
            seen: found.live.as_ref().map(Into::into),
            tracked,
            hidden_writer: found.hidden_writer.map(|id| id.to_string()),
        });
    }

    fn note_map(&mut self, txn: TxnHandle, map: WhichMap, key: &Key) {
        if !self.facts.wanted() {
            return;
        }
        let this = self.txn(txn);
        let hash = match map {
            WhichMap::Reads => &this.reads,
            WhichMap::Writes => &this.writes,
        };
        let row = hash.row_of(&key.digest);
        let chain = hash
            .chain(row)
            .map(|(key, version)| ChainEntry {
                key: KeyRef::from(&**key),
                version: version.to_string(),
            })
            .collect();
        let present = hash.contains(&key.digest);
        self.facts.note(|| MrtEvent::MapChanged {
            txn_id: txn.to_string(),
            map,
            key: KeyRef::from(&**key),
            present,
            row,
            chain,
        });
    }
}
