//! The checker's verdicts on 144 list-append histories and on the same read as registers, against
//! those of Elle for four models each.
//!
//! `data/check/histories.jsonl.gz` holds them all: a line with a history's name and Elle's
//! verdicts, then the history. `valid`, `not` and `also_not` must be the same everywhere.
//! `anomaly_types` must be, but where Elle ran out of time, and where it reports a class of
//! cycles only if the first cycle that it meets belongs to it: there we name the classes that
//! are in the history.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use isolab_core::check::{Model, Options, check_text, cycles};
use serde_json::{Value, json};

const HISTORIES: &[u8] = include_bytes!("../data/check/histories.jsonl.gz");

struct Known {
    name: String,
    verdicts: Value,
    lines: Vec<Value>,
}

fn known() -> Vec<Known> {
    let mut text = String::new();
    GzDecoder::new(HISTORIES)
        .read_to_string(&mut text)
        .expect("a gzip file of text");
    let mut all: Vec<Known> = Vec::new();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).expect("JSON lines");
        match value["history"].as_str() {
            Some(name) => all.push(Known {
                name: name.to_owned(),
                verdicts: value.clone(),
                lines: Vec::new(),
            }),
            None => all.last_mut().expect("a name first").lines.push(value),
        }
    }
    all
}

/// An append becomes a write of its element, a read returns the list's last one.
fn as_register(line: &Value) -> Value {
    let mut line = line.clone();
    for mop in line["value"].as_array_mut().expect("operations") {
        if mop[0] == "append" {
            mop[0] = json!("w");
        } else if let Some(list) = mop[2].as_array() {
            mop[2] = list.last().cloned().unwrap_or(Value::Null);
        }
    }
    line
}

fn strings(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().expect("a list");
    items
        .iter()
        .map(|item| item.as_str().expect("a string").to_owned())
        .collect()
}

/// Compare all verdicts of one workload; the pairs whose cycle classes differ are returned.
fn compare(workload: &str, convert: impl Fn(&Value) -> Value) -> Vec<(String, String)> {
    let classes: BTreeSet<&str> = cycles::class_names().collect();
    let mut different = Vec::new();
    let mut compared = 0;
    for Known {
        name,
        verdicts,
        lines,
    } in known()
    {
        let lines: Vec<String> = lines.iter().map(|line| convert(line).to_string()).collect();
        let text = lines.join("\n");
        // One report gives the verdict on each model alone.
        let models = verdicts[workload].as_object().expect("verdicts");
        let options = Options {
            models: models
                .keys()
                .map(|name| (name.clone(), Model::named(name).expect("a model")))
                .collect(),
            ..Options::default()
        };
        let report = check_text(text.as_bytes(), &options).expect("a history");
        let by_model = serde_json::to_value(&report.by_model).expect("plain data");
        for (model, wanted) in models {
            let got = &by_model[model];
            let place = format!("{name} as {workload} for {model}");
            assert_eq!(got["valid"], wanted["valid"], "valid: {place}");
            for field in ["not", "also_not"] {
                assert_eq!(
                    strings(&got[field]),
                    strings(&wanted[field]),
                    "{field}: {place}"
                );
            }
            compared += 1;
            let (ours, elles) = (
                strings(&got["anomaly_types"]),
                strings(&wanted["anomaly_types"]),
            );
            if ours != elles && !elles.contains("cycle-search-timeout") {
                let both = ours.symmetric_difference(&elles);
                let other: Vec<&String> = both.filter(|t| !classes.contains(t.as_str())).collect();
                assert!(other.is_empty(), "anomaly_types: {place}: {other:?}");
                different.push((name.clone(), model.clone()));
            }
        }
    }
    assert_eq!(compared, 144 * 4);
    different
}

#[test]
fn list_append() {
    let different = compare("list-append", Value::clone);
    let names: BTreeSet<&str> = different.iter().map(|(name, _)| name.as_str()).collect();
    let known = [
        "h-035-none",
        "h-041-clobber",
        "h-053-clobber",
        "h-067-long-fork",
        "h-077-clobber",
        "h-143-none",
    ];
    assert_eq!(names, BTreeSet::from(known));
    assert_eq!(different.len(), 14);
}

#[test]
fn registers() {
    assert_eq!(compare("rw-register", as_register), []);
}
