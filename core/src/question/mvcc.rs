//! Questions about version chains.

use std::collections::BTreeMap;

use super::{Asked, earlier, few};
use crate::{
    event::{Event, ReadThrough},
    run::Run,
    view::row::cut,
};

/// A stored version: its arrival number and its value (`None`: a tombstone).
type Stored = (u64, Option<String>);

/// Which version will the read return?
pub fn read(run: &Run, step: u32, event: &Event) -> Option<Asked> {
    let Event::SnapshotRead {
        key,
        read_at,
        through,
        chosen,
        ..
    } = event
    else {
        return None;
    };
    let chain = chain(run, step, key);
    let mut candidates: Vec<String> = chain
        .iter()
        .map(|(at, stored)| named(*at, stored))
        .collect();
    let answer = match chosen {
        Some(chosen) => chain.keys().position(|at| *at == chosen.timestamp)?,
        None => candidates.len(),
    };
    let (mut choices, answer) = match chosen {
        Some(_) => few(candidates, answer, 5),
        None => {
            candidates.truncate(5);
            let end = candidates.len();
            (candidates, end)
        }
    };
    if choices.is_empty() {
        return None;
    }
    choices.push("nothing".to_owned());
    let at = match (through, read_at) {
        (ReadThrough::Snapshot { snapshot_id }, _) => format!(" through {snapshot_id}"),
        (_, Some(at)) => format!(" at {at}"),
        _ => String::new(),
    };
    Some((
        format!("Which version will this read of {key}{at} return?"),
        choices,
        answer,
    ))
}

/// Will a put that is not the newest be accepted?
pub fn write(run: &Run, step: u32, event: &Event) -> Option<Asked> {
    let (key, timestamp, accepted) = match event {
        Event::VersionWritten { key, written, .. } => (key, written.timestamp, true),
        Event::WriteRefusedByReader { key, timestamp, .. } => (key, *timestamp, false),
        _ => return None,
    };
    let late = chain(run, step, key)
        .keys()
        .next_back()
        .is_some_and(|newest| *newest > timestamp);
    if accepted && !late {
        return None;
    }
    let choices = vec![
        "It takes its place in the chain".to_owned(),
        "It is refused: a reader has been answered".to_owned(),
    ];
    Some((
        format!("What becomes of this write of {key} at {timestamp}?"),
        choices,
        usize::from(!accepted),
    ))
}

/// How many versions will the collection remove?
pub fn collection(run: &Run, step: u32, event: &Event) -> Option<Asked> {
    let Event::VersionsCollected { asked, removed, .. } = event else {
        return None;
    };
    let stored: usize = chains(run, step).values().map(BTreeMap::len).sum();
    if stored == 0 {
        return None;
    }
    let counts = (0..=stored).map(|count| count.to_string()).collect();
    let (choices, answer) = few(counts, removed.len(), 5);
    Some((
        format!("How many versions will go, at a watermark of {asked}?"),
        choices,
        answer,
    ))
}

fn chain(run: &Run, step: u32, key: &str) -> BTreeMap<u64, Stored> {
    chains(run, step).remove(key).unwrap_or_default()
}

/// The chains as the earlier steps have left them, by timestamp.
fn chains(run: &Run, step: u32) -> BTreeMap<&str, BTreeMap<u64, Stored>> {
    let mut chains: BTreeMap<&str, BTreeMap<u64, Stored>> = BTreeMap::new();
    for event in earlier(run, step) {
        match event {
            Event::VersionWritten {
                key,
                value,
                written,
                ..
            } => {
                chains
                    .entry(key)
                    .or_default()
                    .insert(written.timestamp, (written.version, value.clone()));
            }
            Event::VersionsCollected { removed, .. } => {
                for gone in removed {
                    if let Some(chain) = chains.get_mut(gone.key.as_str()) {
                        chain.remove(&gone.gone.timestamp);
                    }
                }
            }
            _ => {}
        }
    }
    chains
}

fn named(at: u64, (version, value): &Stored) -> String {
    match value {
        Some(value) => format!("v{version} {} @{at}", cut(value, 24)),
        None => format!("v{version} deleted @{at}"),
    }
}
