//! The judge for the page: a grade hands out jobs, a job is played by the page.

use std::sync::Arc;

use isolab_core::exercise;
use isolab_core::judge::exercise::Exercise;
use isolab_core::judge::grade::{Grade, Next, Options, Ticket};
use isolab_core::judge::lines::OutputLines;
use isolab_core::judge::session::{Command, End, Session};
use isolab_core::judge::{progress, report};
use wasm_bindgen::prelude::*;

use crate::plain;

/// A grade of one program.
#[wasm_bindgen]
pub struct Grading(Grade);

#[wasm_bindgen]
impl Grading {
    /// A grade with `cases` generated cases from `seed`; of the cases named in
    /// `only`, if there are any.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "core.Exercise")] exercise: JsValue,
        cases: u32,
        seed: u32,
        only: Vec<String>,
    ) -> Result<Grading, JsError> {
        let folder: exercise::Exercise = serde_wasm_bindgen::from_value(exercise)?;
        let exercise = Exercise::of(&folder).map_err(|reason| JsError::new(&reason))?;
        let options = Options {
            cases: cases as usize,
            seed: u64::from(seed),
            only,
            ..Options::default()
        };
        Ok(Grading(Grade::new(Arc::new(exercise), options)))
    }

    /// The next case to play; none when all is known. One at a time: what was
    /// handed out is given back with [`done`](Self::done) before the next.
    #[wasm_bindgen(js_name = nextJob)]
    pub fn next_job(&mut self) -> Option<Job> {
        match self.0.next() {
            Next::Run(job) => Some(Job {
                ticket: job.ticket,
                session: job.session,
                lines: OutputLines::default(),
            }),
            Next::Wait | Next::Finished => None,
        }
    }

    /// A case was played.
    pub fn done(&mut self, job: Job) {
        self.0.done(job.ticket, job.session.outcome());
    }

    /// The total time is over: nothing more is run.
    pub fn expire(&mut self) {
        self.0.expire();
    }

    /// How far it is.
    #[wasm_bindgen(unchecked_return_type = "core.Progress")]
    pub fn progress(&self) -> Result<JsValue, JsError> {
        plain(&progress::progress(&self.0))
    }

    /// Every case with what is known of it.
    #[wasm_bindgen(unchecked_return_type = "core.CaseState[]")]
    pub fn states(&self) -> Result<JsValue, JsError> {
        plain(&progress::states(&self.0))
    }

    /// The verdict.
    #[wasm_bindgen(unchecked_return_type = "core.Verdict")]
    pub fn verdict(&self) -> Result<JsValue, JsError> {
        plain(&report::verdict(&self.0))
    }

    /// The verdict's own bytes, the same as the native grader's.
    #[wasm_bindgen(js_name = verdictText)]
    pub fn verdict_text(&self) -> String {
        report::verdict_text(&report::verdict(&self.0))
    }
}

/// A case to play with a fresh process.
#[wasm_bindgen]
pub struct Job {
    ticket: Ticket,
    session: Session,
    lines: OutputLines,
}

#[wasm_bindgen]
impl Job {
    /// The case's id.
    #[wasm_bindgen(getter, js_name = caseId)]
    pub fn case_id(&self) -> String {
        self.session.case().id.clone()
    }

    /// Milliseconds from the first line sent to the last reply owed.
    #[wasm_bindgen(getter, js_name = timeoutMs)]
    pub fn timeout_ms(&self) -> u32 {
        self.session.case().timeout_ms
    }

    /// What to do next: text to send, or what to wait for.
    pub fn poll(&mut self) -> Do {
        match self.session.poll() {
            Command::Send(text) => Do {
                what: What::Send,
                text,
            },
            Command::AwaitReply => What::AwaitReply.into(),
            Command::Close => What::Close.into(),
            Command::AwaitEnd if self.session.is_draining() => What::AwaitRest.into(),
            Command::AwaitEnd => What::AwaitEnd.into(),
            Command::Done => What::Done.into(),
        }
    }

    /// A piece of the program's output.
    pub fn output(&mut self, bytes: &[u8]) {
        if let Some(end) = self.lines.take(bytes, &mut self.session) {
            self.session.ended(end);
        }
    }

    /// The program ended by itself.
    pub fn exited(&mut self) {
        self.end(End::Exited);
    }

    /// It asked for more memory than it may have.
    #[wasm_bindgen(js_name = outOfMemory)]
    pub fn out_of_memory(&mut self) {
        self.end(End::MemoryLimit);
    }

    /// It could not be started.
    #[wasm_bindgen(js_name = notStarted)]
    pub fn not_started(&mut self, reason: String) {
        self.end(End::NotStarted(reason));
    }

    /// The time for what was awaited is over.
    #[wasm_bindgen(js_name = timedOut)]
    pub fn timed_out(&mut self) {
        self.session.timed_out();
    }

    fn end(&mut self, end: End) {
        self.lines.finish(&mut self.session);
        self.session.ended(end);
    }
}

/// What the page does next.
#[wasm_bindgen]
pub struct Do {
    /// What.
    pub what: What,
    text: String,
}

#[wasm_bindgen]
impl Do {
    /// The text to send.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        self.text.clone()
    }
}

impl From<What> for Do {
    fn from(what: What) -> Do {
        Do {
            what,
            text: String::new(),
        }
    }
}

/// Kinds of what the page does next.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Send the text.
    Send,
    /// Wait for a reply, the end, or the time limit.
    AwaitReply,
    /// End the program's input.
    Close,
    /// Wait a little for what was held back until the input ended.
    AwaitRest,
    /// Wait a little for lines that nobody asked for, or the end.
    AwaitEnd,
    /// The case is over.
    Done,
}
