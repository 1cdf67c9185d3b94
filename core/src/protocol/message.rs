//! From a line to a message: the envelope.

use std::borrow::Cow;

use super::{ErrorCode, Field, Refusal};
use crate::json::{Document, Fault, Json, Kind, MAX_DEPTH, SyntaxError, Tape};

/// A message with a usable envelope. Borrows from its line.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Who sent it.
    pub src: Cow<'a, str>,
    /// To whom.
    pub dest: Cow<'a, str>,
    /// `body.type`.
    pub kind: Cow<'a, str>,
    /// `body.msg_id`; replies carry it as `in_reply_to`.
    pub msg_id: Option<i64>,
    /// The whole body.
    pub body: Json<'a>,
    /// What makes it unacceptable whatever its type: a key given twice, too
    /// deep a nesting, a `msg_id` that is none.
    pub malformed: Option<Box<Refusal>>,
}

/// A line that cannot be a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable<'a> {
    /// Column, from 1.
    pub column: usize,
    /// Why, and what was expected.
    pub reason: String,
    /// Enough of an envelope to answer with error 12: `src`, `body.msg_id`,
    /// and `dest` where that is usable too.
    pub answer_to: Option<(Cow<'a, str>, i64, Option<Cow<'a, str>>)>,
}

impl<'a> Message<'a> {
    /// Read one line.
    ///
    /// ```
    /// use isolab_core::{json::Tape, protocol::Message};
    /// let mut tape = Tape::new();
    /// let line = br#"{"src":"c1","dest":"n1","body":{"type":"occ_begin","msg_id":7}}"#;
    /// let message = Message::read(&mut tape, line).unwrap();
    /// assert_eq!((&*message.kind, message.msg_id), ("occ_begin", Some(7)));
    /// ```
    pub fn read(tape: &'a mut Tape, line: &'a [u8]) -> Result<Message<'a>, Unusable<'a>> {
        let document = tape
            .parse(line)
            .map_err(|SyntaxError { column, reason }| Unusable {
                column,
                reason: format!("not JSON: {reason}"),
                answer_to: None,
            })?;
        Message::from_document(document)
    }

    /// Read the envelope of a line that is JSON.
    pub fn from_document(document: Document<'a>) -> Result<Message<'a>, Unusable<'a>> {
        let root = document.root;
        let twin = match document.fault {
            Some(Fault::DuplicateKey(offset)) => Some(root.path_to(offset)),
            _ => None,
        };
        let envelope = Envelope::of(root, twin.as_deref());
        let (Some(src), Some(dest), Some(kind), Some(body)) =
            (envelope.src, envelope.dest, envelope.kind, envelope.body)
        else {
            return Err(unusable(root, envelope, twin));
        };
        let (src, dest, kind) = match (src.string(), dest.string(), kind.string()) {
            (Some(src), Some(dest), Some(kind)) => (src, dest, kind),
            _ => return Err(unusable(root, envelope, twin)),
        };
        let msg_id = envelope.msg_id.and_then(Json::integer);
        let malformed = match document.fault {
            Some(Fault::TooDeep(offset)) => Some(too_deep(root, offset)),
            Some(Fault::DuplicateKey(_)) => Some(given_twice(twin.unwrap_or_default())),
            None => envelope.msg_id.filter(|_| msg_id.is_none()).map(|json| {
                Field::body(body)
                    .child("msg_id", json)
                    .expected("an integer of 64 bits")
            }),
        };
        Ok(Message {
            src,
            dest,
            kind,
            msg_id,
            body,
            malformed,
        })
    }

    /// The body as the root of paths.
    pub fn fields<'p>(&self) -> Field<'p, 'a> {
        Field::body(self.body)
    }

    /// Whether this is a reply: it is never answered.
    pub fn is_reply(&self) -> bool {
        is_reply(&self.kind)
    }
}

fn is_reply(kind: &str) -> bool {
    kind.ends_with("_ok") || kind == "error"
}

/// The five values that an envelope is read for, whatever their kinds.
#[derive(Clone, Copy, Default)]
struct Envelope<'a> {
    src: Option<Json<'a>>,
    dest: Option<Json<'a>>,
    body: Option<Json<'a>>,
    kind: Option<Json<'a>>,
    msg_id: Option<Json<'a>>,
}

impl<'a> Envelope<'a> {
    /// A value that was given twice is not known, so it is left out.
    fn of(root: Json<'a>, twin: Option<&str>) -> Envelope<'a> {
        let mut envelope = Envelope::default();
        for (key, value) in root.fields() {
            let place = match key.raw() {
                "\"src\"" => &mut envelope.src,
                "\"dest\"" => &mut envelope.dest,
                "\"body\"" => &mut envelope.body,
                _ if key.is_named("src") => &mut envelope.src,
                _ if key.is_named("dest") => &mut envelope.dest,
                _ if key.is_named("body") => &mut envelope.body,
                _ => continue,
            };
            *place = Some(value);
        }
        if let Some(body) = envelope.body.filter(|body| body.kind() == Kind::Object) {
            envelope.kind = body.field("type");
            envelope.msg_id = body.field("msg_id");
        }
        match twin {
            Some("src") => envelope.src = None,
            Some("dest") => envelope.dest = None,
            Some("body") => (envelope.body, envelope.kind, envelope.msg_id) = (None, None, None),
            Some("body.type") => envelope.kind = None,
            Some("body.msg_id") => envelope.msg_id = None,
            _ => {}
        }
        envelope
    }
}

/// The first thing wrong with an envelope, in the order of the fields.
fn unusable<'a>(root: Json<'a>, envelope: Envelope<'a>, twin: Option<String>) -> Unusable<'a> {
    let is_string = |json: Option<Json<'a>>| json.and_then(Json::string).is_some();
    let body = envelope.body.filter(|body| body.kind() == Kind::Object);
    let (name, place, expected) = if root.kind() != Kind::Object {
        (
            "the message",
            Some(root),
            "an object with src, dest and body",
        )
    } else if !is_string(envelope.src) {
        ("src", envelope.src, "a string")
    } else if !is_string(envelope.dest) {
        ("dest", envelope.dest, "a string")
    } else if body.is_none() {
        ("body", envelope.body, "an object")
    } else {
        ("body.type", envelope.kind, "a string")
    };
    let reason = match place {
        Some(json) => format!("{name}: expected {expected}, got {}", json.kind().article()),
        None if twin.as_deref() == Some(name) => format!("{name} is given twice"),
        None => format!("{name}: expected {expected}, it is missing"),
    };
    let column = place
        .or(body.filter(|_| name == "body.type"))
        .unwrap_or(root)
        .column();
    let src = envelope.src.and_then(Json::string);
    let msg_id = envelope.msg_id.and_then(Json::integer);
    let dest = envelope.dest.and_then(Json::string);
    let reply = envelope.kind.and_then(Json::string);
    let answer_to = match reply.is_some_and(|kind| is_reply(&kind)) {
        true => None,
        false => src.zip(msg_id).map(|(src, msg_id)| (src, msg_id, dest)),
    };
    Unusable {
        column,
        reason,
        answer_to,
    }
}

fn too_deep(root: Json<'_>, offset: usize) -> Box<Refusal> {
    let path = in_body(root.path_to(offset));
    // The whole path would name a hundred levels: the first of them will do.
    let top = path
        .split(['.', '['])
        .next()
        .unwrap_or_default()
        .to_string();
    let text = format!("expected at most {MAX_DEPTH} levels of nesting in a message");
    Refusal::at(ErrorCode::MalformedRequest, top, text)
}

fn given_twice(path: String) -> Box<Refusal> {
    Refusal::at(
        ErrorCode::MalformedRequest,
        in_body(path),
        "the key is given twice in one object",
    )
}

/// Paths are spoken from the body, as everywhere.
fn in_body(path: String) -> String {
    path.strip_prefix("body.")
        .map(str::to_string)
        .unwrap_or(path)
}
