//! Shortest cycles of a given shape inside one component.
//!
//! A shape is a small automaton that a path drives along:
//!
//! ```text
//! Plain         any allowed edge                          G0, G1c
//! Single        rw first, then only allowed ones          G-single
//! NonAdjacent   rw first, never two in a row, none last   G-nonadjacent
//! Any           rw first, then anything                   G2
//! ```
//!
//! 1. Components of what the shape may use leave only starts that can lie on
//!    such a cycle; without one, there is no cycle, and that is proved.
//! 2. For `Single` on a large component, 64 anti-dependencies at a time are
//!    followed through the graph at once (a bit each), so "no such cycle" is
//!    decided in time too.
//! 3. A breadth-first search over (node, state) from a start finds a cycle.
//! 4. Further searches, cut off one step below the best, make it shorter until
//!    it is the shortest or the work allowed is used up.
//!
//! All work is counted in edges looked at, never in time, so the answer is the
//! same on every machine. Left out: proving that no *simple* non-adjacent cycle
//! exists where only walks through the same transaction twice are left; such a
//! component has a plain cycle as well, which is worse.

use std::collections::VecDeque;

use super::components::{Walk, components, numbered};
use super::graph::{Graph, Label};
use super::history::NONE;

/// What a cycle must look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Allowed edges only.
    Plain,
    /// Exactly one anti-dependency.
    Single,
    /// Anti-dependencies, never two in a row.
    NonAdjacent,
    /// At least one anti-dependency.
    Any,
}

/// What a search came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// A cycle: its nodes in order, transactions only.
    Cycle(Vec<u32>),
    /// There is none.
    Nothing,
    /// The work allowed was used up; holds the steps spent.
    GaveUp(u64),
}

/// One component, on its own.
#[derive(Debug)]
pub struct Local {
    /// The node in the whole graph.
    nodes: Vec<u32>,
    /// Whether it is a transaction.
    is_txn: Vec<bool>,
    start: Vec<u32>,
    edges: Vec<(u32, Label)>,
    /// Transactions among the nodes.
    txns: u32,
}

/// Scratch space for cutting components out of a graph.
#[derive(Default, Debug)]
pub struct Cutter {
    local: Vec<u32>,
}

impl Cutter {
    /// The part of `graph` inside `component` (sorted). Between two
    /// transactions only the strongest label counts.
    pub fn cut(&mut self, graph: &Graph<'_>, component: &[u32], strength: [Label; 3]) -> Local {
        self.local.resize(graph.nodes(), NONE);
        for (i, &node) in component.iter().enumerate() {
            self.local[node as usize] = i as u32;
        }
        let rank = |label: Label| {
            let data = strength.iter().position(|&l| l == label);
            data.unwrap_or(label as usize)
        };
        let mut start = vec![0u32];
        let mut edges: Vec<(u32, Label)> = Vec::new();
        for &node in component {
            let from = edges.len();
            let mut i = 0;
            while let Some((to, label)) = graph.successor(node, i) {
                i += 1;
                let to = self.local[to as usize];
                if to != NONE {
                    edges.push((to, label));
                }
            }
            edges[from..].sort_unstable_by_key(|&(to, label)| (to, rank(label)));
            let mut kept = from;
            for at in from..edges.len() {
                if kept == from || edges[kept - 1].0 != edges[at].0 {
                    edges[kept] = edges[at];
                    kept += 1;
                }
            }
            edges.truncate(kept);
            start.push(edges.len() as u32);
        }
        for &node in component {
            self.local[node as usize] = NONE;
        }
        let is_txn: Vec<bool> = component.iter().map(|&node| graph.is_txn(node)).collect();
        Local {
            nodes: component.to_vec(),
            txns: is_txn.iter().filter(|&&txn| txn).count() as u32,
            is_txn,
            start,
            edges,
        }
    }
}

/// The edges of a component that a mask of labels allows.
struct Masked<'a> {
    local: &'a Local,
    mask: u8,
}

impl Walk for Masked<'_> {
    fn nodes(&self) -> usize {
        self.local.nodes.len()
    }

    fn next(&self, node: u32, i: u32) -> Option<(u32, u32)> {
        let edges = self.local.successors(node);
        let rest = edges.iter().enumerate().skip(i as usize);
        let mut allowed = rest.filter(|(_, (_, label))| label.bit() & self.mask != 0);
        allowed.next().map(|(at, &(to, _))| (to, at as u32 + 1))
    }
}

/// The pairs (node, whether the last edge was rw) of the non-adjacent shape.
struct Alternating<'a> {
    local: &'a Local,
    mask: u8,
}

impl Walk for Alternating<'_> {
    fn nodes(&self) -> usize {
        2 * self.local.nodes.len()
    }

    fn next(&self, pair: u32, i: u32) -> Option<(u32, u32)> {
        let (node, state) = (pair / 2, pair % 2);
        let edges = self.local.successors(node);
        for (at, &(to, label)) in edges.iter().enumerate().skip(i as usize) {
            if let Some(next) = Shape::NonAdjacent.step(state as u8, label, self.mask) {
                return Some((2 * to + u32::from(next), at as u32 + 1));
            }
        }
        None
    }
}

impl Shape {
    /// The state after an edge, or `None` if it may not be taken. State 0 is
    /// "free", 1 is "an rw has been taken".
    #[inline]
    fn step(self, state: u8, label: Label, mask: u8) -> Option<u8> {
        if label == Label::Onward {
            return Some(state);
        }
        let allowed = label.bit() & mask != 0;
        match (self, label) {
            (Shape::Plain, _) => allowed.then_some(0),
            (Shape::Single, Label::Rw) => None,
            (Shape::Single, _) => allowed.then_some(1),
            (Shape::NonAdjacent, Label::Rw) => (state == 0).then_some(1),
            (Shape::NonAdjacent, _) => allowed.then_some(0),
            (Shape::Any, Label::Rw) => Some(1),
            (Shape::Any, _) => allowed.then_some(1),
        }
    }

    fn starts_with_rw(self) -> bool {
        self != Shape::Plain
    }
}

/// Work allowed for proving that a cycle exists or not, in edges looked at.
const PROVE_AT_LEAST: u64 = 60_000_000;
const PROVE_PER_EDGE: u64 = 64;
/// Work allowed for making a cycle shorter.
const SHORTEN: u64 = 3_000_000;
/// From this product of starts and edges on, reachability is decided in bulk.
const BULK: u64 = 4_000_000;

impl Local {
    #[inline]
    fn successors(&self, node: u32) -> &[(u32, Label)] {
        let (from, to) = (self.start[node as usize], self.start[node as usize + 1]);
        &self.edges[from as usize..to as usize]
    }

    /// How many transactions it has.
    pub fn txns(&self) -> u32 {
        self.txns
    }

    /// The transactions.
    pub fn transactions(&self) -> Vec<u32> {
        let txns = self.nodes.iter().zip(&self.is_txn).filter(|&(_, &txn)| txn);
        txns.map(|(&node, _)| node).collect()
    }

    /// A shortest cycle of a shape over the labels of `mask` that `accept` takes.
    pub fn find(&self, shape: Shape, mask: u8, accept: &mut dyn FnMut(&[u32]) -> bool) -> Found {
        let mask = mask | Label::Onward.bit();
        let starts = self.starts(shape, mask);
        if starts.is_empty() {
            return Found::Nothing;
        }
        let mut left = PROVE_AT_LEAST + PROVE_PER_EDGE * self.edges.len() as u64;
        let allowed = left;
        let work = starts.len() as u64 * self.edges.len() as u64;
        let mut first = None;
        if shape == Shape::Single && work > BULK {
            match self.witnesses(&starts, mask, &mut left) {
                None => return Found::GaveUp(allowed - left),
                Some(witnesses) if witnesses.is_empty() => return Found::Nothing,
                Some(witnesses) => first = Some(witnesses),
            }
        }
        let mut bfs = Bfs::new(self, shape, mask);
        let mut best: Option<Vec<u32>> = None;
        let attempts = first.iter().flatten().chain(&starts);
        for &start in attempts {
            if let Some(cycle) = bfs.cycle_from(start, u32::MAX, &mut left)
                && accept(&self.named(&cycle))
            {
                best = Some(cycle);
                break;
            }
            if left == 0 {
                return Found::GaveUp(allowed);
            }
        }
        let Some(mut best) = best else {
            return Found::Nothing;
        };
        let mut left = SHORTEN;
        let mut limit = 2;
        while best.len() > 2 && limit < best.len() as u32 && left > 0 {
            for &start in &starts {
                let cut = limit.min(best.len() as u32 - 1);
                if let Some(cycle) = bfs.cycle_from(start, cut, &mut left)
                    && accept(&self.named(&cycle))
                {
                    best = cycle;
                    if best.len() == 2 {
                        break;
                    }
                }
                if left == 0 {
                    break;
                }
            }
            limit = limit * 3 / 2;
        }
        Found::Cycle(self.named(&best))
    }

    fn named(&self, cycle: &[u32]) -> Vec<u32> {
        cycle
            .iter()
            .map(|&node| self.nodes[node as usize])
            .collect()
    }

    /// Transactions that may lie on such a cycle (with its rw edge next).
    fn starts(&self, shape: Shape, mask: u8) -> Vec<u32> {
        let n = self.nodes.len();
        let mut part = vec![NONE; n];
        let number = |found: Vec<Vec<u32>>, part: &mut Vec<u32>| {
            for (i, component) in found.into_iter().enumerate() {
                for node in component {
                    part[node as usize] = i as u32;
                }
            }
        };
        match shape {
            Shape::Plain => {
                number(components(&Masked { local: self, mask }), &mut part);
                let on_cycle = |&u: &u32| self.is_txn[u as usize] && part[u as usize] != NONE;
                return (0..n as u32).filter(on_cycle).collect();
            }
            Shape::NonAdjacent => {
                let mut pairs = vec![NONE; 2 * n];
                number(components(&Alternating { local: self, mask }), &mut pairs);
                let closes = |u: u32, to: u32| {
                    let free = pairs[2 * u as usize];
                    free != NONE && free == pairs[2 * to as usize + 1]
                };
                return self.rw_starts(closes);
            }
            Shape::Single | Shape::Any => {
                let mask = mask | Label::Rw.bit();
                number(components(&Masked { local: self, mask }), &mut part);
            }
        }
        self.rw_starts(|u, to| part[u as usize] != NONE && part[u as usize] == part[to as usize])
    }

    fn rw_starts(&self, closes: impl Fn(u32, u32) -> bool) -> Vec<u32> {
        let has = |&u: &u32| {
            let mut rw = self
                .successors(u)
                .iter()
                .filter(|(_, label)| *label == Label::Rw);
            self.is_txn[u as usize] && rw.any(|&(to, _)| closes(u, to))
        };
        (0..self.nodes.len() as u32).filter(has).collect()
    }

    /// Starts whose anti-dependency leads back to them over allowed edges: some
    /// of them if there are any, none if there are none, `None` if the work ran out.
    fn witnesses(&self, starts: &[u32], mask: u8, left: &mut u64) -> Option<Vec<u32>> {
        let masked = Masked { local: self, mask };
        // Nodes in the order of their components, sources first.
        let mut order: Vec<u32> = Vec::with_capacity(self.nodes.len());
        let mut part = vec![0u32; self.nodes.len()];
        let mut parts = 0;
        numbered(&masked, |component| {
            for &node in component {
                part[node as usize] = parts;
            }
            order.extend_from_slice(component);
            parts += 1;
        });
        order.reverse();
        let mut jumps: Vec<(u32, u32)> = Vec::new();
        for &u in starts {
            for &(to, label) in self.successors(u) {
                if label == Label::Rw {
                    if part[u as usize] == part[to as usize] {
                        return Some(vec![u]);
                    }
                    // A component's number is larger than those it leads to.
                    if part[to as usize] > part[u as usize] {
                        jumps.push((to, u));
                    }
                }
            }
        }
        jumps.sort_unstable();
        let mut seen = vec![0u64; parts as usize];
        let mut rest = jumps.as_slice();
        while !rest.is_empty() {
            let mut used = 0;
            seen.fill(0);
            for (bit, run) in rest.chunk_by(|a, b| a.0 == b.0).take(64).enumerate() {
                seen[part[run[0].0 as usize] as usize] |= 1 << bit;
                used += run.len();
            }
            *left = left.saturating_sub(self.edges.len() as u64 + 1);
            if *left == 0 {
                return None;
            }
            for &node in &order {
                let mine = seen[part[node as usize] as usize];
                if mine != 0 {
                    for &(to, label) in self.successors(node) {
                        if label.bit() & mask != 0 {
                            seen[part[to as usize] as usize] |= mine;
                        }
                    }
                }
            }
            let batch = rest[..used].chunk_by(|a, b| a.0 == b.0);
            let mut witnesses = Vec::new();
            for (bit, run) in batch.enumerate() {
                let back = |&&(_, u): &&(u32, u32)| seen[part[u as usize] as usize] >> bit & 1 == 1;
                witnesses.extend(run.iter().filter(back).map(|&(_, u)| u));
            }
            if !witnesses.is_empty() {
                return Some(witnesses);
            }
            rest = &rest[used..];
        }
        Some(Vec::new())
    }
}

/// Breadth-first search over (node, state); hubs and barriers cost nothing.
struct Bfs<'a> {
    local: &'a Local,
    shape: Shape,
    mask: u8,
    /// Round in which a pair was last reached.
    stamp: Vec<u32>,
    from: Vec<u32>,
    steps: Vec<u32>,
    round: u32,
    queue: VecDeque<(u32, u32)>,
}

const START: u32 = u32::MAX;

impl<'a> Bfs<'a> {
    fn new(local: &'a Local, shape: Shape, mask: u8) -> Bfs<'a> {
        let pairs = 2 * local.nodes.len();
        Bfs {
            local,
            shape,
            mask,
            stamp: vec![0; pairs],
            from: vec![START; pairs],
            steps: vec![0; pairs],
            round: 0,
            queue: VecDeque::new(),
        }
    }

    /// A shortest cycle through `start` with at most `limit` transactions.
    fn cycle_from(&mut self, start: u32, limit: u32, left: &mut u64) -> Option<Vec<u32>> {
        self.round += 1;
        self.queue.clear();
        for &(to, label) in self.local.successors(start) {
            *left = left.saturating_sub(1);
            let state = if self.shape.starts_with_rw() {
                if label != Label::Rw {
                    continue;
                }
                1
            } else if label.bit() & self.mask == 0 {
                continue;
            } else {
                0
            };
            self.reach(2 * to + state, START, 1);
        }
        while let Some((pair, steps)) = self.queue.pop_front() {
            if self.steps[pair as usize] < steps {
                continue;
            }
            let (node, state) = (pair / 2, (pair % 2) as u8);
            if node == start {
                let simple = self.trace(start, pair);
                if simple.is_some() {
                    return simple;
                }
                continue;
            }
            for &(to, label) in self.local.successors(node) {
                *left = left.saturating_sub(1);
                let Some(next) = self.shape.step(state, label, self.mask) else {
                    continue;
                };
                // The cycle closes with an edge that may stand before an rw.
                if to == start && self.shape == Shape::NonAdjacent && next == 1 {
                    continue;
                }
                let cost = steps + u32::from(label != Label::Onward);
                if cost <= limit {
                    self.reach(2 * to + u32::from(next), pair, cost);
                }
            }
            if *left == 0 {
                return None;
            }
        }
        None
    }

    fn reach(&mut self, pair: u32, from: u32, steps: u32) {
        let at = pair as usize;
        if self.stamp[at] == self.round && self.steps[at] <= steps {
            return;
        }
        self.stamp[at] = self.round;
        self.from[at] = from;
        self.steps[at] = steps;
        let onward = from != START && self.steps[from as usize] == steps;
        if onward {
            self.queue.push_front((pair, steps));
        } else {
            self.queue.push_back((pair, steps));
        }
    }

    /// The transactions on the way to `end`, unless one is there twice.
    fn trace(&self, start: u32, end: u32) -> Option<Vec<u32>> {
        let mut cycle = Vec::new();
        let mut pair = self.from[end as usize];
        while pair != START {
            let node = pair / 2;
            if self.local.is_txn[node as usize] {
                cycle.push(node);
            }
            pair = self.from[pair as usize];
        }
        cycle.push(start);
        cycle.reverse();
        if self.shape == Shape::NonAdjacent {
            let mut sorted = cycle.clone();
            sorted.sort_unstable();
            if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
                return None;
            }
        }
        Some(cycle)
    }
}
