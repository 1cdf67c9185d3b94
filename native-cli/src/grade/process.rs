//! A program as a child process: started ahead, talked to through pipes, ended for certain.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process_group};

use super::cage::Cage;
use super::census::{Census, census};

/// What a program may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes on standard output, for a whole case.
    pub output: usize,
    /// Bytes of one line.
    pub line: usize,
    /// Resident bytes of the program and its children.
    pub memory: u64,
    /// The program and its children.
    pub processes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            output: 64 << 20,
            line: 4 << 20,
            memory: 1 << 30,
            processes: 64,
        }
    }
}

/// How a program is started.
#[derive(Clone, Debug)]
pub struct Launcher {
    /// The program file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What it may use.
    pub limits: Limits,
    /// What it is kept in.
    pub cage: Cage,
}

/// A running program.
pub struct Process {
    child: Child,
    group: Option<Pid>,
    /// Its input, until it is closed.
    pub stdin: Option<OwnedFd>,
    /// Its output.
    pub stdout: OwnedFd,
    /// Its log.
    pub stderr: Option<OwnedFd>,
    /// The end of its log.
    pub tail: Tail,
    status: Option<ExitStatus>,
}

/// The last bytes of standard error.
#[derive(Default)]
pub struct Tail {
    bytes: VecDeque<u8>,
    /// How many bytes came before those.
    pub dropped: u64,
}

/// How much of standard error is kept.
const TAIL: usize = 64 << 10;

impl Tail {
    /// Adds bytes, and forgets the oldest.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let over = self.bytes.len().saturating_sub(TAIL);
        self.bytes.drain(..over);
        self.dropped += over as u64;
    }

    /// The text, whatever bytes it is made of.
    pub fn text(&self) -> String {
        let (a, b) = self.bytes.as_slices();
        String::from_utf8_lossy(&[a, b].concat()).into_owned()
    }
}

impl Launcher {
    /// Starts the program.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(&self) -> io::Result<Process> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.cage.enter(&mut command);
        let mut child = command.spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let stdin: OwnedFd = child.stdin.take().ok_or_else(missing)?.into();
        let stdout: OwnedFd = child.stdout.take().ok_or_else(missing)?.into();
        let stderr: OwnedFd = child.stderr.take().ok_or_else(missing)?.into();
        for fd in [&stdin, &stdout, &stderr] {
            fcntl_setfl(fd, fcntl_getfl(fd)? | OFlags::NONBLOCK)?;
        }
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Process {
            child,
            group,
            stdin: Some(stdin),
            stdout,
            stderr: Some(stderr),
            tail: Tail::default(),
            status: None,
        })
    }
}

impl Process {
    /// What it and its children use at this moment.
    pub fn census(&self) -> Census {
        census(self.child.id())
    }

    /// How it ended, if it has.
    pub fn status(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status
    }

    /// Waits for its end, at most so long.
    pub fn wait(&mut self, most: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(status) = self.status() {
                return Some(status);
            }
            if start.elapsed() >= most {
                return None;
            }
            std::thread::sleep(pause.min(most));
            pause = (pause * 2).min(Duration::from_millis(5));
        }
    }

    /// Ends it and everything that it started, and takes its status.
    pub fn stop(&mut self) -> Option<ExitStatus> {
        let ended = self.status();
        self.signal(Signal::KILL);
        if ended.is_none() {
            let _ = self.child.kill();
        }
        self.wait(Duration::from_secs(2)).or(ended)
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// `exit code 1`, or `signal 9 (SIGKILL)`.
pub fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}{}", signal_name(signal)),
        (None, None) => "an unknown end".into(),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}
