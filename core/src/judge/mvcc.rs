//! Rules and model of `mvcc`: chains of versions, and reads at a timestamp.
//!
//! ```text
//!   timestamp   100        200        300
//!   x           v1 ─────── v2 ─────── v3
//!                    ▲ 150      ▲ 200
//!                    reads v1   reads v2   (at or below)
//! ```
//!
//! 1. A key's versions count 1, 2, … in order of arrival; each key has its own count.
//! 2. A read returns the newest version at or below its timestamp, with that
//!    version's number and timestamp.
//! 3. A put below a timestamp already written or read may be refused with a
//!    definite error; then it has no effect and takes no number. If it is accepted
//!    it takes its place in timestamp order.
//! 4. A read that finds nothing answers null, or a definite error.
//!
//! Left out: two puts of a key at one timestamp. Which of them wins the task does
//! not say, so reads that could see either are not judged here.

use super::model::{Answer, Model, answer, refused, shown, wanted};
use super::reply::{Reply, same, whole};
use super::rule::{Breach, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

static PUTS: Rule = Rule::new(
    "MVCC-01",
    "puts-accepted",
    "A put newer than everything written and read is accepted, and answered with its timestamp.",
    "Writers never wait for readers: store a new version beside the old ones.",
);
static ARRIVAL: Rule = Rule::new(
    "MVCC-02",
    "arrival-numbering",
    "The versions of a key are numbered 1, 2, … in order of arrival; each key has its own count.",
    "Give the new version the number of versions its key has had, plus one.",
);
static READS_BELOW: Rule = Rule::new(
    "MVCC-03",
    "reads-below",
    "A read at a timestamp returns the newest version at or below it.",
    "Among the versions with timestamp <= read_timestamp, take the one with the highest timestamp.",
);
static AT: Rule = Rule::new(
    "MVCC-04",
    "at-is-included",
    "A version written at exactly the read's timestamp is seen.",
    "Compare with <=, not with <.",
);
static NAMES_VERSION: Rule = Rule::new(
    "MVCC-05",
    "names-the-version",
    "A read answers with the number and the timestamp of the version that it returns.",
    "Answer with the fields of the version that you found, not of the newest one, nor with read_timestamp.",
);
static NOTHING: Rule = Rule::new(
    "MVCC-06",
    "nothing-below",
    "A read below the first version finds nothing: null, or a definite error.",
    "Do not fall back to the oldest version when none is at or below the timestamp.",
);
static PER_KEY: Rule = Rule::new(
    "MVCC-07",
    "chains-per-key",
    "Each key has its own chain; a read never returns another key's value.",
    "Keep one list of versions per key.",
);
static REPEATABLE: Rule = Rule::new(
    "MVCC-08",
    "repeatable-reads",
    "A read at a timestamp returns the same version however many newer ones are written.",
    "Never overwrite or drop a version that a reader may still ask for.",
);
static ORDER: Rule = Rule::new(
    "MVCC-09",
    "timestamp-order",
    "Reads go by timestamp, not by arrival: a version that came late takes its place in the order.",
    "Keep the chain sorted by timestamp, as numbers, or search it for the highest one that fits.",
);
static REFUSED_PUT: Rule = Rule::new(
    "MVCC-10",
    "refused-put",
    "A refused put has no effect.",
    "Check before you append to the chain.",
);

/// The rules of this exercise.
pub static RULES: [&Rule; 10] = [
    &PUTS,
    &ARRIVAL,
    &READS_BELOW,
    &AT,
    &NAMES_VERSION,
    &NOTHING,
    &PER_KEY,
    &REPEATABLE,
    &ORDER,
    &REFUSED_PUT,
];

/// What may be true of a program that answered as it did.
#[derive(Default)]
pub struct Chains {
    keys: BTreeMap<String, Chain>,
    highest_put: Option<i64>,
    highest_read: Option<i64>,
}

#[derive(Default)]
struct Chain {
    /// In order of arrival: timestamp and value; the version number is the place plus one.
    versions: Vec<(i64, Value)>,
    refused: Vec<Value>,
    /// Read timestamps that were answered, with the version found.
    answered: BTreeMap<i64, Option<usize>>,
}

impl Model for Chains {
    fn judge(&mut self, _src: &str, body: &Value, reply: &Reply) -> Result<(), Breach> {
        let kind = body["type"].as_str().unwrap_or("");
        let answer = answer(kind, reply)?;
        match kind {
            "mvcc_put" => self.put(body, answer, reply),
            "mvcc_get" => self.read(body, answer, reply),
            _ => Ok(()),
        }
    }
}

impl Chains {
    fn put(&mut self, body: &Value, answer: Answer, reply: &Reply) -> Result<(), Breach> {
        let name = body["key"].as_str().unwrap_or_default().to_owned();
        let at = whole(&body["timestamp"]).unwrap_or(0);
        let late =
            self.highest_put.is_some_and(|t| at <= t) || self.highest_read.is_some_and(|t| at <= t);
        let chain = self.keys.entry(name.clone()).or_default();
        if answer == Answer::Refused {
            if !late {
                return Err(refused(&PUTS, wanted("timestamp", &json!(at)), reply));
            }
            chain.refused.push(body["value"].clone());
            return Ok(());
        }
        self.highest_put = self.highest_put.max(Some(at));
        chain.versions.push((at, body["value"].clone()));
        let number = chain.versions.len();
        if whole(&reply.body["version"]) != Some(number as i64) {
            let message = format!("This is version {number} of {name:?}, in order of arrival.");
            let rule = if chain.refused.is_empty() {
                &ARRIVAL
            } else {
                &REFUSED_PUT
            };
            return Err(Breach::new(
                rule,
                message,
                wanted("version", &json!(number)),
                shown(&reply.body, "version"),
            ));
        }
        if whole(&reply.body["timestamp"]) != Some(at) {
            let message = "The reply repeats the timestamp of the put.";
            return Err(Breach::new(
                &PUTS,
                message,
                wanted("timestamp", &json!(at)),
                shown(&reply.body, "timestamp"),
            ));
        }
        Ok(())
    }

    fn read(&mut self, body: &Value, answer: Answer, reply: &Reply) -> Result<(), Breach> {
        let name = body["key"].as_str().unwrap_or_default().to_owned();
        let chain = self.keys.entry(name.clone()).or_default();
        let newest = chain.versions.iter().map(|v| v.0).max();
        let Some(at) = whole(&body["read_timestamp"]).or(newest) else {
            return Ok(());
        };
        self.highest_read = self.highest_read.max(Some(at));
        let right = chain.newest_at(at);
        let visible = right.map(|n| &chain.versions[n]);
        if visible.is_some_and(|v| chain.versions.iter().filter(|w| w.0 == v.0).count() > 1) {
            return Ok(());
        }
        let before = chain.answered.insert(at, right);
        let Some((timestamp, value)) = visible else {
            if answer == Answer::Refused
                || reply.body["value"].is_null() && reply.body.get("value").is_some()
            {
                return Ok(());
            }
            let message = format!("No version of {name:?} is at or below {at}.");
            let rule = if self.of_another(&name, &reply.body["value"]) {
                &PER_KEY
            } else {
                &NOTHING
            };
            return Err(Breach::new(
                rule,
                message,
                "\"value\": null, or a definite error",
                shown(&reply.body, "value"),
            ));
        };
        let number = right.map_or(0, |n| n + 1);
        let expected = format!(
            "{}, {}, {}",
            wanted("value", value),
            wanted("version", &json!(number)),
            wanted("as_of_timestamp", &json!(timestamp)),
        );
        let got = format!(
            "{}, {}, {}",
            shown(&reply.body, "value"),
            shown(&reply.body, "version"),
            shown(&reply.body, "as_of_timestamp"),
        );
        let message = format!(
            "At {at} the newest version of {name:?} is number {number}, written at {timestamp}."
        );
        if answer == Answer::Refused {
            let rule = self.rule_for(&name, at, before, None);
            return Err(refused(rule, expected, reply));
        }
        if reply.body.get("value").is_none() || !same(&reply.body["value"], value) {
            let rule = self.rule_for(&name, at, before, Some(&reply.body["value"]));
            return Err(Breach::new(rule, message, expected, got));
        }
        let named = whole(&reply.body["version"]) == Some(number as i64);
        if !named || whole(&reply.body["as_of_timestamp"]) != Some(*timestamp) {
            return Err(Breach::new(&NAMES_VERSION, message, expected, got));
        }
        Ok(())
    }

    fn of_another(&self, name: &str, value: &Value) -> bool {
        let holds = |chain: &Chain| chain.versions.iter().any(|(_, v)| same(v, value));
        !self.keys.get(name).is_some_and(holds) && self.keys.values().any(holds)
    }

    /// Which rule a wrong value speaks of.
    fn rule_for(
        &self,
        name: &str,
        at: i64,
        before: Option<Option<usize>>,
        got: Option<&Value>,
    ) -> &'static Rule {
        let chain = &self.keys[name];
        let right = chain.newest_at(at);
        if got.is_some_and(|v| chain.refused.iter().any(|r| same(r, v))) {
            return &REFUSED_PUT;
        }
        if got.is_some_and(|v| !v.is_null() && self.of_another(name, v)) {
            return &PER_KEY;
        }
        if before == Some(right) {
            return &REPEATABLE;
        }
        let in_order = chain.versions.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !in_order {
            return &ORDER;
        }
        if right.is_some_and(|n| chain.versions[n].0 == at) {
            return &AT;
        }
        &READS_BELOW
    }
}

impl Chain {
    fn newest_at(&self, at: i64) -> Option<usize> {
        let seen = self.versions.iter().enumerate().filter(|(_, v)| v.0 <= at);
        seen.max_by_key(|(_, v)| v.0).map(|(n, _)| n)
    }
}
