//! `isolab replay`: a script, step by step, on a terminal.

use std::{fmt::Write, fs, io::Read, path::Path, process::ExitCode};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use isolab_core::{
    explain::phrase::plain,
    run::Run,
    view::{Picture, Scene, Window, chains::Role, scene::Row},
};
use serde::Serialize;

use crate::{
    course::CourseArgs,
    list::Format,
    style::{self, Colour, Style},
};

mod canvas;
mod chains;
mod contention;
mod lists;
mod log;
mod mrt;
mod occ;

/// Replay a case of an exercise, or a file of messages, step by step.
///
/// A file holds one message per line; a recording of `isolab node --record`
/// will do, and so will a transcript that has a node's replies among the
/// messages: they are then shown beside the reference's.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab replay mvcc
  isolab replay mvcc --case 26-snapshot --step 5
  isolab replay mvcc --case 26-snapshot --step 5 --words
  isolab replay script.jsonl --step 3 --format json
  isolab node --record run.jsonl < script.jsonl; isolab replay run.jsonl
  isolab replay --contention --clients 16 --retries 5
  isolab replay --contention --script 80 | isolab replay - --step 200

Exit codes:
  0  the replay was printed
  1  there is no such exercise, file, case or step
  2  bad arguments")]
pub struct ReplayArgs {
    /// Id or number of an exercise, or a file of messages; - is stdin.
    #[arg(value_name = "EXERCISE|FILE", required_unless_present = "contention")]
    what: Option<String>,

    /// The case: its id, its title, or its place from 1; the first one otherwise.
    #[arg(long, value_name = "NAME")]
    case: Option<String>,

    /// Show the state after message N, and why; 0 is before the first.
    #[arg(long, value_name = "N")]
    step: Option<u32>,

    /// Say the picture in words: sentences and tables instead of a drawing.
    #[arg(long)]
    words: bool,

    /// Text, or JSON for a program.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Colour: on a terminal, always or never.
    #[arg(long, value_enum, default_value_t)]
    color: Colour,

    #[command(flatten)]
    course: CourseArgs,

    #[command(flatten)]
    contention: contention::ContentionArgs,
}

/// A script with its title.
struct Script {
    title: String,
    why: Option<String>,
    run: Run,
}

/// The whole replay, as JSON says it.
#[derive(Serialize)]
struct Whole<'a> {
    title: &'a str,
    steps: u32,
    first_divergence: Option<u32>,
    rows: Vec<Row>,
    last: Scene,
}

/// Print the replay.
pub fn run(args: &ReplayArgs) -> ExitCode {
    match text(args) {
        Ok(text) => style::print(&text),
        Err(error) => style::fail("isolab replay", &error),
    }
}

fn text(args: &ReplayArgs) -> Result<String> {
    if args.contention.contention {
        let style = Style::new(args.color);
        return contention::text(&args.contention, args.format, style);
    }
    let script = open(args, args.what.as_deref().unwrap_or("-"))?;
    let run = &script.run;
    if let Some(step) = args.step.filter(|step| *step > run.len()) {
        bail!(
            "there is no step {step}; {:?} has {} messages",
            script.title,
            run.len()
        );
    }
    let window = Window::default();
    let scene = run.scene(args.step.unwrap_or(run.len()), &window);
    if args.format == Format::Json {
        let json = match args.step {
            Some(_) => serde_json::to_string_pretty(&scene)?,
            None => serde_json::to_string_pretty(&Whole {
                title: &script.title,
                steps: run.len(),
                first_divergence: run.first_divergence(),
                rows: run.rows(1..run.len() + 1),
                last: scene,
            })?,
        };
        return Ok(json + "\n");
    }
    let style = Style::new(args.color);
    let mut out = String::new();
    writeln!(out, "{}", style.bold(&script.title))?;
    if let Some(why) = &script.why {
        writeln!(out, "{why}")?;
    }
    out.push('\n');
    match args.step {
        None => transcript(&mut out, run, style)?,
        Some(_) => one_row(&mut out, &scene, style)?,
    }
    match args.words {
        true => words(&mut out, &scene, style)?,
        false => picture(&mut out, &scene, style)?,
    }
    reasons(&mut out, &scene, style)?;
    Ok(out)
}

/// The script that was asked for. A file of that name comes first if it looks
/// like a path, an exercise otherwise.
fn open(args: &ReplayArgs, what: &str) -> Result<Script> {
    let path = Path::new(what);
    let is_exercise =
        !what.contains(['/', '.']) && what != "-" && args.course.exercise(what).is_ok();
    if is_exercise {
        let exercise = args.course.exercise(what)?;
        let case = match &args.case {
            Some(name) => exercise.case(name).ok_or_else(|| {
                anyhow!(
                    "{what} has no case {name:?}; `isolab show {what}` lists its {}",
                    exercise.cases.len()
                )
            })?,
            None => &exercise.cases[0],
        };
        return Ok(Script {
            title: case.title.clone(),
            why: Some(case.why.clone()),
            run: Run::from_script(&case.script()),
        });
    }
    if what != "-" && !path.exists() {
        let course = args.course.course()?;
        let known: Vec<&str> = course.iter().map(|exercise| exercise.id.as_str()).collect();
        bail!(
            "there is no file and no exercise {what:?}; the exercises are {}",
            known.join(", ")
        );
    }
    if let Some(case) = &args.case {
        bail!("--case {case} goes with an exercise; {what} is a file");
    }
    let mut bytes = Vec::new();
    if what == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("stdin")?;
    } else {
        bytes = fs::read(path).with_context(|| what.to_owned())?;
    }
    let run = Run::from_lines(bytes.split(|byte| *byte == b'\n'));
    if run.is_empty() {
        bail!("{what}: expected messages, one a line, found none");
    }
    Ok(Script {
        title: what.to_owned(),
        why: None,
        run,
    })
}

/// The rows of all messages.
fn transcript(out: &mut String, run: &Run, style: Style) -> Result<()> {
    let rows = run.rows(1..run.len() + 1);
    let digits = run.len().to_string().len();
    let client = rows
        .iter()
        .map(|row| row.client.chars().count())
        .max()
        .unwrap_or(0);
    for row in &rows {
        print_row(out, row, digits, client, style)?;
    }
    out.push('\n');
    Ok(())
}

fn one_row(out: &mut String, scene: &Scene, style: Style) -> Result<()> {
    let Some(row) = &scene.row else {
        return Ok(());
    };
    let digits = row.number.to_string().len();
    print_row(out, row, digits, row.client.chars().count(), style)?;
    writeln!(
        out,
        "\n{}",
        style.dim(&format!("in   {}", scene.request_line))
    )?;
    for line in &scene.reply_lines {
        writeln!(out, "{}", style.dim(&format!("out  {line}")))?;
    }
    for note in &scene.notes {
        writeln!(out, "{}", style.dim(&format!("note {note}")))?;
    }
    for line in scene.actual.iter().flat_map(|actual| &actual.reply_lines) {
        writeln!(out, "{}", style.dim(&format!("yours {line}")))?;
    }
    out.push('\n');
    Ok(())
}

fn print_row(
    out: &mut String,
    row: &Row,
    digits: usize,
    client: usize,
    style: Style,
) -> Result<()> {
    let head = format!("{:>digits$} {:client$}  ", row.number, row.client);
    let reply = match row.refused {
        true => style.role(Role::Refused, &row.reply),
        false => row.reply.clone(),
    };
    let arrow = if row.reply.is_empty() { "" } else { " → " };
    let indent = " ".repeat(head.chars().count());
    write!(out, "{}{}", style.dim(&head), row.request)?;
    for operation in &row.operations {
        write!(out, "\n{indent}  {operation}")?;
    }
    writeln!(out, "{arrow}{reply}")?;
    if let Some(actual) = row.actual.as_ref().filter(|_| row.diverges) {
        writeln!(
            out,
            "{indent}  {}",
            style.role(Role::Refused, &format!("yours: {actual}"))
        )?;
    }
    Ok(())
}

fn picture(out: &mut String, scene: &Scene, style: Style) -> Result<()> {
    writeln!(out, "{}", style.bold(&scene.caption))?;
    out.push_str(&match &scene.picture {
        Picture::Empty => String::new(),
        Picture::Chains(chains) => chains::draw(chains, style),
        Picture::Occ(occ) => occ::draw(occ, style),
        Picture::Log(log) => log::draw(log, style),
        Picture::Lists(lists) => lists::draw(lists, style),
        Picture::Mrt(mrt) => mrt::draw(mrt, style),
    });
    Ok(())
}

/// The picture as sentences and tables, for those who do not see it.
fn words(out: &mut String, scene: &Scene, style: Style) -> Result<()> {
    writeln!(out, "{}", style.bold(&scene.caption))?;
    for sentence in &scene.sentences {
        out.push_str(&style::wrap(sentence, style.width.min(88), "  "));
    }
    for table in &scene.tables {
        writeln!(out, "\n{}", style.bold(&table.caption))?;
        let width = |column: usize| {
            let cells = table.rows.iter().map(|row| row[column].chars().count());
            cells
                .chain([table.columns[column].chars().count()])
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
        for row in [&table.columns].into_iter().chain(&table.rows) {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(out, "  {}", line.trim_end())?;
        }
    }
    Ok(())
}

fn reasons(out: &mut String, scene: &Scene, style: Style) -> Result<()> {
    writeln!(out, "\n{}", style.bold(&scene.why.title))?;
    for paragraph in scene.why.paragraphs.iter().chain(&scene.why.also) {
        out.push_str(&style::wrap(&plain(paragraph), style.width.min(88), "  "));
    }
    Ok(())
}
