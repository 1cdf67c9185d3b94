//! Optimistic transactions that interleave: stale reads, read-only keys, the same value twice.
//!
//! A small book is kept of which reads are stale, so that about half of the
//! commits should abort and half should not. What decides is the model; the book
//! only aims.

use super::super::random::Random;
use super::super::script::{Case, hole, hole_plus};
use super::client;
use serde_json::{Value, json};

/// Three to eight transactions, up to three of them open at once.
pub fn write(random: &mut Random, case: &mut Case) {
    let keys = &["x", "y", "z", "X"][..random.between(2, 4)];
    let mut book = Book::default();
    if random.chance(2, 3) {
        book.fill(case, keys);
    }
    let transactions = random.between(3, 8);
    let mut begun = 0;
    while begun < transactions || !book.open.is_empty() {
        if begun < transactions
            && (book.open.is_empty() || book.open.len() < 3 && random.chance(1, 3))
        {
            let step = case.ask(client(random), json!({"type": "occ_begin"}));
            book.open.push(Open {
                begin: step,
                reads: Vec::new(),
            });
            begun += 1;
            continue;
        }
        let n = random.below(book.open.len());
        if book.open[n].reads.len() < 3 && random.chance(3, 5) {
            book.read(random, case, n, keys);
        } else {
            let txn = book.open.swap_remove(n);
            book.commit(random, case, txn, keys);
        }
    }
    book.read_all(case, keys);
}

/// A read-modify-write on one of a thousand keys.
pub fn write_long(random: &mut Random, case: &mut Case) {
    let keys: Vec<String> = (0..16)
        .map(|_| format!("k{}", random.below(1000)))
        .collect();
    let begins: Vec<u32> = keys
        .iter()
        .map(|_| case.ask("c1", json!({"type": "occ_begin"})))
        .collect();
    let reads: Vec<u32> = keys
        .iter()
        .zip(&begins)
        .map(|(key, begin)| {
            let body = json!({"type": "occ_read", "txn_id": hole(*begin, "txn_id"), "key": key});
            case.ask("c1", body)
        })
        .collect();
    for ((key, begin), read) in keys.iter().zip(&begins).zip(&reads) {
        let value = case.steps.len().to_string();
        case.ask(
            "c2",
            json!({"type": "occ_commit", "txn_id": hole(*begin, "txn_id"),
                "writes": [{"key": key, "value": value}],
                "read_versions": [{"key": key, "version": hole(*read, "version")}]}),
        );
    }
}

#[derive(Default)]
struct Book {
    open: Vec<Open>,
    values: usize,
    /// Reads of transactions long over: versions to be listed once more.
    old_reads: Vec<(String, u32)>,
}

struct Open {
    begin: u32,
    reads: Vec<(String, u32)>,
}

impl Book {
    fn value(&mut self, random: &mut Random) -> String {
        // The same value again is a write all the same.
        if self.values == 0 || !random.chance(1, 4) {
            self.values += 1;
        }
        self.values.to_string()
    }

    fn fill(&mut self, case: &mut Case, keys: &[&str]) {
        for key in keys {
            let begin = case.ask("c1", json!({"type": "occ_begin"}));
            self.values += 1;
            case.ask(
                "c1",
                json!({"type": "occ_commit", "txn_id": hole(begin, "txn_id"),
                    "writes": [{"key": key, "value": self.values.to_string()}], "read_versions": []}),
            );
        }
    }

    fn read(&mut self, random: &mut Random, case: &mut Case, n: usize, keys: &[&str]) {
        let txn = &mut self.open[n];
        let unread: Vec<&&str> = keys
            .iter()
            .filter(|key| !txn.reads.iter().any(|(k, _)| k == **key))
            .collect();
        if unread.is_empty() {
            return;
        }
        let key = **random.pick(&unread);
        let body = json!({"type": "occ_read", "txn_id": hole(txn.begin, "txn_id"), "key": key});
        let step = case.ask(client(random), body);
        txn.reads.push((key.into(), step));
    }

    fn commit(&mut self, random: &mut Random, case: &mut Case, txn: Open, keys: &[&str]) {
        let mut listed: Vec<Value> = txn
            .reads
            .iter()
            .map(|(key, read)| json!({"key": key, "version": hole(*read, "version")}))
            .collect();
        if let Some((key, read)) = self.another(random, &txn) {
            // A version that this transaction did not read itself, or one from the future.
            let plus = if random.chance(1, 2) {
                0
            } else {
                random.between(1, 3) as i64
            };
            let version = if plus == 0 {
                hole(read, "version")
            } else {
                hole_plus(read, "version", 1000 * plus)
            };
            listed.insert(
                random.below(listed.len() + 1),
                json!({"key": key, "version": version}),
            );
        }
        let mut written: Vec<&str> = keys
            .iter()
            .filter(|_| random.chance(2, 5))
            .copied()
            .collect();
        if written.is_empty() || random.chance(1, 3) {
            written = match txn.reads.first() {
                Some((key, _)) => vec![keys.iter().copied().find(|k| k == key).unwrap_or(keys[0])],
                None => vec![*random.pick(keys)],
            };
        }
        if random.chance(1, 2) {
            written.reverse();
        }
        let writes: Vec<Value> = written
            .iter()
            .map(|key| json!({"key": key, "value": self.value(random)}))
            .collect();
        case.ask(
            client(random),
            json!({"type": "occ_commit", "txn_id": hole(txn.begin, "txn_id"),
                "writes": writes, "read_versions": listed}),
        );
        self.old_reads.extend(txn.reads);
        if random.chance(1, 2) {
            self.read_all(case, &written);
        }
    }

    fn another(&self, random: &mut Random, txn: &Open) -> Option<(String, u32)> {
        if self.old_reads.is_empty() || !random.chance(1, 5) {
            return None;
        }
        let (key, read) = random.pick(&self.old_reads).clone();
        let own = txn.reads.iter().any(|(k, _)| *k == key);
        (!own).then_some((key, read))
    }

    /// A transaction that only looks.
    fn read_all(&mut self, case: &mut Case, keys: &[&str]) {
        let begin = case.ask("c3", json!({"type": "occ_begin"}));
        for key in keys {
            let body = json!({"type": "occ_read", "txn_id": hole(begin, "txn_id"), "key": key});
            let step = case.ask("c3", body);
            self.old_reads.push(((*key).to_owned(), step));
        }
    }
}
