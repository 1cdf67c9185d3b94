//! Which part of a picture is wanted, so that a long run sends only what is seen.

use serde::{Deserialize, Serialize};

/// Which part of a scene is sent. Everything is optional; what is absent takes
/// the default of the picture, so that no scene grows with the run.
///
/// What the current step touched is always sent, inside the window or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// Which picture to show; absent: the one of the step's message.
    pub picture: Option<PictureKind>,
    /// First lane (key, list), from 0.
    pub first_lane: Option<u32>,
    /// How many lanes at most (64 when absent).
    pub lanes: Option<u32>,
    /// First timestamp in view (version chains).
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub from_time: Option<u64>,
    /// Last timestamp in view (version chains).
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub to_time: Option<u64>,
    /// First step in view (OCC); absent: `steps` before the current one.
    pub from_step: Option<u32>,
    /// How many steps at most (OCC; 40 when absent).
    pub steps: Option<u32>,
    /// How many blocks of a lane, entries of the log or cells of a list at
    /// most (100, 12 and 24 when absent).
    pub items: Option<u32>,
}

/// The five pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Version chains (`mvcc_*`).
    Chains,
    /// Keys and transactions (`occ_*`).
    Occ,
    /// The log and the state (`txn_execute`).
    Log,
    /// Lists by writer (`txn`).
    Lists,
    /// Records, locks and the commit (`mrt_*`).
    Mrt,
}

impl Window {
    /// Lanes wanted: the first one and how many.
    pub fn lane_range(&self) -> (usize, usize) {
        let first = self.first_lane.unwrap_or(0) as usize;
        (first, self.lanes.unwrap_or(64) as usize)
    }

    /// How many items of a lane are wanted, where the picture's own default is `default`.
    pub fn item_limit(&self, default: usize) -> usize {
        self.items.map_or(default, |items| items as usize)
    }
}
