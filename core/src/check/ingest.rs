//! From lines to a history.
//!
//! 1. Lines come one at a time, so a file is read once and never held.
//! 2. The first form decides the notation: `{"` is JSON, `{:` is EDN.
//! 3. A form may run over several lines, and all of them may stand in one pair
//!    of brackets, as people write by hand.
//! 4. An invocation opens a transaction of its process; the next line of that
//!    process closes it. What was written counts as the completion says it,
//!    or as the invocation did where the completion says nothing.
//! 5. What cannot be read stops the reading with its line, its column and what
//!    was expected; or is skipped and counted, if the caller is lenient.
//!
//! Left out: trusting `index` fields. The order of the lines is the order of
//! the events.

use super::atom::{Atom, Atoms, Ids};
use super::form::{Fault, OpType, RawMop, RawOp, Sink};
use super::history::{History, Lists, Mop, NONE, Outcome, Txn, Workload};
use super::{edn_form, json_form};

/// Why a history cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct BadInput {
    /// The line, from 1.
    pub line: u32,
    /// The column in bytes, from 1.
    pub column: u32,
    /// What should stand there.
    pub expected: String,
}

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let BadInput {
            line,
            column,
            expected,
        } = self;
        write!(f, "line {line}, column {column}: expected {expected}")
    }
}

impl std::error::Error for BadInput {}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Notation {
    Json,
    Edn,
}

/// An operation that has no completion yet.
#[derive(Default, Debug)]
struct Open {
    txn: Option<u32>,
    mops: Vec<RawMop>,
}

/// Reads a history line by line.
#[derive(Debug)]
pub struct Ingest {
    lenient: bool,
    notation: Option<Notation>,
    workload: Option<Workload>,
    /// Reads of single values and writes fix the workload; so do lists and appends.
    history: History,
    raw: RawOp,
    open: Vec<Open>,
    spare: Vec<Vec<RawMop>>,
    /// An ok completion since the last barrier.
    pending_barrier: bool,
    line: u32,
    /// The bracket around all forms that is still open.
    around: Option<u8>,
    closed: bool,
    /// A form that its first line did not finish.
    partial: Partial,
    /// What was skipped first, for the report.
    first_skipped: Option<BadInput>,
}

#[derive(Default, Debug)]
struct Partial {
    bytes: Vec<u8>,
    first_line: u32,
    /// Whether it began at the first column.
    at_margin: bool,
    /// Brackets open, and whether the scan stands in a string or a comment.
    depth: u32,
    in_string: bool,
    escaped: bool,
    scanned: usize,
}

/// Whether a line begins as an operation does, at the first column.
fn begins_operation(line: &[u8]) -> bool {
    line.starts_with(b"{\"") || line.starts_with(b"{:") || line.starts_with(b"#jepsen")
}

impl Ingest {
    /// A reader; `workload` is found out when not given.
    pub fn new(workload: Option<Workload>, lenient: bool) -> Ingest {
        Ingest {
            lenient,
            notation: None,
            workload,
            history: History {
                workload: Workload::ListAppend,
                atoms: Atoms::default(),
                keys: Ids::default(),
                processes: Ids::default(),
                txns: Vec::new(),
                mops: Vec::new(),
                lists: Lists::default(),
                barriers: 0,
                orders: Vec::new(),
                operations: 0,
                ignored: 0,
                uninvoked: 0,
                skipped: 0,
            },
            raw: RawOp::default(),
            open: Vec::new(),
            spare: Vec::new(),
            pending_barrier: false,
            line: 0,
            around: None,
            closed: false,
            partial: Partial::default(),
            first_skipped: None,
        }
    }

    /// Take the next line, without its newline.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(), BadInput> {
        self.line += 1;
        if self.partial.bytes.is_empty() {
            return self.forms(bytes, self.line, false);
        }
        if self.partial.at_margin && begins_operation(bytes) {
            // The open form was cut short: here the next one begins.
            self.give_up_partial()?;
            return self.forms(bytes, self.line, false);
        }
        self.continued(bytes)
    }

    /// The open form will never be complete.
    fn give_up_partial(&mut self) -> Result<(), BadInput> {
        let partial = std::mem::take(&mut self.partial);
        let fault = match self.form(&partial.bytes) {
            Err(fault) => fault,
            Ok(_) => return Ok(()),
        };
        self.refuse(&partial.bytes, partial.first_line, fault)
    }

    /// The end of the input.
    pub fn finish(mut self) -> Result<(History, Option<BadInput>), BadInput> {
        if !self.partial.bytes.is_empty() {
            self.give_up_partial()?;
        }
        if let Some(close) = self.around
            && !self.closed
            && !self.lenient
        {
            let expected = format!("the closing {:?} of the whole history", char::from(close));
            return Err(self.bad(&[], self.line.max(1), &Fault::new(0, expected)));
        }
        for slot in 0..self.open.len() {
            if let Some(txn) = self.open[slot].txn.take() {
                let mops = std::mem::take(&mut self.open[slot].mops);
                self.raw.mops = mops;
                self.raw.elements.clear();
                let (start, len) = self.store_mops(true);
                let t = &mut self.history.txns[txn as usize];
                (t.mops, t.len) = (start, len);
            }
        }
        self.history.workload = self.workload.unwrap_or(Workload::ListAppend);
        let keys = self.history.keys.len();
        self.history.lists.roots.resize(keys, NONE);
        Ok((self.history, self.first_skipped))
    }

    /// All forms of one line (or of several that belong together).
    fn forms(&mut self, bytes: &[u8], line: u32, closed: bool) -> Result<(), BadInput> {
        let mut at = 0;
        while let Some(start) = self.next_form(bytes, at, line)? {
            match self.form(&bytes[start..]) {
                Ok(len) => at = start + len,
                // A form whose brackets are all closed and that still lacks
                // something will not get it from the next line.
                Err(fault) if fault.truncated && !(closed && start == 0) => {
                    let newlines = bytes[..start].iter().filter(|&&byte| byte == b'\n').count();
                    self.partial = Partial {
                        bytes: bytes[start..].to_vec(),
                        first_line: line + newlines as u32,
                        at_margin: start == 0,
                        ..Partial::default()
                    };
                    self.scan_partial();
                    return Ok(());
                }
                Err(mut fault) => {
                    fault.at += start;
                    return self.refuse(bytes, line, fault);
                }
            }
        }
        Ok(())
    }

    /// The place of the next form, past space, commas, comments and the bracket around all.
    fn next_form(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        line: u32,
    ) -> Result<Option<usize>, BadInput> {
        if line == 1 && at == 0 && bytes.starts_with(b"\xEF\xBB\xBF") {
            at = 3;
        }
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
                b';' if self.notation != Some(Notation::Json) => {
                    at += bytes[at..]
                        .iter()
                        .position(|&b| b == b'\n')
                        .unwrap_or(bytes.len() - at);
                }
                b'[' | b'(' if self.around.is_none() && self.history.operations == 0 => {
                    self.around = Some(if byte == b'[' { b']' } else { b')' });
                    at += 1;
                }
                b']' | b')' if self.around == Some(byte) && !self.closed => {
                    self.closed = true;
                    at += 1;
                }
                b'{' | b'#' => {
                    self.decide(&bytes[at..]);
                    return Ok(Some(at));
                }
                _ => {
                    let expected = match self.notation {
                        None => {
                            "a history in JSON lines ({\"type\": …}) or in EDN ({:type …}); this is neither"
                        }
                        Some(Notation::Json) => "an operation as a JSON object, {\"type\": …}",
                        Some(Notation::Edn) => "an operation as an EDN map, {:type …}",
                    };
                    self.refuse(bytes, line, Fault::new(at, expected))?;
                    return Ok(None);
                }
            }
        }
        Ok(None)
    }

    fn decide(&mut self, form: &[u8]) {
        if self.notation.is_some() {
            return;
        }
        let second = form[1..].iter().find(|byte| !byte.is_ascii_whitespace());
        self.notation = match (form[0], second) {
            (b'#', _) | (_, Some(b':' | b'#' | b';')) => Some(Notation::Edn),
            (_, Some(b'"' | b'}')) => Some(Notation::Json),
            _ => None,
        };
    }

    /// Read one form; answers its length.
    fn form(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        self.raw.clear();
        let mut sink = Sink {
            op: &mut self.raw,
            atoms: &mut self.history.atoms,
        };
        let len = match self.notation {
            Some(Notation::Edn) => edn_form::read(bytes, &mut sink)?,
            _ => json_form::read(bytes, &mut sink)?,
        };
        self.history.operations += 1;
        self.operation()?;
        Ok(len)
    }

    /// A further line of a form that is not complete.
    fn continued(&mut self, bytes: &[u8]) -> Result<(), BadInput> {
        self.partial.bytes.push(b'\n');
        self.partial.bytes.extend_from_slice(bytes);
        if self.scan_partial() {
            let partial = std::mem::take(&mut self.partial);
            self.forms(&partial.bytes, partial.first_line, true)?;
        }
        Ok(())
    }

    /// Follow the brackets of the open form, each byte once; true when they are all closed.
    fn scan_partial(&mut self) -> bool {
        let partial = &mut self.partial;
        let edn = self.notation == Some(Notation::Edn);
        let mut comment = false;
        for &byte in &partial.bytes[partial.scanned..] {
            if comment {
                comment = byte != b'\n';
            } else if partial.escaped {
                partial.escaped = false;
            } else if partial.in_string {
                partial.escaped = byte == b'\\';
                partial.in_string = byte != b'"';
            } else {
                match byte {
                    b'"' => partial.in_string = true,
                    b'\\' if edn => partial.escaped = true,
                    b';' if edn => comment = true,
                    b'{' | b'[' | b'(' => partial.depth += 1,
                    b'}' | b']' | b')' => partial.depth = partial.depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        partial.scanned = partial.bytes.len();
        partial.depth == 0 && !partial.in_string
    }

    /// Stop at a fault, or skip the line and count it.
    fn refuse(&mut self, bytes: &[u8], line: u32, fault: Fault) -> Result<(), BadInput> {
        let bad = self.bad(bytes, line, &fault);
        // A file that is no history at all is refused even by the lenient.
        if !self.lenient || (self.notation.is_none() && self.history.operations == 0) {
            return Err(bad);
        }
        self.history.skipped += 1;
        self.first_skipped.get_or_insert(bad);
        Ok(())
    }

    fn bad(&self, bytes: &[u8], line: u32, fault: &Fault) -> BadInput {
        let before = &bytes[..fault.at.min(bytes.len())];
        let newlines = before.iter().filter(|&&byte| byte == b'\n').count();
        let column = before
            .iter()
            .rev()
            .take_while(|&&byte| byte != b'\n')
            .count();
        BadInput {
            line: line + newlines as u32,
            column: column as u32 + 1,
            expected: fault.expected.clone().into_owned(),
        }
    }

    /// Give the form in `raw` its meaning.
    fn operation(&mut self) -> Result<(), Fault> {
        let Some(ty) = self.raw.ty else {
            return Err(Fault::new(0, "a field \"type\": invoke, ok, fail or info"));
        };
        if ty == OpType::VersionOrder {
            return self.version_order();
        }
        let Some(process) = self.raw.process else {
            self.history.ignored += 1;
            return Ok(());
        };
        if self.raw.foreign {
            self.history.ignored += 1;
            return Ok(());
        }
        let slot = self.history.processes.id(process);
        if slot as usize >= self.open.len() {
            self.open.resize_with(slot as usize + 1, Open::default);
        }
        let open = self.open[slot as usize].txn;
        match (ty, open) {
            (OpType::Invoke, Some(txn)) => {
                let line = self.history.txns[txn as usize].invoke_line;
                Err(Fault::new(
                    0,
                    format!("the completion of what this process invoked in line {line}"),
                ))
            }
            (OpType::Invoke, None) => {
                self.need_value("the transaction: a list of operations")?;
                self.fix_workload()?;
                let txn = self.begin(slot, self.line);
                let open = &mut self.open[slot as usize];
                open.txn = Some(txn);
                open.mops = self.spare.pop().unwrap_or_default();
                open.mops.clear();
                open.mops.extend_from_slice(&self.raw.mops);
                Ok(())
            }
            (_, open) => {
                if ty == OpType::Ok || open.is_none() {
                    self.need_value("what the transaction did: a list of operations")?;
                }
                self.fix_workload()?;
                let txn = open.unwrap_or_else(|| {
                    self.history.uninvoked += 1;
                    self.begin(slot, NONE)
                });
                self.complete(slot, txn, ty);
                Ok(())
            }
        }
    }

    fn need_value(&self, expected: &'static str) -> Result<(), Fault> {
        if self.raw.has_value {
            Ok(())
        } else {
            Err(Fault::new(self.raw.value_at, expected))
        }
    }

    fn version_order(&mut self) -> Result<(), Fault> {
        let Some(key) = self.raw.key else {
            return Err(Fault::new(0, "the key of the version order"));
        };
        if self.raw.has_value && !self.raw.mops.is_empty() {
            return Err(Fault::new(
                self.raw.value_at,
                "the versions of the key in order",
            ));
        }
        let key = self.history.keys.id(key);
        if self.history.orders.iter().any(|(k, _)| *k == key) {
            return Err(Fault::new(0, "one version order for each key"));
        }
        self.history.orders.push((key, self.raw.elements.clone()));
        Ok(())
    }

    /// The operations say which workload this is, and must agree on it.
    fn fix_workload(&mut self) -> Result<(), Fault> {
        for mop in &self.raw.mops {
            let says = match mop {
                RawMop::Append(..) | RawMop::ReadList(..) => Workload::ListAppend,
                RawMop::Write(..) | RawMop::ReadValue(..) => Workload::RwRegister,
                RawMop::ReadNil(_) => continue,
            };
            match self.workload {
                None => self.workload = Some(says),
                Some(workload) if workload == says => {}
                Some(Workload::ListAppend) => {
                    return Err(Fault::new(
                        self.raw.value_at,
                        "a list-append transaction: appends, and reads of lists",
                    ));
                }
                Some(Workload::RwRegister) => {
                    return Err(Fault::new(
                        self.raw.value_at,
                        "a register transaction: writes, and reads of single values",
                    ));
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, slot: u32, line: u32) -> u32 {
        if self.pending_barrier {
            self.pending_barrier = false;
            self.history.barriers += 1;
        }
        let time = self.raw.time.unwrap_or(0);
        self.history.txns.push(Txn {
            process: slot,
            outcome: Outcome::Info,
            invoke_line: line,
            complete_line: NONE,
            enter: self.history.barriers,
            leave: NONE,
            mops: 0,
            len: 0,
            invoke_time: time,
            complete_time: time,
        });
        self.history.txns.len() as u32 - 1
    }

    fn complete(&mut self, slot: u32, txn: u32, ty: OpType) {
        let open = &mut self.open[slot as usize];
        open.txn = None;
        let mut invoked = std::mem::take(&mut open.mops);
        if !self.raw.has_value {
            std::mem::swap(&mut self.raw.mops, &mut invoked);
        }
        // What an aborted transaction says it read was not read.
        let (start, len) = self.store_mops(!self.raw.has_value || ty == OpType::Fail);
        // One spare list is enough for each process that is still in flight.
        if self.spare.len() < 64 {
            self.spare.push(invoked);
        }
        let t = &mut self.history.txns[txn as usize];
        (t.mops, t.len) = (start, len);
        t.complete_line = self.line;
        t.complete_time = self.raw.time.unwrap_or(t.invoke_time);
        match ty {
            OpType::Ok => {
                t.outcome = Outcome::Ok;
                t.leave = self.history.barriers;
                self.pending_barrier = true;
            }
            OpType::Fail => t.outcome = Outcome::Fail,
            _ => t.outcome = Outcome::Info,
        }
    }

    /// Move the line's operations into the history. What an invocation says of
    /// its reads is a wish, not an observation.
    fn store_mops(&mut self, wishes: bool) -> (u32, u32) {
        let history = &mut self.history;
        let start = history.mops.len() as u32;
        let register = self.workload == Some(Workload::RwRegister);
        for &mop in &self.raw.mops {
            let nothing = |key| match register {
                true => Mop::Read {
                    key,
                    value: Atom::NIL,
                },
                false => Mop::List {
                    key,
                    branch: NONE,
                    len: 0,
                },
            };
            history.mops.push(match mop {
                RawMop::Append(key, value) | RawMop::Write(key, value) => Mop::Write {
                    key: history.keys.id(key),
                    value,
                },
                RawMop::ReadNil(key) => nothing(history.keys.id(key)),
                RawMop::ReadList(key, ..) | RawMop::ReadValue(key, _) if wishes => {
                    nothing(history.keys.id(key))
                }
                RawMop::ReadValue(key, value) => Mop::Read {
                    key: history.keys.id(key),
                    value,
                },
                RawMop::ReadList(key, from, to) => {
                    let key = history.keys.id(key);
                    let list = &self.raw.elements[from as usize..to as usize];
                    let (branch, len) = history.lists.place(key, list);
                    Mop::List { key, branch, len }
                }
            });
        }
        (start, history.mops.len() as u32 - start)
    }
}
