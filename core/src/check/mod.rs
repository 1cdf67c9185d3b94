//! The checker: which isolation level does this history have, and why not a
//! stronger one?
//!
//! A history is what the clients of a database saw: which transactions they
//! began and completed, when, and what each of them read and wrote. From it
//! follows which transaction must have come before which, and a cycle among
//! them is a proof that no order of the transactions explains the history.
//!
//! ```text
//!  lines ─▶ ingest ─▶ History ─▶ list_append ┐            ┌▶ components
//!   json_form, edn_form           registers  ┴▶ Graph ──▶ │    ▼
//!                                 anomalies     edges     └▶ search: cycles
//!                                     └──────────────┬──────────┘
//!                                  Analysis ─▶ Verdict on models ─▶ Report
//!                                                             human, json, edn, html
//! ```
//!
//! 1. [`ingest`] reads the history once, line by line.
//! 2. [`list_append`] or [`registers`] infers the order of each key's versions,
//!    and from it the dependencies ([`graph`]); anomalies that show without a
//!    cycle are found on the way.
//! 3. [`components`] finds the cyclic parts, [`search`] and [`cycles`] the
//!    shortest cycle of each class in each of them.
//! 4. [`models`] says what the anomalies rule out; [`analysis`] judges the
//!    models asked for.
//! 5. [`report`] puts it all into words and pictures.
//!
//! The vocabulary and the verdicts are those of Elle (Kingsbury and Alvaro,
//! 2020), which knows the anomalies of Adya (1999). Everything is linear in the
//! size of the history but the searches inside cyclic parts, whose work is
//! bounded in steps; a bound that is reached is reported.
//!
//! Left out: predicate reads, and models that no history of reads and writes
//! can tell apart (they are in the lattice, and said to be untested).

pub mod analysis;
pub mod atom;
pub mod case;
pub mod components;
pub mod cycles;
pub mod datum;
pub mod definitions;
mod edn_form;
pub mod elements;
pub mod explain;
mod form;
pub mod graph;
pub mod history;
pub mod html;
pub mod human;
pub mod ingest;
mod json_form;
pub mod list_append;
pub mod models;
pub mod picture;
pub mod registers;
pub mod report;
pub mod search;
pub mod svg;
mod version_order;
pub mod words;

pub use history::Workload;
pub use ingest::{BadInput, Ingest};
pub use models::Model;
pub use registers::RegisterOptions;
pub use report::Report;

use analysis::Analysis;
use history::History;

/// What to check, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the transactions do; found out from the history when not given.
    pub workload: Option<Workload>,
    /// The models asked for, under the names to report them by; strict
    /// serializability when empty.
    pub models: Vec<(String, Model)>,
    /// Skip and count what cannot be read.
    pub lenient: bool,
    /// What may be assumed about registers.
    pub registers: RegisterOptions,
}

/// Check a whole history held in memory.
///
/// # Errors
/// When the history cannot be read: the line, the column and what was expected.
pub fn check_text(input: &[u8], options: &Options) -> Result<Report, BadInput> {
    let mut ingest = Ingest::new(options.workload, options.lenient);
    let mut rest = input;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest);
        ingest.line(&rest[..end.unwrap_or(rest.len())])?;
        rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
    }
    let (history, first_skipped) = ingest.finish()?;
    Ok(check_history(&history, first_skipped, options))
}

/// Check a history that was read before.
pub fn check_history(
    history: &History,
    first_skipped: Option<BadInput>,
    options: &Options,
) -> Report {
    let analysis = Analysis::new(history, &options.registers);
    let default = [(
        "strict-serializable".to_owned(),
        Model::strict_serializable(),
    )];
    let models = match options.models.as_slice() {
        [] => &default,
        asked => asked,
    };
    report::report(&analysis, models, first_skipped)
}
