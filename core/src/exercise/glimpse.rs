//! A course at a glance: of each exercise what a list of exercises says, and
//! one still picture that shows what it is about.
//!
//! The picture is a step of one of the exercise's own cases. Nobody chooses it
//! by hand, so that a new folder needs no more than its cases:
//!
//! 1. Every step of every case that the task itself fixes is a candidate.
//! 2. A candidate scores for what makes its kind of picture worth looking at: a
//!    read that passes over newer versions, a refused commit, a rejected batch,
//!    a read of a prefix. Few things score over many: the picture is small.
//! 3. The best one is taken, the earliest among equals.

use serde::Serialize;

use super::{CaseKind, Exercise};
use crate::{
    run::Run,
    view::{Picture, Window, chains::Role, occ::Outcome},
};

/// What a list of exercises says about one of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CourseEntry {
    /// The name of its folder.
    pub id: String,
    /// Its place in the course, from 1.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// What it teaches, in one sentence.
    pub teaches: String,
    /// How many cases can be replayed.
    pub cases: u32,
    /// A still of its picture.
    pub glimpse: Picture,
}

impl CourseEntry {
    /// The entry of an exercise.
    pub fn of(exercise: &Exercise) -> Self {
        CourseEntry {
            id: exercise.id.clone(),
            number: exercise.number,
            title: exercise.title.clone(),
            teaches: exercise.teaches.clone(),
            cases: exercise.cases.len() as u32,
            glimpse: glimpse(exercise),
        }
    }
}

fn glimpse(exercise: &Exercise) -> Picture {
    let mut best = (0, Picture::Empty);
    let fixed = |kind| matches!(kind, CaseKind::Published | CaseKind::Named);
    for case in exercise.cases.iter().filter(|case| fixed(case.kind)) {
        let run = Run::from_script(&case.script());
        for step in 1..=run.len() {
            let picture = run.scene(step, &Window::default()).picture;
            let score = score(&picture);
            if score > best.0 {
                best = (score, picture);
            }
        }
    }
    best.1
}

fn score(picture: &Picture) -> u32 {
    match picture {
        Picture::Chains(chains) => {
            let read = chains.lanes.iter().find(|lane| {
                let has = |role| lane.blocks.iter().any(|block| block.role == role);
                has(Role::Chosen) && has(Role::Newer)
            });
            let Some(lane) = read.filter(|_| chains.read.is_some()) else {
                return 0;
            };
            let short = lane.blocks.iter().all(|block| {
                let value = block.value.as_deref().unwrap_or_default();
                value.len() <= 6
            });
            let gone = lane.blocks.iter().any(|block| block.role == Role::Gone);
            let few = lane.blocks.len() <= 4;
            1 + u32::from(short) + 2 * u32::from(few) + 2 * u32::from(gone && few)
        }
        Picture::Occ(occ) => {
            let refused = occ.transactions.iter().find(|t| {
                t.outcome == Outcome::Refused && !t.reads.is_empty() && t.begin_step.is_some()
            });
            let few = occ.to_step <= 12;
            refused.map_or(0, |_| 1 + 2 * u32::from(few))
        }
        Picture::Log(log) => {
            let rejected = log.gate.as_ref().is_some_and(|gate| gate.error.is_some());
            let short = log.state.iter().all(|cell| cell.key.len() <= 4);
            let entries = u32::from(log.entries.len() >= 2) + u32::from(log.entries.len() >= 3);
            if rejected {
                1 + 2 * entries + u32::from(short)
            } else {
                0
            }
        }
        Picture::Lists(lists) => {
            let list = lists.lists.first();
            list.map_or(0, |list| {
                let read = list.reads.iter().any(|read| read.now && read.length > 1);
                let fits = (3..=6).contains(&list.cells.len());
                let writers = lists.writers.len().min(4) as u32;
                u32::from(read) * (1 + writers + 3 * u32::from(fits))
            })
        }
        Picture::Mrt(mrt) => {
            let Some(commit) = &mrt.commit else {
                return 0;
            };
            let both = mrt.records.iter().take(2);
            let held = both.clone().any(|record| record.provisional.is_some());
            let rolled = both.clone().any(|record| record.provisional.is_none());
            let steps = u32::from(commit.commit_point.is_some());
            1 + 2 * steps + 2 * u32::from(held && rolled) + u32::from(mrt.records.len() <= 3)
        }
        Picture::Empty => 0,
    }
}
