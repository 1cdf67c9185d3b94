//! # Predict, then reveal
//!
//! Before a step is taken, the learner may be asked what it will do. The
//! question comes from the events of that very step, the choices from what
//! the earlier ones have made: nothing is written by hand, so any run asks.
//!
//! ```text
//!   before 19   x: v1 @100, v2 @200, v3 @300        mvcc_get x @150
//!               "Which version will this read of x at 150 return?"
//!               ( ) v1 @100   ( ) v2 @200   ( ) v3 @300   ( ) nothing
//! ```
//!
//! 1. A question has two to six choices, exactly one of them true, in an order
//!    that gives nothing away (that of time, or of size).
//! 2. Where there is nothing to be wrong about (a read with one candidate that
//!    cannot miss, a commit that checks nothing), nothing is asked.
//!
//! Left out: counting the answers, which the page does.

mod lists;
mod mvcc;
mod occ;

use serde::{Deserialize, Serialize};

use crate::{event::Event, run::Run};

/// What to ask before a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Question {
    /// The step that will answer it.
    pub step: u32,
    /// The question.
    pub prompt: String,
    /// What can be answered.
    pub choices: Vec<String>,
    /// Which choice is true: its place, from 0.
    pub answer: u32,
}

/// The question for a step of a run, if the step can be guessed wrong.
pub fn before(run: &Run, step: u32) -> Option<Question> {
    let asked = run.events_of(step).iter().find_map(|event| match event {
        Event::SnapshotRead { .. } => mvcc::read(run, step, event),
        Event::VersionWritten { .. } | Event::WriteRefusedByReader { .. } => {
            mvcc::write(run, step, event)
        }
        Event::VersionsCollected { .. } => mvcc::collection(run, step, event),
        Event::CommitAccepted { .. } | Event::CommitRefused { .. } => occ::commit(event),
        Event::ListTransactionExecuted { .. } => lists::read(run, step, event),
        Event::BatchCommitted { .. } | Event::BatchRead { .. } => batch(true),
        Event::RequestRefused { kind, .. } if kind == "txn_execute" => batch(false),
        _ => None,
    })?;
    let (prompt, choices, answer) = asked;
    let distinct =
        choices.len() > 1 && (1..choices.len()).all(|at| !choices[..at].contains(&choices[at]));
    distinct.then_some(Question {
        step,
        prompt,
        choices,
        answer: answer as u32,
    })
}

/// A prompt, its choices, and the place of the true one.
type Asked = (String, Vec<String>, usize);

/// Everything that happened before a step, oldest first.
fn earlier(run: &Run, step: u32) -> impl Iterator<Item = &Event> {
    (1..step).flat_map(|number| run.events_of(number))
}

/// Choices from candidates: at most `most`, the true one always among them,
/// in their own order.
fn few(candidates: Vec<String>, answer: usize, most: usize) -> (Vec<String>, usize) {
    let from = (answer + 1)
        .saturating_sub(most / 2 + 1)
        .min(candidates.len().saturating_sub(most));
    let to = candidates.len().min(from + most);
    (candidates[from..to].to_vec(), answer - from)
}

fn batch(accepted: bool) -> Option<Asked> {
    let choices = ["All of it", "Its valid operations only", "None of it"]
        .map(str::to_owned)
        .to_vec();
    let prompt = "What of this batch will be carried out?".to_owned();
    Some((prompt, choices, if accepted { 0 } else { 2 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INIT: &str = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#;

    fn run(bodies: &[&str]) -> Run {
        let mut script = INIT.to_owned();
        for (at, body) in bodies.iter().enumerate() {
            script += &format!(
                "\n{{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{{\"msg_id\":{},{body}}}}}",
                at + 2
            );
        }
        Run::from_script(&script)
    }

    fn last(bodies: &[&str]) -> Option<(String, String)> {
        let run = run(bodies);
        let question = before(&run, run.len())?;
        assert!((2..=6).contains(&question.choices.len()), "{question:?}");
        let answer = question.choices[question.answer as usize].clone();
        Some((question.prompt, answer))
    }

    const OLD: &str = r#""type":"mvcc_put","key":"x","value":"old","timestamp":100"#;
    const NEW: &str = r#""type":"mvcc_put","key":"x","value":"new","timestamp":200"#;

    #[test]
    fn a_read_asks_for_its_version() {
        let read = r#""type":"mvcc_get","key":"x","read_timestamp":150"#;
        let (prompt, answer) = last(&[OLD, NEW, read]).unwrap();
        assert_eq!(prompt, "Which version will this read of x at 150 return?");
        assert_eq!(answer, "v1 \"old\" @100");
        let early = r#""type":"mvcc_get","key":"x","read_timestamp":50"#;
        assert_eq!(last(&[OLD, NEW, early]).unwrap().1, "nothing");
        assert_eq!(
            last(&[early]),
            None,
            "a key without versions leaves nothing to guess"
        );
    }

    #[test]
    fn a_late_put_asks_whether_it_will_be_accepted() {
        let read = r#""type":"mvcc_get","key":"x","read_timestamp":250"#;
        let late = r#""type":"mvcc_put","key":"x","value":"late","timestamp":150"#;
        assert_eq!(
            last(&[OLD, NEW, late]).unwrap().1,
            "It takes its place in the chain"
        );
        let between = r#""type":"mvcc_put","key":"x","value":"late","timestamp":220"#;
        assert!(
            last(&[OLD, NEW, read, between])
                .unwrap()
                .1
                .starts_with("It is refused")
        );
        assert_eq!(
            last(&[OLD, NEW]),
            None,
            "a put at the end cannot be guessed wrong"
        );
    }

    #[test]
    fn a_collection_asks_how_many_go() {
        let gc = r#""type":"mvcc_gc","watermark":250"#;
        assert_eq!(last(&[OLD, NEW, gc]).unwrap().1, "1");
    }

    #[test]
    fn a_commit_asks_whether_it_commits() {
        let begin = r#""type":"occ_begin""#;
        let read = r#""type":"occ_read","txn_id":"t1","key":"x""#;
        let other = r#""type":"occ_commit","txn_id":"t9","writes":[{"key":"x","value":1}],"read_versions":[]"#;
        let commit = r#""type":"occ_commit","txn_id":"t1","writes":[{"key":"x","value":2}],"read_versions":[{"key":"x","version":0}]"#;
        assert_eq!(last(&[begin, read, commit]).unwrap().1, "Yes: it commits");
        assert_eq!(
            last(&[begin, read, other, commit]).unwrap().1,
            "No: it is refused"
        );
        assert_eq!(
            last(&[other]),
            None,
            "a commit that checks nothing always commits"
        );
    }

    #[test]
    fn a_list_read_asks_for_its_list() {
        let append = r#""type":"txn","txn":[["append",9,1],["append",9,2]]"#;
        let both = r#""type":"txn","txn":[["append",9,3],["r",9,null]]"#;
        assert_eq!(last(&[append, both]).unwrap().1, "[1 2 3]");
    }

    #[test]
    fn a_batch_asks_for_its_fate() {
        let good = r#""type":"txn_execute","operations":[{"op":"put","key":"a","value":1}]"#;
        let bad = r#""type":"txn_execute","operations":[{"op":"put","key":"a","value":1},{"op":"mix","key":"b"}]"#;
        assert_eq!(last(&[good]).unwrap().1, "All of it");
        assert_eq!(last(&[bad]).unwrap().1, "None of it");
    }

    #[test]
    fn the_true_choice_is_always_among_the_few() {
        for length in 2..12 {
            let candidates: Vec<String> = (0..length).map(|at| at.to_string()).collect();
            for answer in 0..length {
                let (choices, place) = few(candidates.clone(), answer, 6);
                assert_eq!(choices[place], answer.to_string());
                assert!(choices.len() <= 6);
            }
        }
    }
}
