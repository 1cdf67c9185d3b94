//! Time as an argument: the core never asks a clock.

use serde::{Deserialize, Serialize};

/// Microseconds since the run began, as its caller counts them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Time(pub u64);

impl Time {
    /// The beginning of the run.
    pub const ZERO: Time = Time(0);
}
