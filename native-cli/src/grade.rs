//! `isolab grade`: is this program right?
//!
//! ```text
//!   Grade (core) ── next() ──→ worker ── drive ──→ child process
//!        ↑                        │
//!        └──────── done() ────────┘      each worker has its next process started ahead
//! ```

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use isolab_core::judge::grade::Options;
use isolab_core::judge::report::{Language, formats, human};

mod cage;
mod census;
pub mod doctor;
mod drive;
mod pool;
mod process;
mod run_part;

use cage::Cage;
use process::{Launcher, Limits};

/// Grade a program: published, strict and generated cases.
///
/// The program reads requests from standard input and writes replies to standard
/// output, one JSON object a line. Each case runs in its own process.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab grade mvcc -- python3 main.py
  isolab grade occ --cases 500 --seed 7 -- ./a.out
  isolab grade mvcc --only generated-17 --transcript said.txt -- node main.js

Exit codes:
  0  passed: strictly right
  1  failed
  2  could not be graded (bad arguments, program not found)")]
pub struct GradeArgs {
    /// The exercise: multi-key-txn, occ, mvcc, txn-list-append, mrt.
    exercise: String,

    /// The program and its arguments, after `--`.
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,

    /// How many generated cases.
    #[arg(long, value_name = "N", default_value_t = 200)]
    cases: usize,

    /// The seed of the generated cases: the same seed, the same scripts.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Run only this case, by its id, or only a list, by its name. May be repeated.
    #[arg(long, value_name = "CASE")]
    only: Vec<String>,

    /// Stop at the first case that fails.
    #[arg(long)]
    fail_fast: bool,

    /// How many cases run at once.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// Time limit of a case in milliseconds, instead of the published one.
    #[arg(long, value_name = "MS")]
    timeout: Option<u32>,

    /// Time limit of the whole grade in seconds.
    #[arg(long, value_name = "S", default_value_t = 120)]
    total_timeout: u64,

    /// Without a sandbox: the program may write files and use the network.
    #[arg(long)]
    no_sandbox: bool,

    /// Write everything that was said, case by case, to FILE.
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,

    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Ways to write a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the first failure explained first.
    Human,
    /// One JSON object: schema, verdict, run.
    Json,
    /// JUnit's XML.
    Junit,
    /// TAP version 14.
    Tap,
    /// Gradescope's results.json.
    Gradescope,
    /// Exercism's results.json, version 3.
    Exercism,
}

/// Runs the command.
pub fn run(args: &GradeArgs) -> ExitCode {
    match grade(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(reason) => {
            eprintln!("isolab grade: {reason}");
            ExitCode::from(2)
        }
    }
}

fn grade(args: &GradeArgs) -> Result<bool, String> {
    let exercise = run_part::exercise(&args.exercise)?;
    let (program, arguments) = resolve(&args.program)?;
    let language = language(&args.program);
    let options = Options {
        cases: args.cases,
        seed: args.seed,
        only: args.only.clone(),
        fail_fast: args.fail_fast,
        timeout_ms: args.timeout,
        undeciding: true,
    };
    let limits = Limits::default();
    let settings = pool::Settings {
        launcher: launcher(program, arguments, limits, !args.no_sandbox),
        jobs: args.jobs.unwrap_or_else(pool::cores).max(1),
        total: Duration::from_secs(args.total_timeout),
        keep_transcripts: args.transcript.is_some(),
    };
    let graded = pool::grade(exercise, options, &settings)?;
    if let Some(file) = &args.transcript {
        std::fs::write(file, run_part::transcript(&graded))
            .map_err(|e| format!("{}: {e}", file.display()))?;
    }
    match args.format {
        Format::Human => print!(
            "{}{}",
            human(&graded.verdict, language),
            run_part::last_words(&graded)
        ),
        Format::Json => println!("{}", run_part::json(&graded, &settings)),
        Format::Junit => print!("{}", formats::junit(&graded.verdict)),
        Format::Tap => print!("{}", formats::tap(&graded.verdict)),
        Format::Gradescope => println!("{}", formats::gradescope(&graded.verdict)),
        Format::Exercism => println!("{}", formats::exercism(&graded.verdict)),
    }
    if let Some(reason) = graded.not_started {
        return Err(reason);
    }
    Ok(graded.verdict.passed)
}

/// A launcher with the best cage there is. Inside, the working folder is another one, so
/// arguments that name files from here are made absolute.
fn launcher(program: PathBuf, arguments: Vec<OsString>, limits: Limits, sandbox: bool) -> Launcher {
    let absolute = |argument: OsString| match Path::new(&argument).exists() {
        true if sandbox => std::path::absolute(&argument).map_or(argument, PathBuf::into_os_string),
        _ => argument,
    };
    let arguments: Vec<OsString> = arguments.into_iter().map(absolute).collect();
    let visible: Vec<String> = std::iter::once(program.as_os_str())
        .chain(arguments.iter().map(OsString::as_os_str))
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let cage = Cage::new(sandbox, limits.memory + limits.memory / 4, &visible);
    Launcher {
        program,
        arguments,
        limits,
        cage,
    }
}

/// The program file to start and its arguments; a script that is not executable gets its interpreter.
fn resolve(words: &[OsString]) -> Result<(PathBuf, Vec<OsString>), String> {
    let Some((first, rest)) = words.split_first() else {
        return Err("name the program after --".into());
    };
    let path = Path::new(first);
    let has_folder = path.components().count() > 1;
    let found = if has_folder || path.is_file() {
        Some(path.to_owned())
    } else {
        on_path(path)
    };
    let Some(found) = found.filter(|p| p.exists()) else {
        let advice = if has_folder {
            ""
        } else {
            " (it is neither here nor on PATH)"
        };
        return Err(format!("there is no program {}{advice}", path.display()));
    };
    if found.is_dir() {
        return Err(format!("{} is a folder, not a program", path.display()));
    }
    if is_executable(&found) {
        let absolute = if has_folder || path.is_file() {
            std::path::absolute(&found)
        } else {
            Ok(found)
        };
        return Ok((absolute.map_err(|e| e.to_string())?, rest.to_vec()));
    }
    let interpreter = match found.extension().and_then(|e| e.to_str()) {
        Some("py") => "python3",
        Some("js" | "mjs" | "cjs") => "node",
        _ => return Err(format!("{} is not executable (chmod +x)", path.display())),
    };
    let Some(program) = on_path(Path::new(interpreter)) else {
        return Err(format!(
            "{} needs {interpreter}, which is not on PATH",
            path.display()
        ));
    };
    let script = std::path::absolute(&found).map_err(|e| e.to_string())?;
    Ok((
        program,
        std::iter::once(script.into_os_string())
            .chain(rest.iter().cloned())
            .collect(),
    ))
}

fn on_path(name: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|p| is_executable(p))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

fn language(words: &[OsString]) -> Language {
    let named = |name: &str| words.iter().any(|w| w.to_string_lossy().contains(name));
    if named("python") || named(".py") {
        Language::Python
    } else if named("node") || named(".js") || named(".mjs") {
        Language::JavaScript
    } else {
        Language::Other
    }
}
