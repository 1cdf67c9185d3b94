//! Colour on a terminal, and how wide it is.

use std::{
    env,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::ValueEnum;
use isolab_core::view::chains::Role;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Puts colour on text, or leaves it.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Style {
    /// For stdout.
    pub fn new(colour: Colour) -> Self {
        let terminal = io::stdout().is_terminal();
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let size = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Style {
            colour: match colour {
                Colour::Auto => terminal && !set("NO_COLOR") && !dumb,
                Colour::Always => true,
                Colour::Never => false,
            },
            width: size.filter(|_| terminal).unwrap_or(100).clamp(40, 400),
        }
    }

    /// Bold text.
    pub fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Quiet text.
    pub fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Text in the colour of a role; the role is never said by colour alone.
    pub fn role(&self, role: Role, text: &str) -> String {
        match role {
            Role::Plain => text.to_owned(),
            Role::Chosen => self.paint("1;34", text),
            Role::Newer => self.paint("33", text),
            Role::Refused => self.paint("1;31", text),
            Role::Gone => self.paint("2", text),
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        match self.colour && !text.is_empty() {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// Breaks text into lines of at most `width` characters, each after `indent`.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut wrapped = String::new();
    for paragraph in text.lines() {
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width.saturating_sub(indent.len()) {
                wrapped.push('\n');
                column = 0;
            }
            if column == 0 {
                wrapped.push_str(indent);
            } else {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += length;
        }
        wrapped.push('\n');
    }
    wrapped
}

/// Prints to stdout; a reader that has gone away is no news.
pub fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(error) => fail("isolab", &error.into()),
    }
}

/// Prints an error to stderr.
pub fn fail(command: &str, error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "{command}: {error:#}");
    ExitCode::FAILURE
}
