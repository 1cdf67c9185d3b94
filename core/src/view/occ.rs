//! Optimistic concurrency control: keys above, transactions below, messages
//! run to the right.

use serde::{Deserialize, Serialize};

use super::{ThingId, chains::Role};

pub mod history;
pub mod picture;
pub mod words;

/// One version of a key, from the commit that wrote it until the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KeyVersion {
    /// `x/v2`.
    pub id: ThingId,
    /// Version number; 0 is "never written" and is not listed.
    pub version: u32,
    /// Value as JSON text.
    pub value: String,
    /// Step of the commit that wrote it.
    pub from_step: u32,
    /// Step of the commit that overwrote it.
    pub to_step: Option<u32>,
    /// Transaction that wrote it.
    pub by: String,
    /// Its role in this step.
    pub role: Role,
}

/// One key and its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KeyLane {
    /// Key.
    pub key: String,
    /// Versions, oldest first.
    pub versions: Vec<KeyVersion>,
}

/// A read as a dot on its transaction, hanging from the block it read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReadDot {
    /// Step of the read.
    pub step: u32,
    /// Key.
    pub key: String,
    /// The version that it saw; 0: never written.
    pub version: u32,
}

/// One check at commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Check {
    /// Key.
    pub key: String,
    /// Version read.
    pub read: u32,
    /// Version at commit.
    pub now: u32,
    /// Whether they are equal.
    pub equal: bool,
    /// The commit that changed the key: its step (a cross draws an arrow there).
    pub changed_at_step: Option<u32>,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Still open.
    Open,
    /// Committed.
    Committed,
    /// Refused: nothing was written.
    Refused,
}

/// One transaction as a bracket from begin to commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Transaction {
    /// `t1`.
    pub id: ThingId,
    /// Client that ran it.
    pub client: String,
    /// Step of its begin; `None`: it was never begun.
    pub begin_step: Option<u32>,
    /// Step of its commit.
    pub commit_step: Option<u32>,
    /// Reads, in order.
    pub reads: Vec<ReadDot>,
    /// Checks at commit, in order.
    pub checks: Vec<Check>,
    /// Keys that its commit wrote (or would have written).
    pub writes: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The attempt that this one retries (same client, after a refusal).
    pub retry_of: Option<ThingId>,
    /// 1 for a first attempt, 2 for its retry, …
    pub attempt: u32,
}

/// The picture after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OccView {
    /// Keys in order of first appearance: those of the window and those that
    /// the step touched.
    pub keys: Vec<KeyLane>,
    /// How many keys there are.
    pub keys_total: u32,
    /// Transactions in order of begin, retries under their first attempt.
    pub transactions: Vec<Transaction>,
    /// How many transactions there are.
    pub transactions_total: u32,
    /// The window of steps shown: first and last.
    pub from_step: u32,
    /// Last step shown.
    pub to_step: u32,
}
