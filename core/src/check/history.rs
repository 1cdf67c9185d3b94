//! A history in memory: transactions, what they read, and when.
//!
//! A read of a list is not kept as a list. All lists that a key was read with
//! share one tree, and a read is a place in it:
//!
//! ```text
//! key 7:  1 ── 2 ── 3 ── 4        branch 0   r [1 2 3]   = (branch 0, 3)
//!              └─── 9             branch 1   r [1 2 9]   = (branch 1, 3)
//! ```
//!
//! While the database behaves there is one branch a key, and reading a list of
//! a thousand elements costs one comparison of two slices. A second branch *is*
//! an incompatible order.
//!
//! Realtime order is kept as *barriers*. A barrier stands in front of every
//! invocation that follows a completion; `leave` names the barrier a
//! transaction completed before, `enter` counts those it was invoked behind, so
//!
//! ```text
//! a completed before b began   ⇔   leave(a) < enter(b)
//! ```

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::atom::{Atom, Atoms, Ids};

/// No branch, no line, no barrier.
pub const NONE: u32 = u32::MAX;

/// What a history's transactions do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// Appends to lists and reads of whole lists.
    ListAppend,
    /// Writes and reads of registers, every written value unique for its key.
    RwRegister,
}

/// How a transaction ended, as far as the history tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Committed.
    Ok,
    /// Aborted.
    Fail,
    /// Indeterminate, or never completed.
    Info,
}

/// One micro-operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mop {
    /// An append of an element, or a write of a value.
    Write {
        /// Number of the key.
        key: u32,
        /// What was written.
        value: Atom,
    },
    /// A read of a register; `NIL` is the initial state.
    Read {
        /// Number of the key.
        key: u32,
        /// What was read.
        value: Atom,
    },
    /// A read of a list, as a place in the key's tree; branch `NONE` and length
    /// 0 is `nil`, branch 0 and length 0 is the empty list.
    List {
        /// Number of the key.
        key: u32,
        /// The branch.
        branch: u32,
        /// How many elements were read.
        len: u32,
    },
}

impl Mop {
    /// The key's number.
    pub fn key(self) -> u32 {
        match self {
            Mop::Write { key, .. } | Mop::Read { key, .. } | Mop::List { key, .. } => key,
        }
    }
}

/// One transaction.
#[derive(Clone, Copy, Debug)]
pub struct Txn {
    /// Number of the process.
    pub process: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Line of the invocation, from 1; `NONE` if the history has only the completion.
    pub invoke_line: u32,
    /// Line of the completion; `NONE` if it never completed.
    pub complete_line: u32,
    /// Barriers before its invocation.
    pub enter: u32,
    /// The barrier that follows its completion; `NONE` unless it is ok.
    pub leave: u32,
    /// Where its micro-operations begin.
    pub mops: u32,
    /// How many there are.
    pub len: u32,
    /// Nanoseconds at invocation.
    pub invoke_time: i64,
    /// Nanoseconds at completion.
    pub complete_time: i64,
}

/// A stretch of a key's tree of lists.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Number of the key.
    pub key: u32,
    /// The branch it leaves, or `NONE`.
    pub parent: u32,
    /// How many elements lie before it.
    pub fork: u32,
    /// Its own elements.
    pub own: Vec<Atom>,
}

impl Branch {
    /// Length of the list that ends at its tip.
    pub fn tip(&self) -> u32 {
        self.fork + self.own.len() as u32
    }
}

/// All lists that were read.
#[derive(Default, Debug, Clone)]
pub struct Lists {
    /// The branches; a key's root comes before its forks.
    pub branches: Vec<Branch>,
    /// Root branch by key, or `NONE`.
    pub roots: Vec<u32>,
    forks: HashMap<(u32, u32, Atom), u32, FxBuildHasher>,
}

impl Lists {
    /// The place of a list in the tree of its key; grows the tree where needed.
    pub fn place(&mut self, key: u32, list: &[Atom]) -> (u32, u32) {
        if list.is_empty() {
            return (0, 0);
        }
        if key as usize >= self.roots.len() {
            self.roots.resize(key as usize + 1, NONE);
        }
        if self.roots[key as usize] == NONE {
            self.roots[key as usize] = self.branches.len() as u32;
            return self.grow(key, NONE, 0, list);
        }
        let mut branch = self.roots[key as usize];
        let mut rest = list;
        let mut at = 0u32;
        loop {
            let own = &mut self.branches[branch as usize].own;
            let common = own.len().min(rest.len());
            let same = if own[..common] == rest[..common] {
                common
            } else {
                (0..common).take_while(|&i| own[i] == rest[i]).count()
            };
            at += same as u32;
            if same == rest.len() {
                return (branch, at);
            }
            if same == own.len() {
                own.extend_from_slice(&rest[same..]);
                return (branch, list.len() as u32);
            }
            rest = &rest[same..];
            match self.forks.get(&(branch, at, rest[0])) {
                Some(&fork) => branch = fork,
                None => {
                    let fork = self.branches.len() as u32;
                    self.forks.insert((branch, at, rest[0]), fork);
                    return self.grow(key, branch, at, rest);
                }
            }
        }
    }

    fn grow(&mut self, key: u32, parent: u32, fork: u32, own: &[Atom]) -> (u32, u32) {
        self.branches.push(Branch {
            key,
            parent,
            fork,
            own: own.to_vec(),
        });
        (self.branches.len() as u32 - 1, fork + own.len() as u32)
    }

    /// The `len`-th element on the way to a place; `len` is at least 1.
    pub fn element(&self, mut branch: u32, len: u32) -> Atom {
        loop {
            let here = &self.branches[branch as usize];
            if len > here.fork {
                return here.own[(len - 1 - here.fork) as usize];
            }
            branch = here.parent;
        }
    }

    /// The whole list at a place.
    pub fn list(&self, mut branch: u32, mut len: u32) -> Vec<Atom> {
        let mut list = vec![Atom::NIL; len as usize];
        while len > 0 {
            let here = &self.branches[branch as usize];
            if len > here.fork {
                let own = &here.own[..(len - here.fork) as usize];
                list[here.fork as usize..len as usize].copy_from_slice(own);
                len = here.fork;
            }
            branch = here.parent;
        }
        list
    }

    /// Whether the list at `(a, a_len)` is a prefix of the one at `(b, b_len)`.
    pub fn is_prefix(&self, (a, a_len): (u32, u32), (mut b, b_len): (u32, u32)) -> bool {
        if a_len > b_len {
            return false;
        }
        if a_len == 0 {
            return true;
        }
        let mut reach = b_len;
        loop {
            if a == b {
                return a_len <= reach;
            }
            let here = &self.branches[b as usize];
            if here.parent == NONE {
                return false;
            }
            reach = here.fork;
            b = here.parent;
            if a_len > reach {
                return false;
            }
        }
    }
}

/// A whole history.
#[derive(Debug)]
pub struct History {
    /// What its transactions do.
    pub workload: Workload,
    /// The texts behind its atoms.
    pub atoms: Atoms,
    /// The keys.
    pub keys: Ids,
    /// The processes.
    pub processes: Ids,
    /// The transactions, in order of invocation.
    pub txns: Vec<Txn>,
    /// Their micro-operations.
    pub mops: Vec<Mop>,
    /// The lists read.
    pub lists: Lists,
    /// How many barriers the realtime order has.
    pub barriers: u32,
    /// The version orders that the history itself carries, by key.
    pub orders: Vec<(u32, Vec<Atom>)>,
    /// Operations (lines) read.
    pub operations: u64,
    /// Operations that are no client's transactions.
    pub ignored: u64,
    /// Completions whose invocation is missing.
    pub uninvoked: u64,
    /// Lines skipped because they could not be read.
    pub skipped: u64,
}

impl History {
    /// The micro-operations of a transaction.
    #[inline]
    pub fn mops(&self, txn: u32) -> &[Mop] {
        let t = &self.txns[txn as usize];
        &self.mops[t.mops as usize..(t.mops + t.len) as usize]
    }

    /// Whether a transaction took place or may have.
    #[inline]
    pub fn possible(&self, txn: u32) -> bool {
        self.txns[txn as usize].outcome != Outcome::Fail
    }

    /// Whether a transaction certainly took place.
    #[inline]
    pub fn committed(&self, txn: u32) -> bool {
        self.txns[txn as usize].outcome == Outcome::Ok
    }

    /// A key as people read it.
    pub fn show_key(&self, key: u32) -> String {
        self.atoms.show(self.keys.atom(key))
    }
}
