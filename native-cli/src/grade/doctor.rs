//! `isolab doctor`: which protections hold on this machine.

use std::process::{Command, ExitCode};

use clap::Args;

use super::cage::Cage;
use super::process::Limits;

/// Say which protections hold here while programs are graded.
#[derive(Args, Debug)]
#[command(after_help = "Exit code: 0 if all protections hold, 1 if some are missing.")]
pub struct DoctorArgs {}

/// Runs the command.
pub fn run(_args: &DoctorArgs) -> ExitCode {
    let cage = Cage::new(true, Limits::default().memory, &[]);
    println!("Programs that are graded here have:");
    for words in cage.words() {
        println!("  yes  {words}");
    }
    let whole = cage.protections.namespaces;
    if !whole {
        println!("  no   namespaces of their own: a child that leaves its group may stay behind,");
        println!("       the network can be reached, files can be written");
        println!("       (unprivileged user namespaces are off, or a container forbids them)");
    }
    println!("Interpreters:");
    for name in ["python3", "node"] {
        let version = Command::new(name).arg("--version").output();
        match version {
            Ok(output) => println!("  yes  {}", String::from_utf8_lossy(&output.stdout).trim()),
            Err(_) => println!("  no   {name} is not on PATH"),
        }
    }
    if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
