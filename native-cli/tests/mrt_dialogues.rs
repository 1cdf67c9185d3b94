//! The dialogues of multi-record transactions through the real binary: all
//! lines on stdin, every reply on stdout, exit 0.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

const DIALOGUES: &str = include_str!("../../tests/data/mrt.jsonl");

/// What `isolab node` answers to these lines.
fn answers(input: &[Value]) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .arg("node")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let lines: String = input.iter().map(|message| format!("{message}\n")).collect();
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(lines.as_bytes()).expect("the node reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the node ends");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("replies are UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a reply is JSON"))
        .collect()
}

/// The text of an error is free.
fn without_text(mut reply: Value) -> Value {
    if let Some(body) = reply["body"]
        .as_object_mut()
        .filter(|body| body["type"] == "error")
    {
        body.remove("text");
    }
    reply
}

#[test]
fn every_dialogue() {
    for line in DIALOGUES.lines() {
        let case: Value = serde_json::from_str(line).expect("a dialogue a line");
        let found = answers(case["input"].as_array().expect("input"));
        let expected = case["expected_output"].as_array().expect("expected_output");
        let plain = |replies: &[Value]| -> Vec<Value> {
            replies.iter().cloned().map(without_text).collect()
        };
        assert_eq!(plain(&found), plain(expected), "{}", case["id"]);
    }
}
