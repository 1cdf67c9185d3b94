//! `isolab node`: the reference node on stdin and stdout.
//!
//! One buffer holds the input. Whole lines are handled where they lie; before
//! the node waits for more, everything it owes is written. So a burst is
//! answered as a burst, and no reply is ever held back.
//!
//! ```text
//!   read ─► [ line ⏎ line ⏎ line ⏎ li… ] ─► handle each line ─► write ─► read
//!                                   └ moved to the front
//! ```

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, ValueEnum};
use isolab_core::node::{Node, NodeOptions, Note, Step};
use isolab_core::time::Time;

mod input;
mod record;

use input::Input;
use record::Record;

/// Run the reference node: messages in on stdin, replies out on stdout.
///
/// The node speaks every exercise's messages, one JSON object per line. It ends
/// with the input.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab node < script.jsonl
  isolab node --record run.jsonl < script.jsonl && isolab replay run.jsonl
  printf '%s\\n' '{\"src\":\"c0\",\"dest\":\"n1\",\"body\":{\"type\":\"init\",\"msg_id\":1,\"node_id\":\"n1\",\"node_ids\":[\"n1\"]}}' | isolab node

Exit codes:
  0  the input ended and everything owed was written
  1  the reader of stdout went away, or a file could not be read or written
  2  bad arguments")]
pub struct NodeArgs {
    /// What to log on stderr.
    #[arg(long, value_enum, default_value_t = LogLevel::Warn)]
    log_level: LogLevel,

    /// The longest line accepted, in bytes; a longer one is skipped and logged.
    #[arg(long, value_name = "N", default_value_t = 16 << 20,
          value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    max_line_bytes: u64,

    /// Write the run to FILE, one JSON object per line: {"in": message},
    /// {"out": message}, or {"skipped": {"line", "column", "reason"}} for a
    /// line that is no message.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// How much is logged on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum LogLevel {
    /// Nothing.
    Off,
    /// What ends the node.
    Error,
    /// Lines that are no messages, too.
    Warn,
    /// Start and end, too.
    Info,
    /// Every line in and out, too.
    Debug,
}

/// Replies beyond this are written before the burst is over.
const ENOUGH: usize = 64 << 10;

/// Run the node until its input ends.
pub fn run(args: &NodeArgs) -> ExitCode {
    match Session::open(args).and_then(Session::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to read the replies: that is no news to anybody.
            if error.kind() != io::ErrorKind::BrokenPipe && args.log_level >= LogLevel::Error {
                let _ = writeln!(io::stderr(), "isolab node: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

struct Session {
    node: Node,
    step: Step,
    record: Option<Record>,
    log_level: LogLevel,
    max_line: usize,
    line_number: u64,
    started: Instant,
}

impl Session {
    fn open(args: &NodeArgs) -> io::Result<Session> {
        Ok(Session {
            node: Node::new(NodeOptions::default()),
            step: Step::new(),
            record: args.record.as_deref().map(Record::create).transpose()?,
            log_level: args.log_level,
            max_line: args.max_line_bytes as usize,
            line_number: 0,
            started: Instant::now(),
        })
    }

    fn run(mut self) -> io::Result<()> {
        let mut input = Input::new(io::stdin().lock());
        self.log(LogLevel::Info, || "waiting for init".to_string());
        loop {
            let now = self.now();
            while let Some(line) = input.next_line() {
                self.line(now, line)?;
            }
            if input.held() > self.max_line {
                input.skip_line();
                self.too_long()?;
            }
            self.flush()?;
            if !input.fill()? {
                break;
            }
        }
        let last = input.rest();
        if !last.is_empty() {
            self.line(self.now(), last)?;
        }
        self.flush()?;
        self.log(LogLevel::Info, || "the input has ended".to_string());
        Ok(())
    }

    fn now(&self) -> Time {
        Time(self.started.elapsed().as_micros() as u64)
    }

    fn line(&mut self, now: Time, line: &[u8]) -> io::Result<()> {
        if line.len() > self.max_line {
            return self.too_long();
        }
        self.line_number += 1;
        let before = self.step.replies.len();
        self.node
            .handle_line(now, self.line_number, line, &mut self.step);
        if self.record.is_some() || self.log_level >= LogLevel::Debug {
            self.trace(line, before)?;
        }
        if !self.step.notes.is_empty() {
            self.write_notes();
        }
        if self.step.replies.len() >= ENOUGH {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// A line beyond the limit: it is skipped, and the sender cannot be known.
    fn too_long(&mut self) -> io::Result<()> {
        self.line_number += 1;
        let note = Note {
            line: self.line_number,
            column: self.max_line + 1,
            reason: format!(
                "the line is longer than {} bytes and is skipped",
                self.max_line
            ),
        };
        if let Some(record) = &mut self.record {
            record.skipped(&note, b"")?;
        }
        self.step.notes.push(note);
        self.write_notes();
        Ok(())
    }

    /// Write every reply that is owed.
    fn flush(&mut self) -> io::Result<()> {
        if !self.step.replies.is_empty() {
            let mut stdout = io::stdout().lock();
            stdout.write_all(&self.step.replies)?;
            stdout.flush()?;
            self.step.clear();
        }
        match &mut self.record {
            Some(record) => record.flush(),
            None => Ok(()),
        }
    }

    fn trace(&mut self, line: &[u8], before: usize) -> io::Result<()> {
        let replies = self.step.replies.get(before..).unwrap_or_default();
        if self.log_level >= LogLevel::Debug {
            let mut stderr = io::stderr().lock();
            let _ = writeln!(
                stderr,
                "debug: in  {}",
                String::from_utf8_lossy(line).trim_end()
            );
            let _ = write!(stderr, "{}", Lines(replies));
        }
        let Some(record) = &mut self.record else {
            return Ok(());
        };
        match self.step.notes.last() {
            Some(note) => record.skipped(note, line)?,
            None => record.message("in", line)?,
        }
        for reply in replies.split_inclusive(|&byte| byte == b'\n') {
            record.message("out", reply)?;
        }
        Ok(())
    }

    fn write_notes(&mut self) {
        let mut stderr = io::stderr().lock();
        for Note {
            line,
            column,
            reason,
        } in self.step.notes.drain(..)
        {
            if self.log_level >= LogLevel::Warn {
                // A closed stderr must not stop the node.
                let _ = writeln!(stderr, "warn: line {line}, column {column}: {reason}");
            }
        }
    }

    fn log(&self, level: LogLevel, text: impl FnOnce() -> String) {
        if self.log_level >= level {
            let _ = writeln!(io::stderr(), "info: {}", text());
        }
    }
}

/// Replies as lines of the log.
struct Lines<'r>(&'r [u8]);

impl std::fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in String::from_utf8_lossy(self.0).lines() {
            writeln!(f, "debug: out {line}")?;
        }
        Ok(())
    }
}
