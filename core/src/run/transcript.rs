//! Telling a recording's answers from its requests.
//!
//! 1. A reply (`…_ok` or `error`) whose sender is a node that requests were
//!    sent to is that node's answer; any other line is a request, even a bad one.
//! 2. It answers the latest request of its receiver with the `msg_id` in
//!    `in_reply_to`; without one, the latest request before it.

use std::collections::{BTreeMap, BTreeSet};

use super::sent::Sent;

/// What of a recording has been seen.
#[derive(Debug, Default)]
pub struct Transcript {
    /// Nodes that requests were sent to.
    nodes: BTreeSet<String>,
    /// The latest step of each client and `msg_id`.
    asked: BTreeMap<(String, u64), u32>,
    steps: u32,
    answers: BTreeMap<u32, Vec<String>>,
}

impl Transcript {
    /// Notes a request that became a step.
    pub fn sent(&mut self, step: u32, line: &str) {
        self.steps = step;
        let Some(sent) = Sent::read(line) else {
            return;
        };
        if let Some(msg_id) = sent.body.integer("msg_id") {
            self.asked.insert((sent.src.into_owned(), msg_id), step);
        }
        self.nodes.insert(sent.dest.into_owned());
    }

    /// Whether a line is a node's answer; if so, it is kept.
    pub fn is_answer(&mut self, line: &str) -> bool {
        // Most lines are requests: look for the field before reading the line.
        if !line.contains("in_reply_to") {
            return false;
        }
        let Some(sent) = Sent::read(line) else {
            return false;
        };
        if !sent.is_reply() || !self.nodes.contains(sent.src.as_ref()) {
            return false;
        }
        let number = sent.body.integer("in_reply_to");
        let asked = number.and_then(|n| self.asked.get(&(sent.dest.into_owned(), n)));
        let step = asked.copied().unwrap_or(self.steps);
        self.answers.entry(step).or_default().push(line.to_owned());
        true
    }

    /// The answers of each step; when there are any, a step without one is a
    /// step that was not answered.
    pub fn answers(self) -> impl Iterator<Item = (u32, Vec<String>)> {
        let last = if self.answers.is_empty() {
            0
        } else {
            self.steps
        };
        let mut answers = self.answers;
        (1..=last).map(move |step| (step, answers.remove(&step).unwrap_or_default()))
    }
}
