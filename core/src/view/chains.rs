//! Version chains: keys are lanes, time runs to the right.
//!
//! ```text
//!            100        200        300
//!   x        ├── v1 ────├── v2 ────├── v3 ─►
//!                   │150: lands on v1; v2 and v3 are newer
//! ```

use serde::{Deserialize, Serialize};

use super::ThingId;

pub mod history;
pub mod picture;
pub mod words;

/// What a thing is in this step: a meaning, which the page gives a colour,
/// an outline and a texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A fact, nothing more.
    Plain,
    /// Visible, chosen, valid.
    Chosen,
    /// Newer than the reader: not visible.
    Newer,
    /// Refused, in conflict.
    Refused,
    /// Collected or rolled back.
    Gone,
}

/// One version as a block that lasts until the next one begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Block {
    /// `x/v2`.
    pub id: ThingId,
    /// Arrival number.
    pub version: u32,
    /// Where it begins.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub from: Timestamp,
    /// Where the next stored or collected version begins; `None`: it runs on.
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub to: Option<Timestamp>,
    /// Value as JSON text; `None`: a tombstone.
    pub value: Option<String>,
    /// Its role in this step.
    pub role: Role,
    /// Step that wrote it.
    pub written_at_step: u32,
    /// Step that collected it, if it is gone.
    pub collected_at_step: Option<u32>,
    /// It came out of timestamp order: its arrival differs from its place.
    pub out_of_order: bool,
    /// It was written by the current step.
    pub fresh: bool,
    /// Open snapshots that see it.
    pub pinned_by: Vec<String>,
    /// How many reads landed on it so far.
    pub reads: u32,
    /// The latest of them: its step.
    pub last_read_step: Option<u32>,
    /// Why it is kept or gone, in words.
    pub because: String,
}

/// A timestamp: an integer from 0 to 2^53 − 1, exact as a JavaScript number.
pub type Timestamp = u64;

/// How a read line meets a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Landing {
    /// Key.
    pub key: String,
    /// Block that it lands on; `None`: nothing is visible.
    pub block: Option<ThingId>,
    /// Read by the current step (a filled dot), or before (a ring).
    pub now: bool,
}

/// The read of the current step, as a line across all lanes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReadLine {
    /// Where it stands; for the newest: the timestamp returned.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub at: Timestamp,
    /// Label: `read 150`, `read newest`, `s1 at 240`.
    pub label: String,
    /// Where it lands, per key that was read at this timestamp.
    pub landings: Vec<Landing>,
}

/// An open snapshot as a pin on the axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pin {
    /// `s1`.
    pub id: ThingId,
    /// Its timestamp.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub at: Timestamp,
    /// Blocks that it sees.
    pub sees: Vec<ThingId>,
}

/// The watermark: below it nothing can be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Watermark {
    /// In force.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub at: Timestamp,
    /// Asked for by the last collection.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub asked: Timestamp,
    /// The snapshot that held it back.
    pub held_by: Option<String>,
}

/// A write that was refused, drawn where it wanted to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RefusedWrite {
    /// Key.
    pub key: String,
    /// Its timestamp.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub at: Timestamp,
    /// The reason in a few words.
    pub reason: String,
    /// The read that forbids it, if one does.
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub read_at: Option<Timestamp>,
}

/// Blocks that lie too close to be sent one by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Bar {
    /// Timestamp of the first of them.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub from: Timestamp,
    /// Timestamp of the last of them.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub to: Timestamp,
    /// How many.
    pub count: u32,
    /// How many of them are collected.
    pub gone: u32,
}

/// One key as a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lane {
    /// Its place among all lanes, from 0.
    pub index: u32,
    /// Key.
    pub key: String,
    /// Blocks in timestamp order, collected ones included.
    pub blocks: Vec<Block>,
    /// Where the window holds more blocks than its limit: all of them, counted
    /// (`blocks` are then those that this step is about).
    pub bars: Vec<Bar>,
    /// How many blocks lie outside the window that was asked for.
    pub outside: u32,
    /// Whether the current step touched it.
    pub current: bool,
}

/// What a program answered to the read of this step, when it differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answered {
    /// Key that was read.
    pub key: String,
    /// The block that holds the version it named, if there is one.
    pub block: Option<ThingId>,
    /// Its value as JSON text.
    pub value: String,
}

/// The picture of a multi-version store after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Chains {
    /// Lanes in order of first mention: those of the window and those that the
    /// step touched.
    pub lanes: Vec<Lane>,
    /// How many lanes there are.
    pub lanes_total: u32,
    /// Smallest and largest timestamp in the store, refused writes and reads included.
    #[cfg_attr(feature = "ts", ts(as = "Option<(f64, f64)>"))]
    pub extent: Option<(Timestamp, Timestamp)>,
    /// The read of this step.
    pub read: Option<ReadLine>,
    /// Open snapshots.
    pub pins: Vec<Pin>,
    /// The watermark, once there is one.
    pub watermark: Option<Watermark>,
    /// The write that this step refused.
    pub refused: Option<RefusedWrite>,
    /// What a program answered instead.
    pub answered: Option<Answered>,
}
