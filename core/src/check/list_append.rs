//! List-append: every read shows the order of the versions.
//!
//! A list that was read as `[1 2 3]` was `[]`, `[1]`, `[1 2]` before, in that
//! order, so the longest read of a key orders all appends it contains.
//!
//! ```text
//! key 7, longest read [1 2 3]        T1 appended 1, T2 appended 2, …
//!
//!   group 0      group 1      group 2      group 3      not read
//!     []  ─ T1 ▶   [1]  ─ T2 ▶  [1 2] ─ T3 ▶ [1 2 3]   ─ T4, T5 ▶
//!   readers      readers      readers      readers
//! ```
//!
//! 1. The version order of a key is its longest read (the first, of equals); of
//!    a key with a single append and no read, that append; or what the history
//!    itself says.
//! 2. `ww`: who appended the element before mine comes before me. An append
//!    that no read shows comes after all that one does.
//! 3. `wr`: who appended the last element that I read comes before me.
//! 4. `rw`: who read the list that ends with the element before mine comes
//!    before me.
//! 5. Aborted transactions have no edges. Indeterminate ones have; their reads
//!    of nothing count for nothing.
//!
//! Left out: edges from elements that only an incompatible read shows.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::atom::Atom;
use super::case::{Case, Findings};
use super::elements::Elements;
use super::explain::{DataStep, Inference, Version};
use super::graph::{Edges, Label};
use super::history::{History, Mop, NONE, Outcome};

/// Everything inferred from the lists of a history.
#[derive(Debug)]
pub struct ListOrders<'h> {
    history: &'h History,
    elements: Elements,
    /// The version orders, one after the other; `start[key] ‥ start[key + 1]`.
    order: Vec<Atom>,
    start: Vec<u32>,
    /// Tip of the chosen path through the key's lists, or `NONE`.
    tip: Vec<u32>,
    /// Place in the version order by slot, or `NONE`.
    place: Vec<u32>,
    /// Readers by group; group `start[key] + key + i` read `i` elements.
    readers: Vec<u32>,
    readers_start: Vec<u32>,
}

impl<'h> ListOrders<'h> {
    /// Infer the version orders.
    pub fn infer(history: &'h History) -> ListOrders<'h> {
        let elements = Elements::index(history);
        let mut orders = ListOrders {
            history,
            place: vec![NONE; elements.slots()],
            elements,
            order: Vec::new(),
            start: Vec::with_capacity(history.keys.len() + 1),
            tip: vec![NONE; history.keys.len()],
            readers: Vec::new(),
            readers_start: Vec::new(),
        };
        orders.choose();
        orders.group_readers();
        orders
    }

    /// Choose each key's version order.
    fn choose(&mut self) {
        let history = self.history;
        for (b, branch) in history.lists.branches.iter().enumerate() {
            let tip = &mut self.tip[branch.key as usize];
            if *tip == NONE || history.lists.branches[*tip as usize].tip() < branch.tip() {
                *tip = b as u32;
            }
        }
        let single = self.single_appends();
        let mut given: Vec<Option<&[Atom]>> = vec![None; history.keys.len()];
        for (key, order) in &history.orders {
            given[*key as usize] = Some(order);
        }
        for key in 0..history.keys.len() as u32 {
            let from = self.order.len();
            self.start.push(from as u32);
            let tip = self.tip[key as usize];
            if let Some(order) = given[key as usize] {
                self.order.extend_from_slice(order);
                self.tip[key as usize] = NONE;
            } else if tip != NONE {
                let branch = &history.lists.branches[tip as usize];
                if branch.parent == NONE {
                    self.order.extend_from_slice(&branch.own);
                } else {
                    self.order.extend(history.lists.list(tip, branch.tip()));
                }
            } else if let Some(only) = single[key as usize] {
                self.order.push(only);
            }
            self.place_elements(key, from);
        }
        self.start.push(self.order.len() as u32);
    }

    /// Note where each element stands; drop repetitions.
    fn place_elements(&mut self, key: u32, from: usize) {
        let mut kept = from;
        let mut unwritten: Vec<Atom> = Vec::new();
        for at in from..self.order.len() {
            let element = self.order[at];
            match self.elements.slot(key, element) {
                Some(slot) if self.place[slot as usize] == NONE => {
                    self.place[slot as usize] = (kept - from) as u32;
                }
                Some(_) => continue,
                None if unwritten.contains(&element) => continue,
                // A few are looked through one by one; beyond that they are all kept.
                None if unwritten.len() < 64 => unwritten.push(element),
                None => {}
            }
            self.order[kept] = element;
            kept += 1;
        }
        if kept < self.order.len() {
            self.order.truncate(kept);
            // Places in the lists and in the order now differ.
            self.tip[key as usize] = NONE;
        }
    }

    /// The element of each key with exactly one append that may have taken place.
    fn single_appends(&self) -> Vec<Option<Atom>> {
        let mut count = vec![(0u32, Atom::NIL); self.history.keys.len()];
        for txn in 0..self.history.txns.len() as u32 {
            if self.history.possible(txn) {
                for mop in self.history.mops(txn) {
                    if let Mop::Write { key, value } = *mop {
                        let (n, only) = &mut count[key as usize];
                        *n += 1;
                        *only = value;
                    }
                }
            }
        }
        let single = |(n, only)| (n == 1).then_some(only);
        count.into_iter().map(single).collect()
    }

    fn order(&self, key: u32) -> &[Atom] {
        let (from, to) = (self.start[key as usize], self.start[key as usize + 1]);
        &self.order[from as usize..to as usize]
    }

    fn group(&self, key: u32, len: u32) -> u32 {
        self.start[key as usize] + key + len
    }

    /// The group that a read belongs to, if its last element is in the order.
    #[inline]
    fn group_of_read(&self, key: u32, branch: u32, len: u32) -> Option<u32> {
        if len == 0 {
            return Some(self.group(key, 0));
        }
        let tip = self.tip[key as usize];
        if tip != NONE && self.history.lists.is_prefix((branch, len), (tip, len)) {
            return Some(self.group(key, len));
        }
        let last = self.history.lists.element(branch, len);
        let slot = self.elements.slot(key, last)?;
        let place = self.place[slot as usize];
        (place != NONE).then(|| self.group(key, place + 1))
    }

    fn observations(&self, txn: u32) -> impl Iterator<Item = u32> + '_ {
        let counts = self.history.possible(txn);
        let committed = self.history.committed(txn);
        let mops = self.history.mops(txn).iter().filter(move |_| counts);
        mops.filter_map(move |mop| match *mop {
            Mop::List { branch: NONE, .. } if !committed => None,
            Mop::List { key, branch, len } => self.group_of_read(key, branch, len),
            _ => None,
        })
    }

    fn group_readers(&mut self) {
        let groups = self.order.len() + self.history.keys.len();
        let mut start = vec![0u32; groups + 2];
        let txns = self.history.txns.len() as u32;
        for txn in 0..txns {
            for group in self.observations(txn) {
                start[group as usize + 2] += 1;
            }
        }
        for i in 2..start.len() {
            start[i] += start[i - 1];
        }
        let mut readers = vec![NONE; start[groups + 1] as usize];
        for txn in 0..txns {
            for group in self.observations(txn) {
                let at = &mut start[group as usize + 1];
                readers[*at as usize] = txn;
                *at += 1;
            }
        }
        start.pop();
        self.readers = readers;
        self.readers_start = start;
    }

    /// Who read the list of this group; sorted, perhaps with repetitions.
    fn readers(&self, group: u32) -> &[u32] {
        let from = self.readers_start[group as usize] as usize;
        let to = self.readers_start[group as usize + 1] as usize;
        &self.readers[from..to]
    }

    /// The possible transaction that wrote an element.
    #[inline]
    fn writer(&self, key: u32, element: Atom) -> Option<u32> {
        let writer = self.elements.writer(self.elements.slot(key, element)?);
        self.history.possible(writer).then_some(writer)
    }

    /// The place of an append in its key's version order: how many elements
    /// come before it for certain.
    #[inline]
    fn position(&self, key: u32, element: Atom) -> (u32, bool) {
        let slot = self.elements.slot(key, element);
        match slot.map(|slot| self.place[slot as usize]) {
            Some(place) if place != NONE => (place, true),
            _ => (self.order(key).len() as u32, false),
        }
    }

    /// All data dependencies.
    fn dependencies(&self) -> Edges {
        let mut edges = Edges::new(self.history.txns.len());
        let mut unread: Vec<(u32, u32)> = Vec::new();
        for txn in 0..self.history.txns.len() as u32 {
            if !self.history.possible(txn) {
                continue;
            }
            for mop in self.history.mops(txn) {
                match *mop {
                    Mop::Write { key, value } => {
                        let (before, read) = self.position(key, value);
                        if let Some(writer) = self.writer_before(key, before) {
                            edges.add_other(writer, txn, Label::Ww);
                        }
                        if read {
                            for &reader in self.readers(self.group(key, before)) {
                                edges.add_other(reader, txn, Label::Rw);
                            }
                        } else {
                            unread.push((key, txn));
                        }
                    }
                    Mop::List { key, branch, len } if len > 0 => {
                        let last = self.history.lists.element(branch, len);
                        if let Some(writer) = self.writer(key, last) {
                            edges.add_other(writer, txn, Label::Wr);
                        }
                    }
                    _ => {}
                }
            }
        }
        unread.sort_unstable();
        unread.dedup();
        for run in unread.chunk_by(|a, b| a.0 == b.0) {
            let key = run[0].0;
            let writers: Vec<u32> = run.iter().map(|&(_, txn)| txn).collect();
            let mut readers = self
                .readers(self.group(key, self.order(key).len() as u32))
                .to_vec();
            readers.dedup();
            edges.add_all(&readers, &writers, Label::Rw);
        }
        edges
    }

    fn writer_before(&self, key: u32, before: u32) -> Option<u32> {
        let previous = self.order(key)[..before as usize].last()?;
        self.writer(key, *previous)
    }

    /// The anomalies that need no cycle.
    pub fn anomalies(&self) -> Findings {
        let mut findings = Findings::default();
        for &(key, value, a, b) in &self.elements.duplicates {
            let txns = [a, b];
            findings.add(
                "duplicate-appends",
                Case::DuplicateWrites { key, value, txns },
            );
        }
        let marks = self.mark_branches();
        let mut updaters = Updaters::default();
        for txn in 0..self.history.txns.len() as u32 {
            if self.history.possible(txn) {
                self.check_reads(txn, &marks, &mut findings);
                self.check_own_order(txn, &mut findings);
            }
            if self.history.committed(txn) {
                self.check_within(txn, &mut updaters, &mut findings);
            }
        }
        self.dirty_updates(&mut findings);
        self.incompatible_orders(&mut findings);
        let mut lost: Vec<_> = updaters.shared.into_iter().collect();
        lost.sort_unstable();
        for ((key, ..), (read, txns)) in lost {
            findings.add("lost-update", Case::LostUpdate { key, read, txns });
        }
        findings
    }

    /// For each branch, the first place with an aborted element, with one that
    /// nobody wrote, and with one that was there before.
    fn mark_branches(&self) -> Vec<[u32; 3]> {
        let branches = &self.history.lists.branches;
        let mut marks: Vec<[u32; 3]> = Vec::with_capacity(branches.len());
        let mut seen = vec![NONE; self.elements.slots()];
        let mut prefix: Vec<Atom> = Vec::new();
        for (b, branch) in branches.iter().enumerate() {
            let mut mark = [NONE; 3];
            if branch.parent != NONE {
                for (mine, parents) in mark.iter_mut().zip(marks[branch.parent as usize]) {
                    *mine = if parents < branch.fork { parents } else { NONE };
                }
                prefix = self.history.lists.list(branch.parent, branch.fork);
                for &element in &prefix {
                    if let Some(slot) = self.elements.slot(branch.key, element) {
                        seen[slot as usize] = b as u32;
                    }
                }
            } else {
                prefix.clear();
            }
            let mut unwritten: HashMap<Atom, (), FxBuildHasher> = HashMap::default();
            for &element in &prefix {
                if self.elements.slot(branch.key, element).is_none() {
                    unwritten.insert(element, ());
                }
            }
            for (i, &element) in branch.own.iter().enumerate() {
                let at = branch.fork + i as u32;
                let again = match self.elements.slot(branch.key, element) {
                    Some(slot) => {
                        let writer = self.elements.writer(slot);
                        let outcome = self.history.txns[writer as usize].outcome;
                        if outcome == Outcome::Fail {
                            mark[0] = mark[0].min(at);
                        }
                        std::mem::replace(&mut seen[slot as usize], b as u32) == b as u32
                    }
                    None => {
                        mark[1] = mark[1].min(at);
                        unwritten.insert(element, ()).is_some()
                    }
                };
                if again {
                    mark[2] = mark[2].min(at);
                }
            }
            marks.push(mark);
        }
        marks
    }

    /// G1a, G1b, repeated and unwritten elements.
    fn check_reads(&self, txn: u32, marks: &[[u32; 3]], findings: &mut Findings) {
        let committed = self.history.committed(txn);
        for (mop, read) in (0u32..).zip(self.history.mops(txn)) {
            let Mop::List { key, branch, len } = *read else {
                continue;
            };
            if len == 0 {
                continue;
            }
            let [aborted, unwritten, again] = marks[branch as usize];
            if committed {
                if aborted < len {
                    for element in self.history.lists.list(branch, len) {
                        let slot = self.elements.slot(key, element);
                        let writer = slot.map(|slot| self.elements.writer(slot));
                        if let Some(writer) = writer.filter(|&w| !self.history.possible(w)) {
                            let reader = txn;
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
                    }
                }
                let element = self.history.lists.element(branch, len);
                if let Some(slot) = self.elements.slot(key, element)
                    && self.elements.is_intermediate(slot)
                    && self.elements.writer(slot) != txn
                {
                    let writer = self.elements.writer(slot);
                    let reader = txn;
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
            if unwritten < len {
                let element = self.history.lists.element(branch, unwritten + 1);
                findings.add("unwritten-element", Case::Unwritten { txn, mop, element });
            }
            if again < len {
                findings.add_with("duplicate-elements", || {
                    let mut list = self.history.lists.list(branch, len);
                    list.sort_unstable();
                    let runs = list.chunk_by(|a, b| a == b).filter(|run| run.len() > 1);
                    let duplicates = runs.map(|run| (run[0], run.len() as u32)).collect();
                    Case::DuplicateElements {
                        txn,
                        mop,
                        duplicates,
                    }
                });
            }
        }
    }

    /// A transaction's appends to one key must show in the order it made them.
    fn check_own_order(&self, txn: u32, findings: &mut Findings) {
        // Key, last place, and whether a later append stands before it.
        let mut last: Vec<(u32, u32, bool)> = Vec::new();
        for mop in self.history.mops(txn) {
            let Mop::Write { key, value } = *mop else {
                continue;
            };
            let (place, read) = self.position(key, value);
            match last.iter_mut().rev().take(64).find(|(k, ..)| *k == key) {
                Some((_, before, turned)) if read => {
                    *turned |= place < *before;
                    *before = place;
                }
                None if read => last.push((key, place, false)),
                _ => {}
            }
        }
        for (key, ..) in last.into_iter().filter(|(.., turned)| *turned) {
            let own = self.history.mops(txn).iter().filter_map(|mop| match *mop {
                Mop::Write { key: k, value } if k == key => Some(value),
                _ => None,
            });
            let own: Vec<Atom> = own.collect();
            let mut shown = own.clone();
            shown.sort_by_key(|&value| self.position(key, value).0);
            let values = [own, shown];
            findings.add("incompatible-order", Case::OwnOrder { txn, key, values });
        }
    }

    /// Internal reads, future reads, and who replaced what they read.
    fn check_within(&self, txn: u32, updaters: &mut Updaters, findings: &mut Findings) {
        let mops = self.history.mops(txn);
        if mops.len() < 2 {
            return;
        }
        if mops.len() > 16 {
            let mut by_key: HashMap<u32, Vec<u32>, FxBuildHasher> = HashMap::default();
            for (i, mop) in (0u32..).zip(mops) {
                by_key.entry(mop.key()).or_default().push(i);
            }
            let mut internal: Option<Case> = None;
            let mut future: Option<Case> = None;
            let mut keys: Vec<Vec<u32>> = by_key.into_values().collect();
            keys.sort_unstable();
            for on_key in keys.iter().filter(|on_key| on_key.len() > 1) {
                let (i, f) = self.check_key(txn, on_key, updaters);
                internal = earliest(internal, i);
                future = earliest(future, f);
            }
            internal
                .into_iter()
                .for_each(|case| findings.add("internal", case));
            future
                .into_iter()
                .for_each(|case| findings.add("future-read", case));
            return;
        }
        let mut internal: Option<Case> = None;
        let mut future: Option<Case> = None;
        let mut on_key: Vec<u32> = Vec::new();
        for (i, mop) in mops.iter().enumerate() {
            let key = mop.key();
            let again = |m: &Mop| m.key() == key;
            if mops[..i].iter().any(again) || !mops[i + 1..].iter().any(again) {
                continue;
            }
            on_key.clear();
            let rest = (0u32..).zip(mops).filter(|(_, m)| m.key() == key);
            on_key.extend(rest.map(|(j, _)| j));
            let (int, fut) = self.check_key(txn, &on_key, updaters);
            internal = earliest(internal, int);
            future = earliest(future, fut);
        }
        internal
            .into_iter()
            .for_each(|case| findings.add("internal", case));
        future
            .into_iter()
            .for_each(|case| findings.add("future-read", case));
    }

    /// The operations of one transaction on one key.
    fn check_key(
        &self,
        txn: u32,
        on_key: &[u32],
        updaters: &mut Updaters,
    ) -> (Option<Case>, Option<Case>) {
        let mops = self.history.mops(txn);
        let lists = &self.history.lists;
        let (mut internal, mut future) = (None, None);
        // What the next read must show: a known list or an unknown one, and
        // the own appends behind it.
        let mut known: Option<(u32, u32)> = None;
        let mut own: Vec<Atom> = Vec::new();
        let mut first_read: Option<u32> = None;
        let mut updated = false;
        let mut reads: Vec<(u32, u32, u32)> = Vec::new();
        for &i in on_key {
            match mops[i as usize] {
                Mop::Write { key, value } => {
                    own.push(value);
                    if let Some(read) = first_read
                        && !updated
                    {
                        updated = true;
                        updaters.note(key, mops[read as usize], (txn, read));
                    }
                    let early = reads.iter().find(|&&(_, branch, len)| {
                        len > 0 && self.contains(key, branch, len, value)
                    });
                    if let Some(&(mop, ..)) = early
                        && future.is_none()
                    {
                        let element = value;
                        future = Some(Case::FutureRead { txn, mop, element });
                    }
                }
                Mop::List { branch, len, .. } => {
                    first_read.get_or_insert(i);
                    if internal.is_none() && (known.is_some() || !own.is_empty()) {
                        let before = known.map_or(0, |(_, len)| len);
                        let wanted = before + own.len() as u32;
                        let fits = (len == wanted || known.is_none() && len >= wanted)
                            && known.is_none_or(|known| lists.is_prefix(known, (branch, len)))
                            && (0u32..).zip(&own).all(|(j, element)| {
                                let at = len - own.len() as u32 + j + 1;
                                lists.element(branch, at) == *element
                            });
                        if !fits {
                            let mut expected =
                                known.map_or(Vec::new(), |(branch, len)| lists.list(branch, len));
                            expected.extend_from_slice(&own);
                            internal = Some(Case::Internal {
                                txn,
                                mop: i,
                                expected,
                                open: known.is_none(),
                            });
                        }
                    }
                    // A committed read of nil has seen the empty list.
                    known = Some(if len == 0 { (0, 0) } else { (branch, len) });
                    own.clear();
                    reads.push((i, branch, len));
                }
                Mop::Read { .. } => {}
            }
        }
        (internal, future)
    }

    /// Whether a list that was read contains an element.
    fn contains(&self, key: u32, branch: u32, len: u32, element: Atom) -> bool {
        let tip = self.tip[key as usize];
        if tip != NONE && self.history.lists.is_prefix((branch, len), (tip, len)) {
            let slot = self.elements.slot(key, element);
            return slot.is_some_and(|slot| self.place[slot as usize] < len);
        }
        self.history.lists.list(branch, len).contains(&element)
    }

    fn dirty_updates(&self, findings: &mut Findings) {
        for key in 0..self.history.keys.len() as u32 {
            let order = self.order(key);
            // Where the aborted stretch that nothing committed has ended began.
            let mut aborted: Option<(usize, u32)> = None;
            for (i, &element) in order.iter().enumerate() {
                let Some(slot) = self.elements.slot(key, element) else {
                    continue;
                };
                let writer = self.elements.writer(slot);
                match (self.history.txns[writer as usize].outcome, aborted) {
                    (Outcome::Fail, None) => aborted = Some((i, writer)),
                    (Outcome::Ok, Some((from, first))) => {
                        let values = order[from..=i].to_vec();
                        let txns = [first, writer];
                        findings.add("dirty-update", Case::DirtyUpdate { key, values, txns });
                        aborted = None;
                    }
                    _ => {}
                }
            }
        }
    }

    fn incompatible_orders(&self, findings: &mut Findings) {
        let lists = &self.history.lists;
        let mut done = vec![false; self.history.keys.len()];
        let given = |key: u32| self.history.orders.iter().any(|(k, _)| *k == key);
        for (b, branch) in lists.branches.iter().enumerate() {
            let key = branch.key;
            if done[key as usize] {
                continue;
            }
            let other = if given(key) {
                // The database's own order is the measure.
                let read = lists.list(b as u32, branch.tip());
                let order = self.order(key);
                if order.starts_with(&read) {
                    continue;
                }
                order.to_vec()
            } else if branch.parent != NONE {
                lists.list(branch.parent, lists.branches[branch.parent as usize].tip())
            } else {
                continue;
            };
            done[key as usize] = true;
            let mut values = [other, lists.list(b as u32, branch.tip())];
            values.sort_by_key(Vec::len);
            let reads = [self.read_of(key, &values[0]), self.read_of(key, &values[1])];
            findings.add_with("incompatible-order", || Case::IncompatibleOrder {
                key,
                values,
                reads,
            });
        }
    }

    /// A read that shows this list.
    fn read_of(&self, key: u32, list: &[Atom]) -> Option<(u32, u32)> {
        for txn in 0..self.history.txns.len() as u32 {
            for (i, mop) in (0u32..).zip(self.history.mops(txn)) {
                if let Mop::List {
                    key: k,
                    branch,
                    len,
                } = *mop
                    && k == key
                    && len as usize == list.len()
                    && self.history.lists.list(branch, len) == list
                {
                    return Some((txn, i));
                }
            }
        }
        None
    }
}

/// Of two cases in one transaction, the one that shows first.
fn earliest(a: Option<Case>, b: Option<Case>) -> Option<Case> {
    let at = |case: &Case| match case {
        Case::Internal { mop, .. } | Case::FutureRead { mop, .. } => *mop,
        _ => 0,
    };
    match (a, b) {
        (Some(a), Some(b)) => Some(if at(&b) < at(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The first read of a version that several replaced, and all who did.
type Shared = ((u32, u32), Vec<u32>);

/// Who replaced which version.
#[derive(Default)]
struct Updaters {
    first: HashMap<(u32, u32, u32), (u32, u32), FxBuildHasher>,
    shared: HashMap<(u32, u32, u32), Shared, FxBuildHasher>,
}

impl Updaters {
    fn note(&mut self, key: u32, read: Mop, by: (u32, u32)) {
        let Mop::List { branch, len, .. } = read else {
            return;
        };
        // Nothing there and the empty list are the same version.
        let state = (key, if len == 0 { NONE } else { branch }, len);
        match self.first.get(&state) {
            None => {
                self.first.insert(state, by);
            }
            Some(&first) => {
                let shared = self.shared.entry(state);
                shared
                    .or_insert_with(|| (first, vec![first.0]))
                    .1
                    .push(by.0);
            }
        }
    }
}

impl Inference for ListOrders<'_> {
    fn edges(&self) -> Edges {
        self.dependencies()
    }

    fn explain(&self, from: u32, to: u32, label: Label) -> Option<DataStep> {
        let mops = self.history.mops(to);
        (0u32..)
            .zip(mops)
            .find_map(|(to_mop, mop)| match (label, *mop) {
                (Label::Ww | Label::Rw, Mop::Write { key, value }) => {
                    let (before, _) = self.position(key, value);
                    let previous = self.order(key)[..before as usize].last().copied();
                    let from_mop = match label {
                        Label::Ww if self.writer_before(key, before) == Some(from) => {
                            self.write_of(from, key, previous?)
                        }
                        Label::Rw => self.read_in_group(from, self.group(key, before)),
                        _ => None,
                    }?;
                    Some(DataStep {
                        key,
                        value: previous.map_or(Version::Initial, Version::Value),
                        next: Some(value),
                        from_mop,
                        to_mop,
                    })
                }
                (Label::Wr, Mop::List { key, branch, len }) if len > 0 => {
                    let last = self.history.lists.element(branch, len);
                    (self.writer(key, last) == Some(from)).then_some(())?;
                    Some(DataStep {
                        key,
                        value: Version::Value(last),
                        next: None,
                        from_mop: self.write_of(from, key, last)?,
                        to_mop,
                    })
                }
                _ => None,
            })
    }

    fn is_read(&self, key: u32, value: Atom) -> bool {
        self.position(key, value).1
    }

    fn writer_of(&self, key: u32, value: Atom) -> Option<u32> {
        let slot = self.elements.slot(key, value)?;
        Some(self.elements.writer(slot))
    }

    fn strength(&self) -> [Label; 3] {
        [Label::Ww, Label::Wr, Label::Rw]
    }

    fn undetermined(&self) -> Vec<u32> {
        // A list's appends that nobody read can stand in any order that the
        // graph allows, so an acyclic graph leaves nothing open.
        Vec::new()
    }
}

impl ListOrders<'_> {
    fn write_of(&self, txn: u32, key: u32, value: Atom) -> Option<u32> {
        let wanted = Mop::Write { key, value };
        let mops = self.history.mops(txn);
        mops.iter().position(|&mop| mop == wanted).map(|i| i as u32)
    }

    fn read_in_group(&self, txn: u32, group: u32) -> Option<u32> {
        let committed = self.history.committed(txn);
        let in_group = |mop: &Mop| match *mop {
            Mop::List { branch: NONE, .. } if !committed => false,
            Mop::List { key, branch, len } => self.group_of_read(key, branch, len) == Some(group),
            _ => false,
        };
        let mops = self.history.mops(txn);
        mops.iter().position(in_group).map(|i| i as u32)
    }
}
