//! Keys above, transactions below, for a window of steps.

use std::ops::Range;

use super::{
    KeyLane, KeyVersion, OccView, Outcome, Transaction,
    history::{KeyHistory, OccHistory},
};
use crate::{
    event::Event,
    run::Now,
    view::{
        Window,
        chains::{Role, picture::version_id},
    },
};

/// Steps in view when the window does not say.
const STEPS: u32 = 40;
/// So many keys are shown whether they are used or not.
const FEW_KEYS: usize = 12;
/// Versions of one key in view, the newest ones.
const VERSIONS: usize = 200;

impl OccHistory {
    /// The picture after `step`.
    pub fn at(&self, step: u32, window: &Window, now: &Now) -> OccView {
        let steps = window.steps.unwrap_or(STEPS).max(1);
        let from = window
            .from_step
            .unwrap_or((step + 1).saturating_sub(steps))
            .max(1);
        let to = step.min(from.saturating_add(steps - 1)).max(from);
        let touched = touched(now);
        let open = self.open_between(from, step.min(to));
        let total = self.key_count(step);
        let mut places = self.key_places(window, total, &open, (from, step));
        for (key, ..) in &touched {
            places.extend(self.key(key).map(|(place, _)| place));
        }
        places.sort_unstable();
        places.dedup();
        let limit = window.item_limit(VERSIONS);
        let keys = places.iter().map(|place| {
            let key = &self.keys[*place];
            KeyLane {
                key: key.key.clone(),
                versions: versions(key, from, step.min(to), step, limit, &touched),
            }
        });
        let transactions = open
            .into_iter()
            .map(|place| self.transaction_at(place, step));
        OccView {
            keys: keys.collect(),
            keys_total: total as u32,
            transactions: transactions.collect(),
            transactions_total: self.transaction_count(step) as u32,
            from_step: from,
            to_step: to,
        }
    }

    /// The keys in view. A window that names no lanes, over a run with many
    /// keys, is about the keys that its transactions use.
    fn key_places(
        &self,
        window: &Window,
        total: usize,
        open: &[usize],
        (from, step): (u32, u32),
    ) -> Vec<usize> {
        let (first, count) = window.lane_range();
        if window.first_lane.is_some() || total <= FEW_KEYS {
            return in_range(first, count, total).collect();
        }
        let mut places = Vec::new();
        for place in open {
            let fact = &self.transactions[*place];
            let reads = fact
                .reads
                .iter()
                .filter(|read| (from..=step).contains(&read.step));
            let writes = fact
                .writes
                .iter()
                .filter(|_| fact.end.is_some_and(|end| end <= step));
            let keys = reads
                .map(|read| &read.key)
                .chain(writes.map(|(key, _)| key));
            places.extend(keys.filter_map(|key| Some(self.key(key)?.0)));
        }
        places.sort_unstable();
        places.dedup();
        places.truncate(count);
        places
    }

    fn transaction_at(&self, place: usize, step: u32) -> Transaction {
        let fact = &self.transactions[place];
        let ended = fact.end.is_some_and(|end| end <= step);
        let reads = fact.reads.partition_point(|read| read.step <= step);
        Transaction {
            id: fact.id.clone(),
            client: fact.client.clone(),
            begin_step: fact.begin,
            commit_step: fact.end.filter(|_| ended),
            reads: fact.reads[..reads].to_vec(),
            checks: if ended {
                fact.checks.clone()
            } else {
                Vec::new()
            },
            writes: match ended {
                true => fact.writes.iter().map(|(key, _)| key.clone()).collect(),
                false => Vec::new(),
            },
            outcome: if ended { fact.outcome } else { Outcome::Open },
            retry_of: fact
                .retry_of
                .map(|earlier| self.transactions[earlier].id.clone()),
            attempt: fact.attempt,
        }
    }
}

fn in_range(first: usize, count: usize, total: usize) -> Range<usize> {
    first.min(total)..first.saturating_add(count).min(total)
}

/// The versions that the step is about: key, version, what it is.
fn touched(now: &Now) -> Vec<(String, u64, Role)> {
    let mut touched = Vec::new();
    for event in now.events {
        match event {
            Event::VersionRead { key, version, .. } => {
                touched.push((key.clone(), *version, Role::Chosen));
            }
            Event::CommitAccepted { checks, writes, .. } => {
                touched.extend(
                    checks
                        .iter()
                        .map(|c| (c.key.clone(), c.actual, Role::Plain)),
                );
                touched.extend(
                    writes
                        .iter()
                        .map(|w| (w.key.clone(), w.version, Role::Chosen)),
                );
            }
            Event::CommitRefused { checks, writes, .. } => {
                touched.extend(checks.iter().map(|check| {
                    let equal = check.expected == check.actual;
                    let role = if equal { Role::Plain } else { Role::Refused };
                    (check.key.clone(), check.actual, role)
                }));
                touched.extend(writes.iter().map(|w| (w.key.clone(), 0, Role::Plain)));
            }
            _ => {}
        }
    }
    touched
}

/// The versions of a key that meet `from..=to`, as they stand after `step`.
fn versions(
    key: &KeyHistory,
    from: u32,
    to: u32,
    step: u32,
    limit: usize,
    touched: &[(String, u64, Role)],
) -> Vec<KeyVersion> {
    let end = key.written(to);
    // The version before the window lasts into it.
    let start = key.versions[..end].partition_point(|v| v.written <= from);
    let start = start.saturating_sub(1).max(end.saturating_sub(limit));
    let known = key.written(step);
    let shown = key.versions[start..end].iter().enumerate();
    let shown = shown.map(|(i, fact)| {
        let next = key.versions[..known].get(start + i + 1);
        let role = touched.iter().rev().find_map(|(of, version, role)| {
            (*of == key.key && *version == fact.version).then_some(*role)
        });
        KeyVersion {
            id: version_id(&key.key, fact.version),
            version: fact.version as u32,
            value: fact.value.clone(),
            from_step: fact.written,
            to_step: next.map(|next| next.written),
            by: fact.by.clone(),
            role: role.unwrap_or(Role::Plain),
        }
    });
    shown.collect()
}
