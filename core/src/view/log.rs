//! The log: entries as blocks in a row, the gate below them, the state below that.

use serde::{Deserialize, Serialize};

use super::ThingId;

pub mod history;
pub mod picture;
pub mod words;

/// One operation of an entry or of the batch at the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Operation {
    /// `put`, `get`, `delete`, or what the client wrote instead.
    pub op: String,
    /// Key.
    pub key: String,
    /// Value as JSON text: of a put what it wrote, of a get what it saw.
    pub value: Option<String>,
    /// Why it is not valid.
    pub problem: Option<String>,
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entry {
    /// `entry/4`.
    pub id: ThingId,
    /// Its index: 1, 2, …
    pub index: u32,
    /// Client that sent the batch.
    pub client: String,
    /// Step that appended it.
    pub step: u32,
    /// Operations, in order.
    pub operations: Vec<Operation>,
    /// Appended by the current step.
    pub fresh: bool,
}

/// A batch that stands at the gate in this step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AtTheGate {
    /// Client that sent it.
    pub client: String,
    /// Operations, valid or not.
    pub operations: Vec<Operation>,
    /// The error, in words, when it was rejected.
    pub error: Option<String>,
    /// Path to the bad field.
    pub path: Option<String>,
}

/// One key of the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Cell {
    /// `key/balance_a`.
    pub id: ThingId,
    /// Key.
    pub key: String,
    /// Value as JSON text; `None`: deleted.
    pub value: Option<String>,
    /// Value before the entry that wrote it.
    pub previous: Option<String>,
    /// Entry that wrote or deleted it.
    pub by_entry: u32,
    /// Changed by the current step.
    pub fresh: bool,
}

/// The picture after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LogView {
    /// Entries shown, oldest first (the newest ones when there are many).
    pub entries: Vec<Entry>,
    /// Entries before the first one shown.
    pub earlier: u32,
    /// Index that the next entry will take.
    pub next_index: u32,
    /// The batch of this step, when it was rejected or only read.
    pub gate: Option<AtTheGate>,
    /// The state, in order of first write: the keys of the window and those
    /// that the step touched.
    pub state: Vec<Cell>,
    /// How many keys were ever written.
    pub state_total: u32,
}
