//! # Events: every fact that can happen
//!
//! A run is a list of events, facts in the past tense. Version chains, the
//! log, the grade and every explanation are functions of that list; the time
//! slider is an index into it. Nothing else is state.
//!
//! ```text
//!   message 4 ─► Node::handle ─► [ SnapshotRead { key: "x", read_at: 150,
//!                                                 chosen: v1 @100,
//!                                                 newer:  v2 @200 } ]
//! ```
//!
//! 1. An event says what happened and why, so that nobody has to look into a
//!    store afterwards: a read names the version it chose and the first newer
//!    one that it could not see; a refused commit names each failed check.
//! 2. Events are plain data: they can be kept, compared and sent.
//! 3. A refused request changes nothing and still leaves an event.
//!
//! Left out: replies (they are bytes, kept beside the events of their step)
//! and clocks (time is an argument of the node).

use serde::{Deserialize, Serialize};

/// JSON text of a value, exactly as the client sent it (`1.0` stays `1.0`).
pub type JsonText = String;

/// One version of a key, as a picture names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRef {
    /// Arrival number within its key: 1, 2, …
    pub version: u64,
    /// The timestamp at which it becomes visible.
    pub timestamp: u64,
}

/// What a multi-version read went through to find its timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ReadThrough {
    /// The request carried a `read_timestamp`.
    Timestamp,
    /// The request went through an open snapshot.
    Snapshot {
        /// `s1`, `s2`, …
        snapshot_id: String,
    },
    /// The request asked for the newest version.
    Latest,
}

/// One operation of a batch, with what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum BatchOperation {
    /// A put, and the value that it replaced.
    Put {
        /// Key.
        key: String,
        /// New value.
        value: JsonText,
        /// Value before, if there was one.
        previous: Option<JsonText>,
    },
    /// A get, and what it saw.
    Get {
        /// Key.
        key: String,
        /// What it saw; `None` reads as `null`.
        value: Option<JsonText>,
    },
    /// A delete, and the value that it removed.
    Delete {
        /// Key.
        key: String,
        /// Value before, if there was one.
        previous: Option<JsonText>,
    },
}

/// One check of a commit: the version that was read against the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionCheck {
    /// Key.
    pub key: String,
    /// The version that the transaction read.
    pub expected: u64,
    /// The version at the time of the commit.
    pub actual: u64,
    /// Message number of the commit that wrote the current version; 0: never written.
    pub written_by_step: u64,
}

/// One write of a committed transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionedWrite {
    /// Key.
    pub key: String,
    /// New value.
    pub value: JsonText,
    /// The version that the key now has.
    pub version: u64,
}

/// Why a version was removed by garbage collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedVersion {
    /// Key.
    pub key: String,
    /// The version that went.
    pub gone: VersionRef,
    /// The version that answers every read that is still allowed; `None` when
    /// a tombstone went and nothing is left at or below the watermark.
    pub covered_by: Option<VersionRef>,
}

/// A micro-operation of a list-append transaction, completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "f", rename_all = "snake_case")]
pub enum MicroOperation {
    /// A read, and how many elements of the key's list it saw.
    Read {
        /// Key, as JSON text.
        key: JsonText,
        /// The prefix of the key's list that was seen: its length.
        length: u64,
    },
    /// An append, and the position that its element took.
    Append {
        /// Key, as JSON text.
        key: JsonText,
        /// Element, as JSON text.
        element: JsonText,
        /// Position in the list, from 0.
        position: u64,
    },
}

/// Every fact that can happen. Adjacent to the request that caused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The node learned its name.
    NodeInitialised {
        /// This node.
        node_id: String,
        /// All nodes.
        node_ids: Vec<String>,
    },
    /// A request was answered with an error; nothing changed.
    RequestRefused {
        /// The request's type, where it has one.
        kind: String,
        /// Error code on the wire.
        code: u32,
        /// The reason in words.
        text: String,
        /// Path to the bad field (`operations[1].op`), where there is one.
        path: Option<String>,
    },
    /// A batch with writes passed the gate and became one entry of the log.
    BatchCommitted {
        /// Its entry: 1, 2, …
        log_index: u64,
        /// All operations of the batch, in order.
        operations: Vec<BatchOperation>,
    },
    /// A batch of gets alone was answered; it takes no entry.
    BatchRead {
        /// The gets, in order.
        operations: Vec<BatchOperation>,
    },
    /// A transaction began.
    TransactionBegan {
        /// `t1`, `t2`, …
        txn_id: String,
    },
    /// A transaction read a key and remembered its version.
    VersionRead {
        /// Transaction.
        txn_id: String,
        /// Key.
        key: String,
        /// What it saw.
        value: Option<JsonText>,
        /// The version that it saw; 0: never written.
        version: u64,
    },
    /// Every version that a transaction read was still current: its writes applied.
    CommitAccepted {
        /// Transaction.
        txn_id: String,
        /// Each check, in order.
        checks: Vec<VersionCheck>,
        /// Each write, with its new version.
        writes: Vec<VersionedWrite>,
    },
    /// A version that the transaction read is no longer current: nothing applied.
    CommitRefused {
        /// Transaction.
        txn_id: String,
        /// Each check, in order, failed or not.
        checks: Vec<VersionCheck>,
        /// The writes that did not happen (version 0).
        writes: Vec<VersionedWrite>,
    },
    /// A version took its place in the chain of its key.
    VersionWritten {
        /// Key.
        key: String,
        /// `None`: a tombstone.
        value: Option<JsonText>,
        /// The new version.
        written: VersionRef,
        /// The next later version, if the put came out of timestamp order.
        slid_before: Option<VersionRef>,
    },
    /// A put or delete was refused because a reader has already been answered.
    WriteRefusedByReader {
        /// Key.
        key: String,
        /// Timestamp of the write.
        timestamp: u64,
        /// The read that was answered: its timestamp.
        read_at: u64,
        /// What that read returned.
        returned: Option<VersionRef>,
    },
    /// A multi-version read was answered.
    SnapshotRead {
        /// Key.
        key: String,
        /// The timestamp that the read looked at; `None`: the newest.
        read_at: Option<u64>,
        /// How it came by that timestamp.
        through: ReadThrough,
        /// The version chosen: the newest at or below `read_at`.
        chosen: Option<VersionRef>,
        /// What the read answered; `None` for nothing visible and for a tombstone.
        value: Option<JsonText>,
        /// Whether the chosen version is a tombstone.
        tombstone: bool,
        /// The oldest version that is later than `read_at`: the first not visible.
        newer: Option<VersionRef>,
        /// How many versions are later than `read_at`.
        newer_count: u64,
        /// How many versions are older than the chosen one.
        older_count: u64,
    },
    /// A snapshot was opened: it pins what it can see.
    SnapshotOpened {
        /// `s1`, `s2`, …
        snapshot_id: String,
        /// Its timestamp.
        read_at: u64,
    },
    /// A snapshot was closed.
    SnapshotClosed {
        /// `s1`, `s2`, …
        snapshot_id: String,
        /// Its timestamp.
        read_at: u64,
    },
    /// Garbage collection ran.
    VersionsCollected {
        /// The watermark that was asked for.
        asked: u64,
        /// The watermark that is in force now.
        watermark: u64,
        /// The oldest open snapshot, if it held the watermark back.
        held_by: Option<String>,
        /// What went, in order of key (first write) and timestamp.
        removed: Vec<CollectedVersion>,
    },
    /// A list-append transaction was executed.
    ListTransactionExecuted {
        /// `T1`, `T2`, … in order of execution: the name of its cells in the picture.
        txn: u64,
        /// Its micro-operations, in order.
        operations: Vec<MicroOperation>,
    },
    /// A fact of multi-record transactions.
    Mrt(Box<crate::mrt::event::MrtEvent>),
}
