//! Plays a session against a child process: one thread, three pipes, one clock.
//!
//! Everything is written and read as the pipes allow it, so neither side can make
//! the other wait for ever: a program that fills its standard error, reads nothing
//! or writes without end meets a limit, not a blocked grader.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use isolab_core::judge::session::{Command, End, Outcome, Session};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::Timespec;

use super::process::{Limits, Process};

/// What only the shell knows of a case.
#[derive(Clone, Debug, Default)]
pub struct RunNotes {
    /// From the first line sent to the end of the case.
    pub elapsed: Duration,
    /// How the program ended, if it did so by itself.
    pub status: Option<ExitStatus>,
    /// The end of its standard error.
    pub stderr: String,
    /// What was said, when a transcript is wanted.
    pub transcript: Vec<(Direction, String)>,
    /// The program did not end within the grace after its input had.
    pub lingers: bool,
}

/// Which way a line of a transcript went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the program.
    Sent,
    /// From the program.
    Received,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For answers that were held back until the input ended.
    pub drain: Duration,
    /// For the program's end after the last answer.
    pub grace: Duration,
    /// When the whole grade is over.
    pub deadline: Instant,
}

/// Plays `session` with `process`.
pub fn drive(
    mut session: Session,
    process: &mut Process,
    limits: Limits,
    patience: Patience,
    keep_transcript: bool,
) -> (Outcome, RunNotes) {
    let limit = Duration::from_millis(u64::from(session.case().timeout_ms));
    let mut talk = Talk {
        process,
        limits,
        pending: Vec::new(),
        written: 0,
        partial: Vec::new(),
        received: 0,
        closing: false,
        last_look: Instant::now(),
        waited: Duration::ZERO,
        transcript: keep_transcript.then(Vec::new),
    };
    let mut first_sent: Option<Instant> = None;
    let mut phase_start = Instant::now();
    let mut was_ending = false;
    let mut lingers = false;
    let starved_before = Duration::from_nanos(talk.process.census().starved);
    let mut extended = false;
    let mut credit = Duration::ZERO;
    loop {
        match session.poll() {
            Command::Send(text) => {
                if first_sent.is_none() {
                    first_sent = Some(Instant::now());
                }
                talk.send(&text);
            }
            Command::Close => {
                talk.closing = true;
                phase_start = Instant::now();
            }
            wait @ (Command::AwaitReply | Command::AwaitEnd) => {
                let ending = wait == Command::AwaitEnd;
                if ending && !was_ending {
                    phase_start = Instant::now();
                    was_ending = true;
                }
                let until = if !ending {
                    // Only waiting counts: what the judge itself takes is not the program's.
                    (Instant::now() + (limit + credit).saturating_sub(talk.waited))
                        .min(first_sent.unwrap_or(phase_start) + 3 * limit)
                } else if session.is_draining() {
                    phase_start + patience.drain
                } else {
                    phase_start + patience.grace
                };
                let until = until.min(patience.deadline);
                if Instant::now() >= until {
                    // A loaded machine is not the program's fault: time spent waiting for a
                    // core does not count, once and at most as long as the limit itself.
                    let starved = Duration::from_nanos(talk.process.census().starved);
                    let waited = starved.saturating_sub(starved_before).min(limit);
                    if !ending && !extended && waited > limit / 10 && !talk.crowded() {
                        extended = true;
                        credit = waited;
                        continue;
                    }
                    lingers = ending;
                    session.timed_out();
                    continue;
                }
                if let Some(end) = talk.step(&mut session, until) {
                    session.ended(end);
                }
            }
            Command::Done => break,
        }
    }
    let elapsed = first_sent.unwrap_or(phase_start).elapsed();
    talk.drain_stderr();
    let transcript = talk.transcript.take().unwrap_or_default();
    let own_end = process.status();
    process.stop();
    let mut stderr = process.tail.text();
    if process.tail.dropped > 0 {
        stderr = format!("[{} bytes before]\n{stderr}", process.tail.dropped);
    }
    (
        session.outcome(),
        RunNotes {
            elapsed,
            status: own_end,
            stderr,
            transcript,
            lingers,
        },
    )
}

struct Talk<'a> {
    process: &'a mut Process,
    limits: Limits,
    /// What is still to be written, from `written` on.
    pending: Vec<u8>,
    written: usize,
    /// The beginning of a line whose end has not come.
    partial: Vec<u8>,
    received: usize,
    closing: bool,
    last_look: Instant,
    /// How long it was waited for the program.
    waited: Duration,
    transcript: Option<Vec<(Direction, String)>>,
}

impl Talk<'_> {
    fn send(&mut self, text: &str) {
        if let Some(transcript) = &mut self.transcript {
            transcript.extend(text.lines().map(|l| (Direction::Sent, l.to_owned())));
        }
        self.pending.extend_from_slice(text.as_bytes());
        self.write();
    }

    /// Writes what the pipe takes; a program that has closed its input gets nothing more.
    fn write(&mut self) {
        while self.written < self.pending.len() {
            let Some(stdin) = &self.process.stdin else {
                break;
            };
            match rustix::io::write(stdin, &self.pending[self.written..]) {
                Ok(n) => self.written += n,
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return,
                Err(_) => self.process.stdin = None,
            }
        }
        self.pending.clear();
        self.written = 0;
        if self.closing {
            self.process.stdin = None;
        }
    }

    /// Waits for something to happen on a pipe, at most until `until`, and handles it.
    fn step(&mut self, session: &mut Session, until: Instant) -> Option<End> {
        if self.closing && self.pending.is_empty() {
            self.process.stdin = None;
        }
        // A look at the process itself now and then: it may end while a child keeps its pipes.
        const GLANCE: Duration = Duration::from_millis(20);
        let wait = until.saturating_duration_since(Instant::now()).min(GLANCE);
        let writing = !self.pending.is_empty() && self.process.stdin.is_some();
        let waits_since = Instant::now();
        let ready = {
            let mut fds = vec![PollFd::new(&self.process.stdout, PollFlags::IN)];
            if let Some(stderr) = &self.process.stderr {
                fds.push(PollFd::new(stderr, PollFlags::IN));
            }
            if let Some(stdin) = self.process.stdin.as_ref().filter(|_| writing) {
                fds.push(PollFd::new(stdin, PollFlags::OUT));
            }
            let time = Timespec {
                tv_sec: wait.as_secs() as i64,
                tv_nsec: i64::from(wait.subsec_nanos()),
            };
            poll(&mut fds, Some(&time)).unwrap_or_default()
        };
        self.waited += waits_since.elapsed();
        if self.last_look.elapsed() >= GLANCE {
            self.last_look = Instant::now();
            if let Some(end) = self.over_limit() {
                return Some(end);
            }
        }
        if ready == 0 {
            return self.glance(session);
        }
        if writing {
            self.write();
        }
        self.drain_stderr();
        self.read(session)
    }

    fn read(&mut self, session: &mut Session) -> Option<End> {
        let mut buffer = [0_u8; 64 << 10];
        match rustix::io::read(&self.process.stdout, &mut buffer) {
            Ok(0) => {
                self.last_line(session);
                // The output is closed; mostly because the program ends.
                match self.process.wait(Duration::from_millis(50)) {
                    Some(_) => Some(self.exited()),
                    None => Some(End::ClosedOutput),
                }
            }
            Ok(n) => self.take(session, &buffer[..n]),
            Err(_) => None,
        }
    }

    fn take(&mut self, session: &mut Session, bytes: &[u8]) -> Option<End> {
        self.received += bytes.len();
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'\n', rest) {
            let (line, after) = (&rest[..at], &rest[at + 1..]);
            if self.partial.is_empty() {
                self.line(session, line);
            } else {
                let mut whole = std::mem::take(&mut self.partial);
                whole.extend_from_slice(line);
                self.line(session, &whole);
            }
            rest = after;
        }
        self.partial.extend_from_slice(rest);
        if self.partial.len() > self.limits.line {
            return Some(End::LineLimit);
        }
        (self.received > self.limits.output).then_some(End::OutputLimit)
    }

    fn line(&mut self, session: &mut Session, line: &[u8]) {
        if let Some(transcript) = &mut self.transcript {
            transcript.push((
                Direction::Received,
                String::from_utf8_lossy(line).into_owned(),
            ));
        }
        session.line(line);
    }

    /// A last line without its end is a line.
    fn last_line(&mut self, session: &mut Session) {
        if !self.partial.is_empty() {
            let line = std::mem::take(&mut self.partial);
            self.line(session, &line);
        }
    }

    fn drain_stderr(&mut self) {
        let mut buffer = [0_u8; 16 << 10];
        while let Some(stderr) = &self.process.stderr {
            match rustix::io::read(stderr, &mut buffer) {
                Ok(0) => self.process.stderr = None,
                Ok(n) => self.process.tail.push(&buffer[..n]),
                Err(_) => return,
            }
        }
    }

    /// It ended; when its last words speak of memory, that was the limit.
    fn exited(&mut self) -> End {
        const WORDS: [&str; 6] = [
            "MemoryError",
            "out of memory",
            "bad_alloc",
            "Cannot allocate memory",
            "OutOfMemoryError",
            "memory allocation of",
        ];
        self.drain_stderr();
        let failed = self.process.status().is_some_and(|s| !s.success());
        let last = self.process.tail.text();
        if failed && WORDS.iter().any(|words| last.contains(words)) {
            return End::MemoryLimit;
        }
        End::Exited
    }

    /// Whether it uses more memory or processes than it may.
    fn over_limit(&self) -> Option<End> {
        let census = self.process.census();
        if census.processes > self.limits.processes {
            return Some(End::ProcessLimit);
        }
        (census.memory > self.limits.memory).then_some(End::MemoryLimit)
    }

    /// Whether it competes for the cores with itself.
    fn crowded(&self) -> bool {
        // The keeper, the first process, the program and an interpreter's shim.
        self.process.census().processes > 4
    }

    /// Nothing came: is it still there?
    fn glance(&mut self, session: &mut Session) -> Option<End> {
        if self.process.status().is_some() {
            let mut buffer = [0_u8; 16 << 10];
            while let Ok(n @ 1..) = rustix::io::read(&self.process.stdout, &mut buffer) {
                if let Some(end) = self.take(session, &buffer[..n]) {
                    return Some(end);
                }
            }
            self.last_line(session);
            return Some(self.exited());
        }
        None
    }
}
