//! Laws of the whole.

/// Deliberate mistakes, so that the laws can be seen to fail.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Broken {
    /// Reads of nothing are not remembered.
    pub forgets_missing_reads: bool,
    /// Commit does not compare versions.
    pub skips_verify: bool,
}
