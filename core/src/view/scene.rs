//! What one step shows: its row of the transcript, its picture, its reasons.

use serde::{Deserialize, Serialize};

use super::{chains::Chains, lists::Lists, log::LogView, mrt::MrtView, occ::OccView};

/// A stable name of a thing in a picture: `x/v2`, `s1`, `t3`, `entry/4`,
/// `message/11`, `watermark`. Links in sentences and marks share it.
pub type ThingId = String;

/// The shape that a message has in the scrubber and the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// `init`.
    Init,
    /// A write.
    Put,
    /// A delete.
    Delete,
    /// A read.
    Read,
    /// A transaction or snapshot begins.
    Begin,
    /// A snapshot ends.
    End,
    /// A commit.
    Commit,
    /// A refused commit, or an abort.
    Abort,
    /// Garbage collection or a sweep.
    Collect,
    /// An injected fault.
    Fault,
    /// An error reply.
    Error,
    /// A line that is no message.
    BadLine,
    /// Anything else (a clock tick, an inspection).
    Other,
}

/// One row of the transcript, compact: `mvcc_get x @150 → v1 "old"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Row {
    /// Message number, from 1.
    pub number: u32,
    /// Who sent it.
    pub client: String,
    /// Its shape.
    pub mark: Mark,
    /// The request in short.
    pub request: String,
    /// Further lines of the request, one an operation, where it is a batch.
    pub operations: Vec<String>,
    /// The reply in short; empty when there is none.
    pub reply: String,
    /// Whether the reply is an error or a refusal.
    pub refused: bool,
    /// What a program answered instead of the reference, in short; `None`
    /// where no program ran.
    pub actual: Option<String>,
    /// Whether the program's answer differs from what was expected.
    pub diverges: bool,
}

/// One field of a reply in which a program's answer differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Difference {
    /// Path of the field: `version`, `results[1].value`.
    pub field: String,
    /// The reference's value as JSON text; `None`: it has no such field.
    pub expected: Option<String>,
    /// The program's value as JSON text; `None`: it has no such field.
    pub actual: Option<String>,
}

/// A program's answer to the request of a step, beside the reference's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Actual {
    /// The lines that the program wrote.
    pub reply_lines: Vec<String>,
    /// The reply in short.
    pub reply: String,
    /// Whether it differs from what was expected.
    pub diverges: bool,
    /// Whether it is the first answer of the run that does.
    pub first: bool,
    /// Where it differs, field by field.
    pub differences: Vec<Difference>,
    /// What a judge says about it, when one looked.
    pub verdict: Option<String>,
}

/// A piece of a sentence: text, or a link to a thing in the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Span {
    /// Plain words.
    Text {
        /// The words.
        text: String,
    },
    /// Data, set in the monospace face.
    Data {
        /// The data.
        text: String,
    },
    /// Words that light the thing they name.
    Link {
        /// The words.
        text: String,
        /// What they light.
        thing: ThingId,
        /// What the thing is in this step.
        role: super::chains::Role,
    },
}

/// Why this step came out as it did: a question, then two or three sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Why {
    /// "Why v2, and not v3?"
    pub title: String,
    /// Paragraphs, each a list of spans.
    pub paragraphs: Vec<Vec<Span>>,
    /// What else is in the picture, said the same way.
    pub also: Vec<Vec<Span>>,
}

/// The picture after a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "picture", rename_all = "snake_case")]
pub enum Picture {
    /// Nothing has happened yet.
    Empty,
    /// Version chains.
    Chains(Chains),
    /// Keys and transactions under optimistic concurrency control.
    Occ(OccView),
    /// The log, the gate and the state.
    Log(LogView),
    /// Lists and who read which prefix.
    Lists(Lists),
    /// Records, maps, monitor record and commit of multi-record transactions.
    Mrt(MrtView),
}

/// A table that says the same as a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// Column heads.
    pub columns: Vec<String>,
    /// Rows of cells, as text.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column heads.
    pub fn new(caption: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        Table {
            caption: caption.to_owned(),
            columns: columns.iter().map(|column| column.to_string()).collect(),
            rows,
        }
    }
}

/// Everything that one step shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Scene {
    /// The step: 0 is before the first message.
    pub step: u32,
    /// How many steps the run has.
    pub steps: u32,
    /// The row of this step; `None` at step 0.
    pub row: Option<Row>,
    /// The request line, as sent.
    pub request_line: String,
    /// The reply lines, as written.
    pub reply_lines: Vec<String>,
    /// What the node wrote on stderr about it.
    pub notes: Vec<String>,
    /// What a program answered; `None` where no program ran.
    pub actual: Option<Actual>,
    /// The picture's title: "Version chains after message 19 of 24; timestamps
    /// run to the right".
    pub caption: String,
    /// The picture after this step.
    pub picture: Picture,
    /// Why.
    pub why: Why,
    /// The same as the picture, as tables.
    pub tables: Vec<Table>,
    /// The same as the picture, as sentences.
    pub sentences: Vec<String>,
}
