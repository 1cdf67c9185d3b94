//! The binary `isolab`: one file per subcommand, each a thin shell around `isolab-core`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod node;
mod page;
mod serve;

/// A laboratory for isolation: reference node, replay, grader and checker.
#[derive(Parser, Debug)]
#[command(name = "isolab", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Node(node::NodeArgs),
    Serve(serve::ServeArgs),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Node(args) => node::run(&args),
        Command::Serve(args) => serve::run(&args),
    }
}
