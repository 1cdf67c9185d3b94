//! Batches over few keys: mixed, bad in one place, and of growing size.

use super::super::random::Random;
use super::super::script::Case;
use super::client;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const KEYS: [&str; 6] = ["a", "b", "A", "balance_a", "balance_b", "k1"];

/// Ten to twenty-four batches.
pub fn write(random: &mut Random, case: &mut Case) {
    let keys = &KEYS[..random.between(2, KEYS.len())];
    // In one script of three nothing is ever missing, so that no program may refuse a batch.
    let mut store = Store {
        filled: random.chance(1, 3),
        ..Store::default()
    };
    if random.chance(1, 4) {
        case.window = random.between(2, 6);
    }
    for _ in 0..random.between(10, 24) {
        let operations = store.batch(random, keys);
        case.ask(
            client(random),
            json!({"type": "txn_execute", "operations": operations}),
        );
    }
    let reads: Vec<Value> = keys
        .iter()
        .filter(|k| store.may_read(k))
        .map(|k| json!({"op": "get", "key": k}))
        .collect();
    if !reads.is_empty() {
        case.ask("c2", json!({"type": "txn_execute", "operations": reads}));
    }
}

/// A few batches among a thousand keys.
pub fn write_long(random: &mut Random, case: &mut Case) {
    let mut key = || format!("k{}", random.below(1000));
    let (a, b) = (key(), key());
    let value = case.steps.len().to_string();
    let both =
        json!([{"op": "put", "key": a, "value": value}, {"op": "put", "key": b, "value": value}]);
    case.ask("c1", json!({"type": "txn_execute", "operations": both}));
    let read = json!([{"op": "get", "key": a}, {"op": "get", "key": b}]);
    case.ask("c2", json!({"type": "txn_execute", "operations": read}));
}

#[derive(Default)]
struct Store {
    present: BTreeSet<String>,
    filled: bool,
    count: usize,
}

impl Store {
    fn may_read(&self, key: &str) -> bool {
        !self.filled || self.present.contains(key)
    }

    fn value(&mut self, random: &mut Random) -> String {
        self.count += 1;
        // Amounts as in the task's example; now and then one that looks like nothing.
        if random.chance(1, 12) {
            "0".into()
        } else {
            (100 + self.count).to_string()
        }
    }

    fn batch(&mut self, random: &mut Random, keys: &[&str]) -> Vec<Value> {
        let size = [1, 1, 2, 2, 3, 3, 4, 5, 6][random.below(9)];
        // Reads only, writes only, or both.
        let kind = random.below(4);
        let before = self.present.clone();
        let mut operations: Vec<Value> = (0..size)
            .map(|_| self.operation(random, keys, kind))
            .collect();
        if random.chance(1, 5) {
            self.present = before;
            let at = random.below(operations.len() + 1);
            let key = *random.pick(keys);
            let bad = match random.below(4) {
                0 | 1 => {
                    json!({"op": *random.pick(&["increment", "set", "putt"]), "key": key, "value": "666"})
                }
                2 => json!({"op": "put", "value": "666"}),
                _ => json!({"op": "put", "key": key}),
            };
            operations.insert(at, bad);
        }
        operations
    }

    fn operation(&mut self, random: &mut Random, keys: &[&str], kind: usize) -> Value {
        let key = *random.pick(keys);
        let reads = match kind {
            0 => self.may_read(key),
            1 => false,
            _ => random.chance(1, 2) && self.may_read(key),
        };
        if reads {
            return json!({"op": "get", "key": key});
        }
        if self.present.contains(key) && random.chance(1, 4) {
            self.present.remove(key);
            return json!({"op": "delete", "key": key});
        }
        self.present.insert(key.into());
        json!({"op": "put", "key": key, "value": self.value(random)})
    }
}
