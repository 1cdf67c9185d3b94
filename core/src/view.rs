//! # Views: one picture each, plain data folded from events
//!
//! A view is what a picture, a table and the terminal draw. It is computed
//! from the events of a run up to a step; drawing decides nothing.
//!
//! 1. [`Scene`] is all that one step shows: the row of the transcript, the
//!    picture after the step, and the sentences that say why.
//! 2. Everything that a sentence can point at carries a [`ThingId`]; the
//!    picture gives the same id to the mark that it draws, so a link lights
//!    exactly the thing that it names.
//! 3. Numbers that may pass 2^53 cross as text; timestamps never do.
//!
//! Left out: pixels, colours, fonts. A role ([`chains::Role`]) has a meaning,
//! the page gives it a colour.

pub mod chains;
pub mod lists;
pub mod log;
pub mod mrt;
pub mod occ;
pub mod row;
pub mod scene;
pub mod window;

pub use scene::{Picture, Scene, ThingId};
pub use window::{PictureKind, Window};
