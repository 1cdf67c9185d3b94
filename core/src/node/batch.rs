//! `txn_execute` on the wire.

use super::Call;
use super::scratch::lend;
use crate::batch::{Act, BatchStore, Operation};
use crate::event::{BatchOperation, Event};
use crate::protocol::{ErrorCode, Field, Refused};

/// Memory for one batch, kept from message to message.
pub(super) type Scratch = Vec<Operation<'static>>;

pub(super) fn execute(
    store: &mut BatchStore,
    scratch: &mut Scratch,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    let mut operations = lend(std::mem::take(scratch));
    let result = read(body, &mut operations).map(|()| apply(store, &operations, call));
    *scratch = lend(operations);
    result
}

/// Check the whole batch before any of it happens.
fn read<'t>(body: &Field<'_, 't>, operations: &mut Vec<Operation<'t>>) -> Refused<()> {
    let list = body.required("operations")?;
    for item in list.items()? {
        let op = item.required("op")?;
        let act = match &*op.string()? {
            "put" => Act::Put(item.required("value")?.value()?),
            "get" => Act::Get,
            "delete" => Act::Delete,
            _ => return Err(op.expected("\"put\", \"get\" or \"delete\"")),
        };
        let key = item.required("key")?.string()?;
        operations.push(Operation { key, act });
    }
    if operations.is_empty() {
        let text = "expected at least one operation, got an empty list";
        return Err(list.refuse(ErrorCode::MalformedRequest, text));
    }
    Ok(())
}

fn apply(store: &mut BatchStore, operations: &[Operation<'_>], call: &mut Call<'_>) {
    let writes = operations
        .iter()
        .filter(|operation| operation.act.is_write())
        .count();
    let recording = call.events.is_on();
    let mut facts = Vec::new();
    let mut reply = call.reply();
    reply.boolean("committed", true);
    if writes > 0 {
        reply
            .unsigned("log_index", store.next_index())
            .unsigned("ops_applied", writes as u64);
    }
    let mut observe = |operation: &Operation<'_>, before: Option<&[u8]>| {
        if recording {
            facts.push(fact(operation, before));
        }
    };
    let log_index = if writes == operations.len() {
        store.execute(operations, observe)
    } else {
        let mut log_index = None;
        reply.list("results", |results| {
            log_index = store.execute(operations, |operation, before| {
                observe(operation, before);
                if operation.act == Act::Get {
                    results.object(|result| {
                        result.string("op", "get").string("key", &operation.key);
                        result.raw_or_null("value", before);
                    });
                }
            });
        });
        log_index
    };
    call.events.record(|| match log_index {
        Some(log_index) => Event::BatchCommitted {
            log_index,
            operations: facts,
        },
        None => Event::BatchRead { operations: facts },
    });
}

fn fact(operation: &Operation<'_>, before: Option<&[u8]>) -> BatchOperation {
    let key = operation.key.to_string();
    let before = before.map(|value| String::from_utf8_lossy(value).into_owned());
    match operation.act {
        Act::Put(value) => BatchOperation::Put {
            key,
            value: value.to_string(),
            previous: before,
        },
        Act::Get => BatchOperation::Get { key, value: before },
        Act::Delete => BatchOperation::Delete {
            key,
            previous: before,
        },
    }
}
