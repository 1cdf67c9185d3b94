//! Everything that is wrong with a history, whatever model is asked for.
//!
//! 1. Infer the version orders and the data dependencies.
//! 2. Look for components in the graph with the realtime order. It contains
//!    every other graph that is looked at, so if it has no cycle, none has.
//! 3. Otherwise search the cycles three times: over the data alone, with the
//!    process order, with the realtime order. A model is judged by the graph
//!    that it speaks of.

use super::case::{Case, Findings};
use super::cycles::{Cycles, Lens};
use super::explain::{Inference, process_edges};
use super::graph::Graph;
use super::history::{History, Workload};
use super::list_append::ListOrders;
use super::models::{self, Model, ModelSet};
use super::registers::{RegisterOptions, RegisterOrders};

/// What was found.
pub struct Analysis<'h> {
    /// The history.
    pub history: &'h History,
    /// What was inferred from it.
    pub inference: Box<dyn Inference + 'h>,
    /// Anomalies that need no cycle.
    pub local: Findings,
    /// Cycles by lens.
    pub cycles: [Findings; 3],
    /// Transactions in cyclic components, and components, with the realtime order.
    pub cyclic: (usize, usize),
}

impl<'h> Analysis<'h> {
    /// Analyse a history.
    pub fn new(history: &'h History, options: &RegisterOptions) -> Analysis<'h> {
        match history.workload {
            Workload::ListAppend => {
                let orders = ListOrders::infer(history);
                let local = orders.anomalies();
                Analysis::of(history, Box::new(orders), local)
            }
            Workload::RwRegister => {
                let orders = RegisterOrders::infer(history, options);
                let local = orders.anomalies();
                Analysis::of(history, Box::new(orders), local)
            }
        }
    }

    fn of(history: &'h History, inference: Box<dyn Inference + 'h>, local: Findings) -> Self {
        let mut analysis = Analysis {
            history,
            inference,
            local,
            cycles: Default::default(),
            cyclic: (0, 0),
        };
        if let Some(cases) = analysis.local.by_type.get("duplicate-appends").cloned() {
            // Without unique writes nothing can be inferred from anything.
            analysis.local = Findings::default();
            analysis.local.by_type.insert("duplicate-appends", cases);
            return analysis;
        }
        analysis.search();
        analysis
    }

    fn search(&mut self) {
        let history = self.history;
        let edges = self.inference.edges();
        let data = edges.any;
        let mut graph = Graph::new(history, edges);
        graph.with_realtime(true);
        let realtime_parts = Cycles::components(&graph);
        if !realtime_parts.is_empty() {
            let in_parts = realtime_parts.iter().flatten();
            let txns = in_parts.filter(|&&node| graph.is_txn(node)).count();
            self.cyclic = (txns, realtime_parts.len());
            let mut cycles = Cycles::new(history, &*self.inference);
            let realtime = cycles.find(&graph, &realtime_parts, Lens::Realtime);
            graph.with_realtime(false);
            let parts = Cycles::components(&graph);
            let plain = cycles.find(&graph, &parts, Lens::Data);
            drop(graph);
            let mut edges = self.inference.edges();
            process_edges(history, &mut edges);
            let graph = Graph::new(history, edges);
            let parts = Cycles::components(&graph);
            let process = cycles.find(&graph, &parts, Lens::Process);
            self.cycles = [plain, process, realtime];
        }
        let any = [
            data,
            data || self.any_process_edge(),
            data || history.barriers > 0,
        ];
        for (findings, any) in self.cycles.iter_mut().zip(any) {
            if !any {
                findings.add("empty-transaction-graph", Case::EmptyGraph);
            }
        }
    }

    fn any_process_edge(&self) -> bool {
        let mut edges = super::graph::Edges::new(self.history.txns.len());
        process_edges(self.history, &mut edges);
        edges.any
    }

    /// What counts for a model.
    pub fn findings(&self, lens: Lens) -> Findings {
        let mut all = self.local.clone();
        if !self.local.by_type.contains_key("duplicate-appends") {
            all.absorb(&self.cycles[lens as usize]);
        }
        all
    }

    /// What was found under any lens.
    pub fn everything(&self) -> Findings {
        let mut all = self.local.clone();
        for cycles in &self.cycles {
            for (name, cases) in &cycles.by_type {
                if !all.by_type.contains_key(name) && *name != "empty-transaction-graph" {
                    all.by_type.insert(name, cases.clone());
                }
            }
        }
        all
    }
}

/// The graph that a model speaks of.
pub fn lens_of(model: Model) -> Lens {
    if model.needs_realtime() {
        Lens::Realtime
    } else if model.needs_process() {
        Lens::Process
    } else {
        Lens::Data
    }
}

/// Whether a history satisfies what was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Valid {
    /// Nothing prohibited was found.
    Yes,
    /// Something prohibited was found.
    No,
    /// One cannot tell.
    Unknown,
}

/// The verdict for one or several models together.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether all of them hold.
    pub valid: Valid,
    /// The anomalies that count, and why one cannot tell.
    pub anomalies: Findings,
    /// The weakest models that what was found rules out.
    pub not: ModelSet,
    /// The stronger ones that fall with them.
    pub also_not: ModelSet,
}

impl Verdict {
    /// Judge an analysis.
    pub fn of(analysis: &Analysis<'_>, models: &[Model]) -> Verdict {
        let lens = models.iter().map(|&model| lens_of(model)).max();
        let found = analysis.findings(lens.unwrap_or(Lens::Data));
        let prohibited = |name: &str| models.iter().any(|model| model.prohibits(name));
        let unknown = |name: &str| models::UNKNOWN.contains(&name);
        let mut anomalies = Findings::default();
        for (name, cases) in &found.by_type {
            if prohibited(name) || unknown(name) {
                anomalies.by_type.insert(name, cases.clone());
            }
        }
        let valid = if anomalies.types().any(prohibited) {
            Valid::No
        } else if anomalies.by_type.is_empty() {
            Valid::Yes
        } else {
            Valid::Unknown
        };
        let out = match valid {
            Valid::Yes => ModelSet::EMPTY,
            _ => models::ruled_out(found.types()),
        };
        let not = out.weakest();
        Verdict {
            valid,
            anomalies,
            not,
            also_not: out.minus(not),
        }
    }
}
