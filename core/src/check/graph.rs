//! The dependency graph: who must come before whom.
//!
//! ```text
//! nodes   0 ‥ n        transactions, in order of invocation
//!         n ‥ n+h      hubs: "all of these before all of those"
//!         n+h ‥        barriers of the realtime order
//!
//! edges   ww wr rw     in one compressed array, labelled
//!         process      the same
//!         realtime     not stored: T ─▶ barrier(leave T) ─▶ … ─▶ every T
//!                      behind it. One step for each transaction and barrier,
//!                      so a transitive reduction of linear size, however
//!                      many clients there are.
//! ```
//!
//! A hub stands for a complete bipartite set of edges (all readers of a state
//! before all who overwrote it), which would be quadratic.

use super::history::{History, NONE};

/// What an edge says.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Wrote, then was overwritten.
    Ww = 0,
    /// Wrote, then was read.
    Wr = 1,
    /// Read, then was overwritten: an anti-dependency.
    Rw = 2,
    /// The same client did one after the other.
    Process = 3,
    /// One had completed before the other began.
    Realtime = 4,
    /// Goes on from a hub or a barrier; says nothing by itself.
    Onward = 5,
}

impl Label {
    /// The label with this number.
    pub fn from_bits(bits: u32) -> Label {
        match bits {
            0 => Label::Ww,
            1 => Label::Wr,
            2 => Label::Rw,
            3 => Label::Process,
            4 => Label::Realtime,
            _ => Label::Onward,
        }
    }

    /// Its bit in a mask.
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Label::Ww => "ww",
            Label::Wr => "wr",
            Label::Rw => "rw",
            Label::Process => "process",
            Label::Realtime => "realtime",
            Label::Onward => "onward",
        }
    }
}

const LABEL_BITS: u32 = 3;

/// Edges being collected.
#[derive(Default, Debug)]
pub struct Edges {
    list: Vec<(u32, u32)>,
    hubs: u32,
    txns: u32,
    /// Whether an edge was asked for at all, even from a transaction to itself.
    pub any: bool,
}

impl Edges {
    /// No edges yet among `txns` transactions.
    pub fn new(txns: usize) -> Edges {
        Edges {
            list: Vec::new(),
            hubs: 0,
            txns: txns as u32,
            any: false,
        }
    }

    /// `from` before `to`.
    #[inline]
    pub fn add(&mut self, from: u32, to: u32, label: Label) {
        self.any = true;
        if from != to {
            self.list.push((from, to << LABEL_BITS | label as u32));
        }
    }

    /// `from` before `to`, unless they are the same.
    #[inline]
    pub fn add_other(&mut self, from: u32, to: u32, label: Label) {
        if from != to {
            self.add(from, to, label);
        }
    }

    /// All of `from` before all of `to`, except each before itself. Both sorted
    /// and without repetition.
    pub fn add_all(&mut self, from: &[u32], to: &[u32], label: Label) {
        let direct = from.len() * to.len();
        if direct <= 4 * (from.len() + to.len()) {
            for &a in from {
                for &b in to {
                    self.add_other(a, b, label);
                }
            }
            return;
        }
        // prefix[i] leads to to[..=i], suffix[i] to to[i..]: with both, a
        // member of both sides reaches everyone but itself.
        let m = to.len() as u32;
        let prefix = self.txns + self.hubs;
        let suffix = prefix + m;
        self.hubs += 2 * m;
        for i in 0..m {
            self.add(prefix + i, to[i as usize], Label::Onward);
            self.add(suffix + i, to[i as usize], Label::Onward);
            if i > 0 {
                self.add(prefix + i, prefix + i - 1, Label::Onward);
                self.add(suffix + i - 1, suffix + i, Label::Onward);
            }
        }
        for &a in from {
            match to.binary_search(&a) {
                Err(_) => self.add(a, suffix, label),
                Ok(i) => {
                    if i > 0 {
                        self.add(a, prefix + i as u32 - 1, label);
                    }
                    if (i as u32) + 1 < m {
                        self.add(a, suffix + i as u32 + 1, label);
                    }
                }
            }
        }
    }
}

/// The graph of a whole history.
#[derive(Debug)]
pub struct Graph<'h> {
    history: &'h History,
    hubs: u32,
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// Members by barrier: the transactions `first_behind[b] ‥ first_behind[b + 1]`.
    first_behind: Vec<u32>,
    /// Whether the realtime order takes part.
    realtime: bool,
}

impl<'h> Graph<'h> {
    /// Compress the edges, and find who stands behind which barrier.
    pub fn new(history: &'h History, edges: Edges) -> Graph<'h> {
        let nodes = history.txns.len() + edges.hubs as usize;
        let mut offsets = vec![0u32; nodes + 2];
        for &(from, _) in &edges.list {
            offsets[from as usize + 2] += 1;
        }
        for i in 2..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        let mut targets = vec![0u32; edges.list.len()];
        for &(from, to) in &edges.list {
            let at = &mut offsets[from as usize + 1];
            targets[*at as usize] = to;
            *at += 1;
        }
        offsets.pop();
        // `enter` never falls in order of invocation.
        let mut first_behind = vec![0u32; history.barriers as usize + 1];
        let mut barrier = 0;
        for (txn, t) in history.txns.iter().enumerate() {
            while barrier < t.enter {
                first_behind[barrier as usize] = txn as u32;
                barrier += 1;
            }
        }
        first_behind[history.barriers as usize] = history.txns.len() as u32;
        Graph {
            history,
            hubs: edges.hubs,
            offsets,
            targets,
            first_behind,
            realtime: false,
        }
    }

    /// Let the realtime order take part, or not.
    pub fn with_realtime(&mut self, realtime: bool) {
        self.realtime = realtime;
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        let barriers = if self.realtime {
            self.history.barriers
        } else {
            0
        };
        self.history.txns.len() + (self.hubs + barriers) as usize
    }

    /// Whether a node is a transaction.
    pub fn is_txn(&self, node: u32) -> bool {
        (node as usize) < self.history.txns.len()
    }

    /// How many edges are stored.
    pub fn stored_edges(&self) -> usize {
        self.targets.len()
    }

    /// The `i`-th successor of a node with its label, or `None` after the last.
    #[inline]
    pub fn successor(&self, node: u32, i: u32) -> Option<(u32, Label)> {
        let stored = self.history.txns.len() as u32 + self.hubs;
        if node < stored {
            let start = self.offsets[node as usize];
            let end = self.offsets[node as usize + 1];
            if start + i < end {
                let target = self.targets[(start + i) as usize];
                let label = Label::from_bits(target & ((1 << LABEL_BITS) - 1));
                return Some((target >> LABEL_BITS, label));
            }
            if !self.realtime || start + i > end || !self.is_txn(node) {
                return None;
            }
            let leave = self.history.txns[node as usize].leave;
            // Nobody was invoked behind the last completions.
            return (leave < self.history.barriers).then(|| (stored + leave, Label::Realtime));
        }
        let barrier = node - stored;
        let first = self.first_behind[barrier as usize];
        let last = self.first_behind[barrier as usize + 1];
        if first + i < last {
            return Some((first + i, Label::Onward));
        }
        let next = barrier + 1 < self.history.barriers && first + i == last;
        next.then(|| (node + 1, Label::Onward))
    }

    /// Whether `a` completed before `b` was invoked.
    pub fn precedes_in_realtime(&self, a: u32, b: u32) -> bool {
        let (a, b) = (
            &self.history.txns[a as usize],
            &self.history.txns[b as usize],
        );
        a.leave != NONE && a.leave < b.enter
    }
}
