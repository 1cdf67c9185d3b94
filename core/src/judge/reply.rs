//! What a program wrote, line by line: messages, stray prints, blank lines.
//!
//! Lines are compared as parsed JSON, so spacing and the order of keys mean
//! nothing. Numbers are equal when their values are: a language that has only
//! floating-point numbers may write `1.0` where another writes `1`.

use serde_json::Value;

/// One line of output, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// White space only.
    Blank,
    /// A message.
    Message(Reply),
    /// A JSON object that lacks a part of the envelope.
    Broken(String),
    /// Not a message at all; the reason.
    Stray(String),
}

/// A message from the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Who it says it is from.
    pub src: String,
    /// Whom it is for.
    pub dest: String,
    /// The body.
    pub body: Value,
    /// The line as it was written.
    pub text: String,
}

impl Reply {
    /// The body's type, or `""`.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or("")
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.kind() == "error"
    }

    /// The `msg_id` that it answers.
    pub fn in_reply_to(&self) -> Option<i64> {
        whole(&self.body["in_reply_to"])
    }
}

/// Understands one line of output.
pub fn understand(bytes: &[u8]) -> Output {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Output::Stray("it is not UTF-8 text".into());
    };
    if text.trim().is_empty() {
        return Output::Blank;
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return Output::Stray(not_json(text, &error)),
    };
    let Value::Object(mut fields) = value else {
        return Output::Stray("it is JSON, but not an object with src, dest and body".into());
    };
    for name in ["src", "dest"] {
        if !fields.get(name).is_some_and(Value::is_string) {
            return Output::Broken(format!("{name} is missing, or is not a string"));
        }
    }
    if !fields.get("body").is_some_and(Value::is_object) {
        return Output::Broken("body is missing, or is not an object".into());
    }
    let own = |value: Option<Value>| match value {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    Output::Message(Reply {
        src: own(fields.remove("src")),
        dest: own(fields.remove("dest")),
        body: fields.remove("body").unwrap_or(Value::Null),
        text: text.trim_end_matches(['\r', '\n']).to_owned(),
    })
}

fn not_json(text: &str, error: &serde_json::Error) -> String {
    let start = text.trim_start();
    if start.starts_with("{'") {
        return "it is Python's way to write a dict, not JSON: use json.dumps".into();
    }
    if start.starts_with('{') && error.is_eof() {
        return "it is the beginning of a JSON object that goes on over the next lines: write each message on one line".into();
    }
    if start.starts_with('{') || start.starts_with('[') {
        return format!("it is not JSON (column {})", error.column());
    }
    "it is not JSON: a stray print?".into()
}

/// Whether two values are equal as JSON: numbers by value, objects without order.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            x == y || (x.as_f64() == y.as_f64() && (x.is_f64() || y.is_f64()))
        }
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len()
                && x.iter()
                    .all(|(name, v)| y.get(name).is_some_and(|w| same(v, w)))
        }
        _ => a == b,
    }
}

/// The integer that a number stands for, also when it is written `5.0`.
pub fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
    })
}

/// The error codes that say that nothing took effect.
pub const DEFINITE: [i64; 9] = [1, 10, 11, 12, 14, 20, 21, 22, 30];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stray(text: &str) -> String {
        match understand(text.as_bytes()) {
            Output::Stray(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_is_a_message_a_broken_one_or_stray() {
        let good = br#"{ "dest":"c1","src":"n1", "x":1, "body":{"type":"a_ok","in_reply_to":2.0}}"#;
        let Output::Message(reply) = understand(good) else {
            panic!()
        };
        assert_eq!((reply.kind(), reply.in_reply_to()), ("a_ok", Some(2)));
        assert!(matches!(understand(b" \r"), Output::Blank));
        assert!(matches!(
            understand(br#"{"type":"init_ok"}"#),
            Output::Broken(_)
        ));
        assert!(stray("got a message").contains("stray print"));
        assert!(stray("{'src': 'n1'}").contains("json.dumps"));
        assert!(stray("{").contains("one line"));
        assert!(stray("3").contains("not an object"));
        assert!(matches!(understand(&[0xff]), Output::Stray(_)));
    }

    #[test]
    fn numbers_are_equal_by_value_and_types_stay_apart() {
        assert!(same(&json!({"a": [1, 2.0]}), &json!({"a": [1.0, 2]})));
        assert!(!same(&json!(1), &json!("1")));
        assert!(!same(&json!(u64::MAX), &json!(u64::MAX - 1)));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "b": null})));
    }
}
