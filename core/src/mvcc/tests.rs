use proptest::prelude::*;

use super::*;

fn put(store: &mut MvccStore, key: &str, value: &str, timestamp: u64) -> u64 {
    store.write(key, Some(value), timestamp).unwrap().version
}

/// Number and value at a timestamp; number 0: nothing.
fn read(store: &mut MvccStore, key: &str, at: u64) -> (u64, Option<String>) {
    let chosen = store.read(key, at).unwrap().chosen();
    chosen.map_or((0, None), |version| {
        (version.number, version.value.map(text))
    })
}

fn text(value: &[u8]) -> String {
    String::from_utf8(value.to_vec()).unwrap()
}

#[test]
fn a_read_sees_the_newest_version_at_or_below() {
    let mut store = MvccStore::default();
    put(&mut store, "x", "\"v1\"", 100);
    put(&mut store, "x", "\"v2\"", 200);
    let answers = [99, 100, 150, 200, 250].map(|at| read(&mut store, "x", at).0);
    assert_eq!(answers, [0, 1, 1, 2, 2]);
    let seen = store.read("x", 150).unwrap();
    assert_eq!(seen.newer(), Some((2, 200)));
    assert_eq!((seen.newer_count(), seen.older_count()), (1, 0));
}

#[test]
fn a_put_out_of_order_takes_its_place() {
    let mut store = MvccStore::default();
    put(&mut store, "x", "1", 300);
    let written = store.write("x", Some("2"), 100).unwrap();
    assert_eq!(
        written,
        Written {
            version: 2,
            slid_before: Some((1, 300))
        }
    );
    assert_eq!(
        store.write("x", None, 100).unwrap_err(),
        WriteRefusal::Taken
    );
    assert_eq!(put(&mut store, "x", "3", 200), 3);
    let order: Vec<u64> = store.versions("x").map(|version| version.number).collect();
    assert_eq!(order, [2, 3, 1]);
}

#[test]
fn an_answer_given_stands_in_the_way_of_a_put() {
    let mut store = MvccStore::default();
    assert_eq!(read(&mut store, "x", 120), (0, None));
    let refused = WriteRefusal::AlreadyRead {
        read_at: 120,
        returned: None,
    };
    assert_eq!(store.write("x", Some("1"), 120).unwrap_err(), refused);
    put(&mut store, "x", "1", 121);
    assert_eq!(read(&mut store, "x", 150), (1, Some("1".to_string())));
    let refused = WriteRefusal::AlreadyRead {
        read_at: 150,
        returned: Some((1, 121)),
    };
    assert_eq!(store.write("x", Some("2"), 130).unwrap_err(), refused);
    assert_eq!(put(&mut store, "x", "2", 151), 2);
    // The newest version, read without a timestamp, forbids nothing.
    assert_eq!(
        store
            .read_newest("x")
            .chosen()
            .map(|version| version.number),
        Some(2)
    );
    assert_eq!(put(&mut store, "x", "3", 152), 3);
}

#[test]
fn a_collected_tombstone_still_answers_and_still_forbids() {
    let mut store = MvccStore::default();
    put(&mut store, "x", "1", 100);
    store.write("x", None, 200).unwrap();
    assert_eq!(read(&mut store, "x", 250), (2, None));
    let collected = store.collect(200);
    assert_eq!(
        collected,
        Collected {
            watermark: 200,
            removed: 2,
            held_by: None
        }
    );
    assert_eq!(read(&mut store, "x", 220), (0, None));
    assert_eq!(
        store.write("x", Some("2"), 200).unwrap_err(),
        WriteRefusal::Taken
    );
    let refused = WriteRefusal::AlreadyRead {
        read_at: 250,
        returned: None,
    };
    assert_eq!(store.write("x", Some("2"), 240).unwrap_err(), refused);
    assert_eq!(put(&mut store, "x", "2", 251), 3);
}

#[test]
fn a_snapshot_holds_the_watermark_and_it_never_moves_back() {
    let mut store = MvccStore::default();
    for at in 1..=5 {
        put(&mut store, "x", "1", at * 100);
    }
    let snapshot = store.begin(250).unwrap();
    let held = Collected {
        watermark: 250,
        removed: 1,
        held_by: Some(snapshot),
    };
    assert_eq!(store.collect(450), held);
    let kept = store.kept("x");
    assert_eq!(kept.len(), 4);
    assert_eq!((kept[0].from, kept[0].until), (250, Some(300)));
    assert_eq!(kept[0].snapshots, [snapshot]);
    assert_eq!(
        store.begin(249).unwrap_err(),
        BelowWatermark { watermark: 250 }
    );
    assert_eq!(
        store.read("x", 249).unwrap_err(),
        BelowWatermark { watermark: 250 }
    );
    let refused = WriteRefusal::BelowWatermark { watermark: 250 };
    assert_eq!(store.write("x", None, 249).unwrap_err(), refused);
    assert_eq!(store.end("s1"), Ok(250));
    assert_eq!(store.end("s1"), Err(NoSnapshot::Ended));
    assert_eq!(store.end("s2"), Err(NoSnapshot::Unknown));
    assert_eq!(
        store.collect(450),
        Collected {
            watermark: 450,
            removed: 2,
            held_by: None
        }
    );
    assert_eq!(
        store.collect(100),
        Collected {
            watermark: 450,
            removed: 0,
            held_by: None
        }
    );
}

#[test]
fn long_values_are_given_back() {
    let mut store = MvccStore::default();
    let long = |n: u64| format!("\"{}\"", n.to_string().repeat(40));
    for round in 0..10 {
        for n in 0..10 {
            put(&mut store, "x", &long(n), round * 10 + n);
        }
        assert_eq!(read(&mut store, "x", round * 10 + 9).1, Some(long(9)));
        store.collect(round * 10 + 9);
    }
    assert_eq!(store.versions("x").count(), 1);
    assert!(store.values.len() <= 11);
}

/// One request of the law below.
#[derive(Clone, Debug)]
enum Request {
    Write {
        key: usize,
        at: u64,
        tombstone: bool,
    },
    Read {
        key: usize,
        at: u64,
    },
    Begin {
        at: u64,
    },
    End {
        number: u64,
    },
    Collect {
        at: u64,
    },
}

fn request() -> impl Strategy<Value = Request> {
    let (key, at) = (0..3usize, 0..30u64);
    prop_oneof![
        6 => (key.clone(), at.clone(), prop::bool::weighted(0.25))
            .prop_map(|(key, at, tombstone)| Request::Write { key, at, tombstone }),
        4 => (key, at.clone()).prop_map(|(key, at)| Request::Read { key, at }),
        1 => at.clone().prop_map(|at| Request::Begin { at }),
        1 => (1..5u64).prop_map(|number| Request::End { number }),
        1 => at.prop_map(|at| Request::Collect { at }),
    ]
}

/// The rules, told as a scan over everything that ever happened.
#[derive(Default)]
struct Scan {
    /// Key, timestamp, number, value, collected.
    versions: Vec<(usize, u64, u64, Option<String>, bool)>,
    /// Key, timestamp of the read, timestamp of the version returned.
    reads: Vec<(usize, u64, Option<u64>)>,
    watermark: u64,
}

impl Scan {
    /// The newest version at or below `at`, collected ones included or not.
    fn newest(&self, key: usize, at: u64, collected: bool) -> Option<usize> {
        let visible = |index: &usize| {
            let version = &self.versions[*index];
            version.0 == key && version.1 <= at && (collected || !version.4)
        };
        (0..self.versions.len())
            .filter(visible)
            .max_by_key(|&index| self.versions[index].1)
    }

    fn refuses(&self, key: usize, at: u64) -> Option<&'static str> {
        if at < self.watermark {
            Some("below")
        } else if self
            .versions
            .iter()
            .any(|version| version.0 == key && version.1 == at)
        {
            Some("taken")
        } else {
            let changes = |&&(k, r, returned): &&(usize, u64, Option<u64>)| {
                k == key && r >= at && returned.is_none_or(|returned| returned < at)
            };
            self.reads.iter().find(changes).map(|_| "read")
        }
    }

    fn collect(&mut self, watermark: u64) -> u64 {
        self.watermark = watermark;
        let mut removed = 0;
        for index in 0..self.versions.len() {
            let (key, at, _, ref value, collected) = self.versions[index];
            let newest = self.newest(key, watermark, true) == Some(index);
            let seen = at > watermark || newest && value.is_some();
            if !seen && !collected {
                self.versions[index].4 = true;
                removed += 1;
            }
        }
        removed
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Every answer is what a scan of all puts says, whatever was collected.
    #[test]
    fn prop_a_read_is_a_scan_of_all_puts(
        requests in prop::collection::vec(request(), 1..60)
    ) {
        let keys = ["x", "y", "z"];
        let mut store = MvccStore::default();
        let mut scan = Scan::default();
        let mut open: Vec<Option<u64>> = Vec::new();
        for (number, request) in requests.into_iter().enumerate() {
            match request {
                Request::Write { key, at, tombstone } => {
                    let value = (!tombstone).then(|| format!("{number:0width$}", width = number % 40));
                    let refused = match store.write(keys[key], value.as_deref(), at) {
                        Ok(written) => {
                            let arrived = scan.versions.iter().filter(|version| version.0 == key).count() as u64 + 1;
                            prop_assert_eq!(written.version, arrived);
                            prop_assert_eq!(scan.refuses(key, at), None);
                            scan.versions.push((key, at, arrived, value, false));
                            continue;
                        }
                        Err(WriteRefusal::BelowWatermark { .. }) => "below",
                        Err(WriteRefusal::Taken) => "taken",
                        Err(WriteRefusal::AlreadyRead { .. }) => "read",
                    };
                    prop_assert_eq!(scan.refuses(key, at), Some(refused));
                }
                Request::Read { key, at } => {
                    let Ok(seen) = store.read(keys[key], at) else {
                        prop_assert!(at < scan.watermark);
                        continue;
                    };
                    prop_assert!(at >= scan.watermark);
                    let all = scan.newest(key, at, true);
                    let kept = scan.newest(key, at, false).map(|index| &scan.versions[index]);
                    let chosen = seen.chosen();
                    prop_assert_eq!(
                        chosen.map(|version| (version.timestamp, version.number)),
                        kept.map(|version| (version.1, version.2))
                    );
                    let value = chosen.and_then(|version| version.value).map(text);
                    prop_assert_eq!(value, all.and_then(|index| scan.versions[index].3.clone()));
                    scan.reads.push((key, at, all.map(|index| scan.versions[index].1)));
                }
                Request::Begin { at } => {
                    let begun = store.begin(at);
                    prop_assert_eq!(begun.is_ok(), at >= scan.watermark);
                    if begun.is_ok() {
                        open.push(Some(at));
                    }
                }
                Request::End { number } => {
                    let was = open.get_mut(number as usize - 1).and_then(Option::take);
                    prop_assert_eq!(store.end(&format!("s{number}")).ok(), was);
                }
                Request::Collect { at } => {
                    let held = open.iter().flatten().min().map_or(at, |&oldest| at.min(oldest));
                    let removed = if held < scan.watermark { 0 } else { scan.collect(held) };
                    let mut told = 0;
                    let mut listener = |gone: Gone<'_>| {
                        told += 1;
                        assert!(gone.version.timestamp <= held);
                    };
                    let collected = store.collect_telling(at, Some(&mut listener));
                    prop_assert_eq!(collected.removed, removed);
                    prop_assert_eq!(told, removed);
                    prop_assert_eq!(collected.watermark, scan.watermark);
                }
            }
        }
        for (key, name) in keys.iter().enumerate() {
            let left: Vec<u64> = store.versions(name).map(|version| version.number).collect();
            let mut kept: Vec<_> = scan.versions.iter().filter(|v| v.0 == key && !v.4).collect();
            kept.sort_by_key(|version| version.1);
            prop_assert_eq!(left, kept.iter().map(|version| version.2).collect::<Vec<_>>());
        }
    }
}
