//! Rules and breaches: what is asked for, in plain words, with a code that stays.
//!
//! A rule is written `MVCC-03 reads-below`: a code for machines and bookmarks, a
//! name for people. A breach says which rule an answer broke, what was expected
//! and what came.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One thing that strict asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// `MVCC-03`: stable.
    pub code: Cow<'static, str>,
    /// `reads-below`.
    pub name: Cow<'static, str>,
    /// One line of plain words.
    pub text: Cow<'static, str>,
    /// What to look at when it is broken.
    pub hint: Cow<'static, str>,
}

impl Rule {
    /// A rule known when the program is built.
    pub const fn new(
        code: &'static str,
        name: &'static str,
        text: &'static str,
        hint: &'static str,
    ) -> Rule {
        Rule {
            code: Cow::Borrowed(code),
            name: Cow::Borrowed(name),
            text: Cow::Borrowed(text),
            hint: Cow::Borrowed(hint),
        }
    }

    /// `MVCC-03 reads-below`.
    pub fn title(&self) -> String {
        format!("{} {}", self.code, self.name)
    }
}

/// One answer that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// One sentence about this answer.
    pub message: String,
    /// What would have been right, as JSON or in words.
    pub expected: String,
    /// What came.
    pub got: String,
}

impl Breach {
    /// A breach of `rule`.
    pub fn new(
        rule: &Rule,
        message: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Breach {
        Breach {
            rule: rule.clone(),
            message: message.into(),
            expected: expected.into(),
            got: got.into(),
        }
    }
}

/// Every request is answered, within the limit.
pub static ANSWERED: Rule = Rule::new(
    "MSG-01",
    "answered",
    "Every request is answered.",
    "Look for a request type that no branch of your program handles, and for an exception that ends it.",
);
/// No request is answered twice.
pub static ONCE: Rule = Rule::new(
    "MSG-02",
    "answered-once",
    "Every request is answered once.",
    "Look for two calls of your reply function on the same path.",
);
/// The reply names the request it answers.
pub static IN_REPLY_TO: Rule = Rule::new(
    "MSG-03",
    "in-reply-to",
    "A reply's in_reply_to is the msg_id of its request.",
    "Copy msg_id from the request's body into in_reply_to of the reply's body.",
);
/// The reply goes to who asked.
pub static ADDRESSES: Rule = Rule::new(
    "MSG-04",
    "addresses",
    "A reply goes from the node to whoever asked: its src is the request's dest, its dest the request's src.",
    "Swap src and dest: the reply's dest is the request's src.",
);
/// The reply has the type that belongs to the request.
pub static REPLY_TYPE: Rule = Rule::new(
    "MSG-05",
    "reply-type",
    "A reply's type is the request's type with _ok, or error.",
    "Compare the type with the statement's examples, letter by letter.",
);
/// Standard output carries messages only.
pub static MESSAGES_ONLY: Rule = Rule::new(
    "MSG-06",
    "messages-only",
    "Standard output carries messages only: one JSON object a line, with src, dest and body.",
    "Send debugging output to standard error: print(…, file=sys.stderr) in Python, console.error(…) in JavaScript.",
);
/// An answer comes before the next request is sent.
pub static ONE_AT_A_TIME: Rule = Rule::new(
    "MSG-07",
    "one-at-a-time",
    "Each request is answered before the next one is sent; no answer waits for the end of the input.",
    "Read line by line and flush after every reply: print(…, flush=True) in Python; in JavaScript, answer in the 'line' event.",
);
/// An error has a code that fits.
pub static ERROR_CODE: Rule = Rule::new(
    "MSG-08",
    "error-code",
    "An error has a code of the protocol, and a definite one where something is refused.",
    "Use one of the definite codes: 10, 11, 12, 14, 20, 21, 22 or 30.",
);
/// The program keeps running.
pub static SURVIVES: Rule = Rule::new(
    "MSG-09",
    "survives",
    "The program runs until its input ends.",
    "Read the last lines of standard error: they usually name the line that failed.",
);

/// The rules of the envelope, which every exercise has.
pub static ENVELOPE: [&Rule; 9] = [
    &ANSWERED,
    &ONCE,
    &IN_REPLY_TO,
    &ADDRESSES,
    &REPLY_TYPE,
    &MESSAGES_ONLY,
    &ONE_AT_A_TIME,
    &ERROR_CODE,
    &SURVIVES,
];
