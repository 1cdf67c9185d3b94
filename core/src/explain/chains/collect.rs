//! What a collection took, and why the rest stays.

use super::super::phrase::{Phrase, between, join, why};
use super::at_text;
use crate::event::CollectedVersion;
use crate::view::chains::Role;
use crate::view::chains::history::ChainHistory;
use crate::view::chains::picture::version_id;
use crate::view::row::key_text;
use crate::view::scene::Why;

pub(super) fn collected(
    chains: &ChainHistory,
    step: u32,
    (asked, watermark): (u64, u64),
    held_by: Option<&str>,
    removed: &[CollectedVersion],
) -> Why {
    let mut mark = Phrase::default();
    mark = match held_by {
        Some(holder) => mark
            .text(format!("A watermark of {asked} was asked for. Snapshot "))
            .link(holder, holder, Role::Plain)
            .text(format!(" is open at {watermark} and holds it there."))
        ,
        None if asked < watermark => mark.text(format!(
            "A watermark of {asked} was asked for, but it never moves back: it is {watermark} already."
        )),
        None => mark.text(format!(
            "The watermark is {watermark} now: nothing below it will be read or written again."
        )),
    };
    let mut went = Phrase::default();
    if !removed.is_empty() {
        went = went.text(format!("No read at or above {watermark} can see "));
        let shown = removed.len().min(4);
        for (i, version) in removed.iter().take(shown).enumerate() {
            let text = format!("{} v{}", key_text(&version.key), version.gone.version);
            let parts = if removed.len() > shown {
                shown + 1
            } else {
                shown
            };
            went = went.text(between(i, parts)).link(
                text,
                version_id(&version.key, version.gone.version),
                Role::Gone,
            );
        }
        if removed.len() > shown {
            went = went.text(format!(" and {} more", removed.len() - shown));
        }
        went = went.text(if removed.len() == 1 {
            ": it went. "
        } else {
            ": they went. "
        });
        if let Some((key, cover)) = removed
            .iter()
            .find_map(|r| Some((&r.key, r.covered_by.as_ref()?)))
        {
            went = went.text("Of ").key(key).text(", ").link(
                at_text(cover),
                version_id(key, cover.version),
                Role::Plain,
            );
            went = went.text(" answers in its place. ");
        }
        if removed.iter().any(|r| r.covered_by.is_none()) {
            went = went.text("A tombstone with nothing below it goes too: without it a read answers null all the same.");
        }
    }
    let stays = match chains
        .open_snapshots(step)
        .map(|s| s.id.clone())
        .collect::<Vec<_>>()
    {
        open if open.is_empty() => Phrase::new(format!(
            "The rest stays: of each key the newest version at or below {watermark} answers reads there, and what is later can still be read."
        )),
        open => Phrase::new(format!(
            "The rest stays: of each key the newest version at or below {watermark} answers reads there, what is later can still be read, and {} may ask for what {} sees.",
            join(&open),
            if open.len() == 1 { "it" } else { "each" },
        )),
    };
    let title = match removed.len() {
        0 => "Why did nothing go?",
        _ => "What went, and why does the rest stay?",
    };
    why(title, [mark, went, stays])
}
