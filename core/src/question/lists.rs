//! Questions about list-append transactions.

use super::{Asked, earlier};
use crate::{
    event::{Event, MicroOperation},
    run::Run,
    view::row::cut,
};

/// How many elements a choice shows; a longer list shows its end.
const SHOWN: usize = 8;

/// What will the transaction's last read return?
pub fn read(run: &Run, step: u32, event: &Event) -> Option<Asked> {
    let Event::ListTransactionExecuted { operations, .. } = event else {
        return None;
    };
    let (key, length) = operations
        .iter()
        .rev()
        .find_map(|operation| match operation {
            MicroOperation::Read { key, length } => Some((key, *length as usize)),
            MicroOperation::Append { .. } => None,
        })?;
    let before: Vec<&str> = earlier(run, step)
        .flat_map(operations_of)
        .filter_map(|op| element(op, key))
        .collect();
    let own: Vec<&str> = operations
        .iter()
        .filter_map(|op| element(op, key))
        .collect();
    let all: Vec<&str> = before.iter().chain(&own).copied().collect();
    let mut lengths = vec![
        0,
        before.len().saturating_sub(1),
        before.len(),
        all.len(),
        length,
    ];
    lengths.sort_unstable();
    lengths.dedup();
    let answer = lengths.iter().position(|candidate| *candidate == length)?;
    let choices = lengths
        .iter()
        .map(|length| shown(&all[..*length]))
        .collect();
    Some((
        format!("What will the read of {} return?", cut(key, 24)),
        choices,
        answer,
    ))
}

fn operations_of(event: &Event) -> &[MicroOperation] {
    match event {
        Event::ListTransactionExecuted { operations, .. } => operations,
        _ => &[],
    }
}

fn element<'a>(operation: &'a MicroOperation, of: &str) -> Option<&'a str> {
    match operation {
        MicroOperation::Append { key, element, .. } if key == of => Some(element),
        _ => None,
    }
}

fn shown(list: &[&str]) -> String {
    if list.is_empty() {
        return "null".to_owned();
    }
    let from = list.len().saturating_sub(SHOWN);
    let parts: Vec<String> = list[from..]
        .iter()
        .map(|element| cut(element, 16))
        .collect();
    let more = if from > 0 {
        format!("{from} more, ")
    } else {
        String::new()
    };
    format!("[{more}{}]", parts.join(" "))
}
