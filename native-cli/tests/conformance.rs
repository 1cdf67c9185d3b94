//! Every rule of the wire protocol, through the real binary's pipes.
//!
//! The dialogues are data: `tests/conformance/*.script`, whose README says how
//! to read them. One message is sent at a time, and its reply is awaited before
//! the next: a node that holds replies back fails here too.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// Generous: the machine may be busy. A node that answers needs microseconds.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn batch() {
    assert_eq!(run("batch"), 7);
}

#[test]
fn envelope() {
    assert_eq!(run("envelope"), 15);
}

#[test]
fn init() {
    assert_eq!(run("init"), 4);
}

#[test]
fn list_append() {
    assert_eq!(run("list-append"), 4);
}

#[test]
fn mvcc() {
    assert_eq!(run("mvcc"), 11);
}

#[test]
fn occ() {
    assert_eq!(run("occ"), 8);
}

/// Run every dialogue of a script; how many there were.
fn run(script: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let file = folder.join(format!("{script}.script"));
    let text = fs::read_to_string(&file).expect("the script can be read");
    let mut dialogues = 0;
    let mut dialogue: Option<Dialogue> = None;
    for (line, number) in text.lines().zip(1..) {
        let place = format!("{script}.script:{number}");
        if let Some(name) = line.strip_prefix("== ") {
            if let Some(before) = dialogue.replace(Dialogue::begin(name)) {
                before.finish();
            }
            dialogues += 1;
        } else if !line.starts_with('#') && !line.is_empty() {
            let dialogue = dialogue.as_mut().expect("a dialogue has begun");
            dialogue.line(line, &place);
        }
    }
    if let Some(last) = dialogue {
        last.finish();
    }
    dialogues
}

/// A node on its pipes, and what it is owed.
struct Dialogue {
    name: String,
    child: Child,
    input: ChildStdin,
    replies: Receiver<String>,
    /// The `msg_id` that the node will give its next message.
    sent: u64,
    /// Sender and `msg_id` of the last request.
    asked: (String, i64),
    notes: Vec<String>,
}

impl Dialogue {
    fn begin(name: &str) -> Dialogue {
        let mut child = Command::new(env!("CARGO_BIN_EXE_isolab"))
            .arg("node")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the node starts");
        let output = child.stdout.take().expect("stdout is a pipe");
        let (sender, replies) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take().expect("stdin is a pipe");
        let asked = (String::new(), 0);
        let mut dialogue = Dialogue {
            name: name.to_string(),
            child,
            input,
            replies,
            sent: 0,
            asked,
            notes: Vec::new(),
        };
        if !name.ends_with("before init") {
            dialogue.send(br#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":0,"node_id":"n1","node_ids":["n1"]}}"#);
            assert!(dialogue.reply(name).contains("init_ok"));
        }
        dialogue
    }

    fn line(&mut self, line: &str, place: &str) {
        if let Some(expected) = line.strip_prefix("=> ") {
            self.expect(expected, place);
        } else if let Some(note) = line.strip_prefix("! ") {
            self.notes.push(note.to_string());
        } else if let Some(text) = line.strip_prefix('>') {
            self.send(&bytes(text.strip_prefix(' ').unwrap_or(text)));
        } else {
            let (client, body) = line.split_once(' ').expect("a client and a body");
            let fields = body.strip_prefix('{').expect("a body is an object");
            let msg_id = self.asked.1 + 1;
            self.asked = (client.to_string(), msg_id);
            let head = format!(r#"{{"src":"{client}","dest":"n1","body":{{"msg_id":{msg_id},"#);
            self.send(format!("{head}{fields}}}").as_bytes());
        }
    }

    fn expect(&mut self, expected: &str, place: &str) {
        let (form, rest) = expected.split_once(' ').unwrap_or((expected, ""));
        let (client, msg_id) = self.asked.clone();
        match form {
            // Whatever comes unasked is found by the next reply, or at the end.
            "none" => {}
            "raw" => assert_eq!(self.reply(place), rest, "{place}"),
            "error" => {
                let (code, words) = rest.split_once(' ').expect("a code and words");
                // A line as it stands has its own number, or none.
                self.error("n1", code, None, None, words, place);
            }
            "raw-error" | "raw-error-from" => {
                let (src, rest) = match form {
                    "raw-error" => ("n1", rest),
                    _ => rest.split_once(' ').expect("a sender"),
                };
                let mut words = rest.splitn(4, ' ');
                let mut next = || words.next().expect("code, in_reply_to, dest, words");
                let (code, to, dest, text) = (next(), next(), next(), next());
                self.error(src, code, Some(to), Some(dest), text, place);
            }
            _ => {
                let sent = self.sent;
                let (kind, fields) = match expected.split_once("\", ") {
                    Some((kind, fields)) => (format!("{kind}\""), format!(", {fields}")),
                    None => (expected.trim_end_matches('}').to_string(), "}".to_string()),
                };
                let numbers = format!(r#""in_reply_to": {msg_id}, "msg_id": {sent}"#);
                let body = format!("{kind}, {numbers}{fields}");
                let line = format!(r#"{{"src": "n1", "dest": "{client}", "body": {body}}}"#);
                assert_eq!(self.reply(place), line, "{place}");
            }
        }
    }

    fn error(
        &mut self,
        src: &str,
        code: &str,
        to: Option<&str>,
        dest: Option<&str>,
        words: &str,
        place: &str,
    ) {
        let sent = self.sent;
        let line = self.reply(place);
        let reply: Value = serde_json::from_str(&line).expect("a reply is JSON");
        let body = &reply["body"];
        let order: Vec<&str> = line.matches("\"type\": \"error\"").collect();
        assert_eq!(order.len(), 1, "{place}: {line}");
        assert_eq!(reply["src"], src, "{place}: {line}");
        assert_eq!(body["code"].to_string(), code, "{place}: {line}");
        assert_eq!(body["msg_id"], sent, "{place}: {line}");
        if let Some(to) = to {
            assert_eq!(body["in_reply_to"].to_string(), to, "{place}: {line}");
        }
        if let Some(dest) = dest {
            assert_eq!(reply["dest"], dest, "{place}: {line}");
        }
        let text = body["text"].as_str().unwrap_or_default();
        assert!(
            text.contains(words),
            "{place}: {text:?} does not hold {words:?}"
        );
    }

    fn send(&mut self, line: &[u8]) {
        self.input.write_all(line).expect("the node reads");
        self.input.write_all(b"\n").expect("the node reads");
    }

    fn reply(&mut self, place: &str) -> String {
        self.sent += 1;
        let reply = self.replies.recv_timeout(PATIENCE);
        reply.unwrap_or_else(|_| panic!("{place}: {}: no reply", self.name))
    }

    /// The end of the input: nothing more comes, and the node exits 0.
    fn finish(self) {
        let Dialogue {
            name,
            mut child,
            input,
            replies,
            notes,
            ..
        } = self;
        drop(input);
        if let Ok(reply) = replies.recv_timeout(PATIENCE) {
            panic!("{name}: a reply to nothing: {reply}");
        }
        let mut log = String::new();
        let mut stderr = child.stderr.take().expect("stderr is a pipe");
        stderr.read_to_string(&mut log).expect("the log is text");
        assert!(child.wait().expect("the node ends").success(), "{name}");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), notes.len(), "{name}: one line a note\n{log}");
        for (line, note) in lines.iter().zip(&notes) {
            assert!(
                line.contains(note.as_str()),
                "{name}: {line:?} does not hold {note:?}"
            );
        }
    }
}

/// A line as it stands; `hex …` is bytes, `nested N …` has N lists at its `@`.
fn bytes(text: &str) -> Vec<u8> {
    if let Some(digits) = text.strip_prefix("hex ") {
        let byte = |digits: &str| u8::from_str_radix(digits, 16).expect("two digits a byte");
        return digits.split(' ').map(byte).collect();
    }
    if let Some((depth, line)) = text
        .strip_prefix("nested ")
        .and_then(|rest| rest.split_once(' '))
    {
        let depth: usize = depth.parse().expect("a number of lists");
        return line
            .replace('@', &("[".repeat(depth) + &"]".repeat(depth)))
            .into_bytes();
    }
    text.as_bytes().to_vec()
}
