//! Puts and reads on time lines: boundaries, late arrivals, reads repeated later.

use super::super::random::Random;
use super::super::script::Case;
use super::client;
use serde_json::{Value, json};

/// One to four keys, each with a chain of versions, and reads all along.
pub fn write(random: &mut Random, case: &mut Case) {
    let keys = &["x", "y", "z", "k"][..random.between(1, 4)];
    // 7 → 9, 10, 11 …: as text these would sort otherwise.
    let (start, step) = *random.pick(&[(100, 100), (7, 3), (95, 10), (1000, 1), (5, 50)]);
    if random.chance(1, 4) {
        case.window = random.between(2, 6);
    }
    let mut line = Line {
        clock: start,
        step,
        puts: Vec::new(),
        reads: Vec::new(),
        count: 0,
    };
    if random.chance(1, 3) {
        line.late_arrivals(random, case, keys);
    }
    for _ in 0..random.between(10, 26) {
        if line.puts.is_empty() || random.chance(2, 5) {
            line.put_newest(random, case, keys);
        } else {
            line.read(random, case, keys);
        }
    }
    for _ in 0..3 {
        line.read(random, case, keys);
    }
}

/// A put and a read among five hundred keys, the clock going on.
pub fn write_long(random: &mut Random, case: &mut Case) {
    let n = case.steps.len() as i64;
    let key = format!("k{}", random.below(500));
    let value = format!("v{n}");
    case.ask(
        "c1",
        json!({"type": "mvcc_put", "key": key, "value": value, "timestamp": 10 * n}),
    );
    case.ask(
        "c2",
        json!({"type": "mvcc_get", "key": key, "read_timestamp": 10 * n + 5}),
    );
}

struct Line {
    /// The next timestamp: above everything put and read.
    clock: i64,
    step: i64,
    puts: Vec<(String, i64)>,
    reads: Vec<(String, i64)>,
    count: usize,
}

impl Line {
    fn put(&mut self, random: &mut Random, case: &mut Case, key: &str, at: i64) {
        self.count += 1;
        let value = format!("v{}", self.count);
        let body = json!({"type": "mvcc_put", "key": key, "value": value, "timestamp": at});
        case.ask(client(random), body);
        self.puts.push((key.into(), at));
    }

    fn put_newest(&mut self, random: &mut Random, case: &mut Case, keys: &[&str]) {
        let key = *random.pick(keys);
        let at = self.clock;
        self.clock += self.step * random.between(1, 3) as i64;
        self.put(random, case, key, at);
    }

    /// Puts whose timestamps are not in the order of arrival, before anything was read.
    fn late_arrivals(&mut self, random: &mut Random, case: &mut Case, keys: &[&str]) {
        let count = random.between(2, 5);
        let mut times: Vec<i64> = (0..count as i64)
            .map(|n| self.clock + n * self.step)
            .collect();
        self.clock += count as i64 * self.step;
        let key = *random.pick(keys);
        while !times.is_empty() {
            let at = times.swap_remove(random.below(times.len()));
            self.put(random, case, key, at);
        }
    }

    fn read(&mut self, random: &mut Random, case: &mut Case, keys: &[&str]) {
        let again = !self.reads.is_empty() && random.chance(1, 4);
        let (key, at) = if again {
            random.pick(&self.reads).clone()
        } else {
            let (key, put) = random.pick(&self.puts).clone();
            let key = if random.chance(1, 6) {
                (*random.pick(keys)).to_owned()
            } else {
                key
            };
            let near = [-1, 0, 0, 1, self.step / 2, -self.step][random.below(6)];
            (key, (put + near).max(1))
        };
        self.clock = self.clock.max(at + 1);
        let body: Value = json!({"type": "mvcc_get", "key": key, "read_timestamp": at});
        case.ask(client(random), body);
        self.reads.push((key, at));
    }
}
