//! The picture as tables and as sentences.

use super::{HashMapView, MrtView, RecordRow, RecordVersion, StepStatus};
use crate::explain::phrase::join;
use crate::view::scene::Table;

impl MrtView {
    /// Steps of the commit, records, and the two maps.
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = Vec::new();
        if let Some(commit) = &self.commit {
            let rows = commit
                .steps
                .iter()
                .map(|step| {
                    let mut lines = step.done.clone();
                    lines.extend(step.failed.iter().cloned());
                    vec![
                        step.name.clone(),
                        status(step.status).to_owned(),
                        lines.join("; "),
                    ]
                })
                .collect();
            let what = if commit.commit { "Commit" } else { "Abort" };
            let caption = format!("{what} of {}, message {}", commit.txn, commit.step);
            tables.push(Table::new(&caption, &["step", "went", "done"], rows));
        }
        let records = self
            .records
            .iter()
            .map(|record| {
                let held = record.lock.as_ref().map_or("free", |lock| &lock.txn);
                let reads: Vec<String> = record
                    .reads_now
                    .iter()
                    .map(|read| format!("{}: {}", read.party, read.answer))
                    .collect();
                vec![
                    record.key.clone(),
                    version(record.committed.as_ref(), &record.note),
                    version(record.provisional.as_ref(), "none"),
                    held.to_owned(),
                    reads.join("; "),
                ]
            })
            .collect();
        tables.push(Table::new(
            "Records with both of their versions",
            &[
                "record",
                "committed",
                "provisional",
                "lock",
                "who would read what",
            ],
            records,
        ));
        let chains = self.maps.iter().flat_map(map_rows).collect();
        tables.push(Table::new(
            "Hash maps, rows in use",
            &["map", "row", "chain, head first"],
            chains,
        ));
        tables
    }

    /// The picture in words.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(commit) = &self.commit {
            let what = if commit.commit { "commit" } else { "abort" };
            let outcome = match &*commit.outcome {
                "" => String::new(),
                outcome => format!(" ended {outcome}"),
            };
            said.push(format!(
                "The {what} of {}, message {},{outcome}.",
                commit.txn, commit.step
            ));
            for step in &commit.steps {
                let lines: Vec<&str> = step
                    .done
                    .iter()
                    .chain(&step.failed)
                    .map(String::as_str)
                    .collect();
                said.push(format!("{}: {}.", step.name, lines.join("; ")));
            }
            if commit.commit {
                said.push(match commit.passed {
                    true => format!("The commit point is passed: {} has happened.", commit.txn),
                    false => format!("The commit point is not passed: {} has not happened, as far as its client knows.", commit.txn),
                });
            }
        }
        said.extend(self.records.iter().map(record_sentence));
        for map in &self.maps {
            said.push(map_sentence(map));
        }
        if let Some(monitor) = &self.monitor {
            let keys = match (&*monitor.keys, monitor.exists) {
                (_, false) => String::new(),
                ("", true) => " lists no known key;".to_owned(),
                (keys, true) => format!(" lists {keys}; deadline {};", monitor.deadline),
            };
            said.push(format!(
                "The monitor record of {}:{keys} {}.",
                monitor.txn, monitor.note
            ));
        }
        said
    }
}

fn status(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Done => "done",
        StepStatus::Failed => "failed",
        StepStatus::InDoubt => "in doubt",
        StepStatus::Skipped => "nothing to do",
        StepStatus::NotReached => "not reached",
    }
}

fn version(version: Option<&RecordVersion>, none: &str) -> String {
    let Some(version) = version else {
        return none.to_owned();
    };
    let bins = if version.tombstone {
        "deleted".to_owned()
    } else {
        version.bins.join(", ")
    };
    let note = if version.note.is_empty() { "" } else { "; " };
    format!(
        "{bins}, generation {}, version {}{note}{}",
        version.generation, version.version, version.note
    )
}

fn record_sentence(record: &RecordRow) -> String {
    let committed = version(record.committed.as_ref(), &record.note);
    let lock = match (&record.lock, &record.provisional) {
        (Some(lock), Some(provisional)) => {
            format!(
                "; {} holds it, with {}",
                lock.txn,
                version(Some(provisional), "")
            )
        }
        _ => "; nobody holds it".to_owned(),
    };
    format!("Record {}: {committed}{lock}.", record.key)
}

fn map_rows(map: &HashMapView) -> Vec<Vec<String>> {
    map.rows
        .iter()
        .map(|row| {
            let chain: Vec<String> = row
                .chain
                .iter()
                .map(|cell| format!("{} ({})", cell.key, cell.note))
                .collect();
            vec![map.name.clone(), row.row.to_string(), chain.join(" → ")]
        })
        .collect()
}

fn map_sentence(map: &HashMapView) -> String {
    let collisions: Vec<String> = map
        .rows
        .iter()
        .filter(|row| row.chain.len() > 1)
        .map(|row| {
            let keys: Vec<String> = row.chain.iter().map(|cell| cell.key.clone()).collect();
            format!("{} share row {}", join(&keys), row.row)
        })
        .collect();
    let shared = match &collisions[..] {
        [] => String::new(),
        collisions => format!("; {}", join(collisions)),
    };
    let entries = if map.n_eles == 1 { "entry" } else { "entries" };
    format!(
        "{}: {} {entries} in {} rows{shared}.",
        map.name, map.n_eles, map.n_rows
    )
}
