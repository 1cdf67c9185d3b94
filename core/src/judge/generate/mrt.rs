//! Interleaved multi-record transactions on four keys, with commands from outside.

use super::super::random::Random;
use super::super::script::{Case, hole};
use super::client;
use serde_json::{Value, json};

/// Sixteen to forty commands of up to four open transactions.
pub fn write(random: &mut Random, case: &mut Case) {
    let stage = random.below(5);
    let mut open: Vec<u32> = Vec::new();
    let mut over: Vec<u32> = Vec::new();
    let mut clock = 0;
    let mut count = 0;
    for _ in 0..random.between(16, 40) {
        let who = client(random);
        if open.len() < 4 && (open.is_empty() || random.chance(1, 6)) {
            let mut body = json!({"type": "mrt_begin"});
            if stage == 4 {
                body["reads_capacity"] = json!(16);
                body["writes_capacity"] = json!(16);
            }
            if stage == 2 && random.chance(1, 2) {
                body["timeout"] = json!(random.between(2, 5));
            }
            open.push(case.ask(who, body));
            continue;
        }
        let inside = random.chance(4, 5);
        let n = random.below(open.len());
        let txn = inside.then(|| open[n]);
        count += 1;
        match random.below(if stage == 0 { 20 } else { 24 }) {
            0..=6 => command(random, case, who, txn, json!({"type": "mrt_get"})),
            7..=12 => {
                let body = json!({"type": "mrt_put", "bins": {"v": format!("v{count}")}});
                command(random, case, who, txn, body);
            }
            13 => command(
                random,
                case,
                who,
                txn,
                json!({"type": "mrt_delete", "durable": true}),
            ),
            14 => command(random, case, who, txn, json!({"type": "mrt_exists"})),
            15..=17 => {
                let begin = open.swap_remove(n);
                case.ask(
                    who,
                    json!({"type": "mrt_commit", "txn_id": hole(begin, "txn_id")}),
                );
                if matches!(stage, 1 | 3) && random.chance(1, 2) {
                    // What a commit left behind shows in the transaction only.
                    let txn = hole(begin, "txn_id");
                    case.ask(who, json!({"type": "mrt_txn_info", "txn_id": txn}));
                }
                over.push(begin);
            }
            18 => {
                let begin = open.swap_remove(n);
                case.ask(
                    who,
                    json!({"type": "mrt_abort", "txn_id": hole(begin, "txn_id")}),
                );
                over.push(begin);
            }
            19 => match over.last() {
                Some(begin) => {
                    let kind = *random.pick(&["mrt_commit", "mrt_abort"]);
                    case.ask(who, json!({"type": kind, "txn_id": hole(*begin, "txn_id")}));
                }
                None => command(random, case, who, txn, json!({"type": "mrt_touch"})),
            },
            _ => extra(random, case, stage, open[n], &mut clock),
        }
    }
    for key in KEYS {
        case.ask(
            "c3",
            json!({"type": "mrt_get", "key": ["test", "demo", key]}),
        );
    }
}

/// A transaction over two of five hundred keys.
pub fn write_long(random: &mut Random, case: &mut Case) {
    let key = |n: usize| json!(["test", "demo", n]);
    let (a, b) = (random.below(500), random.below(500));
    let begin = case.ask("c1", json!({"type": "mrt_begin"}));
    let txn = hole(begin, "txn_id");
    case.ask(
        "c1",
        json!({"type": "mrt_put", "key": key(a), "bins": {"v": begin}, "txn_id": txn}),
    );
    case.ask(
        "c1",
        json!({"type": "mrt_put", "key": key(b), "bins": {"v": begin}, "txn_id": txn}),
    );
    case.ask("c1", json!({"type": "mrt_commit", "txn_id": txn}));
    case.ask("c2", json!({"type": "mrt_get", "key": key(a)}));
}

const KEYS: [&str; 4] = ["w", "x", "y", "z"];

fn command(random: &mut Random, case: &mut Case, who: &str, txn: Option<u32>, mut body: Value) {
    body["key"] = json!(["test", "demo", *random.pick(&KEYS)]);
    if let Some(begin) = txn {
        body["txn_id"] = hole(begin, "txn_id");
    }
    case.ask(who, body);
}

/// What the later stages add.
fn extra(random: &mut Random, case: &mut Case, stage: usize, begin: u32, clock: &mut usize) {
    let txn = hole(begin, "txn_id");
    let body = match stage {
        1 => json!({"type": "mrt_txn_info", "txn_id": txn}),
        2 if random.chance(1, 2) => {
            *clock += random.between(1, 6);
            json!({"type": "mrt_tick", "now": *clock})
        }
        2 => json!({"type": "mrt_sweep"}),
        3 => {
            let step = *random.pick(&["mark", "roll", "close", "write", "verify"]);
            let mode = *random.pick(&["lost_request", "lost_reply"]);
            json!({"type": "mrt_fault", "step": step, "mode": mode})
        }
        _ => {
            json!({"type": "mrt_txn_hash", "txn_id": txn, "map": *random.pick(&["reads", "writes"])})
        }
    };
    case.ask("c3", body);
}
