//! `isolab completions` and `isolab man`: the command line, for shells and manuals.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{Cli, style};

/// Print shell completions.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab completions bash > ~/.local/share/bash-completion/completions/isolab
  isolab completions zsh > \"${fpath[1]}/_isolab\"
  isolab completions fish > ~/.config/fish/completions/isolab.fish")]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the manual page, in roff; `man -l` reads it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab man > isolab.1 && man -l isolab.1
  isolab man replay | man -l -")]
pub struct ManArgs {
    /// A subcommand; the whole tool otherwise.
    command: Option<String>,
}

/// Print completions.
pub fn run(args: &CompletionsArgs) -> ExitCode {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "isolab", &mut out);
    style::print(&String::from_utf8_lossy(&out))
}

/// Print the manual page.
pub fn run_man(args: &ManArgs) -> ExitCode {
    let mut command = Cli::command();
    command.build();
    let command = match &args.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone().display_name(format!("isolab-{name}")),
            None => {
                let error =
                    anyhow::anyhow!("there is no subcommand {name:?}; `isolab --help` lists them");
                return style::fail("isolab man", &error);
            }
        },
    };
    let mut out = Vec::new();
    match clap_mangen::Man::new(command).render(&mut out) {
        Ok(()) => style::print(&String::from_utf8_lossy(&out)),
        Err(error) => style::fail("isolab man", &error.into()),
    }
}
