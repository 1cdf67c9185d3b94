//! Transactions and their dependencies in sentences.

use super::atom::Atom;
use super::case::{Case, Cycle};
use super::datum::Datum;
use super::explain::{DataStep, Inference, Version};
use super::graph::Label;
use super::history::{History, Mop, NONE, Outcome, Workload};

/// Elements of a list that a sentence shows at most.
const SHOWN: usize = 12;

/// Puts a history's transactions into words.
pub struct Words<'a> {
    history: &'a History,
    inference: &'a dyn Inference,
}

impl<'a> Words<'a> {
    /// For a history and what was inferred from it.
    pub fn new(history: &'a History, inference: &'a dyn Inference) -> Words<'a> {
        Words { history, inference }
    }

    /// A transaction's name: its number in order of invocation.
    pub fn name(&self, txn: u32) -> String {
        format!("T{}", txn + 1)
    }

    /// A list as it is written in sentences; the beginning of a long one is left out.
    pub fn list(&self, list: &[Atom]) -> String {
        let skip = list.len().saturating_sub(SHOWN);
        let shown = list[skip..]
            .iter()
            .map(|&atom| self.history.atoms.show(atom));
        let dots = (skip > 0).then(|| "…".to_owned());
        let parts: Vec<String> = dots.into_iter().chain(shown).collect();
        format!("[{}]", parts.join(" "))
    }

    /// What a read saw.
    fn seen(&self, mop: Mop) -> String {
        match mop {
            Mop::List { branch, len, .. } if branch != NONE => {
                self.list(&self.history.lists.list(branch, len))
            }
            Mop::List { .. } => "nil".to_owned(),
            Mop::Read { value, .. } | Mop::Write { value, .. } => self.history.atoms.show(value),
        }
    }

    /// An operation in short: `r x [1 2]`, `append x 3`, `w x 3`.
    pub fn operation(&self, txn: u32, mop: Mop) -> String {
        let key = self.history.show_key(mop.key());
        let committed = self.history.committed(txn);
        match (mop, self.history.workload) {
            (Mop::Write { .. }, Workload::ListAppend) => format!("append {key} {}", self.seen(mop)),
            (Mop::Write { .. }, Workload::RwRegister) => format!("w {key} {}", self.seen(mop)),
            (Mop::List { branch: NONE, .. }, _) if !committed => format!("r {key} ?"),
            (
                Mop::Read {
                    value: Atom::NIL, ..
                },
                _,
            ) if !committed => format!("r {key} ?"),
            _ => format!("r {key} {}", self.seen(mop)),
        }
    }

    /// All operations of a transaction in short.
    pub fn operations(&self, txn: u32) -> Vec<String> {
        let mops = self.history.mops(txn);
        mops.iter().map(|&mop| self.operation(txn, mop)).collect()
    }

    /// Where a transaction stands in the file.
    pub fn lines(&self, txn: u32) -> String {
        let t = &self.history.txns[txn as usize];
        match (t.invoke_line, t.complete_line) {
            (NONE, NONE) => "no line".to_owned(),
            (NONE, line) => format!("line {line}"),
            (line, NONE) => format!("line {line}, never completed"),
            (first, last) => format!("lines {first} and {last}"),
        }
    }

    /// A transaction as Elle writes an operation.
    pub fn op(&self, txn: u32) -> Datum {
        let t = &self.history.txns[txn as usize];
        let ty = match (t.outcome, t.complete_line) {
            (_, NONE) => "invoke",
            (Outcome::Ok, _) => "ok",
            (Outcome::Fail, _) => "fail",
            (Outcome::Info, _) => "info",
        };
        let line = if t.complete_line == NONE {
            t.invoke_line
        } else {
            t.complete_line
        };
        let atoms = &self.history.atoms;
        let mops = self.history.mops(txn).iter().map(|&mop| self.mop(mop));
        Datum::map([
            ("index", Datum::Int(i64::from(line) - 1)),
            ("time", Datum::Int(t.complete_time)),
            ("type", Datum::name(ty)),
            (
                "process",
                Datum::atom(atoms, self.history.processes.atom(t.process)),
            ),
            ("f", Datum::name("txn")),
            ("value", Datum::List(mops.collect())),
        ])
    }

    /// An operation as Elle writes it.
    pub fn mop(&self, mop: Mop) -> Datum {
        let atoms = &self.history.atoms;
        let key = Datum::atom(atoms, self.history.keys.atom(mop.key()));
        let write = match self.history.workload {
            Workload::ListAppend => "append",
            Workload::RwRegister => "w",
        };
        let (f, value) = match mop {
            Mop::Write { value, .. } => (write, Datum::atom(atoms, value)),
            Mop::Read { value, .. } => ("r", Datum::atom(atoms, value)),
            Mop::List { branch: NONE, .. } => ("r", Datum::Nil),
            Mop::List { branch, len, .. } => (
                "r",
                Datum::atoms(atoms, &self.history.lists.list(branch, len)),
            ),
        };
        Datum::List(vec![Datum::name(f), key, value])
    }

    /// One step of a cycle as Elle writes it.
    pub fn step(&self, a: u32, b: u32, label: Label) -> Datum {
        let atoms = &self.history.atoms;
        let mut fields = vec![("type".to_owned(), Datum::name(label.name()))];
        let mut add = |name: &str, datum| fields.push((name.to_owned(), datum));
        match self.inference.explain(a, b, label) {
            Some(step) => {
                add("key", Datum::atom(atoms, self.history.keys.atom(step.key)));
                add(
                    "value",
                    match step.value {
                        Version::Initial => Datum::name("init"),
                        Version::Value(value) => Datum::atom(atoms, value),
                    },
                );
                if let Some(next) = step.next {
                    add("value'", Datum::atom(atoms, next));
                }
                add("a-mop-index", Datum::Int(i64::from(step.from_mop)));
                add("b-mop-index", Datum::Int(i64::from(step.to_mop)));
            }
            None if label == Label::Process => {
                let process = self.history.txns[a as usize].process;
                add(
                    "process",
                    Datum::atom(atoms, self.history.processes.atom(process)),
                );
            }
            None => {
                let line = |line: u32| match line {
                    NONE => Datum::Nil,
                    line => Datum::Int(i64::from(line) - 1),
                };
                add("a'", line(self.history.txns[a as usize].complete_line));
                add("b", line(self.history.txns[b as usize].invoke_line));
            }
        }
        Datum::Map(fields)
    }

    /// Why `a` comes before `b`, without saying that it does.
    pub fn reason(&self, a: u32, b: u32, label: Label) -> String {
        let (ta, tb) = (
            &self.history.txns[a as usize],
            &self.history.txns[b as usize],
        );
        let (an, bn) = (self.name(a), self.name(b));
        match self.inference.explain(a, b, label) {
            Some(step) => self.data_reason(a, b, label, &step),
            None if label == Label::Process => {
                let client = self
                    .history
                    .atoms
                    .show(self.history.processes.atom(ta.process));
                format!("client {client} completed {an} before it began {bn}")
            }
            None => {
                let gap = tb.invoke_time - ta.complete_time;
                let after = if gap > 0 {
                    format!(", {} later", duration(gap))
                } else {
                    String::new()
                };
                let line = |line: u32| match line {
                    NONE => String::new(),
                    line => format!(" (line {line})"),
                };
                let (done, begun) = (line(ta.complete_line), line(tb.invoke_line));
                format!("{an} had completed{done} before {bn} began{begun}{after}")
            }
        }
    }

    fn data_reason(&self, a: u32, b: u32, label: Label, step: &DataStep) -> String {
        let (an, bn) = (self.name(a), self.name(b));
        let key = self.history.show_key(step.key);
        let show = |atom: Atom| self.history.atoms.show(atom);
        let value = match step.value {
            Version::Initial => "nothing".to_owned(),
            Version::Value(value) => show(value),
        };
        let next = step.next.map(show).unwrap_or_default();
        let from = self.history.mops(a)[step.from_mop as usize];
        let to = self.history.mops(b)[step.to_mop as usize];
        match (self.history.workload, label) {
            (Workload::ListAppend, Label::Ww) => format!(
                "{an} appended {value} to key {key} and {bn} appended {next}, {}",
                self.which(step)
            ),
            (Workload::ListAppend, Label::Wr) => format!(
                "{an} appended {value} to key {key} and {bn} read key {key} as {}, which ends with it",
                self.seen(to)
            ),
            (Workload::ListAppend, _) => format!(
                "{an} read key {key} as {} and {bn} appended {next}, {}",
                self.seen(from),
                self.which(step)
            ),
            (Workload::RwRegister, Label::Ww) => {
                format!("{an} set key {key} to {value} and {bn} set it to {next}, a later version")
            }
            (Workload::RwRegister, Label::Wr) => {
                format!("{an} set key {key} to {value} and {bn} read {value}")
            }
            (Workload::RwRegister, _) => format!(
                "{an} read key {key} as {} and {bn} set it to {next}, a later version",
                self.seen(from)
            ),
        }
    }

    /// Which append the later one is, seen from the earlier version.
    fn which(&self, step: &DataStep) -> &'static str {
        match step.next {
            Some(next) if self.inference.is_read(step.key, next) => match step.value {
                Version::Initial => "the first element",
                Version::Value(_) => "the next element",
            },
            _ => "which the longest read does not show, so it came after",
        }
    }

    /// A cycle, one sentence for each edge.
    pub fn sentences(&self, cycle: &Cycle) -> Vec<String> {
        let n = cycle.txns.len();
        let mut sentences = Vec::with_capacity(n);
        for i in 0..n {
            let (a, b) = (cycle.txns[i], cycle.txns[(i + 1) % n]);
            let reason = self.reason(a, b, cycle.labels[i]);
            let (an, bn) = (self.name(a), self.name(b));
            sentences.push(if i + 1 < n {
                format!("{an} before {bn}, because {reason}.")
            } else {
                format!("But {an} before {bn}, because {reason}: a contradiction.")
            });
        }
        sentences
    }

    /// Anything but a cycle, in a sentence.
    pub fn sentence(&self, anomaly: &str, case: &Case) -> String {
        let show = |atom: Atom| self.history.atoms.show(atom);
        let key_of = |txn: u32, mop: u32| {
            self.history
                .show_key(self.history.mops(txn)[mop as usize].key())
        };
        let seen = |txn: u32, mop: u32| self.seen(self.history.mops(txn)[mop as usize]);
        match case {
            Case::Cycle(cycle) => self.sentences(cycle).join(" "),
            Case::BadRead {
                reader,
                mop,
                writer,
                element,
            } => {
                let what = match anomaly {
                    "G1a" => "which aborted",
                    _ => "which wrote the key again before it committed",
                };
                let (reader_name, writer_name) = (self.name(*reader), self.name(*writer));
                format!(
                    "{reader_name} read key {} as {}; {} comes from {writer_name}, {what}.",
                    key_of(*reader, *mop),
                    seen(*reader, *mop),
                    show(*element),
                )
            }
            Case::Internal {
                txn,
                mop,
                expected,
                open,
            } => {
                let wanted = match self.history.workload {
                    Workload::RwRegister => expected.first().map_or("nil".into(), |&e| show(e)),
                    Workload::ListAppend if *open => {
                        format!("a list that ends with {}", self.list(expected))
                    }
                    Workload::ListAppend => self.list(expected),
                };
                format!(
                    "{} read key {} as {}, but after what it had done itself before, it had to see {wanted}.",
                    self.name(*txn),
                    key_of(*txn, *mop),
                    seen(*txn, *mop),
                )
            }
            Case::FutureRead { txn, mop, element } => format!(
                "{} read key {} as {}, and appended {} itself only later.",
                self.name(*txn),
                key_of(*txn, *mop),
                seen(*txn, *mop),
                show(*element),
            ),
            Case::DirtyUpdate { key, values, txns } => {
                let (first, last) = (values.first().copied(), values.last().copied());
                format!(
                    "{} appended {} to key {} and aborted; {} appended {} on top of it and committed.",
                    self.name(txns[0]),
                    first.map(show).unwrap_or_default(),
                    self.history.show_key(*key),
                    self.name(txns[1]),
                    last.map(show).unwrap_or_default(),
                )
            }
            Case::LostUpdate { key, read, txns } => {
                let names: Vec<String> = txns.iter().take(8).map(|&txn| self.name(txn)).collect();
                let more = if txns.len() > 8 { ", …" } else { "" };
                format!(
                    "{}{more} all read key {} as {} and then replaced that version.",
                    names.join(", "),
                    self.history.show_key(*key),
                    seen(read.0, read.1),
                )
            }
            Case::IncompatibleOrder { key, values, reads } => {
                let who = |read: Option<(u32, u32)>| match read {
                    Some((txn, _)) => self.name(txn),
                    None => "the database's own order".to_owned(),
                };
                let differ = values[0]
                    .iter()
                    .zip(&values[1])
                    .take_while(|(a, b)| a == b)
                    .count();
                format!(
                    "Key {} was read as {} ({}) and as {} ({}); they differ from element {} on.",
                    self.history.show_key(*key),
                    self.list(&values[0]),
                    who(reads[0]),
                    self.list(&values[1]),
                    who(reads[1]),
                    differ + 1,
                )
            }
            Case::OwnOrder { txn, key, values } => format!(
                "{} appended {} to key {} in this order, but reads show {}.",
                self.name(*txn),
                self.list(&values[0]),
                self.history.show_key(*key),
                self.list(&values[1]),
            ),
            Case::DuplicateElements {
                txn,
                mop,
                duplicates,
            } => {
                let twice = duplicates
                    .iter()
                    .take(8)
                    .map(|&(element, n)| format!("{} {n} times", show(element)));
                format!(
                    "{} read key {} as {}, with {}.",
                    self.name(*txn),
                    key_of(*txn, *mop),
                    seen(*txn, *mop),
                    twice.collect::<Vec<_>>().join(", "),
                )
            }
            Case::CyclicVersions {
                key,
                values,
                sources,
            } => format!(
                "The versions {} of key {} come before each other, by {}.",
                self.list(values),
                self.history.show_key(*key),
                sources.join(" and "),
            ),
            Case::Unwritten { txn, mop, element } => format!(
                "{} read key {} as {}, but nobody wrote {}.",
                self.name(*txn),
                key_of(*txn, *mop),
                seen(*txn, *mop),
                show(*element),
            ),
            Case::DuplicateWrites { key, value, txns } => format!(
                "{} and {} both wrote {} to key {}.",
                self.name(txns[0]),
                self.name(txns[1]),
                show(*value),
                self.history.show_key(*key),
            ),
            Case::EmptyGraph => "No transaction depends on another.".to_owned(),
            Case::SearchLimit {
                wanted,
                component,
                steps,
            } => format!(
                "Whether the {} transactions from {} to {} contain a {wanted} was given up after {steps} steps.",
                component.len(),
                component
                    .first()
                    .map_or(String::new(), |&txn| self.name(txn)),
                component
                    .last()
                    .map_or(String::new(), |&txn| self.name(txn)),
            ),
        }
    }
}

/// A time span in words.
pub fn duration(ns: i64) -> String {
    match ns {
        ..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{:.1} µs", ns as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", ns as f64 / 1e6),
        _ => format!("{:.1} s", ns as f64 / 1e9),
    }
}
