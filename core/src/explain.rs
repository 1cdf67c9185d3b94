//! # Explanations: every reply in two or three sentences
//!
//! A picture shows what is so; a sentence says why it had to be. Both are made
//! from the same events and the same history, so they cannot disagree.
//!
//! ```text
//!   SnapshotRead { read_at: 280, chosen: v2 @220, newer: v3 @340 }
//!     title   Why v2, and not v3?
//!     why     A read at 280 takes the newest version of price at or below 280.
//!             That is ⟨v2 = 12⟩, written at 220; …
//!                      └── link to the thing price/v2, chosen
//! ```
//!
//! 1. The title is the question that a reader has at this step.
//! 2. Paragraphs name things by links: each carries the thing's id and its role.
//! 3. What a program answered instead is said last, from the difference.
//! 4. Tables and plain sentences repeat the picture for those who do not see it;
//!    they are made from the picture, so they hold the same things.
//!
//! Left out: grading. A judge's verdict is shown beside the sentences, not in them.

pub mod chains;
pub mod general;
pub mod lists;
pub mod log;
pub mod mrt;
pub mod occ;
pub mod phrase;

use crate::{
    event::Event,
    run::{Now, Run},
    view::{
        Picture, PictureKind,
        scene::{Table, Why},
    },
};

/// Why a step came out as it did.
pub fn why(run: &Run, kind: Option<PictureKind>, picture: &Picture, now: &Now) -> Why {
    let mut why = now
        .events
        .iter()
        .find_map(|event| of_event(run, picture, now, event))
        .unwrap_or_else(|| general::quiet(run, now));
    general::divergence(run, now, &mut why);
    if kind == Some(PictureKind::Chains) {
        why.also = chains::also(run, now.step);
    }
    why
}

fn of_event(run: &Run, picture: &Picture, now: &Now, event: &Event) -> Option<Why> {
    chains::of(run, now, event)
        .or_else(|| occ::of(run, now, event))
        .or_else(|| log::of(run, picture, now, event))
        .or_else(|| lists::of(run, now, event))
        .or_else(|| mrt::of(run, now, event))
        .or_else(|| general::of(now, event))
}

/// The picture's title.
pub fn caption(picture: &Picture, step: u32, steps: u32) -> String {
    let after = match step {
        0 => format!("before message 1 of {steps}"),
        step => format!("after message {step} of {steps}"),
    };
    match picture {
        Picture::Empty => format!("Nothing to show {after}"),
        Picture::Chains(_) => format!("Version chains {after}; timestamps run to the right"),
        Picture::Occ(_) => format!("Keys and transactions {after}; messages run to the right"),
        Picture::Log(_) => format!("Log and state {after}"),
        Picture::Mrt(_) => format!("Records, maps and monitor {after}"),
        Picture::Lists(_) => format!("Lists {after}; positions run to the right"),
    }
}

/// The picture as tables and as sentences.
pub fn equivalents(picture: &Picture, now: &Now) -> (Vec<Table>, Vec<String>) {
    match picture {
        Picture::Empty => (Vec::new(), Vec::new()),
        Picture::Chains(chains) => (chains.tables(), chains.sentences()),
        Picture::Occ(occ) => (occ.tables(), occ.sentences()),
        Picture::Log(log) => (log.tables(), log.sentences(now.step)),
        Picture::Lists(lists) => (lists.tables(), lists.sentences()),
        Picture::Mrt(mrt) => (mrt.tables(), mrt.sentences()),
    }
}
