//! What holds after a step, drawn from the history.

use std::collections::BTreeMap;

use super::history::{FinishFact, MrtHistory, RecordFacts, TxnFacts, at};
use super::{
    ChainCell, ChainRow, CommitLine, CommitStep, HashMapView, Lock, MonitorView, MrtView,
    PartyRead, RecordRow, RecordVersion, StepStatus, TxnChip,
};
use crate::event::Event;
use crate::mrt::event::{
    ChainEntry, CloseOutcome, KeyRef, MarkOutcome, MrtEvent, RecordChange, VersionState, WhichMap,
};
use crate::mrt::monitor::MONITOR_SET;
use crate::mrt::refused::ResultCode;
use crate::mrt::txn::State;
use crate::run::{Now, sent::decode};
use crate::view::{
    Window,
    chains::Role,
    row::{cut, key_text},
};

/// Transactions listed.
const CHIPS: usize = 12;
/// Digests of a monitor record shown.
const KEYDS: usize = 24;
/// Bins of a version shown.
const BINS: usize = 4;

impl MrtHistory {
    /// The picture after `step`.
    pub fn at(&self, step: u32, window: &Window, now: &Now) -> MrtView {
        let shown = at(&self.shown, step).map(|place| &self.txns[*place]);
        let total = self.record_count(step);
        let (first, count) = window.lane_range();
        let mut places: Vec<usize> = (first..first.saturating_add(count).min(total)).collect();
        let touched = self.touched(now);
        places.extend(&touched);
        places.sort_unstable();
        places.dedup();
        let txns = self.txn_count(step);
        let reads: Remembered<'_> = shown.map_or_else(BTreeMap::new, |txn| remembered(txn, step));
        MrtView {
            now: at(&self.clock, step).copied().unwrap_or(0),
            transactions: self.txns[txns.saturating_sub(CHIPS)..txns]
                .iter()
                .map(|txn| TxnChip {
                    id: txn.txn_id.clone(),
                    state: at(&txn.states, step).copied().unwrap_or(State::Open),
                    begin_step: txn.begin_step,
                    shown: shown.is_some_and(|shown| shown.txn_id == txn.txn_id),
                })
                .collect(),
            transactions_total: txns as u32,
            commit: shown.and_then(|txn| commit_line(txn, step)),
            records: places
                .iter()
                .map(|place| {
                    let record = &self.records[*place];
                    let read = reads.get(&*record.key.digest).copied().zip(shown);
                    self.record_row(record, read, step, touched.contains(place))
                })
                .collect(),
            records_total: total as u32,
            maps: shown.map_or_else(Vec::new, |txn| {
                vec![
                    self.map(txn, WhichMap::Reads, step, window, now),
                    self.map(txn, WhichMap::Writes, step, window, now),
                ]
            }),
            monitor: shown.and_then(|txn| self.monitor_view(txn, step, now)),
        }
    }

    /// The places of the records that a step is about.
    fn touched(&self, now: &Now) -> Vec<usize> {
        let keys = now.events.iter().filter_map(|event| match event {
            Event::Mrt(fact) => key_of(fact),
            _ => None,
        });
        let mut places: Vec<usize> = keys.filter_map(|key| self.place_of(key)).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn record_row(
        &self,
        record: &RecordFacts,
        read: Option<(&str, &TxnFacts)>,
        step: u32,
        touched: bool,
    ) -> RecordRow {
        let known = record.changes.partition_point(|(since, _)| *since <= step);
        let last = record.changes[..known].last();
        let state = last.map(|(_, fact)| fact.after.clone()).unwrap_or_default();
        let changed_now = last.is_some_and(|(since, _)| *since == step);
        let id = record_id(&record.key);
        let owner = state
            .locked_by
            .as_deref()
            .map(|id| self.name_of(id).to_owned());
        let committed = state.committed.as_ref().map(|version| {
            let rolled = last.filter(|_| changed_now).map(|(_, fact)| fact.change);
            let before = last.and_then(|(_, fact)| fact.before.committed.as_ref());
            let note = match (rolled, read) {
                (Some(RecordChange::RolledForward), _) => match before {
                    Some(before) => format!("rolled forward, was {}", in_short(before)),
                    None => "rolled forward".to_owned(),
                },
                (Some(RecordChange::RolledBack), _) => "rolled back".to_owned(),
                (_, Some((read, txn))) if read == version.version => {
                    format!("read by {}, unchanged", txn.txn_id)
                }
                (_, Some((read, txn))) => format!("{} read {read}: changed since", txn.txn_id),
                _ => String::new(),
            };
            let role = match (read, changed_now && owner.is_none()) {
                (Some((read, _)), _) if read != version.version => Role::Refused,
                (_, true) => Role::Chosen,
                _ => Role::Plain,
            };
            version_of(
                &id,
                "committed",
                version,
                role,
                changed_now && owner.is_none(),
                note,
            )
        });
        let provisional = state.provisional.as_ref().map(|version| {
            version_of(
                &id,
                "provisional",
                version,
                Role::Newer,
                changed_now,
                String::new(),
            )
        });
        let note = match (&committed, &provisional, read) {
            (None, None, Some((read, _))) => format!("no record: version {read}, tracked"),
            (None, None, None) => "no record".to_owned(),
            _ => String::new(),
        };
        RecordRow {
            key: user_key(&record.key),
            set: record.key.set.clone().unwrap_or_default(),
            namespace: record.key.namespace.clone(),
            digest: record.key.digest.clone(),
            reads_now: parties(owner.as_deref(), committed.as_ref(), provisional.as_ref()),
            lock: owner.map(|txn| Lock {
                txn,
                note: "others: MRT_BLOCKED".to_owned(),
            }),
            committed,
            provisional,
            note,
            touched,
            id,
        }
    }

    fn map(
        &self,
        txn: &TxnFacts,
        which: WhichMap,
        step: u32,
        window: &Window,
        now: &Now,
    ) -> HashMapView {
        let (name, map) = match which {
            WhichMap::Reads => ("reads", &txn.reads),
            WhichMap::Writes => ("writes", &txn.writes),
        };
        let n_eles = map.at(step).map(|(_, chain)| chain.len()).sum::<usize>() as u32;
        let limit = window.item_limit(200);
        let fresh: Vec<&KeyRef> = changed_in_map(now, &txn.txn_id, which);
        let rows = map.at(step).take(limit).map(|(row, chain)| ChainRow {
            id: format!("{name}/{}/row/{row}", txn.txn_id),
            row,
            chain: chain
                .iter()
                .take(limit)
                .map(|entry| self.cell(txn, name, which, entry, step, fresh.contains(&&entry.key)))
                .collect(),
        });
        HashMapView {
            name: name.to_owned(),
            n_rows: map.n_rows,
            n_eles,
            rows: rows.collect(),
        }
    }

    fn cell(
        &self,
        txn: &TxnFacts,
        name: &str,
        which: WhichMap,
        entry: &ChainEntry,
        step: u32,
        fresh: bool,
    ) -> ChainCell {
        let held = self.place_of(&entry.key).is_some_and(|place| {
            at(&self.records[place].changes, step)
                .is_some_and(|fact| fact.after.locked_by.as_deref() == Some(&txn.mrt_id))
        });
        let rolled = at(&txn.finishes, step)
            .is_some_and(|finish| finish.rolled.iter().any(|roll| roll.key == entry.key));
        let note = match which {
            WhichMap::Reads => entry.version.clone(),
            WhichMap::Writes if held => "locked".to_owned(),
            WhichMap::Writes if rolled => "rolled".to_owned(),
            WhichMap::Writes => "not held".to_owned(),
        };
        ChainCell {
            id: format!("{name}/{}/{}", txn.txn_id, user_key(&entry.key)),
            record: record_id(&entry.key),
            key: user_key(&entry.key),
            digest: short_digest(&entry.key.digest),
            note,
            role: if fresh { Role::Chosen } else { Role::Plain },
        }
    }

    fn monitor_view(&self, txn: &TxnFacts, step: u32, now: &Now) -> Option<MonitorView> {
        if !self.had_monitor(&txn.mrt_id, step) {
            return None;
        }
        let state = self.monitor(&txn.mrt_id, step);
        let changed = now.events.iter().any(|event| {
            matches!(event, Event::Mrt(fact) if matches!(&**fact,
                MrtEvent::MonitorChanged { mrt_id, .. } if *mrt_id == txn.mrt_id))
        });
        let all = state.map_or(&[][..], |state| &state.keyds);
        let digests = &all[..all.len().min(KEYDS)];
        let keys: Vec<String> = digests
            .iter()
            .filter_map(|digest| self.key_in_monitor(&txn.mrt_id, digest))
            .map(user_key)
            .collect();
        let note = match state {
            None => "removed: its id is spent",
            Some(state) if state.fwd => {
                "marked: the server will finish the roll, whatever happens to the client"
            }
            Some(state) if state.aborted => "the server has rolled the transaction back",
            Some(_) => "not marked: past its deadline the server rolls the transaction back",
        };
        Some(MonitorView {
            id: format!("monitor/{}", txn.txn_id),
            txn: txn.txn_id.clone(),
            key: format!("{MONITOR_SET} {}", txn.mrt_id),
            exists: state.is_some(),
            keyds: digests.iter().map(|digest| short_digest(digest)).collect(),
            keyds_total: all.len() as u32,
            keys: crate::explain::phrase::join(&keys),
            fwd: state.is_some_and(|state| state.fwd),
            aborted: state.is_some_and(|state| state.aborted),
            deadline: state.map_or(0, |state| state.deadline),
            note: note.to_owned(),
            role: match (state, changed) {
                (None, _) => Role::Gone,
                (Some(_), true) => Role::Chosen,
                (Some(_), false) => Role::Plain,
            },
        })
    }
}

/// The record that a fact is about.
fn key_of(fact: &MrtEvent) -> Option<&KeyRef> {
    match fact {
        MrtEvent::RecordRead { key, .. }
        | MrtEvent::RecordChanged { key, .. }
        | MrtEvent::MapChanged { key, .. }
        | MrtEvent::Rolled { key, .. } => Some(key),
        MrtEvent::Refused { key, .. } => key.as_ref(),
        _ => None,
    }
}

fn changed_in_map<'n>(now: &'n Now, txn: &str, which: WhichMap) -> Vec<&'n KeyRef> {
    let changed = now.events.iter().filter_map(|event| match event {
        Event::Mrt(fact) => match &**fact {
            MrtEvent::MapChanged {
                txn_id,
                map,
                key,
                present: true,
                ..
            } if txn_id == txn && *map == which => Some(key),
            _ => None,
        },
        _ => None,
    });
    changed.collect()
}

/// Digest → version, of the records that a transaction remembers.
type Remembered<'h> = BTreeMap<&'h str, &'h str>;

fn remembered(txn: &TxnFacts, step: u32) -> Remembered<'_> {
    let entries = txn.reads.at(step).flat_map(|(_, chain)| chain);
    entries
        .map(|entry| (&*entry.key.digest, &*entry.version))
        .collect()
}

fn version_of(
    record: &str,
    which: &str,
    version: &VersionState,
    role: Role,
    fresh: bool,
    note: String,
) -> RecordVersion {
    let bins = version.bins.iter().flatten();
    let mut lines: Vec<String> = bins
        .clone()
        .take(BINS)
        .map(|bin| format!("{} {}", key_text(&bin.name), cut(&bin.value, 40)))
        .collect();
    let hidden = bins.count().saturating_sub(BINS);
    if hidden > 0 {
        lines.push(format!("and {hidden} more"));
    }
    RecordVersion {
        id: format!("{record}/{which}"),
        bins: lines,
        tombstone: version.bins.is_none(),
        generation: version.generation,
        version: version.version.clone(),
        role,
        fresh,
        note,
    }
}

/// What the owner, another transaction and a reader outside would read.
fn parties(
    owner: Option<&str>,
    committed: Option<&RecordVersion>,
    provisional: Option<&RecordVersion>,
) -> Vec<PartyRead> {
    let reads = |party: &str, version: Option<&RecordVersion>| {
        let live = version.filter(|version| !version.tombstone);
        PartyRead {
            party: party.to_owned(),
            sees: live.map(|version| version.id.clone()),
            answer: live.map_or("NOT_FOUND".to_owned(), |version| {
                format!(
                    "{}, generation {}",
                    version.bins.join(", "),
                    version.generation
                )
            }),
            role: if live.is_some() {
                Role::Chosen
            } else {
                Role::Gone
            },
        }
    };
    match owner {
        None => vec![reads("everybody", committed)],
        Some(owner) => vec![
            reads(&format!("{owner}, which holds it"), provisional),
            PartyRead {
                party: "another transaction".to_owned(),
                sees: None,
                answer: ResultCode::MrtBlocked.name().to_owned(),
                role: Role::Refused,
            },
            reads("a reader outside", committed),
        ],
    }
}

/// The latest commit or abort of a transaction, as a line of steps.
fn commit_line(txn: &TxnFacts, step: u32) -> Option<CommitLine> {
    let known = txn.finishes.partition_point(|(since, _)| *since <= step);
    let (since, finish) = txn.finishes[..known].last()?;
    let steps = steps_of(&txn.txn_id, finish);
    let mark = steps.iter().position(|step| step.name == "mark");
    Some(CommitLine {
        txn: txn.txn_id.clone(),
        step: *since,
        commit: finish.commit,
        steps,
        commit_point: mark.map(|place| place as u32),
        passed: finish.has_happened(),
        outcome: finish.outcome(),
    })
}

fn steps_of(txn: &str, finish: &FinishFact) -> Vec<CommitStep> {
    let step = |name: &str, (status, done, failed): (StepStatus, Vec<String>, Vec<String>)| {
        let id = format!("commit/{txn}/{}", name.replace(' ', "-"));
        CommitStep {
            id,
            name: name.to_owned(),
            status,
            done,
            failed,
        }
    };
    let back = finish.rolled.iter().any(|roll| !roll.forward);
    let mut steps = Vec::new();
    if finish.commit {
        steps.push(step("verify", verify_step(finish)));
        steps.push(step("mark", mark_step(finish)));
    }
    let direction = if finish.commit && !back {
        "roll forward"
    } else {
        "roll back"
    };
    steps.push(step(direction, roll_step(finish)));
    steps.push(step("close", close_step(finish)));
    steps
}

type StepLines = (StepStatus, Vec<String>, Vec<String>);

fn not_reached() -> StepLines {
    (
        StepStatus::NotReached,
        vec!["not reached".to_owned()],
        Vec::new(),
    )
}

fn verify_step(finish: &FinishFact) -> StepLines {
    let Some(rows) = &finish.verified else {
        if finish.retried {
            let before = "done by an earlier commit".to_owned();
            return (StepStatus::Done, vec![before], Vec::new());
        }
        return not_reached();
    };
    let failed: Vec<String> = rows
        .iter()
        .filter_map(|row| Some((row, row.refused?)))
        .map(|(row, code)| format!("{}: {}", user_key(&row.key), code.name()))
        .collect();
    let sent = crate::explain::phrase::count(rows.len() as u64, "read");
    match (rows.len(), failed.len()) {
        (0, _) => (
            StepStatus::Skipped,
            vec!["no reads to compare".to_owned()],
            failed,
        ),
        (_, 0) => (
            StepStatus::Done,
            vec![format!("{sent} sent, all current")],
            failed,
        ),
        _ => (StepStatus::Failed, vec![format!("{sent} sent")], failed),
    }
}

fn mark_step(finish: &FinishFact) -> StepLines {
    let lines = |status, done: &[&str], failed: Vec<String>| {
        (
            status,
            done.iter().map(|line| (*line).to_owned()).collect(),
            failed,
        )
    };
    match finish.marked {
        None => not_reached(),
        Some(MarkOutcome::Marked) => lines(
            StepStatus::Done,
            &["monitor: fwd = true", "state COMMITTED"],
            Vec::new(),
        ),
        Some(MarkOutcome::MarkedBefore) => lines(
            StepStatus::Done,
            &["fwd was true already", "state COMMITTED"],
            Vec::new(),
        ),
        Some(MarkOutcome::NothingToMark) => lines(
            StepStatus::Skipped,
            &["nothing was written", "state COMMITTED"],
            Vec::new(),
        ),
        Some(MarkOutcome::Refused(code)) => {
            lines(StepStatus::Failed, &[], vec![code.name().to_owned()])
        }
        Some(MarkOutcome::InDoubt(code)) => lines(
            StepStatus::InDoubt,
            &["state COMMIT_FAILED"],
            vec![format!("{}: in doubt", code.name())],
        ),
    }
}

fn roll_step(finish: &FinishFact) -> StepLines {
    if finish.rolled.is_empty() {
        return match finish.closed {
            Some(_) => (
                StepStatus::Skipped,
                vec!["no records to roll".to_owned()],
                Vec::new(),
            ),
            None => not_reached(),
        };
    }
    let (failed, done): (Vec<_>, Vec<_>) = finish
        .rolled
        .iter()
        .partition(|roll| roll.refused.is_some());
    let keys: Vec<String> = done.iter().map(|roll| user_key(&roll.key)).collect();
    let done = match &keys[..] {
        [] => Vec::new(),
        keys if keys.len() <= 6 => vec![format!("{} rolled", crate::explain::phrase::join(keys))],
        keys => vec![format!(
            "{} rolled",
            crate::explain::phrase::count(keys.len() as u64, "record")
        )],
    };
    let failed: Vec<String> = failed
        .iter()
        .map(|roll| {
            let why = match roll.refused {
                Some(ResultCode::Timeout) | None => "no answer came",
                Some(code) => code.name(),
            };
            format!("{}: {why}", user_key(&roll.key))
        })
        .collect();
    let status = if failed.is_empty() {
        StepStatus::Done
    } else {
        StepStatus::Failed
    };
    (status, done, failed)
}

fn close_step(finish: &FinishFact) -> StepLines {
    let line = |text: &str| vec![text.to_owned()];
    match finish.closed {
        None => not_reached(),
        Some(CloseOutcome::Closed) => {
            (StepStatus::Done, line("monitor record removed"), Vec::new())
        }
        Some(CloseOutcome::NothingToClose) => {
            (StepStatus::Skipped, line("no monitor record"), Vec::new())
        }
        Some(CloseOutcome::LeftToServer) => (
            StepStatus::Skipped,
            line("a write is in doubt: left to the server"),
            Vec::new(),
        ),
        Some(CloseOutcome::Failed(code)) => (StepStatus::Failed, Vec::new(), line(code.name())),
    }
}

/// The name of a record's mark.
pub fn record_id(key: &KeyRef) -> String {
    format!(
        "record/{}/{}",
        key.set.as_deref().unwrap_or(""),
        user_key(key)
    )
}

/// The user's part of a key in short: `16`, `x`.
pub fn user_key(key: &KeyRef) -> String {
    match decode(&key.user_key) {
        Some(text) => key_text(&text),
        None => cut(&key.user_key, 40),
    }
}

/// A version's bins on one line.
pub fn in_short(version: &VersionState) -> String {
    match &version.bins {
        None => "deleted".to_owned(),
        Some(bins) => {
            let bins: Vec<String> = bins
                .iter()
                .map(|bin| format!("{} {}", key_text(&bin.name), bin.value))
                .collect();
            cut(&bins.join(", "), 40)
        }
    }
}

fn short_digest(digest: &str) -> String {
    format!("{}…", &digest[..8])
}
