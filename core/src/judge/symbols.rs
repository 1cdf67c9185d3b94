//! From the names and versions of the reference to holes, and back.
//!
//! A case file is written as the reference would be asked: its first transaction
//! is `t1`, versions count 1, 2, … per key and 0 is nothing. A program may call
//! and count otherwise, so before the script is played its names become holes:
//!
//! ```text
//!   {"type":"occ_commit","txn_id":"t1",…,"read_versions":[{"key":"x","version":2}]}
//!                                  │                                        │
//!            txn_id of the reply to the first begin      version of the reply to the
//!                                                        latest read that found x at 2
//! ```
//!
//! A version that no read and no commit has shown stays the number it is: `999` is
//! meant to be wrong.

use super::script::{Case, Line, Step, hole};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the reference would have answered so far, as far as names and versions go.
#[derive(Default)]
struct Reference {
    begun: Vec<u32>,
    versions: BTreeMap<String, i64>,
    /// Key and version → the step whose reply shows it, and the field.
    shown: BTreeMap<(String, i64), (u32, &'static str)>,
    /// Per transaction: what it read and at which version.
    reads: BTreeMap<String, Vec<(String, i64)>>,
}

/// Puts holes where a script of optimistic transactions names what the program names.
pub fn symbolize(case: &mut Case) {
    let mut reference = Reference::default();
    for step in &mut case.steps {
        let id = step.id;
        let Line::Message { body, .. } = &mut step.line else {
            continue;
        };
        let original = body.clone();
        reference.replace(body);
        reference.follow(id, &original);
    }
}

impl Reference {
    fn replace(&self, body: &mut Value) {
        if let Some(begin) = self.begin_of(&body["txn_id"]) {
            body["txn_id"] = hole(begin, "txn_id");
        }
        let Some(listed) = body.get_mut("read_versions").and_then(Value::as_array_mut) else {
            return;
        };
        for entry in listed {
            let (Some(key), Some(version)) = (entry["key"].as_str(), entry["version"].as_i64())
            else {
                continue;
            };
            if let Some((step, field)) = self.shown.get(&(key.to_owned(), version)) {
                entry["version"] = hole(*step, field);
            }
        }
    }

    fn begin_of(&self, name: &Value) -> Option<u32> {
        let number: usize = name.as_str()?.strip_prefix('t')?.parse().ok()?;
        self.begun.get(number.checked_sub(1)?).copied()
    }

    fn follow(&mut self, step: u32, body: &Value) {
        match body["type"].as_str() {
            Some("occ_begin" | "mrt_begin") => self.begun.push(step),
            Some("occ_read") => {
                let key = body["key"].as_str().unwrap_or_default().to_owned();
                let version = self.versions.get(&key).copied().unwrap_or(0);
                self.shown.insert((key.clone(), version), (step, "version"));
                let txn = body["txn_id"].to_string();
                self.reads.entry(txn).or_default().push((key, version));
            }
            Some("occ_commit") => self.commit(step, body),
            _ => {}
        }
    }

    fn commit(&mut self, step: u32, body: &Value) {
        let empty = Vec::new();
        let current = |key: &str| self.versions.get(key).copied().unwrap_or(0);
        let listed = body["read_versions"].as_array().unwrap_or(&empty);
        let fits = listed.iter().all(|entry| {
            entry["version"].as_i64() == Some(current(entry["key"].as_str().unwrap_or_default()))
        });
        let own = self
            .reads
            .remove(&body["txn_id"].to_string())
            .unwrap_or_default();
        if !fits || own.iter().any(|(key, version)| current(key) != *version) {
            return;
        }
        let writes = body["writes"].as_array().unwrap_or(&empty);
        for write in writes {
            let key = write["key"].as_str().unwrap_or_default().to_owned();
            let version = self.versions.entry(key.clone()).or_default();
            *version += 1;
            if writes.len() == 1 {
                self.shown.insert((key, *version), (step, "new_version"));
            }
        }
    }
}

/// A script's lines with its holes filled as the reference would answer: to be shown and replayed.
pub fn canonical(steps: &[Step]) -> Vec<String> {
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    let mut versions: BTreeMap<u32, i64> = BTreeMap::new();
    let mut reference = Reference::default();
    let mut lines = Vec::new();
    for step in steps {
        let (src, dest, body) = match &step.line {
            Line::Raw(line) => {
                lines.push(line.clone());
                continue;
            }
            Line::Message { src, dest, body } => (src, dest, body),
        };
        let body = resolve(body, &names, &versions);
        reference.follow(step.id, &body);
        match body["type"].as_str() {
            Some("occ_begin" | "mrt_begin") => {
                names.insert(step.id, format!("t{}", names.len() + 1));
            }
            Some("occ_read") => {
                let key = body["key"].as_str().unwrap_or_default();
                versions.insert(step.id, reference.versions.get(key).copied().unwrap_or(0));
            }
            Some("occ_commit") => {
                let written = body["writes"].as_array().and_then(|w| w.first());
                let key = written.and_then(|w| w["key"].as_str()).unwrap_or_default();
                versions.insert(step.id, reference.versions.get(key).copied().unwrap_or(0));
            }
            _ => {}
        }
        lines.push(json!({"src": src, "dest": dest, "body": body}).to_string());
    }
    lines
}

fn resolve(value: &Value, names: &BTreeMap<u32, String>, versions: &BTreeMap<u32, i64>) -> Value {
    match value {
        Value::Object(fields) if fields.contains_key("$") => {
            let step = fields["$"].as_u64().unwrap_or(0) as u32;
            if fields["field"] == "txn_id" {
                return json!(names.get(&step).cloned().unwrap_or_else(|| "t0".into()));
            }
            let plus = fields.get("plus").and_then(Value::as_i64).unwrap_or(0);
            json!(versions.get(&step).copied().unwrap_or(0) + plus)
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, v)| (name.clone(), resolve(v, names, versions)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| resolve(item, names, versions))
            .collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::{List, fill};

    #[test]
    fn names_and_versions_become_holes_and_come_back() {
        let mut case = Case::new("c", "c", "w", List::Named).with_init();
        case.ask("c1", json!({"type": "occ_begin"}));
        case.ask("c1", json!({"type": "occ_commit", "txn_id": "t1", "writes": [{"key": "x", "value": "1"}], "read_versions": []}));
        case.ask("c1", json!({"type": "occ_begin"}));
        case.ask(
            "c1",
            json!({"type": "occ_read", "txn_id": "t2", "key": "x"}),
        );
        case.ask("c1", json!({"type": "occ_commit", "txn_id": "t2", "writes": [], "read_versions": [{"key": "x", "version": 1}, {"key": "y", "version": 999}]}));
        let written = canonical(&case.steps);
        symbolize(&mut case);
        let body = case.steps[5].body().unwrap();
        assert_eq!(body["txn_id"], hole(3, "txn_id"));
        assert_eq!(body["read_versions"][0]["version"], hole(4, "version"));
        assert_eq!(body["read_versions"][1]["version"], json!(999));
        assert_eq!(canonical(&case.steps), written);
        assert!(
            fill(body, &|_| None).is_none(),
            "without its transaction the step cannot be sent"
        );
    }
}
