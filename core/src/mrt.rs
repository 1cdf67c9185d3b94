//! # Multi-record transactions: locks, versions, one mark
//!
//! All commands of a transaction succeed together or are rolled back together,
//! over records that live apart, with a client that may vanish at any moment.
//!
//! 1. A write locks its record: a provisional version stands beside the
//!    committed one, and nobody else sees it or writes. There is no waiting.
//! 2. A read is remembered with the version it saw, also a read of nothing.
//! 3. Before its first write, a transaction gets a **monitor record** on the
//!    server; every key is listed there before it is written.
//! 4. Commit: verify that every version read is still current and not held by
//!    another; **mark** the monitor record; roll each record forward; remove
//!    the monitor record. The mark is the commit point: what comes after it is
//!    cleaning up, and the server does it if the client does not.
//! 5. Abort: roll each record back; remove the monitor record. An unmarked
//!    monitor record past its deadline is rolled back by the server.
//!
//! ```text
//!   client t1: reads {y 3:1}, writes {x}         server
//!   ┌──────────────┐  1 verify y 3:1 ──────────► y   3:1 {open}
//!   │ OPEN         │  2 mark         ──────────► <ERO~MRT  keyds [x]  fwd ●
//!   │ VERIFIED     │  3 roll forward x ────────► x   2:1 {70}  ┄► 5:2 {60} t1
//!   │ COMMITTED    │  4 close        ──────────► <ERO~MRT  gone
//!   └──────────────┘
//! ```
//!
//! [`server`] keeps records, monitor records and the clock, and knows
//! transactions by id only. [`txn`] is what the client remembers; [`client`],
//! [`batch`] and [`commit`] are what it does. Time is [`Mrt::tick`], the
//! server's monitor thread is [`Mrt::sweep`], the network is [`fault`].
//!
//! Left out: user-defined functions, record expiry, replication (one node plays
//! all of it), and waiting: a blocked command fails at once.

pub mod batch;
pub mod client;
pub mod commit;
pub mod digest;
pub mod event;
pub mod fault;
pub mod hash;
pub mod id;
pub mod inspect;
#[cfg(test)]
mod laws;
pub mod monitor;
pub mod operate;
pub mod record;
pub mod refused;
pub mod server;
pub mod txn;

use std::fmt;
use std::num::NonZeroU64;

use digest::{Key, Places, UserKey};
use event::{Facts, KeyRef, MrtEvent};
use fault::{Fault, FaultQueue};
use id::IdGenerator;
use monitor::MonitorLimits;
use refused::Reason;
use server::{Server, Swept};
use txn::{BeginOptions, Txn};

/// What `init` says about multi-record transactions.
#[derive(Clone, Debug)]
pub struct Config {
    /// Namespaces, and whether each is strongly consistent.
    pub namespaces: Vec<(Box<str>, bool)>,
    /// Limits of monitor records.
    pub limits: MonitorLimits,
    /// The state in which the generator of ids begins.
    pub txn_seed: NonZeroU64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            namespaces: vec![("test".into(), true)],
            limits: MonitorLimits::default(),
            txn_seed: NonZeroU64::MIN,
        }
    }
}

/// A transaction object of this node: `t1`, `t2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxnHandle(u32);

impl fmt::Display for TxnHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.number())
    }
}

impl TxnHandle {
    /// 1, 2, …
    pub fn number(self) -> u64 {
        u64::from(self.0) + 1
    }
}

/// Clients and server in one.
#[derive(Debug)]
pub struct Mrt {
    /// The server's side.
    pub server: Server,
    /// What happened, for whoever wants to know.
    pub facts: Facts,
    txns: Vec<Txn>,
    ids: IdGenerator,
    faults: FaultQueue,
    places: Places,
    #[cfg(test)]
    broken: laws::Broken,
}

impl Default for Mrt {
    fn default() -> Mrt {
        Mrt::new(Config::default())
    }
}

impl Mrt {
    /// A node with this configuration, at second 0.
    pub fn new(config: Config) -> Mrt {
        Mrt {
            server: Server::new(config.namespaces, config.limits),
            facts: Facts::default(),
            txns: Vec::new(),
            ids: IdGenerator::new(config.txn_seed),
            faults: FaultQueue::default(),
            places: Places::default(),
            #[cfg(test)]
            broken: laws::Broken::default(),
        }
    }

    /// The key of these three parts.
    pub fn key(&mut self, namespace: &str, set: Option<&str>, user: UserKey) -> Key {
        self.places.key(namespace, set, user)
    }

    /// Make a transaction object; nothing is sent.
    pub fn begin(&mut self, options: &BeginOptions) -> TxnHandle {
        let id = options.mrt_id.unwrap_or_else(|| self.ids.next_id());
        let txn = Txn::new(id, options);
        let handle = TxnHandle(u32::try_from(self.txns.len()).expect("fewer than 2^32 begins"));
        self.facts.note(|| MrtEvent::TxnBegan {
            txn_id: handle.to_string(),
            mrt_id: id.to_string(),
            timeout: txn.timeout,
            reads_rows: txn.reads.n_rows(),
            writes_rows: txn.writes.n_rows(),
        });
        self.txns.push(txn);
        handle
    }

    /// The transaction of this name.
    pub fn handle(&self, name: &str) -> Result<TxnHandle, Reason> {
        name.strip_prefix('t')
            .filter(|digits| digits.starts_with(|c: char| ('1'..='9').contains(&c)))
            .and_then(|digits| digits.parse::<u32>().ok())
            .filter(|number| *number as usize <= self.txns.len())
            .map(|number| TxnHandle(number - 1))
            .ok_or_else(|| Reason::UnknownTransaction(name.into()))
    }

    /// A transaction object.
    pub fn txn(&self, handle: TxnHandle) -> &Txn {
        &self.txns[handle.0 as usize]
    }

    fn txn_mut(&mut self, handle: TxnHandle) -> &mut Txn {
        &mut self.txns[handle.0 as usize]
    }

    /// Set the clock, never backwards. Answers the time.
    pub fn tick(&mut self, now: u64) -> u64 {
        self.server.now = self.server.now.max(now);
        let now = self.server.now;
        self.facts.note(|| MrtEvent::ClockSet { now });
        now
    }

    /// Let the server look after its monitor records.
    pub fn sweep(&mut self) -> Swept {
        let swept = self.server.sweep(&mut self.facts);
        self.facts.note(|| MrtEvent::Swept {
            rolled_forward: swept.rolled_forward,
            rolled_back: swept.rolled_back,
            closed: swept.closed,
        });
        swept
    }

    /// Plant a fault.
    pub fn plant(&mut self, fault: Fault) {
        self.facts.note(|| MrtEvent::FaultPlanted {
            step: fault.step,
            mode: fault.mode,
            key: fault.key.as_ref().map(|key| KeyRef::from(&**key)),
            times: fault.times,
        });
        self.faults.plant(fault);
    }
}
