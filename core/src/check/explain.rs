//! Why one transaction comes before another.

use super::atom::Atom;
use super::graph::{Edges, Label};

/// A version of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// Before anything was written.
    Initial,
    /// The version that this element or value made.
    Value(Atom),
}

/// The data behind one edge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DataStep {
    /// Number of the key.
    pub key: u32,
    /// The version that was read or replaced.
    pub value: Version,
    /// The version that replaced it (ww, rw).
    pub next: Option<Atom>,
    /// The operation of the earlier transaction.
    pub from_mop: u32,
    /// The operation of the later transaction.
    pub to_mop: u32,
}

/// What one kind of workload lets us infer.
pub trait Inference {
    /// All data dependencies.
    fn edges(&self) -> Edges;

    /// Why `from` comes before `to` by an edge of this label, if it does.
    fn explain(&self, from: u32, to: u32, label: Label) -> Option<DataStep>;

    /// Whether any read shows this version.
    fn is_read(&self, key: u32, value: Atom) -> bool;

    /// Who wrote this version, whatever became of it.
    fn writer_of(&self, key: u32, value: Atom) -> Option<u32>;

    /// The data labels, the one that decides first: where two transactions are
    /// joined by several, a cycle is named by the first.
    fn strength(&self) -> [Label; 3];

    /// Keys whose version order is not known entirely.
    fn undetermined(&self) -> Vec<u32>;
}

/// The process order: each client's committed transactions, one after the other.
pub fn process_edges(history: &super::history::History, edges: &mut Edges) {
    let mut last: Vec<Option<u32>> = vec![None; history.processes.len()];
    // A client's completions come in the order of its invocations.
    for (txn, t) in (0u32..).zip(&history.txns) {
        if history.committed(txn)
            && let Some(before) = last[t.process as usize].replace(txn)
        {
            edges.add_other(before, txn, Label::Process);
        }
    }
}
