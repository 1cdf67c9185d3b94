//! List-append transactions: reads before and after appends, keys that look alike.

use super::super::random::Random;
use super::super::script::Case;
use super::client;
use serde_json::{Value, json};

/// Eight to twenty-four transactions.
pub fn write(random: &mut Random, case: &mut Case) {
    let mut keys = vec![json!(1), json!(2), json!(9)];
    if random.chance(1, 2) {
        keys.extend([json!("1"), json!("x")]);
    }
    keys.truncate(random.between(2, keys.len()));
    if random.chance(1, 3) {
        case.window = random.between(2, 8);
    }
    let mut element = 0;
    for _ in 0..random.between(8, 24) {
        let size = [1, 2, 2, 3, 4, 5][random.below(6)];
        let focus = random.pick(&keys).clone();
        let txn: Vec<Value> = (0..size)
            .map(|_| {
                let key = if random.chance(1, 2) {
                    focus.clone()
                } else {
                    random.pick(&keys).clone()
                };
                operation(random, &key, &mut element)
            })
            .collect();
        case.ask(client(random), json!({"type": "txn", "txn": txn}));
    }
    let all: Vec<Value> = keys.iter().map(|key| json!(["r", key, null])).collect();
    case.ask("c2", json!({"type": "txn", "txn": all}));
}

fn operation(random: &mut Random, key: &Value, element: &mut i64) -> Value {
    if random.chance(1, 2) {
        return json!(["r", key, null]);
    }
    // An element may come twice; both stay.
    if *element == 0 || !random.chance(1, 10) {
        *element += 1;
    }
    json!(["append", key, *element])
}

/// Two transactions on two of two thousand keys.
pub fn write_long(random: &mut Random, case: &mut Case) {
    let (a, b) = (random.below(2000), random.below(2000));
    let n = case.steps.len();
    case.ask(
        "c1",
        json!({"type": "txn", "txn": [["append", a, n], ["r", b, null]]}),
    );
    case.ask(
        "c2",
        json!({"type": "txn", "txn": [["r", a, null], ["append", b, n + 1]]}),
    );
}
