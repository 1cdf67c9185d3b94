//! What can be wrong: the anomalies found, as numbers of transactions and
//! places in the history. [`report`](super::report) puts them into words.

use std::collections::BTreeMap;

use super::atom::Atom;
use super::graph::Label;

/// A cycle: its transactions in order, and why each comes before the next
/// (the last before the first).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cycle {
    /// The transactions.
    pub txns: Vec<u32>,
    /// The label of the edge that leaves each of them.
    pub labels: Vec<Label>,
    /// Transactions in the component that the cycle was found in.
    pub component: u32,
}

/// One anomaly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Case {
    /// A cycle of dependencies.
    Cycle(Cycle),
    /// G1a or G1b: `reader` saw an element it should not have seen.
    BadRead {
        /// Who read.
        reader: u32,
        /// Which of its operations.
        mop: u32,
        /// Who wrote.
        writer: u32,
        /// What.
        element: Atom,
    },
    /// A read that contradicts what the transaction did before.
    Internal {
        /// The transaction.
        txn: u32,
        /// The read.
        mop: u32,
        /// What it had to see; the first part may be unknown.
        expected: Vec<Atom>,
        /// Whether anything may come before `expected`.
        open: bool,
    },
    /// A read of what the transaction writes only later.
    FutureRead {
        /// The transaction.
        txn: u32,
        /// The read.
        mop: u32,
        /// What it saw too early.
        element: Atom,
    },
    /// A committed write on top of an aborted one.
    DirtyUpdate {
        /// Number of the key.
        key: u32,
        /// The elements from the aborted to the committed one.
        values: Vec<Atom>,
        /// The aborted and the committed transaction.
        txns: [u32; 2],
    },
    /// Several transactions read one version and all replaced it.
    LostUpdate {
        /// Number of the key.
        key: u32,
        /// The read of one of them: transaction and operation.
        read: (u32, u32),
        /// The transactions.
        txns: Vec<u32>,
    },
    /// Two reads of a list of which neither is a prefix of the other.
    IncompatibleOrder {
        /// Number of the key.
        key: u32,
        /// The two lists.
        values: [Vec<Atom>; 2],
        /// Who read them, where that is known: transaction and operation.
        reads: [Option<(u32, u32)>; 2],
    },
    /// A transaction's own appends in another order than it made them.
    OwnOrder {
        /// The transaction.
        txn: u32,
        /// Number of the key.
        key: u32,
        /// The elements as it appended them, and as reads show them.
        values: [Vec<Atom>; 2],
    },
    /// An element twice in one list.
    DuplicateElements {
        /// Who read it.
        txn: u32,
        /// The read.
        mop: u32,
        /// The elements and how often they were there.
        duplicates: Vec<(Atom, u32)>,
    },
    /// Versions of a register that come before each other.
    CyclicVersions {
        /// Number of the key.
        key: u32,
        /// The versions.
        values: Vec<Atom>,
        /// What the order was inferred from.
        sources: Vec<&'static str>,
    },
    /// A read of something that nobody wrote.
    Unwritten {
        /// Who read.
        txn: u32,
        /// The read.
        mop: u32,
        /// What.
        element: Atom,
    },
    /// The same element written twice: the history cannot be checked.
    DuplicateWrites {
        /// Number of the key.
        key: u32,
        /// The element.
        value: Atom,
        /// Who wrote it.
        txns: [u32; 2],
    },
    /// No transaction depends on another.
    EmptyGraph,
    /// The search for a cycle was given up.
    SearchLimit {
        /// What was searched for.
        wanted: &'static str,
        /// The part of the graph: its transactions.
        component: Vec<u32>,
        /// Steps spent.
        steps: u64,
    },
}

/// How many cases of one kind are kept whole; the others are counted.
pub const KEPT: usize = 64;

/// The cases of one kind.
#[derive(Clone, Default, Debug)]
pub struct Cases {
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub kept: Vec<Case>,
}

/// Everything found, by the anomaly's name.
#[derive(Clone, Default, Debug)]
pub struct Findings {
    /// The cases.
    pub by_type: BTreeMap<&'static str, Cases>,
}

impl Findings {
    /// Note a case.
    pub fn add(&mut self, name: &'static str, case: Case) {
        let cases = self.by_type.entry(name).or_default();
        cases.total += 1;
        if cases.kept.len() < KEPT {
            cases.kept.push(case);
        }
    }

    /// Note a case that may be expensive to put together.
    pub fn add_with(&mut self, name: &'static str, case: impl FnOnce() -> Case) {
        let cases = self.by_type.entry(name).or_default();
        cases.total += 1;
        if cases.kept.len() < KEPT {
            cases.kept.push(case());
        }
    }

    /// The names, in alphabetical order.
    pub fn types(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.by_type.keys().copied()
    }

    /// All of this and all of `other`.
    pub fn absorb(&mut self, other: &Findings) {
        for (name, cases) in &other.by_type {
            let mine = self.by_type.entry(name).or_default();
            mine.total += cases.total;
            let room = KEPT.saturating_sub(mine.kept.len());
            mine.kept.extend(cases.kept.iter().take(room).cloned());
        }
    }
}
