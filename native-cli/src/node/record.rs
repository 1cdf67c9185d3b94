//! `--record`: the run as JSON lines, for `isolab replay` and the page.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use isolab_core::json::print_string;
use isolab_core::node::Note;

/// A file that takes each message as `{"in": …}` or `{"out": …}`.
#[derive(Debug)]
pub(super) struct Record(BufWriter<File>);

impl Record {
    pub(super) fn create(path: &Path) -> io::Result<Record> {
        match File::create(path) {
            Ok(file) => Ok(Record(BufWriter::new(file))),
            Err(error) => Err(io::Error::new(
                error.kind(),
                format!("{}: {error}", path.display()),
            )),
        }
    }

    /// A message, as it stood in its line.
    pub(super) fn message(&mut self, direction: &str, line: &[u8]) -> io::Result<()> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        write!(self.0, "{{\"{direction}\": ")?;
        self.0.write_all(line)?;
        self.0.write_all(b"}\n")
    }

    /// A line that is no message: why, and its text as far as it is text.
    pub(super) fn skipped(&mut self, note: &Note, line: &[u8]) -> io::Result<()> {
        let Note {
            line: number,
            column,
            reason,
        } = note;
        let mut entry = format!("{{\"skipped\": {{\"line\": {number}, \"column\": {column}, ");
        entry.push_str("\"reason\": ");
        let mut entry = entry.into_bytes();
        print_string(&mut entry, reason);
        entry.extend_from_slice(b", \"text\": ");
        print_string(&mut entry, &String::from_utf8_lossy(line.trim_ascii()));
        entry.extend_from_slice(b"}}\n");
        self.0.write_all(&entry)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
