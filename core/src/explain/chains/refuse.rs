//! Why a multi-version request was refused with an error.

use super::super::phrase::{Phrase, why};
use crate::run::Now;
use crate::view::chains::Role;
use crate::view::chains::history::{ChainHistory, SnapshotFact};
use crate::view::scene::Why;

/// A multi-version request that was refused with an error.
pub(super) fn refused(chains: &ChainHistory, now: &Now, code: u32) -> Option<Why> {
    let request = now.request.as_ref()?;
    let body = &request.body;
    let act = request.kind.strip_prefix("mvcc_").unwrap_or("request");
    let key = body.text("key");
    match code {
        21 => {
            let (key, at) = (key?, body.integer("timestamp")?);
            let (_, lane) = chains.lane(&key, now.step)?;
            let there = lane.exactly(at, now.step)?;
            let taken = Phrase::default()
                .key(&key)
                .text(format!(" has a version at {at} already: "))
                .version(&key, &there.at, there.value.as_deref(), Role::Refused)
                .text(", by ")
                .message(there.written, Role::Plain)
                .text(". ");
            let rule = Phrase::new(format!(
                "Two versions at one timestamp would leave open which of them a read at {at} gets, so the {act} is refused and nothing changes."
            ));
            Some(why(format!("Why is the {act} refused?"), [taken, rule]))
        }
        22 => {
            let mark = chains.last_collection(now.step)?.watermark;
            let asked = ["timestamp", "read_timestamp"];
            let at = asked.iter().find_map(|name| body.integer(name));
            let at = at.map_or("This".to_owned(), |at| at.to_string());
            let below = Phrase::new(format!("{at} is below the "))
                .link(format!("watermark {mark}"), "watermark", Role::Refused)
                .text(": versions there may have been collected already.");
            let rule = match act {
                "put" | "delete" => Phrase::new(
                    "A version there could be seen by no read that is still allowed, so the write is refused and nothing changes.",
                ),
                _ => Phrase::new(
                    "The node cannot know what was to be seen there, and refuses rather than answer wrongly.",
                ),
            };
            Some(why(format!("Why is the {act} refused?"), [below, rule]))
        }
        20 => {
            let id = body.text("snapshot_id")?;
            let state = match chains.snapshot(&id) {
                Some(SnapshotFact {
                    closed: Some(closed),
                    ..
                }) if *closed <= now.step => Phrase::new(format!("Snapshot {id} was ended by "))
                    .message(*closed, Role::Gone)
                    .text("; what it saw may have been collected since."),
                _ => Phrase::new(format!("No snapshot {id} was ever opened here.")),
            };
            Some(why(format!("Why is there no {id}?"), [state]))
        }
        _ => None,
    }
}
