//! # Exercises as data
//!
//! An exercise is a folder. Whoever has its files, from a disk or embedded in
//! a binary, hands them over as paths and texts and gets the exercise, or the
//! name of the file that is not as expected.
//!
//! ```text
//!   mvcc/exercise.toml          id, number, title, teaches, picture, source, concepts, stages
//!   mvcc/statement.md           the task, in Markdown
//!   mvcc/hints.md               "## Hint 1" … one section a hint
//!   mvcc/cases/published.json   the sample cases, as published
//!   mvcc/cases/26-snapshot.jsonl   a header line, then one message a line
//!   mvcc/rules.toml             the strict rules, for the judge
//!   mvcc/starter/main.py        where a learner begins
//!   mvcc/accepted/*  wrong/*    programs that must pass, and that must not
//! ```
//!
//! 1. A folder is all it takes to add an exercise: nothing else names it.
//! 2. Exercises are ordered by their number, cases by kind and file name.
//! 3. For the page an exercise crosses as JSON, without the programs that a
//!    learner should not see ([`Exercise::for_learners`]).
//!
//! Left out: reading folders (that is I/O) and what a case proves (the judge).

pub mod case;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod glimpse;
mod load;

pub use case::{Case, CaseKind};
pub use load::LoadError;
#[cfg(feature = "toml")]
pub use load::load_all;

use serde::{Deserialize, Serialize};

use crate::view::PictureKind;

/// One exercise of the course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Exercise {
    /// `mvcc`: the name of its folder.
    pub id: String,
    /// Its place in the course, from 1.
    pub number: u32,
    /// `Multi-version concurrency control`.
    pub title: String,
    /// What it teaches, in one sentence.
    pub teaches: String,
    /// Key concepts, in order.
    pub concepts: Vec<Concept>,
    /// Its stages, in order; none for a task of one piece.
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// Where the task comes from.
    pub source: String,
    /// The picture of its state.
    pub picture: PictureKind,
    /// The task, in Markdown.
    pub statement: String,
    /// Hints, in Markdown, to be shown one by one.
    pub hints: Vec<String>,
    /// Cases: published ones first, then by kind and file name.
    pub cases: Vec<Case>,
    /// The text of `rules.toml`, where there is one.
    pub rules: Option<String>,
    /// Where a learner begins.
    pub starter: Vec<Program>,
    /// Programs that must pass.
    #[serde(default)]
    pub accepted: Vec<Program>,
    /// Programs that must not pass.
    #[serde(default)]
    pub wrong: Vec<Program>,
}

/// A term and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// The term.
    pub name: String,
    /// What it means.
    pub text: String,
}

/// A part of a large task that can be passed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its place, from 1: what a case's `stage` says.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// What it asks for, in one sentence.
    pub text: String,
}

/// A program of an exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Program {
    /// File name: `main.py`.
    pub file: String,
    /// Its text.
    pub text: String,
}

impl Exercise {
    /// A case by its id (`26-snapshot`), its title, or its place from 1.
    pub fn case(&self, name: &str) -> Option<&Case> {
        let place = name
            .parse::<usize>()
            .ok()
            .and_then(|n| self.cases.get(n.checked_sub(1)?));
        let named = |case: &&Case| case.id == name || case.title == name;
        self.cases.iter().find(named).or(place)
    }

    /// The exercise without the programs that must pass or must not.
    pub fn for_learners(mut self) -> Self {
        self.accepted.clear();
        self.wrong.clear();
        self
    }
}
