//! The facts of multi-record transactions.
//!
//! Enough to draw the picture without looking into a store: a record before
//! and after each change, the row and chain that a key went into, the monitor
//! record, each step of a commit, and every refusal with its reason.

use serde::{Deserialize, Serialize};

use super::commit::{AbortStatus, CommitError, CommitStatus};
use super::digest::{RecordKey, UserKey};
use super::fault::{FaultMode, FaultStep};
use super::record::{Record, Stored};
use super::refused::ResultCode;
use super::txn::State;
use crate::event::JsonText;

/// A key, as a picture names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyRef {
    /// Namespace.
    pub namespace: String,
    /// Set; `None` is no set.
    pub set: Option<String>,
    /// The user's part, as JSON text.
    pub user_key: JsonText,
    /// The digest in hexadecimal.
    pub digest: String,
}

impl From<&RecordKey> for KeyRef {
    fn from(key: &RecordKey) -> KeyRef {
        KeyRef {
            namespace: key.place.namespace.to_string(),
            set: key.place.set.as_deref().map(str::to_owned),
            user_key: match &key.user {
                UserKey::Integer(value) => value.to_string(),
                UserKey::Text(text) => json_string(text),
            },
            digest: key.digest.to_string(),
        }
    }
}

fn json_string(text: &str) -> JsonText {
    serde_json::to_string(text).expect("a string is JSON")
}

/// A bin and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinState {
    /// Name.
    pub name: String,
    /// Value.
    pub value: JsonText,
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionState {
    /// Its bins; `None` is a tombstone.
    pub bins: Option<Vec<BinState>>,
    /// Its generation.
    pub generation: u32,
    /// Its version, `lut:generation`.
    pub version: String,
}

impl From<&Stored> for VersionState {
    fn from(stored: &Stored) -> VersionState {
        let bins = stored.bins.as_ref().map(|bins| {
            bins.iter()
                .map(|(name, value)| BinState {
                    name: name.to_owned(),
                    value: value.to_string(),
                })
                .collect()
        });
        VersionState {
            bins,
            generation: stored.version.generation,
            version: stored.version.to_string(),
        }
    }
}

/// A record with both of its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordState {
    /// What everybody outside sees.
    pub committed: Option<VersionState>,
    /// What the transaction that holds it sees.
    pub provisional: Option<VersionState>,
    /// Who holds it: a transaction's id.
    pub locked_by: Option<String>,
}

impl From<Option<&Record>> for RecordState {
    fn from(record: Option<&Record>) -> RecordState {
        let provisional = record.and_then(|record| record.provisional.as_ref());
        RecordState {
            committed: record
                .and_then(|record| record.committed.as_ref())
                .map(Into::into),
            provisional: provisional.map(|provisional| (&provisional.stored).into()),
            locked_by: provisional.map(|provisional| provisional.owner.to_string()),
        }
    }
}

/// The monitor record of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorState {
    /// The digests that it lists, ascending.
    pub keyds: Vec<String>,
    /// Whether it is marked to roll forward.
    pub fwd: bool,
    /// Whether the server has rolled the transaction back.
    pub aborted: bool,
    /// When the server takes over.
    pub deadline: u64,
}

/// One of the two maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichMap {
    /// Records read and not written since.
    Reads,
    /// Records held.
    Writes,
}

/// An entry of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEntry {
    /// Its key.
    pub key: KeyRef,
    /// The version kept for it; meaningless in the map of writes.
    pub version: String,
}

/// Why a record changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordChange {
    /// A write, inside a transaction or outside.
    Written,
    /// The provisional version became the committed one.
    RolledForward,
    /// The provisional version went.
    RolledBack,
    /// A truncate took it.
    Truncated,
}

/// Why a monitor record changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorChange {
    /// The first write made it.
    Created,
    /// Further keys were added.
    KeysAdded,
    /// It was marked: the commit point.
    Marked,
    /// The client removed it.
    Closed,
    /// The server rolled its keys back.
    Aborted,
    /// The server removed it.
    Removed,
}

/// What a read found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadSource {
    /// The committed version.
    Committed,
    /// The transaction's own provisional version.
    Provisional,
    /// No record, or a tombstone.
    Nothing,
}

/// A version sent at commit, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyRow {
    /// The record.
    pub key: KeyRef,
    /// The version that the transaction read.
    pub read: String,
    /// What was wrong; `None`: it is current.
    pub refused: Option<ResultCode>,
}

/// How the mark went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkOutcome {
    /// The monitor record carries `fwd`.
    Marked,
    /// It did so already.
    MarkedBefore,
    /// There is no monitor record: nothing was written.
    NothingToMark,
    /// The server refused: nothing is marked.
    Refused(ResultCode),
    /// No clear answer: it may be marked.
    InDoubt(ResultCode),
}

/// How the close went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseOutcome {
    /// The monitor record is gone.
    Closed,
    /// There was none.
    NothingToClose,
    /// A write is in doubt: the server must finish.
    LeftToServer,
    /// The message failed.
    Failed(ResultCode),
}

/// Every fact of a multi-record transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum MrtEvent {
    /// A transaction object was made.
    TxnBegan {
        /// `t1`, `t2`, …
        txn_id: String,
        /// The id by which the server knows it.
        mrt_id: String,
        /// Seconds asked for; 0: the server's default.
        timeout: u32,
        /// Rows of the map of reads.
        reads_rows: u64,
        /// Rows of the map of writes.
        writes_rows: u64,
    },
    /// A read was answered.
    RecordRead {
        /// The transaction; `None`: a command outside.
        txn_id: Option<String>,
        /// The record.
        key: KeyRef,
        /// Which version answered.
        source: ReadSource,
        /// What it held; `None`: no record was ever there.
        seen: Option<VersionState>,
        /// Whether the transaction remembers the version.
        tracked: bool,
        /// The transaction whose provisional version the reader could not see.
        hidden_writer: Option<String>,
    },
    /// A record changed.
    RecordChanged {
        /// The transaction that it changed for; `None`: a command outside.
        mrt_id: Option<String>,
        /// The record.
        key: KeyRef,
        /// Why.
        change: RecordChange,
        /// How it was.
        before: RecordState,
        /// How it is.
        after: RecordState,
    },
    /// A map of a transaction took a key, or gave it up.
    MapChanged {
        /// The transaction.
        txn_id: String,
        /// Which map.
        map: WhichMap,
        /// The key.
        key: KeyRef,
        /// Whether it is in the map now.
        present: bool,
        /// The row that it falls in.
        row: u64,
        /// That row's chain now, head first.
        chain: Vec<ChainEntry>,
    },
    /// Namespace, deadline and both maps were emptied.
    TxnCleared {
        /// The transaction.
        txn_id: String,
    },
    /// The transaction moved on.
    StateChanged {
        /// The transaction.
        txn_id: String,
        /// From here,
        from: State,
        /// to here.
        to: State,
    },
    /// A monitor record changed.
    MonitorChanged {
        /// The transaction that it stands for.
        mrt_id: String,
        /// Its namespace.
        namespace: String,
        /// Why.
        change: MonitorChange,
        /// How it was; `None`: not there.
        before: Option<MonitorState>,
        /// How it is; `None`: not there.
        after: Option<MonitorState>,
    },
    /// A commit or an abort began.
    FinishStarted {
        /// The transaction.
        txn_id: String,
        /// Whether it is a commit.
        commit: bool,
        /// Whether it goes on after an earlier commit, at the mark.
        retried: bool,
    },
    /// Step 1 of a commit: every version read was sent.
    Verified {
        /// The transaction.
        txn_id: String,
        /// Each row, in the order of the map.
        rows: Vec<VerifyRow>,
    },
    /// Step 2 of a commit: the commit point, where it succeeded.
    Marked {
        /// The transaction.
        txn_id: String,
        /// How it went.
        outcome: MarkOutcome,
    },
    /// One record was rolled, or was not.
    Rolled {
        /// The transaction.
        txn_id: String,
        /// Forward, or back.
        forward: bool,
        /// The record.
        key: KeyRef,
        /// What went wrong; `None`: the server answered OK.
        refused: Option<ResultCode>,
    },
    /// The last step: the monitor record was removed, or was not.
    Closed {
        /// The transaction.
        txn_id: String,
        /// How it went.
        outcome: CloseOutcome,
    },
    /// A commit was answered.
    CommitEnded {
        /// The transaction.
        txn_id: String,
        /// Its status, where it succeeded.
        status: Option<CommitStatus>,
        /// What failed, where it did not.
        error: Option<CommitError>,
        /// The server's answer behind the error.
        cause: Option<ResultCode>,
        /// Whether it may have committed all the same.
        in_doubt: bool,
    },
    /// An abort was answered.
    AbortEnded {
        /// The transaction.
        txn_id: String,
        /// Its status; `None`: it was refused.
        status: Option<AbortStatus>,
    },
    /// A command was refused.
    Refused {
        /// The transaction; `None`: a command outside.
        txn_id: Option<String>,
        /// The record, where it is about one.
        key: Option<KeyRef>,
        /// Result code.
        code: ResultCode,
        /// Subcode, where there is one.
        subcode: Option<u32>,
        /// Whether it may have been applied all the same.
        in_doubt: bool,
        /// The transaction that holds the record, where that is the reason.
        held_by: Option<String>,
        /// Whether the record's version is remembered as a read.
        tracked: bool,
        /// The reason in words.
        text: String,
    },
    /// A fault waits for its message.
    FaultPlanted {
        /// The step.
        step: FaultStep,
        /// What it will do.
        mode: FaultMode,
        /// The record; `None`: any.
        key: Option<KeyRef>,
        /// How often.
        times: u64,
    },
    /// A fault met its message.
    FaultMet {
        /// The step.
        step: FaultStep,
        /// What it did.
        mode: FaultMode,
        /// The record, where the message was about one.
        key: Option<KeyRef>,
    },
    /// The clock was set.
    ClockSet {
        /// Seconds.
        now: u64,
    },
    /// The server looked after its monitor records.
    Swept {
        /// Transactions rolled forward.
        rolled_forward: u64,
        /// Transactions rolled back.
        rolled_back: u64,
        /// Monitor records removed.
        closed: u64,
    },
}

/// The facts since they were last taken, if anybody wants them.
#[derive(Debug, Default)]
pub struct Facts {
    wanted: bool,
    list: Vec<MrtEvent>,
}

impl Facts {
    /// Keep facts from now on, or no longer.
    pub fn want(&mut self, wanted: bool) {
        self.wanted = wanted;
        self.list.clear();
    }

    /// Whether anybody wants facts.
    pub(super) fn wanted(&self) -> bool {
        self.wanted
    }

    /// Note a fact; it is not even made when nobody wants it.
    pub(super) fn note(&mut self, fact: impl FnOnce() -> MrtEvent) {
        if self.wanted {
            self.list.push(fact());
        }
    }

    /// The facts so far, oldest first.
    pub fn take(&mut self) -> Vec<MrtEvent> {
        std::mem::take(&mut self.list)
    }
}
