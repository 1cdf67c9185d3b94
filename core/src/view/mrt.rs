//! Multi-record transactions: the commit on one line, records with both of
//! their versions, the two hash maps, the monitor record.
//!
//! ```text
//!                    ┌ commit point
//!   verify ●─────────● mark ──────✕ roll forward ─ ─ ○ close
//!
//!   set demo   committed      provisional    lock
//!   16         bal 60  3      none           free
//!   1          bal 30  1  ┄┄┄ bal 40  2      t1   others: MRT_BLOCKED
//!
//!   writes, row 23   16 ─► 1
//! ```

use serde::{Deserialize, Serialize};

use super::{ThingId, chains::Role};
use crate::mrt::txn::State;

pub mod history;
pub mod picture;
pub mod row;
#[cfg(test)]
mod tests;
pub mod words;

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RecordVersion {
    /// `record/demo/16/committed`, `record/demo/16/provisional`.
    pub id: ThingId,
    /// Each bin and its value, `bal 60`; empty for a tombstone.
    pub bins: Vec<String>,
    /// Whether it is a tombstone.
    pub tombstone: bool,
    /// Its generation.
    pub generation: u32,
    /// What verify compares: `lut:generation`.
    pub version: String,
    /// Its role in this step.
    pub role: Role,
    /// Whether this step made it.
    pub fresh: bool,
    /// A remark: "rolled forward, was bal 70", "read by t1, unchanged".
    pub note: String,
}

/// Who holds a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lock {
    /// The transaction: `t1`.
    pub txn: ThingId,
    /// What others get: "others: MRT_BLOCKED".
    pub note: String,
}

/// What one party would read of a record right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PartyRead {
    /// Who: "t1, which holds it", "another transaction", "a reader outside".
    pub party: String,
    /// The version that it would see; `None`: none.
    pub sees: Option<ThingId>,
    /// What it would be answered: `bal 40, generation 2`, `MRT_BLOCKED`, `NOT_FOUND`.
    pub answer: String,
    /// Its role: chosen, or refused.
    pub role: Role,
}

/// A record, or a key that a transaction remembers although nothing is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RecordRow {
    /// `record/demo/16`.
    pub id: ThingId,
    /// The user's part of the key, in short.
    pub key: String,
    /// Its set; empty: no set.
    pub set: String,
    /// Its namespace.
    pub namespace: String,
    /// Its digest, in hexadecimal.
    pub digest: String,
    /// What everybody outside sees.
    pub committed: Option<RecordVersion>,
    /// What the transaction that holds it sees.
    pub provisional: Option<RecordVersion>,
    /// Who holds it; `None`: it is free.
    pub lock: Option<Lock>,
    /// What the owner, another transaction and a reader outside would read.
    pub reads_now: Vec<PartyRead>,
    /// A remark where no version stands: "no record: version 0:0, tracked".
    pub note: String,
    /// Whether this step touched it.
    pub touched: bool,
}

/// How a step of a commit or abort went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It was done.
    Done,
    /// It failed, or a part of it did.
    Failed,
    /// It got no clear answer.
    InDoubt,
    /// There was nothing to do.
    Skipped,
    /// It was not reached.
    NotReached,
}

/// A step of a commit or abort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommitStep {
    /// `commit/t1/mark`.
    pub id: ThingId,
    /// "verify", "mark", "roll forward", "roll back", "close".
    pub name: String,
    /// How it went.
    pub status: StepStatus,
    /// What was done, in short lines.
    pub done: Vec<String>,
    /// What failed, in short lines.
    pub failed: Vec<String>,
}

/// A commit or an abort as a line of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommitLine {
    /// The transaction.
    pub txn: ThingId,
    /// The message that ran it.
    pub step: u32,
    /// Whether it is a commit; else an abort.
    pub commit: bool,
    /// Its steps, in order.
    pub steps: Vec<CommitStep>,
    /// The place of the commit point among the steps; `None` in an abort.
    pub commit_point: Option<u32>,
    /// Whether the commit point is passed: the transaction has happened.
    pub passed: bool,
    /// How it ended: `OK`, `ROLL_FORWARD_ABANDONED`, `VERIFY_FAIL`, …
    pub outcome: String,
}

/// An entry of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChainCell {
    /// `reads/t1/16`.
    pub id: ThingId,
    /// The record that it stands for.
    pub record: ThingId,
    /// The key in short.
    pub key: String,
    /// The digest's first bytes: `57376ce4…`.
    pub digest: String,
    /// In reads the version remembered; in writes `locked`, `rolled` or `in doubt`.
    pub note: String,
    /// Its role in this step.
    pub role: Role,
}

/// A row in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChainRow {
    /// `reads/t1/row/23`.
    pub id: ThingId,
    /// Its number.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub row: u64,
    /// Its entries, head first.
    pub chain: Vec<ChainCell>,
}

/// One of the two maps of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HashMapView {
    /// `reads` or `writes`.
    pub name: String,
    /// How many rows it has.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub n_rows: u64,
    /// How many entries.
    pub n_eles: u32,
    /// The rows in use, ascending.
    pub rows: Vec<ChainRow>,
}

/// A transaction in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TxnChip {
    /// `t1`.
    pub id: ThingId,
    /// Where it stands.
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub state: State,
    /// The message that began it.
    pub begin_step: u32,
    /// Whether its maps, monitor record and commit are the ones shown.
    pub shown: bool,
}

/// A transaction's monitor record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MonitorView {
    /// `monitor/t1`.
    pub id: ThingId,
    /// The transaction.
    pub txn: ThingId,
    /// Its key: `<ERO~MRT 5180492295206395165`.
    pub key: String,
    /// Whether it is there.
    pub exists: bool,
    /// The digests in it, ascending, in short: `57376ce4…`; the first 24.
    pub keyds: Vec<String>,
    /// How many digests there are.
    pub keyds_total: u32,
    /// The keys that these are, as far as they are known: "16 and 1".
    pub keys: String,
    /// Marked to roll forward.
    pub fwd: bool,
    /// Rolled back by the server.
    pub aborted: bool,
    /// When the server takes over.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub deadline: u64,
    /// What it means right now, in a sentence.
    pub note: String,
    /// Its role in this step.
    pub role: Role,
}

/// The picture after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MrtView {
    /// Seconds on the node's clock.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub now: u64,
    /// Transactions, the latest ones, in order of begin.
    pub transactions: Vec<TxnChip>,
    /// How many transactions there are.
    pub transactions_total: u32,
    /// The latest commit or abort of the transaction shown.
    pub commit: Option<CommitLine>,
    /// Records, in order of first appearance: those of the window and those
    /// that the step touched.
    pub records: Vec<RecordRow>,
    /// How many records there are.
    pub records_total: u32,
    /// The maps of the transaction shown: reads, then writes.
    pub maps: Vec<HashMapView>,
    /// The monitor record of the transaction shown.
    pub monitor: Option<MonitorView>,
}
