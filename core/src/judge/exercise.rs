//! An exercise as the judge sees it: cases, rules, a model, a grammar.
//!
//! The rules of the five exercises are in Rust, one module each; an exercise
//! without rules here is refused by name.

use super::batch::Batches;
use super::generate;
use super::list_append::Lists;
use super::model::Model;
use super::mrt::Stages;
use super::mvcc::Chains;
use super::occ::Versions;
use super::random::Random;
use super::reference::Beside;
use super::rule::{ENVELOPE, Rule};
use super::script::{Case, List, parse_line};
use super::symbols::symbolize;
use super::{batch, list_append, mrt, mvcc, occ};
use crate::exercise::{self as course, CaseKind};
use serde::Deserialize;

/// Writes a random script.
pub type Grammar = Box<dyn Fn(&mut Random, &mut Case)>;

/// What a program is graded against.
pub struct Exercise {
    /// Its id: `mvcc`.
    pub id: String,
    /// Published, named, extended and robustness cases.
    pub cases: Vec<Case>,
}

impl Exercise {
    /// The exercise of a folder of the course.
    ///
    /// # Errors
    /// Rules that are missing, or a case file that is not as it should be.
    pub fn of(folder: &course::Exercise) -> Result<Exercise, String> {
        if builtin_rules(&folder.id).is_none() {
            return Err(format!("no rules for an exercise named {:?}", folder.id));
        }
        let mut cases = Vec::new();
        for file in &folder.cases {
            let mut case = from_file(file)?;
            if matches!(folder.id.as_str(), "occ" | "mrt") && case.list != List::Published {
                symbolize(&mut case);
            }
            cases.push(case);
        }
        Ok(Exercise {
            id: folder.id.clone(),
            cases,
        })
    }

    /// All rules, the envelope's first.
    pub fn rules(&self) -> Vec<Rule> {
        let own = builtin_rules(&self.id).unwrap_or_default();
        ENVELOPE
            .iter()
            .chain(own)
            .map(|rule| (*rule).clone())
            .collect()
    }

    /// A fresh model for cases of `list`.
    pub fn model(&self, list: List) -> Box<dyn Model> {
        if !list.decides() {
            return Box::new(Beside::new(list));
        }
        match self.id.as_str() {
            "multi-key-txn" => Box::new(Batches::default()),
            "occ" => Box::new(Versions::default()),
            "mvcc" => Box::new(Chains::default()),
            "mrt" => Box::new(Stages::new()),
            _ => Box::new(Lists::default()),
        }
    }

    /// What writes random scripts.
    pub fn grammar(&self) -> Option<Grammar> {
        generate::grammar(&self.id).map(|g| Box::new(g) as _)
    }

    /// One request at a time, and a long session.
    pub fn interactive(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        if let Some(grammar) = generate::grammar(&self.id) {
            let mut case = generate::case(&grammar, 4711, 0);
            case.id = "one-at-a-time".into();
            case.name = "One request at a time".into();
            case.why = "Each request is answered before the next one is sent.".into();
            case.list = List::Interactive;
            case.window = 1;
            cases.push(case);
        }
        if let Some(grammar) = generate::long_grammar(&self.id) {
            cases.push(generate::long_session(&grammar));
        }
        cases
    }
}

fn builtin_rules(id: &str) -> Option<&'static [&'static Rule]> {
    match id {
        "multi-key-txn" => Some(&batch::RULES),
        "occ" => Some(&occ::RULES),
        "mvcc" => Some(&mvcc::RULES),
        "txn-list-append" => Some(&list_append::RULES),
        "mrt" => Some(&mrt::RULES),
        _ => None,
    }
}

/// Case files may say more in their header than the course reads.
#[derive(Deserialize)]
struct Header {
    /// How many requests are sent before their answers are awaited.
    window: Option<usize>,
}

fn from_file(file: &course::Case) -> Result<Case, String> {
    let list = match file.kind {
        CaseKind::Published => List::Published,
        CaseKind::Named => List::Named,
        CaseKind::Extended => List::Extended,
        CaseKind::Robustness => List::Robustness,
    };
    let mut case = Case::new(&file.id, &file.title, &file.why, list);
    case.timeout_ms = file.timeout_ms;
    case.steps = file
        .lines
        .iter()
        .enumerate()
        .map(|(n, line)| parse_line(n as u32, line))
        .collect();
    if list == List::Published {
        case.window = usize::MAX;
        case.closes_early = true;
    } else if let Ok(Header {
        window: Some(window),
    }) = serde_json::from_str(&file.header)
    {
        case.window = window.max(1);
    }
    for line in &file.expected {
        let value = serde_json::from_str(line).map_err(|e| format!("{}: {e}", file.id))?;
        case.expected_output.push(value);
    }
    Ok(case)
}
