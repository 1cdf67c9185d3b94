//! Laws of the checker that hold for every history; each failure names its seed.

use isolab_core::check::{Model, Options, Report, analysis::Valid, check_text};
use isolab_tests::histories::{Chance, Plan, Weakness};
use serde_json::json;

fn check(text: &str, model: &str) -> Report {
    let options = Options {
        models: vec![(model.to_owned(), Model::named(model).expect("a model"))],
        ..Options::default()
    };
    check_text(text.as_bytes(), &options).expect("a history")
}

fn found(report: &Report) -> Vec<&'static str> {
    let mut all = report.anomaly_types.clone();
    all.extend(&report.also_found);
    all
}

#[test]
fn serial_histories_are_valid() {
    for seed in 0..15 {
        let text = Plan::new(Weakness::Serial, 60, seed).json();
        let report = check(&text, "strict-serializable");
        assert_eq!(report.valid, Valid::Yes, "seed {seed}: {}", report.title);
        assert!(found(&report).is_empty(), "seed {seed}");
        assert_eq!(report.strongest, ["strong-serializable"], "seed {seed}");
    }
}

#[test]
fn a_correct_database_is_valid_whatever_is_lost() {
    for seed in 0..15 {
        let plan = Plan {
            fail: 0.1,
            info: 0.1,
            ..Plan::new(Weakness::Nothing, 120, seed)
        };
        let report = check(&plan.json(), "strict-serializable");
        assert_eq!(report.valid, Valid::Yes, "seed {seed}: {}", report.title);
        assert!(found(&report).is_empty(), "seed {seed}");
    }
}

#[test]
fn each_planted_anomaly_is_found() {
    let planted: [(Weakness, &[&str], &str); 6] = [
        (
            Weakness::StaleReads,
            &["G-single-item-realtime", "G-single-item"],
            "strict-serializable",
        ),
        (Weakness::Snapshots, &["G2-item"], "serializable"),
        (
            Weakness::LostUpdates,
            &["lost-update"],
            "snapshot-isolation",
        ),
        (Weakness::Clobber, &["incompatible-order"], "read-committed"),
        (Weakness::DirtyAborts, &["G1a"], "read-committed"),
        (Weakness::Intermediate, &["G1b"], "read-committed"),
    ];
    for (weakness, names, model) in planted {
        let fail = if weakness == Weakness::DirtyAborts {
            0.2
        } else {
            0.0
        };
        let mut seen = 0;
        for seed in 0..20 {
            let plan = Plan {
                fail,
                ..Plan::new(weakness, 300, seed)
            };
            let report = check(&plan.json(), model);
            seen += u32::from(names.iter().any(|name| report.anomaly_types.contains(name)));
        }
        assert_eq!(seen, 20, "{weakness:?}: one of {names:?}");
    }
}

#[test]
fn snapshot_isolation_allows_what_it_allows() {
    for seed in 0..20 {
        let text = Plan::new(Weakness::Snapshots, 300, seed).json();
        let report = check(&text, "snapshot-isolation");
        assert_eq!(report.valid, Valid::Yes, "seed {seed}: {}", report.title);
        assert!(
            report.anomaly_types.is_empty() && report.not.is_empty(),
            "seed {seed}"
        );
        assert!(report.also_found.contains(&"G2-item"), "seed {seed}");
    }
}

const WEAKNESSES: [Weakness; 7] = [
    Weakness::Nothing,
    Weakness::StaleReads,
    Weakness::Snapshots,
    Weakness::LostUpdates,
    Weakness::Clobber,
    Weakness::DirtyAborts,
    Weakness::Intermediate,
];

/// Swap neighbouring lines of different clients that are both calls or both answers: neither
/// the realtime order nor any client's own order changes.
fn shuffled(text: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let field = |line: &str, name: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        value[name].to_string()
    };
    for _ in 0..3 * lines.len() {
        let at = chance.below(lines.len() as u32 - 1) as usize;
        let (a, b) = (lines[at], lines[at + 1]);
        let calls = |line: &str| field(line, "type") == "\"invoke\"";
        if field(a, "process") != field(b, "process") && calls(a) == calls(b) {
            lines.swap(at, at + 1);
        }
    }
    lines.join("\n")
}

#[test]
fn the_order_of_independent_lines_changes_nothing() {
    let mut chance = Chance(7);
    for weakness in WEAKNESSES {
        for seed in 0..6 {
            let plan = Plan {
                fail: 0.05,
                info: 0.05,
                ..Plan::new(weakness, 60, seed)
            };
            let text = plan.json();
            let before = check(&text, "strict-serializable");
            let after = check(&shuffled(&text, &mut chance), "strict-serializable");
            let place = format!("{weakness:?}, seed {seed}");
            assert_eq!(before.valid, after.valid, "{place}");
            assert_eq!(before.not, after.not, "{place}");
            assert_eq!(before.also_not, after.also_not, "{place}");
            assert_eq!(before.strongest, after.strongest, "{place}");
        }
    }
}

#[test]
fn a_violated_weaker_model_means_a_violated_stronger_one() {
    for weakness in WEAKNESSES {
        for seed in 0..4 {
            let text = Plan::new(weakness, 80, seed).json();
            let names: Vec<&str> = Model::all().map(Model::name).collect();
            let options = Options {
                models: Model::all()
                    .map(|model| (model.name().to_owned(), model))
                    .collect(),
                ..Options::default()
            };
            let report = check_text(text.as_bytes(), &options).expect("a history");
            for weak in &names {
                for strong in &names {
                    let (a, b) = (Model::named(weak).unwrap(), Model::named(strong).unwrap());
                    if b.implies(a) && report.by_model[*weak].valid == Valid::No {
                        let valid = report.by_model[*strong].valid;
                        assert_eq!(
                            valid,
                            Valid::No,
                            "{weakness:?}, seed {seed}: {weak}, {strong}"
                        );
                    }
                }
            }
            let any = names
                .iter()
                .any(|name| report.by_model[*name].valid == Valid::No);
            assert_eq!(report.valid == Valid::No, any, "{weakness:?}, seed {seed}");
        }
    }
}

/// One transaction of a tiny history.
#[derive(Clone, Debug)]
struct Tiny {
    /// (key, appended element or list read)
    mops: Vec<(u32, Result<u32, Vec<u32>>)>,
    /// Call and answer.
    span: (u32, u32),
    ok: bool,
}

/// A tiny history: transactions with truthful reads in a random order of effects, some of them
/// changed afterwards.
fn tiny(chance: &mut Chance) -> Vec<Tiny> {
    let n = 2 + chance.below(4) as usize;
    let mut lists = vec![Vec::new(); 2];
    let mut next = [0u32; 2];
    let mut txns: Vec<Tiny> = (0..n)
        .map(|_| {
            let mops = (0..1 + chance.below(3)).map(|_| {
                let key = chance.below(2);
                if chance.happens(0.5) {
                    next[key as usize] += 1;
                    lists[key as usize].push(next[key as usize]);
                    (key, Ok(next[key as usize]))
                } else {
                    (key, Err(lists[key as usize].clone()))
                }
            });
            let mops = mops.collect();
            Tiny {
                mops,
                span: (0, 0),
                ok: !chance.happens(0.15),
            }
        })
        .collect();
    for txn in &mut txns {
        for (key, what) in &mut txn.mops {
            if let Err(list) = what
                && chance.happens(0.3)
            {
                let longest = &lists[*key as usize];
                *list = longest[..chance.below(longest.len() as u32 + 1) as usize].to_vec();
                if list.len() > 1 && chance.happens(0.2) {
                    let at = chance.below(list.len() as u32 - 1) as usize;
                    list.swap(at, at + 1);
                }
            }
        }
    }
    // Calls and answers at random moments, each moment used once.
    let mut moments: Vec<u32> = (0..2 * n as u32).collect();
    for at in (1..moments.len()).rev() {
        moments.swap(at, chance.below(at as u32 + 1) as usize);
    }
    for (txn, pair) in txns.iter_mut().zip(moments.chunks(2)) {
        txn.span = (pair[0].min(pair[1]), pair[0].max(pair[1]));
    }
    txns
}

fn written(txns: &[Tiny]) -> String {
    let mut events = Vec::new();
    for (process, txn) in txns.iter().enumerate() {
        let mops = |seen: bool| {
            let mop = |(key, what): &(u32, Result<u32, Vec<u32>>)| match what {
                Ok(element) => json!(["append", key, element]),
                Err(list) if seen => json!(["r", key, list]),
                Err(_) => json!(["r", key, null]),
            };
            txn.mops.iter().map(mop).collect::<Vec<_>>()
        };
        let line = |ty: &str, seen| json!({"type": ty, "process": process, "f": "txn", "value": mops(seen)});
        events.push((txn.span.0, line("invoke", false)));
        events.push((txn.span.1, line(if txn.ok { "ok" } else { "info" }, txn.ok)));
    }
    events.sort_by_key(|(at, _)| *at);
    events.iter().map(|(_, line)| format!("{line}\n")).collect()
}

/// Whether some order of the transactions, without some of the indeterminate ones, gives every
/// committed read what it saw; with `realtime`, an order that keeps to the calls and answers.
fn explained(txns: &[Tiny], realtime: bool) -> bool {
    fn place(txns: &[Tiny], used: u32, lists: &[Vec<u32>; 2], realtime: bool) -> bool {
        let left = (0..txns.len()).filter(|at| used >> at & 1 == 0);
        if left.clone().all(|at| !txns[at].ok) {
            return true;
        }
        let mut left = left;
        left.any(|at| {
            let txn = &txns[at];
            let overtaken = (0..txns.len()).any(|other| {
                used >> other & 1 == 0
                    && other != at
                    && txns[other].ok
                    && txns[other].span.1 < txn.span.0
            });
            if realtime && overtaken {
                return false;
            }
            let mut after = lists.clone();
            for (key, what) in &txn.mops {
                match what {
                    Ok(element) => after[*key as usize].push(*element),
                    Err(list) if txn.ok && *list != after[*key as usize] => return false,
                    Err(_) => {}
                }
            }
            place(txns, used | 1 << at, &after, realtime)
        })
    }
    place(txns, 0, &Default::default(), realtime)
}

#[test]
fn brute_force_over_all_orders_agrees() {
    let (mut valid, mut invalid) = (0, 0);
    for seed in 0..1_000 {
        let mut chance = Chance(seed);
        let txns = tiny(&mut chance);
        let text = written(&txns);
        for (model, realtime) in [("serializable", false), ("strict-serializable", true)] {
            let report = check(&text, model);
            let says = report.valid != Valid::No;
            let truth = explained(&txns, realtime);
            assert_eq!(
                says, truth,
                "seed {seed}, {model}: {}\n{text}",
                report.title
            );
            if truth { valid += 1 } else { invalid += 1 }
        }
    }
    assert!(
        valid > 300 && invalid > 300,
        "{valid} valid, {invalid} invalid"
    );
}

#[test]
fn equal_inputs_give_equal_bytes() {
    let text = Plan::new(Weakness::Clobber, 200, 3).json();
    let write = || serde_json::to_string(&check(&text, "strict-serializable")).expect("plain data");
    assert_eq!(write(), write());
}
