//! Reports: what was found, for machines and for people.
//!
//! ```text
//!   { "schema": "isolab.report/1",
//!     "verdict": { …the replies decide every byte of it… },
//!     "run":     { …times, versions, signals, last lines of standard error… } }
//! ```
//!
//! 1. `verdict` holds no time, path or signal: the same replies give the same bytes
//!    from a child process, a worker and a node in memory.
//! 2. The first divergence comes first; of a generated failure the small script is shown.

pub mod formats;
mod human;

pub use human::{Language, human};

use super::grade::{Grade, Shrunk};
use super::rule::Rule;
use super::script::{Case, List};
use super::session::{Divergence, Exchange, Outcome, Status};
use super::symbols::canonical;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The name and number of the format.
pub const SCHEMA: &str = "isolab.report/1";

/// What was found; a function of the exercise, the options and the replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Verdict {
    /// The exercise's id.
    pub exercise: String,
    /// The seed of the generated cases.
    pub seed: u64,
    /// How many generated cases were asked for.
    pub generated: usize,
    /// The strict verdict: whether every case that decides passed.
    pub passed: bool,
    /// The verdict as published; absent when no published case was asked for.
    pub as_published: Option<bool>,
    /// Both verdicts in a sentence or two.
    pub summary: String,
    /// Per list: how many passed, of how many.
    pub lists: Vec<Tally>,
    /// The rule of the first divergence of a case that decides.
    pub first_rule: Option<String>,
    /// The cases in the order of the plan.
    pub cases: Vec<CaseVerdict>,
}

/// One list's count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Tally {
    /// Which list.
    pub list: List,
    /// Whether it decides the strict verdict.
    pub decides: bool,
    /// Cases that passed.
    pub passed: usize,
    /// Cases asked for.
    pub total: usize,
    /// Cases not run.
    pub not_run: usize,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseVerdict {
    /// What `--only` takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it finds out.
    pub why: String,
    /// Its list.
    pub list: List,
    /// How it ended.
    pub status: Status,
    /// For published cases: whether the expected lines came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_published: Option<bool>,
    /// Where answers and rules part, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub divergences: Vec<DivergenceReport>,
    /// What was said, up to the first divergence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<ExchangeReport>,
    /// The script of a failed case, with the reference's names: it can be replayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub script: Vec<String>,
    /// For a failed generated case: how it was made small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<ShrunkReport>,
}

/// One divergence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DivergenceReport {
    /// `MVCC-03 reads-below`.
    pub rule: String,
    /// The rule in plain words.
    pub text: String,
    /// What is wrong with this reply.
    pub message: String,
    /// The request, counted from 1.
    pub request_number: Option<usize>,
    /// Its line.
    pub request: String,
    /// The reply's line.
    pub reply: Option<String>,
    /// The line of standard output, counted from 1.
    pub output_line: Option<usize>,
    /// What would have been right.
    pub expected: String,
    /// What came.
    pub got: String,
    /// The next thing to try.
    pub next: String,
}

/// A request and its reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExchangeReport {
    /// The request's line.
    pub request: String,
    /// The reply's line.
    pub reply: Option<String>,
}

/// How a failure was made small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ShrunkReport {
    /// Lines before.
    pub from: usize,
    /// Lines after.
    pub to: usize,
    /// Whether it is known that no line can be taken out.
    pub minimal: bool,
}

/// A verdict's own bytes: JSON with its keys in alphabetical order, the same
/// from every shell.
pub fn verdict_text(verdict: &Verdict) -> String {
    json!(verdict).to_string()
}

/// The verdict of a grade that is over.
pub fn verdict(grade: &Grade) -> Verdict {
    let not_run = Outcome::not_run();
    let mut cases = Vec::new();
    for (place, (case, outcome)) in grade.results().enumerate() {
        let shrunk = grade.shrunk().filter(|(n, _)| *n == place).map(|(_, s)| s);
        cases.push(case_verdict(case, outcome.unwrap_or(&not_run), shrunk));
    }
    let decides = |c: &&CaseVerdict| c.list.decides();
    let passed = cases
        .iter()
        .filter(decides)
        .all(|c| c.status == Status::Passed)
        && cases.iter().any(|c| c.list.decides());
    let published: Vec<bool> = cases
        .iter()
        .filter(|c| c.list == List::Published)
        .map(|c| c.as_published == Some(true))
        .collect();
    let as_published = (!published.is_empty()).then(|| published.iter().all(|p| *p));
    let first = cases
        .iter()
        .filter(decides)
        .find(|c| c.status != Status::Passed)
        .cloned();
    Verdict {
        exercise: grade.exercise().id.clone(),
        seed: grade.options().seed,
        generated: grade.options().cases,
        passed,
        as_published,
        summary: summary(passed, as_published, first.as_ref()),
        lists: tallies(&cases),
        first_rule: first.and_then(|c| c.divergences.first().map(|d| d.rule.clone())),
        cases,
    }
}

fn case_verdict(case: &Case, outcome: &Outcome, shrunk: Option<&Shrunk>) -> CaseVerdict {
    let (shown, said) = match shrunk {
        Some(shrunk) => (&*shrunk.case, &shrunk.outcome),
        None => (case, outcome),
    };
    let failed = !matches!(outcome.status, Status::Passed | Status::NotRun);
    // A long session is told by its place; its ten thousand lines are not repeated.
    const REPEATED: usize = 200;
    let script = if failed && shown.steps.len() <= REPEATED {
        canonical(&shown.steps)
    } else {
        Vec::new()
    };
    CaseVerdict {
        id: case.id.clone(),
        name: case.name.clone(),
        why: case.why.clone(),
        list: case.list,
        status: said.status,
        as_published: outcome.as_published,
        divergences: said.divergences.iter().map(divergence).collect(),
        exchanges: said.exchanges.iter().map(exchange).collect(),
        script,
        shrunk: shrunk.map(|s| ShrunkReport {
            from: s.from,
            to: s.case.steps.len(),
            minimal: s.minimal,
        }),
    }
}

fn divergence(divergence: &Divergence) -> DivergenceReport {
    let rule: &Rule = &divergence.breach.rule;
    DivergenceReport {
        rule: rule.title(),
        text: rule.text.to_string(),
        message: divergence.breach.message.clone(),
        request_number: divergence.request_number,
        request: divergence.request.clone(),
        reply: divergence.reply.clone(),
        output_line: divergence.output_line,
        expected: divergence.breach.expected.clone(),
        got: divergence.breach.got.clone(),
        next: rule.hint.to_string(),
    }
}

fn exchange(exchange: &Exchange) -> ExchangeReport {
    ExchangeReport {
        request: exchange.request.clone(),
        reply: exchange.reply.clone(),
    }
}

fn tallies(cases: &[CaseVerdict]) -> Vec<Tally> {
    let lists = [
        List::Published,
        List::Named,
        List::Interactive,
        List::Generated,
        List::Extended,
        List::Robustness,
    ];
    let tally = |list: List| {
        let of: Vec<&CaseVerdict> = cases.iter().filter(|c| c.list == list).collect();
        let count = |status| of.iter().filter(|c| c.status == status).count();
        Tally {
            list,
            decides: list.decides(),
            passed: count(Status::Passed),
            total: of.len(),
            not_run: count(Status::NotRun),
        }
    };
    lists
        .into_iter()
        .map(tally)
        .filter(|t| t.total > 0)
        .collect()
}

fn summary(passed: bool, as_published: Option<bool>, first: Option<&CaseVerdict>) -> String {
    let reason = match first {
        Some(case) => match case.divergences.first() {
            Some(d) => format!("{}: {}", case.name, d.message),
            None => format!("{}: {}.", case.name, case.status.words()),
        },
        None => String::new(),
    };
    match (passed, as_published) {
        (true, Some(false)) => {
            "Strictly right. The published samples ask for one line exactly, down to msg_id, and did not get it.".into()
        }
        (true, _) => "Passed: every request is answered once, and as the rules ask.".into(),
        (false, Some(true)) => {
            format!("The published cases pass, but they check nothing beyond init. Strictly, it is not right yet. {reason}")
        }
        (false, _) => format!("Not right yet. {reason}"),
    }
}
