//! Isolab's core: transactions without I/O.
//!
//! One path: `line → Message → Node::handle(now, message) → Step { replies,
//! events } → lines out`. The binary prints the replies, the page keeps the
//! events; pictures, explanations and grades are functions of the events.

pub mod check;
pub mod json;
pub mod protocol;

pub mod node;
pub mod time;

pub mod batch;
pub mod list_append;
pub mod mvcc;
pub mod occ;

pub mod intern;
pub mod text;

pub mod about;
pub mod contention;
pub mod event;
pub mod exercise;
pub mod explain;
pub mod judge;
pub mod mrt;
pub mod question;
pub mod run;
pub mod view;
