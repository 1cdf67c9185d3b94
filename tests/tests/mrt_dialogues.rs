//! The dialogues of multi-record transactions, every reply of each, against
//! the core: one line in, one line out.

use isolab_core::node::{Node, NodeOptions, Step};
use isolab_core::time::Time;
use serde_json::Value;

const DIALOGUES: &str = include_str!("../data/mrt.jsonl");

/// The text of an error is free.
fn without_text(mut reply: Value) -> Value {
    if reply["body"]["type"] == "error"
        && let Some(body) = reply["body"].as_object_mut()
    {
        body.remove("text");
    }
    reply
}

fn replies(input: &[Value]) -> Vec<Value> {
    let mut node = Node::new(NodeOptions::default());
    let mut step = Step::new();
    let mut replies = Vec::new();
    for (message, number) in input.iter().zip(1..) {
        step.clear();
        let line = message.to_string();
        node.handle_line(Time::default(), number, line.as_bytes(), &mut step);
        let text = std::str::from_utf8(&step.replies).expect("replies are UTF-8");
        replies.extend(
            text.lines()
                .map(|line| serde_json::from_str::<Value>(line).expect("JSON")),
        );
    }
    replies
}

#[test]
fn every_reply_of_every_dialogue() {
    let mut dialogues = 0;
    for line in DIALOGUES.lines() {
        let case: Value = serde_json::from_str(line).expect("a dialogue a line");
        let input = case["input"].as_array().expect("input");
        let expected = case["expected_output"].as_array().expect("expected_output");
        let found = replies(input);
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_eq!(
                without_text(found.clone()),
                without_text(expected.clone()),
                "{}, reply {at}",
                case["id"]
            );
        }
        assert_eq!(found.len(), expected.len(), "{}", case["id"]);
        dialogues += 1;
    }
    assert_eq!(dialogues, 33);
}
