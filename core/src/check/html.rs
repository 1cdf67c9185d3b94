//! The report as one page that needs nothing else: no network, no files, no
//! server. It can be mailed, and it is readable without its script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::picture::ListPicture;
use super::report::{CaseView, Report};
use super::svg::{self, escape};

/// Cases of one kind that the page draws.
const CASES: usize = 8;

/// Write a report as a page; `source` names the history.
pub fn page(report: &Report, source: &str) -> String {
    let mut out = String::new();
    let title = escape(&report.title);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>{title} · Isolab</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        include_str!("report.css")
    );
    head(&mut out, report, source);
    out.push_str("<div class=\"two\">\n<section aria-label=\"Anomalies\">\n");
    anomalies(&mut out, report, &report.anomalies);
    if report.anomalies.is_empty() {
        out.push_str("<p class=\"label\">Nothing that was asked for is violated.</p>\n");
    }
    if !report.also_anomalies.is_empty() {
        out.push_str(
            "<p class=\"label\">Also found, though it does not count for what was asked for</p>\n",
        );
        anomalies(&mut out, report, &report.also_anomalies);
    }
    out.push_str("</section>\n<section aria-label=\"Models\">\n");
    models(&mut out, report);
    let _ = write!(
        out,
        "</section>\n</div>\n</main>\n<script>\n{}</script>\n</body>\n</html>\n",
        include_str!("report.js")
    );
    out
}

fn head(out: &mut String, report: &Report, source: &str) {
    let h = &report.history;
    let _ = write!(
        out,
        "<div class=\"bar\"><span>Isolab</span><button type=\"button\" data-theme-switch>Light or dark</button></div>\n<header class=\"verdict\"><div><h1>{}</h1>",
        escape(&report.title)
    );
    for line in &report.summary {
        let _ = write!(out, "<p>{}</p>", escape(line));
    }
    let workload = match h.workload {
        super::Workload::ListAppend => "list-append",
        super::Workload::RwRegister => "read-write registers",
    };
    let _ = writeln!(
        out,
        "</div><div class=\"meta\">{}<br>{workload}, {} transactions<br>{} ok, {} fail, {} info<br>{} keys, {} clients<br>version orders {}</div></header>",
        escape(source),
        h.transactions,
        h.committed,
        h.aborted,
        h.indeterminate,
        h.keys,
        h.clients,
        match (h.version_orders > 0, report.complete) {
            (true, _) => "given",
            (false, true) => "known from reads",
            (false, false) => "partly unknown",
        }
    );
}

fn anomalies(out: &mut String, report: &Report, anomalies: &BTreeMap<&'static str, Vec<CaseView>>) {
    for (name, cases) in anomalies {
        let view = &report.definitions[name];
        let _ = write!(
            out,
            "<div class=\"found\" id=\"{name}\"><h2><code>{name}</code> {}</h2>\n<p>{}{} <cite>{}</cite>.</p>\n",
            escape(view.definition.title),
            escape(view.definition.meaning),
            view.variant
                .map(|v| format!(" {}", escape(v)))
                .unwrap_or_default(),
            escape(view.definition.source),
        );
        if !view.rules_out.is_empty() {
            let _ = writeln!(out, "<p>Rules out: {}.</p>", view.rules_out.join(", "));
        }
        for (i, case) in cases.iter().take(CASES).enumerate() {
            let names: Vec<String> = case
                .transactions
                .iter()
                .map(|txn| escape(&txn.name))
                .collect();
            let open = if i == 0 { " open" } else { "" };
            let what = if names.is_empty() {
                "the whole history".to_owned()
            } else {
                names.join(", ")
            };
            let _ = writeln!(
                out,
                "<details{open}><summary>{} of {}: {what}</summary>",
                i + 1,
                view.count
            );
            case_view(out, case);
            out.push_str("</details>\n");
        }
        let _ = writeln!(
            out,
            "<p><strong>To prevent it:</strong> {}</p></div>",
            escape(view.definition.prevention)
        );
    }
}

fn case_view(out: &mut String, case: &CaseView) {
    if let Some(picture) = &case.picture {
        figure(
            out,
            "The cycle; each edge says who must come first",
            &svg::cycle(picture),
        );
        legend(out);
    }
    let one = if case.sentences.len() == 1 {
        " one"
    } else {
        ""
    };
    let _ = write!(out, "<ol class=\"say{one}\">");
    for sentence in &case.sentences {
        let _ = write!(out, "<li><span>{}</span></li>", escape(sentence));
    }
    out.push_str("</ol>\n");
    if let Some(lists) = &case.lists {
        list_table(out, lists);
    }
    if !case.transactions.is_empty() {
        out.push_str("<ul class=\"txns\">");
        for txn in &case.transactions {
            let line = |line: Option<u32>| line.map_or("–".to_owned(), |line| line.to_string());
            let _ = write!(
                out,
                "<li><strong>{}</strong> {} <span>lines {} to {}, client {}, {}</span></li>",
                escape(&txn.name),
                escape(&txn.operations.join(", ")),
                line(txn.invoke_line),
                line(txn.complete_line),
                escape(&txn.process),
                txn.outcome
            );
        }
        out.push_str("</ul>\n");
    }
    if let Some(timeline) = &case.timeline {
        let caption = match timeline.hidden {
            0 => "Timeline: one bar from call to reply, this case outlined".to_owned(),
            n => format!(
                "Timeline: one bar from call to reply, this case outlined; {n} more ran beside"
            ),
        };
        figure(out, &caption, &svg::timeline(timeline));
    }
}

fn figure(out: &mut String, caption: &str, svg: &str) {
    let _ = writeln!(
        out,
        "<figure><figcaption><span>{}</span><span><button type=\"button\" data-zoom=\"1.25\" aria-label=\"Larger\">+</button><button type=\"button\" data-zoom=\"0.8\" aria-label=\"Smaller\">−</button><button type=\"button\" data-zoom=\"0\" aria-label=\"Original size\">1:1</button></span></figcaption><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">{svg}</div></figure>",
        escape(caption),
        escape(caption)
    );
}

fn legend(out: &mut String) {
    out.push_str("<div class=\"legend\">");
    let entries = [
        ("rw", "rw, read, then overwritten"),
        ("wr", "wr, wrote, then read"),
        ("ww", "ww, overwritten"),
        ("process", "process, same client"),
        ("realtime", "realtime, completed before"),
    ];
    for (class, says) in entries {
        let line = if class == "ww" {
            "<path d=\"M0 7h30\" class=\"arrow wide\"/><path d=\"M0 7h30\" class=\"inner\"/>"
                .to_owned()
        } else {
            format!("<path d=\"M0 7h30\" class=\"arrow {class}\"/>")
        };
        let _ = write!(
            out,
            "<span><svg width=\"30\" height=\"14\" viewBox=\"0 0 30 14\" aria-hidden=\"true\">{line}</svg>{says}</span>"
        );
    }
    out.push_str("</div>\n");
}

fn list_table(out: &mut String, lists: &ListPicture) {
    let _ = write!(
        out,
        "<p class=\"label\">Key {}: each element with who wrote it{}</p><div class=\"lists\" tabindex=\"0\" role=\"group\" aria-label=\"Lists of key {0}\"><table>",
        escape(&lists.key),
        if lists.skipped > 0 {
            format!("; the first {} are left out", lists.skipped)
        } else {
            String::new()
        },
    );
    // A writer keeps its hue over all rows; the name is in the cell, too.
    let mut writers: Vec<&str> = Vec::new();
    for row in &lists.rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(&row.label));
        for (i, cell) in (0u32..).zip(&row.cells) {
            let writer = cell.writer.as_deref().unwrap_or("nobody");
            let hue = writers
                .iter()
                .position(|known| *known == writer)
                .unwrap_or_else(|| {
                    writers.push(writer);
                    writers.len() - 1
                })
                % 8
                + 1;
            let class = match (lists.differ == Some(i), cell.aborted) {
                (true, true) => " differ aborted",
                (true, false) => " differ",
                (false, true) => " aborted",
                (false, false) => "",
            };
            let _ = write!(
                out,
                "<td><div class=\"cell{class}\" style=\"--w:var(--w{hue});--f:var(--w{hue}-fill)\">{}<small>{}{}</small></div></td>",
                escape(&cell.element),
                escape(writer),
                if cell.aborted { ", aborted" } else { "" }
            );
        }
        if row.more > 0 {
            let _ = write!(out, "<td class=\"mono\">… {} more</td>", row.more);
        }
        out.push_str("</tr>");
    }
    out.push_str("</table></div>\n");
}

fn models(out: &mut String, report: &Report) {
    let caption =
        "Where this history stands among the models; a line leads to what a model implies";
    figure(out, caption, &svg::models(&report.model_map));
    out.push_str("<div class=\"legend\">");
    for (class, says) in [
        ("strongest", "you are here"),
        ("violated", "weakest broken"),
        ("ruled-out", "ruled out with it"),
        ("not-tested", "not tested on its own"),
    ] {
        let _ = write!(
            out,
            "<span><svg width=\"34\" height=\"16\" viewBox=\"0 0 34 16\" aria-hidden=\"true\"><rect x=\"1\" y=\"1\" width=\"32\" height=\"14\" class=\"{class}\"/></svg>{says}</span>"
        );
    }
    out.push_str("</div>\n<details><summary>All 36 models</summary><table class=\"models\"><tr><th>Model</th><th>Verdict</th></tr>");
    for place in &report.model_map.models {
        let (_, says) = svg::standing(place.standing);
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{says}</td></tr>",
            escape(&place.title)
        );
    }
    out.push_str("</table></details>\n");
    if report.by_model.len() > 1 {
        out.push_str("<p class=\"label\">Each model that was asked for</p><table class=\"models\"><tr><th>Model</th><th>Holds</th><th>Because of</th></tr>");
        for (name, verdict) in &report.by_model {
            let holds = match verdict.valid {
                super::analysis::Valid::Yes => "as far as this shows",
                super::analysis::Valid::No => "no",
                super::analysis::Valid::Unknown => "not decided",
            };
            let _ = write!(
                out,
                "<tr><td>{}</td><td>{holds}</td><td>{}</td></tr>",
                escape(name),
                verdict.anomaly_types.join(", ")
            );
        }
        out.push_str("</table>\n");
    }
}
