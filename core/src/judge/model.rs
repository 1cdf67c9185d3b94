//! A model judges answers; it holds everything that may be true of the program's state.
//!
//! Strict never punishes what the statement leaves open, so a model is not a
//! second program whose output must be equal. It is a set of constraints that
//! each answer narrows: *some* version number for key `x`, the same until `x` is
//! written; *some* first `log_index`, and one step from batch to batch.
//!
//! Requests are judged in the order in which they were sent, also when the
//! answers came in another order.

use super::reply::{DEFINITE, Reply, whole};
use super::rule::{Breach, ERROR_CODE, REPLY_TYPE, Rule};
use serde_json::Value;

/// Judges the answers to one script.
pub trait Model: Send {
    /// The `init` that a script begins with; its answer is judged before.
    fn opening(&mut self, _src: &str, _body: &Value) {}

    /// Judges `reply` to the request `body` of `src`, which was sent with its holes filled.
    ///
    /// # Errors
    /// The rule that the reply breaks.
    fn judge(&mut self, src: &str, body: &Value, reply: &Reply) -> Result<(), Breach>;
}

/// How a reply answers: as `…_ok`, or with a definite error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `…_ok`.
    Ok,
    /// An error that says that nothing took effect.
    Refused,
}

/// Checks a reply's type, and its code when it is an error.
///
/// # Errors
/// A type that does not belong to the request, or a code that is not definite.
pub fn answer(request: &str, reply: &Reply) -> Result<Answer, Breach> {
    if reply.is_error() {
        let code = whole(&reply.body["code"]);
        return match code {
            Some(code) if DEFINITE.contains(&code) => Ok(Answer::Refused),
            _ => Err(Breach::new(
                &ERROR_CODE,
                "The error's code does not say that nothing took effect.",
                "a definite error code: 10, 11, 12, 14, 20, 21, 22 or 30",
                reply.body["code"].to_string(),
            )),
        };
    }
    let expected = format!("{request}_ok");
    if reply.kind() == expected {
        return Ok(Answer::Ok);
    }
    Err(Breach::new(
        &REPLY_TYPE,
        "The reply's type does not belong to this request.",
        format!("\"type\": \"{expected}\""),
        format!("\"type\": {}", reply.body["type"]),
    ))
}

/// A breach for an error where the request is right and must be carried out.
pub fn refused(rule: &Rule, expected: impl Into<String>, reply: &Reply) -> Breach {
    let text = reply.body["text"].as_str().unwrap_or("");
    Breach::new(
        rule,
        "The request is right, and was answered with an error.",
        expected,
        format!("error {} {text}", reply.body["code"])
            .trim_end()
            .to_owned(),
    )
}

/// `field` as it stands in the reply: `"value": "old"`, or that it is missing.
pub fn shown(body: &Value, field: &str) -> String {
    match body.get(field) {
        Some(value) => format!("\"{field}\": {value}"),
        None => format!("no {field}"),
    }
}

/// `"field": value`, for what was expected.
pub fn wanted(field: &str, value: &Value) -> String {
    format!("\"{field}\": {value}")
}
