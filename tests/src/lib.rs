//! Golden scripts, conformance cases and tests of the real binary.

pub mod bench;
pub mod histories;
