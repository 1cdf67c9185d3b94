//! The report as text for a terminal.
//!
//! The verdict first, then what it means for the models, then each kind of
//! anomaly with its definition, its shortest cases edge by edge, and what a
//! database would have to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::report::{CaseView, Report, TxnView};

/// Cases of one kind that the text shows.
const CASES: usize = 3;
/// Width of a line.
const WIDTH: usize = 88;

/// Write a report as text; `source` names the history.
pub fn text(report: &Report, source: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", report.title);
    let h = &report.history;
    let workload = match h.workload {
        super::Workload::ListAppend => "list-append",
        super::Workload::RwRegister => "rw-register",
    };
    let _ = writeln!(
        out,
        "{source}: {workload}, {} transactions ({} ok, {} fail, {} info), {} keys, {} clients",
        h.transactions, h.committed, h.aborted, h.indeterminate, h.keys, h.clients
    );
    for line in &report.summary {
        wrap(&mut out, "", line);
    }
    if let Some(skipped) = &h.first_skipped {
        wrap(&mut out, "", &format!("The first skipped: {skipped}."));
    }
    if report.by_model.len() > 1 {
        out.push('\n');
        for (name, verdict) in &report.by_model {
            let says = match verdict.valid {
                super::analysis::Valid::Yes => "holds, as far as this shows".to_owned(),
                super::analysis::Valid::No => {
                    format!("violated: {}", verdict.anomaly_types.join(", "))
                }
                super::analysis::Valid::Unknown => "not decided".to_owned(),
            };
            wrap(&mut out, "  ", &format!("{name}: {says}"));
        }
    }
    section(&mut out, report, &report.anomalies);
    if !report.also_anomalies.is_empty() {
        let _ = writeln!(
            out,
            "\nAlso found, though it does not count for what was asked for:"
        );
        section(&mut out, report, &report.also_anomalies);
    }
    out
}

fn section(out: &mut String, report: &Report, anomalies: &BTreeMap<&'static str, Vec<CaseView>>) {
    for (name, cases) in anomalies {
        let view = &report.definitions[name];
        let _ = writeln!(
            out,
            "\n{name}: {} ({} found)",
            view.definition.title, view.count
        );
        let variant = view.variant.map(|v| format!(" {v}")).unwrap_or_default();
        let meaning = format!(
            "{}{variant} [{}]",
            view.definition.meaning, view.definition.source
        );
        wrap(out, "  ", &meaning);
        if !view.rules_out.is_empty() {
            wrap(
                out,
                "  ",
                &format!("Rules out: {}.", view.rules_out.join(", ")),
            );
        }
        for case in cases.iter().take(CASES) {
            out.push('\n');
            for txn in &case.transactions {
                wrap(out, "    ", &transaction(txn));
            }
            if case.sentences.len() > 1 {
                for (i, sentence) in case.sentences.iter().enumerate() {
                    wrap(out, "    ", &format!("{}. {sentence}", i + 1));
                }
            } else {
                case.sentences
                    .iter()
                    .for_each(|sentence| wrap(out, "    ", sentence));
            }
        }
        let more = view.count.saturating_sub(CASES as u64);
        if more > 0 {
            let _ = writeln!(out, "\n    … and {more} more");
        }
        wrap(
            out,
            "  ",
            &format!("To prevent it: {}", view.definition.prevention),
        );
    }
}

fn transaction(txn: &TxnView) -> String {
    let lines = match (txn.invoke_line, txn.complete_line) {
        (Some(first), Some(last)) => format!("lines {first} and {last}"),
        (Some(line), None) => format!("line {line}, never completed"),
        (None, Some(line)) => format!("line {line}"),
        (None, None) => String::new(),
    };
    let TxnView {
        name,
        process,
        outcome,
        operations,
        ..
    } = txn;
    format!(
        "{name} ({lines}, client {process}, {outcome}): {}",
        operations.join(", ")
    )
}

/// Break a text into lines behind an indent; what follows hangs two deeper.
fn wrap(out: &mut String, indent: &str, text: &str) {
    let mut width = indent.chars().count();
    out.push_str(indent);
    let mut first = true;
    for word in text.split(' ') {
        let length = word.chars().count();
        if !first && width + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(indent);
            out.push_str("  ");
            width = indent.chars().count() + 2;
        } else if !first {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
        first = false;
    }
    out.push('\n');
}
