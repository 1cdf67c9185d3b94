//! The binary `isolab`: one file per subcommand, each a thin shell around `isolab-core`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod check;
mod completions;
mod course;
mod grade;
mod list;
mod node;
mod page;
mod replay;
mod serve;
mod show;
mod style;

/// A laboratory for isolation: reference node, replay, grader and checker.
#[derive(Parser, Debug)]
#[command(name = "isolab", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Replay(replay::ReplayArgs),
    Check(check::CheckArgs),
    Grade(grade::GradeArgs),
    Doctor(grade::doctor::DoctorArgs),
    Node(node::NodeArgs),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
    Serve(serve::ServeArgs),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && std::env::args().nth(1).as_deref() == Some("check") => {
            let _ = error.print();
            return check::usage_status();
        }
        Err(error) => error.exit(),
    };
    match cli.command {
        Command::List(args) => list::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => completions::run_man(&args),
        Command::Check(args) => check::run(&args),
        Command::Grade(args) => grade::run(&args),
        Command::Doctor(args) => grade::doctor::run(&args),
        Command::Node(args) => node::run(&args),
        Command::Serve(args) => serve::run(&args),
    }
}
