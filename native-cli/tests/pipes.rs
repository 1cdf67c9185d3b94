//! How the node behaves on its pipes: bursts, ends, limits, records.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const INIT: &str = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#;
const INIT_OK: &str =
    r#"{"src": "n1", "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1, "msg_id": 0}}"#;

fn node(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_isolab"))
        .arg("node")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the node starts")
}

/// Everything in at once; what comes out, and the log.
fn burst(arguments: &[&str], input: &[u8]) -> (Vec<String>, String) {
    let mut child = node(arguments);
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input).expect("the node reads"));
    let output = child.wait_with_output().expect("the node ends");
    writer.join().expect("the input was written");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("replies are UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'));
    let log = String::from_utf8(output.stderr).expect("the log is UTF-8");
    (text.lines().map(str::to_string).collect(), log)
}

fn put(id: u64, value: &str) -> String {
    format!(
        r#"{{"src":"c1","dest":"n1","body":{{"type":"mvcc_put","msg_id":{id},"key":"x","value":"{value}","timestamp":{id}}}}}"#
    )
}

#[test]
fn replies_to_the_published_inputs_begin_with_the_published_bytes() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/exercises");
    let mut cases = 0;
    for exercise in std::fs::read_dir(file)
        .expect("the course is there")
        .flatten()
    {
        let Ok(text) = std::fs::read_to_string(exercise.path().join("cases/published.json")) else {
            continue;
        };
        let published: Value = serde_json::from_str(&text).expect("published.json is JSON");
        for case in published.as_array().into_iter().flatten() {
            let lines = |name: &str| -> Vec<String> {
                let list = case[name].as_array().expect("a list of lines");
                list.iter()
                    .filter_map(|line| line.as_str().map(str::to_string))
                    .collect()
            };
            let (input, expected) = (lines("input"), lines("expected_output"));
            let (replies, log) = burst(&[], (input.join("\n") + "\n").as_bytes());
            assert_eq!(replies.len(), input.len(), "each request is answered once");
            assert_eq!(replies[..expected.len()], expected[..]);
            assert_eq!(log, "");
            cases += 1;
        }
    }
    assert!(cases >= 5, "{cases} published cases");
}

#[test]
fn a_burst_is_answered_in_order_and_the_last_line_needs_no_newline() {
    let mut input = INIT.to_string();
    for id in 2..5000 {
        input += &format!("\n{}", put(id, &"v".repeat(id as usize % 300)));
    }
    let (replies, log) = burst(&[], input.as_bytes());
    assert_eq!((replies.len(), log.as_str()), (4999, ""));
    for (reply, id) in replies.iter().zip(1..) {
        assert!(reply.contains(&format!(r#""in_reply_to": {id}, "msg_id": {}"#, id - 1)));
    }
}

#[test]
fn a_line_beyond_the_limit_is_skipped_and_the_node_goes_on() {
    let long = put(2, &"v".repeat(400_000));
    let next = put(3, "w");
    let input = format!("{INIT}\n{long}\n{next}\n");
    let (replies, log) = burst(&["--max-line-bytes", "1000"], input.as_bytes());
    assert_eq!(replies.len(), 2);
    assert!(replies[1].contains(r#""in_reply_to": 3"#));
    assert!(
        log.contains("line 2, column 1001") && log.lines().count() == 1,
        "{log}"
    );
    // At the limit a line is whole.
    let limit = INIT.len().max(next.len()).to_string();
    let (replies, log) = burst(
        &["--max-line-bytes", &limit],
        format!("{INIT}\n{next}").as_bytes(),
    );
    assert_eq!((replies.len(), log.as_str()), (2, ""));
    // And a long line may be the last.
    let (replies, log) = burst(
        &["--max-line-bytes", "1000"],
        format!("{INIT}\n{long}").as_bytes(),
    );
    assert_eq!((replies.len(), log.lines().count()), (1, 1));
}

#[test]
fn a_reader_that_goes_away_ends_the_node_quietly() {
    let mut child = node(&[]);
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    let mut reply = String::new();
    writeln!(stdin, "{INIT}").expect("the node reads");
    stdout.read_line(&mut reply).expect("the node answers");
    assert_eq!(reply.trim_end(), INIT_OK);
    drop(stdout);
    // The node may be gone before all of this is written.
    let _ = writeln!(stdin, "{}", put(2, "v"));
    let _ = stdin.flush();
    let status = child.wait().expect("the node ends");
    assert_eq!(status.code(), Some(1), "{status}");
    let mut log = String::new();
    child
        .stderr
        .take()
        .expect("stderr is a pipe")
        .read_to_string(&mut log)
        .expect("text");
    assert_eq!(log, "");
}

#[test]
fn no_input_is_no_output() {
    assert_eq!(burst(&[], b""), (vec![], String::new()));
    assert_eq!(burst(&["--log-level", "off"], b"\n\n garbage \n").1, "");
    let (_, log) = burst(&["--log-level", "debug"], format!("{INIT}\n").as_bytes());
    assert!(
        log.contains("debug: in  {") && log.contains("debug: out {"),
        "{log}"
    );
}

#[test]
fn a_record_holds_every_message_in_and_out() {
    let file = std::env::temp_dir().join(format!("isolab-record-{}.jsonl", std::process::id()));
    let path = file.to_str().expect("a path that is text");
    let input = format!("{INIT}\n\ngarbage\n{}\n", put(2, "v"));
    let (replies, _) = burst(&["--record", path], input.as_bytes());
    let record = std::fs::read_to_string(&file).expect("the record was written");
    std::fs::remove_file(&file).expect("the record can go");
    let lines: Vec<&str> = record.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], format!(r#"{{"in": {INIT}}}"#));
    assert_eq!(lines[1], format!(r#"{{"out": {INIT_OK}}}"#));
    let skipped: Value = serde_json::from_str(lines[2]).expect("a line of the record is JSON");
    assert_eq!(skipped["skipped"]["line"], 3);
    assert_eq!(skipped["skipped"]["text"], "garbage");
    assert_eq!(lines[3], format!(r#"{{"in": {}}}"#, put(2, "v")));
    assert_eq!(lines[4], format!(r#"{{"out": {}}}"#, replies[1]));
}
