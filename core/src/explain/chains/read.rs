//! Why a read got its version.

use super::super::phrase::{Phrase, capital, count, why};
use crate::event::{Event, ReadThrough, VersionRef};
use crate::run::Now;
use crate::view::chains::Role;
use crate::view::chains::history::ChainHistory;
use crate::view::scene::Why;

pub(super) fn read(chains: &ChainHistory, now: &Now, event: &Event) -> Why {
    let Event::SnapshotRead {
        key,
        read_at,
        through,
        chosen,
        value,
        tombstone,
        newer,
        newer_count,
        older_count,
    } = event
    else {
        unreachable!("called for reads only")
    };
    let title = match (chosen, newer) {
        (Some(_), _) if *tombstone => "Why is the answer null?".to_owned(),
        (Some(chosen), Some(newer)) => {
            format!("Why v{}, and not v{}?", chosen.version, newer.version)
        }
        (Some(chosen), None) => format!("Why v{}?", chosen.version),
        (None, Some(_)) => "Why is nothing visible?".to_owned(),
        (None, None) => "Why is there nothing to read?".to_owned(),
    };
    let lane = chains.lane(key, now.step).map(|(_, lane)| lane);
    let fact = |at: &VersionRef| lane.and_then(|lane| lane.exactly(at.timestamp, now.step));
    let mut rule = match (through, read_at) {
        (ReadThrough::Snapshot { snapshot_id }, Some(at)) => Phrase::new("Snapshot ")
            .link(snapshot_id, snapshot_id, Role::Plain)
            .text(format!(
                " reads at {at}, whatever has been written since: the newest version of "
            ))
            .key(key)
            .text(format!(" at or below {at}. ")),
        (ReadThrough::Latest, _) | (_, None) => {
            Phrase::new("A read without a timestamp takes the newest version of ")
                .key(key)
                .text(". ")
        }
        (ReadThrough::Timestamp, Some(at)) => {
            Phrase::new(format!("A read at {at} takes the newest version of "))
                .key(key)
                .text(format!(" at or below {at}. "))
        }
    };
    rule = match chosen {
        Some(at) => {
            let until = match newer {
                Some(newer) => format!(
                    ", written at {}; it stays the answer for every read before {}.",
                    at.timestamp, newer.timestamp
                ),
                None => format!(", written at {}; no version is later.", at.timestamp),
            };
            rule.text("That is ")
                .version(key, at, value.as_deref(), Role::Chosen)
                .text(until)
        }
        None if newer.is_some() => rule.text("There is none: the value is null and the version 0."),
        None => {
            let gone = lane.is_some_and(|lane| lane.written(now.step) > 0);
            let none = if gone {
                " has no versions left"
            } else {
                " has no versions"
            };
            rule.key(key)
                .text(format!("{none}: the value is null and the version 0."))
        }
    };
    let mut rest = Phrase::default();
    if *tombstone {
        rest = rest.text("A tombstone answers null: the key was deleted there. ");
    }
    if let (Some(newer), Some(at)) = (newer, read_at) {
        let value = fact(newer).and_then(|fact| fact.value.as_deref());
        let later = newer.timestamp - at;
        rest = match newer_count {
            0 | 1 => rest,
            n => rest.text(format!(
                "{} are later; the first is ",
                capital(&count(*n, "version"))
            )),
        };
        rest = rest
            .version(key, newer, value, Role::Newer)
            .text(match newer_count {
                0 | 1 => format!(
                    " begins at {}, {later} after the read: not visible. ",
                    newer.timestamp
                ),
                _ => format!(
                    ", which begins at {}, {later} after the read. ",
                    newer.timestamp
                ),
            });
    }
    if *older_count > 0 {
        let verb = if *older_count == 1 { "is" } else { "are" };
        let text = format!(
            "{} {verb} covered by it. ",
            capital(&count(*older_count, "older version"))
        );
        rest = rest.text(text);
    }
    if let Some(before) = chosen
        .as_ref()
        .and_then(fact)
        .and_then(|f| f.slid_before.as_ref())
    {
        rest = rest.text(format!(
            "It arrived after v{}, but order in time decides, not order of arrival.",
            before.version
        ));
    }
    why(title, [rule, rest])
}
