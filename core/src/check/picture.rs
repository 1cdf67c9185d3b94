//! The pictures of a report as plain data: what stands where in the order of
//! things, not in pixels. The page and the HTML report draw the same.

use serde::Serialize;

use super::analysis::Analysis;
use super::atom::Atom;
use super::case::{Case, Cycle};
use super::graph::Label;
use super::history::{History, Mop, NONE, Outcome};
use super::models::{Model, ModelSet};
use super::words::Words;

/// Lists longer than this are shown from shortly before where they differ.
const CELLS: usize = 24;
/// Bars of a timeline beside those of its case.
const BESIDE: usize = 40;

/// A cycle: boxes in a ring.
#[derive(Clone, Debug, Serialize)]
pub struct CyclePicture {
    /// The transactions, in the order of the cycle.
    pub nodes: Vec<CycleNode>,
    /// The edge that leaves each of them, to the next one.
    pub edges: Vec<CycleEdge>,
}

/// A transaction of a cycle.
#[derive(Clone, Debug, Serialize)]
pub struct CycleNode {
    /// Its name.
    pub name: String,
    /// Its operations in short; those that the cycle rests on are marked.
    pub operations: Vec<(String, bool)>,
    /// Where it stands in the file.
    pub lines: String,
}

/// Why one comes before the next.
#[derive(Clone, Debug, Serialize)]
pub struct CycleEdge {
    /// The kind.
    pub label: Label,
    /// The key it rests on, if any.
    pub key: Option<String>,
}

impl CyclePicture {
    /// Draw a cycle.
    pub fn new(analysis: &Analysis<'_>, words: &Words<'_>, cycle: &Cycle) -> CyclePicture {
        let n = cycle.txns.len();
        let mut marked: Vec<Vec<u32>> = vec![Vec::new(); n];
        let mut edges = Vec::with_capacity(n);
        for i in 0..n {
            let next = (i + 1) % n;
            let step = analysis
                .inference
                .explain(cycle.txns[i], cycle.txns[next], cycle.labels[i]);
            if let Some(step) = &step {
                marked[i].push(step.from_mop);
                marked[next].push(step.to_mop);
            }
            edges.push(CycleEdge {
                label: cycle.labels[i],
                key: step.map(|step| analysis.history.show_key(step.key)),
            });
        }
        let nodes = cycle.txns.iter().zip(marked).map(|(&txn, marked)| {
            let operations = (0u32..).zip(words.operations(txn));
            CycleNode {
                name: words.name(txn),
                operations: operations
                    .map(|(i, text)| (text, marked.contains(&i)))
                    .collect(),
                lines: words.lines(txn),
            }
        });
        CyclePicture {
            nodes: nodes.collect(),
            edges,
        }
    }
}

/// Lists of one key under each other.
#[derive(Clone, Debug, Serialize)]
pub struct ListPicture {
    /// The key.
    pub key: String,
    /// Elements left out before the first cell.
    pub skipped: u32,
    /// Where the lists differ first, counted from the first cell.
    pub differ: Option<u32>,
    /// The lists.
    pub rows: Vec<ListRow>,
}

/// One list.
#[derive(Clone, Debug, Serialize)]
pub struct ListRow {
    /// Who read it, or what it is.
    pub label: String,
    /// The elements and who wrote each.
    pub cells: Vec<ListCell>,
    /// Elements left out after the last cell.
    pub more: u32,
}

/// One element.
#[derive(Clone, Debug, Serialize)]
pub struct ListCell {
    /// The element.
    pub element: String,
    /// Who wrote it, if anybody did.
    pub writer: Option<String>,
    /// Whether its writer aborted.
    pub aborted: bool,
}

impl ListPicture {
    /// The lists that a case is about, if it is about lists.
    pub fn of(analysis: &Analysis<'_>, words: &Words<'_>, case: &Case) -> Option<ListPicture> {
        let history = analysis.history;
        let list_of = |txn: u32, mop: u32| match history.mops(txn)[mop as usize] {
            Mop::List { branch, len, .. } if branch != NONE => {
                Some(history.lists.list(branch, len))
            }
            _ => None,
        };
        let key_of = |txn: u32, mop: u32| history.mops(txn)[mop as usize].key();
        let (key, rows) = match case {
            Case::IncompatibleOrder { key, values, reads } => {
                let label = |read: Option<(u32, u32)>| match read {
                    Some((txn, _)) => format!("{} read", words.name(txn)),
                    None => "installed".to_owned(),
                };
                let [a, b] = values;
                (
                    *key,
                    vec![(label(reads[0]), a.clone()), (label(reads[1]), b.clone())],
                )
            }
            Case::BadRead {
                reader: txn, mop, ..
            }
            | Case::DuplicateElements { txn, mop, .. }
            | Case::Unwritten { txn, mop, .. }
            | Case::FutureRead { txn, mop, .. } => (
                key_of(*txn, *mop),
                vec![(format!("{} read", words.name(*txn)), list_of(*txn, *mop)?)],
            ),
            Case::Internal {
                txn,
                mop,
                expected,
                open: false,
            } => {
                let read = list_of(*txn, *mop)?;
                let rows = vec![
                    ("expected".to_owned(), expected.clone()),
                    (format!("{} read", words.name(*txn)), read),
                ];
                (key_of(*txn, *mop), rows)
            }
            Case::DirtyUpdate { key, values, .. } => {
                (*key, vec![("version order".to_owned(), values.clone())])
            }
            _ => return None,
        };
        Some(ListPicture::rows(analysis, words, key, rows))
    }

    fn rows(
        analysis: &Analysis<'_>,
        words: &Words<'_>,
        key: u32,
        rows: Vec<(String, Vec<Atom>)>,
    ) -> ListPicture {
        let longest = rows.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
        let differ = match rows.as_slice() {
            [(_, a), (_, b)] => Some(a.iter().zip(b).take_while(|(a, b)| a == b).count()),
            _ => None,
        };
        let end = differ.unwrap_or(longest);
        let skipped = if longest > CELLS {
            end.saturating_sub(CELLS / 2)
        } else {
            0
        };
        let skipped = skipped.min(longest.saturating_sub(CELLS));
        let cell = |element: Atom| {
            let writer = analysis.inference.writer_of(key, element);
            let outcome = writer.map(|txn| analysis.history.txns[txn as usize].outcome);
            ListCell {
                element: analysis.history.atoms.show(element),
                writer: writer.map(|txn| words.name(txn)),
                aborted: outcome == Some(Outcome::Fail),
            }
        };
        let rows = rows.into_iter().map(|(label, list)| {
            let rest = list.get(skipped..).unwrap_or(&[]);
            let shown = &rest[..rest.len().min(CELLS)];
            ListRow {
                label,
                cells: shown.iter().map(|&element| cell(element)).collect(),
                more: (rest.len() - shown.len()) as u32,
            }
        });
        ListPicture {
            key: analysis.history.show_key(key),
            skipped: skipped as u32,
            differ: differ.map(|at| (at - skipped) as u32),
            rows: rows.collect(),
        }
    }
}

/// Transactions over time, one lane for each client.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline {
    /// Start and end in nanoseconds; the numbers of lines if the history has no times.
    pub span: (f64, f64),
    /// Whether the positions are times.
    pub timed: bool,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Transactions in this span that are not shown.
    pub hidden: u32,
}

/// One client.
#[derive(Clone, Debug, Serialize)]
pub struct Lane {
    /// Its name.
    pub client: String,
    /// Its transactions, in order.
    pub bars: Vec<Bar>,
}

/// One transaction.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub from: f64,
    /// Where it ends; the end of the span if it never completed.
    pub to: f64,
    /// Its operations in short.
    pub operations: String,
    /// Whether the case is about it.
    pub chosen: bool,
    /// `ok`, `fail` or `info`.
    pub outcome: &'static str,
}

impl Timeline {
    /// The transactions of a case, and some that ran beside them.
    pub fn around(history: &History, words: &Words<'_>, chosen: &[u32]) -> Timeline {
        let timed = history.txns.iter().any(|txn| txn.complete_time != 0);
        let place = |txn: u32| {
            let t = &history.txns[txn as usize];
            if timed {
                (t.invoke_time as f64, t.complete_time as f64)
            } else {
                let line =
                    |line: u32, other: u32| f64::from(if line == NONE { other } else { line });
                (
                    line(t.invoke_line, t.complete_line),
                    line(t.complete_line, t.invoke_line),
                )
            }
        };
        let start = chosen
            .iter()
            .map(|&txn| place(txn).0)
            .fold(f64::INFINITY, f64::min);
        let end = chosen
            .iter()
            .map(|&txn| place(txn).1)
            .fold(f64::NEG_INFINITY, f64::max);
        let mut shown: Vec<u32> = chosen.to_vec();
        let (mut beside, mut hidden) = (0, 0);
        let first = chosen.iter().min().copied().unwrap_or(0);
        let last = chosen.iter().max().copied().unwrap_or(0);
        // A long-running neighbour began before the first of the case.
        let from = first.saturating_sub(BESIDE as u32);
        for txn in from..(last + BESIDE as u32).min(history.txns.len() as u32) {
            let (a, b) = place(txn);
            if chosen.contains(&txn) || b < start || a > end {
                continue;
            }
            if beside < BESIDE {
                beside += 1;
                shown.push(txn);
            } else {
                hidden += 1;
            }
        }
        shown.sort_unstable();
        shown.dedup();
        let mut lanes: Vec<(u32, Lane)> = Vec::new();
        let mut until = end;
        for &txn in &shown {
            let t = &history.txns[txn as usize];
            let (from, to) = place(txn);
            until = until.max(to);
            let bar = Bar {
                name: words.name(txn),
                from,
                to: if t.complete_line == NONE {
                    f64::INFINITY
                } else {
                    to
                },
                operations: words.operations(txn).join(", "),
                chosen: chosen.contains(&txn),
                outcome: match t.outcome {
                    Outcome::Ok => "ok",
                    Outcome::Fail => "fail",
                    Outcome::Info => "info",
                },
            };
            match lanes.iter_mut().find(|(process, _)| *process == t.process) {
                Some((_, lane)) => lane.bars.push(bar),
                None => {
                    let client = history.atoms.show(history.processes.atom(t.process));
                    lanes.push((
                        t.process,
                        Lane {
                            client,
                            bars: vec![bar],
                        },
                    ));
                }
            }
        }
        let from = shown.iter().map(|&txn| place(txn).0).fold(start, f64::min);
        let mut lanes: Vec<Lane> = lanes.into_iter().map(|(_, lane)| lane).collect();
        for bar in lanes.iter_mut().flat_map(|lane| &mut lane.bars) {
            bar.to = bar.to.min(until);
        }
        Timeline {
            span: (from, until.max(from + 1.0)),
            timed,
            lanes,
            hidden,
        }
    }
}

/// How a model fares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Among the strongest that nothing rules out: you are here.
    Strongest,
    /// Not ruled out.
    Possible,
    /// Among the weakest that are violated.
    Violated,
    /// Ruled out with a weaker one.
    RuledOut,
    /// Not ruled out, but nothing that is detected could do it on its own.
    NotTested,
}

/// All models and how they fare.
#[derive(Clone, Debug, Serialize)]
pub struct ModelMap {
    /// The models, stronger rows first.
    pub models: Vec<ModelPlace>,
    /// Which directly implies which, by place in `models`.
    pub implies: Vec<(u32, u32)>,
    /// How many rows there are.
    pub rows: u32,
}

/// One model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelPlace {
    /// Its name.
    pub name: &'static str,
    /// Its name as people write it.
    pub title: String,
    /// How it fares.
    pub standing: Standing,
    /// Row, from the strongest.
    pub row: u32,
    /// Place in the row, from 0 to 1.
    pub across: f64,
    /// Whether it belongs to the usual picture; the others are one click away.
    pub usual: bool,
}

/// The models of the usual picture with their rows and places; the sessions
/// and single-object models complete it.
const LAYOUT: [(&str, u32, f64, bool); 36] = [
    ("strong-serializable", 0, 0.50, true),
    ("strong-session-serializable", 1, 0.22, true),
    ("strong-snapshot-isolation", 1, 0.76, true),
    ("serializable", 2, 0.22, true),
    ("strong-session-snapshot-isolation", 2, 0.74, true),
    ("update-serializable", 3, 0.16, true),
    ("snapshot-isolation", 3, 0.56, true),
    ("forward-consistent-view", 4, 0.18, true),
    ("prefix", 4, 0.50, true),
    ("parallel-snapshot-isolation", 4, 0.84, true),
    ("repeatable-read", 5, 0.10, true),
    ("consistent-view", 5, 0.38, true),
    ("causal-cerone", 5, 0.64, true),
    ("update-atomic", 5, 0.90, true),
    ("cursor-stability", 6, 0.11, true),
    ("monotonic-view", 6, 0.39, true),
    ("read-atomic", 6, 0.80, true),
    ("monotonic-snapshot-read", 7, 0.22, true),
    ("monotonic-atomic-view", 7, 0.78, true),
    ("read-committed", 8, 0.46, true),
    ("read-uncommitted", 9, 0.46, true),
    ("strong-read-committed", 10, 0.25, false),
    ("strong-session-read-committed", 10, 0.75, false),
    ("strong-read-uncommitted", 11, 0.25, false),
    ("strong-session-read-uncommitted", 11, 0.75, false),
    ("linearizable", 12, 0.15, false),
    ("sequential", 12, 0.42, false),
    ("causal", 12, 0.74, false),
    ("PRAM", 13, 0.10, false),
    ("writes-follow-reads", 13, 0.40, false),
    ("read-your-writes", 13, 0.76, false),
    ("monotonic-reads", 14, 0.17, false),
    ("monotonic-writes", 14, 0.50, false),
    ("view-serializable", 14, 0.83, false),
    ("session-serializable", 15, 0.25, false),
    ("1SR", 15, 0.60, false),
];

impl ModelMap {
    /// The map for what is ruled out and what is strongest of the rest.
    pub fn new(ruled_out: ModelSet, strongest: ModelSet, all: ModelSet) -> ModelMap {
        let weakest = ruled_out.weakest();
        let standing = |model: Model| {
            if weakest.contains(model) {
                Standing::Violated
            } else if ruled_out.contains(model) {
                Standing::RuledOut
            } else if !model.is_tested_on_its_own() {
                Standing::NotTested
            } else if strongest.contains(model) {
                Standing::Strongest
            } else {
                Standing::Possible
            }
        };
        let placed: Vec<(Model, ModelPlace)> = LAYOUT
            .iter()
            .filter_map(|&(name, row, across, usual)| {
                let model = Model::named(name).filter(|&model| all.contains(model))?;
                let place = ModelPlace {
                    name,
                    title: model.title(),
                    standing: standing(model),
                    row,
                    across,
                    usual,
                };
                Some((model, place))
            })
            .collect();
        let mut implies = Vec::new();
        for (i, (model, _)) in (0u32..).zip(&placed) {
            for below in model.below() {
                // A line that two others already draw is left out.
                let through =
                    |m: Model| m != *model && m != below && model.implies(m) && m.implies(below);
                if !placed.iter().any(|(m, _)| through(*m)) {
                    let to = placed.iter().position(|(m, _)| *m == below);
                    implies.extend(to.map(|to| (i, to as u32)));
                }
            }
        }
        ModelMap {
            rows: LAYOUT.iter().map(|(_, row, ..)| row + 1).max().unwrap_or(0),
            models: placed.into_iter().map(|(_, place)| place).collect(),
            implies,
        }
    }
}
