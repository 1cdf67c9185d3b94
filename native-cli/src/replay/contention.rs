//! `isolab replay --contention`: the abort rate as the share of hot keys grows.

use std::fmt::Write;

use anyhow::{Result, anyhow};
use clap::Args;
use isolab_core::{
    contention::{self, Contention, Workload, percent},
    view::chains::Role,
};

use crate::{
    list::Format,
    style::{self, Style},
};

/// What the clients of the study do.
#[derive(Args, Debug)]
#[command(next_help_heading = "Contention")]
pub struct ContentionArgs {
    /// Study optimistic control under contention instead: seeded clients, and
    /// a growing share of accesses that go to a few hot keys.
    #[arg(long)]
    pub contention: bool,

    /// Seed of all choices.
    #[arg(long, value_name = "N", requires = "contention")]
    seed: Option<u32>,

    /// Clients that run at the same time.
    #[arg(long, value_name = "N", requires = "contention")]
    clients: Option<u32>,

    /// Keys.
    #[arg(long, value_name = "N", requires = "contention")]
    keys: Option<u32>,

    /// How many of the keys are hot.
    #[arg(long, value_name = "N", requires = "contention")]
    hot_keys: Option<u32>,

    /// Transactions of each client.
    #[arg(long, value_name = "N", requires = "contention")]
    transactions: Option<u32>,

    /// Keys that a transaction reads; it writes the first of them.
    #[arg(long, value_name = "N", requires = "contention")]
    reads: Option<u32>,

    /// How often a refused transaction is tried again.
    #[arg(long, value_name = "N", requires = "contention")]
    retries: Option<u32>,

    /// Print the script in which so many percent of the accesses are hot.
    #[arg(long, value_name = "PERCENT", requires = "contention",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    script: Option<u32>,
}

/// Columns of the longest bar.
const BAR: usize = 32;

/// The study, or one of its scripts.
pub fn text(args: &ContentionArgs, format: Format, style: Style) -> Result<String> {
    let default = Workload::default();
    let workload = Workload {
        seed: args.seed.unwrap_or(default.seed),
        clients: args.clients.unwrap_or(default.clients),
        keys: args.keys.unwrap_or(default.keys),
        hot_keys: args.hot_keys.unwrap_or(default.hot_keys),
        transactions: args.transactions.unwrap_or(default.transactions),
        reads: args.reads.unwrap_or(default.reads),
        retries: args.retries.unwrap_or(default.retries),
    };
    workload
        .check()
        .map_err(|reason| anyhow!(reason.replace('_', "-")))?;
    if let Some(share) = args.script {
        let generated = contention::generate(&workload, share);
        return Ok(generated.lines.join("\n") + "\n");
    }
    let study = contention::study(&workload).map_err(|reason| anyhow!(reason))?;
    match format {
        Format::Json => Ok(serde_json::to_string_pretty(&study)? + "\n"),
        Format::Text => chart(&study, style),
    }
}

fn chart(study: &Contention, style: Style) -> Result<String> {
    let workload = &study.workload;
    let mut out = String::new();
    writeln!(out, "{}", style.bold(&study.table.caption))?;
    writeln!(
        out,
        "{} clients, {} transactions each, {} of {} keys hot, {} reads and one write, up to {} retries, seed {}\n",
        workload.clients,
        workload.transactions,
        workload.hot_keys,
        workload.keys,
        workload.reads,
        workload.retries,
        workload.seed
    )?;
    writeln!(
        out,
        "{}",
        style.dim(&format!(
            "{:>5}  {:BAR$}  {:>7}  {:>7}  {:>7}  {:>8}",
            "hot", "abort rate", "", "commits", "retries", "given up"
        ))
    )?;
    for point in &study.points {
        let filled = (point.aborted_per_mille as usize * BAR).div_ceil(1000);
        let bar = "█".repeat(filled) + &" ".repeat(BAR - filled);
        writeln!(
            out,
            "{:>3} %  {}  {:>7}  {:>7}  {:>7}  {:>8}",
            point.hot_percent,
            style.role(Role::Refused, &bar),
            percent(point.aborted_per_mille),
            point.commits,
            point.retries,
            point.given_up
        )?;
    }
    out.push('\n');
    for sentence in &study.sentences {
        out.push_str(&style::wrap(sentence, style.width.min(88), "  "));
    }
    Ok(out)
}
