//! Typed answers to fields of a reply.

use std::sync::Arc;

use crate::mrt::batch::RowAnswer;
use crate::mrt::commit::{CommitFailure, Outcome, RecordFailure};
use crate::mrt::digest::{Key, UserKey};
use crate::mrt::operate::{Operation, apply};
use crate::mrt::record::{Bins, Stored, Value};
use crate::mrt::refused::{Refused, ResultCode};
use crate::protocol::{ErrorCode, FieldWriter, ListWriter, Refusal};

/// Each bin read, with its value; `None` where it was missing.
pub(super) type Seen = Vec<(Arc<str>, Option<Value>)>;

/// A command that did not succeed, as an error.
pub(super) fn failed(refused: Refused) -> Box<Refusal> {
    let code = refused.code();
    let wire = ErrorCode::from_number(code.wire_code());
    Refusal::new(wire, refused.reason.to_string()).with(|fields| {
        result_code(fields, code);
        if let Some(subcode) = refused.reason.subcode() {
            fields.unsigned("subcode", subcode.into());
        }
        if refused.in_doubt {
            fields.boolean("in_doubt", true);
        }
    })
}

/// A commit or an abort that did not succeed, as an error.
pub(super) fn not_finished(outcome: &Outcome) -> Box<Refusal> {
    let (code, text) = match outcome {
        Outcome::CommitFailed(failure) => return commit_failed(failure),
        Outcome::AlreadyAborted => (
            ResultCode::TxnAlreadyAborted,
            "The transaction has been aborted.",
        ),
        Outcome::AlreadyCommitted => (
            ResultCode::TxnAlreadyCommitted,
            "The transaction has been committed.",
        ),
        Outcome::AbortRefused | Outcome::Committed(_) | Outcome::Aborted(_) => (
            ResultCode::TxnFailed,
            "Abort not allowed because a commit already failed on this transaction with an \
             in-doubt outcome",
        ),
    };
    Refusal::new(ErrorCode::from_number(code.wire_code()), text).with(|fields| {
        result_code(fields, code);
        if code == ResultCode::TxnFailed {
            fields.string("abort_error", "COMMIT_FAILED");
        }
    })
}

fn commit_failed(failure: &CommitFailure) -> Box<Refusal> {
    let code = if failure.in_doubt {
        ErrorCode::Crash
    } else {
        ErrorCode::Abort
    };
    let text = format!("{}: {}", failure.error.name(), failure.cause.name());
    Refusal::new(code, text).with(|fields| {
        result_code(fields, ResultCode::TxnFailed);
        fields
            .string("commit_error", failure.error.name())
            .integer("cause", failure.cause.number().into())
            .boolean("in_doubt", failure.in_doubt);
        record_errors(fields, "verify_errors", &failure.verify_errors);
        record_errors(fields, "roll_errors", &failure.roll_errors);
    })
}

fn record_errors(fields: &mut FieldWriter<'_>, name: &str, errors: &[RecordFailure]) {
    if errors.is_empty() {
        return;
    }
    fields.list(name, |list| {
        for (failed, code) in errors {
            list.object(|fields| {
                key(fields, "key", failed);
                fields.integer("code", code.number().into());
            });
        }
    });
}

/// Aerospike's number and name.
pub(super) fn result_code(fields: &mut FieldWriter<'_>, code: ResultCode) {
    fields
        .integer("result_code", code.number().into())
        .string("result_name", code.name());
}

/// A key.
pub(super) fn key(fields: &mut FieldWriter<'_>, name: &str, key: &Key) {
    fields.list(name, |parts| key_parts(parts, key));
}

/// The three parts of a key.
pub(super) fn key_parts(parts: &mut ListWriter<'_>, key: &Key) {
    parts.string(key.namespace());
    match &key.place.set {
        Some(set) => parts.string(set),
        None => parts.null(),
    };
    match &key.user {
        UserKey::Integer(value) => parts.integer(*value),
        UserKey::Text(text) => parts.string(text),
    };
}

/// `bins`: all of them, or those that were asked for and are there.
pub(super) fn bins(fields: &mut FieldWriter<'_>, bins: Option<&Bins>, names: Option<&[Box<str>]>) {
    fields.object("bins", |object| {
        for (name, value) in bins.into_iter().flat_map(Bins::iter) {
            if names.is_none_or(|names| names.iter().any(|asked| **asked == *name)) {
                named_value(object, name, value.as_bytes());
            }
        }
    });
}

/// `bins`: what operations read, a missing bin as null.
pub(super) fn seen(fields: &mut FieldWriter<'_>, seen: &Seen) {
    fields.object("bins", |object| {
        for (name, value) in seen {
            named_value(
                object,
                name,
                value.as_deref().map_or(&b"null"[..], str::as_bytes),
            );
        }
    });
}

/// What reads see of a version.
pub(super) fn seen_of(stored: &Stored, reads: &[Operation]) -> Seen {
    apply(reads, false, stored.bins.as_deref()).map_or_else(|_| Seen::new(), |applied| applied.seen)
}

/// A version of a record, or null. A tombstone's bins are null.
pub(super) fn version(fields: &mut FieldWriter<'_>, name: &str, stored: Option<&Stored>) {
    let Some(stored) = stored else {
        fields.null(name);
        return;
    };
    fields.object(name, |object| {
        match &stored.bins {
            Some(present) => bins(object, Some(present), None),
            None => drop(object.null("bins")),
        }
        object
            .unsigned("generation", stored.version.generation.into())
            .string("version", &stored.version.to_string());
    });
}

/// `ok` and `results`. `found` writes the bins of a read row, by its number.
pub(super) fn batch(
    reply: &mut FieldWriter<'_>,
    answers: &[RowAnswer],
    found: impl Fn(&mut FieldWriter<'_>, usize, &Stored),
) {
    reply
        .boolean("ok", answers.iter().all(RowAnswer::is_ok))
        .list("results", |list| {
            for (at, answer) in answers.iter().enumerate() {
                list.object(|row| match answer {
                    RowAnswer::Read(None) => {
                        row.integer("code", ResultCode::RecordNotFound.number().into());
                    }
                    RowAnswer::Read(Some(stored)) => {
                        row.integer("code", 0);
                        found(row, at, stored);
                        row.unsigned("generation", stored.version.generation.into());
                    }
                    RowAnswer::Written(written) => {
                        row.integer("code", 0);
                        if !written.seen.is_empty() {
                            seen(row, &written.seen);
                        }
                        row.unsigned("generation", written.generation.into());
                    }
                    RowAnswer::Refused(refused) => {
                        row.integer("code", refused.code().number().into());
                        if let Some(subcode) = refused.reason.subcode() {
                            row.unsigned("subcode", subcode.into());
                        }
                    }
                });
            }
        });
}

/// A field whose name is the client's: a bin's.
fn named_value(object: &mut FieldWriter<'_>, name: &str, json: &[u8]) {
    object.raw_named(name, json);
}
