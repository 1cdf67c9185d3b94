//! Result codes and the reasons behind them.
//!
//! A command that does not succeed has a [`Reason`]; number, name, subcode and
//! the code on the wire follow from it, and so does the sentence.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::id::MrtId;
use super::record::Version;
use super::txn::State;

macro_rules! result_codes {
    ($($variant:ident = $number:literal $name:literal $wire:literal $meaning:literal;)*) => {
        /// Aerospike's result codes, as far as transactions use them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum ResultCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl ResultCode {
            /// Every code.
            pub const ALL: &'static [ResultCode] = &[$(ResultCode::$variant),*];

            /// Aerospike's number.
            pub fn number(self) -> i32 {
                match self { $(ResultCode::$variant => $number,)* }
            }

            /// Aerospike's name.
            pub fn name(self) -> &'static str {
                match self { $(ResultCode::$variant => $name,)* }
            }

            /// The error code on the wire.
            pub fn wire_code(self) -> u32 {
                match self { $(ResultCode::$variant => $wire,)* }
            }
        }
    };
}

result_codes! {
    RecordNotFound = 2 "RECORD_NOT_FOUND" 20 "There is no such record.";
    GenerationError = 3 "GENERATION_ERROR" 22 "The record has another generation.";
    ParameterError = 4 "PARAMETER_ERROR" 12 "The request does not have the right form.";
    RecordExists = 5 "RECORD_EXISTS" 21 "The record is there already.";
    Timeout = 9 "TIMEOUT" 0 "No answer came.";
    IncompatibleType = 12 "INCOMPATIBLE_TYPE" 12 "The bin's value has another type.";
    UnsupportedFeature = 16 "UNSUPPORTED_FEATURE" 10 "The namespace takes no transactions.";
    InvalidNamespace = 20 "INVALID_NAMESPACE" 12 "There is no such namespace.";
    Forbidden = 22 "FORBIDDEN" 22 "The server does not allow it.";
    MrtBlocked = 120 "MRT_BLOCKED" 30 "The record is held by another transaction.";
    MrtVersionMismatch = 121 "MRT_VERSION_MISMATCH" 30 "The record changed since it was read.";
    MrtExpired = 122 "MRT_EXPIRED" 14 "The deadline has passed, or the monitor record is gone.";
    MrtTooManyWrites = 123 "MRT_TOO_MANY_WRITES" 22 "Too many keys in the monitor record.";
    MrtCommitted = 124 "MRT_COMMITTED" 22 "The transaction is marked to roll forward.";
    MrtAborted = 125 "MRT_ABORTED" 14 "The server has rolled the transaction back.";
    MrtAlreadyLocked = 126 "MRT_ALREADY_LOCKED" 21 "The transaction holds the record already.";
    MrtMonitorExists = 127 "MRT_MONITOR_EXISTS" 21 "The monitor record is there already.";
    ErrParam = -2 "ERR_PARAM" 12 "The client does not allow it.";
    TxnAlreadyCommitted = -18 "TXN_ALREADY_COMMITTED" 22 "The transaction has committed.";
    TxnFailed = -17 "TXN_FAILED" 14 "The commit failed.";
    TxnAlreadyAborted = -19 "TXN_ALREADY_ABORTED" 22 "The transaction has aborted.";
    BatchFailed = -16 "BATCH_FAILED" 14 "Rows of a batch failed.";
}

impl ResultCode {
    /// The code of this number.
    pub fn of_number(number: i64) -> Option<ResultCode> {
        ResultCode::ALL
            .iter()
            .copied()
            .find(|code| i64::from(code.number()) == number)
    }

    /// Whether a write that was sent once and ended so may have been applied:
    /// it timed out, or the client gave up on it.
    pub fn leaves_a_write_in_doubt(self) -> bool {
        self == ResultCode::Timeout || self.number() <= 0
    }
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The transaction takes commands only while it is open.
    NotOpen(State),
    /// The transaction began in another namespace.
    NamespaceDiffers {
        /// The transaction's.
        orig: Box<str>,
        /// The key's.
        new: Box<str>,
    },
    /// There is no transaction of this name.
    UnknownTransaction(Box<str>),
    /// This command cannot take part in a transaction.
    TakesNoTransaction(&'static str),
    /// There is no such namespace.
    UnknownNamespace(Box<str>),
    /// The namespace is not strongly consistent.
    NotStronglyConsistent(Box<str>),
    /// Inside a transaction a delete must leave a tombstone.
    NonDurableDelete,
    /// The record is held by another transaction.
    Locked {
        /// Who holds it.
        by: MrtId,
        /// Whether a transaction asked (subcode 2), or a command outside (1).
        asked_in_transaction: bool,
    },
    /// The record is not the one that the transaction read.
    VersionDiffers {
        /// The version that the transaction read.
        read: Version,
        /// The version now.
        now: Version,
    },
    /// The deadline has passed.
    Expired {
        /// The deadline.
        deadline: u64,
        /// The time.
        now: u64,
    },
    /// The monitor record was there and has been removed.
    MonitorGone,
    /// The monitor record is there although this transaction did not make it.
    MonitorExists,
    /// The transaction is marked to roll forward.
    MonitorMarked,
    /// The server has rolled the transaction back.
    MonitorAborted,
    /// The keys would be more than the monitor record may hold.
    TooManyWrites {
        /// The most it may hold.
        limit: u64,
    },
    /// The configuration forbids new monitor records.
    WritesDisabled,
    /// The timeout is longer than the server allows.
    TimeoutTooLong {
        /// The timeout asked for, in seconds.
        timeout: u32,
    },
    /// There is no such record.
    NotFound,
    /// There is such a record.
    Exists,
    /// The record has another generation.
    GenerationDiffers {
        /// The generation asked for.
        expected: u32,
        /// The record's.
        actual: u32,
    },
    /// `on_locking_only`, and the transaction holds the record already.
    AlreadyLocked,
    /// A bin's value does not take the operation.
    WrongType {
        /// The bin.
        bin: Arc<str>,
        /// What its value should have been.
        expected: &'static str,
    },
    /// No answer came: a planted fault.
    Lost,
    /// A planted fault answered so.
    Planted(ResultCode),
}

impl Reason {
    /// Its result code.
    pub fn code(&self) -> ResultCode {
        match self {
            Reason::NotOpen(_)
            | Reason::NamespaceDiffers { .. }
            | Reason::UnknownTransaction(_)
            | Reason::TakesNoTransaction(_) => ResultCode::ErrParam,
            Reason::UnknownNamespace(_) => ResultCode::InvalidNamespace,
            Reason::NotStronglyConsistent(_) => ResultCode::UnsupportedFeature,
            Reason::NonDurableDelete | Reason::WritesDisabled | Reason::TimeoutTooLong { .. } => {
                ResultCode::Forbidden
            }
            Reason::Locked { .. } => ResultCode::MrtBlocked,
            Reason::VersionDiffers { .. } => ResultCode::MrtVersionMismatch,
            Reason::Expired { .. } | Reason::MonitorGone => ResultCode::MrtExpired,
            Reason::MonitorExists => ResultCode::MrtMonitorExists,
            Reason::MonitorMarked => ResultCode::MrtCommitted,
            Reason::MonitorAborted => ResultCode::MrtAborted,
            Reason::TooManyWrites { .. } => ResultCode::MrtTooManyWrites,
            Reason::NotFound => ResultCode::RecordNotFound,
            Reason::Exists => ResultCode::RecordExists,
            Reason::GenerationDiffers { .. } => ResultCode::GenerationError,
            Reason::AlreadyLocked => ResultCode::MrtAlreadyLocked,
            Reason::WrongType { .. } => ResultCode::IncompatibleType,
            Reason::Lost => ResultCode::Timeout,
            Reason::Planted(code) => *code,
        }
    }

    /// Its subcode, where it has one.
    pub fn subcode(&self) -> Option<u32> {
        match self {
            Reason::Locked {
                asked_in_transaction,
                ..
            } => Some(if *asked_in_transaction { 2 } else { 1 }),
            Reason::NotStronglyConsistent(_) => Some(1),
            Reason::NonDurableDelete => Some(8),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotOpen(state) => write!(
                f,
                "Issuing commands to this transaction is forbidden because {}.",
                match state {
                    State::Committed => "it has been committed",
                    State::Aborted => "it has been aborted",
                    State::CommitFailed => "a commit failed on it with an in-doubt outcome",
                    State::Open | State::Verified => "it is currently being committed",
                }
            ),
            Reason::NamespaceDiffers { orig, new } => write!(
                f,
                "Namespace must be the same for all commands in the transaction. \
                 orig: {orig} new: {new}"
            ),
            Reason::UnknownTransaction(name) => write!(f, "There is no transaction {name}."),
            Reason::TakesNoTransaction(command) => write!(f, "{command} has no txn property"),
            Reason::UnknownNamespace(name) => write!(f, "There is no namespace {name}."),
            Reason::NotStronglyConsistent(name) => write!(
                f,
                "Namespace {name} is not strongly consistent, so it takes no transactions."
            ),
            Reason::NonDurableDelete => write!(f, "Non-durable delete forbidden in a transaction"),
            Reason::Locked {
                by,
                asked_in_transaction: true,
            } => write!(
                f,
                "The record is held by transaction {by}: abort and try again from the start."
            ),
            Reason::Locked {
                by,
                asked_in_transaction: false,
            } => {
                write!(
                    f,
                    "The record is held by transaction {by}: try again later."
                )
            }
            Reason::VersionDiffers { read, now } => write!(
                f,
                "The record was read at version {read} and is now at {now}: \
                 the transaction cannot commit any more."
            ),
            Reason::Expired { deadline, now } => write!(
                f,
                "The transaction's deadline {deadline} has passed: it is {now} now."
            ),
            Reason::MonitorGone => {
                write!(f, "The transaction's monitor record has been removed.")
            }
            Reason::MonitorExists => write!(
                f,
                "A monitor record of this id is there, and this transaction object did not \
                 hear of it: writing to one transaction from two sides is unsafe."
            ),
            Reason::MonitorMarked => {
                write!(f, "The transaction is already marked to roll forward.")
            }
            Reason::MonitorAborted => write!(f, "The server has rolled the transaction back."),
            Reason::TooManyWrites { limit } => {
                write!(
                    f,
                    "A transaction may write {limit} records, and these would be more."
                )
            }
            Reason::WritesDisabled => write!(f, "Writes in transactions are disabled."),
            Reason::TimeoutTooLong { timeout } => {
                write!(
                    f,
                    "A timeout of {timeout} s is longer than the server allows."
                )
            }
            Reason::NotFound => write!(f, "There is no such record."),
            Reason::Exists => write!(f, "The record is there already."),
            Reason::GenerationDiffers { expected, actual } => {
                write!(f, "The record has generation {actual}, not {expected}.")
            }
            Reason::AlreadyLocked => write!(
                f,
                "The transaction holds the record already, and the write was to be its first."
            ),
            Reason::WrongType { bin, expected } => {
                write!(f, "The value of bin {bin} is not {expected}.")
            }
            Reason::Lost => write!(f, "No answer came."),
            Reason::Planted(code) => write!(f, "The server answered {}.", code.name()),
        }
    }
}

/// A command that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// Whether it may have been applied all the same.
    pub in_doubt: bool,
}

impl Refused {
    /// Its result code.
    pub fn code(&self) -> ResultCode {
        self.reason.code()
    }
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Refused {
        Refused {
            reason,
            in_doubt: false,
        }
    }
}
