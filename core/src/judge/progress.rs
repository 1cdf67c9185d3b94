//! A grade while it goes on, for whoever watches it.

use super::grade::Grade;
use super::script::List;
use super::session::Status;
use serde::{Deserialize, Serialize};

/// One case of a grade that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseState {
    /// What `--only` takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// Its list.
    pub list: List,
    /// How it ended; `None`: it is not known yet.
    pub status: Option<Status>,
}

/// How far a grade is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Progress {
    /// Cases known.
    pub done: u32,
    /// Cases altogether.
    pub total: u32,
    /// Scripts tried to make a failure small; 0 while none is.
    pub tried: u32,
}

/// The cases, in the order of the plan.
pub fn states(grade: &Grade) -> Vec<CaseState> {
    let state = |(case, outcome): (
        &std::sync::Arc<super::script::Case>,
        Option<&super::session::Outcome>,
    )| CaseState {
        id: case.id.clone(),
        name: case.name.clone(),
        list: case.list,
        status: outcome.map(|outcome| outcome.status),
    };
    grade.results().map(state).collect()
}

/// How far it is.
pub fn progress(grade: &Grade) -> Progress {
    let (done, total) = grade.progress();
    Progress {
        done: done as u32,
        total: total as u32,
        tried: grade.shrinking().unwrap_or(0) as u32,
    }
}
