//! The cycles of a graph, by class.
//!
//! Every component is searched from the most to the least severe class. A
//! class that one found there implies is left out: a G-single-item *is* a
//! G2-item, so saying so would say nothing.
//!
//! ```text
//!            only data         + process order     + realtime order
//! ww         G0            →   G0-process          G0-realtime
//! + wr       G1c           →   G1c-process         G1c-realtime
//! ─────────────────────────────────────────────────────────────────
//! one rw     G-single-item →   G-single-item-process   …-realtime
//! no two rw  G-nonadjacent-item …                      a class implies those
//! any rw     G2-item            …                      below it in its block,
//!                                                      and those to its right
//! ```
//!
//! Classes with predicates (G-single, G-nonadjacent, G2) need predicate reads,
//! which these workloads do not have.

use super::case::{Case, Cycle, Findings};
use super::components::{Walk, components};
use super::explain::Inference;
use super::graph::{Graph, Label};
use super::history::History;
use super::models;
use super::search::{Cutter, Found, Local, Shape};

/// Which orders take part beside the data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lens {
    /// Data dependencies only.
    Data,
    /// And what each client did one after the other.
    Process,
    /// And what had completed before another began.
    Realtime,
}

const WW: u8 = Label::Ww.bit();
const WR: u8 = WW | Label::Wr.bit();

/// The classes, most severe first: name by lens, shape, allowed labels.
const CLASSES: [([&str; 3], Shape, u8); 5] = [
    (["G0", "G0-process", "G0-realtime"], Shape::Plain, WW),
    (["G1c", "G1c-process", "G1c-realtime"], Shape::Plain, WR),
    (
        [
            "G-single-item",
            "G-single-item-process",
            "G-single-item-realtime",
        ],
        Shape::Single,
        WR,
    ),
    (
        [
            "G-nonadjacent-item",
            "G-nonadjacent-item-process",
            "G-nonadjacent-item-realtime",
        ],
        Shape::NonAdjacent,
        WR,
    ),
    (
        ["G2-item", "G2-item-process", "G2-item-realtime"],
        Shape::Any,
        WR,
    ),
];

/// All names of cycle classes.
pub fn class_names() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().flat_map(|(names, ..)| names.iter().copied())
}

fn implies(a: usize, b: usize) -> bool {
    a <= b && (a < 2) == (b < 2)
}

/// Finds cycles in the graph of one history.
pub struct Cycles<'a, 'h> {
    history: &'h History,
    inference: &'a dyn Inference,
    cutter: Cutter,
}

struct Whole<'a, 'h>(&'a Graph<'h>);

impl Walk for Whole<'_, '_> {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    #[inline]
    fn next(&self, node: u32, i: u32) -> Option<(u32, u32)> {
        self.0.successor(node, i).map(|(to, _)| (to, i + 1))
    }
}

impl<'a, 'h> Cycles<'a, 'h> {
    /// For a history and what was inferred from it.
    pub fn new(history: &'h History, inference: &'a dyn Inference) -> Cycles<'a, 'h> {
        Cycles {
            history,
            inference,
            cutter: Cutter::default(),
        }
    }

    /// The cyclic parts of a graph.
    pub fn components(graph: &Graph<'_>) -> Vec<Vec<u32>> {
        components(&Whole(graph))
    }

    /// Every class of cycle in these components.
    pub fn find(&mut self, graph: &Graph<'_>, parts: &[Vec<u32>], lens: Lens) -> Findings {
        let mut findings = Findings::default();
        for part in parts {
            let local = self.cutter.cut(graph, part, self.inference.strength());
            self.search(&local, lens, &mut findings);
        }
        findings
    }

    fn search(&self, local: &Local, lens: Lens, findings: &mut Findings) {
        let mut redundant = [[false; 3]; CLASSES.len()];
        let mut here: Vec<&'static str> = Vec::new();
        let mut limits: Vec<(&'static str, u64)> = Vec::new();
        let variants: &[Lens] = match lens {
            Lens::Data => &[Lens::Data],
            _ => &[Lens::Data, lens],
        };
        for &variant in variants {
            let extra = match variant {
                Lens::Data => 0,
                Lens::Process => Label::Process.bit(),
                Lens::Realtime => Label::Realtime.bit(),
            };
            for (class, (names, shape, mask)) in CLASSES.iter().enumerate() {
                let name = names[variant as usize];
                if redundant[class][variant as usize] {
                    continue;
                }
                let mut accept = |cycle: &[u32]| classify(&self.labels(cycle, lens)) == name;
                match local.find(*shape, mask | extra, &mut accept) {
                    Found::Nothing => continue,
                    Found::GaveUp(steps) => {
                        limits.push((name, steps));
                        continue;
                    }
                    Found::Cycle(txns) => {
                        here.push(name);
                        let component = local.txns();
                        let labels = self.labels(&txns, lens);
                        let cycle = Cycle {
                            txns,
                            labels,
                            component,
                        };
                        findings.add(name, Case::Cycle(turned(cycle)));
                    }
                }
                for (weaker, flags) in redundant.iter_mut().enumerate() {
                    if implies(class, weaker) {
                        let right = flags.iter_mut().skip(variant as usize);
                        right.for_each(|flag| *flag = true);
                    }
                }
            }
        }
        // What could not be decided matters only if it would rule out more.
        let ruled_out = models::ruled_out(here.iter().copied());
        for (wanted, steps) in limits {
            if !models::ruled_out_by(wanted).minus(ruled_out).is_empty() {
                let component = local.transactions();
                let case = Case::SearchLimit {
                    wanted,
                    component,
                    steps,
                };
                findings.add("cycle-search-limit", case);
            }
        }
    }

    /// The label by which each transaction of a cycle comes before the next.
    pub fn labels(&self, cycle: &[u32], lens: Lens) -> Vec<Label> {
        let next = cycle.iter().cycle().skip(1);
        cycle
            .iter()
            .zip(next)
            .map(|(&a, &b)| self.label(a, b, lens))
            .collect()
    }

    fn label(&self, a: u32, b: u32, lens: Lens) -> Label {
        let strength = self.inference.strength();
        let explained = |label: &Label| self.inference.explain(a, b, *label).is_some();
        if let Some(label) = strength.into_iter().find(explained) {
            return label;
        }
        let (ta, tb) = (
            &self.history.txns[a as usize],
            &self.history.txns[b as usize],
        );
        // The process order is part of the realtime order; which of the two a
        // step stands for depends on which of them was searched.
        if lens == Lens::Process && ta.process == tb.process && a < b {
            Label::Process
        } else {
            Label::Realtime
        }
    }
}

/// The class of a cycle, from its labels.
pub fn classify(labels: &[Label]) -> &'static str {
    let count = |label: Label| labels.iter().filter(|&&l| l == label).count();
    let rw = count(Label::Rw);
    let pairs = labels.iter().zip(labels.iter().cycle().skip(1));
    let adjacent = pairs
        .filter(|&(&a, &b)| a == Label::Rw && b == Label::Rw)
        .count()
        > 0;
    let class = match rw {
        0 if count(Label::Wr) == 0 => 0,
        0 => 1,
        1 => 2,
        _ if !adjacent => 3,
        _ => 4,
    };
    let variant = if count(Label::Realtime) > 0 {
        2
    } else {
        usize::from(count(Label::Process) > 0)
    };
    CLASSES[class].0[variant]
}

/// The same cycle, begun at its earliest transaction.
fn turned(mut cycle: Cycle) -> Cycle {
    let first = cycle.txns.iter().enumerate().min_by_key(|&(_, txn)| txn);
    let first = first.map_or(0, |(i, _)| i);
    cycle.txns.rotate_left(first);
    cycle.labels.rotate_left(first);
    cycle
}
