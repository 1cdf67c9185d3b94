//! `isolab check`: which isolation level does this history have, and why not a
//! stronger one?

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use isolab_core::check::{
    self, BadInput, Ingest, Model, Options, RegisterOptions, Report, Workload, analysis::Valid,
    html, human,
};

/// The history could not be read, or the question makes no sense.
const BAD_INPUT: u8 = 3;

/// Check a history of transactions for isolation anomalies.
///
/// Exit status: 0 valid, 1 invalid, 2 unknown, 3 bad input.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A history in JSON lines or EDN, a Jepsen or Maelstrom store folder, or - for standard input.
    history: PathBuf,
    /// What the transactions do; found out from the history if not given.
    #[arg(long, value_enum)]
    workload: Option<WorkloadArg>,
    /// A consistency model to check for (repeatable); strict-serializable if not given.
    #[arg(long, value_name = "NAME")]
    model: Vec<String>,
    /// How to write the report.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Skip and count lines that cannot be read.
    #[arg(long)]
    lenient: bool,
    /// Registers: assume that each key alone is sequentially consistent.
    #[arg(long)]
    sequential_keys: bool,
    /// Registers: assume that each key alone is linearizable.
    #[arg(long)]
    linearizable_keys: bool,
    /// Registers: do not assume that a transaction's writes come after its reads.
    #[arg(long)]
    no_writes_follow_reads: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum WorkloadArg {
    ListAppend,
    RwRegister,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    /// Text for a terminal.
    Human,
    /// Everything, as JSON.
    Json,
    /// Elle's own keys, as EDN.
    Edn,
    /// One self-contained page with pictures.
    Html,
}

/// Run the subcommand.
pub fn run(args: &CheckArgs) -> ExitCode {
    match checked(args) {
        Ok(report) => {
            let text = written(args, &report);
            let mut out = io::stdout().lock();
            // A reader that has seen enough may close the pipe.
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            ExitCode::from(match report.valid {
                Valid::Yes => 0,
                Valid::No => 1,
                Valid::Unknown => 2,
            })
        }
        Err(error) => {
            eprintln!("isolab check: {error:#}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// The exit status of a command line that cannot be understood: for this
/// subcommand 2 would mean "unknown".
pub fn usage_status() -> ExitCode {
    ExitCode::from(BAD_INPUT)
}

fn checked(args: &CheckArgs) -> anyhow::Result<Report> {
    let options = options(args)?;
    let (source, input) = open(&args.history)?;
    let (history, skipped) = read(input, &options).with_context(|| source.display().to_string())?;
    Ok(check::check_history(&history, skipped, &options))
}

fn options(args: &CheckArgs) -> anyhow::Result<Options> {
    let mut models: Vec<(String, Model)> = Vec::new();
    for name in args.model.iter().flat_map(|names| names.split(',')) {
        let Some(model) = Model::named(name) else {
            let known: Vec<&str> = Model::all().map(Model::name).collect();
            bail!("no model {name:?}; the models are {}", known.join(", "));
        };
        if models.iter().all(|(known, _)| known != name) {
            models.push((name.to_owned(), model));
        }
    }
    Ok(Options {
        workload: args.workload.map(|workload| match workload {
            WorkloadArg::ListAppend => Workload::ListAppend,
            WorkloadArg::RwRegister => Workload::RwRegister,
        }),
        models,
        lenient: args.lenient,
        registers: RegisterOptions {
            writes_follow_reads: !args.no_writes_follow_reads,
            sequential_keys: args.sequential_keys,
            linearizable_keys: args.linearizable_keys,
        },
    })
}

fn written(args: &CheckArgs, report: &Report) -> String {
    let source = args.history.display().to_string();
    match args.format {
        Format::Human => human::text(report, &source),
        Format::Json => {
            let json = serde_json::to_string_pretty(report);
            json.expect("a report is plain data") + "\n"
        }
        Format::Edn => report.edn(),
        Format::Html => html::page(report, &source),
    }
}

/// Names under which test tools keep a history in their store folders.
const STORED: [&str; 4] = [
    "history.edn",
    "history.jsonl",
    "history.json",
    "latest/history.edn",
];

/// Open a history: a file, the one in a store folder, or standard input.
fn open(path: &Path) -> anyhow::Result<(PathBuf, Box<dyn Read>)> {
    if path == Path::new("-") {
        return Ok((PathBuf::from("standard input"), Box::new(io::stdin())));
    }
    let file = if path.is_dir() {
        let kept = STORED
            .iter()
            .map(|name| path.join(name))
            .find(|file| file.is_file());
        kept.with_context(|| format!("{}: no history.edn in this folder", path.display()))?
    } else {
        path.to_owned()
    };
    let opened = File::open(&file).with_context(|| file.display().to_string())?;
    Ok((file, Box::new(opened)))
}

fn read(
    input: Box<dyn Read>,
    options: &Options,
) -> anyhow::Result<(check::history::History, Option<BadInput>)> {
    let mut input = BufReader::with_capacity(1 << 18, input);
    let mut ingest = Ingest::new(options.workload, options.lenient);
    let mut line = Vec::new();
    loop {
        // Most lines lie whole in the buffer and are read where they are.
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let mut used = 0;
        while let Some(end) = memchr::memchr(b'\n', &buffer[used..]) {
            let piece = &buffer[used..used + end];
            if line.is_empty() {
                ingest.line(piece)?;
            } else {
                line.extend_from_slice(piece);
                ingest.line(&line)?;
                line.clear();
            }
            used += end + 1;
        }
        line.extend_from_slice(&buffer[used..]);
        let all = buffer.len();
        input.consume(all);
    }
    if !line.is_empty() {
        ingest.line(&line)?;
    }
    Ok(ingest.finish()?)
}
