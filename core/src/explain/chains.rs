//! Why a read got its version, why a write was refused, why a version stays.

mod collect;
mod read;
mod refuse;
mod snapshot;
mod write;

use super::phrase::{Phrase, count, spans};
use crate::{
    event::{Event, VersionRef},
    run::{Now, Run},
    view::{
        chains::{Role, history::SnapshotFact},
        scene::{Span, Why},
    },
};

/// The explanation of a multi-version event; `None` for any other.
pub fn of(run: &Run, now: &Now, event: &Event) -> Option<Why> {
    let chains = run.chains();
    Some(match event {
        Event::SnapshotRead { .. } => read::read(chains, now, event),
        Event::VersionWritten {
            key,
            value,
            written,
            slid_before,
        } => write::write(
            chains,
            now.step,
            key,
            value.as_deref(),
            written,
            slid_before.as_ref(),
        ),
        Event::WriteRefusedByReader {
            key,
            timestamp,
            read_at,
            returned,
        } => write::refused_by_reader(chains, now, key, *timestamp, *read_at, returned.as_ref()),
        Event::SnapshotOpened {
            snapshot_id,
            read_at,
        } => snapshot::opened(chains, now.step, snapshot_id, *read_at),
        Event::SnapshotClosed {
            snapshot_id,
            read_at,
        } => snapshot::closed(chains, now.step, snapshot_id, *read_at),
        Event::VersionsCollected {
            asked,
            watermark,
            held_by,
            removed,
        } => collect::collected(
            chains,
            now.step,
            (*asked, *watermark),
            held_by.as_deref(),
            removed,
        ),
        Event::RequestRefused { kind, code, .. } if kind.starts_with("mvcc_") => {
            return refuse::refused(chains, now, *code);
        }
        _ => return None,
    })
}

/// What else the picture holds: open snapshots and the last collection.
pub fn also(run: &Run, step: u32) -> Vec<Vec<Span>> {
    let chains = run.chains();
    let mut said = Vec::new();
    let open: Vec<&SnapshotFact> = chains.open_snapshots(step).collect();
    for snapshot in open.iter().take(3) {
        let phrase = Phrase::new("Snapshot ")
            .link(&snapshot.id, &snapshot.id, Role::Plain)
            .text(format!(" was opened at {}, by ", snapshot.at))
            .message(snapshot.opened, Role::Plain)
            .text(", and is still open: what it sees is kept.");
        said.push(spans(phrase));
    }
    if open.len() > 3 {
        let more = count(open.len() as u64 - 3, "more snapshot");
        said.push(spans(Phrase::new(format!("{more} open."))));
    }
    if let Some(last) = chains.last_advance(step).filter(|c| c.step < step) {
        let mut phrase = Phrase::new("The collection of ").message(last.step, Role::Gone);
        phrase = match &last.held_by {
            Some(holder) => phrase
                .text(format!(" asked for {} and was held by ", last.asked))
                .then(snapshot(&open, holder))
                .text(" at "),
            None => phrase.text(" set the watermark to "),
        };
        phrase = phrase
            .link(last.watermark.to_string(), "watermark", Role::Plain)
            .text(format!(
                "; it removed {}.",
                count(last.removed.into(), "version")
            ));
        said.push(spans(phrase));
    }
    said
}

/// A snapshot's name: a link while it is open and so in the picture.
fn snapshot(open: &[&SnapshotFact], id: &str) -> Phrase {
    match open.iter().any(|snapshot| snapshot.id == id) {
        true => Phrase::default().link(id, id, Role::Plain),
        false => Phrase::default().data(id),
    }
}

/// `v2 @200`.
fn at_text(at: &VersionRef) -> String {
    format!("v{} @{}", at.version, at.timestamp)
}
