//! # JSON: one line taken apart in one pass
//!
//! A node lives from reading short lines. Building a tree for each of them
//! costs an allocation per value; deserialising into structs loses the text of
//! numbers and cannot say which field of which operation was wrong.
//!
//! 1. The line is checked to be UTF-8, then scanned once, left to right.
//! 2. Each value and each key becomes one 16-byte node on a flat **tape**:
//!    where its text begins and ends, and where the next sibling is. The tape
//!    is reused from line to line, so nothing is allocated per message.
//! 3. A [`Json`] is a cursor: a place on the tape plus the line. Strings are
//!    borrowed where they carry no escape; numbers stay text until asked.
//! 4. What is grammatical and yet not acceptable (nesting beyond
//!    [`MAX_DEPTH`], a key given twice) is no syntax error: the sender can
//!    still be named and must get an answer. It is a [`Fault`] of the document.
//!
//! ```text
//!   {"key":"x","value":[1.0,2]}
//!   0        1    2      3       4   5  6
//!   object   key  "x"    value   [   1.0 2      each with its text's range
//!   next 7   2    3      4       7   6   7      and its next sibling
//! ```
//!
//! Left out: numbers as floats (nothing here computes with them; the text is
//! the value) and any tree that outlives the line.

mod canonical;
mod cursor;
mod print;
mod scan;

pub use canonical::canonical;
pub use cursor::{Fields, Items, Json, Kind};
pub use print::{print_integer, print_string, print_unsigned};

use scan::Node;

/// Containers within containers that a message may have, itself included.
pub const MAX_DEPTH: usize = 128;

/// Nodes kept between lines; a longer tape is given back after its line.
const KEPT_NODES: usize = 1 << 16;

/// The reusable flat form of one line. See the module's chapter.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: Vec<Node>,
    open: Vec<u32>,
}

/// A line that is JSON.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// The whole value.
    pub root: Json<'t>,
    /// What makes it unacceptable all the same, if anything does.
    pub fault: Option<Fault>,
}

/// Grammatical, and still not acceptable. Places are byte offsets in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Containers nest deeper than [`MAX_DEPTH`]; here is the first too deep.
    TooDeep(usize),
    /// This key has been given before in the same object.
    DuplicateKey(usize),
}

/// Why a line is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Column of the first character that does not fit, from 1, in characters.
    pub column: usize,
    /// What was expected, or what is wrong.
    pub reason: &'static str,
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Tape {
        Tape::default()
    }

    /// Take `line` apart. The document borrows from the line and from the tape.
    ///
    /// ```
    /// let mut tape = isolab_core::json::Tape::new();
    /// let root = tape.parse(br#"{"value": 1.0}"#).unwrap().root;
    /// assert_eq!(root.field("value").unwrap().raw(), "1.0");
    /// ```
    pub fn parse<'t>(&'t mut self, line: &'t [u8]) -> Result<Document<'t>, SyntaxError> {
        if self.nodes.capacity() > KEPT_NODES {
            self.nodes = Vec::new();
            self.open = Vec::new();
        }
        self.nodes.clear();
        self.open.clear();
        let text = std::str::from_utf8(line).map_err(|error| {
            let valid = line.get(..error.valid_up_to()).unwrap_or_default();
            SyntaxError {
                column: column(valid),
                reason: "not UTF-8",
            }
        })?;
        let fault = scan::scan(text, &mut self.nodes, &mut self.open)?;
        Ok(Document {
            root: Json::new(&self.nodes, text, 0),
            fault,
        })
    }
}

/// The column, in characters, of what comes after `before`.
fn column(before: &[u8]) -> usize {
    String::from_utf8_lossy(before).chars().count() + 1
}

#[cfg(test)]
mod tests;
