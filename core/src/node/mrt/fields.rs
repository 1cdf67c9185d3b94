//! Fields of a request to typed commands.

use std::borrow::Cow;
use std::sync::Arc;

use super::replies;
use crate::json::Kind;
use crate::mrt::batch::Row;
use crate::mrt::digest::{Key, UserKey};
use crate::mrt::fault::{Fault, FaultMode, FaultStep};
use crate::mrt::id::MrtId;
use crate::mrt::inspect::Where;
use crate::mrt::operate::{Operation, WriteCommand};
use crate::mrt::record::{Exists, Value};
use crate::mrt::refused::ResultCode;
use crate::mrt::txn::BeginOptions;
use crate::mrt::{Mrt, TxnHandle};
use crate::protocol::catalogue::MAX_TIMESTAMP;
use crate::protocol::{ErrorCode, Field, Refusal, Refused};

/// A malformed field is the server's `PARAMETER_ERROR`.
pub(super) fn with_result_code(refusal: Box<Refusal>) -> Box<Refusal> {
    if refusal.code != ErrorCode::MalformedRequest || !refusal.fields.is_empty() {
        return refusal;
    }
    refusal.with(|fields| replies::result_code(fields, ResultCode::ParameterError))
}

/// `[namespace, set, user_key]`.
pub(super) fn key(mrt: &mut Mrt, field: &Field<'_, '_>) -> Refused<Key> {
    let whole = || field.expected("a key: [namespace, set, user key]");
    let mut items = field.items().map_err(|_| whole())?;
    let (Some(namespace), Some(set), Some(user), None) =
        (items.next(), items.next(), items.next(), items.next())
    else {
        return Err(whole());
    };
    let namespace = namespace.string()?;
    let set = string_or_null(&set)?;
    let user = match user.json().kind() {
        Kind::String => UserKey::Text(user.string()?.as_ref().into()),
        Kind::Number => UserKey::Integer(user.integer()?),
        _ => return Err(user.expected("a string or an integer")),
    };
    Ok(mrt.key(&namespace, set.as_deref(), user))
}

/// The transaction that a request names, if it names one.
pub(super) fn txn(mrt: &Mrt, body: &Field<'_, '_>) -> Refused<Option<TxnHandle>> {
    body.optional("txn_id")
        .map(|field| handle(mrt, &field))
        .transpose()
}

/// The transaction that a request must name.
pub(super) fn named_txn(mrt: &Mrt, body: &Field<'_, '_>) -> Refused<TxnHandle> {
    handle(mrt, &body.required("txn_id")?)
}

fn handle(mrt: &Mrt, field: &Field<'_, '_>) -> Refused<TxnHandle> {
    mrt.handle(&field.string()?)
        .map_err(|reason| replies::failed(reason.into()))
}

pub(super) fn begin_options(body: &Field<'_, '_>) -> Refused<BeginOptions> {
    let number = |name| {
        let field: Option<Field<'_, '_>> = body.optional(name);
        field
            .map(|field| unsigned_in(&field, 0, u32::MAX))
            .transpose()
    };
    let mrt_id = body.optional("mrt_id").map(|field| {
        let id = || field.expected("a decimal number from 1 to 18446744073709551615, as a string");
        let text = field.string().map_err(|_| id())?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits).and_then(MrtId::new);
        number.ok_or_else(id)
    });
    Ok(BeginOptions {
        timeout: number("timeout")?.unwrap_or(0),
        reads_capacity: number("reads_capacity")?,
        writes_capacity: number("writes_capacity")?,
        mrt_id: mrt_id.transpose()?,
    })
}

/// The bins of a put, as writes; null removes a bin.
pub(super) fn bins(field: &Field<'_, '_>) -> Refused<Vec<Operation>> {
    let named = field.fields()?;
    Ok(named
        .map(|(name, json)| {
            let value = (!json.is_null()).then(|| Value::from(json.raw()));
            Operation::Write(Arc::from(&*name), value)
        })
        .collect())
}

/// The names of the bins to read, if the request names them.
pub(super) fn bin_names(body: &Field<'_, '_>) -> Refused<Option<Vec<Box<str>>>> {
    let Some(list) = body.optional("bins") else {
        return Ok(None);
    };
    let mut names = Vec::new();
    for item in list.items()? {
        names.push(item.string()?.as_ref().into());
    }
    Ok(Some(names))
}

/// A write command: its operations, and the conditions that the fields set.
pub(super) fn write_command(
    fields: &Field<'_, '_>,
    operations: Vec<Operation>,
) -> Refused<WriteCommand> {
    let flag = |name| {
        let field: Option<Field<'_, '_>> = fields.optional(name);
        field.map_or(Ok(false), |field| field.boolean())
    };
    let exists = match fields.optional("exists") {
        Some(field) => choice(&field, &Exists::NAMES)?,
        None => Exists::Update,
    };
    let generation = fields.optional("generation");
    Ok(WriteCommand {
        operations,
        exists,
        generation: generation
            .map(|field| unsigned_in(&field, 0, u32::MAX))
            .transpose()?,
        on_locking_only: flag("on_locking_only")?,
        durable: flag("durable")?,
    })
}

/// A list of operations, at least one.
pub(super) fn operations(list: &Field<'_, '_>) -> Refused<Vec<Operation>> {
    let mut operations = Vec::new();
    for item in list.items()? {
        operations.push(operation(&item)?);
    }
    if operations.is_empty() {
        return Err(list.refuse(
            ErrorCode::MalformedRequest,
            "expected at least one operation, got an empty list",
        ));
    }
    Ok(operations)
}

fn operation(item: &Field<'_, '_>) -> Refused<Operation> {
    let op = item.required("op")?;
    let bin = || -> Refused<Arc<str>> { Ok(Arc::from(&*item.required("bin")?.string()?)) };
    let operation = match &*op.string()? {
        "read" => match item.optional("bin") {
            Some(name) => Operation::Read(Some(Arc::from(&*name.string()?))),
            None => Operation::Read(None),
        },
        "write" => {
            let json = item.required("value")?.json();
            Operation::Write(bin()?, (!json.is_null()).then(|| json.raw().into()))
        }
        "incr" => Operation::Increment(bin()?, item.required("value")?.integer()?),
        "append" => {
            let tail = item.required("value")?.string()?;
            Operation::Append(bin()?, tail.as_ref().into())
        }
        "touch" => Operation::Touch,
        "delete" => Operation::Delete,
        _ => {
            let known = "\"read\", \"write\", \"incr\", \"append\", \"touch\" or \"delete\"";
            return Err(op.expected(known));
        }
    };
    Ok(operation)
}

/// A row of a batch, and the reads of a row that only reads.
pub(super) fn row(mrt: &mut Mrt, item: &Field<'_, '_>) -> Refused<(Row, Vec<Operation>)> {
    let kind = item.required("kind")?;
    let key = key(mrt, &item.required("key")?)?;
    match &*kind.string()? {
        "read" => {
            let reads = match item.optional("ops") {
                Some(ops) => read_operations(&ops)?,
                None => Vec::new(),
            };
            Ok((Row { key, write: None }, reads))
        }
        "write" => {
            let operations = operations(&item.required("ops")?)?;
            let write = Some(write_command(item, operations)?);
            Ok((Row { key, write }, Vec::new()))
        }
        "delete" => {
            let write = Some(write_command(item, vec![Operation::Delete])?);
            Ok((Row { key, write }, Vec::new()))
        }
        _ => Err(kind.expected("\"read\", \"write\" or \"delete\"")),
    }
}

fn read_operations(list: &Field<'_, '_>) -> Refused<Vec<Operation>> {
    let mut reads = Vec::new();
    for item in list.items()? {
        match operation(&item)? {
            read @ Operation::Read(_) => reads.push(read),
            _ => return Err(item.expected("a read, in a row that reads")),
        }
    }
    Ok(reads)
}

/// `ns` and `set`; a set of null is the whole namespace.
pub(super) fn namespace_and_set<'t>(
    body: &Field<'_, 't>,
) -> Refused<(Cow<'t, str>, Option<Cow<'t, str>>)> {
    let namespace = body.required("ns")?.string()?;
    let set = string_or_null(&body.required("set")?)?;
    Ok((namespace, set))
}

fn string_or_null<'t>(field: &Field<'_, 't>) -> Refused<Option<Cow<'t, str>>> {
    if field.json().is_null() {
        return Ok(None);
    }
    field.string().map(Some)
}

/// `where`: a bin that equals a value.
pub(super) fn condition(body: &Field<'_, '_>) -> Refused<Option<Where>> {
    let Some(field) = body.optional("where") else {
        return Ok(None);
    };
    let bin = field.required("bin")?.string()?.as_ref().into();
    let value = field.required("value")?.json().raw().into();
    Ok(Some(Where { bin, value }))
}

pub(super) fn seconds(field: &Field<'_, '_>) -> Refused<u64> {
    Ok(field.integer_in(0..=MAX_TIMESTAMP)?.cast_unsigned())
}

pub(super) fn fault(mrt: &mut Mrt, body: &Field<'_, '_>) -> Refused<Fault> {
    let step = choice(&body.required("step")?, &FaultStep::NAMES)?;
    let mode = body.required("mode")?;
    let mode = match &*mode.string()? {
        "error" => FaultMode::Error(result_code(&body.required("code")?)?),
        "lost_request" => FaultMode::LostRequest,
        "lost_reply" => FaultMode::LostReply,
        _ => return Err(mode.expected("\"error\", \"lost_request\" or \"lost_reply\"")),
    };
    let key = body
        .optional("key")
        .map(|field| key(mrt, &field))
        .transpose()?;
    let times = match body.optional("times") {
        Some(times) => times.integer_in(1..=i64::MAX)?.cast_unsigned(),
        None => 1,
    };
    Ok(Fault {
        step,
        mode,
        key,
        times,
    })
}

fn result_code(field: &Field<'_, '_>) -> Refused<ResultCode> {
    ResultCode::of_number(field.integer()?)
        .ok_or_else(|| field.expected("the number of a result code"))
}

fn choice<T: Copy>(field: &Field<'_, '_>, names: &[(&str, T)]) -> Refused<T> {
    let text = field.string()?;
    let found = names.iter().find(|(name, _)| *name == text);
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        field.expected(&format!("one of {}", known.join(", ")))
    })
}

/// An unsigned integer within bounds.
pub(super) fn unsigned_in<T>(field: &Field<'_, '_>, low: T, high: T) -> Refused<T>
where
    T: Into<i64> + TryFrom<i64> + Copy,
{
    let number = field.integer_in(low.into()..=high.into())?;
    T::try_from(number).map_err(|_| field.expected("a smaller number"))
}
