//! The log, the gate and the state as tables and as sentences.

use super::{LogView, Operation};
use crate::view::{
    row::{cut, key_text},
    scene::Table,
};

impl LogView {
    /// One table of entries, one of the gate if a batch stands there, one of the state.
    pub fn tables(&self) -> Vec<Table> {
        let entries = self.entries.iter().flat_map(|entry| {
            entry.operations.iter().map(|operation| {
                vec![
                    entry.index.to_string(),
                    format!("{}, message {}", entry.client, entry.step),
                    operation_text(operation),
                ]
            })
        });
        let mut tables = vec![Table::new(
            "The log: one entry for each batch that writes",
            &["entry", "from", "operation"],
            entries.collect(),
        )];
        if let Some(gate) = &self.gate {
            let rows = gate.operations.iter().map(|operation| {
                let verdict = operation.problem.clone().unwrap_or("valid".to_owned());
                vec![operation_text(operation), verdict]
            });
            let caption = match &gate.error {
                Some(_) => "The batch at the gate, rejected",
                None => "The batch of this message, gets alone",
            };
            tables.push(Table::new(
                caption,
                &["operation", "verdict"],
                rows.collect(),
            ));
        }
        let state = self.state.iter().map(|cell| {
            vec![
                key_text(&cell.key),
                text(&cell.value, "deleted"),
                text(&cell.previous, ""),
                format!("entry {}", cell.by_entry),
            ]
        });
        tables.push(Table::new(
            "The state",
            &["key", "value", "before", "by"],
            state.collect(),
        ));
        tables
    }

    /// The picture in words, after `step`.
    pub fn sentences(&self, step: u32) -> Vec<String> {
        let mut said = Vec::new();
        if self.earlier > 0 {
            said.push(match self.earlier {
                1 => "One entry comes before the first one shown.".to_owned(),
                n => format!("{n} entries come before the first one shown."),
            });
        }
        for entry in &self.entries {
            let operations: Vec<String> = entry.operations.iter().map(operation_text).collect();
            said.push(format!(
                "Entry {}, by {} at message {}: {}.",
                entry.index,
                entry.client,
                entry.step,
                operations.join("; ")
            ));
        }
        if let Some(gate) = &self.gate {
            said.push(match &gate.error {
                Some(error) => format!("The batch of message {step} stops at the gate: {error}."),
                None => format!("The batch of message {step} only reads; it takes no entry."),
            });
        }
        for cell in &self.state {
            let key = key_text(&cell.key);
            let before = match &cell.previous {
                Some(previous) => format!(", was {}", cut(previous, 40)),
                None => String::new(),
            };
            said.push(match &cell.value {
                Some(value) => format!(
                    "{key} is {}{before}, by entry {}.",
                    cut(value, 40),
                    cell.by_entry
                ),
                None => format!("{key} is deleted{before}, by entry {}.", cell.by_entry),
            });
        }
        said.push(format!("Entry {} is still free.", self.next_index));
        said
    }
}

/// `put balance_a "900"`.
pub fn operation_text(operation: &Operation) -> String {
    let mut text = operation.op.clone();
    if !operation.key.is_empty() {
        text = text + " " + &key_text(&operation.key);
    }
    match &operation.value {
        Some(value) => text + " " + &cut(value, 40),
        None => text,
    }
}

fn text(value: &Option<String>, none: &str) -> String {
    value
        .as_ref()
        .map_or(none.to_owned(), |value| cut(value, 40))
}
