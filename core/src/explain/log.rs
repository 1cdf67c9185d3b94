//! Why a batch is one entry, and why a bad one leaves nothing behind.

use super::phrase::{Phrase, between, capital, count, ordinal, why};
use crate::{
    event::{BatchOperation, Event},
    run::{Now, Run},
    view::{
        Picture,
        chains::Role,
        log::{AtTheGate, LogView},
        row::{cut, key_text},
        scene::Why,
    },
};

/// The explanation of a batch; `None` for any other event.
pub fn of(run: &Run, picture: &Picture, now: &Now, event: &Event) -> Option<Why> {
    match event {
        Event::BatchCommitted {
            log_index,
            operations,
        } => Some(committed(run, now.step, *log_index, operations)),
        Event::BatchRead { .. } => Some(read(run, now.step)),
        Event::RequestRefused { kind, .. } if kind == "txn_execute" => {
            let Picture::Log(log) = picture else {
                return None;
            };
            Some(rejected(log, log.gate.as_ref()?))
        }
        _ => None,
    }
}

fn committed(run: &Run, step: u32, index: u64, operations: &[BatchOperation]) -> Why {
    let writes = operations
        .iter()
        .filter(|op| !matches!(op, BatchOperation::Get { .. }));
    let writes = writes.count() as u64;
    let gets = operations.len() as u64 - writes;
    let one = Phrase::new(format!(
        "A batch of {} is one command, so it takes one entry of the log: ",
        count(operations.len() as u64, "operation")
    ))
    .link(
        format!("entry {index}"),
        format!("entry/{index}"),
        Role::Chosen,
    )
    .text(match writes {
        1 => ". Its write applies with it.".to_owned(),
        n => format!(
            ". Its {} apply together: nobody sees one without the others.",
            count(n, "write")
        ),
    });
    let mut changes = Phrase::default();
    for (i, (key, before, after)) in net_changes(operations).into_iter().take(4).enumerate() {
        let said = match (before, after) {
            (Some(before), Some(after)) => format!(" was {before} and is {after}"),
            (None, Some(after)) => format!(" is {after}"),
            (Some(before), None) => format!(" was {before} and is gone"),
            (None, None) => " was not there and still is not".to_owned(),
        };
        changes = changes.text(if i == 0 { "" } else { "; " });
        // A key that was never put has no place in the state.
        changes = match run.log().key(key).filter(|(_, k)| k.last(step).is_some()) {
            Some(_) => changes.link(key_text(key), format!("key/{key}"), Role::Chosen),
            None => changes.key(key),
        };
        changes = changes.text(said);
    }
    if !changes.is_empty() {
        changes = changes.text(".");
    }
    let seen = match gets {
        0 => Phrase::default(),
        n => Phrase::new(format!(
            "{} in the batch, in order: a get sees what the operations before it have done.",
            capital(&format!(
                "{} {}",
                super::phrase::number(n),
                if n == 1 { "get runs" } else { "gets run" }
            ))
        )),
    };
    let title = match operations.len() {
        1 => "Where does the write go?".to_owned(),
        n => format!(
            "Why do {} operations make one entry?",
            super::phrase::number(n as u64)
        ),
    };
    why(title, [one, changes, seen])
}

/// Each written key with its value before the batch and after it.
fn net_changes(operations: &[BatchOperation]) -> Vec<(&str, Option<String>, Option<String>)> {
    let mut changes: Vec<(&str, Option<String>, Option<String>)> = Vec::new();
    for operation in operations {
        let (key, value, previous) = match operation {
            BatchOperation::Put {
                key,
                value,
                previous,
            } => (key, Some(cut(value, 40)), previous),
            BatchOperation::Delete { key, previous } => (key, None, previous),
            BatchOperation::Get { .. } => continue,
        };
        match changes
            .iter_mut()
            .find(|(known, ..)| *known == key.as_str())
        {
            Some(change) => change.2 = value,
            None => changes.push((key, previous.as_ref().map(|text| cut(text, 40)), value)),
        }
    }
    changes
}

fn read(run: &Run, step: u32) -> Why {
    let log = run.log();
    let rule = Phrase::new(
        "A batch of gets alone changes nothing, so it takes no place in the log and its reply has no log_index.",
    );
    let state = match log.entries[..log.entry_count(step)].last() {
        Some(last) => Phrase::new("It reads the state as ")
            .link(
                format!("entry {}", last.index),
                format!("entry/{}", last.index),
                Role::Plain,
            )
            .text(" left it, all gets at the same moment."),
        None => Phrase::new("The log is empty, so every key reads null."),
    };
    why("Why does a read leave no entry?", [rule, state])
}

fn rejected(log: &LogView, gate: &AtTheGate) -> Why {
    let bad = |op: &&crate::view::log::Operation| op.problem.is_some();
    let first = gate.operations.iter().position(|op| op.problem.is_some());
    let valid = gate.operations.len() - gate.operations.iter().filter(bad).count();
    let checked = match first {
        Some(place) => {
            let problem = gate.operations[place].problem.clone().unwrap_or_default();
            Phrase::new("A batch is one command. It is checked whole before any of it runs, and ")
                .link(
                    format!("its {} operation", ordinal(place as u64 + 1)),
                    "gate",
                    Role::Refused,
                )
                .text(format!(" is not valid: {problem}."))
        }
        None => Phrase::new(format!(
            "A batch is one command, checked whole before any of it runs. {}.",
            capital(gate.error.as_deref().unwrap_or("It is not valid"))
        )),
    };
    let stops = Phrase::new("So the batch stops ").link("at the gate", "gate", Role::Refused);
    let mut stops = match valid {
        0 => stops.text("."),
        1 => stops.text(". Its one valid operation does not happen either"),
        n => stops.text(format!(
            ". Its {} do not happen either",
            count(n as u64, "valid operation")
        )),
    };
    let named = gate
        .operations
        .iter()
        .filter(|op| op.problem.is_none() && op.op != "get");
    let stays: Vec<_> = named
        .filter_map(|op| log.state.iter().find(|cell| cell.key == op.key))
        .take(3)
        .collect();
    for (i, cell) in stays.iter().enumerate() {
        let value = cell.value.as_deref().unwrap_or("deleted");
        stops = stops
            .text(if i == 0 {
                ": "
            } else {
                between(i, stays.len())
            })
            .link(key_text(&cell.key), &cell.id, Role::Plain)
            .text(format!(" stays {}", cut(value, 40)));
    }
    if valid > 0 {
        stops = stops.text(".");
    }
    let free = Phrase::new(format!(
        "The log is as it was. Entry {} goes to the next batch that passes.",
        log.next_index
    ));
    why("Why is nothing applied?", [checked, stops, free])
}
