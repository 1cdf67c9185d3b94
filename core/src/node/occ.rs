//! `occ_*` on the wire.

use std::borrow::Cow;

use super::Call;
use crate::event::{Event, VersionCheck, VersionedWrite};
use crate::occ::{Check, CommitReport, Ended, OccStore, Outcome};
use crate::protocol::{ErrorCode, Field, Refusal, Refused};

pub(super) fn begin(store: &mut OccStore, call: &mut Call<'_>) -> Refused<()> {
    let id = store.begin();
    call.events.record(|| Event::TransactionBegan {
        txn_id: id.to_string(),
    });
    call.reply().numbered("txn_id", 't', id.0);
    Ok(())
}

pub(super) fn read(store: &mut OccStore, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let txn_id = body.required("txn_id")?.string()?;
    let key = body.required("key")?.string()?;
    let seen = store
        .read(&txn_id, &key)
        .map_err(|ended| refuse(&txn_id, ended))?;
    call.events.record(|| Event::VersionRead {
        txn_id: txn_id.to_string(),
        key: key.to_string(),
        value: seen
            .value
            .map(|value| String::from_utf8_lossy(value).into_owned()),
        version: seen.version,
    });
    call.reply()
        .raw_or_null("value", seen.value)
        .unsigned("version", seen.version);
    Ok(())
}

pub(super) fn commit(
    store: &mut OccStore,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    let txn_id = body.required("txn_id")?.string()?;
    let writes = read_writes(&body.required("writes")?)?;
    let reads = read_versions(&body.required("read_versions")?)?;
    let listed = reads.iter().map(|(key, version)| (&**key, *version));
    let written = writes.iter().map(|(key, value)| (&**key, *value));
    let committed = store
        .commit(&txn_id, listed, written, call.step)
        .map_err(|ended| refuse(&txn_id, ended))?;
    let report = store.last_commit();
    call.events.record(|| fact(store, report, &txn_id, &writes));
    let mut reply = call.reply();
    reply.boolean("committed", committed);
    if committed {
        if let Some(version) = report.new_version() {
            reply.unsigned("new_version", version);
        }
        if report.written.len() > 1 {
            reply.list("versions", |list| {
                for &(key, version) in &report.written {
                    list.object(|entry| {
                        entry
                            .string("key", store.key_name(key))
                            .unsigned("version", version);
                    });
                }
            });
        }
    } else {
        reply.list("conflicts", |list| {
            for conflict in report.conflicts() {
                list.object(|entry| {
                    entry.string("key", store.key_name(conflict.key));
                    entry.unsigned("expected", conflict.expected);
                    entry.unsigned("actual", conflict.actual);
                });
            }
        });
    }
    Ok(())
}

type Writes<'t> = Vec<(Cow<'t, str>, &'t str)>;

fn read_writes<'t>(list: &Field<'_, 't>) -> Refused<Writes<'t>> {
    let mut writes = Vec::new();
    for item in list.items()? {
        let key = item.required("key")?.string()?;
        let value = item.required("value")?.value()?;
        writes.push((key, value));
    }
    let numbered = writes
        .iter()
        .enumerate()
        .map(|(index, (key, _))| (&**key, index as u64));
    match clash(numbered) {
        Some(index) => Err(given_twice(list, index, "the key is written twice")),
        None => Ok(writes),
    }
}

fn read_versions<'t>(list: &Field<'_, 't>) -> Refused<Vec<(Cow<'t, str>, u64)>> {
    let mut reads = Vec::new();
    for item in list.items()? {
        let key = item.required("key")?.string()?;
        let version = item.required("version")?.integer_in(0..=i64::MAX)?;
        reads.push((key, version.unsigned_abs()));
    }
    match clash(reads.iter().map(|(key, version)| (&**key, *version))) {
        Some(index) => Err(given_twice(
            list,
            index,
            "the key is given with another version",
        )),
        None => Ok(reads),
    }
}

/// The first item whose key an earlier item has with another tag.
fn clash<'k>(items: impl Iterator<Item = (&'k str, u64)> + Clone) -> Option<usize> {
    let mut sorted: Vec<(&str, usize, u64)> = items
        .enumerate()
        .map(|(index, (key, tag))| (key, index, tag))
        .collect();
    sorted.sort_unstable();
    let same_key = sorted.chunk_by(|left, right| left.0 == right.0);
    same_key
        .filter_map(|same| same.iter().find(|item| item.2 != same[0].2))
        .map(|item| item.1)
        .min()
}

fn given_twice(list: &Field<'_, '_>, index: usize, text: &str) -> Box<Refusal> {
    match list.items().map(|mut items| items.nth(index)) {
        Ok(Some(item)) => Refusal::at(
            ErrorCode::MalformedRequest,
            format!("{}.key", item.path()),
            format!("expected each key once: {text}"),
        ),
        _ => list.refuse(ErrorCode::MalformedRequest, text),
    }
}

fn refuse(txn_id: &str, ended: Ended) -> Box<Refusal> {
    let text = match ended {
        Ended::NeverBegun => format!("transaction {txn_id:?} never began"),
        Ended::With(Outcome::Committed) => {
            format!("transaction {txn_id:?} has ended: it committed")
        }
        Ended::With(Outcome::Aborted) => format!("transaction {txn_id:?} has ended: it aborted"),
    };
    Refusal::new(ErrorCode::Abort, text)
}

fn fact(store: &OccStore, report: &CommitReport, txn_id: &str, writes: &Writes<'_>) -> Event {
    let check = |check: &Check| VersionCheck {
        key: store.key_name(check.key).to_string(),
        expected: check.expected,
        actual: check.actual,
        written_by_step: check.written_by,
    };
    let checks = report.checks.iter().map(check).collect();
    // A refused commit wrote nothing: its versions are 0.
    let versions = report
        .written
        .iter()
        .map(|&(_, version)| version)
        .chain(std::iter::repeat(0));
    let write = |((key, value), version): (&(Cow<'_, str>, &str), u64)| VersionedWrite {
        key: key.to_string(),
        value: value.to_string(),
        version,
    };
    let writes = writes.iter().zip(versions).map(write).collect();
    let txn_id = txn_id.to_string();
    if report.committed {
        Event::CommitAccepted {
            txn_id,
            checks,
            writes,
        }
    } else {
        Event::CommitRefused {
            txn_id,
            checks,
            writes,
        }
    }
}
