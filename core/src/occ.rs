//! # Optimistic concurrency control: read, remember, compare
//!
//! Nobody locks. A transaction reads what it likes and remembers the version of
//! each key; at its commit the versions are compared with the current ones.
//!
//! 1. A key never written has version 0; each write makes it one higher.
//! 2. A read hands out value and version, and the store remembers the version.
//! 3. A commit compares every version that its caller lists and every version
//!    that the store handed to this transaction. All equal: every write
//!    applies. One different: none does.
//! 4. A transaction ends with its first commit, whatever its outcome.
//! 5. A name that was never begun commits as a transaction without reads.
//!
//! ```text
//!   t1  read x → v5 ─────────────────────────── commit: x is v6 ≠ v5 ─► abort
//!   t2      read x → v5 ── commit x: v5 = v5 ─► x is v6
//! ```
//!
//! Versions are compared, not values: a key that was changed and changed back
//! has been changed. There is no read phase to validate against a running
//! commit, since commits are one message and happen one after the other.
//!
//! Left out: retries (the client's business, see the contention view) and
//! phantoms; there are no range reads.

mod transactions;

pub use transactions::{Ended, Outcome, TxnId};

use crate::intern::{Interner, KeyId};
use crate::text::Text;
use transactions::Transactions;

/// The store behind `occ_*`.
#[derive(Clone, Debug, Default)]
pub struct OccStore {
    keys: Interner,
    cells: Vec<Cell>,
    transactions: Transactions,
    /// Commits so far, refused ones included.
    commits: u64,
    report: CommitReport,
}

/// The current state of one key.
#[derive(Clone, Debug, Default)]
struct Cell {
    version: u64,
    value: Option<Text>,
    /// The step of the commit that wrote this version.
    written_by: u64,
    mark: Mark,
}

/// What the present commit has compared this key with: the first version and
/// the last. It keeps a check from being made twice without a search, for the
/// versions that the store hands out only ever grow.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    commit: u64,
    first: u64,
    last: u64,
}

/// What a read saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<'s> {
    /// The value, JSON text; `None`: never written.
    pub value: Option<&'s [u8]>,
    /// Its version; 0: never written.
    pub version: u64,
}

/// One comparison of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// The key.
    pub key: KeyId,
    /// The version that was read.
    pub expected: u64,
    /// The version at the commit.
    pub actual: u64,
    /// The step of the commit that wrote the current version; 0: never written.
    pub written_by: u64,
}

impl Check {
    /// Whether what was read is still current.
    pub fn holds(&self) -> bool {
        self.expected == self.actual
    }
}

/// How a commit went. The memory is the store's and is used again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitReport {
    /// Whether the writes applied.
    pub committed: bool,
    /// Every comparison: first the caller's, in order, then the store's own.
    pub checks: Vec<Check>,
    /// Each written key with its new version, in the order of the writes.
    pub written: Vec<(KeyId, u64)>,
}

impl OccStore {
    /// Begin a transaction.
    pub fn begin(&mut self) -> TxnId {
        self.transactions.begin()
    }

    /// Read a key within an open transaction.
    pub fn read(&mut self, txn_id: &str, key: &str) -> Result<Seen<'_>, Ended> {
        let slot = self.transactions.open(txn_id)?;
        let key = intern(&mut self.keys, &mut self.cells, key);
        let cell = &self.cells[key.index()];
        self.transactions.remember(slot, key, cell.version);
        Ok(Seen {
            value: cell.value.as_ref().map(Text::as_bytes),
            version: cell.version,
        })
    }

    /// Commit a transaction: `reads` are the caller's keys and versions,
    /// `writes` its keys and values, each key once. `step` names the commit to
    /// those who ask later who wrote a version. Tells whether the writes
    /// applied; [`OccStore::last_commit`] tells why.
    pub fn commit<'a>(
        &mut self,
        txn_id: &str,
        reads: impl IntoIterator<Item = (&'a str, u64)>,
        writes: impl IntoIterator<Item = (&'a str, &'a str)>,
        step: u64,
    ) -> Result<bool, Ended> {
        let ending = self.transactions.ending(txn_id)?;
        let Self {
            keys,
            cells,
            transactions,
            commits,
            report,
        } = self;
        *commits += 1;
        report.checks.clear();
        report.written.clear();
        for (key, expected) in reads {
            let key = intern(keys, cells, key);
            check(
                &mut report.checks,
                &mut cells[key.index()],
                *commits,
                key,
                expected,
            );
        }
        for &(key, expected) in transactions.reads(&ending) {
            check(
                &mut report.checks,
                &mut cells[key.index()],
                *commits,
                key,
                expected,
            );
        }
        report.committed = report.checks.iter().all(Check::holds);
        if report.committed {
            for (key, value) in writes {
                let key = intern(keys, cells, key);
                let cell = &mut cells[key.index()];
                cell.version += 1;
                cell.value = Some(Text::from(value));
                cell.written_by = step;
                report.written.push((key, cell.version));
            }
        }
        let outcome = if report.committed {
            Outcome::Committed
        } else {
            Outcome::Aborted
        };
        transactions.end(txn_id, ending, outcome);
        Ok(report.committed)
    }

    /// How the last commit went.
    pub fn last_commit(&self) -> &CommitReport {
        &self.report
    }

    /// The current value and version of a key, outside any transaction.
    pub fn current(&self, key: &str) -> Seen<'_> {
        match self.keys.find(key).map(|key| &self.cells[key.index()]) {
            Some(cell) => Seen {
                value: cell.value.as_ref().map(Text::as_bytes),
                version: cell.version,
            },
            None => Seen {
                value: None,
                version: 0,
            },
        }
    }

    /// The name of a key in a report.
    pub fn key_name(&self, key: KeyId) -> &str {
        self.keys.name(key)
    }
}

impl CommitReport {
    /// The comparisons that failed.
    pub fn conflicts(&self) -> impl Iterator<Item = &Check> + Clone {
        self.checks.iter().filter(|check| !check.holds())
    }

    /// The highest new version among the written keys.
    pub fn new_version(&self) -> Option<u64> {
        self.written.iter().map(|&(_, version)| version).max()
    }
}

/// Compare once: the same key and version may be listed and remembered both.
fn check(checks: &mut Vec<Check>, cell: &mut Cell, commit: u64, key: KeyId, expected: u64) {
    let mark = &mut cell.mark;
    if mark.commit != commit {
        *mark = Mark {
            commit,
            first: expected,
            last: expected,
        };
    } else if expected == mark.first || expected == mark.last {
        return;
    } else {
        mark.last = expected;
    }
    checks.push(Check {
        key,
        expected,
        actual: cell.version,
        written_by: cell.written_by,
    });
}

fn intern(keys: &mut Interner, cells: &mut Vec<Cell>, key: &str) -> KeyId {
    let id = keys.intern(key);
    if id.index() == cells.len() {
        cells.push(Cell::default());
    }
    id
}

#[cfg(test)]
mod tests;
