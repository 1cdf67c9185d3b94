//! Why a read got its version, why a write was refused, why a version stays.

use super::phrase::{Phrase, between, count, join, ordinal, spans, version_text, why};
use crate::{
    event::{CollectedVersion, Event, ReadThrough, VersionRef},
    run::{Now, Run},
    view::{
        chains::{
            Role,
            history::{ChainHistory, SnapshotFact, VersionFact},
            picture::version_id,
        },
        row::key_text,
        scene::{Span, Why},
    },
};

/// The explanation of a multi-version event; `None` for any other.
pub fn of(run: &Run, now: &Now, event: &Event) -> Option<Why> {
    let chains = run.chains();
    Some(match event {
        Event::SnapshotRead { .. } => read(chains, now, event),
        Event::VersionWritten {
            key,
            value,
            written,
            slid_before,
        } => write(
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
        } => refused_by_reader(chains, now, key, *timestamp, *read_at, returned.as_ref()),
        Event::SnapshotOpened {
            snapshot_id,
            read_at,
        } => opened(chains, now.step, snapshot_id, *read_at),
        Event::SnapshotClosed {
            snapshot_id,
            read_at,
        } => closed(chains, now.step, snapshot_id, *read_at),
        Event::VersionsCollected {
            asked,
            watermark,
            held_by,
            removed,
        } => collected(
            chains,
            now.step,
            (*asked, *watermark),
            held_by.as_deref(),
            removed,
        ),
        Event::RequestRefused { kind, code, .. } if kind.starts_with("mvcc_") => {
            return refused(chains, now, *code);
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

fn read(chains: &ChainHistory, now: &Now, event: &Event) -> Why {
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
            n => rest.text(format!("{} are later; the first is ", count(*n, "version"))),
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
            super::phrase::capital(&count(*older_count, "older version"))
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

fn write(
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

fn refused_by_reader(
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

fn opened(chains: &ChainHistory, step: u32, id: &str, at: u64) -> Why {
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

fn closed(chains: &ChainHistory, step: u32, id: &str, at: u64) -> Why {
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

fn collected(
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

/// A multi-version request that was refused with an error.
fn refused(chains: &ChainHistory, now: &Now, code: u32) -> Option<Why> {
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

/// `v2 @200`.
fn at_text(at: &VersionRef) -> String {
    format!("v{} @{}", at.version, at.timestamp)
}
