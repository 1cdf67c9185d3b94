//! The judge: is this program right?
//!
//! A program reads requests and writes replies. The judge has scripts of requests
//! ([`script`]), plays them ([`session`]) and lets a model ([`model`]) say of each
//! reply whether the rules of the exercise allow it. What the statement leaves open
//! the model leaves open too.
//!
//! ```text
//!   exercise ─→ plan of cases ─→ sessions ─→ outcomes ─→ report
//!   cases/*.jsonl   grade          session     grade       report
//!   generate                         ↕
//!                             a shell with the program:
//!                             child process, worker, node in memory
//! ```
//!
//! 1. Two verdicts: *as published* (the expected lines appear among the output, in
//!    order) and *strict* (every request answered once, by the rules).
//! 2. A failing random script is made small before it is shown ([`shrink`]).
//! 3. The report has a `verdict` part that depends on the replies only, and a `run`
//!    part for what only the shell knows (times, signals, tracebacks).
//!
//! Left out: processes, clocks, files. They are the shell's.

pub mod batch;
pub mod exercise;
pub mod generate;
pub mod grade;
pub mod lines;
pub mod list_append;
pub mod log_steps;
pub mod model;
pub mod mrt;
pub mod mvcc;
pub mod occ;
pub mod program;
pub mod progress;
pub mod random;
pub mod reference;
pub mod reply;
pub mod report;
pub mod rule;
pub mod script;
pub mod session;
pub mod shrink;
pub mod symbols;
