//! One case against one program, without I/O.
//!
//! A shell has the program: a child process, a worker, a node in memory. The
//! session has the case. They talk like this:
//!
//! ```text
//!   shell                          session
//!   poll()                     →   Send("{…init…}\n")
//!   (writes it)  poll()        →   AwaitReply        the clock runs since the first line
//!   line(b"{…init_ok…}")       →
//!   poll()                     →   Send(…) …
//!   poll()                     →   Close             all was answered: end the input
//!   poll()                     →   AwaitEnd          something unasked may still come
//!   ended(End::Exited)         →   poll() → Done     outcome()
//! ```
//!
//! 1. Nothing here depends on when a line arrives, only on the order of lines: a
//!    wrong answer is laid at the request whose turn it was.
//! 2. Answers are judged in the order of the requests.
//! 3. A stray line is noted and the run goes on; the first wrong answer ends it.
//! 4. At the time limit the input is closed; what then still comes was buffered.
//!
//! Left out: clocks and processes. The shell says `timed_out` and `ended`.

use super::model::{Model, refused};
use super::reply::{Output, Reply, same, understand};
use super::rule::{
    ADDRESSES, ANSWERED, Breach, IN_REPLY_TO, MESSAGES_ONLY, ONCE, ONE_AT_A_TIME, REPLY_TYPE, Rule,
    SURVIVES,
};
use super::script::{Case, Line, List, Step, fill, needs};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the shell does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Write this to the program's input.
    Send(String),
    /// Wait for a line, the end, or the time limit.
    AwaitReply,
    /// End the program's input.
    Close,
    /// Wait a little for lines that nobody asked for, or the end.
    AwaitEnd,
    /// The case is over; stop the program.
    Done,
}

/// How a program's output ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The program exited, or was ended by a signal: nothing more will come.
    Exited,
    /// It closed its output and stays.
    ClosedOutput,
    /// It wrote more than it may.
    OutputLimit,
    /// It wrote a line longer than it may.
    LineLimit,
    /// It used more memory than it may.
    MemoryLimit,
    /// It started more processes than it may.
    ProcessLimit,
    /// It could not be started; why.
    NotStarted(String),
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Status {
    /// Every answer was right.
    Passed,
    /// An answer broke a rule.
    WrongAnswer,
    /// No answer within the limit.
    NoAnswer,
    /// The program ended before it had answered.
    Crashed,
    /// Something on standard output is no message.
    BadOutput,
    /// More output than allowed.
    OutputLimit,
    /// More memory or processes than allowed.
    MemoryLimit,
    /// It could not be started.
    CouldNotStart,
    /// Not run, because of what happened before.
    NotRun,
}

impl Status {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::WrongAnswer => "wrong answer",
            Status::NoAnswer => "no answer within the limit",
            Status::Crashed => "crashed",
            Status::BadOutput => "bad output",
            Status::OutputLimit => "output limit",
            Status::MemoryLimit => "memory limit",
            Status::CouldNotStart => "could not start",
            Status::NotRun => "not run",
        }
    }
}

/// Where an answer and the rules part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The request, counted from 1.
    pub request_number: Option<usize>,
    /// The request's line, as it was sent.
    pub request: String,
    /// The reply's line, if there was one.
    pub reply: Option<String>,
    /// The line of standard output, counted from 1.
    pub output_line: Option<usize>,
    /// Which rule, and how.
    pub breach: Breach,
}

/// One request with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The request's line.
    pub request: String,
    /// The reply's line, if there was one.
    pub reply: Option<String>,
}

/// What is known when a case is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// The verdict as published, for published cases.
    pub as_published: Option<bool>,
    /// In the order in which they were met.
    pub divergences: Vec<Divergence>,
    /// Whether the time limit was reached.
    pub timed_out: bool,
    /// What was said; empty for a case that passed.
    pub exchanges: Vec<Exchange>,
    /// Requests sent.
    pub requests: usize,
    /// How many steps it takes to see the first divergence.
    pub steps_needed: usize,
}

impl Outcome {
    /// A case that was not run.
    pub fn not_run() -> Outcome {
        Outcome {
            status: Status::NotRun,
            as_published: None,
            divergences: Vec::new(),
            timed_out: false,
            exchanges: Vec::new(),
            requests: 0,
            steps_needed: 0,
        }
    }

    /// Whether every answer was right.
    pub fn passed(&self) -> bool {
        self.status == Status::Passed
    }
}

/// Plays one case.
pub struct Session {
    case: Arc<Case>,
    model: Box<dyn Model>,
    /// Index of the next step to send.
    next: usize,
    sent: Vec<Sent>,
    /// Step id → place in `sent`.
    by_step: BTreeMap<u32, usize>,
    /// `msg_id` → places in `sent`: two clients may use the same.
    by_msg_id: BTreeMap<i64, Vec<usize>>,
    answered: usize,
    judged: usize,
    phase: Phase,
    closed: bool,
    output_lines: usize,
    strays: usize,
    stray_first: bool,
    divergences: Vec<Divergence>,
    expected_met: usize,
    end: Option<End>,
    timed_out: bool,
    buffered: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Talking,
    /// After the time limit: was it buffered?
    Draining,
    /// Everything was answered.
    Ending,
    Over,
}

struct Sent {
    step: usize,
    src: String,
    dest: String,
    body: Value,
    line: String,
    reply: Option<Reply>,
    output_line: usize,
}

/// How many stray lines a report shows.
const STRAYS_SHOWN: usize = 3;

impl Session {
    /// A session that plays `case` and lets `model` judge.
    pub fn new(case: Arc<Case>, model: Box<dyn Model>) -> Session {
        Session {
            case,
            model,
            next: 0,
            sent: Vec::new(),
            by_step: BTreeMap::new(),
            by_msg_id: BTreeMap::new(),
            answered: 0,
            judged: 0,
            phase: Phase::Talking,
            closed: false,
            output_lines: 0,
            strays: 0,
            stray_first: false,
            divergences: Vec::new(),
            expected_met: 0,
            end: None,
            timed_out: false,
            buffered: false,
        }
    }

    /// The case that is played.
    pub fn case(&self) -> &Arc<Case> {
        &self.case
    }

    /// Whether the time is over and only what was held back is awaited.
    pub fn is_draining(&self) -> bool {
        self.phase == Phase::Draining
    }

    /// What to do next.
    pub fn poll(&mut self) -> Command {
        match self.phase {
            Phase::Talking => self.talk(),
            Phase::Draining | Phase::Ending if !self.closed => {
                self.closed = true;
                Command::Close
            }
            Phase::Draining | Phase::Ending => Command::AwaitEnd,
            Phase::Over => Command::Done,
        }
    }

    fn talk(&mut self) -> Command {
        let mut text = String::new();
        let outstanding = self.sent.len() - self.answered;
        if outstanding == 0 {
            let last = self.sent.len().saturating_add(self.case.window);
            while self.next < self.case.steps.len() && self.sent.len() < last {
                if !self.send_next(&mut text) {
                    break;
                }
            }
        }
        if !text.is_empty() {
            return Command::Send(text);
        }
        let all_sent = self.next >= self.case.steps.len();
        if all_sent && self.case.closes_early && !self.closed {
            self.closed = true;
            return Command::Close;
        }
        if self.sent.len() > self.answered {
            return Command::AwaitReply;
        }
        self.phase = Phase::Ending;
        self.poll()
    }

    /// Renders the next step into `text`; false when it must wait for an answer first.
    fn send_next(&mut self, text: &mut String) -> bool {
        let index = self.next;
        let case = Arc::clone(&self.case);
        match &case.steps[index].line {
            Line::Raw(line) => text.push_str(line),
            Line::Message { .. } => {
                if self.waits_for_an_answer(&case.steps[index]) {
                    return false;
                }
                let Some(sent) = self.render(index) else {
                    self.next += 1;
                    return true;
                };
                text.push_str(&sent.line);
                self.by_step.insert(case.steps[index].id, self.sent.len());
                if let Some(number) = sent.body["msg_id"].as_i64() {
                    self.by_msg_id
                        .entry(number)
                        .or_default()
                        .push(self.sent.len());
                }
                self.sent.push(sent);
            }
        }
        text.push('\n');
        self.next += 1;
        true
    }

    fn waits_for_an_answer(&self, step: &Step) -> bool {
        let mut wanted = Vec::new();
        if let Some(body) = step.body() {
            needs(body, &mut wanted);
        }
        let open = |id: u32| {
            self.by_step
                .get(&id)
                .is_some_and(|&n| self.sent[n].reply.is_none())
        };
        wanted.into_iter().any(open)
    }

    fn render(&self, index: usize) -> Option<Sent> {
        let Line::Message { src, dest, body } = &self.case.steps[index].line else {
            return None;
        };
        let reply = |id: u32| {
            self.sent[*self.by_step.get(&id)?]
                .reply
                .as_ref()
                .map(|r| &r.body)
        };
        let body = fill(body, &reply)?;
        let line = json!({"src": src, "dest": dest, "body": body}).to_string();
        Some(Sent {
            step: index,
            src: src.clone(),
            dest: dest.clone(),
            body,
            line,
            reply: None,
            output_line: 0,
        })
    }

    /// A line of the program's output, without its end.
    pub fn line(&mut self, bytes: &[u8]) {
        if self.phase == Phase::Over {
            return;
        }
        self.output_lines += 1;
        match understand(bytes) {
            Output::Blank => {}
            Output::Stray(reason) => self.stray(bytes, reason),
            Output::Broken(reason) => {
                let text = shorten(&String::from_utf8_lossy(bytes));
                let message = format!("This line is a JSON object but not a message: {reason}.");
                let expected = "{\"src\": …, \"dest\": …, \"body\": {…}}";
                let breach = Breach::new(&MESSAGES_ONLY, message, expected, text.clone());
                self.diverge(self.answered, text, breach);
            }
            Output::Message(reply) => self.message(reply),
        }
    }

    fn stray(&mut self, bytes: &[u8], reason: String) {
        self.strays += 1;
        if self.strays > STRAYS_SHOWN {
            return;
        }
        self.stray_first |= self.divergences.is_empty();
        let text = shorten(&String::from_utf8_lossy(bytes));
        let message = format!(
            "Line {} of standard output is no message: {reason}.",
            self.output_lines
        );
        let breach = Breach::new(
            &MESSAGES_ONLY,
            message,
            "one JSON message a line",
            text.clone(),
        );
        self.note(self.answered, Some((text, self.output_lines)), breach);
    }

    fn message(&mut self, reply: Reply) {
        if let Some(expected) = self.case.expected_output.get(self.expected_met) {
            let line = serde_json::from_str(&reply.text).unwrap_or(Value::Null);
            self.expected_met += usize::from(same(&line, expected));
        }
        let text = shorten(&reply.text);
        let lenient = self.case.list == List::Robustness && reply.is_error();
        let Some(number) = reply.in_reply_to() else {
            let elsewhere =
                reply.dest != "n1" && !self.case.steps.iter().any(|s| asks(s, &reply.dest));
            if elsewhere || lenient {
                return;
            }
            let expected = self.expected_in_reply_to();
            let got = super::model::shown(&reply.body, "in_reply_to");
            let breach = Breach::new(
                &IN_REPLY_TO,
                "This reply does not say which request it answers.",
                expected,
                got,
            );
            return self.diverge(self.answered, text, breach);
        };
        let matching = self.by_msg_id.get(&number).cloned().unwrap_or_default();
        let open = matching.iter().find(|&&n| self.sent[n].reply.is_none());
        let Some(&n) = open else {
            if lenient {
                return;
            }
            let breach = self.unasked(number, matching.last().copied(), &reply);
            let at = match matching.last() {
                Some(&n) if breach.rule == ONCE => n,
                _ => self.answered,
            };
            return self.diverge(at, text, breach);
        };
        let sent = &self.sent[n];
        if reply.dest != sent.src || reply.src != sent.dest {
            let shown = |src: &str, dest: &str| format!("\"src\": \"{src}\", \"dest\": \"{dest}\"");
            let breach = Breach::new(
                &ADDRESSES,
                "The reply does not go from the node to whoever asked.",
                shown(&sent.dest, &sent.src),
                shown(&reply.src, &reply.dest),
            );
            return self.diverge(n, text, breach);
        }
        self.sent[n].reply = Some(reply);
        self.sent[n].output_line = self.output_lines;
        self.answered += 1;
        // Among many requests sent at once an answer may just be late.
        self.buffered |=
            self.phase == Phase::Draining && (self.case.window == 1 || self.answered == 1);
        if self.phase != Phase::Draining {
            self.judge_in_order();
        }
    }

    fn unasked(&self, number: i64, answered: Option<usize>, reply: &Reply) -> Breach {
        let previous = answered.and_then(|n| self.sent[n].reply.as_ref());
        if previous.is_some_and(|p| same(&without_id(&p.body), &without_id(&reply.body))) {
            let message = format!("The request with msg_id {number} was answered a second time.");
            return Breach::new(&ONCE, message, "one reply", "a second reply");
        }
        let message = match previous {
            Some(_) => {
                format!("The request with msg_id {number} was answered before, and differently.")
            }
            None => format!("No request with msg_id {number} was sent."),
        };
        let got = super::model::shown(&reply.body, "in_reply_to");
        Breach::new(&IN_REPLY_TO, message, self.expected_in_reply_to(), got)
    }

    fn expected_in_reply_to(&self) -> String {
        let waiting = match self.sent.get(self.answered) {
            Some(sent) => Some(sent.body.clone()),
            None => self.unsent(self.answered).map(|sent| sent.body),
        };
        match waiting {
            Some(body) => format!("\"in_reply_to\": {}", body["msg_id"]),
            None => "no further message".into(),
        }
    }

    fn judge_in_order(&mut self) {
        while let Some(sent) = self.sent.get(self.judged) {
            let Some(reply) = &sent.reply else { return };
            let verdict = match self.case.list {
                List::Robustness | List::Extended => self.model.judge(&sent.src, &sent.body, reply),
                _ if sent.body["type"] == "init" => {
                    self.model.opening(&sent.src, &sent.body);
                    judge_init(reply)
                }
                _ => self.model.judge(&sent.src, &sent.body, reply),
            };
            let (text, line) = (shorten(&reply.text), sent.output_line);
            self.judged += 1;
            if let Err(breach) = verdict {
                return self.diverge_at(self.judged - 1, text, line, breach);
            }
        }
    }

    /// The program's output ended.
    pub fn ended(&mut self, end: End) {
        if self.phase == Phase::Over {
            return;
        }
        let owed = self.phase == Phase::Talking || self.phase == Phase::Draining;
        let limit = !matches!(end, End::Exited | End::ClosedOutput);
        if limit || (owed && self.phase != Phase::Draining) {
            self.end = Some(end);
        }
        if self.phase == Phase::Talking
            && !limit
            && self.sent.len() == self.answered
            && self.next >= self.case.steps.len()
        {
            self.end = None;
        }
        self.phase = Phase::Over;
    }

    /// The time limit was reached, or, while the end is awaited, the grace is over.
    pub fn timed_out(&mut self) {
        match self.phase {
            Phase::Talking => {
                self.timed_out = true;
                self.phase = if self.closed {
                    Phase::Over
                } else {
                    Phase::Draining
                };
            }
            _ => self.phase = Phase::Over,
        }
    }

    fn diverge(&mut self, sent: usize, reply: String, breach: Breach) {
        self.diverge_at(sent, reply, self.output_lines, breach);
    }

    fn diverge_at(&mut self, sent: usize, reply: String, line: usize, breach: Breach) {
        self.note(sent, Some((reply, line)), breach);
        self.phase = Phase::Over;
    }

    fn note(&mut self, sent: usize, reply: Option<(String, usize)>, breach: Breach) {
        // The request whose turn it is may not have been sent yet; it is named all the same.
        let request = match self.sent.get(sent) {
            Some(sent) => shorten(&sent.line),
            None => self
                .unsent(sent)
                .map(|s| shorten(&s.line))
                .unwrap_or_default(),
        };
        let request_number = (!request.is_empty()).then_some(sent + 1);
        let (reply, output_line) = reply.unzip();
        self.divergences.push(Divergence {
            request_number,
            request,
            reply,
            output_line,
            breach,
        });
    }

    fn unsent(&self, number: usize) -> Option<Sent> {
        let ahead = number.checked_sub(self.sent.len())?;
        let mut messages =
            (self.next..self.case.steps.len()).filter(|&n| self.case.steps[n].body().is_some());
        self.render(messages.nth(ahead)?)
    }

    /// What is known now that the case is over.
    pub fn outcome(mut self) -> Outcome {
        let wrong = self
            .divergences
            .iter()
            .any(|d| d.breach.rule != MESSAGES_ONLY)
            || self.divergences.len() > self.strays.min(STRAYS_SHOWN);
        let cut_short = self.cut_short();
        let status = match (&self.end, wrong) {
            (Some(End::NotStarted(_)), _) => Status::CouldNotStart,
            (Some(End::OutputLimit), _) => Status::OutputLimit,
            (Some(End::MemoryLimit | End::ProcessLimit), _) => Status::MemoryLimit,
            (Some(End::LineLimit), _) => Status::BadOutput,
            _ if self.strays > 0 && (self.stray_first || !wrong) => Status::BadOutput,
            (_, true) => Status::WrongAnswer,
            (Some(_), _) => Status::Crashed,
            _ if self.timed_out => Status::NoAnswer,
            _ => Status::Passed,
        };
        if let Some(breach) = cut_short.filter(|_| !wrong) {
            let at = self
                .sent
                .iter()
                .position(|s| s.reply.is_none())
                .unwrap_or(self.answered);
            self.note(at, None, breach);
        }
        let published = self.case.list == List::Published;
        let as_published = published.then(|| {
            self.expected_met == self.case.expected_output.len() && status != Status::CouldNotStart
        });
        let first = self.divergences.first().and_then(|d| d.request_number);
        let steps_needed = first
            .and_then(|n| self.sent.get(n - 1))
            .map_or(self.case.steps.len(), |s| s.step + 1);
        Outcome {
            status,
            as_published,
            timed_out: self.timed_out,
            requests: self.sent.len(),
            steps_needed,
            exchanges: if status == Status::Passed {
                Vec::new()
            } else {
                self.exchanges()
            },
            divergences: self.divergences,
        }
    }

    /// The breach for a program that stopped talking.
    fn cut_short(&self) -> Option<Breach> {
        let breach = |rule: &Rule, message: &str, got: &str| {
            Some(Breach::new(rule, message, "a reply", got))
        };
        match &self.end {
            Some(End::NotStarted(why)) => {
                breach(&SURVIVES, "The program could not be started.", why)
            }
            Some(End::OutputLimit) => breach(
                &MESSAGES_ONLY,
                "The program writes without end.",
                "more output than the limit",
            ),
            Some(End::LineLimit) => breach(
                &MESSAGES_ONLY,
                "The program writes a line without end.",
                "a line longer than the limit",
            ),
            Some(End::MemoryLimit) => breach(
                &SURVIVES,
                "The program used more memory than it may.",
                "the memory limit",
            ),
            Some(End::ProcessLimit) => breach(
                &SURVIVES,
                "The program started more processes than it may.",
                "the process limit",
            ),
            Some(End::ClosedOutput) => breach(
                &SURVIVES,
                "The program closed its standard output before it had answered.",
                "the end of its output",
            ),
            Some(End::Exited) => breach(
                &SURVIVES,
                "The program ended before it had answered.",
                "the end of the program",
            ),
            None if self.timed_out && self.buffered => breach(
                &ONE_AT_A_TIME,
                "The answer came only when the input ended: it was buffered.",
                "nothing until the input ended",
            ),
            None if self.timed_out => breach(
                &ANSWERED,
                "No answer came within the time limit.",
                "nothing",
            ),
            None => None,
        }
    }

    fn exchanges(&self) -> Vec<Exchange> {
        // All of a short script; of a long one what surrounds the first divergence.
        const SHOWN: usize = 40;
        let first = self
            .divergences
            .first()
            .and_then(|d| d.request_number)
            .unwrap_or(self.sent.len());
        let end = self.sent.len().min(first.max(1));
        let start = end.saturating_sub(SHOWN);
        let exchange = |s: &Sent| Exchange {
            request: shorten(&s.line),
            reply: s.reply.as_ref().map(|r| shorten(&r.text)),
        };
        self.sent[start..end].iter().map(exchange).collect()
    }
}

fn judge_init(reply: &Reply) -> Result<(), Breach> {
    match reply.kind() {
        "init_ok" => Ok(()),
        "error" => Err(refused(&REPLY_TYPE, "\"type\": \"init_ok\"", reply)),
        _ => {
            let got = super::model::shown(&reply.body, "type");
            let message = "The answer to init is init_ok.";
            Err(Breach::new(
                &REPLY_TYPE,
                message,
                "\"type\": \"init_ok\"",
                got,
            ))
        }
    }
}

fn asks(step: &Step, client: &str) -> bool {
    matches!(&step.line, Line::Message { src, .. } if src == client)
}

fn without_id(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("msg_id");
    }
    body
}

/// At most a few hundred characters of a line.
pub(super) fn shorten(text: &str) -> String {
    const LONG: usize = 2000;
    if text.len() <= LONG {
        return text.to_owned();
    }
    let cut = (0..=LONG)
        .rev()
        .find(|&n| text.is_char_boundary(n))
        .unwrap_or(0);
    format!("{}… ({} bytes)", &text[..cut], text.len())
}
