//! Cases: a script with a title, and what it is there to show.

use serde::{Deserialize, Serialize};

/// A case of an exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Case {
    /// Its file name without the ending, or `published-1`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it shows, in one sentence.
    pub why: String,
    /// Where it belongs.
    pub kind: CaseKind,
    /// The stage of the exercise that it belongs to, where there are stages.
    pub stage: Option<u32>,
    /// The messages, one a line.
    pub lines: Vec<String>,
    /// The expected output as published; empty for the others.
    pub expected: Vec<String>,
    /// The time limit in milliseconds.
    pub timeout_ms: u32,
    /// The first line of its file, which may hold more for the judge.
    pub header: String,
}

/// Where a case belongs, in the order in which cases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A sample case, exactly as published with the task.
    Published,
    /// A case for what the task itself fixes.
    Named,
    /// A case for what this course decided beyond the task.
    Extended,
    /// A case for bad input.
    Robustness,
}

impl Case {
    /// The script: what a run is made from.
    pub fn script(&self) -> String {
        self.lines.join("\n")
    }

    /// The case file as it stood: the header line, then the messages.
    pub fn file_text(&self) -> String {
        format!("{}\n{}\n", self.header, self.script())
    }
}

impl CaseKind {
    /// Its name, as in case files.
    pub fn name(self) -> &'static str {
        match self {
            CaseKind::Published => "published",
            CaseKind::Named => "named",
            CaseKind::Extended => "extended",
            CaseKind::Robustness => "robustness",
        }
    }
}

/// The published limit, which every case has that names no other.
#[cfg(feature = "toml")]
const TIMEOUT_MS: u32 = 5000;

/// The first line of a case file. Whatever else it says is for the judge.
#[cfg(feature = "toml")]
#[derive(Deserialize)]
struct Header {
    case: String,
    why: String,
    kind: CaseKind,
    stage: Option<u32>,
    timeout_ms: Option<u32>,
}

/// A sample case as `published.json` has it.
#[cfg(feature = "toml")]
#[derive(Deserialize)]
struct Published {
    name: String,
    timeout_ms: u32,
    input: Vec<String>,
    expected_output: Vec<String>,
}

/// Reads a case file: a header line, then the messages.
#[cfg(feature = "toml")]
pub(super) fn read(id: &str, text: &str) -> Result<Case, String> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let header: Header = serde_json::from_str(first).map_err(|error| {
        format!(
            "line 1: expected {{\"case\": title, \"why\": sentence, \"kind\": \"named\", \"extended\" or \"robustness\"}}: {error}"
        )
    })?;
    if header.kind == CaseKind::Published {
        return Err("line 1: published cases stand in cases/published.json".to_owned());
    }
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    if lines.iter().all(|line| line.trim().is_empty()) {
        return Err("line 2: expected a message, got the end of the file".to_owned());
    }
    Ok(Case {
        id: id.to_owned(),
        title: header.case,
        why: header.why,
        kind: header.kind,
        stage: header.stage,
        lines,
        expected: Vec::new(),
        timeout_ms: header.timeout_ms.unwrap_or(TIMEOUT_MS),
        header: first.to_owned(),
    })
}

/// Reads `published.json`.
#[cfg(feature = "toml")]
pub(super) fn read_published(text: &str) -> Result<Vec<Case>, String> {
    let published: Vec<Published> = serde_json::from_str(text).map_err(|error| {
        format!("expected a list of {{\"name\", \"timeout_ms\", \"input\", \"expected_output\"}}: {error}")
    })?;
    let case = |(place, published): (usize, Published)| Case {
        id: format!("published-{}", place + 1),
        title: published.name,
        why: "A sample case, as published with the task.".to_owned(),
        kind: CaseKind::Published,
        stage: None,
        lines: published.input,
        expected: published.expected_output,
        timeout_ms: published.timeout_ms,
        header: String::new(),
    };
    Ok(published.into_iter().enumerate().map(case).collect())
}
