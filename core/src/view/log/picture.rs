//! The log as blocks, the batch at the gate, and the state below.

use super::{
    AtTheGate, Cell, Entry, LogView, Operation,
    history::{EntryFact, LogHistory, operation},
};
use crate::{
    event::{BatchOperation, Event},
    run::{Now, sent::Fields},
    view::{Window, chains::history::VALUE_LIMIT, row::cut},
};

/// Entries in view, the newest ones.
const ENTRIES: usize = 12;

impl LogHistory {
    /// The picture after `step`.
    pub fn at(&self, step: u32, window: &Window, now: &Now) -> LogView {
        let count = self.entry_count(step);
        let first = count.saturating_sub(window.item_limit(ENTRIES));
        let entries = self.entries[first..count].iter();
        let gate = now.events.iter().find_map(|event| match event {
            Event::BatchRead { operations } => Some(AtTheGate {
                client: now.client.to_owned(),
                operations: operations.iter().map(operation).collect(),
                error: None,
                path: None,
            }),
            Event::RequestRefused {
                kind, text, path, ..
            } if kind == "txn_execute" => Some(rejected(text, path.as_deref(), now)),
            _ => None,
        });
        LogView {
            entries: entries.map(|fact| entry(fact, step)).collect(),
            earlier: first as u32,
            next_index: self.entries[..count].last().map_or(1, |e| e.index + 1) as u32,
            gate,
            state: self.state(step, window, now),
            state_total: self.key_count(step) as u32,
        }
    }

    fn state(&self, step: u32, window: &Window, now: &Now) -> Vec<Cell> {
        let (first, lanes) = window.lane_range();
        let total = self.key_count(step);
        let mut places: Vec<usize> =
            (first.min(total)..first.saturating_add(lanes).min(total)).collect();
        for key in touched(now) {
            places.extend(self.key(key).map(|(place, _)| place));
        }
        places.retain(|place| *place < total);
        places.sort_unstable();
        places.dedup();
        let cells = places.into_iter().filter_map(|place| {
            let key = &self.keys[place];
            let last = key.last(step)?;
            Some(Cell {
                id: format!("key/{}", key.key),
                key: key.key.clone(),
                value: last.value.clone(),
                previous: last.previous.clone(),
                by_entry: last.entry as u32,
                fresh: last.step == step,
            })
        });
        cells.collect()
    }
}

fn entry(fact: &EntryFact, step: u32) -> Entry {
    Entry {
        id: format!("entry/{}", fact.index),
        index: fact.index as u32,
        client: fact.client.clone(),
        step: fact.step,
        operations: fact.operations.clone(),
        fresh: fact.step == step,
    }
}

/// The keys of the step's batch.
fn touched<'a>(now: &Now<'a>) -> Vec<&'a str> {
    let mut keys = Vec::new();
    for event in now.events {
        let (Event::BatchCommitted { operations, .. } | Event::BatchRead { operations }) = event
        else {
            continue;
        };
        keys.extend(operations.iter().map(|operation| match operation {
            BatchOperation::Put { key, .. }
            | BatchOperation::Get { key, .. }
            | BatchOperation::Delete { key, .. } => key.as_str(),
        }));
    }
    keys
}

/// A batch that did not pass, operation by operation.
fn rejected(text: &str, path: Option<&str>, now: &Now) -> AtTheGate {
    let sent = now.request.as_ref();
    let operations = sent.map(|sent| sent.body.list("operations"));
    let blamed = path.and_then(blamed_operation);
    let rows = operations.unwrap_or_default().into_iter().enumerate();
    let rows = rows.map(|(place, raw)| {
        let fields = Fields::read(raw).unwrap_or_default();
        let value = fields.raw("value").map(|value| cut(value, VALUE_LIMIT));
        let own = problem(raw, &fields);
        Operation {
            op: shown(&fields, "op"),
            key: shown(&fields, "key"),
            value,
            problem: match blamed == Some(place) {
                true => own.or(Some(text.to_owned())),
                false => own,
            },
        }
    });
    AtTheGate {
        client: now.client.to_owned(),
        operations: rows.collect(),
        error: Some(text.to_owned()),
        path: path.map(str::to_owned),
    }
}

/// The place that a path blames: 1 for `operations[1].op`.
fn blamed_operation(path: &str) -> Option<usize> {
    let rest = path.strip_prefix("operations[")?;
    rest.split(']').next()?.parse().ok()
}

/// What is wrong with one operation, in a few words.
fn problem(raw: &str, fields: &Fields) -> Option<String> {
    if Fields::read(raw).is_none() {
        return Some("an operation is an object".to_owned());
    }
    let op = fields.text("op");
    let known = op
        .as_deref()
        .filter(|op| ["put", "get", "delete"].contains(op));
    let Some(op) = known else {
        return Some("op is put, get or delete".to_owned());
    };
    if fields.text("key").is_none() {
        return Some("a key is a string".to_owned());
    }
    match fields.raw("value") {
        None if op == "put" => Some("a put needs a value".to_owned()),
        Some("null") if op == "put" => Some("a value is never null".to_owned()),
        _ => None,
    }
}

/// A name as it was sent: a string without its quotes, anything else as it is.
fn shown(fields: &Fields, name: &str) -> String {
    match (fields.text(name), fields.raw(name)) {
        (Some(text), _) => cut(&text, VALUE_LIMIT),
        (None, Some(raw)) => cut(raw, VALUE_LIMIT),
        (None, None) => String::new(),
    }
}
