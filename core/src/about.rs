//! What this core says of itself, so that a page or a report can name what made it.

use serde::Serialize;

/// The name and the version of the core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct About {
    /// Always `isolab`.
    pub name: &'static str,
    /// The version of the crate, for example `0.1.0`.
    pub version: &'static str,
}

impl About {
    /// This very core.
    pub const fn this() -> Self {
        Self {
            name: "isolab",
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}
