//! Speed and memory of `isolab node` behind a pipe, beside floors measured in
//! the same run.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use isolab_tests::bench::clock::best_times;
use isolab_tests::bench::{Figure, floor_node, workload};

const LINES: u64 = 1_000_000;
/// Python gets fewer, for it takes ten times as long.
const PYTHON_LINES: u64 = 50_000;
const ROUNDS: usize = 5;
const ROUND_TRIPS: usize = 20_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How this program is told to be the floor.
const AS_FLOOR: &str = "--as-floor";

fn main() -> ExitCode {
    let done = match std::env::args().nth(1) {
        Some(word) if word == AS_FLOOR => floor_node::run().map_err(Box::from),
        _ => bench(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_node: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Outcome<()> {
    let this = std::env::current_exe()?;
    let beside = this.parent().map(Path::to_path_buf).unwrap_or_default();
    let isolab = std::env::var_os("ISOLAB_BIN").map_or(beside.join("isolab"), PathBuf::from);
    let node = || command(&isolab, &["node"]);
    let floor = || command(&this, &[AS_FLOOR]);
    let inputs = beside.join(format!("bench-inputs-{}", std::process::id()));
    std::fs::create_dir_all(&inputs)?;

    type Write = fn(u64, &mut BufWriter<File>) -> std::io::Result<()>;
    let kinds = [
        ("txn_execute", workload::batches as Write),
        ("txn", workload::lists),
    ];
    for (name, write) in kinds {
        let input = inputs.join(format!("{name}.jsonl"));
        write(LINES, &mut BufWriter::new(File::create(&input)?))?;
        let short = inputs.join(format!("{name}-short.jsonl"));
        write(PYTHON_LINES, &mut BufWriter::new(File::create(&short)?))?;

        let mut ours = || whole_file(node(), &input);
        let mut theirs = || whole_file(floor(), &input);
        let [ours, theirs] = best_times(ROUNDS, [&mut ours, &mut theirs]);
        let rate = |lines: u64, took: Duration| lines as f64 / took.as_secs_f64();
        Figure::new(
            format!("1,000,000 {name} lines through a pipe"),
            rate(LINES, ours),
            "messages/s",
        )
        .floor("the shortest loop on serde_json", rate(LINES, theirs))
        .at_least_times(0.7)
        .report();

        let python = || {
            command(
                Path::new("python3"),
                &["-c", include_str!("../bench/floor_node.py")],
            )
        };
        let mut run = || whole_file(python(), &short);
        let [slow] = best_times(2, [&mut run]);
        Figure::new(
            format!("{name} lines against Python"),
            rate(LINES, ours),
            "messages/s",
        )
        .floor(
            "a Python node that flushes each reply",
            rate(PYTHON_LINES, slow),
        )
        .at_least_times(10.0)
        .report();

        let lines = std::fs::read_to_string(&short)?;
        let lines: Vec<&str> = lines.lines().take(ROUND_TRIPS).collect();
        let mut ours = || round_trip(node(), &lines);
        let mut theirs = || round_trip(floor(), &lines);
        let [ours, theirs] = best_times(ROUNDS, [&mut ours, &mut theirs]);
        let micros = |took: Duration| took.as_nanos() as f64 / 1000.0;
        Figure::new(
            format!("{name}, one message at a time, p50"),
            micros(ours),
            "µs",
        )
        .floor("the shortest loop on serde_json", micros(theirs))
        .at_most_times(2.0)
        .report();
    }
    memory(&node, &inputs.join("versions.jsonl"))?;
    std::fs::remove_dir_all(&inputs)?;
    Ok(())
}

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped());
    command
}

fn start(mut command: Command) -> Child {
    command.spawn().unwrap_or_else(|error| {
        let program = PathBuf::from(command.get_program());
        panic!(
            "{}: {error}; build it in release first, or name it in ISOLAB_BIN",
            program.display()
        )
    })
}

/// From a file, through the program, to a pipe that is drained.
fn whole_file(mut command: Command, input: &Path) -> Duration {
    let file = File::open(input).expect("the input was written before");
    let started = Instant::now();
    let mut child = start({
        command.stdin(file);
        command
    });
    let mut replies = child.stdout.take().expect("stdout is a pipe");
    let mut chunk = vec![0; 256 << 10];
    let mut lines = 0;
    loop {
        match replies.read(&mut chunk).expect("the pipe can be read") {
            0 => break,
            read => lines += chunk[..read].iter().filter(|&&byte| byte == b'\n').count() as u64,
        }
    }
    let took = started.elapsed();
    assert!(child.wait().expect("the program ends").success());
    assert!(
        lines == LINES + 1 || lines == PYTHON_LINES + 1,
        "{lines} replies"
    );
    took
}

/// One message at a time: the median time from sending to the whole reply.
fn round_trip(mut command: Command, lines: &[&str]) -> Duration {
    command.stdin(Stdio::piped());
    let mut child = start(command);
    let mut input = child.stdin.take().expect("stdin is a pipe");
    let mut replies = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    let mut reply = String::new();
    let mut times: Vec<Duration> = Vec::with_capacity(lines.len());
    for line in lines {
        let message = format!("{line}\n");
        reply.clear();
        let started = Instant::now();
        input
            .write_all(message.as_bytes())
            .expect("the program reads");
        replies.read_line(&mut reply).expect("the program answers");
        times.push(started.elapsed());
        assert!(reply.ends_with('\n'), "no whole reply to {line}");
    }
    drop(input);
    assert!(child.wait().expect("the program ends").success());
    times.sort_unstable();
    times[times.len() / 2]
}

/// Resident memory after a million versions, above that of an empty node.
fn memory(node: &dyn Fn() -> Command, input: &Path) -> Outcome<()> {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("resident memory: not measured, this system has no /proc");
        return Ok(());
    }
    let bytes = workload::versions(LINES, &mut BufWriter::new(File::create(input)?))?;
    let mut command = node();
    command.stdin(Stdio::piped());
    let mut child = start(command);
    let mut sink = child.stdin.take().expect("stdin is a pipe");
    let mut replies = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    let mut reply = String::new();
    let init = workload::init();
    sink.write_all(init.as_bytes()).expect("the node reads");
    replies.read_line(&mut reply).expect("the node answers");
    let empty = resident(child.id());
    let source = input.to_path_buf();
    let feeder = std::thread::spawn(move || {
        let mut file = File::open(source).expect("the input was written before");
        std::io::copy(&mut file, &mut sink).expect("the node reads");
        sink
    });
    for _ in 0..LINES {
        reply.clear();
        replies.read_line(&mut reply).expect("the node answers");
    }
    let full = resident(child.id());
    drop(feeder.join());
    child.wait().expect("the node ends");
    let (empty, full) = (empty?, full?);
    let floor = (bytes + 32 * LINES) as f64 / 1e6;
    let ours = full.saturating_sub(empty) as f64 / 1e6;
    Figure::new("memory of 1,000,000 versions of 10,000 keys", ours, "MB")
        .floor("key and value bytes, 32 bytes a version", floor)
        .at_most_times(2.0)
        .report();
    Ok(())
}

fn resident(process: u32) -> Outcome<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .ok_or("no VmRSS")?;
    Ok(kilobytes.trim().parse::<u64>()? * 1024)
}
