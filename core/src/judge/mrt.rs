//! Rules and model of `mrt`: beside the reference, stage by stage.
//!
//! Multi-record transactions leave little open: generations, versions, codes and
//! the places of digests in a hash are all laid down. So the model is the reference
//! itself, asked the same things; what is left open are names.
//!
//! ```text
//!   program    mrt_put t1 → error 30, result_code 120 MRT_BLOCKED, "in my words"
//!   reference  mrt_put t1 → error 30, result_code 120 MRT_BLOCKED, "…"      equal: texts are free
//! ```
//!
//! 1. `txn_id` is a name of the program's own; `mrt_id` any decimal number but 0,
//!    unless the request gave one.
//! 2. An error has the reference's `code`, `result_code` and `result_name`, and what
//!    it says of the commit; its text is free.
//! 3. Every other field of the reference's reply is in the program's; more may be.
//! 4. Which rule a difference breaks follows from what was asked, and from the
//!    result code on either side.

use super::model::{Model, shown, wanted};
use super::reference::Beside;
use super::reply::{Reply, same, whole};
use super::rule::{Breach, REPLY_TYPE, Rule};
use super::script::List;
use serde_json::{Value, json};

static RECORDS: Rule = Rule::new(
    "MRT-01",
    "records",
    "A record is read as its last visible write left it; a transaction sees its own writes, others do not before its commit.",
    "Keep two versions of a record: the committed one, and one that belongs to the transaction that locks it.",
);
static GENERATIONS: Rule = Rule::new(
    "MRT-02",
    "generations",
    "Every write, roll forward and roll back of a record adds one to its generation.",
    "Count the provisional write and the roll separately: 1, then 2 in the transaction, then 3 after the commit.",
);
static LOCKS: Rule = Rule::new(
    "MRT-03",
    "locks",
    "A record written by a transaction is locked until its end: others get MRT_BLOCKED (120) at once.",
    "Look at the lock before the write, and for reads of other transactions too; a read outside sees the old version.",
);
static ENDINGS: Rule = Rule::new(
    "MRT-04",
    "endings",
    "Commit and abort end a transaction once; a second commit or abort, and commands after the end, are answered as the state asks.",
    "Keep the state (open, verified, committed, aborted) and look at it first.",
);
static VERIFIES: Rule = Rule::new(
    "MRT-05",
    "verifies",
    "A transaction commits only if every version that it read, also of nothing, is still the current one (121).",
    "Remember a version for every read; compare all of them at commit, and on a second access.",
);
static MONITOR: Rule = Rule::new(
    "MRT-06",
    "monitor",
    "The monitor record, the deadline and the limit of writes are kept: 122 after the deadline, 123 beyond the limit; a sweep finishes what was left.",
    "Create the monitor with the first write; compare now with its deadline; roll forward in a sweep only what is marked.",
);
static DOUBT: Rule = Rule::new(
    "MRT-07",
    "in-doubt",
    "After the mark everything is clean-up; what is lost before or at the mark is reported as in doubt or abandoned.",
    "Follow the steps verify, mark, roll, close one by one, and say for each what its loss means.",
);
static LAYOUT: Rule = Rule::new(
    "MRT-08",
    "digests-and-hash",
    "Digests are RIPEMD-160 of set, type and key; a hash has its rows and chains as laid down.",
    "Row: the first four bytes of the digest, little-endian, modulo the rows; a new entry goes just after the head.",
);
static REFUSALS: Rule = Rule::new(
    "MRT-09",
    "refusals",
    "What cannot be done is refused with the right result code, and changes nothing.",
    "Check the order of the checks: state, namespace, lock, version, existence, generation.",
);
static BATCHES: Rule = Rule::new(
    "MRT-10",
    "batches-and-scans",
    "A batch answers row by row; scans and queries see committed versions only.",
    "Carry on after a failing row; ignore the transaction in scans.",
);

/// The rules of this exercise.
pub static RULES: [&Rule; 10] = [
    &RECORDS,
    &GENERATIONS,
    &LOCKS,
    &ENDINGS,
    &VERIFIES,
    &MONITOR,
    &DOUBT,
    &LAYOUT,
    &REFUSALS,
    &BATCHES,
];

/// Compares a program with the reference's multi-record transactions.
pub struct Stages {
    beside: Beside,
    greeted: bool,
    faults: bool,
}

/// Fields of an error that are compared.
const OF_ERRORS: [&str; 7] = [
    "code",
    "result_code",
    "result_name",
    "commit_error",
    "abort_error",
    "cause",
    "in_doubt",
];

impl Stages {
    /// A fresh reference.
    pub fn new() -> Stages {
        Stages {
            beside: Beside::new(List::Extended),
            greeted: false,
            faults: false,
        }
    }
}

impl Default for Stages {
    fn default() -> Self {
        Stages::new()
    }
}

impl Model for Stages {
    fn opening(&mut self, src: &str, body: &Value) {
        self.greeted = true;
        self.beside.ask(src, body);
    }

    fn judge(&mut self, src: &str, body: &Value, reply: &Reply) -> Result<(), Breach> {
        if !self.greeted {
            self.opening(
                "c0",
                &json!({"type": "init", "msg_id": 1, "node_id": "n1", "node_ids": ["n1"]}),
            );
        }
        let kind = body["type"].as_str().unwrap_or("");
        self.faults |= kind == "mrt_fault";
        let Some(right) = self.beside.ask(src, body) else {
            return Ok(());
        };
        let refused = right["type"] == "error";
        let type_fits = if refused {
            reply.is_error()
        } else {
            reply.body["type"] == right["type"]
        };
        if !type_fits {
            let expected = if refused {
                brief_error(&right)
            } else {
                without_envelope(&right).to_string()
            };
            if !refused && !reply.is_error() {
                let got = shown(&reply.body, "type");
                return Err(Breach::new(
                    &REPLY_TYPE,
                    "The reply's type is another one.",
                    wanted("type", &right["type"]),
                    got,
                ));
            }
            let (message, got) = if refused {
                (
                    "This request is refused.",
                    without_envelope(&reply.body).to_string(),
                )
            } else {
                ("This request is carried out.", brief_error(&reply.body))
            };
            let rule = self.rule(kind, &right, &reply.body, "");
            return Err(Breach::new(rule, message, expected, got));
        }
        let fields = right.as_object().cloned().unwrap_or_default();
        for (name, value) in &fields {
            let skipped = matches!(name.as_str(), "type" | "in_reply_to" | "msg_id" | "text")
                || (refused && !OF_ERRORS.contains(&name.as_str()));
            if skipped {
                continue;
            }
            let fits = match name.as_str() {
                "txn_id" => {
                    if let Some(breach) = self.beside.field(body, name, value, &reply.body) {
                        return Err(Breach {
                            rule: ENDINGS.clone(),
                            ..breach
                        });
                    }
                    true
                }
                "mrt_id" if body.get("mrt_id").is_none() => is_id(&reply.body["mrt_id"]),
                "in_doubt" if value == &json!(false) => reply.body[name] != json!(true),
                _ => reply.body.get(name).is_some_and(|got| same(got, value)),
            };
            if !fits {
                let rule = self.rule(kind, &right, &reply.body, name);
                let message = format!("{name} is not as it should be.");
                return Err(Breach::new(
                    rule,
                    message,
                    wanted(name, value),
                    shown(&reply.body, name),
                ));
            }
        }
        Ok(())
    }
}

impl Stages {
    /// Which rule a difference speaks of.
    fn rule(&self, kind: &str, right: &Value, got: &Value, field: &str) -> &'static Rule {
        let codes = [whole(&right["result_code"]), whole(&got["result_code"])];
        let has = |code: i64| codes.contains(&Some(code));
        match kind {
            "mrt_digest" | "mrt_txn_hash" => return &LAYOUT,
            "mrt_monitor_info" | "mrt_sweep" | "mrt_tick" | "mrt_info" => return &MONITOR,
            "mrt_scan" | "mrt_query" | "mrt_batch_get" | "mrt_batch_exists"
            | "mrt_batch_operate" => {
                return &BATCHES;
            }
            _ => {}
        }
        if field == "generation" {
            return &GENERATIONS;
        }
        if self.faults {
            return &DOUBT;
        }
        if has(120) {
            return &LOCKS;
        }
        if has(121)
            || right["commit_error"] == "VERIFY_FAIL"
            || got["commit_error"] == "VERIFY_FAIL"
        {
            return &VERIFIES;
        }
        if has(122) || has(123) || has(125) || has(127) {
            return &MONITOR;
        }
        if kind == "mrt_txn_info" && matches!(field, "reads") {
            return &VERIFIES;
        }
        if kind == "mrt_commit"
            || kind == "mrt_abort"
            || kind == "mrt_begin"
            || has(-18)
            || has(-19)
        {
            return &ENDINGS;
        }
        if right["type"] == "error" || (got["type"] == "error" && !has(2)) {
            return &REFUSALS;
        }
        &RECORDS
    }
}

fn is_id(value: &Value) -> bool {
    let text = value.as_str().unwrap_or("");
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && text != "0"
}

fn brief_error(body: &Value) -> String {
    format!(
        "error {}, result_code {} {}",
        body["code"], body["result_code"], body["result_name"]
    )
}

fn without_envelope(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("in_reply_to");
        fields.remove("msg_id");
    }
    body
}
