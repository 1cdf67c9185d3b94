use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const NONE: [(&str, u64); 0] = [];

fn commit(store: &mut OccStore, txn: &str, reads: &[(&str, u64)], writes: &[(&str, &str)]) -> bool {
    store
        .commit(txn, reads.iter().copied(), writes.iter().copied(), 1)
        .unwrap()
}

#[test]
fn a_stale_read_aborts_and_applies_nothing() {
    let mut store = OccStore::default();
    let (t1, t2) = (store.begin().to_string(), store.begin().to_string());
    assert_eq!(
        store.read(&t1, "x").unwrap(),
        Seen {
            value: None,
            version: 0
        }
    );
    assert!(commit(&mut store, &t2, &[], &[("x", "1")]));
    store
        .commit(&t1, NONE, [("y", "2"), ("x", "2")], 9)
        .unwrap();
    let report = store.last_commit();
    assert!(!report.committed && report.written.is_empty());
    let conflicts: Vec<_> = report
        .conflicts()
        .map(|c| (c.expected, c.actual, c.written_by))
        .collect();
    assert_eq!(conflicts, [(0, 1, 1)]);
    assert_eq!(store.current("y").version, 0);
    assert_eq!(
        store.current("x"),
        Seen {
            value: Some(b"1"),
            version: 1
        }
    );
}

#[test]
fn a_name_never_begun_commits_once() {
    let mut store = OccStore::default();
    assert!(commit(&mut store, "mine", &[("x", 0)], &[("x", "1")]));
    let again = store.commit("mine", NONE, [], 2).unwrap_err();
    assert_eq!(again, Ended::With(Outcome::Committed));
    assert_eq!(
        store.read("mine", "x").unwrap_err(),
        Ended::With(Outcome::Committed)
    );
    assert_eq!(store.read("other", "x").unwrap_err(), Ended::NeverBegun);
    for odd in [
        "",
        "t",
        "t0",
        "t01",
        "t+1",
        "t99999999999999999999999",
        "T1",
    ] {
        assert_eq!(store.read(odd, "x").unwrap_err(), Ended::NeverBegun);
    }
}

#[test]
fn a_made_up_name_is_never_handed_out_again() {
    let mut store = OccStore::default();
    assert!(!commit(&mut store, "t2", &[("x", 999)], &[]));
    let begun: Vec<String> = (0..3).map(|_| store.begin().to_string()).collect();
    assert_eq!(begun, ["t1", "t3", "t4"]);
    assert_eq!(
        store.read("t2", "x").unwrap_err(),
        Ended::With(Outcome::Aborted)
    );
}

#[test]
fn the_same_comparison_is_made_once() {
    let mut store = OccStore::default();
    let t1 = store.begin().to_string();
    store.read(&t1, "x").unwrap();
    store.read(&t1, "x").unwrap();
    assert!(commit(&mut store, "w", &[], &[("x", "1")]));
    store.read(&t1, "x").unwrap();
    store.commit(&t1, [("x", 1), ("x", 1)], [], 1).unwrap();
    let expected: Vec<u64> = store
        .last_commit()
        .checks
        .iter()
        .map(|check| check.expected)
        .collect();
    assert_eq!(expected, [1, 0]);
}

/// A client's open transaction: its name, what it has read, what it will write.
type Client = (
    String,
    Vec<(usize, Option<String>)>,
    BTreeMap<usize, String>,
);

proptest! {
    /// What committed is what running the committed transactions one after
    /// the other, each whole, would have read and left behind.
    #[test]
    fn prop_commits_are_serial(
        steps in prop::collection::vec((0..4usize, 0..4u8, 0..3usize), 1..80)
    ) {
        let keys = ["x", "y", "z"];
        let mut store = OccStore::default();
        let mut clients: Vec<Option<Client>> = vec![None; 4];
        let mut serial: BTreeMap<usize, String> = BTreeMap::new();
        for (number, (client, action, key)) in steps.into_iter().enumerate() {
            let (txn, reads, writes) = clients[client]
                .get_or_insert_with(|| (store.begin().to_string(), Vec::new(), BTreeMap::new()));
            match action {
                0 | 1 => {
                    let seen = store.read(txn, keys[key]).unwrap();
                    let value = seen.value.map(|value| String::from_utf8(value.to_vec()).unwrap());
                    reads.push((key, value));
                }
                2 => {
                    writes.insert(key, format!("\"{number}\""));
                }
                _ => {
                    let list = writes.iter().map(|(&key, value)| (keys[key], value.as_str()));
                    if store.commit(txn, NONE, list, number as u64).unwrap() {
                        for (key, value) in reads.iter() {
                            prop_assert_eq!(value, &serial.get(key).cloned());
                        }
                        serial.append(writes);
                    }
                    clients[client] = None;
                }
            }
        }
        for (key, name) in keys.iter().enumerate() {
            let value = store.current(name).value.map(|value| String::from_utf8(value.to_vec()).unwrap());
            prop_assert_eq!(value.as_ref(), serial.get(&key));
        }
    }
}
