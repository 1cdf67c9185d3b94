//! Telling a recording's answers from its requests.
//!
//! 1. A line of a recording says what it is: `{"in": request}`, `{"out": answer}`,
//!    or `{"skipped": {…, "text": line}}` for a line that was no message.
//! 2. Else a reply (`…_ok` or `error`) whose sender is a node that requests were
//!    sent to is that node's answer; any other line is a request, even a bad one.
//! 3. It answers the latest request of its receiver with the `msg_id` in
//!    `in_reply_to`; without one, the latest request before it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::sent::{Fields, Sent};

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

    /// The request of a line; `None` for a node's answer, which is kept.
    pub fn request<'a>(&mut self, line: &'a str) -> Option<Cow<'a, str>> {
        if let Some(entry) = recorded(line) {
            return match entry {
                Entry::In(request) => Some(request),
                Entry::Out(answer) => {
                    self.keep(answer);
                    None
                }
            };
        }
        // Most lines are requests: look for the field before reading the line.
        let answer = line.contains("in_reply_to")
            && Sent::read(line)
                .is_some_and(|sent| sent.is_reply() && self.nodes.contains(sent.src.as_ref()));
        if answer {
            self.keep(line);
            return None;
        }
        Some(Cow::Borrowed(line))
    }

    /// Keeps an answer with the step that it answers.
    fn keep(&mut self, line: &str) {
        let Some(sent) = Sent::read(line) else {
            self.answers
                .entry(self.steps)
                .or_default()
                .push(line.to_owned());
            return;
        };
        let number = sent.body.integer("in_reply_to");
        let asked = number.and_then(|n| self.asked.get(&(sent.dest.into_owned(), n)));
        let step = asked.copied().unwrap_or(self.steps);
        self.answers.entry(step).or_default().push(line.to_owned());
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

/// What a line of a recording holds.
enum Entry<'a> {
    In(Cow<'a, str>),
    Out(&'a str),
}

/// A line of a recording; `None` when it is none.
fn recorded(line: &str) -> Option<Entry<'_>> {
    let start = line.trim_start();
    let marked = ["{\"in\":", "{\"out\":", "{\"skipped\":"];
    if !marked.iter().any(|mark| start.starts_with(mark)) {
        return None;
    }
    let fields = Fields::read(line)?;
    let [(name, value)] = &fields.0[..] else {
        return None;
    };
    match name.as_ref() {
        "in" => Some(Entry::In(Cow::Borrowed(value.get()))),
        "out" => Some(Entry::Out(value.get())),
        _ => Some(Entry::In(Fields::read(value.get())?.text("text")?)),
    }
}

#[cfg(test)]
mod tests {
    use crate::{run::Run, view::Window};

    const INIT: &str = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#;
    const INIT_OK: &str =
        r#"{"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1,"msg_id":0}}"#;
    const GET: &str = r#"{"src":"c1","dest":"n1","body":{"type":"mvcc_get","msg_id":2,"key":"x"}}"#;
    const WRONG: &str = r#"{"src":"n1","dest":"c1","body":{"type":"mvcc_get_ok","in_reply_to":2,"msg_id":1,"value":7,"version":1,"as_of_timestamp":5}}"#;

    fn check(lines: &[String]) {
        let run = Run::from_script(&lines.join("\n"));
        assert_eq!(run.len(), 3);
        assert_eq!(run.first_divergence(), Some(2));
        let actual = run.scene(2, &Window::default()).actual.unwrap();
        assert_eq!(actual.reply, "v1 7");
        let fields: Vec<&str> = actual
            .differences
            .iter()
            .map(|d| d.field.as_str())
            .collect();
        assert_eq!(fields, ["as_of_timestamp", "value", "version"]);
        assert!(!run.scene(1, &Window::default()).actual.unwrap().diverges);
        assert_eq!(run.step(3).unwrap().request, "not JSON");
    }

    #[test]
    fn a_transcript_holds_the_answers_of_a_program() {
        check(&[INIT, INIT_OK, GET, WRONG, "not JSON"].map(str::to_owned));
    }

    #[test]
    fn a_recording_says_what_went_in_and_out() {
        let skipped = r#"{"skipped": {"line": 3, "column": 1, "reason": "r", "text": "not JSON"}}"#;
        check(&[
            format!("{{\"in\": {INIT}}}"),
            format!("{{\"out\": {INIT_OK}}}"),
            format!("{{\"in\": {GET}}}"),
            format!("{{\"out\": {WRONG}}}"),
            skipped.to_owned(),
        ]);
    }
}
