//! Lists: cells by writer; a read is a bracket over the prefix that it saw.

use serde::{Deserialize, Serialize};

use super::ThingId;

pub mod history;
pub mod picture;
pub mod words;

/// One element of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ListCell {
    /// `key/0`: key and position.
    pub id: ThingId,
    /// Element as JSON text.
    pub element: String,
    /// Name of the transaction that appended it: `T3`.
    pub writer: String,
    /// Hue of the writer, 1 to 8, in order of first write; 0: nobody known wrote it.
    pub hue: u8,
    /// Appended by the current step.
    pub fresh: bool,
}

/// A read of a prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrefixRead {
    /// Transaction that read: `T4`.
    pub reader: String,
    /// Client.
    pub client: String,
    /// Step of the read.
    pub step: u32,
    /// Length of the prefix that it saw; 0: nothing.
    pub length: u32,
    /// By the current step.
    pub now: bool,
}

/// What a program answered that is no prefix of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct IncompatibleRead {
    /// Transaction that read.
    pub reader: String,
    /// Client.
    pub client: String,
    /// Step of the read.
    pub step: u32,
    /// What it saw, in order.
    pub cells: Vec<ListCell>,
    /// First position that differs.
    pub first_difference: u32,
}

/// One key's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct List {
    /// Key as JSON text.
    pub key: String,
    /// Elements in order.
    pub cells: Vec<ListCell>,
    /// Elements before the first one shown.
    pub earlier: u32,
    /// Reads, latest last (of each length the latest).
    pub reads: Vec<PrefixRead>,
    /// Reads that contradict the list.
    pub incompatible: Vec<IncompatibleRead>,
}

/// The picture after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lists {
    /// Lists in order of first use: those of the window and those that the
    /// step touched.
    pub lists: Vec<List>,
    /// How many lists there are.
    pub lists_total: u32,
    /// Writers in order of first write: name and hue.
    pub writers: Vec<(String, u8)>,
}
