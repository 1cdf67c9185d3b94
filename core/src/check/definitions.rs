//! What each anomaly is, who says so, and what a database does to prevent it.

use serde::Serialize;

/// The entry of one anomaly.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Definition {
    /// The name in full.
    pub title: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Who defined it.
    pub source: &'static str,
    /// What a database has to do so that it does not happen.
    pub prevention: &'static str,
}

const ADYA: &str = "Adya, Weak Consistency (1999), chapter 3";
const ADYA_EXTENDED: &str = "Adya, Weak Consistency (1999), chapter 4";
const ELLE: &str = "Kingsbury and Alvaro, Elle (VLDB 2020)";
const CERONE: &str =
    "Cerone, Bernardi and Gotsman, A Framework for Transactional Consistency Models (CONCUR 2015)";
const SI: &str = "Cerone and Gotsman, Analysing Snapshot Isolation (PODC 2016)";

/// The entry for an anomaly's name; variants with the process or the realtime
/// order say so in front.
pub fn definition(name: &str) -> Definition {
    let base = name
        .trim_end_matches("-process")
        .trim_end_matches("-realtime");
    let (title, meaning, source, prevention) = match base {
        "G0" => (
            "write cycle",
            "A cycle of transactions in which each overwrote what the one before it wrote.",
            ADYA,
            "Hold write locks until commit, or install all versions of a transaction at one point of one order.",
        ),
        "G1a" => (
            "aborted read",
            "A committed transaction read what an aborted one had written.",
            ADYA,
            "Show a write to others only after its transaction has committed, and undo every write of one that aborts.",
        ),
        "G1b" => (
            "intermediate read",
            "A transaction read a version that its writer replaced before it committed.",
            ADYA,
            "Show only the last version of each key that a transaction wrote, and only when it commits.",
        ),
        "G1c" => (
            "circular information flow",
            "A cycle of transactions in which each read or overwrote what the one before it wrote.",
            ADYA,
            "Let a transaction read only what had committed before, so that information flows one way.",
        ),
        "G-single" | "G-single-item" => (
            "read skew",
            "A cycle with exactly one anti-dependency: a transaction saw one key from before another transaction and depends on something from after it.",
            ADYA_EXTENDED,
            "Let all reads of a transaction see one snapshot, and refuse to commit a write to a key that has changed since that snapshot.",
        ),
        "G-nonadjacent" | "G-nonadjacent-item" => (
            "long fork and its like",
            "A cycle with several anti-dependencies, no two of them in a row. Snapshot isolation forbids exactly those and the ones with a single one.",
            SI,
            "Take all snapshots from one order of commits: two readers may not see two writers in opposite orders.",
        ),
        "G2-item" | "G2" => (
            "write skew and other anti-dependency cycles",
            "A cycle with two anti-dependencies in a row: each transaction missed what another one wrote.",
            ADYA,
            "At commit, check that nothing that was read has changed since, or hold read locks until commit.",
        ),
        "internal" => (
            "internal inconsistency",
            "A read contradicts what its own transaction had read or written before.",
            CERONE,
            "Let a transaction read its own writes, on top of one unchanging snapshot.",
        ),
        "future-read" => (
            "future read",
            "A transaction read what it wrote only later.",
            ELLE,
            "Apply the operations of a transaction in their order.",
        ),
        "dirty-update" => (
            "dirty update",
            "A committed write was made on top of an aborted one.",
            ELLE,
            "Undo the writes of a transaction that aborts before anybody builds on them.",
        ),
        "lost-update" => (
            "lost update",
            "Several committed transactions read the same version of a key and all replaced it, so at most one update was built on the version it replaced.",
            ADYA_EXTENDED,
            "First committer wins: refuse to commit a write to a key that has changed since it was read.",
        ),
        "incompatible-order" => (
            "incompatible orders",
            "Two reads of a list of which neither is a beginning of the other: no order of its appends gives both, so one read a state that did not last. Or a transaction's own appends in another order than it made them.",
            ELLE,
            "Never take back or reorder what has been shown: one order of versions for each key, on all replicas.",
        ),
        "duplicate-elements" => (
            "duplicate elements",
            "An element that was appended once was read twice in one list.",
            ELLE,
            "Apply each write once, also when its request is sent again.",
        ),
        "cyclic-versions" => (
            "cyclic versions",
            "The versions of a key come before each other, as far as its readers and writers show.",
            ELLE,
            "Keep one order of versions for each key.",
        ),
        "unwritten-element" => (
            "unwritten element",
            "A read shows an element that no operation of the history wrote: either it is made up, or the history is not whole.",
            ELLE,
            "Record every write that a client sends, also the first ones.",
        ),
        "duplicate-appends" => (
            "duplicate writes",
            "The same value was written twice to one key. What a read depends on can be told only if every written value is unique.",
            ELLE,
            "Let the test write unique values.",
        ),
        "empty-transaction-graph" => (
            "empty graph",
            "No transaction depends on another, so nothing was tested.",
            ELLE,
            "Run a longer test, with fewer keys, whose reads see writes.",
        ),
        "cycle-search-limit" => (
            "search limit",
            "A cyclic part of the graph was too large to decide whether it has a cycle of this class.",
            "the bound on the work of this checker",
            "Check a shorter piece of the history.",
        ),
        _ => ("unknown", "", "", ""),
    };
    Definition {
        title,
        meaning,
        source,
        prevention,
    }
}

/// What a variant adds to its class.
pub fn variant(name: &str) -> Option<&'static str> {
    if name.ends_with("-process") {
        Some("The order in which each client did its transactions closes the cycle.")
    } else if name.ends_with("-realtime") {
        Some("The real time closes the cycle: one transaction had completed before another began.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{cycles, models};
    use super::*;

    #[test]
    fn everything_that_can_be_found_is_defined() {
        let local = [
            "G1a",
            "G1b",
            "internal",
            "future-read",
            "dirty-update",
            "lost-update",
            "incompatible-order",
            "duplicate-elements",
            "cyclic-versions",
        ];
        for name in cycles::class_names().chain(models::UNKNOWN).chain(local) {
            assert_ne!(definition(name).title, "unknown", "{name}");
            assert!(!definition(name).prevention.is_empty(), "{name}");
        }
    }
}
