//! Version orders from the order of transactions.
//!
//! If a key alone is sequentially consistent, the versions that one client
//! meets come in the order in which it meets them; if it is linearizable, so do
//! those of transactions that follow each other in real time:
//!
//! ```text
//! client 1   [w x 1]────▶[r y 7]────▶[r x 2]       1 before 2
//! ```
//!
//! Of each transaction the last version it met leads to the first version that
//! the next one to meet the key met. For the realtime order the next ones are
//! those begun behind the barrier that the transaction completed before, up to
//! the first that is itself completed: later ones follow from it.

use std::collections::BTreeMap;

use super::atom::Atom;
use super::history::{History, NONE, Outcome};
use super::registers::{Contact, contacts};

type Number<'a> = dyn Fn(u32, Atom) -> Option<u32> + 'a;

/// The first and the last version of a key that a transaction shows.
fn ends(history: &History, txn: u32, contact: &Contact) -> Option<(Atom, Atom)> {
    match history.txns[txn as usize].outcome {
        Outcome::Ok => {
            let read = contact.read.map(|(_, value)| value);
            let write = contact.write.map(|(_, value)| value);
            // A read of nothing yields to a write.
            let seen = |value: &Atom| *value != Atom::NIL;
            let first = read.filter(seen).or(write).or(read)?;
            let last = write.filter(seen).or(read).or(write)?;
            Some((first, last))
        }
        Outcome::Info => contact.write.map(|(_, value)| (value, value)),
        Outcome::Fail => None,
    }
}

fn push(edges: &mut Vec<(u32, u32)>, number: &Number<'_>, key: u32, from: Atom, to: Atom) {
    if from != to
        && let (Some(from), Some(to)) = (number(key, from), number(key, to))
    {
        edges.push((from, to));
    }
}

/// Edges from each client's own order.
pub fn sequential(history: &History, number: &Number<'_>) -> Vec<(u32, u32)> {
    let mut last: BTreeMap<(u32, u32), Atom> = BTreeMap::new();
    let mut edges = Vec::new();
    let mut all = Vec::new();
    for txn in 0..history.txns.len() as u32 {
        if !history.committed(txn) {
            continue;
        }
        contacts(history.mops(txn), &mut all);
        let process = history.txns[txn as usize].process;
        for contact in &all {
            if let Some((first, now)) = ends(history, txn, contact)
                && let Some(before) = last.insert((process, contact.key), now)
            {
                push(&mut edges, number, contact.key, before, first);
            }
        }
    }
    edges
}

/// One transaction's meeting with a key.
struct Meeting {
    enter: u32,
    leave: u32,
    first: Atom,
    last: Atom,
}

/// Edges from the realtime order.
pub fn linearizable(history: &History, number: &Number<'_>) -> Vec<(u32, u32)> {
    let mut meetings: Vec<Vec<Meeting>> = Vec::new();
    meetings.resize_with(history.keys.len(), Vec::new);
    let mut all = Vec::new();
    for txn in 0..history.txns.len() as u32 {
        let t = &history.txns[txn as usize];
        contacts(history.mops(txn), &mut all);
        for contact in &all {
            if let Some((first, last)) = ends(history, txn, contact) {
                meetings[contact.key as usize].push(Meeting {
                    enter: t.enter,
                    leave: t.leave,
                    first,
                    last,
                });
            }
        }
    }
    let mut edges = Vec::new();
    for (key, meetings) in (0u32..).zip(&meetings) {
        // Completed meetings that no later completed one has covered.
        let mut frontier: Vec<(u32, Atom)> = Vec::new();
        let mut completed: BTreeMap<(u32, usize), &Meeting> = BTreeMap::new();
        for (i, meeting) in meetings.iter().enumerate() {
            // Who completed before this one began joins the frontier, and
            // covers those that had completed before it began itself.
            while let Some(entry) = completed.first_entry()
                && entry.key().0 < meeting.enter
            {
                let done = entry.remove();
                frontier.retain(|&(leave, _)| leave >= done.enter);
                frontier.push((done.leave, done.last));
            }
            for &(_, before) in &frontier {
                push(&mut edges, number, key, before, meeting.first);
            }
            if meeting.leave != NONE {
                completed.insert((meeting.leave, i), meeting);
            }
        }
    }
    edges
}
