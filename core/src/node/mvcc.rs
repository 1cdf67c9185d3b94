//! `mvcc_*` on the wire.

use super::Call;
use crate::event::{CollectedVersion, Event, ReadThrough, VersionRef};
use crate::mvcc::{BelowWatermark, Gone, MvccStore, NoSnapshot, Seen, WriteRefusal, Written};
use crate::protocol::catalogue::MAX_TIMESTAMP;
use crate::protocol::{ErrorCode, Field, Refusal, Refused};

pub(super) fn put(store: &mut MvccStore, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = body.required("key")?.string()?;
    let value = body.required("value")?.value()?;
    write(store, &key, Some(value), &body.required("timestamp")?, call)
}

pub(super) fn delete(
    store: &mut MvccStore,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    let key = body.required("key")?.string()?;
    write(store, &key, None, &body.required("timestamp")?, call)
}

fn write(
    store: &mut MvccStore,
    key: &str,
    value: Option<&str>,
    timestamp: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    let at = read_timestamp(timestamp)?;
    let Written {
        version,
        slid_before,
    } = store
        .write(key, value, at)
        .map_err(|why| refuse_write(key, at, why, call))?;
    call.events.record(|| Event::VersionWritten {
        key: key.to_string(),
        value: value.map(str::to_string),
        written: VersionRef {
            version,
            timestamp: at,
        },
        slid_before: slid_before.map(version_ref),
    });
    call.reply()
        .unsigned("version", version)
        .unsigned("timestamp", at);
    Ok(())
}

pub(super) fn get(store: &mut MvccStore, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = body.required("key")?.string()?;
    let read_at = body.optional("read_timestamp");
    let snapshot = body.optional("snapshot_id");
    let (seen, read_at, snapshot_id) = match (read_at, snapshot) {
        (Some(_), Some(snapshot)) => {
            let text = "expected either snapshot_id or read_timestamp, got both";
            return Err(snapshot.refuse(ErrorCode::MalformedRequest, text));
        }
        (Some(field), None) => {
            let at = read_timestamp(&field)?;
            (
                store
                    .read(&key, at)
                    .map_err(|below| refuse_below("read", at, below))?,
                Some(at),
                None,
            )
        }
        (None, Some(field)) => {
            let id = field.string()?;
            let at = store
                .snapshot(&id)
                .map_err(|why| refuse_snapshot(&id, why))?;
            let seen = store
                .read(&key, at)
                .map_err(|below| refuse_below("read", at, below))?;
            (seen, Some(at), Some(id))
        }
        (None, None) => (store.read_newest(&key), None, None),
    };
    call.events.record(|| {
        let through = match (snapshot_id, read_at) {
            (Some(id), _) => ReadThrough::Snapshot {
                snapshot_id: id.into_owned(),
            },
            (None, Some(_)) => ReadThrough::Timestamp,
            (None, None) => ReadThrough::Latest,
        };
        fact(&key, read_at, through, &seen)
    });
    let mut reply = call.reply();
    match seen.chosen() {
        Some(version) => reply
            .raw_or_null("value", version.value)
            .unsigned("version", version.number)
            .unsigned("as_of_timestamp", version.timestamp),
        None => reply
            .null("value")
            .unsigned("version", 0)
            .null("as_of_timestamp"),
    };
    Ok(())
}

pub(super) fn begin(
    store: &mut MvccStore,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    let at = read_timestamp(&body.required("read_timestamp")?)?;
    let id = store
        .begin(at)
        .map_err(|below| refuse_below("a snapshot", at, below))?;
    call.events.record(|| Event::SnapshotOpened {
        snapshot_id: id.to_string(),
        read_at: at,
    });
    call.reply().numbered("snapshot_id", 's', id.0);
    Ok(())
}

pub(super) fn end(store: &mut MvccStore, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let id = body.required("snapshot_id")?.string()?;
    let read_at = store.end(&id).map_err(|why| refuse_snapshot(&id, why))?;
    call.events.record(|| Event::SnapshotClosed {
        snapshot_id: id.into_owned(),
        read_at,
    });
    call.reply();
    Ok(())
}

pub(super) fn gc(store: &mut MvccStore, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let asked = read_timestamp(&body.required("watermark")?)?;
    let mut gone = Vec::new();
    let mut listener = |version: Gone<'_>| gone.push(collected(version));
    let collected = if call.events.is_on() {
        store.collect_telling(asked, Some(&mut listener))
    } else {
        store.collect(asked)
    };
    call.events.record(|| Event::VersionsCollected {
        asked,
        watermark: collected.watermark,
        held_by: collected.held_by.map(|id| id.to_string()),
        removed: gone,
    });
    call.reply()
        .unsigned("watermark", collected.watermark)
        .unsigned("removed", collected.removed);
    Ok(())
}

fn read_timestamp(field: &Field<'_, '_>) -> Refused<u64> {
    field.integer_in(0..=MAX_TIMESTAMP).map(i64::unsigned_abs)
}

fn version_ref((version, timestamp): (u64, u64)) -> VersionRef {
    VersionRef { version, timestamp }
}

fn fact(key: &str, read_at: Option<u64>, through: ReadThrough, seen: &Seen<'_>) -> Event {
    let chosen = seen.chosen();
    let value = chosen.and_then(|version| version.value);
    Event::SnapshotRead {
        key: key.to_string(),
        read_at,
        through,
        chosen: chosen.map(|version| version_ref((version.number, version.timestamp))),
        value: value.map(text),
        tombstone: chosen.is_some() && value.is_none(),
        newer: seen.newer().map(version_ref),
        newer_count: seen.newer_count() as u64,
        older_count: seen.older_count() as u64,
    }
}

fn collected(gone: Gone<'_>) -> CollectedVersion {
    CollectedVersion {
        key: gone.key.to_string(),
        gone: version_ref((gone.version.number, gone.version.timestamp)),
        covered_by: gone.covered_by.map(version_ref),
    }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

fn refuse_write(key: &str, at: u64, why: WriteRefusal, call: &mut Call<'_>) -> Box<Refusal> {
    match why {
        WriteRefusal::BelowWatermark { watermark } => {
            refuse_below("a write", at, BelowWatermark { watermark })
        }
        WriteRefusal::Taken => {
            let text = format!("{key:?} already has a version at {at}");
            Refusal::new(ErrorCode::KeyAlreadyExists, text)
        }
        WriteRefusal::AlreadyRead { read_at, returned } => {
            call.events.record(|| Event::WriteRefusedByReader {
                key: key.to_string(),
                timestamp: at,
                read_at,
                returned: returned.map(version_ref),
            });
            let answer = match returned {
                Some((version, timestamp)) => format!("version {version} ({timestamp})"),
                None => "nothing".to_string(),
            };
            let text = format!(
                "a read of {key:?} at {read_at} has been answered with {answer}; a version at \
                 {at} would change that answer"
            );
            Refusal::new(ErrorCode::TxnConflict, text)
        }
    }
}

fn refuse_below(what: &str, at: u64, below: BelowWatermark) -> Box<Refusal> {
    let watermark = below.watermark;
    let text = format!("{what} at {at} is below the watermark {watermark}");
    Refusal::new(ErrorCode::PreconditionFailed, text)
}

fn refuse_snapshot(id: &str, why: NoSnapshot) -> Box<Refusal> {
    let text = match why {
        NoSnapshot::Unknown => format!("there is no snapshot {id:?}"),
        NoSnapshot::Ended => format!("snapshot {id:?} has ended"),
    };
    Refusal::new(ErrorCode::KeyDoesNotExist, text)
}
