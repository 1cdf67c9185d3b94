//! Rows of the transcript: a request and its reply in a few words.
//!
//! ```text
//!   mvcc_get y s1        → v1 "a"
//!   occ_commit t1 y=21   → refused: x was 1, is 2
//!   txn r 9, r 7         → [1 2] [3]
//! ```
//!
//! 1. A row is made from the two lines alone, so the reference's answer and a
//!    program's answer are shortened by the same rule and can stand side by side.
//! 2. Keys and values are the sender's text; a long one is cut, and `…` says so.
//! 3. Whatever is unknown or malformed is shown as its fields stand.

use std::fmt::Write;

use super::scene::Mark;
use crate::run::sent::{Fields, Sent, decode, elements};

/// The request in short, and for a batch one further line an operation.
pub fn request(sent: &Sent) -> (String, Vec<String>) {
    let body = &sent.body;
    let kind = &sent.kind;
    let mut operations = Vec::new();
    let short = match kind.as_ref() {
        "init" => {
            let node_ids = body.list("node_ids");
            let mut nodes: Vec<String> = node_ids.iter().map(|id| name(id)).collect();
            if nodes.is_empty() {
                nodes.extend(body.raw("node_id").map(name));
            }
            format!("init {}", nodes.join(", "))
        }
        "txn_execute" => {
            operations = body.objects("operations").iter().map(operation).collect();
            kind.to_string()
        }
        "txn" => {
            let list = body.list("txn");
            let operations: Vec<String> = list.iter().map(|op| micro_operation(op)).collect();
            format!("txn {}", operations.join(", "))
        }
        "occ_begin" => kind.to_string(),
        "occ_commit" => occ_commit(body),
        "mvcc_put" => words(
            kind,
            [
                field(body, "key"),
                field(body, "value"),
                at(body, "timestamp"),
            ],
        ),
        "mvcc_delete" => words(
            kind,
            [field(body, "key"), at(body, "timestamp"), String::new()],
        ),
        "mvcc_get" => words(
            kind,
            [
                field(body, "key"),
                field(body, "snapshot_id"),
                at(body, "read_timestamp"),
            ],
        ),
        "mvcc_begin" => words(
            kind,
            [at(body, "read_timestamp"), String::new(), String::new()],
        ),
        "occ_read" => words(
            kind,
            [field(body, "txn_id"), field(body, "key"), String::new()],
        ),
        "mvcc_end" => words(
            kind,
            [field(body, "snapshot_id"), String::new(), String::new()],
        ),
        "mvcc_gc" => words(
            kind,
            [field(body, "watermark"), String::new(), String::new()],
        ),
        _ => match super::mrt::row::request(sent) {
            Some((line, rows)) => {
                operations = rows;
                line
            }
            None => other(kind, body, &["type", "msg_id"]),
        },
    };
    (short.trim_end().to_owned(), operations)
}

/// The reply in short, and whether it is a refusal.
pub fn reply(request: &Sent, reply: &Sent) -> (String, bool) {
    let body = &reply.body;
    if let Some(short) = super::mrt::row::reply(reply) {
        return short;
    }
    let short = match reply.kind.as_ref() {
        "error" => {
            let code = body.raw("code").unwrap_or("?");
            let text = body.text("text").unwrap_or_default();
            return (format!("error {code}: {}", cut(&text, 160)), true);
        }
        "txn_execute_ok" => batch_reply(body),
        "txn_ok" => list_reply(body),
        "occ_begin_ok" => field(body, "txn_id"),
        "occ_read_ok" => format!("{} v{}", field(body, "value"), field(body, "version")),
        "occ_commit_ok" => return occ_reply(request, body),
        "mvcc_put_ok" | "mvcc_delete_ok" => format!("v{}", field(body, "version")),
        "mvcc_get_ok" => match (body.integer("version"), body.raw("value")) {
            (Some(0), Some("null")) => "nothing visible".to_owned(),
            (Some(version), Some("null")) => format!("v{version} deleted"),
            _ => format!("v{} {}", field(body, "version"), field(body, "value")),
        },
        "mvcc_begin_ok" => field(body, "snapshot_id"),
        "mvcc_gc_ok" => format!(
            "watermark {}, removed {}",
            field(body, "watermark"),
            field(body, "removed")
        ),
        "init_ok" | "mvcc_end_ok" => reply.kind.to_string(),
        kind => other(kind, body, &["type", "msg_id", "in_reply_to"]),
    };
    (short, false)
}

/// The shape of a message.
pub fn mark(sent: &Sent) -> Mark {
    let operations = || sent.body.objects("operations");
    let has = |op: &str| {
        let mut found = operations().into_iter();
        found.any(|fields| fields.text("op").is_some_and(|text| text == op))
    };
    match sent.kind.as_ref() {
        "init" => Mark::Init,
        "txn_execute" if has("put") => Mark::Put,
        "txn_execute" if has("delete") => Mark::Delete,
        "txn" => {
            let appends = sent.body.list("txn");
            let append = |op: &&str| {
                let parts = elements(op);
                parts.first().is_some_and(|f| *f == "\"append\"")
            };
            if appends.iter().any(append) {
                Mark::Put
            } else {
                Mark::Read
            }
        }
        "mvcc_put" => Mark::Put,
        "mvcc_delete" => Mark::Delete,
        "mvcc_get" | "occ_read" | "txn_execute" => Mark::Read,
        "mvcc_begin" | "occ_begin" => Mark::Begin,
        "mvcc_end" => Mark::End,
        "occ_commit" => Mark::Commit,
        "mvcc_gc" => Mark::Collect,
        _ => super::mrt::row::mark(sent).unwrap_or(Mark::Other),
    }
}

/// A key or name as data: bare where that is unambiguous, else JSON.
pub fn key_text(key: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-.:/".contains(c);
    if !key.is_empty() && key.chars().all(plain) {
        cut(key, 40)
    } else {
        cut(&serde_json::to_string(key).expect("a string is JSON"), 40)
    }
}

/// At most `limit` characters of a text; `…` where something was cut.
pub fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
            kept + "…"
        }
    }
}

/// A raw JSON value that stands for a name: strings without their quotes.
fn name(raw: &str) -> String {
    match decode(raw) {
        Some(text) => key_text(&text),
        None => cut(raw, 40),
    }
}

/// A field as data: names bare, values as JSON.
fn field(body: &Fields, name_of: &str) -> String {
    let Some(raw) = body.raw(name_of) else {
        return String::new();
    };
    match name_of {
        "value" => cut(raw, 40),
        _ => name(raw),
    }
}

/// `@150`, or nothing.
fn at(body: &Fields, name_of: &str) -> String {
    let raw = body.raw(name_of);
    raw.map(|raw| format!("@{}", cut(raw, 20)))
        .unwrap_or_default()
}

/// The words that are there, with one space between them.
fn words(kind: &str, rest: [String; 3]) -> String {
    let mut line = kind.to_owned();
    for word in rest.iter().filter(|word| !word.is_empty()) {
        line.push(' ');
        line.push_str(word);
    }
    line
}

/// `put balance_a "900"`.
fn operation(fields: &Fields) -> String {
    let op = fields.raw("op").map(name).unwrap_or("?".to_owned());
    words(
        &op,
        [field(fields, "key"), field(fields, "value"), String::new()],
    )
}

/// `append 9 1`, `r 9`: keys and elements are JSON, `"9"` and `9` differ.
fn micro_operation(raw: &str) -> String {
    match elements(raw)[..] {
        ["\"r\"", key, ..] => format!("r {}", cut(key, 40)),
        [f, key, element, ..] => format!("{} {} {}", name(f), cut(key, 40), cut(element, 40)),
        _ => cut(raw, 40),
    }
}

/// `occ_commit t1 y=21, read x v1`.
fn occ_commit(body: &Fields) -> String {
    let mut line = format!("occ_commit {}", field(body, "txn_id"));
    let mut separator = " ";
    for write in body.objects("writes") {
        let _ = write!(
            line,
            "{separator}{}={}",
            field(&write, "key"),
            field(&write, "value")
        );
        separator = ", ";
    }
    for read in body.objects("read_versions") {
        let _ = write!(
            line,
            "{separator}read {} v{}",
            field(&read, "key"),
            field(&read, "version")
        );
        separator = ", ";
    }
    line
}

/// `committed v2` or `refused: x was 1, is 2`.
fn occ_reply(request: &Sent, body: &Fields) -> (String, bool) {
    if body.raw("committed") == Some("true") {
        let version = field(body, "new_version");
        let versions = body.objects("versions");
        let several = versions
            .iter()
            .map(|v| format!("{} v{}", field(v, "key"), field(v, "version")));
        let line = match (version.as_str(), request.body.objects("writes").len()) {
            ("", 0) => "committed, nothing written".to_owned(),
            (_, 2..) if !versions.is_empty() => {
                format!("committed {}", several.collect::<Vec<_>>().join(", "))
            }
            _ => format!("committed v{version}"),
        };
        return (line, false);
    }
    let conflict = |c: &Fields| {
        let expected = field(c, "expected");
        let actual = field(c, "actual");
        format!("{} was {expected}, is {actual}", field(c, "key"))
    };
    let conflicts: Vec<String> = body.objects("conflicts").iter().map(conflict).collect();
    (format!("refused: {}", conflicts.join(", ")), true)
}

/// `entry 5, 2 applied; "900"`.
fn batch_reply(body: &Fields) -> String {
    let mut parts = Vec::new();
    if let Some(index) = body.raw("log_index") {
        parts.push(format!(
            "entry {index}, {} applied",
            field(body, "ops_applied")
        ));
    }
    let results = body.objects("results");
    if !results.is_empty() {
        let values: Vec<String> = results.iter().map(|r| field(r, "value")).collect();
        parts.push(values.join(", "));
    }
    parts.join("; ")
}

/// `[1 2] null`, or `ok` when nothing was read.
fn list_reply(body: &Fields) -> String {
    let mut reads = Vec::new();
    for op in body.list("txn") {
        if let [f, _, seen, ..] = elements(op)[..]
            && f == "\"r\""
        {
            reads.push(list_text(seen));
        }
    }
    match reads.is_empty() {
        true => "ok".to_owned(),
        false => reads.join(" "),
    }
}

/// A list of JSON elements as `[1 2 3]`.
pub fn list_text(raw: &str) -> String {
    if raw == "null" {
        return raw.to_owned();
    }
    let cells = elements(raw);
    let shown = cells.len().saturating_sub(12);
    let mut text = String::from("[");
    if shown > 0 {
        text.push_str("… ");
    }
    let last: Vec<String> = cells[shown..].iter().map(|cell| cut(cell, 24)).collect();
    text.push_str(&last.join(" "));
    text + "]"
}

/// Any other message: its type and its fields.
fn other(kind: &str, body: &Fields, hidden: &[&str]) -> String {
    let mut line = match kind {
        "" => "?".to_owned(),
        kind => cut(kind, 60),
    };
    for (key, value) in &body.0 {
        if !hidden.contains(&key.as_ref()) {
            let _ = write!(line, " {}={}", key_text(key), cut(value.get(), 40));
        }
    }
    cut(&line, 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, answer: &str, expected: &str) {
        let line = format!(r#"{{"src":"c1","dest":"n1","body":{body}}}"#);
        let back = format!(r#"{{"src":"n1","dest":"c1","body":{answer}}}"#);
        let sent = Sent::read(&line).unwrap();
        let (short, operations) = request(&sent);
        let (answer, _) = reply(&sent, &Sent::read(&back).unwrap());
        let mut row = short;
        for operation in operations {
            row = row + " | " + &operation;
        }
        assert_eq!(format!("{row} → {answer}"), expected);
    }

    #[test]
    fn rows_say_request_and_reply_in_short() {
        check(
            r#"{"type":"mvcc_put","key":"x","value":"old","timestamp":100}"#,
            r#"{"type":"mvcc_put_ok","version":1,"timestamp":100}"#,
            r#"mvcc_put x "old" @100 → v1"#,
        );
        check(
            r#"{"type":"mvcc_get","key":"y","snapshot_id":"s1"}"#,
            r#"{"type":"mvcc_get_ok","value":"a","version":1,"as_of_timestamp":110}"#,
            r#"mvcc_get y s1 → v1 "a""#,
        );
        check(
            r#"{"type":"mvcc_get","key":"a b","read_timestamp":5}"#,
            r#"{"type":"mvcc_get_ok","value":null,"version":0,"as_of_timestamp":null}"#,
            r#"mvcc_get "a b" @5 → nothing visible"#,
        );
        check(
            r#"{"type":"occ_commit","txn_id":"t1","writes":[{"key":"y","value":21}],"read_versions":[{"key":"x","version":1}]}"#,
            r#"{"type":"occ_commit_ok","committed":false,"conflicts":[{"key":"x","expected":1,"actual":2}]}"#,
            "occ_commit t1 y=21, read x v1 → refused: x was 1, is 2",
        );
        check(
            r#"{"type":"txn_execute","operations":[{"op":"put","key":"a","value":"1"},{"op":"get","key":"b"}]}"#,
            r#"{"type":"txn_execute_ok","committed":true,"log_index":4,"ops_applied":1,"results":[{"op":"get","key":"b","value":null}]}"#,
            r#"txn_execute | put a "1" | get b → entry 4, 1 applied; null"#,
        );
        check(
            r#"{"type":"txn","txn":[["r",9,null],["append","9",1],["r",7,null]]}"#,
            r#"{"type":"txn_ok","txn":[["r",9,[1,2]],["append","9",1],["r",7,null]]}"#,
            r#"txn r 9, append "9" 1, r 7 → [1 2] null"#,
        );
    }

    #[test]
    fn unknown_and_odd_messages_are_shown_as_they_stand() {
        check(
            r#"{"type":"echo","msg_id":3,"text":"hi"}"#,
            r#"{"type":"error","code":10,"text":"echo is not supported"}"#,
            r#"echo text="hi" → error 10: echo is not supported"#,
        );
    }
}
