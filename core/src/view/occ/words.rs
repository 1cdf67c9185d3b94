//! Keys and transactions as tables and as sentences.

use super::{Check, OccView, Outcome, Transaction};
use crate::{
    explain::phrase::{join, ordinal},
    view::{
        row::{cut, key_text},
        scene::Table,
    },
};

impl OccView {
    /// One table of transactions with their reads and checks, one of keys.
    pub fn tables(&self) -> Vec<Table> {
        let mut rows = Vec::new();
        for transaction in &self.transactions {
            transaction_rows(transaction, &mut rows);
        }
        let versions = self.keys.iter().flat_map(|lane| {
            lane.versions.iter().map(|version| {
                let until = version
                    .to_step
                    .map_or("now".to_owned(), |to| to.to_string());
                vec![
                    key_text(&lane.key),
                    format!("v{}", version.version),
                    cut(&version.value, 40),
                    version.by.clone(),
                    format!("{} to {until}", version.from_step),
                ]
            })
        });
        vec![
            Table::new(
                "Transactions, what they read and how it was checked",
                &[
                    "transaction",
                    "client",
                    "read",
                    "saw",
                    "at commit",
                    "verdict",
                ],
                rows,
            ),
            Table::new(
                "Versions of each key",
                &["key", "version", "value", "written by", "messages"],
                versions.collect(),
            ),
        ]
    }

    /// The picture in words.
    pub fn sentences(&self) -> Vec<String> {
        let keys = self.keys.iter().map(|lane| {
            let key = key_text(&lane.key);
            match lane.versions.last() {
                Some(last) => format!(
                    "{key} is {} (v{}), written by {} at message {}.",
                    cut(&last.value, 40),
                    last.version,
                    last.by,
                    last.from_step
                ),
                None => format!("{key} was never written: version 0."),
            }
        });
        keys.chain(self.transactions.iter().map(sentence)).collect()
    }
}

/// One row for each key that the transaction read or named at its commit.
fn transaction_rows(transaction: &Transaction, rows: &mut Vec<Vec<String>>) {
    let verdict = match transaction.outcome {
        Outcome::Open => "open".to_owned(),
        Outcome::Committed => "committed".to_owned(),
        Outcome::Refused => "refused, nothing written".to_owned(),
    };
    let mut lines: Vec<[String; 3]> = Vec::new();
    for read in &transaction.reads {
        let check = transaction
            .checks
            .iter()
            .find(|check| check.key == read.key);
        let now = check.map(check_text).unwrap_or_default();
        lines.push([key_text(&read.key), format!("v{}", read.version), now]);
    }
    for check in &transaction.checks {
        if !transaction.reads.iter().any(|read| read.key == check.key) {
            lines.push([
                key_text(&check.key),
                format!("v{}", check.read),
                check_text(check),
            ]);
        }
    }
    if lines.is_empty() {
        lines.push(["nothing".to_owned(), String::new(), String::new()]);
    }
    for [key, saw, now] in lines {
        rows.push(vec![
            transaction.id.clone(),
            transaction.client.clone(),
            key,
            saw,
            now,
            verdict.clone(),
        ]);
    }
}

/// `now 2, changed at message 8`.
fn check_text(check: &Check) -> String {
    match (check.equal, check.changed_at_step) {
        (true, _) => format!("v{}, equal", check.now),
        (false, Some(step)) => format!("v{}, changed at message {step}", check.now),
        (false, None) => format!("v{}, not equal", check.now),
    }
}

fn sentence(transaction: &Transaction) -> String {
    let mut said = format!("{}, of {}", transaction.id, transaction.client);
    if let Some(earlier) = &transaction.retry_of {
        said += &format!(
            ", the {} attempt after {earlier}",
            ordinal(transaction.attempt.into())
        );
    }
    said += match transaction.begin_step {
        Some(_) => ", began",
        None => ", was never begun",
    };
    if let Some(step) = transaction.begin_step {
        said += &format!(" at message {step}");
    }
    let reads: Vec<String> = transaction
        .reads
        .iter()
        .map(|read| format!("{} v{}", key_text(&read.key), read.version))
        .collect();
    if !reads.is_empty() {
        said += &format!("; read {}", join(&reads));
    }
    let writes: Vec<String> = transaction.writes.iter().map(|key| key_text(key)).collect();
    let at = transaction.commit_step.unwrap_or(0);
    said += &match transaction.outcome {
        Outcome::Open => "; is open".to_owned(),
        Outcome::Committed if writes.is_empty() => format!("; committed at message {at}"),
        Outcome::Committed => format!("; committed {} at message {at}", join(&writes)),
        Outcome::Refused => {
            let failed = transaction.checks.iter().filter(|check| !check.equal);
            let failed: Vec<String> = failed
                .map(|check| {
                    format!(
                        "{} was v{}, is v{}",
                        key_text(&check.key),
                        check.read,
                        check.now
                    )
                })
                .collect();
            format!("; was refused at message {at}: {}", join(&failed))
        }
    };
    said + "."
}
