//! Speed of the stores, without wire and without events, beside floors
//! measured in the same run; and what recording events costs.
//! Words on the command line pick some of them.

use std::hint::black_box;
use std::time::Duration;

use hashbrown::HashMap;
use isolab_core::mvcc::MvccStore;
use isolab_core::node::{Node, NodeOptions, Step};
use isolab_core::occ::OccStore;
use isolab_core::time::Time;
use isolab_tests::bench::Figure;
use isolab_tests::bench::clock::{best_times, time};
use isolab_tests::bench::workload::{self, Random};
use rustc_hash::FxBuildHasher;

const KEYS: u64 = 10_000;
const OPERATIONS: u64 = 1_000_000;
const ROUNDS: usize = 7;
const VALUE: &str = "\"value\"";

type Map<V> = HashMap<String, V, FxBuildHasher>;

/// What the floors keep of a version: its timestamp and its value's text in
/// place. That is the least that can be kept, and it costs no allocation.
type Version = (u64, [u8; 16]);

fn version(at: u64) -> Version {
    let mut value = [0; 16];
    value[..VALUE.len()].copy_from_slice(VALUE.as_bytes());
    (at, value)
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let benches: [(&str, fn()); 5] = [
        ("put", put),
        ("get", get),
        ("commit", commit),
        ("collect", collect),
        ("record", record),
    ];
    for (name, bench) in benches {
        if words.is_empty() || words.iter().any(|word| word == name) {
            bench();
        }
    }
}

/// One figure in nanoseconds, at most so many times its floor.
fn report(what: &str, floor: &str, times: [f64; 2], ratio: f64) {
    Figure::new(what, times[0], "ns")
        .floor(floor, times[1])
        .at_most_times(ratio)
        .report();
}

fn names() -> Vec<String> {
    (0..KEYS).map(|key| format!("key-{key}")).collect()
}

fn nanos(took: Duration, operations: u64) -> f64 {
    took.as_nanos() as f64 / operations as f64
}

fn put() {
    let names = names();
    let mut random = Random::new(1);
    let puts: Vec<&str> = (0..OPERATIONS)
        .map(|_| &*names[random.zipf(KEYS) as usize])
        .collect();
    let mut ours = || {
        let mut store = MvccStore::default();
        let took = time(|| {
            for (at, key) in puts.iter().enumerate() {
                black_box(store.write(key, Some(VALUE), at as u64)).expect("timestamps grow");
            }
        });
        drop(black_box(store));
        took
    };
    let mut floor = || {
        let mut chains: Map<Vec<Version>> = Map::default();
        let took = time(|| {
            for (at, key) in puts.iter().enumerate() {
                chains
                    .entry_ref(*key)
                    .or_default()
                    .push(black_box(version(at as u64)));
            }
        });
        drop(black_box(chains));
        took
    };
    let [ours, floor] = best_times(ROUNDS, [&mut ours, &mut floor]);
    let (ours, floor) = (nanos(ours, OPERATIONS), nanos(floor, OPERATIONS));
    let what = "mvcc put, string keys, 10,000 keys, zipf";
    report(what, "hashbrown + Fx into a Vec", [ours, floor], 2.5);
}

fn get() {
    let names = names();
    let mut store = MvccStore::default();
    let mut chains: Map<Vec<Version>> = Map::default();
    for at in 0..100 {
        for key in &names {
            store
                .write(key, Some(VALUE), at * 10)
                .expect("timestamps grow");
            chains
                .entry_ref(key.as_str())
                .or_default()
                .push(version(at * 10));
        }
    }
    let mut random = Random::new(2);
    let gets: Vec<(&str, u64)> = (0..OPERATIONS)
        .map(|_| (&*names[random.below(KEYS) as usize], random.below(1000)))
        .collect();
    let mut ours = || {
        time(|| {
            for &(key, at) in &gets {
                let seen = store.read(key, at).expect("there is no watermark");
                black_box(seen.chosen().map(|version| version.timestamp));
            }
        })
    };
    let mut floor = || {
        time(|| {
            for &(key, at) in &gets {
                let chain = &chains[key];
                let visible = chain.partition_point(|version| version.0 <= at);
                black_box(visible.checked_sub(1).map(|last| chain[last]));
            }
        })
    };
    let [ours, floor] = best_times(ROUNDS, [&mut ours, &mut floor]);
    let (ours, floor) = (nanos(ours, OPERATIONS), nanos(floor, OPERATIONS));
    let what = "mvcc get at a timestamp, chains of 100";
    report(what, "the same, binary search", [ours, floor], 2.0);
}

fn commit() {
    const TRANSACTIONS: u64 = OPERATIONS / 4;
    let names = names();
    let mut random = Random::new(3);
    let pairs: Vec<[&str; 2]> = (0..TRANSACTIONS)
        .map(|_| {
            let first = random.below(KEYS);
            [first, (first + 1 + random.below(KEYS - 1)) % KEYS].map(|key| &*names[key as usize])
        })
        .collect();
    let mut ours = || {
        let mut store = OccStore::default();
        let took = time(|| {
            for (step, &[a, b]) in pairs.iter().enumerate() {
                let txn = store.begin().to_string();
                let seen = [a, b].map(|key| (key, store.read(&txn, key).expect("open").version));
                let writes = [(a, VALUE), (b, VALUE)];
                let committed = store.commit(&txn, seen, writes, step as u64);
                assert_eq!(committed, Ok(true));
            }
        });
        drop(black_box(store));
        took
    };
    let mut floor = || {
        let mut cells: Map<(u64, String)> = Map::default();
        let mut open: HashMap<u64, Vec<(&str, u64)>, FxBuildHasher> = HashMap::default();
        let took = time(|| {
            for (txn, &[a, b]) in pairs.iter().enumerate() {
                let reads = open.entry(txn as u64).or_default();
                reads.extend([a, b].map(|key| (key, cells.get(key).map_or(0, |cell| cell.0))));
                let reads = open.remove(&(txn as u64)).unwrap_or_default();
                let current = |&(key, version): &(&str, u64)| {
                    cells.get(key).map_or(0, |cell| cell.0) == version
                };
                assert!(reads.iter().all(current));
                for key in [a, b] {
                    let cell = cells.entry_ref(key).or_default();
                    *cell = (cell.0 + 1, VALUE.to_string());
                }
            }
        });
        drop(black_box(cells));
        took
    };
    let [ours, floor] = best_times(ROUNDS, [&mut ours, &mut floor]);
    let (ours, floor) = (nanos(ours, TRANSACTIONS), nanos(floor, TRANSACTIONS));
    let what = "occ, two reads and two writes, begin to commit";
    report(what, "the same on hash maps", [ours, floor], 3.0);
}

fn collect() {
    let names = names();
    let versions = OPERATIONS / KEYS;
    let mut ours = || {
        let mut store = MvccStore::default();
        for at in 0..=versions {
            for key in &names {
                store.write(key, Some(VALUE), at).expect("timestamps grow");
            }
        }
        let took = time(|| assert_eq!(store.collect(versions).removed, OPERATIONS));
        drop(black_box(store));
        took
    };
    let mut floor = || {
        let mut chains: Vec<Vec<Version>> = vec![Vec::new(); KEYS as usize];
        for at in 0..=versions {
            for chain in &mut chains {
                chain.push(version(at));
            }
        }
        let took = time(|| {
            let mut removed = 0;
            for chain in &mut chains {
                let visible = chain.partition_point(|version| version.0 <= versions);
                removed += chain.drain(..visible - 1).len() as u64;
            }
            assert_eq!(removed, OPERATIONS);
        });
        drop(black_box(chains));
        took
    };
    let [ours, floor] = best_times(ROUNDS, [&mut ours, &mut floor]);
    let (ours, floor) = (nanos(ours, OPERATIONS), nanos(floor, OPERATIONS));
    let what = "collection of 1,000,000 versions of 10,000 keys, each";
    report(what, "draining a Vec", [ours, floor], 6.0);
}

/// What it costs to keep the facts that the pictures are folded from.
fn record() {
    const LINES: u64 = 100_000;
    let scripts = [
        ("txn_execute", script(|out| workload::batches(LINES, out))),
        ("txn", script(|out| workload::lists(LINES, out))),
        (
            "mvcc_put",
            workload::init() + &script(|out| workload::versions(LINES, out).map(drop)),
        ),
    ];
    for (name, script) in &scripts {
        let lines: Vec<&[u8]> = script.lines().map(str::as_bytes).collect();
        let run = |new: fn() -> Step| {
            let mut node = Node::new(NodeOptions::default());
            let mut step = new();
            let took = time(|| {
                for (number, line) in lines.iter().enumerate() {
                    node.handle_line(Time::ZERO, number as u64 + 1, line, &mut step);
                    step.replies.clear();
                }
            });
            drop(black_box((node, step)));
            took
        };
        let (mut on, mut off) = (|| run(Step::recording), || run(Step::new));
        let [on, off] = best_times(ROUNDS, [&mut on, &mut off]);
        let what = format!("{name} lines with events recorded");
        report(&what, "without", [nanos(on, LINES), nanos(off, LINES)], 3.0);
    }
}

fn script(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory takes everything");
    String::from_utf8(out).expect("scripts are text")
}
