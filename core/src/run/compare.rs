//! Expected beside actual: where two replies differ, field by field.
//!
//! 1. Replies are compared in pairs, in order, as JSON: the order of fields and
//!    white space do not count.
//! 2. `msg_id` is the sender's own count and an error's `text` its own words:
//!    neither is compared.
//! 3. A field that only the program has is listed, with no expected value.

use serde_json::{Map, Value};

use crate::view::scene::Difference;

/// The fields in which the program's lines differ from the reference's.
pub fn differences(expected: &[String], actual: &[String]) -> Vec<Difference> {
    let mut found = Vec::new();
    for at in 0..expected.len().max(actual.len()) {
        let read = |lines: &[String]| -> Option<Value> {
            let line = lines.get(at)?;
            Some(serde_json::from_str(line).unwrap_or_else(|_| Value::String(line.clone())))
        };
        let prefix = if at == 0 {
            String::new()
        } else {
            format!("reply {}: ", at + 1)
        };
        match (read(expected), read(actual)) {
            (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
                envelope(&prefix, expected, actual, &mut found);
            }
            (expected, actual) => values(&format!("{prefix}reply"), expected, actual, &mut found),
        }
    }
    found
}

fn envelope(
    prefix: &str,
    mut expected: Map<String, Value>,
    mut actual: Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    for side in ["src", "dest"] {
        let path = format!("{prefix}{side}");
        values(&path, expected.remove(side), actual.remove(side), found);
    }
    let body = |message: &mut Map<String, Value>| match message.remove("body") {
        Some(Value::Object(mut body)) => {
            body.remove("msg_id");
            if body.get("type").is_some_and(|kind| kind == "error") {
                body.remove("text");
            }
            body
        }
        _ => Map::new(),
    };
    fields(prefix, body(&mut expected), body(&mut actual), found);
}

fn fields(
    prefix: &str,
    expected: Map<String, Value>,
    mut actual: Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    for (name, value) in expected {
        let path = format!("{prefix}{name}");
        let other = actual.remove(&name);
        values(&path, Some(value), other, found);
    }
    for (name, value) in actual {
        values(&format!("{prefix}{name}"), None, Some(value), found);
    }
}

/// Lists are compared by place and objects by field, so that the path is exact.
fn values(path: &str, expected: Option<Value>, actual: Option<Value>, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
            fields(&format!("{path}."), expected, actual, found);
        }
        (Some(Value::Array(expected)), Some(Value::Array(actual)))
            if expected.len() == actual.len() =>
        {
            for (at, pair) in expected.into_iter().zip(actual).enumerate() {
                values(&format!("{path}[{at}]"), Some(pair.0), Some(pair.1), found);
            }
        }
        (expected, actual) if expected != actual => found.push(Difference {
            field: path.to_owned(),
            expected: expected.map(|value| value.to_string()),
            actual: actual.map(|value| value.to_string()),
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(expected: &str, actual: &str) -> Vec<String> {
        let line = |body: &str| vec![format!(r#"{{"src":"n1","dest":"c1","body":{body}}}"#)];
        let found = differences(&line(expected), &line(actual));
        found.into_iter().map(|d| d.field).collect()
    }

    #[test]
    fn own_counters_and_words_are_not_compared() {
        let none: [String; 0] = [];
        assert_eq!(
            paths(
                r#"{"type":"a_ok","msg_id":1,"x":1}"#,
                r#"{"x":1,"msg_id":9,"type":"a_ok"}"#
            ),
            none
        );
        assert_eq!(
            paths(
                r#"{"type":"error","code":30,"text":"a"}"#,
                r#"{"type":"error","code":30,"text":"b"}"#
            ),
            none
        );
    }

    #[test]
    fn paths_are_exact() {
        assert_eq!(
            paths(
                r#"{"type":"a_ok","results":[{"value":1},{"value":2}],"v":1.0}"#,
                r#"{"type":"a_ok","results":[{"value":1},{"value":3}],"v":1,"w":0}"#,
            ),
            ["results[1].value", "v", "w"]
        );
    }

    #[test]
    fn a_missing_reply_differs() {
        let expected = vec![r#"{"src":"n1","dest":"c1","body":{"type":"a_ok"}}"#.to_owned()];
        assert_eq!(differences(&expected, &[]).len(), 1);
    }
}
