//! One operation as it stands in the file, before it means anything.
//!
//! Both notations are read into the same scratch space, so that a line costs
//! no allocation:
//!
//! ```text
//! {"type":"ok","process":3,"value":[["append",7,1],["r",8,[4,5]]], …}
//!            │           │            │                 │
//!   RawOp::ty        process      RawMop::Append    RawMop::Read → elements[0..2]
//! ```

use std::borrow::Cow;

use super::atom::{Atom, Atoms};

/// What a line says happened to an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpType {
    /// A client sent it.
    Invoke,
    /// It took place.
    Ok,
    /// It did not take place.
    Fail,
    /// Nobody knows.
    Info,
    /// Not an operation: the installed version order of one key.
    VersionOrder,
}

impl OpType {
    /// The type with this name.
    pub fn named(name: &[u8]) -> Option<OpType> {
        Some(match name {
            b"invoke" => OpType::Invoke,
            b"ok" => OpType::Ok,
            b"fail" => OpType::Fail,
            b"info" => OpType::Info,
            b"version-order" => OpType::VersionOrder,
            _ => return None,
        })
    }
}

/// One micro-operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RawMop {
    /// `["append", key, element]`
    Append(Atom, Atom),
    /// `["w", key, value]`
    Write(Atom, Atom),
    /// `["r", key, null]`: not known, or nothing there.
    ReadNil(Atom),
    /// `["r", key, [a, b]]`: the elements are `elements[start..end]`.
    ReadList(Atom, u32, u32),
    /// `["r", key, value]` of a register.
    ReadValue(Atom, Atom),
}

/// The scratch space of one line.
#[derive(Default, Debug)]
pub struct RawOp {
    /// What happened, if the line says so.
    pub ty: Option<OpType>,
    /// Who did it; `None` for the test's own machinery (a nemesis).
    pub process: Option<Atom>,
    /// When, in nanoseconds.
    pub time: Option<i64>,
    /// The key of a version order.
    pub key: Option<Atom>,
    /// Whether the value was a list of micro-operations.
    pub has_value: bool,
    /// Whether the function is something else than a transaction.
    pub foreign: bool,
    /// The micro-operations.
    pub mops: Vec<RawMop>,
    /// The elements of all lists read.
    pub elements: Vec<Atom>,
    /// Where in the line the value begins.
    pub value_at: usize,
}

impl RawOp {
    /// Forget the last line.
    pub fn clear(&mut self) {
        self.ty = None;
        self.process = None;
        self.time = None;
        self.key = None;
        self.has_value = false;
        self.foreign = false;
        self.mops.clear();
        self.elements.clear();
        self.value_at = 0;
    }
}

/// Why a form cannot be read: where in it, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Byte offset in the form.
    pub at: usize,
    /// What should stand there.
    pub expected: Cow<'static, str>,
    /// The form stops before its end: more lines may complete it.
    pub truncated: bool,
}

impl Fault {
    /// A fault at a byte.
    pub fn new(at: usize, expected: impl Into<Cow<'static, str>>) -> Fault {
        Fault {
            at,
            expected: expected.into(),
            truncated: false,
        }
    }

    /// The input ended at a byte.
    pub fn end(at: usize, expected: impl Into<Cow<'static, str>>) -> Fault {
        Fault {
            truncated: true,
            ..Fault::new(at, expected)
        }
    }
}

/// Where a reader puts what it reads.
pub struct Sink<'a> {
    /// The line.
    pub op: &'a mut RawOp,
    /// The interned texts.
    pub atoms: &'a mut Atoms,
}
