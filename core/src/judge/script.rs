//! Cases as scripts: what is sent, in which order, with holes for what only the program knows.
//!
//! A statement leaves names and version numbers to the program: it may call its
//! first transaction `t1` or `txn-7`. So a script that goes on with that
//! transaction cannot be written down beforehand. It has *holes*:
//!
//! ```text
//! step 1  {"type":"occ_begin"}                                   answered {"txn_id":"txn-7"}
//! step 2  {"type":"occ_read","txn_id":{"$":1,"field":"txn_id"}}  sent with "txn-7"
//! ```
//!
//! 1. A step has an id that stays its own when other steps are taken out (shrinking).
//! 2. A hole names a step and a field of that step's reply; `plus` adds a number.
//! 3. A hole that cannot be filled takes the object of the list it stands in with
//!    it (one entry of `read_versions`), or else the whole step.
//!
//! Left out: holes in keys and values. What the client writes, the client knows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The lists a case can belong to, in the order in which they are graded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "CaseList"))]
pub enum List {
    /// The sample cases that came with the task.
    Published,
    /// Cases written for one rule or hint each.
    Named,
    /// One request at a time, and a long session.
    Interactive,
    /// Seeded random scripts.
    Generated,
    /// What the statement decides beyond the task; never decides a grade.
    Extended,
    /// Bad input; never decides a grade.
    Robustness,
}

impl List {
    /// Whether a case of this list counts for the strict verdict.
    pub fn decides(self) -> bool {
        !matches!(self, List::Extended | List::Robustness)
    }

    /// The list's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            List::Published => "published",
            List::Named => "named",
            List::Interactive => "interactive",
            List::Generated => "generated",
            List::Extended => "extended",
            List::Robustness => "robustness",
        }
    }
}

/// One line to send.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Stays with the step when others are taken out.
    pub id: u32,
    /// What the line is.
    pub line: Line,
}

/// A line: a message, or bytes that are no message.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A request with an envelope; its body may have holes.
    Message {
        /// Who asks.
        src: String,
        /// Who is asked.
        dest: String,
        /// The request.
        body: Value,
    },
    /// Sent as it is; nothing is owed for it.
    Raw(String),
}

impl Step {
    /// A request from `src` to `n1`.
    pub fn request(id: u32, src: &str, body: Value) -> Step {
        Step {
            id,
            line: Line::Message {
                src: src.into(),
                dest: "n1".into(),
                body,
            },
        }
    }

    /// The request's body, holes and all.
    pub fn body(&self) -> Option<&Value> {
        match &self.line {
            Line::Message { body, .. } => Some(body),
            Line::Raw(_) => None,
        }
    }

    /// The request's type, or `""`.
    pub fn kind(&self) -> &str {
        self.body().and_then(|b| b["type"].as_str()).unwrap_or("")
    }
}

/// A script with its name and the way it is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Short and unique within an exercise: what `--only` takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// What the case is there to find out.
    pub why: String,
    /// Where it belongs.
    pub list: List,
    /// How many requests are sent before their answers are awaited; 1 is one at a time.
    pub window: usize,
    /// Whether the input ends right after the last line, before the answers are awaited.
    pub closes_early: bool,
    /// From the first line sent to the last reply owed.
    pub timeout_ms: u32,
    /// What is sent.
    pub steps: Vec<Step>,
    /// The published expectation, for published cases.
    pub expected_output: Vec<Value>,
}

/// The published limit, which every case has.
pub const TIMEOUT_MS: u32 = 5000;

impl Case {
    /// A case without steps yet, played one request at a time.
    pub fn new(id: &str, name: &str, why: &str, list: List) -> Case {
        Case {
            id: id.into(),
            name: name.into(),
            why: why.into(),
            list,
            window: 1,
            closes_early: false,
            timeout_ms: TIMEOUT_MS,
            steps: Vec::new(),
            expected_output: Vec::new(),
        }
    }

    /// Adds the `init` every script begins with.
    pub fn with_init(mut self) -> Case {
        let body = json!({"type": "init", "msg_id": 1, "node_id": "n1", "node_ids": ["n1"]});
        self.steps.push(Step::request(0, "c0", body));
        self
    }

    /// Adds a request with the next id and `msg_id`, from `src`; gives the step's id.
    pub fn ask(&mut self, src: &str, mut body: Value) -> u32 {
        let id = self.steps.last().map_or(0, |s| s.id + 1);
        let fields = body.as_object_mut().expect("a body is an object");
        fields.insert("msg_id".into(), json!(id + 1));
        self.steps.push(Step::request(id, src, body));
        id
    }
}

/// A hole for `field` of the reply to `step`.
pub fn hole(step: u32, field: &str) -> Value {
    json!({"$": step, "field": field})
}

/// A hole for a number: `field` of the reply to `step`, plus `plus`.
pub fn hole_plus(step: u32, field: &str, plus: i64) -> Value {
    json!({"$": step, "field": field, "plus": plus})
}

/// The steps whose replies the holes of `value` ask for.
pub fn needs(value: &Value, found: &mut Vec<u32>) {
    match value {
        Value::Object(fields) => match fields.get("$").and_then(Value::as_u64) {
            Some(step) => found.push(step as u32),
            None => fields.values().for_each(|v| needs(v, found)),
        },
        Value::Array(items) => items.iter().for_each(|v| needs(v, found)),
        _ => {}
    }
}

/// `value` with its holes filled by `reply` (step → body of its reply).
///
/// `None` when a hole outside a list cannot be filled.
pub fn fill<'a>(value: &Value, reply: &dyn Fn(u32) -> Option<&'a Value>) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key("$") => {
            let answer = reply(fields["$"].as_u64()? as u32)?.get(fields["field"].as_str()?)?;
            match fields.get("plus").and_then(Value::as_i64) {
                Some(plus) => Some(json!(answer.as_i64()?.checked_add(plus)?)),
                None if answer.is_null() || answer.is_array() || answer.is_object() => None,
                None => Some(answer.clone()),
            }
        }
        Value::Object(fields) => {
            let mut filled = Map::new();
            for (name, field) in fields {
                filled.insert(name.clone(), fill(field, reply)?);
            }
            Some(Value::Object(filled))
        }
        Value::Array(items) => Some(Value::Array(
            items.iter().filter_map(|item| fill(item, reply)).collect(),
        )),
        plain => Some(plain.clone()),
    }
}

/// One input line as a step; what is no message stays raw.
pub fn parse_line(id: u32, line: &str) -> Step {
    let raw = || Step {
        id,
        line: Line::Raw(line.to_owned()),
    };
    let Ok(value) = serde_json::from_str::<Value>(line) else {
        return raw();
    };
    let (Some(src), Some(dest)) = (value["src"].as_str(), value["dest"].as_str()) else {
        return raw();
    };
    if value["body"]["type"].as_str().is_none() || !value["body"]["msg_id"].is_i64() {
        return raw();
    }
    Step {
        id,
        line: Line::Message {
            src: src.into(),
            dest: dest.into(),
            body: value["body"].clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_filled_with_the_answer() {
        let answer = json!({"txn_id": "txn-7", "version": 4});
        let reply = |step: u32| (step == 1).then_some(&answer);
        let body = json!({"txn_id": hole(1, "txn_id"), "at": hole_plus(1, "version", 2)});
        assert_eq!(
            fill(&body, &reply),
            Some(json!({"txn_id": "txn-7", "at": 6}))
        );
    }

    #[test]
    fn a_hole_that_cannot_be_filled_takes_its_list_entry_or_its_step() {
        let reply = |_: u32| None;
        let entry = json!({"reads": [{"key": "x", "version": hole(1, "version")}, {"key": "y"}]});
        assert_eq!(fill(&entry, &reply), Some(json!({"reads": [{"key": "y"}]})));
        assert_eq!(fill(&json!({"txn_id": hole(1, "txn_id")}), &reply), None);
    }

    #[test]
    fn a_line_that_is_no_request_stays_as_it_is() {
        assert_eq!(parse_line(3, "not json").line, Line::Raw("not json".into()));
        assert_eq!(parse_line(3, "{\"src\":\"c1\"}").kind(), "");
        let line = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1}}"#;
        assert_eq!(parse_line(3, line).kind(), "init");
    }
}
