//! The report for people: the first failure explained first, then the counts.

use super::super::rule::{MESSAGES_ONLY, ONE_AT_A_TIME, Rule};
use super::super::script::List;
use super::super::session::Status;
use super::{CaseVerdict, DivergenceReport, Verdict};
use std::fmt::Write;

/// What the program is written in, as far as the shell can tell; for advice only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// JavaScript.
    JavaScript,
    /// Anything else.
    #[default]
    Other,
}

/// The report as text.
pub fn human(verdict: &Verdict, language: Language) -> String {
    let mut text = String::new();
    let failed = |c: &&CaseVerdict| !matches!(c.status, Status::Passed | Status::NotRun);
    let mut failures: Vec<&CaseVerdict> = verdict.cases.iter().filter(failed).collect();
    failures.sort_by_key(|case| !case.list.decides());
    let first = failures.first().filter(|c| c.list.decides());
    if let Some(case) = first {
        explain(&mut text, case, language);
    }
    counts(&mut text, verdict);
    let others = failures.iter().skip(usize::from(first.is_some()));
    let mut lines: Vec<String> = others.map(|case| one_line(case)).collect();
    if !lines.is_empty() {
        let more = lines.len().saturating_sub(12);
        lines.truncate(12);
        let _ = writeln!(text, "\nAlso:\n{}", lines.join("\n"));
        if more > 0 {
            let _ = writeln!(text, "  … and {more} more");
        }
    }
    let _ = writeln!(text, "\n{}", verdict.summary);
    text
}

fn explain(text: &mut String, case: &CaseVerdict, language: Language) {
    let _ = writeln!(
        text,
        "{} — {} ({})",
        case.name,
        case.status.words(),
        case.list.name()
    );
    let _ = writeln!(text, "  {}", case.why);
    if let Some(shrunk) = &case.shrunk {
        let kind = if shrunk.minimal {
            "nothing in it can be left out"
        } else {
            "time ran out"
        };
        let _ = writeln!(
            text,
            "  shrunk from {} lines to {}: {kind}",
            shrunk.from, shrunk.to
        );
    }
    let Some(divergence) = case.divergences.first() else {
        return;
    };
    // What led to it, when it is short enough to be read.
    const READABLE: usize = 12;
    let before = case.exchanges.len().saturating_sub(1);
    if before > READABLE {
        let _ = writeln!(text, "\n  … {} requests before", before - READABLE);
    } else {
        text.push('\n');
    }
    for exchange in &case.exchanges[before.saturating_sub(READABLE)..before] {
        let _ = writeln!(text, "  → {}", exchange.request);
        if let Some(reply) = &exchange.reply {
            let _ = writeln!(text, "  ← {reply}");
        }
    }
    let number = divergence
        .request_number
        .map_or(String::new(), |n| format!(" {n}"));
    let _ = writeln!(text, "  request{number}  → {}", divergence.request);
    let reply = divergence.reply.as_deref().unwrap_or("(nothing)");
    let line = divergence
        .output_line
        .map_or(String::new(), |n| format!(" (output line {n})"));
    let _ = writeln!(text, "  reply{line}  ← {reply}\n");
    let _ = writeln!(text, "  {}: {}", divergence.rule, divergence.text);
    let _ = writeln!(text, "  {}", divergence.message);
    let _ = writeln!(text, "    - expected  {}", divergence.expected);
    let _ = writeln!(text, "    + got       {}", divergence.got);
    let _ = writeln!(text, "  Next: {}\n", advice(divergence, language));
}

/// The next thing to try, in the program's language where that helps.
fn advice(divergence: &DivergenceReport, language: Language) -> String {
    let is = |rule: &Rule| divergence.rule == rule.title();
    let special = match language {
        Language::Python if is(&ONE_AT_A_TIME) => Some(
            "write print(line, flush=True) (or sys.stdout.flush() after each reply), and read with `for line in sys.stdin`.",
        ),
        Language::JavaScript if is(&ONE_AT_A_TIME) => Some(
            "answer inside readline's 'line' event, not in 'close', and do not read all of stdin first.",
        ),
        Language::Python if is(&MESSAGES_ONLY) => {
            Some("send debugging output to standard error: print(..., file=sys.stderr).")
        }
        Language::JavaScript if is(&MESSAGES_ONLY) => {
            Some("send debugging output to standard error: console.error(...).")
        }
        _ => None,
    };
    special.map_or_else(|| divergence.next.clone(), str::to_owned)
}

fn one_line(case: &CaseVerdict) -> String {
    let what = case
        .divergences
        .first()
        .map_or_else(String::new, |d| format!(": {}", d.rule));
    let undeciding = if case.list.decides() {
        ""
    } else {
        ", does not decide"
    };
    format!(
        "  {} — {}{what} ({}{undeciding})",
        case.name,
        case.status.words(),
        case.list.name()
    )
}

fn counts(text: &mut String, verdict: &Verdict) {
    for tally in &verdict.lists {
        let note = match tally.list {
            List::Extended | List::Robustness => "  worth having, never decides",
            _ => "",
        };
        let not_run = match tally.not_run {
            0 => String::new(),
            n => format!(", {n} not run"),
        };
        let _ = writeln!(
            text,
            "  {:<12} {:>3} of {:>3}{not_run}{note}",
            tally.list.name(),
            tally.passed,
            tally.total
        );
    }
}
