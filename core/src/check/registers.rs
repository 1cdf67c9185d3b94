//! Read-write registers: what order the versions had, as far as it shows.
//!
//! A read of a register shows one value and not what came before it, so the
//! order of versions has to be put together, and often stays partial.
//!
//! ```text
//! initial state        nil ─▶ every value
//! writes follow reads  T reads 3, then writes 5          3 ─▶ 5
//! sequential keys      one client met 3, later 5         3 ─▶ 5
//! linearizable keys    3 was met before 5 was begun      3 ─▶ 5
//! given                the history says 3, 5             3 ─▶ 5
//! ```
//!
//! 1. Each source gives edges between versions of a key. A source whose edges
//!    make a version precede itself is reported (`cyclic-versions`) and left
//!    out; the others stay.
//! 2. `wr`: who wrote the value that I read first comes before me.
//! 3. `ww` and `rw`: for each edge between versions, who wrote the earlier one,
//!    and who read it first, come before who wrote the later one last.
//! 4. Only committed transactions have edges: what an indeterminate one read is
//!    not known.
//!
//! Left out: deriving further versions from the transactions' order. A key
//! whose order has more than one possible reading is named `undetermined`.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::atom::Atom;
use super::case::{Case, Findings};
use super::components::{Walk, components};
use super::elements::Elements;
use super::explain::{DataStep, Inference, Version};
use super::graph::{Edges, Label};
use super::history::{History, Mop, NONE};
use super::version_order;

/// What may be assumed about single keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegisterOptions {
    /// Within a transaction, what is written comes after what was read.
    pub writes_follow_reads: bool,
    /// Each key alone is sequentially consistent: the process order counts.
    pub sequential_keys: bool,
    /// Each key alone is linearizable: the realtime order counts.
    pub linearizable_keys: bool,
}

impl Default for RegisterOptions {
    fn default() -> Self {
        RegisterOptions {
            writes_follow_reads: true,
            sequential_keys: false,
            linearizable_keys: false,
        }
    }
}

/// Everything inferred from the registers of a history.
#[derive(Debug)]
pub struct RegisterOrders<'h> {
    history: &'h History,
    elements: Elements,
    /// Versions: the value, by version; a key's run begins with its initial state.
    values: Vec<Atom>,
    /// First version by key.
    start: Vec<u32>,
    numbers: HashMap<(u32, Atom), u32, FxBuildHasher>,
    /// Edges between versions, sorted.
    order: Vec<(u32, u32)>,
    /// Committed transactions whose first contact with a version is a read of it.
    readers: ByVersion,
    /// Committed transactions that wrote it last.
    writers: ByVersion,
    cyclic: Findings,
}

/// Transactions by version, compressed.
#[derive(Debug, Default)]
struct ByVersion {
    start: Vec<u32>,
    txns: Vec<u32>,
}

impl ByVersion {
    fn new(versions: usize, pairs: &[(u32, u32)]) -> ByVersion {
        let mut start = vec![0u32; versions + 2];
        for &(version, _) in pairs {
            start[version as usize + 2] += 1;
        }
        for i in 2..start.len() {
            start[i] += start[i - 1];
        }
        let mut txns = vec![NONE; pairs.len()];
        for &(version, txn) in pairs {
            let at = &mut start[version as usize + 1];
            txns[*at as usize] = txn;
            *at += 1;
        }
        start.pop();
        ByVersion { start, txns }
    }

    fn get(&self, version: u32) -> &[u32] {
        let v = version as usize;
        &self.txns[self.start[v] as usize..self.start[v + 1] as usize]
    }
}

/// What a transaction shows of one key to the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contact {
    /// Number of the key.
    pub key: u32,
    /// What it read before it wrote: operation and value.
    pub read: Option<(u32, Atom)>,
    /// What it wrote last: operation and value.
    pub write: Option<(u32, Atom)>,
}

/// The contacts of a transaction, in order of first use of the keys.
pub fn contacts(mops: &[Mop], out: &mut Vec<Contact>) {
    out.clear();
    let mut index: HashMap<u32, u32, FxBuildHasher> = HashMap::default();
    let long = mops.len() > 16;
    for (i, mop) in (0u32..).zip(mops) {
        let key = mop.key();
        let known = if long {
            index.get(&key).map(|&at| at as usize)
        } else {
            out.iter().position(|contact| contact.key == key)
        };
        let fresh = known.is_none();
        let at = known.unwrap_or_else(|| {
            out.push(Contact {
                key,
                read: None,
                write: None,
            });
            if long {
                index.insert(key, out.len() as u32 - 1);
            }
            out.len() - 1
        });
        match *mop {
            Mop::Write { value, .. } => out[at].write = Some((i, value)),
            Mop::Read { value, .. } if fresh => out[at].read = Some((i, value)),
            _ => {}
        }
    }
}

impl<'h> RegisterOrders<'h> {
    /// Infer the version orders.
    pub fn infer(history: &'h History, options: &RegisterOptions) -> RegisterOrders<'h> {
        let mut orders = RegisterOrders {
            history,
            elements: Elements::index(history),
            values: Vec::new(),
            start: Vec::new(),
            numbers: HashMap::default(),
            order: Vec::new(),
            readers: ByVersion::default(),
            writers: ByVersion::default(),
            cyclic: Findings::default(),
        };
        orders.number_versions();
        orders.meet();
        let mut sources: Vec<(&'static str, Vec<(u32, u32)>)> = Vec::new();
        sources.push(("initial-state", orders.initial_state_edges()));
        if options.writes_follow_reads {
            sources.push(("wfr-keys", orders.writes_after_reads()));
        }
        let number = |key: u32, value: Atom| orders.numbers.get(&(key, value)).copied();
        if options.sequential_keys {
            let edges = version_order::sequential(history, &number);
            sources.push(("sequential-keys", edges));
        }
        if options.linearizable_keys {
            let edges = version_order::linearizable(history, &number);
            sources.push(("linearizable-keys", edges));
        }
        if !history.orders.is_empty() {
            sources.push(("given", orders.given()));
        }
        orders.combine(sources);
        orders
    }

    /// A number for every version: what was written, read, or said to be.
    fn number_versions(&mut self) {
        let history = self.history;
        let mut met: Vec<(u32, Atom)> = Vec::new();
        for txn in 0..history.txns.len() as u32 {
            if history.possible(txn) {
                met.extend(history.mops(txn).iter().filter_map(|mop| match *mop {
                    Mop::Write { key, value } | Mop::Read { key, value } => Some((key, value)),
                    Mop::List { .. } => None,
                }));
            }
        }
        let said = |(key, order): &(u32, Vec<Atom>)| {
            let key = *key;
            order
                .iter()
                .map(move |&value| (key, value))
                .collect::<Vec<_>>()
        };
        met.extend(history.orders.iter().flat_map(said));
        met.retain(|&(_, value)| value != Atom::NIL);
        met.sort_unstable();
        met.dedup();
        let mut rest = met.as_slice();
        for key in 0..history.keys.len() as u32 {
            self.start.push(self.values.len() as u32);
            self.numbers
                .insert((key, Atom::NIL), self.values.len() as u32);
            self.values.push(Atom::NIL);
            let here = rest.iter().take_while(|(k, _)| *k == key).count();
            for &(key, value) in &rest[..here] {
                self.numbers.insert((key, value), self.values.len() as u32);
                self.values.push(value);
            }
            rest = &rest[here..];
        }
        self.start.push(self.values.len() as u32);
    }

    fn version(&self, key: u32, value: Atom) -> Option<u32> {
        self.numbers.get(&(key, value)).copied()
    }

    fn key_of(&self, version: u32) -> u32 {
        self.start.partition_point(|&start| start <= version) as u32 - 1
    }

    /// Who read and who wrote each version, seen from outside.
    fn meet(&mut self) {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        let mut contacts_of = Vec::new();
        for txn in 0..self.history.txns.len() as u32 {
            if !self.history.committed(txn) {
                continue;
            }
            contacts(self.history.mops(txn), &mut contacts_of);
            for contact in &contacts_of {
                let version = |(_, value)| self.version(contact.key, value);
                reads.extend(contact.read.and_then(version).map(|version| (version, txn)));
                writes.extend(
                    contact
                        .write
                        .and_then(version)
                        .map(|version| (version, txn)),
                );
            }
        }
        self.readers = ByVersion::new(self.values.len(), &reads);
        self.writers = ByVersion::new(self.values.len(), &writes);
    }

    /// Before every version that shows, there was nothing.
    fn initial_state_edges(&self) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        let mut contacts_of = Vec::new();
        for txn in 0..self.history.txns.len() as u32 {
            if !self.history.possible(txn) {
                continue;
            }
            contacts(self.history.mops(txn), &mut contacts_of);
            for contact in &contacts_of {
                let read = contact.read.filter(|_| self.history.committed(txn));
                for (_, value) in read.into_iter().chain(contact.write) {
                    let version = self.version(contact.key, value);
                    if let Some(version) = version.filter(|_| value != Atom::NIL) {
                        edges.push((self.start[contact.key as usize], version));
                    }
                }
            }
        }
        edges
    }

    fn writes_after_reads(&self) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        let mut contacts_of = Vec::new();
        for txn in 0..self.history.txns.len() as u32 {
            if !self.history.committed(txn) {
                continue;
            }
            contacts(self.history.mops(txn), &mut contacts_of);
            for contact in &contacts_of {
                let both = contact.read.zip(contact.write);
                let both = both.filter(|((_, read), _)| *read != Atom::NIL);
                edges.extend(both.and_then(|((_, read), (_, write))| {
                    let (read, write) = (
                        self.version(contact.key, read)?,
                        self.version(contact.key, write)?,
                    );
                    (read != write).then_some((read, write))
                }));
            }
        }
        edges
    }

    fn given(&self) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        for (key, order) in &self.history.orders {
            let mut before = self.start[*key as usize];
            for &value in order {
                if let Some(version) = self.version(*key, value)
                    && version != before
                {
                    edges.push((before, version));
                    before = version;
                }
            }
        }
        edges
    }

    /// Put the sources together, leaving out those that contradict the others.
    fn combine(&mut self, sources: Vec<(&'static str, Vec<(u32, u32)>)>) {
        let mut kept: Vec<&'static str> = Vec::new();
        for (name, edges) in sources {
            let mut all = self.order.clone();
            all.extend(edges);
            all.sort_unstable();
            all.dedup();
            let cycles = components(&Versions::new(self.values.len(), &all));
            if cycles.is_empty() {
                kept.push(name);
                self.order = all;
                continue;
            }
            for cycle in cycles {
                let mut sources = kept.clone();
                sources.push(name);
                let key = self.key_of(cycle[0]);
                let values = cycle.iter().map(|&v| self.values[v as usize]).collect();
                let case = Case::CyclicVersions {
                    key,
                    values,
                    sources,
                };
                self.cyclic.add("cyclic-versions", case);
            }
        }
    }

    fn is_before(&self, earlier: u32, later: u32) -> bool {
        self.order.binary_search(&(earlier, later)).is_ok()
    }

    fn dependencies(&self) -> Edges {
        let mut edges = Edges::new(self.history.txns.len());
        for version in 0..self.values.len() as u32 {
            if let [writer] = self.writers.get(version) {
                for &reader in self.readers.get(version) {
                    edges.add(*writer, reader, Label::Wr);
                }
            }
        }
        for run in self.order.chunk_by(|a, b| a.0 == b.0) {
            let earlier = run[0].0;
            let mut later: Vec<u32> = Vec::new();
            for &(_, version) in run {
                later.extend_from_slice(self.writers.get(version));
            }
            later.sort_unstable();
            later.dedup();
            let (readers, writers) = (self.readers.get(earlier), self.writers.get(earlier));
            let met = !readers.is_empty() || !writers.is_empty();
            edges.any |= met && !later.is_empty();
            edges.add_all(readers, &later, Label::Rw);
            edges.add_all(writers, &later, Label::Ww);
        }
        edges
    }

    /// The anomalies that need no cycle.
    pub fn anomalies(&self) -> Findings {
        let mut findings = self.cyclic.clone();
        for &(key, value, a, b) in &self.elements.duplicates {
            let txns = [a, b];
            findings.add(
                "duplicate-appends",
                Case::DuplicateWrites { key, value, txns },
            );
        }
        let mut replaced: Vec<(u32, Atom, u32, u32)> = Vec::new();
        for txn in 0..self.history.txns.len() as u32 {
            if self.history.committed(txn) {
                self.check_reads(txn, &mut findings);
                self.replacements(txn, &mut replaced);
            }
        }
        replaced.sort_by_key(|&(key, value, txn, _)| (key, value, txn));
        for run in replaced.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            if run.len() > 1 {
                let (key, _, txn, mop) = run[0];
                let txns = run.iter().map(|&(_, _, txn, _)| txn).collect();
                let read = (txn, mop);
                findings.add("lost-update", Case::LostUpdate { key, read, txns });
            }
        }
        findings
    }

    /// G1a, G1b, and reads that contradict their own transaction.
    fn check_reads(&self, txn: u32, findings: &mut Findings) {
        let mut expected: HashMap<u32, Atom, FxBuildHasher> = HashMap::default();
        let mut internal = None;
        for (mop, read) in (0u32..).zip(self.history.mops(txn)) {
            let (key, element) = match *read {
                Mop::Write { key, value } => {
                    expected.insert(key, value);
                    continue;
                }
                Mop::Read { key, value } => (key, value),
                Mop::List { .. } => continue,
            };
            let before = expected.insert(key, element);
            if let Some(before) = before.filter(|b| *b != element) {
                internal.get_or_insert(Case::Internal {
                    txn,
                    mop,
                    expected: vec![before],
                    open: false,
                });
            }
            let Some(slot) = self.elements.slot(key, element) else {
                continue;
            };
            let writer = self.elements.writer(slot);
            let reader = txn;
            if !self.history.possible(writer) {
                findings.add(
                    "G1a",
                    Case::BadRead {
                        reader,
                        mop,
                        writer,
                        element,
                    },
                );
            }
            if self.elements.is_intermediate(slot) && writer != txn {
                findings.add(
                    "G1b",
                    Case::BadRead {
                        reader,
                        mop,
                        writer,
                        element,
                    },
                );
            }
        }
        internal
            .into_iter()
            .for_each(|case| findings.add("internal", case));
    }

    /// The versions that a transaction read first and then replaced.
    fn replacements(&self, txn: u32, out: &mut Vec<(u32, Atom, u32, u32)>) {
        let mut read: HashMap<u32, Option<(u32, Atom)>, FxBuildHasher> = HashMap::default();
        for (i, mop) in (0u32..).zip(self.history.mops(txn)) {
            match *mop {
                Mop::Read { key, value } => {
                    read.entry(key).or_insert(Some((i, value)));
                }
                Mop::Write { key, .. } => {
                    if let Some((mop, value)) = read.get_mut(&key).and_then(Option::take) {
                        out.push((key, value, txn, mop));
                    }
                }
                Mop::List { .. } => {}
            }
        }
    }

    fn contact(&self, txn: u32, key: u32) -> Option<Contact> {
        let mut all = Vec::new();
        contacts(self.history.mops(txn), &mut all);
        all.into_iter().find(|contact| contact.key == key)
    }
}

/// The edges between versions as a graph.
struct Versions<'a> {
    start: Vec<u32>,
    edges: &'a [(u32, u32)],
}

impl<'a> Versions<'a> {
    fn new(versions: usize, edges: &'a [(u32, u32)]) -> Versions<'a> {
        let mut start = vec![0u32; versions + 1];
        for &(from, _) in edges {
            start[from as usize + 1] += 1;
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        Versions { start, edges }
    }
}

impl Walk for Versions<'_> {
    fn nodes(&self) -> usize {
        self.start.len() - 1
    }

    fn next(&self, node: u32, i: u32) -> Option<(u32, u32)> {
        let at = self.start[node as usize] + i;
        let here = at < self.start[node as usize + 1];
        here.then(|| (self.edges[at as usize].1, i + 1))
    }
}

impl Inference for RegisterOrders<'_> {
    fn edges(&self) -> Edges {
        self.dependencies()
    }

    fn explain(&self, from: u32, to: u32, label: Label) -> Option<DataStep> {
        if !self.history.committed(from) || !self.history.committed(to) {
            return None;
        }
        let mut later = Vec::new();
        contacts(self.history.mops(to), &mut later);
        later.iter().find_map(|b| {
            let key = b.key;
            let a = self.contact(from, key)?;
            let (from_side, to_side) = match label {
                Label::Wr => (a.write?, b.read?),
                Label::Ww => (a.write?, b.write?),
                _ => (a.read?, b.write?),
            };
            let fits = if label == Label::Wr {
                from_side.1 == to_side.1
                    && from_side.1 != Atom::NIL
                    && self.writers.get(self.version(key, from_side.1)?).len() == 1
            } else {
                self.is_before(
                    self.version(key, from_side.1)?,
                    self.version(key, to_side.1)?,
                )
            };
            fits.then(|| DataStep {
                key,
                value: match from_side.1 {
                    Atom::NIL => Version::Initial,
                    value => Version::Value(value),
                },
                next: (label != Label::Wr).then_some(to_side.1),
                from_mop: from_side.0,
                to_mop: to_side.0,
            })
        })
    }

    fn is_read(&self, key: u32, value: Atom) -> bool {
        let version = self.version(key, value);
        version.is_some_and(|version| !self.readers.get(version).is_empty())
    }

    fn writer_of(&self, key: u32, value: Atom) -> Option<u32> {
        let slot = self.elements.slot(key, value)?;
        Some(self.elements.writer(slot))
    }

    fn strength(&self) -> [Label; 3] {
        [Label::Wr, Label::Ww, Label::Rw]
    }

    /// Keys whose versions are not in one line.
    fn undetermined(&self) -> Vec<u32> {
        let mut open = Vec::new();
        for key in 0..self.history.keys.len() as u32 {
            let (from, to) = (self.start[key as usize], self.start[key as usize + 1]);
            if to - from > 2 && !self.in_one_line(from, to) {
                open.push(key);
            }
        }
        open
    }
}

impl RegisterOrders<'_> {
    /// Whether the versions `from ‥ to` have exactly one possible order: then
    /// each leads directly to the next one.
    fn in_one_line(&self, from: u32, to: u32) -> bool {
        let first = self.order.partition_point(|&(a, _)| a < from);
        let last = self.order.partition_point(|&(a, _)| a < to);
        let edges = &self.order[first..last];
        let mut before = vec![0u32; (to - from) as usize];
        for &(_, b) in edges {
            before[(b - from) as usize] += 1;
        }
        let mut next = Some(from);
        let mut placed = 0;
        if before.iter().filter(|&&n| n == 0).count() != 1 {
            return false;
        }
        while let Some(version) = next.take() {
            placed += 1;
            let start = edges.partition_point(|&(a, _)| a < version);
            for &(_, b) in edges[start..].iter().take_while(|&&(a, _)| a == version) {
                before[(b - from) as usize] -= 1;
                if before[(b - from) as usize] == 0 && next.replace(b).is_some() {
                    return false;
                }
            }
        }
        placed == to - from
    }
}
