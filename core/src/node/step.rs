//! What handling a message gives: replies, notes, events.

use crate::event::Event;

/// The outcome of one or more messages. Reuse it: clear, handle, take.
#[derive(Debug, Default)]
pub struct Step {
    /// Lines to send, each ended by a newline.
    pub replies: Vec<u8>,
    /// Lines that were no messages, for the log.
    pub notes: Vec<Note>,
    /// What happened, if somebody listens.
    pub events: Events,
}

/// Why a line was no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Line number, from 1.
    pub line: u64,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong and what was expected.
    pub reason: String,
}

/// A recorder of events that costs nothing while it is off.
#[derive(Debug, Default)]
pub struct Events {
    on: bool,
    list: Vec<Event>,
}

impl Step {
    /// A step whose events are not recorded.
    pub fn new() -> Step {
        Step::default()
    }

    /// A step whose events are recorded.
    pub fn recording() -> Step {
        Step {
            events: Events::recording(),
            ..Step::default()
        }
    }

    /// Forget everything, keep the memory.
    pub fn clear(&mut self) {
        self.replies.clear();
        self.notes.clear();
        self.events.list.clear();
    }
}

impl Events {
    /// A recorder that is on.
    pub fn recording() -> Events {
        Events {
            on: true,
            list: Vec::new(),
        }
    }

    /// Whether it is on.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Record a fact; it is only put together if somebody listens.
    #[inline]
    pub fn record(&mut self, fact: impl FnOnce() -> Event) {
        if self.on {
            self.list.push(fact());
        }
    }

    /// The facts so far, in order.
    pub fn as_slice(&self) -> &[Event] {
        &self.list
    }

    /// Take the facts out.
    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.list)
    }
}
