//! A fuzzer for the line parser and the node, on stable Rust.
//!
//! Seeded: a failure prints its seed, and the same seed is the same run. Lines
//! start as requests that the catalogue describes and are mutated by bytes and
//! by tokens, so that most stay close to the grammar. `ISOLAB_LONG=1` runs
//! fifty times as long, `ISOLAB_SEED=n` from another seed.

#![expect(
    clippy::disallowed_methods,
    reason = "how long to fuzz comes from the environment; the core itself reads none"
)]

use isolab_core::node::{Node, NodeOptions, Step};
use isolab_core::protocol::catalogue;
use isolab_core::time::Time;
use serde_json::Value;

const RUNS: u64 = 200;
const LINES: u64 = 60;

/// Pieces that a mutation splices in.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.0",
    "1e2",
    "9223372036854775808",
    "9007199254740991",
    "{}",
    "[]",
    "\"\"",
    "\"x\"",
    "\"t1\"",
    "\"s1\"",
    "\"\\ud800\"",
    "\"\\u0041\"",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\"key\":",
    "\"type\":",
    "\"msg_id\":7,",
    "\"src\":\"c9\",",
    "\u{e9}",
    "\t",
    "[[[[[[[[",
    "]]]]]]]]",
    "\"op\":\"get\"",
    "\"append\"",
    "\"r\"",
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

fn line(random: &mut Random) -> Vec<u8> {
    let examples: Vec<&str> = catalogue::all().map(|kind| kind.example).collect();
    let body = random.pick(&examples);
    let dest = random.pick(&["n1", "n1", "n1", "n1", "n1", "n1", "n1", "n2"]);
    let mut line = format!(r#"{{"src":"c1","dest":"{dest}","body":{body}}}"#).into_bytes();
    // Half of the requests stay whole: the stores must be reached, and change.
    for _ in 0..random.below(2) * (1 + random.below(4)) {
        mutate(&mut line, random);
    }
    line
}

fn mutate(line: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(line.len() + 1);
    let end = (at + 1 + random.below(12)).min(line.len());
    match random.below(7) {
        0 => line.insert(at, random.below(256) as u8),
        1 => drop(line.splice(at..end, [])),
        2 => drop(line.splice(at..at, random.pick(TOKENS).bytes())),
        3 => drop(line.splice(at..end, random.pick(TOKENS).bytes())),
        4 => line.truncate(at),
        5 => {
            let copy = line[at..end].to_vec();
            drop(line.splice(at..at, copy));
        }
        _ => {
            // Another number where there is one: timestamps and versions move.
            if let Some(digit) = line.iter().rposition(u8::is_ascii_digit) {
                line[digit] = b'0' + random.below(10) as u8;
            }
        }
    }
}

/// Feed one node; every reply must be a whole message with the next number.
fn run(lines: &[Vec<u8>], step: &mut Step) -> Vec<u8> {
    let mut node = Node::new(NodeOptions::default());
    for (line, number) in lines.iter().zip(1..) {
        node.handle_line(Time::ZERO, number, line, step);
    }
    std::mem::take(&mut step.replies)
}

fn check(seed: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let init = br#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#;
    let mut lines: Vec<Vec<u8>> = (0..LINES).map(|_| line(&mut random)).collect();
    lines.insert(random.below(3), init.to_vec());
    let (mut quiet, mut recording) = (Step::new(), Step::recording());
    let replies = run(&lines, &mut quiet);
    let again = run(&lines, &mut recording);
    assert_eq!(replies, again, "seed {seed}: events change no reply");
    assert_eq!(quiet.notes, recording.notes, "seed {seed}");
    let text = std::str::from_utf8(&replies).unwrap_or_else(|_| panic!("seed {seed}: not UTF-8"));
    for (reply, msg_id) in text.lines().zip(0u64..) {
        // Half a surrogate pair may come back in a value, as it was sent.
        if reply.contains("\\ud800") {
            continue;
        }
        let reply: Value =
            serde_json::from_str(reply).unwrap_or_else(|why| panic!("seed {seed}: {why}: {reply}"));
        let body = &reply["body"];
        let kind = body["type"].as_str().unwrap_or_default();
        assert!(
            kind.ends_with("_ok") || kind == "error",
            "seed {seed}: {reply}"
        );
        assert_eq!(body["msg_id"], msg_id, "seed {seed}: {reply}");
        assert!(
            reply["src"].is_string() && reply["dest"].is_string(),
            "seed {seed}: {reply}"
        );
    }
}

#[test]
fn no_input_makes_the_node_panic_or_lose_count() {
    let long = std::env::var_os("ISOLAB_LONG").is_some_and(|value| value != "0");
    let first: u64 = std::env::var("ISOLAB_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    for seed in first..first + if long { RUNS * 50 } else { RUNS } {
        check(seed);
    }
}
