//! `isolab show`: one exercise's statement, concepts and hints.

use std::{fmt::Write, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use isolab_core::exercise::Exercise;

use crate::{
    course::CourseArgs,
    style::{self, Colour, Style},
};

/// Show an exercise: its statement, key concepts, hints and cases.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab show mvcc
  isolab show mvcc --hints 2
  isolab show occ --starter main.py > main.py

Exit codes:
  0  the exercise was printed
  1  there is no such exercise, hint or starter
  2  bad arguments")]
pub struct ShowArgs {
    /// Id or number of the exercise.
    exercise: String,

    /// Show the first N hints; they are kept back otherwise.
    #[arg(long, value_name = "N", default_value_t = 0)]
    hints: usize,

    /// Print only a starter program: main.py or main.js.
    #[arg(long, value_name = "FILE")]
    starter: Option<String>,

    /// Colour: on a terminal, always or never.
    #[arg(long, value_enum, default_value_t)]
    color: Colour,

    #[command(flatten)]
    course: CourseArgs,
}

/// Print the exercise.
pub fn run(args: &ShowArgs) -> ExitCode {
    match text(args) {
        Ok(text) => style::print(&text),
        Err(error) => style::fail("isolab show", &error),
    }
}

fn text(args: &ShowArgs) -> Result<String> {
    let exercise = args.course.exercise(&args.exercise)?;
    match &args.starter {
        Some(file) => starter(&exercise, file),
        None => whole(&exercise, args.hints, Style::new(args.color)),
    }
}

fn starter(exercise: &Exercise, file: &str) -> Result<String> {
    let found = exercise.starter.iter().find(|program| program.file == file);
    if let Some(program) = found {
        return Ok(program.text.clone());
    }
    let there: Vec<&str> = exercise
        .starter
        .iter()
        .map(|program| program.file.as_str())
        .collect();
    bail!(
        "{} has no starter {file:?}; there are {}",
        exercise.id,
        there.join(", ")
    )
}

fn whole(exercise: &Exercise, hints: usize, style: Style) -> Result<String> {
    if hints > exercise.hints.len() {
        bail!(
            "{} has {} hints, {hints} were asked for",
            exercise.id,
            exercise.hints.len()
        );
    }
    let mut out = String::new();
    let title = format!("{}. {}", exercise.number, exercise.title);
    writeln!(out, "{}", style.bold(&title))?;
    writeln!(out, "{}\n", exercise.teaches)?;
    writeln!(out, "{}\n", exercise.statement.trim_end())?;
    writeln!(out, "{}\n", style.bold("Key concepts"))?;
    for concept in &exercise.concepts {
        writeln!(out, "{}", style.bold(&concept.name))?;
        out.push_str(&style::wrap(&concept.text, style.width, "    "));
    }
    for (place, hint) in exercise.hints.iter().take(hints).enumerate() {
        writeln!(
            out,
            "\n{}\n",
            style.bold(&format!("Hint {} of {}", place + 1, exercise.hints.len()))
        )?;
        writeln!(out, "{hint}")?;
    }
    if hints < exercise.hints.len() {
        let rest = exercise.hints.len() - hints;
        let next = format!("isolab show {} --hints {}", exercise.id, hints + 1);
        writeln!(out, "\n{rest} more hints; the next: {next}")?;
    }
    writeln!(out, "\n{}\n", style.bold("Cases"))?;
    let widest = exercise
        .cases
        .iter()
        .map(|case| case.id.chars().count())
        .max()
        .unwrap_or(0);
    for case in &exercise.cases {
        let id = format!("{:widest$}", case.id);
        writeln!(
            out,
            "{}  {} {}",
            style.dim(&id),
            case.title,
            style.dim(case.kind.name())
        )?;
    }
    if let Some(case) = exercise.cases.first() {
        writeln!(
            out,
            "\nReplay one: isolab replay {} --case {}",
            exercise.id, case.id
        )?;
    }
    writeln!(out, "Source: {}", exercise.source)?;
    Ok(out)
}
