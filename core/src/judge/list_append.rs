//! Rules and model of `txn-list-append`: reads filled in, lists that only grow.
//!
//! ```text
//!   asked     [["r",1,null], ["append",1,6], ["r",1,null]]
//!   answered  [["r",1,[3]],  ["append",1,6], ["r",1,[3,6]]]
//! ```
//!
//! 1. The answer has the same operations in the same order, appends unchanged.
//! 2. A read has the elements appended so far, in order, own appends included.
//! 3. A read of nothing is null, an empty list, or a definite error for the whole
//!    transaction, which then has no effect.
//! 4. Keys are JSON values: `1` is not `"1"`.
//!
//! Left out: clusters; the checker judges those from a history.

use super::model::{Answer, Model, answer, refused, shown};
use super::reply::{Reply, same};
use super::rule::{Breach, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

static COMPLETED: Rule = Rule::new(
    "LIST-01",
    "completed-in-order",
    "The reply's txn has the request's operations, in the same order, with the same keys; appends come back unchanged.",
    "Copy each operation to the answer; fill in only the third place of reads.",
);
static READS_ALL: Rule = Rule::new(
    "LIST-02",
    "reads-appended",
    "A read returns every element appended to its key so far, in the order of the appends, whichever client appended.",
    "Keep one map from keys to lists for all clients, and append at the end.",
);
static OWN_APPENDS: Rule = Rule::new(
    "LIST-03",
    "own-appends",
    "A read sees the earlier appends of its own transaction.",
    "Apply each append before you look at the next operation.",
);
static VALUES: Rule = Rule::new(
    "LIST-04",
    "lists-are-values",
    "A list once read never changes: later appends do not show in it.",
    "Put a copy of the list into the answer, not the list that you append to.",
);
static TYPED_KEYS: Rule = Rule::new(
    "LIST-05",
    "typed-keys",
    "Keys are JSON values: 1 and \"1\" are two keys.",
    "In JavaScript, use a Map, not an object; in other languages do not turn keys into strings.",
);
static NOTHING: Rule = Rule::new(
    "LIST-06",
    "nothing-read",
    "A key never appended to reads null (or an empty list).",
    "Look keys up without creating another key's list for them.",
);

/// The rules of this exercise.
pub static RULES: [&Rule; 6] = [
    &COMPLETED,
    &READS_ALL,
    &OWN_APPENDS,
    &VALUES,
    &TYPED_KEYS,
    &NOTHING,
];

/// The lists, by the JSON text of their keys.
#[derive(Default)]
pub struct Lists {
    lists: BTreeMap<String, Vec<Value>>,
}

impl Model for Lists {
    fn judge(&mut self, _src: &str, body: &Value, reply: &Reply) -> Result<(), Breach> {
        let kind = body["type"].as_str().unwrap_or("");
        let answer = answer(kind, reply)?;
        if kind != "txn" {
            return Ok(());
        }
        let none = Vec::new();
        let asked = body["txn"].as_array().unwrap_or(&none);
        let expected = self.expect(asked);
        let text = Value::Array(expected.clone()).to_string();
        if answer == Answer::Refused {
            let reads_nothing = expected.iter().any(|op| op[0] == "r" && op[2].is_null());
            return if reads_nothing {
                Ok(())
            } else {
                Err(refused(&COMPLETED, text, reply))
            };
        }
        let wrong = |rule: &Rule, message: String| {
            Breach::new(
                rule,
                message,
                format!("\"txn\": {text}"),
                shown(&reply.body, "txn"),
            )
        };
        let Some(got) = reply.body["txn"].as_array() else {
            return Err(wrong(
                &COMPLETED,
                "The reply has the completed transaction.".into(),
            ));
        };
        if got.len() != expected.len() {
            let message = format!(
                "The request has {} operations, the reply {}.",
                asked.len(),
                got.len()
            );
            return Err(wrong(&COMPLETED, message));
        }
        for (n, (got, right)) in got.iter().zip(&expected).enumerate() {
            let at = n + 1;
            let shape = got.as_array().is_some_and(|op| op.len() == 3)
                && same(&got[0], &right[0])
                && same(&got[1], &right[1]);
            if !shape {
                return Err(wrong(
                    &COMPLETED,
                    format!("Operation {at} should be {right}."),
                ));
            }
            if right[0] == "append" && !same(&got[2], &right[2]) {
                return Err(wrong(
                    &COMPLETED,
                    format!("Operation {at} is an append and comes back unchanged."),
                ));
            }
            let empty = right[2].is_null() && got[2].as_array().is_some_and(Vec::is_empty);
            if !same(&got[2], &right[2]) && !empty {
                let message = format!(
                    "The read of {} should return {}, and returned {}.",
                    right[1], right[2], got[2]
                );
                return Err(wrong(self.blame(asked, n, &right[2], &got[2]), message));
            }
        }
        self.apply(asked);
        Ok(())
    }
}

impl Lists {
    fn expect(&self, asked: &[Value]) -> Vec<Value> {
        let mut own: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut expected = Vec::new();
        for op in asked {
            let key = op[1].to_string();
            if op[0] == "append" {
                own.entry(key).or_default().push(op[2].clone());
                expected.push(op.clone());
                continue;
            }
            let before = self.lists.get(&key).map_or(&[][..], Vec::as_slice);
            let mine = own.get(&key).map_or(&[][..], Vec::as_slice);
            let list: Vec<Value> = before.iter().chain(mine).cloned().collect();
            let value = if list.is_empty() {
                Value::Null
            } else {
                Value::Array(list)
            };
            expected.push(json!(["r", op[1], value]));
        }
        expected
    }

    fn apply(&mut self, asked: &[Value]) {
        for op in asked.iter().filter(|op| op[0] == "append") {
            self.lists
                .entry(op[1].to_string())
                .or_default()
                .push(op[2].clone());
        }
    }

    /// Which rule a wrong list speaks of.
    fn blame(&self, asked: &[Value], n: usize, right: &Value, got: &Value) -> &'static Rule {
        let key = &asked[n][1];
        let appends = |ops: &[Value]| ops.iter().any(|op| op[0] == "append" && op[1] == *key);
        let twin = match key {
            Value::String(text) => text.clone(),
            other => format!("\"{other}\""),
        };
        let twin_used = self.lists.contains_key(&twin)
            || asked.iter().any(|op| {
                let spelled = op[1].to_string();
                op[0] == "append" && spelled == twin
            });
        let elements = |v: &Value| v.as_array().map_or(0, Vec::len);
        let prefix = elements(got) > elements(right)
            && right.as_array().is_none_or(|r| {
                got.as_array()
                    .is_some_and(|g| r.iter().zip(g).all(|(r, g)| same(r, g)))
            });
        if twin_used {
            &TYPED_KEYS
        } else if prefix && appends(&asked[n + 1..]) {
            &VALUES
        } else if appends(&asked[..n]) {
            &OWN_APPENDS
        } else if prefix && !right.is_null() {
            &VALUES
        } else if right.is_null() {
            &NOTHING
        } else {
            &READS_ALL
        }
    }
}
