//! Error codes and the refusals that carry them.

use std::fmt;

use super::FieldWriter;

/// The error codes of the wire, Maelstrom's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorCode {
    /// 0: no answer in time; the operation may still take effect.
    Timeout,
    /// 1: no such node here.
    NodeNotFound,
    /// 10: the request's type is not known, or not possible here.
    NotSupported,
    /// 11: not now; try again.
    TemporarilyUnavailable,
    /// 12: the request is not what its type asks for.
    MalformedRequest,
    /// 13: something went wrong inside; the operation may still take effect.
    Crash,
    /// 14: the transaction has ended and never will take effect.
    Abort,
    /// 20: the thing that the request names does not exist.
    KeyDoesNotExist,
    /// 21: the thing that the request would make exists already.
    KeyAlreadyExists,
    /// 22: a condition of the request does not hold.
    PreconditionFailed,
    /// 30: another transaction stands in the way.
    TxnConflict,
    /// 1000 and above: custom.
    Custom(u32),
}

impl ErrorCode {
    /// Every code that has a name of its own.
    pub const NAMED: [ErrorCode; 11] = [
        ErrorCode::Timeout,
        ErrorCode::NodeNotFound,
        ErrorCode::NotSupported,
        ErrorCode::TemporarilyUnavailable,
        ErrorCode::MalformedRequest,
        ErrorCode::Crash,
        ErrorCode::Abort,
        ErrorCode::KeyDoesNotExist,
        ErrorCode::KeyAlreadyExists,
        ErrorCode::PreconditionFailed,
        ErrorCode::TxnConflict,
    ];

    /// The number on the wire.
    pub fn number(self) -> u32 {
        match self {
            ErrorCode::Timeout => 0,
            ErrorCode::NodeNotFound => 1,
            ErrorCode::NotSupported => 10,
            ErrorCode::TemporarilyUnavailable => 11,
            ErrorCode::MalformedRequest => 12,
            ErrorCode::Crash => 13,
            ErrorCode::Abort => 14,
            ErrorCode::KeyDoesNotExist => 20,
            ErrorCode::KeyAlreadyExists => 21,
            ErrorCode::PreconditionFailed => 22,
            ErrorCode::TxnConflict => 30,
            ErrorCode::Custom(number) => number,
        }
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            ErrorCode::Timeout => "timeout",
            ErrorCode::NodeNotFound => "node-not-found",
            ErrorCode::NotSupported => "not-supported",
            ErrorCode::TemporarilyUnavailable => "temporarily-unavailable",
            ErrorCode::MalformedRequest => "malformed-request",
            ErrorCode::Crash => "crash",
            ErrorCode::Abort => "abort",
            ErrorCode::KeyDoesNotExist => "key-does-not-exist",
            ErrorCode::KeyAlreadyExists => "key-already-exists",
            ErrorCode::PreconditionFailed => "precondition-failed",
            ErrorCode::TxnConflict => "txn-conflict",
            ErrorCode::Custom(_) => "custom",
        }
    }

    /// Whether the operation did not and never will take effect. An unknown
    /// code promises nothing.
    pub fn is_definite(self) -> bool {
        !matches!(
            self,
            ErrorCode::Timeout | ErrorCode::Crash | ErrorCode::Custom(_)
        )
    }

    /// The code with this number; one without a name is custom.
    pub fn from_number(number: u32) -> ErrorCode {
        let named = ErrorCode::NAMED
            .into_iter()
            .find(|code| code.number() == number);
        named.unwrap_or(ErrorCode::Custom(number))
    }
}

/// The answer to a request that is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: ErrorCode,
    /// The reason in words, without the path.
    pub text: String,
    /// The bad field (`operations[1].op`), where there is one.
    pub path: Option<String>,
    /// Further fields of the error body, after `text`, as they are written.
    pub fields: Vec<u8>,
}

/// A result whose error is rare and large, so it is boxed.
pub type Refused<T> = Result<T, Box<Refusal>>;

impl Refusal {
    /// A refusal that blames no field.
    pub fn new(code: ErrorCode, text: impl Into<String>) -> Box<Refusal> {
        Box::new(Refusal {
            code,
            text: text.into(),
            path: None,
            fields: Vec::new(),
        })
    }

    /// A refusal that blames a field.
    pub fn at(code: ErrorCode, path: String, text: impl Into<String>) -> Box<Refusal> {
        Box::new(Refusal {
            code,
            text: text.into(),
            path: Some(path),
            fields: Vec::new(),
        })
    }

    /// The same with further fields in the error body.
    pub fn with(mut self: Box<Self>, write: impl FnOnce(&mut FieldWriter<'_>)) -> Box<Refusal> {
        write(&mut FieldWriter::following(&mut self.fields));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_round_trip() {
        for code in ErrorCode::NAMED {
            assert_eq!(ErrorCode::from_number(code.number()), code);
        }
        assert_eq!(ErrorCode::from_number(1000), ErrorCode::Custom(1000));
        assert_eq!(ErrorCode::from_number(30).name(), "txn-conflict");
    }

    #[test]
    fn only_timeout_crash_and_custom_leave_it_open() {
        let open: Vec<u32> = (0..2000)
            .map(ErrorCode::from_number)
            .filter(|code| !code.is_definite() && code.number() < 31)
            .map(ErrorCode::number)
            .filter(|number| ErrorCode::from_number(*number).name() != "custom")
            .collect();
        assert_eq!(open, [0, 13]);
        assert!(!ErrorCode::Custom(1000).is_definite());
    }
}
