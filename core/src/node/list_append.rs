//! `txn` on the wire.

use super::Call;
use super::scratch::lend;
use crate::event::{Event, MicroOperation};
use crate::json::{Json, canonical};
use crate::list_append::ListStore;
use crate::protocol::{ErrorCode, Field, Refused};

/// One micro-operation of the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Micro<'t> {
    function: Function,
    key: Json<'t>,
    value: Json<'t>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Read,
    Append,
}

/// Memory for one transaction, kept from message to message.
pub(super) type Scratch = Vec<Micro<'static>>;

pub(super) fn execute(
    store: &mut ListStore,
    scratch: &mut Scratch,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    let mut operations = lend(std::mem::take(scratch));
    let result = read(body, &mut operations).map(|()| apply(store, &operations, call));
    *scratch = lend(operations);
    result
}

/// Check the whole transaction before any of it happens.
fn read<'t>(body: &Field<'_, 't>, operations: &mut Vec<Micro<'t>>) -> Refused<()> {
    for item in body.required("txn")?.items()? {
        let mut parts = item.items()?;
        let (Some(function), Some(key), Some(value), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            let text = "expected a list of three: function, key, value";
            return Err(item.refuse(ErrorCode::MalformedRequest, text));
        };
        let micro = match &*function.string()? {
            "r" => Function::Read,
            "append" => Function::Append,
            _ => return Err(function.expected("\"r\" or \"append\"")),
        };
        key.value()?;
        if micro == Function::Append {
            value.value()?;
        }
        operations.push(Micro {
            function: micro,
            key: key.json(),
            value: value.json(),
        });
    }
    Ok(())
}

fn apply(store: &mut ListStore, operations: &[Micro<'_>], call: &mut Call<'_>) {
    let recording = call.events.is_on();
    let mut facts = Vec::new();
    call.reply().list("txn", |completed| {
        for Micro {
            function,
            key,
            value,
        } in operations
        {
            let name = canonical(*key);
            completed.list(|parts| match function {
                Function::Read => {
                    let list = store.read(&name);
                    parts.raw(b"\"r\"").raw(key.raw().as_bytes());
                    match list {
                        Some(list) => parts.joined(store.text(list)),
                        None => parts.null(),
                    };
                    if recording {
                        let length = list.map_or(0, |list| list.length() as u64);
                        facts.push(MicroOperation::Read {
                            key: name.to_string(),
                            length,
                        });
                    }
                }
                Function::Append => {
                    let position = store.append(&name, value.raw()) as u64;
                    parts
                        .raw(b"\"append\"")
                        .raw(key.raw().as_bytes())
                        .raw(value.raw().as_bytes());
                    if recording {
                        let (key, element) = (name.to_string(), value.raw().to_string());
                        facts.push(MicroOperation::Append {
                            key,
                            element,
                            position,
                        });
                    }
                }
            });
        }
    });
    let txn = store.count_transaction();
    call.events.record(|| Event::ListTransactionExecuted {
        txn,
        operations: facts,
    });
}
