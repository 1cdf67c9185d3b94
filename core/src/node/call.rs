//! One request on its way through a scheme: who asks, where the reply goes.

use super::Events;
use crate::json::{print_integer, print_string, print_unsigned};
use crate::protocol::{FieldWriter, Message, Refusal};
use crate::time::Time;

/// What a scheme's wire glue needs beside its store and the body.
#[derive(Debug)]
pub struct Call<'c> {
    pub(super) header: &'c Header,
    pub(super) message: &'c Message<'c>,
    pub(super) msg_id: u64,
    pub(super) out: &'c mut Vec<u8>,
    /// Facts go here.
    pub events: &'c mut Events,
    /// The number of the message within the run, from 1.
    pub step: u64,
    /// The time of the message.
    pub now: Time,
}

impl Call<'_> {
    /// Begin the reply: `type`, `in_reply_to` and `msg_id` are written, the
    /// other fields follow. What is written counts only if the call succeeds.
    pub fn reply(&mut self) -> FieldWriter<'_> {
        open_reply(self.out, self.header, self.message, self.msg_id);
        FieldWriter::following(self.out)
    }
}

/// What all messages that a node sends begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header(Vec<u8>);

impl Header {
    pub(super) fn new(src: &str) -> Header {
        let mut text = b"{\"src\": ".to_vec();
        print_string(&mut text, src);
        text.extend_from_slice(b", \"dest\": ");
        Header(text)
    }
}

/// `{"src": …, "dest": …, "body": {"type": "…_ok", "in_reply_to": …, "msg_id": …`
pub(super) fn open_reply(out: &mut Vec<u8>, header: &Header, to: &Message<'_>, msg_id: u64) {
    out.extend_from_slice(&header.0);
    print_string(out, &to.src);
    out.extend_from_slice(b", \"body\": {\"type\": \"");
    // A request that is served has a known type, which needs no escapes.
    out.extend_from_slice(to.kind.as_bytes());
    out.extend_from_slice(b"_ok\"");
    numbers(out, to.msg_id, msg_id);
}

/// A whole error message, its newline included.
pub(super) fn write_error(
    out: &mut Vec<u8>,
    header: &Header,
    to: &str,
    in_reply_to: Option<i64>,
    msg_id: u64,
    refusal: &Refusal,
) {
    out.extend_from_slice(&header.0);
    print_string(out, to);
    out.extend_from_slice(b", \"body\": {\"type\": \"error\"");
    numbers(out, in_reply_to, msg_id);
    let mut fields = FieldWriter::following(out);
    fields.unsigned("code", refusal.code.number().into());
    fields.string("text", &refusal.to_string());
    out.extend_from_slice(&refusal.fields);
    out.extend_from_slice(b"}}\n");
}

fn numbers(out: &mut Vec<u8>, in_reply_to: Option<i64>, msg_id: u64) {
    if let Some(number) = in_reply_to {
        out.extend_from_slice(b", \"in_reply_to\": ");
        print_integer(out, number);
    }
    out.extend_from_slice(b", \"msg_id\": ");
    print_unsigned(out, msg_id);
}
