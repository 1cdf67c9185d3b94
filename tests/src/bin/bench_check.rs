//! What the checker costs: reading, parsing and judging whole histories, in seconds and memory.
//!
//! The histories are simulated and written to a temporary folder; each is checked by a process of
//! its own, so that its peak memory is its own. The floor, measured beside it, reads the same file
//! and looks at every byte once.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use isolab_core::check::{Ingest, Options, check_history};
use isolab_tests::bench::{Figure, best_of, seconds};
use isolab_tests::histories::{Plan, Weakness};

fn main() {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("one"), Some(file)) => one(Path::new(&file)),
        _ => all(),
    }
}

/// Check one history in this process; print its seconds and its peak memory in MB.
fn one(file: &Path) {
    let spent = seconds(|| {
        let mut input = BufReader::with_capacity(1 << 18, File::open(file).expect("the history"));
        let mut ingest = Ingest::new(None, false);
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line).expect("a readable file") > 0 {
            ingest.line(&line).expect("a history");
            line.clear();
        }
        let (history, skipped) = ingest.finish().expect("a history");
        let report = check_history(&history, skipped, &Options::default());
        std::hint::black_box(&report.title);
    });
    println!("{spent} {}", peak_megabytes().unwrap_or(0.0));
}

/// The peak memory of this process, where the system tells it.
fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}

fn all() {
    let subjects = [
        (
            "10,000 transactions, valid",
            Plan::new(Weakness::Nothing, 10_000, 1),
            0.05,
        ),
        (
            "100,000 transactions, valid",
            Plan::new(Weakness::Nothing, 100_000, 1),
            0.2,
        ),
        (
            "1,000,000 transactions, valid",
            Plan::new(Weakness::Nothing, 1_000_000, 1),
            2.0,
        ),
        (
            "20,000 with rare anomalies",
            Plan {
                weak: 0.01,
                ..Plan::new(Weakness::Clobber, 20_000, 1)
            },
            0.5,
        ),
        (
            "20,000 dense with anomalies",
            Plan::new(Weakness::Clobber, 20_000, 1),
            1.0,
        ),
    ];
    for (name, plan, at_most) in subjects {
        let file = written(&plan);
        let rounds = if plan.txns > 100_000 { 2 } else { 4 };
        let mut megabytes = 0.0;
        let mut least = f64::INFINITY;
        let subject = || {
            let (spent, peak) = in_a_process(&file);
            least = least.min(spent);
            megabytes = peak;
        };
        let (_, floor) = best_of(rounds, subject, || read_once(&file));
        Figure::new(name, least, "s")
            .floor("read every byte", floor)
            .at_most(at_most)
            .report();
        if plan.txns == 1_000_000 && megabytes > 0.0 {
            Figure::new("memory of 1,000,000", megabytes, "MB")
                .at_most(1_500.0)
                .report();
        }
        std::fs::remove_file(&file).expect("our own file");
    }
}

fn written(plan: &Plan) -> PathBuf {
    let name = format!(
        "isolab-bench-{}-{:?}-{}.jsonl",
        std::process::id(),
        plan.weakness,
        plan.txns
    );
    let file = std::env::temp_dir().join(name);
    let mut out = File::create(&file).expect("a temporary file");
    out.write_all(plan.json().as_bytes()).expect("room for it");
    file
}

fn in_a_process(file: &Path) -> (f64, f64) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .arg("one")
        .arg(file)
        .output()
        .expect("a process");
    let text = String::from_utf8(output.stdout).expect("numbers");
    let mut numbers = text
        .split_whitespace()
        .map(|word| word.parse().expect("a number"));
    (
        numbers.next().expect("seconds"),
        numbers.next().expect("megabytes"),
    )
}

fn read_once(file: &Path) {
    let mut input = BufReader::with_capacity(1 << 18, File::open(file).expect("the history"));
    let mut digits = 0u64;
    loop {
        let buffer = input.fill_buf().expect("a readable file");
        if buffer.is_empty() {
            break;
        }
        digits += buffer.iter().filter(|byte| byte.is_ascii_digit()).count() as u64;
        let all = buffer.len();
        input.consume(all);
    }
    std::hint::black_box(digits);
}
