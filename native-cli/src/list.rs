//! `isolab list`: the course at a glance.

use std::{fmt::Write, process::ExitCode};

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::{
    course::CourseArgs,
    style::{self, Colour, Style},
};

/// List the exercises of the course.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab list
  isolab list --cases
  isolab list --format json

Exit codes:
  0  the list was printed
  1  the exercises could not be read
  2  bad arguments")]
pub struct ListArgs {
    /// List the cases of each exercise, too.
    #[arg(long)]
    cases: bool,

    /// Text, or JSON for a program.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Colour: on a terminal, always or never.
    #[arg(long, value_enum, default_value_t)]
    color: Colour,

    #[command(flatten)]
    course: CourseArgs,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// An exercise, as JSON says it.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    number: u32,
    title: &'a str,
    teaches: &'a str,
    cases: Vec<CaseEntry<'a>>,
}

#[derive(Serialize)]
struct CaseEntry<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'static str,
}

/// Print the list.
pub fn run(args: &ListArgs) -> ExitCode {
    match text(args) {
        Ok(text) => style::print(&text),
        Err(error) => style::fail("isolab list", &error),
    }
}

fn text(args: &ListArgs) -> Result<String> {
    let course = args.course.course()?;
    let entries = course.iter().map(|exercise| Entry {
        id: &exercise.id,
        number: exercise.number,
        title: &exercise.title,
        teaches: &exercise.teaches,
        cases: exercise
            .cases
            .iter()
            .map(|case| CaseEntry {
                id: &case.id,
                title: &case.title,
                kind: case.kind.name(),
            })
            .collect(),
    });
    let entries: Vec<Entry> = entries.collect();
    if args.format == Format::Json {
        return Ok(serde_json::to_string_pretty(&entries)? + "\n");
    }
    let style = Style::new(args.color);
    let widest = entries
        .iter()
        .map(|e| e.id.chars().count())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for entry in &entries {
        let id = format!("{:widest$}", entry.id);
        writeln!(
            out,
            "{}  {}  {}",
            entry.number,
            style.bold(&id),
            entry.title
        )?;
        let indent = " ".repeat(widest + 5);
        out.push_str(&style::wrap(entry.teaches, style.width, &indent));
        if args.cases {
            let ids = entry.cases.iter().map(|case| case.id.chars().count());
            let ids = ids.max().unwrap_or(0);
            for case in &entry.cases {
                let id = format!("{:ids$}", case.id);
                writeln!(
                    out,
                    "{indent}{}  {} {}",
                    style.dim(&id),
                    case.title,
                    style.dim(case.kind)
                )?;
            }
        }
    }
    Ok(out)
}
