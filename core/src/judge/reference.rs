//! Judging beside the reference node, for what our statement decides beyond the task.
//!
//! Extended and robustness cases ask for what the course decided: exact replies,
//! errors for bad input. There the reference node is the measure. It gets the same
//! requests, and each of its replies is compared:
//!
//! ```text
//!   program:   {"type":"occ_begin_ok","txn_id":"txn-7",…}    names are bound: txn-7 ↔ t1
//!   reference: {"type":"occ_begin_ok","txn_id":"t1",…}       the other fields are equal
//! ```
//!
//! 1. Where the reference answers with an error, any definite error will do, and
//!    where it answers `committed: false`, that or a definite error.
//! 2. Otherwise every field of the reference's reply is in the program's; more may be.
//! 3. Names of transactions and snapshots are the program's own, used consistently.
//! 4. For bad input, version numbers are bound as names are.

use super::model::{Answer, Model, answer, refused, shown, wanted};
use super::reply::{Reply, same};
use super::rule::{Breach, Rule};
use super::script::List;
use crate::node::{Node, NodeOptions, Step};
use crate::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;

static AS_DECIDED: Rule = Rule::new(
    "EXT-01",
    "as-decided",
    "What the task leaves open, our statement decides; this reply follows it.",
    "Look for the lines that the statement marks as its own decisions.",
);
static BAD_INPUT: Rule = Rule::new(
    "ROB-01",
    "bad-input",
    "Bad input gets an error, changes nothing, and the program goes on.",
    "Catch what goes wrong while you read a request, and answer with error 12 (or 10 for an unknown type).",
);

/// The rules of the undeciding lists.
pub static RULES: [&Rule; 2] = [&AS_DECIDED, &BAD_INPUT];

/// Compares a program with the reference node.
pub struct Beside {
    node: Node,
    step: Step,
    rule: &'static Rule,
    binds_versions: bool,
    /// The program's name → the reference's.
    names: BTreeMap<String, Value>,
    /// Key and the program's version → the reference's.
    versions: BTreeMap<(String, String), Value>,
}

/// Fields whose values are the program's choice of a name.
const NAMES: [&str; 2] = ["txn_id", "snapshot_id"];
/// Fields of every reply that say nothing about the answer.
const ENVELOPE: [&str; 4] = ["type", "in_reply_to", "msg_id", "text"];

impl Beside {
    /// A fresh reference, for cases of `list`.
    pub fn new(list: List) -> Beside {
        let robust = list == List::Robustness;
        Beside {
            node: Node::new(NodeOptions::default()),
            step: Step::new(),
            rule: if robust { &BAD_INPUT } else { &AS_DECIDED },
            binds_versions: robust,
            names: BTreeMap::new(),
            versions: BTreeMap::new(),
        }
    }

    /// What the reference answers to a request.
    pub fn ask(&mut self, src: &str, body: &Value) -> Option<Value> {
        let line = json!({"src": src, "dest": "n1", "body": self.translate(body)}).to_string();
        self.step.clear();
        self.node
            .handle_line(Time::ZERO, 1, line.as_bytes(), &mut self.step);
        let reply: Value = serde_json::from_slice(&self.step.replies).ok()?;
        Some(reply["body"].clone())
    }

    fn translate(&self, body: &Value) -> Value {
        let mut body = body.clone();
        for name in NAMES {
            if let Some(known) = body.get(name).and_then(|v| self.names.get(&v.to_string())) {
                body[name] = known.clone();
            }
        }
        if let Some(listed) = body.get_mut("read_versions").and_then(Value::as_array_mut) {
            for entry in listed.iter_mut().filter(|e| e.is_object()) {
                let place = (entry["key"].to_string(), entry["version"].to_string());
                if let Some(version) = self.versions.get(&place) {
                    entry["version"] = version.clone();
                }
            }
        }
        body
    }

    /// Compares one field; `None` if it is as it should be.
    pub(super) fn field(
        &mut self,
        request: &Value,
        name: &str,
        right: &Value,
        reply: &Value,
    ) -> Option<Breach> {
        let got = reply.get(name);
        if NAMES.contains(&name) {
            let Some(got) = got.filter(|v| v.is_string() || v.is_number()) else {
                return Some(self.differs(name, right, reply));
            };
            let known = self.names.insert(got.to_string(), right.clone());
            return known.map(|_| self.differs(name, &json!("a name not used before"), reply));
        }
        if self.binds_versions && matches!(name, "version" | "new_version" | "versions") {
            let key = match request["key"].is_string() {
                true => request["key"].to_string(),
                false => request["writes"][0]["key"].to_string(),
            };
            let got = got.cloned().unwrap_or(Value::Null);
            self.versions.insert((key, got.to_string()), right.clone());
            return None;
        }
        let fits = got.is_some_and(|got| same(got, right));
        (!fits).then(|| self.differs(name, right, reply))
    }

    fn differs(&self, name: &str, right: &Value, reply: &Value) -> Breach {
        let message = format!("{name} is not what our statement asks for here.");
        Breach::new(self.rule, message, wanted(name, right), shown(reply, name))
    }
}

impl Model for Beside {
    fn judge(&mut self, src: &str, body: &Value, reply: &Reply) -> Result<(), Breach> {
        let kind = body["type"].as_str().unwrap_or("");
        let Some(right) = self.ask(src, body) else {
            return Ok(());
        };
        if right["type"] == "error" {
            let expected = format!(
                "an error, such as {}: {}",
                right["code"],
                right["text"].as_str().unwrap_or("")
            );
            if reply.is_error() {
                return answer(kind, reply).map(|_| ());
            }
            if reply.body["committed"] == json!(false) {
                return Ok(());
            }
            let message = "This request is refused.";
            return Err(Breach::new(
                self.rule,
                message,
                expected,
                shown(&reply.body, "type"),
            ));
        }
        if answer(kind, reply)? == Answer::Refused {
            if right["committed"] == json!(false) {
                return Ok(());
            }
            return Err(refused(self.rule, right.to_string(), reply));
        }
        let fields = right.as_object().cloned().unwrap_or_default();
        for (name, value) in fields
            .iter()
            .filter(|(name, _)| !ENVELOPE.contains(&name.as_str()))
        {
            if let Some(breach) = self.field(body, name, value, &reply.body) {
                return Err(breach);
            }
        }
        Ok(())
    }
}
