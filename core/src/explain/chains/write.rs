//! Where a write takes its place, and why a reader forbids one.

use super::super::phrase::{Phrase, ordinal, why};
use super::at_text;
use crate::event::VersionRef;
use crate::run::Now;
use crate::view::chains::Role;
use crate::view::chains::history::ChainHistory;
use crate::view::chains::picture::version_id;
use crate::view::scene::Why;

pub(super) fn write(
    chains: &ChainHistory,
    step: u32,
    key: &str,
    value: Option<&str>,
    written: &VersionRef,
    slid_before: Option<&VersionRef>,
) -> Why {
    let lane = chains.lane(key, step).map(|(_, lane)| lane);
    let before = lane.and_then(|lane| {
        let earlier = written.timestamp.checked_sub(1)?;
        lane.visible(earlier, step)
    });
    let act = if value.is_some() { "put" } else { "delete" };
    let arrived = Phrase::new(format!(
        "This {act} is the {} write of ",
        ordinal(written.version)
    ))
    .key(key)
    .text(" to arrive, so it is ")
    .version(key, written, value, Role::Chosen)
    .text(". ");
    let arrived = match (slid_before, before) {
        (Some(later), Some(before)) => arrived
            .text(format!(
                "In time it lies at {}, between ",
                written.timestamp
            ))
            .link(
                at_text(&before.at),
                version_id(key, before.at.version),
                Role::Plain,
            )
            .text(" and ")
            .link(at_text(later), version_id(key, later.version), Role::Plain)
            .text(": it slides in there."),
        (Some(later), None) => arrived
            .text(format!("In time it lies at {}, before ", written.timestamp))
            .link(at_text(later), version_id(key, later.version), Role::Plain)
            .text(": it slides in there."),
        (None, Some(before)) => arrived
            .text(format!("It begins at {}, after ", written.timestamp))
            .link(
                at_text(&before.at),
                version_id(key, before.at.version),
                Role::Plain,
            )
            .text(": it is the newest."),
        (None, None) => arrived.text(format!(
            "It begins at {} and is the only one.",
            written.timestamp
        )),
    };
    let from = written.timestamp;
    let now_get = match (value, slid_before) {
        (Some(_), Some(later)) => format!("Reads from {from} to {} get it. ", later.timestamp - 1),
        (Some(_), None) => format!("Reads at or above {from} get it. "),
        (None, Some(later)) => {
            format!(
                "A tombstone has no value: reads from {from} to {} answer null. ",
                later.timestamp - 1
            )
        }
        (None, None) => format!("A tombstone has no value: reads at or above {from} answer null. "),
    };
    let mut effect = Phrase::new(now_get);
    effect = match before {
        Some(before) => effect
            .text("Reads below it still get ")
            .version(key, &before.at, before.value.as_deref(), Role::Plain)
            .text("."),
        None => effect.text("Reads below it see nothing."),
    };
    let title = match (value, slid_before) {
        (None, _) => "What does a delete leave behind?".to_owned(),
        (_, Some(_)) => format!("Where does v{} take its place?", written.version),
        _ => format!("Who sees v{}?", written.version),
    };
    why(
        title,
        [arrived, effect, seen_by(chains, step, key, written)],
    )
}

/// What the open snapshots make of a write.
fn seen_by(chains: &ChainHistory, step: u32, key: &str, written: &VersionRef) -> Phrase {
    let lane = chains.lane(key, step).map(|(_, lane)| lane);
    let mut phrase = Phrase::default();
    for snapshot in chains.open_snapshots(step).take(3) {
        let seen = lane.and_then(|lane| lane.visible(snapshot.at, step));
        let said = match seen.is_some_and(|seen| seen.at == *written) {
            true => "sees it: it had not read this key before.",
            false => "does not see it: its answers stay as they were.",
        };
        phrase = phrase
            .text("Snapshot ")
            .link(&snapshot.id, &snapshot.id, Role::Plain)
            .text(format!(", at {}, {said} ", snapshot.at));
    }
    phrase
}

pub(super) fn refused_by_reader(
    chains: &ChainHistory,
    now: &Now,
    key: &str,
    timestamp: u64,
    read_at: u64,
    returned: Option<&VersionRef>,
) -> Why {
    let lane = chains.lane(key, now.step).map(|(_, lane)| lane);
    let act = match now
        .request
        .as_ref()
        .is_some_and(|r| r.kind == "mvcc_delete")
    {
        true => "delete",
        false => "put",
    };
    let mut answered = Phrase::new("A read of ")
        .key(key)
        .text(format!(" at {read_at}"));
    if let Some(first) = lane.and_then(|lane| lane.first_read(read_at, now.step)) {
        answered = answered.text(", by ").message(first, Role::Plain).text(",");
    }
    answered = match returned {
        Some(at) => {
            let fact = lane.and_then(|lane| lane.exactly(at.timestamp, now.step));
            answered
                .text(" was answered with ")
                .version(key, at, fact.and_then(|f| f.value.as_deref()), Role::Chosen)
                .text(format!(", written at {}. ", at.timestamp))
        }
        None => answered.text(" was answered with nothing. "),
    };
    answered = answered.text(format!(
        "A version at {timestamp} would lie at or below {read_at} and be newer than that: the same read would now answer otherwise."
    ));
    let rule = Phrase::new(format!(
        "What a reader has been told stays true, so this {act} is refused and nothing changes. \
         A timestamp above {read_at} does not disturb that reader."
    ));
    why(
        format!("Why is the {act} at {timestamp} refused?"),
        [answered, rule],
    )
}
