//! `mrt_*` on the wire: fields to typed commands, answers to fields.
//!
//! Every error carries Aerospike's number and name beside the wire's code. A
//! malformed field is its `PARAMETER_ERROR`; nothing is sent to anybody then.

mod config;
mod fields;
mod replies;

pub(super) use config::read_config;

use super::Call;
use crate::event::Event;
use crate::json::print_unsigned;
use crate::mrt::Mrt;
use crate::mrt::commit::Outcome;
use crate::mrt::monitor::MONITOR_SET;
use crate::mrt::operate::Operation;
use crate::mrt::refused::{Reason, Refused as Failed, ResultCode};
use crate::protocol::{Field, Refused};

macro_rules! commands {
    ($($name:literal $command:ident)*) => {
        /// The requests of this exercise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Command { $($command,)* }

        impl Command {
            /// The request with this type.
            pub(super) fn named(kind: &str) -> Option<Command> {
                match kind { $($name => Some(Command::$command),)* _ => None }
            }
        }
    };
}

commands! {
    "mrt_begin" Begin
    "mrt_put" Put
    "mrt_get" Get
    "mrt_exists" Exists
    "mrt_delete" Delete
    "mrt_touch" Touch
    "mrt_operate" Operate
    "mrt_batch_get" BatchGet
    "mrt_batch_exists" BatchExists
    "mrt_batch_operate" BatchOperate
    "mrt_scan" Scan
    "mrt_query" Query
    "mrt_truncate" Truncate
    "mrt_info" Info
    "mrt_commit" Commit
    "mrt_abort" Abort
    "mrt_txn_info" TxnInfo
    "mrt_txn_hash" TxnHash
    "mrt_monitor_info" MonitorInfo
    "mrt_record_info" RecordInfo
    "mrt_digest" Digest
    "mrt_tick" Tick
    "mrt_sweep" Sweep
    "mrt_fault" Fault
}

/// Carry a request out.
pub(super) fn handle(
    mrt: &mut Mrt,
    command: Command,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    mrt.facts.want(call.events.is_on());
    let answer = dispatch(mrt, command, body, call);
    for fact in mrt.facts.take() {
        call.events.record(|| Event::Mrt(Box::new(fact)));
    }
    answer.map_err(fields::with_result_code)
}

fn dispatch(
    mrt: &mut Mrt,
    command: Command,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
) -> Refused<()> {
    match command {
        Command::Begin => begin(mrt, body, call),
        Command::Put => put(mrt, body, call),
        Command::Get => get(mrt, body, call),
        Command::Exists => exists(mrt, body, call),
        Command::Delete => delete(mrt, body, call),
        Command::Touch => touch(mrt, body, call),
        Command::Operate => operate(mrt, body, call),
        Command::BatchGet => batch_read(mrt, body, call, true),
        Command::BatchExists => batch_read(mrt, body, call, false),
        Command::BatchOperate => batch_operate(mrt, body, call),
        Command::Scan | Command::Query => scan(mrt, body, call),
        Command::Truncate => truncate(mrt, body, call),
        Command::Info => info(mrt, body, call),
        Command::Commit => commit(mrt, body, call),
        Command::Abort => abort(mrt, body, call),
        Command::TxnInfo => txn_info(mrt, body, call),
        Command::TxnHash => txn_hash(mrt, body, call),
        Command::MonitorInfo => monitor_info(mrt, body, call),
        Command::RecordInfo => record_info(mrt, body, call),
        Command::Digest => digest(mrt, body, call),
        Command::Tick => tick(mrt, body, call),
        Command::Sweep => sweep(mrt, call),
        Command::Fault => fault(mrt, body, call),
    }
}

fn begin(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let options = fields::begin_options(body)?;
    let txn = mrt.begin(&options);
    let id = mrt.txn(txn).id.0.get();
    call.reply()
        .numbered("txn_id", 't', txn.number())
        .raw("mrt_id", &decimal_string(id));
    Ok(())
}

fn put(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let operations = fields::bins(&body.required("bins")?)?;
    let command = fields::write_command(body, operations)?;
    let txn = fields::txn(mrt, body)?;
    let written = mrt.write(&key, txn, &command).map_err(replies::failed)?;
    call.reply()
        .unsigned("generation", written.generation.into());
    Ok(())
}

fn get(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let names = fields::bin_names(body)?;
    let txn = fields::txn(mrt, body)?;
    let found = mrt.read(&key, txn).map_err(replies::failed)?;
    let stored = found.ok_or_else(not_found)?;
    let mut reply = call.reply();
    replies::bins(&mut reply, stored.bins.as_deref(), names.as_deref());
    reply.unsigned("generation", stored.version.generation.into());
    Ok(())
}

fn exists(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let txn = fields::txn(mrt, body)?;
    let found = none_if_not_found(mrt.read(&key, txn))?.flatten();
    let mut reply = call.reply();
    reply.boolean("exists", found.is_some());
    if let Some(stored) = found {
        reply.unsigned("generation", stored.version.generation.into());
    }
    Ok(())
}

fn delete(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let command = fields::write_command(body, vec![Operation::Delete])?;
    let txn = fields::txn(mrt, body)?;
    let existed = none_if_not_found(mrt.write(&key, txn, &command))?.is_some();
    call.reply().boolean("existed", existed);
    Ok(())
}

fn touch(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let command = fields::write_command(body, vec![Operation::Touch])?;
    let txn = fields::txn(mrt, body)?;
    let written = mrt.write(&key, txn, &command).map_err(replies::failed)?;
    call.reply()
        .unsigned("generation", written.generation.into());
    Ok(())
}

fn operate(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let operations = fields::operations(&body.required("ops")?)?;
    let command = fields::write_command(body, operations)?;
    let txn = fields::txn(mrt, body)?;
    let (seen, generation) = if command.operations.iter().all(Operation::is_read) {
        let stored = mrt
            .read(&key, txn)
            .map_err(replies::failed)?
            .ok_or_else(not_found)?;
        (
            replies::seen_of(&stored, &command.operations),
            stored.version.generation,
        )
    } else {
        let written = mrt.write(&key, txn, &command).map_err(replies::failed)?;
        (written.seen, written.generation)
    };
    let mut reply = call.reply();
    replies::seen(&mut reply, &seen);
    reply.unsigned("generation", generation.into());
    Ok(())
}

fn batch_read(
    mrt: &mut Mrt,
    body: &Field<'_, '_>,
    call: &mut Call<'_>,
    with_bins: bool,
) -> Refused<()> {
    let list = body.required("keys")?;
    let mut keys = Vec::new();
    for item in list.items()? {
        keys.push(fields::key(mrt, &item)?);
    }
    let txn = fields::txn(mrt, body)?;
    let answers = mrt.batch_read(&keys, txn).map_err(replies::failed)?;
    replies::batch(&mut call.reply(), &answers, |row, _, stored| {
        if with_bins {
            replies::bins(row, stored.bins.as_deref(), None);
        }
    });
    Ok(())
}

fn batch_operate(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let list = body.required("rows")?;
    let mut rows = Vec::new();
    let mut reads: Vec<Vec<Operation>> = Vec::new();
    for item in list.items()? {
        let (row, read) = fields::row(mrt, &item)?;
        rows.push(row);
        reads.push(read);
    }
    let txn = fields::txn(mrt, body)?;
    let answers = mrt.batch_operate(&rows, txn).map_err(replies::failed)?;
    replies::batch(
        &mut call.reply(),
        &answers,
        |row, at, stored| match &reads[at][..] {
            [] => replies::bins(row, stored.bins.as_deref(), None),
            operations => replies::seen(row, &replies::seen_of(stored, operations)),
        },
    );
    Ok(())
}

fn scan(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let (namespace, set) = fields::namespace_and_set(body)?;
    let condition = fields::condition(body)?;
    let found = mrt
        .scan(&namespace, set.as_deref(), condition.as_ref())
        .map_err(|reason| replies::failed(reason.into()))?;
    call.reply().list("records", |list| {
        for record in found {
            list.object(|fields| {
                replies::key(fields, "key", record.key);
                replies::bins(fields, Some(record.bins), None);
                fields.unsigned("generation", record.generation.into());
            });
        }
    });
    Ok(())
}

fn truncate(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    takes_no_transaction(body, "truncate")?;
    let (namespace, set) = fields::namespace_and_set(body)?;
    mrt.truncate(&namespace, set.as_deref())
        .map_err(replies::failed)?;
    call.reply();
    Ok(())
}

fn info(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    takes_no_transaction(body, "info")?;
    let info = mrt.info();
    call.reply()
        .unsigned("mrt_monitors", info.mrt_monitors as u64)
        .unsigned("mrt_provisionals", info.mrt_provisionals as u64)
        .unsigned("mrt_duration", info.mrt_duration.into());
    Ok(())
}

fn commit(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let txn = fields::named_txn(mrt, body)?;
    finished(mrt.commit(txn), call)
}

fn abort(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let txn = fields::named_txn(mrt, body)?;
    finished(mrt.abort(txn), call)
}

fn finished(outcome: Outcome, call: &mut Call<'_>) -> Refused<()> {
    let status = match &outcome {
        Outcome::Committed(status) => status.name(),
        Outcome::Aborted(status) => status.name(),
        _ => return Err(replies::not_finished(&outcome)),
    };
    call.reply().string("status", status);
    Ok(())
}

fn txn_info(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let txn = mrt.txn(fields::named_txn(mrt, body)?);
    let mut reply = call.reply();
    reply.string("state", txn.state.name());
    match txn.namespace() {
        Some(namespace) => reply.string("ns", namespace),
        None => reply.null("ns"),
    };
    reply
        .unsigned("timeout", txn.timeout.into())
        .unsigned("deadline", txn.deadline)
        .boolean("in_doubt", txn.in_doubt)
        .boolean("write_in_doubt", txn.write_in_doubt)
        .list("reads", |list| {
            for (key, version) in txn.reads.iter() {
                list.object(|fields| {
                    replies::key(fields, "key", key);
                    fields.string("version", &version.to_string());
                });
            }
        })
        .list("writes", |list| {
            for (key, _) in txn.writes.iter() {
                list.list(|parts| replies::key_parts(parts, key));
            }
        });
    Ok(())
}

fn txn_hash(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let which = body.required("map")?;
    let reads = match &*which.string()? {
        "reads" => true,
        "writes" => false,
        _ => return Err(which.expected("\"reads\" or \"writes\"")),
    };
    let txn = mrt.txn(fields::named_txn(mrt, body)?);
    let hash = if reads { &txn.reads } else { &txn.writes };
    call.reply()
        .unsigned("n_rows", hash.n_rows())
        .unsigned("n_eles", hash.n_eles().into())
        .list("rows", |list| {
            for row in hash.rows() {
                list.object(|fields| {
                    fields.unsigned("row", row).list("chain", |chain| {
                        for (key, _) in hash.chain(row) {
                            chain.string(&key.digest.to_string());
                        }
                    });
                });
            }
        });
    Ok(())
}

fn monitor_info(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let txn = fields::named_txn(mrt, body)?;
    let id = mrt.txn(txn).id.0.get();
    let (digest, monitor) = mrt.monitor(txn);
    let mut reply = call.reply();
    reply
        .string("set", MONITOR_SET)
        .string("digest", &digest.to_string())
        .boolean("exists", monitor.is_some());
    if let Some(monitor) = monitor {
        reply
            .raw("id", &decimal_string(id))
            .list("keyds", |list| {
                for digest in &monitor.keyds {
                    list.string(&digest.to_string());
                }
            })
            .boolean("fwd", monitor.fwd)
            .boolean("aborted", monitor.aborted)
            .unsigned("deadline", monitor.deadline);
    }
    Ok(())
}

fn record_info(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    let record = mrt
        .record(&key)
        .map_err(|reason| replies::failed(reason.into()))?;
    let committed = record.and_then(|record| record.committed.as_ref());
    let lock = record.and_then(|record| record.provisional.as_ref());
    let mut reply = call.reply();
    replies::version(&mut reply, "committed", committed);
    replies::version(&mut reply, "provisional", lock.map(|lock| &lock.stored));
    match lock {
        Some(lock) => reply.raw("locked_by", &decimal_string(lock.owner.0.get())),
        None => reply.null("locked_by"),
    };
    Ok(())
}

fn digest(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let key = fields::key(mrt, &body.required("key")?)?;
    call.reply()
        .string("digest", &key.digest.to_string())
        .unsigned("partition_id", key.digest.partition().into());
    Ok(())
}

fn tick(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let now = fields::seconds(&body.required("now")?)?;
    let now = mrt.tick(now);
    call.reply().unsigned("now", now);
    Ok(())
}

fn sweep(mrt: &mut Mrt, call: &mut Call<'_>) -> Refused<()> {
    let swept = mrt.sweep();
    call.reply()
        .unsigned("rolled_forward", swept.rolled_forward)
        .unsigned("rolled_back", swept.rolled_back)
        .unsigned("closed", swept.closed);
    Ok(())
}

fn fault(mrt: &mut Mrt, body: &Field<'_, '_>, call: &mut Call<'_>) -> Refused<()> {
    let fault = fields::fault(mrt, body)?;
    mrt.plant(fault);
    call.reply();
    Ok(())
}

fn takes_no_transaction(body: &Field<'_, '_>, command: &'static str) -> Refused<()> {
    match body.optional("txn_id") {
        Some(_) => Err(replies::failed(Reason::TakesNoTransaction(command).into())),
        None => Ok(()),
    }
}

/// An answer that no record is there is, for some commands, an answer.
fn none_if_not_found<T>(answer: Result<T, Failed>) -> Refused<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(failed) if failed.code() == ResultCode::RecordNotFound => Ok(None),
        Err(failed) => Err(replies::failed(failed)),
    }
}

fn not_found() -> Box<crate::protocol::Refusal> {
    replies::failed(Reason::NotFound.into())
}

/// `"5180492295206395165"`: 64 bits, which a JavaScript number cannot hold.
fn decimal_string(number: u64) -> Vec<u8> {
    let mut text = vec![b'"'];
    print_unsigned(&mut text, number);
    text.push(b'"');
    text
}
