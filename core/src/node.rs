//! # The node: `handle(now, message) → Step`
//!
//! One node speaks every exercise's messages. It owns the stores, counts the
//! messages that it sends and knows the rules that hold for all requests; what
//! a request means is one file a scheme beside this one.
//!
//! Each message meets these gates in turn; the first that stops it answers.
//!
//! 1. A reply (`…_ok`, `error`) is never answered.
//! 2. Before `init`, only `init` is served: error 11.
//! 3. A message for another node is not ours to answer: error 1.
//! 4. A key given twice, a nesting too deep, a `msg_id` that is no integer:
//!    error 12.
//! 5. A second `init`: error 22, the state is kept.
//! 6. In a cluster of several nodes nothing is answered from local state:
//!    error 10, until the cluster agrees on one log.
//! 7. The scheme's file carries the request out, or refuses it.
//!
//! ```text
//!   line ─► Message ─► gates 1–6 ─► scheme ─► store
//!     │                  │             └────► reply ──► Step.replies
//!     └─► Step.notes     └─ error ─────────────────►       "
//! ```
//!
//! A refusal changes nothing. Whatever the reply was meant to be, its bytes
//! are taken back and the error is written in its place.
//!
//! Left out: clocks, files, pipes. Time comes as an argument, lines come in,
//! bytes go out.

mod batch;
mod call;
mod init;
mod list_append;
mod mrt;
mod mvcc;
mod occ;
mod scratch;
mod step;

pub use call::Call;
pub use step::{Events, Note, Step};

use crate::event::Event;
use crate::json::Tape;
use crate::protocol::{ErrorCode, Message, Refusal, Refused, Unusable, catalogue};
use crate::time::Time;
use call::{Header, open_reply};
use init::Identity;

/// What a node can be told before it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeOptions {}

/// A node: its name, its counters, its stores.
#[derive(Debug, Default)]
pub struct Node {
    /// Who it is, once `init` has said so.
    identity: Option<Identity>,
    /// Messages handled, bad ones included: the number of the present one.
    step: u64,
    /// The `msg_id` of the next message that it sends.
    next_msg_id: u64,
    tape: Tape,
    batch: crate::batch::BatchStore,
    batch_scratch: batch::Scratch,
    occ: crate::occ::OccStore,
    mvcc: crate::mvcc::MvccStore,
    list_append: crate::list_append::ListStore,
    list_append_scratch: list_append::Scratch,
    mrt: crate::mrt::Mrt,
}

impl Node {
    /// A node that waits for `init`.
    pub fn new(_options: NodeOptions) -> Node {
        Node::default()
    }

    /// Handle one line of input, its newline left off or not. Replies, notes
    /// and events are added to `step`; `line_number` (from 1) is for the notes.
    pub fn handle_line(&mut self, now: Time, line_number: u64, line: &[u8], step: &mut Step) {
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        // The tape is lent to the message, so that the node stays free.
        let mut tape = std::mem::take(&mut self.tape);
        match Message::read(&mut tape, line) {
            Ok(message) => self.handle(now, &message, step),
            Err(unusable) => self.report(line_number, unusable, step),
        }
        self.tape = tape;
    }

    /// Handle one message.
    pub fn handle(&mut self, now: Time, message: &Message<'_>, step: &mut Step) {
        self.step += 1;
        if message.is_reply() {
            return;
        }
        let mark = step.replies.len();
        let Err(refusal) = self.answer(now, message, step) else {
            if step.replies.len() > mark {
                step.replies.extend_from_slice(b"}}\n");
                self.next_msg_id += 1;
            }
            return;
        };
        step.replies.truncate(mark);
        step.events.record(|| refused(&message.kind, &refusal));
        let src = self
            .identity
            .as_ref()
            .map_or(&*message.dest, |identity| &identity.node_id);
        let header = Header::new(src);
        self.write_error(&header, &message.src, message.msg_id, &refusal, step);
    }

    /// How many messages it has handled, bad ones included.
    pub fn messages(&self) -> u64 {
        self.step
    }

    /// The node's name, once `init` has given it one.
    pub fn name(&self) -> Option<&str> {
        self.identity.as_ref().map(|identity| &*identity.node_id)
    }

    fn answer(&mut self, now: Time, message: &Message<'_>, step: &mut Step) -> Refused<()> {
        let Some(identity) = &self.identity else {
            return self.answer_before_init(message, step);
        };
        if message.dest != identity.node_id {
            let text = format!("this is {}, not {}", identity.node_id, message.dest);
            return Err(Refusal::new(ErrorCode::NodeNotFound, text));
        }
        if let Some(refusal) = &message.malformed {
            return Err(refusal.clone());
        }
        let body = message.fields();
        let call = &mut Call {
            header: &identity.header,
            message,
            msg_id: self.next_msg_id,
            step: self.step,
            now,
            out: &mut step.replies,
            events: &mut step.events,
        };
        let kind = &*message.kind;
        if kind == "init" {
            return Err(already_initialised(identity));
        }
        if identity.is_clustered() {
            return Err(clustered(kind));
        }
        match kind {
            "txn_execute" => batch::execute(&mut self.batch, &mut self.batch_scratch, &body, call),
            "occ_begin" => occ::begin(&mut self.occ, call),
            "occ_read" => occ::read(&mut self.occ, &body, call),
            "occ_commit" => occ::commit(&mut self.occ, &body, call),
            "mvcc_put" => mvcc::put(&mut self.mvcc, &body, call),
            "mvcc_get" => mvcc::get(&mut self.mvcc, &body, call),
            "mvcc_delete" => mvcc::delete(&mut self.mvcc, &body, call),
            "mvcc_begin" => mvcc::begin(&mut self.mvcc, &body, call),
            "mvcc_end" => mvcc::end(&mut self.mvcc, &body, call),
            "mvcc_gc" => mvcc::gc(&mut self.mvcc, &body, call),
            "txn" => list_append::execute(
                &mut self.list_append,
                &mut self.list_append_scratch,
                &body,
                call,
            ),
            other => match mrt::Command::named(other) {
                Some(command) => mrt::handle(&mut self.mrt, command, &body, call),
                None => Err(not_supported(other)),
            },
        }
    }

    fn answer_before_init(&mut self, message: &Message<'_>, step: &mut Step) -> Refused<()> {
        if message.kind != "init" {
            let text = format!(
                "{} came before init: this node has no name yet",
                message.kind
            );
            return Err(Refusal::new(ErrorCode::TemporarilyUnavailable, text));
        }
        if let Some(refusal) = &message.malformed {
            return Err(refusal.clone());
        }
        let body = message.fields();
        let identity = Identity::read(&body)?;
        self.mrt = crate::mrt::Mrt::new(mrt::read_config(&body)?);
        let identity = self.identity.insert(identity);
        step.events.record(|| Event::NodeInitialised {
            node_id: identity.node_id.clone(),
            node_ids: identity.node_ids.clone(),
        });
        open_reply(
            &mut step.replies,
            &identity.header,
            message,
            self.next_msg_id,
        );
        Ok(())
    }

    /// A line that is no message: a note, and error 12 where one can be sent.
    fn report(&mut self, line: u64, unusable: Unusable<'_>, step: &mut Step) {
        self.step += 1;
        let Unusable {
            column,
            reason,
            answer_to,
        } = unusable;
        let refusal = Refusal::new(ErrorCode::MalformedRequest, reason);
        step.events.record(|| refused("", &refusal));
        if let Some((src, msg_id, dest)) = answer_to {
            let own = self
                .identity
                .as_ref()
                .map(|identity| identity.node_id.clone());
            let own = own
                .or(dest.map(|dest| dest.into_owned()))
                .unwrap_or_default();
            self.write_error(&Header::new(&own), &src, Some(msg_id), &refusal, step);
        }
        step.notes.push(Note {
            line,
            column,
            reason: refusal.text,
        });
    }

    fn write_error(
        &mut self,
        header: &Header,
        to: &str,
        in_reply_to: Option<i64>,
        refusal: &Refusal,
        step: &mut Step,
    ) {
        call::write_error(
            &mut step.replies,
            header,
            to,
            in_reply_to,
            self.next_msg_id,
            refusal,
        );
        self.next_msg_id += 1;
    }
}

fn refused(kind: &str, refusal: &Refusal) -> Event {
    Event::RequestRefused {
        kind: kind.to_string(),
        code: refusal.code.number(),
        text: refusal.text.clone(),
        path: refusal.path.clone(),
    }
}

fn already_initialised(identity: &Identity) -> Box<Refusal> {
    let text = format!(
        "this node is {} already; its state is kept",
        identity.node_id
    );
    Refusal::new(ErrorCode::PreconditionFailed, text)
}

fn clustered(kind: &str) -> Box<Refusal> {
    let text = format!(
        "{kind} is not served in a cluster of several nodes: an answer from one node's state \
         could contradict another's"
    );
    Refusal::new(ErrorCode::NotSupported, text)
}

fn not_supported(kind: &str) -> Box<Refusal> {
    let shown: String = kind.chars().take(64).collect();
    let nearest = catalogue::nearest(kind);
    let text = format!("unknown type {shown:?}; the nearest known type is {nearest:?}");
    Refusal::new(ErrorCode::NotSupported, text)
}
