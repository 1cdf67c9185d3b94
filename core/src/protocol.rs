//! # The wire protocol: typed messages, errors with a place, replies
//!
//! A node reads and writes lines of JSON. Between the line and the stores lie
//! three things that must not cost anything while all is well, and must be
//! exact when it is not.
//!
//! 1. [`Message`] is a line with a usable envelope: who sent it, to whom, its
//!    type, its number. A line without one is [`Unusable`].
//! 2. [`Field`] walks the body. Each field knows its parent, which lies on the
//!    stack, so the path of a bad field costs nothing until it is needed.
//! 3. [`Refusal`] is the answer that a bad or impossible request gets: an
//!    [`ErrorCode`], a text, the path.
//! 4. [`FieldWriter`] appends a reply to the output, field by field, in the
//!    normative spelling: a space after `:` and `,`.
//! 5. [`catalogue`] describes every request as data: for completion, forms,
//!    the nearest known type and the documents.
//!
//! ```text
//!   {"src":"c1","dest":"n1","body":{"type":"txn_execute", … "operations":[ … {"op":"frob"} ]}}
//!                                   body ◄──── operations ◄──── [1] ◄──── op
//!                                   "operations[1].op: expected …"
//! ```
//!
//! Left out: what requests mean; that is the node and its stores.

pub mod catalogue;
mod error;
mod field;
mod message;
mod reply;

pub use error::{ErrorCode, Refusal, Refused};
pub use field::Field;
pub use message::{Message, Unusable};
pub use reply::{FieldWriter, ListWriter};
