//! Histories of simulated databases with a chosen weakness, for tests and benchmarks.
//!
//! Clients begin transactions, a database runs them, and the answers come back later, so that
//! transactions overlap:
//!
//! ```text
//! client 0   invoke ───── run ───── ok
//! client 1        invoke ───────────── run ── ok
//! ```
//!
//! Everything follows from the seed. What each weakness breaks is known, so a checker that does
//! not find it is wrong.

use std::fmt::Write as _;

/// What the database does wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// Nothing, and nothing overlaps.
    Serial,
    /// Nothing: every transaction takes effect at one moment between call and answer.
    Nothing,
    /// Transactions that only read may see an old state.
    StaleReads,
    /// Reads come from a snapshot, and writes to what changed since are refused.
    Snapshots,
    /// Reads come from a snapshot, and nothing is refused.
    LostUpdates,
    /// Whole lists are written back as they were in the snapshot.
    Clobber,
    /// What an aborted transaction wrote stays.
    DirtyAborts,
    /// Others see what a transaction wrote before it is done.
    Intermediate,
}

/// What a history is made of.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The weakness.
    pub weakness: Weakness,
    /// Which part of the transactions is run weakly.
    pub weak: f64,
    /// How many transactions.
    pub txns: u32,
    /// Keys in use at a time.
    pub keys: u32,
    /// Clients at a time.
    pub clients: u32,
    /// Part of the transactions that abort.
    pub fail: f64,
    /// Part of the transactions whose answer is lost; half of them take effect.
    pub info: f64,
    /// Where all chance comes from.
    pub seed: u64,
}

impl Plan {
    /// A history of `txns` transactions as a test of Jepsen makes it.
    pub fn new(weakness: Weakness, txns: u32, seed: u64) -> Plan {
        Plan {
            weakness,
            weak: 1.0,
            txns,
            keys: 10,
            clients: if weakness == Weakness::Serial { 1 } else { 10 },
            fail: 0.0,
            info: 0.0,
            seed,
        }
    }

    /// The history in JSON lines.
    pub fn json(&self) -> String {
        let mut out = String::new();
        Simulation::new(*self).run(|event| event.json(&mut out));
        out
    }
}

/// One operation of a transaction, perhaps with what was read.
#[derive(Clone, Debug)]
pub enum Mop {
    /// An append.
    Append(u32, u32),
    /// A read; the list once it is known.
    Read(u32, Option<Vec<u32>>),
}

/// One line of a history.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    index: u64,
    ty: &'static str,
    process: u32,
    mops: &'a [Mop],
}

impl Event<'_> {
    fn json(&self, out: &mut String) {
        let Event {
            index, ty, process, ..
        } = self;
        let time = index * 100_000;
        let _ = write!(
            out,
            "{{\"index\":{index},\"time\":{time},\"type\":\"{ty}\",\"process\":{process},\"f\":\"txn\",\"value\":["
        );
        for (i, mop) in self.mops.iter().enumerate() {
            out.push_str(if i > 0 { "," } else { "" });
            let _ = match mop {
                Mop::Append(key, element) => write!(out, "[\"append\",{key},{element}]"),
                Mop::Read(key, None) => write!(out, "[\"r\",{key},null]"),
                Mop::Read(key, Some(list)) => {
                    let list: Vec<String> = list.iter().map(u32::to_string).collect();
                    write!(out, "[\"r\",{key},[{}]]", list.join(","))
                }
            };
        }
        out.push_str("]}\n");
    }
}

/// A small generator of chance (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u32) -> u32 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u32
    }

    /// Yes with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        (self.bits() >> 11) as f64 / ((1u64 << 53) as f64) < probability
    }
}

struct Running {
    mops: Vec<Mop>,
    /// Lengths of all lists it touches when it began.
    began: Vec<(u32, usize)>,
    outcome: &'static str,
    done: bool,
    weak: bool,
    /// Operations of it that took effect already (seen by others half done).
    applied: usize,
}

struct Simulation {
    plan: Plan,
    chance: Chance,
    lists: Vec<Vec<u32>>,
    /// Elements appended to each key so far.
    used: Vec<u32>,
    active: Vec<u32>,
    index: u64,
}

/// Appends to a key before another one takes its place.
const APPENDS: u32 = 32;

impl Simulation {
    fn new(plan: Plan) -> Simulation {
        Simulation {
            plan,
            chance: Chance(plan.seed),
            lists: vec![Vec::new(); plan.keys as usize],
            used: vec![0; plan.keys as usize],
            active: (0..plan.keys).collect(),
            index: 0,
        }
    }

    fn run(&mut self, mut emit: impl FnMut(Event<'_>)) {
        let clients = self.plan.clients as usize;
        let mut running: Vec<Option<Running>> = (0..clients).map(|_| None).collect();
        let mut processes: Vec<u32> = (0..self.plan.clients).collect();
        let (mut begun, mut open) = (0, 0);
        while begun < self.plan.txns || open > 0 {
            let client = self.chance.below(clients as u32) as usize;
            let process = processes[client];
            match running[client].take() {
                None if begun < self.plan.txns => {
                    begun += 1;
                    open += 1;
                    let txn = self.begin();
                    emit(self.event("invoke", process, &txn.mops));
                    running[client] = Some(txn);
                }
                None => {}
                Some(mut txn) if !txn.done => {
                    self.step(&mut txn);
                    running[client] = Some(txn);
                }
                Some(txn) => {
                    open -= 1;
                    let mops: Vec<Mop> = match txn.outcome {
                        "ok" => txn.mops,
                        _ => txn.mops.into_iter().map(unread).collect(),
                    };
                    emit(self.event(txn.outcome, process, &mops));
                    if txn.outcome == "info" {
                        processes[client] += self.plan.clients;
                    }
                }
            }
        }
    }

    fn event<'a>(&mut self, ty: &'static str, process: u32, mops: &'a [Mop]) -> Event<'a> {
        self.index += 1;
        Event {
            index: self.index - 1,
            ty,
            process,
            mops,
        }
    }

    fn begin(&mut self) -> Running {
        let mut mops = Vec::new();
        for _ in 0..1 + self.chance.below(4) {
            // Each key is twice as busy as the one before it.
            let mut slot = self.active.len() - 1;
            while slot > 0 && self.chance.happens(0.5) {
                slot -= 1;
            }
            let key = self.active[slot];
            if self.chance.happens(0.5) {
                mops.push(Mop::Read(key, None));
                continue;
            }
            self.used[key as usize] += 1;
            mops.push(Mop::Append(key, self.used[key as usize]));
            if self.used[key as usize] == APPENDS {
                self.active[slot] = self.lists.len() as u32;
                self.lists.push(Vec::new());
                self.used.push(0);
            }
        }
        let began = mops
            .iter()
            .map(key_of)
            .map(|key| (key, self.lists[key as usize].len()));
        let began = began.collect();
        let outcome = if self.chance.happens(self.plan.fail) {
            "fail"
        } else if self.chance.happens(self.plan.info) {
            "info"
        } else {
            "ok"
        };
        Running {
            mops,
            began,
            outcome,
            done: false,
            weak: self.chance.happens(self.plan.weak),
            applied: 0,
        }
    }

    fn step(&mut self, txn: &mut Running) {
        let weakness = if txn.weak {
            self.plan.weakness
        } else {
            Weakness::Nothing
        };
        let lost = txn.outcome == "fail" && weakness != Weakness::DirtyAborts
            || txn.outcome == "info" && self.chance.happens(0.5);
        if weakness == Weakness::Intermediate && !lost {
            // One operation at a time, for all to see.
            self.apply(&mut txn.mops[txn.applied], None);
            txn.applied += 1;
            txn.done = txn.applied == txn.mops.len();
            return;
        }
        txn.done = true;
        if lost {
            return;
        }
        let reads_only = txn.mops.iter().all(|mop| matches!(mop, Mop::Read(..)));
        let behind: Option<&[(u32, usize)]> = match weakness {
            Weakness::StaleReads if reads_only => Some(&txn.began),
            Weakness::Snapshots | Weakness::LostUpdates | Weakness::Clobber => Some(&txn.began),
            _ => None,
        };
        let stale = |mop: &Mop, lists: &[Vec<u32>]| {
            let length = |key: u32| {
                txn.began
                    .iter()
                    .find(|(k, _)| *k == key)
                    .map(|(_, len)| *len)
            };
            matches!(mop, Mop::Append(key, _) if length(*key) != Some(lists[*key as usize].len()))
        };
        if weakness == Weakness::Snapshots && txn.mops.iter().any(|mop| stale(mop, &self.lists)) {
            txn.outcome = "fail";
            return;
        }
        let mut own: Vec<(u32, u32)> = Vec::new();
        for mop in &mut txn.mops {
            let view = behind.map(|began| {
                let key = key_of(mop);
                // Stale reads look back beyond the begin of the transaction.
                let back = match weakness {
                    Weakness::StaleReads => self.chance.below(3) as usize,
                    _ => 0,
                };
                let length = began
                    .iter()
                    .find(|(k, _)| *k == key)
                    .map_or(0, |(_, len)| *len);
                let length = length.saturating_sub(back);
                let own = own
                    .iter()
                    .filter(|(k, _)| *k == key)
                    .map(|(_, element)| *element);
                (length, own.collect::<Vec<u32>>())
            });
            if let Mop::Append(key, element) = mop {
                own.push((*key, *element));
            }
            match (weakness, &mop, view) {
                (Weakness::Clobber, Mop::Append(key, element), Some((length, own))) => {
                    let list = &mut self.lists[*key as usize];
                    list.truncate(length.min(list.len()));
                    list.extend(own);
                    list.push(*element);
                }
                (_, _, view) => self.apply(mop, view),
            }
        }
    }

    /// Run one operation now, or, a read, on a list of this length with these elements behind it.
    fn apply(&mut self, mop: &mut Mop, view: Option<(usize, Vec<u32>)>) {
        match mop {
            Mop::Append(key, element) => self.lists[*key as usize].push(*element),
            Mop::Read(key, seen) => {
                let list = &self.lists[*key as usize];
                *seen = Some(match view {
                    None => list.clone(),
                    Some((length, own)) => list.iter().take(length).copied().chain(own).collect(),
                });
            }
        }
    }
}

fn key_of(mop: &Mop) -> u32 {
    match mop {
        Mop::Append(key, _) | Mop::Read(key, _) => *key,
    }
}

fn unread(mop: Mop) -> Mop {
    match mop {
        Mop::Read(key, _) => Mop::Read(key, None),
        append => append,
    }
}
