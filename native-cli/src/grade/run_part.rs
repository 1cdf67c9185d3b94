//! The part of a report that only the shell knows: times, signals, last words.

use std::fmt::Write;
use std::sync::Arc;

use isolab_core::exercise::embedded;
use isolab_core::judge::exercise::Exercise;
use isolab_core::judge::report::SCHEMA;
use serde_json::{Value, json};

use super::drive::Direction;
use super::pool::{Graded, Settings};
use super::process::ending;

/// The exercise of this name.
///
/// # Errors
/// There is none; which there are.
pub fn exercise(id: &str) -> Result<Arc<Exercise>, String> {
    let course = embedded::course().map_err(|e| e.to_string())?;
    let Some(folder) = course.iter().find(|e| e.id == id) else {
        let known: Vec<&str> = course.iter().map(|e| e.id.as_str()).collect();
        return Err(format!(
            "there is no exercise {id:?}; there are {}",
            known.join(", ")
        ));
    };
    Exercise::of(folder).map(Arc::new)
}

/// The whole report as JSON.
pub fn json(graded: &Graded, settings: &Settings) -> Value {
    let mut cases = Vec::new();
    for (id, notes) in &graded.notes {
        let mut case = json!({"id": id, "ms": notes.elapsed.as_micros() as f64 / 1000.0});
        if let Some(status) = notes.status {
            case["end"] = json!(ending(status));
        }
        if !notes.stderr.is_empty() {
            case["stderr"] = json!(notes.stderr);
        }
        cases.push(case);
    }
    let words: Vec<String> = std::iter::once(settings.launcher.program.as_os_str())
        .chain(settings.launcher.arguments.iter().map(|a| a.as_os_str()))
        .map(|w| w.to_string_lossy().into_owned())
        .collect();
    json!({
        "schema": SCHEMA,
        "verdict": graded.verdict,
        "run": {
            "isolab": env!("CARGO_PKG_VERSION"),
            "program": words,
            "jobs": settings.jobs,
            "protections": settings.launcher.cage.words(),
            "ms": graded.elapsed.as_millis() as u64,
            "expired": graded.expired,
            "cases": cases,
        },
    })
}

/// What the program wrote to standard error before the first failure, and how it ended.
pub fn last_words(graded: &Graded) -> String {
    let mut text = String::new();
    let failed = graded.verdict.cases.iter().find(|c| {
        c.list.decides() && !c.divergences.is_empty() && graded.notes.contains_key(&c.id)
    });
    if let Some(notes) = failed.and_then(|c| graded.notes.get(&c.id)) {
        if let Some(status) = notes.status.filter(|s| !s.success()) {
            let _ = writeln!(text, "The program ended with {}.", ending(status));
        }
        let lines: Vec<&str> = notes.stderr.lines().collect();
        if !lines.is_empty() {
            const SHOWN: usize = 15;
            let _ = writeln!(text, "Its last lines on standard error:");
            for line in &lines[lines.len().saturating_sub(SHOWN)..] {
                let _ = writeln!(text, "  | {line}");
            }
        }
    }
    if graded.expired {
        let _ = writeln!(
            text,
            "The total time was over before all cases had run (--total-timeout)."
        );
    }
    text
}

/// Everything that was said, case by case.
pub fn transcript(graded: &Graded) -> String {
    let mut text = String::new();
    for (id, notes) in &graded.notes {
        let _ = writeln!(text, "# {id}");
        for (direction, line) in &notes.transcript {
            let arrow = match direction {
                Direction::Sent => "→",
                Direction::Received => "←",
            };
            let _ = writeln!(text, "{arrow} {line}");
        }
        text.push('\n');
    }
    text
}
