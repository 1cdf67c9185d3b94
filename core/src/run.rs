//! # A run: a script, executed, every step of it at hand
//!
//! A script is a list of messages. Executing it gives each message its reply
//! and its events; the events are folded **once**, into facts that carry the
//! steps in which they hold. So any step can be shown at once, forwards,
//! backwards or by a jump.
//!
//! ```text
//!   line ─► Node ─► reply, notes, events ─┬─► steps       (the transcript)
//!                                         └─► histories   (facts × steps)
//!                                                 │
//!   scene(19, window) ◄── what holds at step 19 and lies in the window
//! ```
//!
//! 1. Step 0 is before the first message; step k is after message k.
//! 2. A scene costs what is in its window (times a logarithm), not k and not
//!    the length of the run.
//! 3. A line that is the node's own reply (a recording has them) is taken as
//!    the answer of a program, and stands beside the reference's.
//! 4. Answers of a program can also be set step by step ([`Run::answer`]).
//!
//! Left out: running a learner's program (its answers come as lines) and
//! grading it ([`Run::judge`] takes the verdict).

pub mod births;
pub mod compare;
pub mod sent;
#[cfg(test)]
mod tests;
mod transcript;

use std::ops::Range;

use crate::{
    event::Event,
    explain,
    mrt::event::MrtEvent,
    node::{Node, NodeOptions, Note, Step},
    time::Time,
    view::{
        Picture, PictureKind, Scene, Window,
        chains::history::ChainHistory,
        lists::history::{ListHistories, ReadFact},
        log::history::LogHistory,
        mrt::history::MrtHistory,
        occ::history::OccHistory,
        row,
        scene::{Actual, Difference, Mark, Row},
    },
};
use sent::{Sent, elements};

/// A script, executed.
#[derive(Debug, Default)]
pub struct Run {
    steps: Vec<RunStep>,
    events: Vec<Event>,
    /// Which picture belongs to which step: changes only.
    pictures: Vec<(u32, PictureKind)>,
    chains: ChainHistory,
    occ: OccHistory,
    log: LogHistory,
    lists: ListHistories,
    mrt: MrtHistory,
    first_divergence: Option<u32>,
}

/// One message and what came of it.
#[derive(Clone, Debug)]
pub struct RunStep {
    /// The request line, without its newline.
    pub request: String,
    /// Line number in the script, from 1.
    pub line: u32,
    /// Who sent it; empty for a line that is no message.
    pub client: String,
    /// Its type.
    pub kind: String,
    /// Its shape.
    pub mark: Mark,
    /// The reference's reply lines.
    pub replies: Vec<String>,
    /// What the reference wrote on stderr.
    pub notes: Vec<String>,
    /// What a program answered.
    pub answer: Option<Answer>,
    events: Range<usize>,
}

/// A program's answer to a step.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The lines that it wrote.
    pub lines: Vec<String>,
    /// Where it differs from the reference.
    pub differences: Vec<Difference>,
    /// Whether it counts as different.
    pub diverges: bool,
    /// What a judge says about it.
    pub verdict: Option<String>,
}

/// A step, while its scene is made: its lines, read, and its events.
#[derive(Clone, Debug)]
pub struct Now<'a> {
    /// Its number.
    pub step: u32,
    /// Who sent the request.
    pub client: &'a str,
    /// The request.
    pub request: Option<Sent<'a>>,
    /// The reference's reply.
    pub reply: Option<Sent<'a>>,
    /// A program's reply.
    pub actual: Option<Sent<'a>>,
    /// What happened.
    pub events: &'a [Event],
}

impl Run {
    /// Executes a script: one message a line; blank lines are skipped. Lines
    /// that are replies of the node itself count as a program's answers.
    ///
    /// ```
    /// use isolab_core::{run::Run, view::Window};
    /// let run = Run::from_script(concat!(
    ///     r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#, "\n",
    ///     r#"{"src":"c1","dest":"n1","body":{"type":"txn_execute","msg_id":2,"operations":[{"op":"put","key":"a","value":1}]}}"#,
    /// ));
    /// assert_eq!(run.scene(2, &Window::default()).row.unwrap().reply, "entry 1, 1 applied");
    /// ```
    pub fn from_script(text: &str) -> Self {
        Run::from_lines(text.lines().map(str::as_bytes))
    }

    /// The same from lines of bytes, which need not be UTF-8.
    pub fn from_lines<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut run = Run::default();
        let mut node = Node::new(NodeOptions::default());
        let mut step = Step::recording();
        let mut transcript = transcript::Transcript::default();
        for (at, line) in lines.enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text = String::from_utf8_lossy(line);
            let Some(request) = transcript.request(&text) else {
                continue;
            };
            // The node gets the bytes as they came, unless a recording wrapped them.
            let bytes = if *request == *text {
                line
            } else {
                request.as_bytes()
            };
            step.clear();
            node.handle_line(Time::ZERO, at as u64 + 1, bytes, &mut step);
            run.push(request.into_owned(), at as u32 + 1, &mut step);
            let last = &run.steps[run.steps.len() - 1];
            transcript.sent(run.steps.len() as u32, &last.request);
        }
        run.seal();
        for (step, lines) in transcript.answers() {
            run.answer(step, lines);
        }
        run
    }

    /// How many steps there are.
    pub fn len(&self) -> u32 {
        self.steps.len() as u32
    }

    /// Whether the script held no message.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// A step by its number, from 1.
    pub fn step(&self, number: u32) -> Option<&RunStep> {
        self.steps.get((number as usize).checked_sub(1)?)
    }

    /// The events of a step.
    pub fn events_of(&self, number: u32) -> &[Event] {
        let step = self.step(number);
        step.map_or(&[], |step| &self.events[step.events.clone()])
    }

    /// The shape of every message, in order.
    pub fn marks(&self) -> Vec<Mark> {
        self.steps.iter().map(|step| step.mark).collect()
    }

    /// The line of the script on which each message stands, from 1.
    pub fn lines(&self) -> Vec<u32> {
        self.steps.iter().map(|step| step.line).collect()
    }

    /// The first step whose answer by a program differs from the reference's.
    pub fn first_divergence(&self) -> Option<u32> {
        self.first_divergence
    }

    /// The history of the version chains.
    pub fn chains(&self) -> &ChainHistory {
        &self.chains
    }

    /// The history of keys and transactions under optimistic control.
    pub fn occ(&self) -> &OccHistory {
        &self.occ
    }

    /// The history of the log and its state.
    pub fn log(&self) -> &LogHistory {
        &self.log
    }

    /// The history of the lists.
    pub fn lists(&self) -> &ListHistories {
        &self.lists
    }

    /// The history of multi-record transactions.
    pub fn mrt(&self) -> &MrtHistory {
        &self.mrt
    }

    /// Sets what a program answered to a step; it is compared with the
    /// reference's reply, `msg_id` and the words of an error aside.
    pub fn answer(&mut self, number: u32, lines: Vec<String>) {
        let Some(step) = (number as usize)
            .checked_sub(1)
            .and_then(|at| self.steps.get_mut(at))
        else {
            return;
        };
        let differences = compare::differences(&step.replies, &lines);
        let diverges = differences.iter().any(|d| d.expected.is_some());
        let diverges = diverges || step.replies.len() != lines.len();
        step.answer = Some(Answer {
            lines,
            differences,
            diverges,
            verdict: None,
        });
        self.record_list_answer(number);
        self.note_divergence(number, diverges);
    }

    /// Sets a judge's verdict on a program's answer to a step.
    pub fn judge(&mut self, number: u32, diverges: bool, verdict: Option<String>) {
        let place = (number as usize).checked_sub(1);
        let step = place.and_then(|place| self.steps.get_mut(place));
        if let Some(answer) = step.and_then(|step| step.answer.as_mut()) {
            answer.diverges = diverges;
            answer.verdict = verdict;
            self.note_divergence(number, diverges);
        }
    }

    /// The rows of the transcript for some steps, from 1.
    pub fn rows(&self, range: Range<u32>) -> Vec<Row> {
        let range = range.start.max(1)..range.end.min(self.len() + 1);
        range.filter_map(|number| self.row(number)).collect()
    }

    /// Everything that a step shows. A step beyond the end is the last one.
    pub fn scene(&self, number: u32, window: &Window) -> Scene {
        let number = number.min(self.len());
        let now = self.now(number);
        let kind = window.picture.or_else(|| self.picture_kind(number));
        let picture = self.picture(kind, number, window, &now);
        let step = self.step(number);
        let (tables, sentences) = explain::equivalents(&picture, &now);
        Scene {
            step: number,
            steps: self.len(),
            row: self.row(number),
            request_line: step.map(|s| s.request.clone()).unwrap_or_default(),
            reply_lines: step.map(|s| s.replies.clone()).unwrap_or_default(),
            notes: step.map(|s| s.notes.clone()).unwrap_or_default(),
            actual: step.and_then(|step| self.actual(number, step)),
            caption: explain::caption(&picture, number, self.len()),
            why: explain::why(self, kind, &picture, &now),
            picture,
            tables,
            sentences,
        }
    }

    /// Which picture a step shows: the one of the latest message that has one,
    /// or else the first that will come.
    pub fn picture_kind(&self, number: u32) -> Option<PictureKind> {
        let known = self.pictures.partition_point(|(step, _)| *step <= number);
        let place = known.saturating_sub(1);
        self.pictures.get(place).map(|(_, kind)| *kind)
    }

    /// A step's lines and events, read for showing.
    pub fn now(&self, number: u32) -> Now<'_> {
        let step = self.step(number);
        Now {
            step: number,
            client: step.map_or("", |step| &step.client),
            request: step.and_then(|step| Sent::read(&step.request)),
            reply: step.and_then(|step| first(&step.replies)),
            actual: step
                .and_then(|step| step.answer.as_ref())
                .and_then(|a| first(&a.lines)),
            events: self.events_of(number),
        }
    }

    fn picture(
        &self,
        kind: Option<PictureKind>,
        number: u32,
        window: &Window,
        now: &Now,
    ) -> Picture {
        match kind {
            None => Picture::Empty,
            Some(PictureKind::Chains) => Picture::Chains(self.chains.at(number, window, now)),
            Some(PictureKind::Occ) => Picture::Occ(self.occ.at(number, window, now)),
            Some(PictureKind::Log) => Picture::Log(self.log.at(number, window, now)),
            Some(PictureKind::Lists) => Picture::Lists(self.lists.at(number, window, now)),
            Some(PictureKind::Mrt) => Picture::Mrt(self.mrt.at(number, window, now)),
        }
    }

    fn row(&self, number: u32) -> Option<Row> {
        let step = self.step(number)?;
        let now = self.now(number);
        let (request, operations) = match &now.request {
            Some(sent) => row::request(sent),
            None => (row::cut(&step.request, 120), Vec::new()),
        };
        let (reply, refused) = match (&now.request, &now.reply) {
            (Some(sent), Some(reply)) => row::reply(sent, reply),
            (None, _) => (step.notes.first().cloned().unwrap_or_default(), true),
            _ => (String::new(), false),
        };
        Some(Row {
            number,
            client: step.client.clone(),
            mark: step.mark,
            request,
            operations,
            reply,
            refused,
            actual: step
                .answer
                .as_ref()
                .map(|answer| short_answer(&now, answer)),
            diverges: step.answer.as_ref().is_some_and(|answer| answer.diverges),
        })
    }

    fn actual(&self, number: u32, step: &RunStep) -> Option<Actual> {
        let answer = step.answer.as_ref()?;
        Some(Actual {
            reply_lines: answer.lines.clone(),
            reply: short_answer(&self.now(number), answer),
            diverges: answer.diverges,
            first: self.first_divergence == Some(number),
            differences: answer.differences.clone(),
            verdict: answer.verdict.clone(),
        })
    }

    /// Takes in what the node made of a line.
    fn push(&mut self, request: String, line: u32, step: &mut Step) {
        let number = self.len() + 1;
        let sent = Sent::read(&request);
        let client = sent.as_ref().map_or("", |sent| &sent.src).to_owned();
        let kind = sent.as_ref().map_or("", |sent| &sent.kind).to_owned();
        let from = self.events.len();
        self.events.extend(step.events.take());
        for event in &self.events[from..] {
            self.chains.record(number, event);
            self.occ.record(number, &client, event);
            self.log.record(number, &client, event);
            self.lists.record(number, &client, event);
            self.mrt.record(number, event);
        }
        if let Some(picture) = picture_of(&kind)
            && self
                .pictures
                .last()
                .is_none_or(|(_, last)| *last != picture)
        {
            self.pictures.push((number, picture));
        }
        let replies = String::from_utf8_lossy(&step.replies);
        let refused = self.events[from..].iter().find_map(refusal);
        let mark = refused.unwrap_or_else(|| sent.as_ref().map_or(Mark::BadLine, row::mark));
        self.steps.push(RunStep {
            mark: if sent.is_none() { Mark::BadLine } else { mark },
            line,
            client,
            kind,
            replies: replies.lines().map(str::to_owned).collect(),
            notes: step.notes.iter().map(note_text).collect(),
            answer: None,
            events: from..self.events.len(),
            request,
        });
    }

    fn seal(&mut self) {
        self.chains.seal();
        self.occ.seal();
    }

    /// Keeps the first divergence; only taking back the first one looks further.
    fn note_divergence(&mut self, number: u32, diverges: bool) {
        let first = self.first_divergence;
        if diverges && first.is_none_or(|first| number < first) {
            self.first_divergence = Some(number);
        } else if !diverges && first == Some(number) {
            let later = &self.steps[number as usize..];
            let differs = |step: &RunStep| step.answer.as_ref().is_some_and(|a| a.diverges);
            let next = later.iter().position(differs);
            self.first_divergence = next.map(|place| number + 1 + place as u32);
        }
    }

    /// A program's reads of lists, where they contradict the lists.
    fn record_list_answer(&mut self, number: u32) {
        let step = &self.steps[number as usize - 1];
        let txn = self.events[step.events.clone()]
            .iter()
            .find_map(|event| match event {
                Event::ListTransactionExecuted { txn, .. } => Some(*txn),
                _ => None,
            });
        let lines = step.answer.as_ref().map(|answer| &answer.lines);
        let reply = lines.and_then(|lines| Sent::read(lines.first()?));
        let (Some(txn), Some(reply)) = (txn, reply) else {
            return;
        };
        for operation in reply.body.list("txn") {
            if let [f, key, seen, ..] = elements(operation)[..]
                && f == "\"r\""
            {
                let read = ReadFact {
                    step: number,
                    txn,
                    client: step.client.clone(),
                };
                self.lists.record_answer(key, read, &elements(seen));
            }
        }
    }
}

/// The picture that a message type belongs to.
fn picture_of(kind: &str) -> Option<PictureKind> {
    match kind {
        "txn" => Some(PictureKind::Lists),
        "txn_execute" => Some(PictureKind::Log),
        _ if kind.starts_with("occ_") => Some(PictureKind::Occ),
        _ if kind.starts_with("mvcc_") => Some(PictureKind::Chains),
        _ if kind.starts_with("mrt_") => Some(PictureKind::Mrt),
        _ => None,
    }
}

/// The mark of a refusal, if the event is one.
fn refusal(event: &Event) -> Option<Mark> {
    match event {
        Event::RequestRefused { .. } | Event::WriteRefusedByReader { .. } => Some(Mark::Error),
        Event::CommitRefused { .. } => Some(Mark::Abort),
        Event::Mrt(fact) => match &**fact {
            MrtEvent::CommitEnded { status: None, .. } => Some(Mark::Abort),
            _ => None,
        },
        _ => None,
    }
}

/// The first of some lines, read.
fn first(lines: &[String]) -> Option<Sent<'_>> {
    Sent::read(lines.first()?)
}

/// A note as one line.
fn note_text(note: &Note) -> String {
    format!(
        "line {}, column {}: {}",
        note.line, note.column, note.reason
    )
}

/// A program's answer in short.
fn short_answer(now: &Now, answer: &Answer) -> String {
    match (&now.request, &now.actual, answer.lines.first()) {
        (Some(sent), Some(reply), _) => row::reply(sent, reply).0,
        (_, _, Some(line)) => row::cut(line, 120),
        (_, _, None) => "no answer".to_owned(),
    }
}
