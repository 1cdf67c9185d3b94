//! Rules and model of `multi-key-txn`: batches that apply as a whole, one log entry each.
//!
//! ```text
//!          batch            store after            log
//!   put a 1 · put b 2   →   a:1 b:2                entry L
//!   get a · put a 3     →   a:3 b:2   reads 1      entry L+s     (s: unknown, the same for all)
//!   put a 9 · frob b    →   a:3 b:2   refused      none
//! ```
//!
//! 1. A batch is *good*, *bad* (an unknown op, a key or a value missing), or *open*:
//!    the task does not say (null values, keys that are no strings, an empty batch).
//! 2. A good batch commits. It may be refused only where it reads or deletes a key
//!    that is not there; then it has no effect.
//! 3. A bad batch is refused: an error, or `committed: false`. An open one may be either.
//! 4. Where the log starts and by which step it grows is the program's choice
//!    ([`super::log_steps`]).

use super::log_steps::{LogSteps, Written};
use super::model::{Answer, Model, answer, refused, shown, wanted};
use super::reply::{Reply, same, whole};
use super::rule::{Breach, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

static COMMITS: Rule = Rule::new(
    "TXN-01",
    "commits",
    "A batch whose operations are all valid commits: committed is true.",
    "Put \"committed\": true into the reply of every batch that was applied.",
);
static ONE_ENTRY: Rule = Rule::new(
    "TXN-02",
    "one-entry",
    "A batch that writes is one log entry: log_index grows from batch to batch, by a step that does not depend on how many operations a batch has.",
    "Append the whole batch to the log as one command, and answer with that entry's index.",
);
static OPS_APPLIED: Rule = Rule::new(
    "TXN-03",
    "ops-applied",
    "ops_applied counts the puts and deletes of the batch.",
    "Count every put and every delete, also of the same key; do not count gets.",
);
static RESULTS: Rule = Rule::new(
    "TXN-04",
    "results-in-order",
    "results has one entry per get, in request order, each with op, key and value.",
    "Append one {\"op\": \"get\", \"key\", \"value\"} for each get as you meet it.",
);
static READS_COMMITTED: Rule = Rule::new(
    "TXN-05",
    "reads-committed",
    "A get returns the value that the last committed batch left, whichever client wrote it; null if there is none.",
    "Keep one store for all clients and keep it between requests.",
);
static OWN_WRITES: Rule = Rule::new(
    "TXN-06",
    "operations-in-order",
    "Operations run in order: a get sees the earlier operations of its own batch, and not the later ones.",
    "Run the operations one after the other; answer each get when its turn comes.",
);
static DELETES: Rule = Rule::new(
    "TXN-07",
    "deletes",
    "A deleted key reads as if it had never been put.",
    "Remove the key from the store; do not leave an empty value behind.",
);
static WHOLE_BATCH: Rule = Rule::new(
    "TXN-08",
    "whole-batch-validated",
    "If any operation fails validation, the entire batch is rejected.",
    "Check every operation before you apply the first one.",
);
static ALL_OR_NOTHING: Rule = Rule::new(
    "TXN-09",
    "all-or-nothing",
    "A rejected batch changes nothing, and a committed one changes everything it names.",
    "Apply the batch only once nothing can fail any more.",
);

/// The rules of this exercise.
pub static RULES: [&Rule; 9] = [
    &COMMITS,
    &ONE_ENTRY,
    &OPS_APPLIED,
    &RESULTS,
    &READS_COMMITTED,
    &OWN_WRITES,
    &DELETES,
    &WHOLE_BATCH,
    &ALL_OR_NOTHING,
];

/// What may be true of a program that answered as it did.
#[derive(Default)]
pub struct Batches {
    store: BTreeMap<String, Value>,
    deleted: BTreeMap<String, ()>,
    /// What rejected batches would have left, per key: a trap for half-applied batches.
    rejected: BTreeMap<String, Vec<Value>>,
    log: LogSteps,
}

#[derive(PartialEq)]
enum Standing {
    Good,
    Bad(String),
    Open,
}

impl Model for Batches {
    fn judge(&mut self, _src: &str, body: &Value, reply: &Reply) -> Result<(), Breach> {
        let kind = body["type"].as_str().unwrap_or("");
        if kind != "txn_execute" {
            return answer(kind, reply).map(|_| ());
        }
        let standing = standing(&body["operations"]);
        let no_operations = Vec::new();
        let operations = body["operations"].as_array().unwrap_or(&no_operations);
        let committed = match answer(kind, reply)? {
            Answer::Refused => false,
            Answer::Ok => reply.body["committed"] != json!(false),
        };
        match (standing, committed) {
            (Standing::Bad(why), true) => Err(Breach::new(
                &WHOLE_BATCH,
                format!("The batch was carried out although {why}."),
                "an error, or \"committed\": false",
                shown(&reply.body, "committed"),
            )),
            (Standing::Good, false) => self.refusal(operations, reply),
            (Standing::Good | Standing::Open, true) => self.commit(operations, reply),
            (Standing::Bad(_) | Standing::Open, false) => {
                self.note_rejected(operations);
                self.log.not_written(operations.len(), true);
                Ok(())
            }
        }
    }
}

impl Batches {
    fn refusal(&mut self, operations: &[Value], reply: &Reply) -> Result<(), Breach> {
        let mut present: BTreeMap<&str, bool> = BTreeMap::new();
        let mut may_refuse = false;
        for operation in operations {
            let key = operation["key"].as_str().unwrap_or("");
            let there = *present
                .entry(key)
                .or_insert_with(|| self.store.contains_key(key));
            match operation["op"].as_str() {
                Some("put") => drop(present.insert(key, true)),
                Some("delete") => {
                    may_refuse |= !there;
                    present.insert(key, false);
                }
                _ => may_refuse |= !there,
            }
        }
        if !may_refuse {
            return Err(if reply.is_error() {
                refused(&COMMITS, "\"committed\": true", reply)
            } else {
                let message = "Every operation of this batch is valid, so it commits.";
                Breach::new(
                    &COMMITS,
                    message,
                    "\"committed\": true",
                    shown(&reply.body, "committed"),
                )
            });
        }
        self.note_rejected(operations);
        self.log.not_written(operations.len(), true);
        Ok(())
    }

    fn commit(&mut self, operations: &[Value], reply: &Reply) -> Result<(), Breach> {
        if reply.body["committed"] != json!(true) {
            let message = "A batch that was applied says so.";
            let got = shown(&reply.body, "committed");
            return Err(Breach::new(&COMMITS, message, "\"committed\": true", got));
        }
        let touched = operations.iter().filter_map(|o| o["key"].as_str());
        let before: BTreeMap<String, Value> = touched
            .filter_map(|key| self.store.get_key_value(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let mut expected = Vec::new();
        let (mut writes, mut sure_writes) = (0, 0);
        for operation in operations {
            let key = operation["key"].as_str().unwrap_or_default().to_owned();
            match operation["op"].as_str() {
                Some("put") => {
                    (writes, sure_writes) = (writes + 1, sure_writes + 1);
                    self.deleted.remove(&key);
                    self.store.insert(key, operation["value"].clone());
                }
                Some("delete") => {
                    writes += 1;
                    sure_writes += usize::from(self.store.remove(&key).is_some());
                    self.deleted.insert(key, ());
                }
                _ => {
                    let value = self.store.get(&key).cloned().unwrap_or(Value::Null);
                    expected.push((key, value));
                }
            }
        }
        if !expected.is_empty() {
            self.results(operations, &before, &expected, reply)?;
        }
        if writes == 0 {
            self.log.not_written(operations.len(), false);
            return Ok(());
        }
        let count = whole(&reply.body["ops_applied"]);
        if count.is_none_or(|n| n < sure_writes as i64 || n > writes as i64) {
            let message = format!("The batch has {writes} puts and deletes.");
            let got = shown(&reply.body, "ops_applied");
            return Err(Breach::new(
                &OPS_APPLIED,
                message,
                wanted("ops_applied", &json!(writes)),
                got,
            ));
        }
        self.entry(operations, writes, reply)?;
        self.forget_rejected(operations);
        Ok(())
    }

    fn entry(&mut self, operations: &[Value], writes: usize, reply: &Reply) -> Result<(), Breach> {
        let Some(index) = whole(&reply.body["log_index"]) else {
            let message = "A batch that writes answers with the index of its log entry.";
            let got = shown(&reply.body, "log_index");
            return Err(Breach::new(
                &ONE_ENTRY,
                message,
                "\"log_index\": an integer",
                got,
            ));
        };
        let puts = operations.iter().filter(|o| o["op"] == "put").count();
        let mut keys: Vec<_> = operations
            .iter()
            .filter(|o| o["op"] != "get")
            .filter_map(|o| o["key"].as_str())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let written = Written {
            operations: operations.len(),
            writes,
            puts,
            keys: keys.len(),
        };
        self.log.written(index, written).map_err(|fault| {
            Breach::new(
                &ONE_ENTRY,
                fault.message,
                fault.expected,
                wanted("log_index", &json!(index)),
            )
        })
    }

    fn results(
        &self,
        operations: &[Value],
        before: &BTreeMap<String, Value>,
        expected: &[(String, Value)],
        reply: &Reply,
    ) -> Result<(), Breach> {
        let shape: Vec<Value> = expected
            .iter()
            .map(|(key, value)| json!({"op": "get", "key": key, "value": value}))
            .collect();
        let right = wanted("results", &Value::Array(shape));
        let wrong = |rule: &Rule, message: String| {
            Breach::new(rule, message, right.clone(), shown(&reply.body, "results"))
        };
        let Some(all) = reply.body["results"].as_array() else {
            return Err(wrong(
                &RESULTS,
                "The batch has gets, so its reply has results.".into(),
            ));
        };
        // Entries for the writes of a mixed batch are extra; gets count.
        let writes = |entry: &&Value| entry["op"] == "put" || entry["op"] == "delete";
        let gets: Vec<&Value> = all.iter().filter(|entry| !writes(entry)).collect();
        if gets.len() != expected.len() {
            let message = format!(
                "The batch has {} gets; results has {}.",
                expected.len(),
                gets.len()
            );
            return Err(wrong(&RESULTS, message));
        }
        for (n, (entry, (key, value))) in gets.iter().zip(expected).enumerate() {
            let at = n + 1;
            if entry["op"] != "get" || entry["key"].as_str() != Some(key) {
                let message = format!("Result {at} should be of the get of {key:?}.");
                return Err(wrong(&RESULTS, message));
            }
            let Some(got) = entry.get("value") else {
                return Err(wrong(&RESULTS, format!("Result {at} has no value.")));
            };
            if !same(got, value) {
                let rule = self.blame(operations, before, key, value, got);
                let message =
                    format!("The get of {key:?} should return {value}, and returned {got}.");
                return Err(wrong(rule, message));
            }
        }
        Ok(())
    }

    /// Which rule a wrong value speaks of.
    fn blame(
        &self,
        operations: &[Value],
        before: &BTreeMap<String, Value>,
        key: &str,
        expected: &Value,
        got: &Value,
    ) -> &'static Rule {
        let trap = self.rejected.get(key);
        if trap.is_some_and(|values| values.iter().any(|v| same(v, got))) {
            return &ALL_OR_NOTHING;
        }
        if operations
            .iter()
            .any(|o| o["op"] != "get" && o["key"].as_str() == Some(key))
        {
            return &OWN_WRITES;
        }
        if expected.is_null() && self.deleted.contains_key(key) && !before.contains_key(key) {
            return &DELETES;
        }
        &READS_COMMITTED
    }

    fn note_rejected(&mut self, operations: &[Value]) {
        for operation in operations {
            let Some(key) = operation["key"].as_str() else {
                continue;
            };
            let would_be = match operation["op"].as_str() {
                Some("put") => operation["value"].clone(),
                Some("delete") => Value::Null,
                _ => continue,
            };
            if self.store.get(key).unwrap_or(&Value::Null) != &would_be {
                self.rejected
                    .entry(key.to_owned())
                    .or_default()
                    .push(would_be);
            }
        }
    }

    fn forget_rejected(&mut self, operations: &[Value]) {
        for operation in operations.iter().filter(|o| o["op"] != "get") {
            if let Some(key) = operation["key"].as_str() {
                self.rejected.remove(key);
            }
        }
    }
}

fn standing(operations: &Value) -> Standing {
    let Some(operations) = operations.as_array() else {
        return Standing::Open;
    };
    let mut open = operations.is_empty();
    for (n, operation) in operations.iter().enumerate() {
        let at = n + 1;
        let Some(op) = operation["op"].as_str() else {
            return Standing::Bad(format!("operation {at} has no op"));
        };
        if !matches!(op, "put" | "get" | "delete") {
            return Standing::Bad(format!("there is no operation {op:?} (operation {at})"));
        }
        match operation.get("key") {
            None => return Standing::Bad(format!("operation {at} has no key")),
            Some(key) => open |= !key.is_string(),
        }
        if op == "put" {
            match operation.get("value") {
                None => return Standing::Bad(format!("operation {at} is a put without a value")),
                Some(value) => open |= value.is_null(),
            }
        }
    }
    if open { Standing::Open } else { Standing::Good }
}
