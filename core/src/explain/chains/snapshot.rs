//! What a snapshot sees, and what changes when it ends.

use super::super::phrase::{Phrase, between, version_text, why};
use crate::view::chains::Role;
use crate::view::chains::history::{ChainHistory, VersionFact};
use crate::view::chains::picture::version_id;
use crate::view::row::key_text;
use crate::view::scene::Why;

pub(super) fn opened(chains: &ChainHistory, step: u32, id: &str, at: u64) -> Why {
    let sees: Vec<(&str, &VersionFact)> = chains.lanes[..chains.lane_count(step)]
        .iter()
        .filter_map(|lane| Some((lane.key.as_str(), lane.visible(at, step)?)))
        .take(7)
        .collect();
    let rule = Phrase::new("Snapshot ")
        .link(id, id, Role::Chosen)
        .text(format!(
            " reads at {at}, now and later: of each key the newest version at or below {at}. "
        ));
    let shown = sees.len().min(6);
    let mut list = match shown {
        0 => rule.text("It sees nothing yet."),
        _ => rule.text("It sees "),
    };
    for (i, (key, fact)) in sees.iter().take(shown).enumerate() {
        let text = match &fact.value {
            Some(value) => format!("{} {}", key_text(key), version_text(&fact.at, Some(value))),
            None => format!("{} deleted", key_text(key)),
        };
        list = list
            .text(between(
                i,
                if sees.len() > shown { shown + 1 } else { shown },
            ))
            .link(text, version_id(key, fact.at.version), Role::Chosen);
    }
    if shown > 0 {
        list = list.text(if sees.len() > shown {
            ", and more."
        } else {
            "."
        });
    }
    let keeps = Phrase::new(format!(
        "While it is open the watermark cannot pass {at}, so what it sees is kept. Writers go on: nobody waits for a reader."
    ));
    why(format!("What does {id} see?"), [list, keeps])
}

pub(super) fn closed(chains: &ChainHistory, step: u32, id: &str, at: u64) -> Why {
    let done = Phrase::new(format!("Snapshot {id} no longer holds {at}. "));
    let oldest = chains
        .open_snapshots(step)
        .min_by_key(|snapshot| snapshot.at);
    let rest = match oldest {
        Some(oldest) => done
            .text("The oldest snapshot still open is ")
            .link(&oldest.id, &oldest.id, Role::Plain)
            .text(format!(
                ", at {}: a collection can go up to there.",
                oldest.at
            )),
        None => done.text("No snapshot is open: a collection can go as far as it is asked to."),
    };
    let later = Phrase::new("Nothing is removed now: versions go when a collection runs.");
    why(format!("What changes when {id} ends?"), [rest, later])
}
