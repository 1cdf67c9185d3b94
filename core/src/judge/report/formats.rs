//! The verdict in the formats of other tools: JUnit, TAP, Gradescope, Exercism.
//!
//! One test per case. Cases that never decide are marked as such, or skipped, where
//! a format knows no better: a gradebook must not count them.

use super::super::session::Status;
use super::{CaseVerdict, Verdict};
use serde_json::{Value, json};
use std::fmt::Write;

fn failed(case: &CaseVerdict) -> bool {
    case.status != Status::Passed
}

/// The first divergence in a few lines.
fn explained(case: &CaseVerdict) -> String {
    let Some(d) = case.divergences.first() else {
        return case.status.words().into();
    };
    format!(
        "{}: {}\n{}\nrequest:  {}\nreply:    {}\nexpected: {}\ngot:      {}\nnext: {}",
        d.rule,
        d.text,
        d.message,
        d.request,
        d.reply.as_deref().unwrap_or("(nothing)"),
        d.expected,
        d.got,
        d.next
    )
}

/// JUnit's XML, as CI systems read it.
pub fn junit(verdict: &Verdict) -> String {
    let skipped = |c: &CaseVerdict| c.status == Status::NotRun || (failed(c) && !c.list.decides());
    let skips = verdict.cases.iter().filter(|c| skipped(c)).count();
    let failures = verdict
        .cases
        .iter()
        .filter(|c| failed(c) && !skipped(c))
        .count();
    let total = verdict.cases.len();
    let name = xml(&verdict.exercise);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites>\n<testsuite name=\"{name}\" tests=\"{total}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skips}\">"
    );
    for case in &verdict.cases {
        let class = format!("{}.{}", verdict.exercise, case.list.name());
        let _ = write!(
            text,
            "<testcase classname=\"{}\" name=\"{}\"",
            xml(&class),
            xml(&case.name)
        );
        let message = xml(case.status.words());
        let _ = match (failed(case), skipped(case)) {
            (true, true) => writeln!(text, "><skipped message=\"{message}\"/></testcase>"),
            (true, false) => writeln!(
                text,
                "><failure message=\"{message}\">{}</failure></testcase>",
                xml(&explained(case))
            ),
            _ => writeln!(text, "/>"),
        };
    }
    text.push_str("</testsuite>\n</testsuites>\n");
    text
}

fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(c),
            // XML 1.0 has no way to write these.
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// TAP version 14.
pub fn tap(verdict: &Verdict) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", verdict.cases.len());
    for (n, case) in verdict.cases.iter().enumerate() {
        let word = if failed(case) { "not ok" } else { "ok" };
        let name = case.name.replace('#', "\\#");
        let directive = match case.status {
            Status::NotRun => " # SKIP not run",
            _ if !case.list.decides() => " # TODO does not decide",
            _ => "",
        };
        let _ = writeln!(
            text,
            "{word} {} - {} ({}){directive}",
            n + 1,
            name,
            case.list.name()
        );
        if failed(case) && case.status != Status::NotRun {
            let _ = writeln!(
                text,
                "  ---\n  status: {}\n  message: |",
                case.status.words()
            );
            for line in explained(case).lines() {
                let _ = writeln!(text, "    {line}");
            }
            text.push_str("  ...\n");
        }
    }
    text
}

/// Gradescope's `results.json`: a point per case that decides; generated cases count as one.
pub fn gradescope(verdict: &Verdict) -> Value {
    use super::super::script::List;
    let generated: Vec<&CaseVerdict> = verdict
        .cases
        .iter()
        .filter(|c| c.list == List::Generated)
        .collect();
    let single = verdict.cases.iter().filter(|c| c.list != List::Generated);
    let mut tests: Vec<Value> = single
        .map(|case| {
            let most = f64::from(u8::from(case.list.decides()));
            test(&case.name, !failed(case), most, &explained(case))
        })
        .collect();
    if !generated.is_empty() {
        let first = generated.iter().find(|c| failed(c));
        let output = first.map_or_else(String::new, |c| explained(c));
        let name = format!("{} generated scripts", generated.len());
        tests.push(test(&name, first.is_none(), 1.0, &output));
    }
    let sum = |field: &str| tests.iter().filter_map(|t| t[field].as_f64()).sum::<f64>();
    json!({
        "score": sum("score"),
        "max_score": sum("max_score"),
        "output": verdict.summary,
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    })
}

fn test(name: &str, passed: bool, most: f64, output: &str) -> Value {
    json!({
        "name": name,
        "score": if passed { most } else { 0.0 },
        "max_score": most,
        "status": if passed { "passed" } else { "failed" },
        "output": if passed { "" } else { output },
        "visibility": "visible",
    })
}

/// Exercism's `results.json`, version 3.
pub fn exercism(verdict: &Verdict) -> Value {
    let tests: Vec<Value> = verdict
        .cases
        .iter()
        .filter(|c| c.list.decides() && c.status != Status::NotRun)
        .map(|case| {
            let mut test = json!({
                "name": case.name,
                "status": if failed(case) { "fail" } else { "pass" },
                "test_code": case.script.join("\n"),
            });
            if failed(case) {
                test["message"] = json!(explained(case));
            }
            test
        })
        .collect();
    let status = if verdict.passed { "pass" } else { "fail" };
    json!({"version": 3, "status": status, "tests": tests})
}

#[cfg(test)]
mod tests {
    use super::super::super::script::List;
    use super::*;

    fn verdict() -> Verdict {
        let case = |id: &str, list, status| CaseVerdict {
            id: id.into(),
            name: format!("<{id}> & \"co\""),
            why: String::new(),
            list,
            status,
            as_published: None,
            divergences: Vec::new(),
            exchanges: Vec::new(),
            script: Vec::new(),
            shrunk: None,
        };
        Verdict {
            exercise: "occ".into(),
            seed: 1,
            generated: 2,
            passed: false,
            as_published: Some(true),
            summary: "Not right yet.".into(),
            lists: Vec::new(),
            first_rule: None,
            cases: vec![
                case("a", List::Named, Status::Passed),
                case("b", List::Generated, Status::WrongAnswer),
                case("c", List::Generated, Status::NotRun),
                case("d", List::Extended, Status::Crashed),
            ],
        }
    }

    #[test]
    fn what_never_decides_is_no_failure_anywhere() {
        let text = junit(&verdict());
        assert!(
            text.contains("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"2\""),
            "{text}"
        );
        assert!(text.contains("&lt;a&gt; &amp; &quot;co&quot;"), "{text}");
        let text = tap(&verdict());
        assert!(text.starts_with("TAP version 14\n1..4\nok 1 - "), "{text}");
        assert!(
            text.contains("not ok 4") && text.contains("# TODO does not decide"),
            "{text}"
        );
        let results = gradescope(&verdict());
        assert_eq!(
            (&results["score"], &results["max_score"]),
            (&json!(1.0), &json!(2.0))
        );
        let results = exercism(&verdict());
        assert_eq!(
            (&results["version"], &results["status"]),
            (&json!(3), &json!("fail"))
        );
        assert_eq!(results["tests"].as_array().map(Vec::len), Some(2));
    }
}
