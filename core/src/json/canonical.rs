//! One spelling for each value, so that equal values can be compared as text.

use std::borrow::Cow;

use super::{Json, Kind, print_string};

/// The value's text without spaces, strings in their shortest spelling and
/// fields in order of their names. Numbers keep their text: `1` and `1.0` are
/// two values. Borrowed where the line has that spelling already.
///
/// ```
/// use isolab_core::json::{Tape, canonical};
/// let mut tape = Tape::new();
/// let root = tape.parse(br#"{"b": [1, 1.0], "a": "\u0041"}"#).unwrap().root;
/// assert_eq!(canonical(root), r#"{"a":"A","b":[1,1.0]}"#);
/// ```
pub fn canonical(json: Json<'_>) -> Cow<'_, str> {
    match json.kind() {
        Kind::Null | Kind::Boolean | Kind::Number => Cow::Borrowed(json.raw()),
        Kind::String if !json.is_escaped() => Cow::Borrowed(json.raw()),
        _ => {
            let mut out = Vec::new();
            print(json, &mut out);
            Cow::Owned(String::from_utf8_lossy(&out).into_owned())
        }
    }
}

fn print(json: Json<'_>, out: &mut Vec<u8>) {
    match json.kind() {
        Kind::Array => {
            out.push(b'[');
            for (index, item) in json.items().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                print(item, out);
            }
            out.push(b']');
        }
        Kind::Object => {
            let mut fields: Vec<(Cow<'_, str>, Json<'_>)> = json
                .fields()
                .map(|(key, value)| (canonical(key), value))
                .collect();
            fields.sort_by(|left, right| left.0.cmp(&right.0));
            out.push(b'{');
            for (index, (key, value)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(key.as_bytes());
                out.push(b':');
                print(value, out);
            }
            out.push(b'}');
        }
        _ => match json.string() {
            Some(text) => print_string(out, &text),
            // A scalar, or half a surrogate pair: its text is all there is.
            None => out.extend_from_slice(json.raw().as_bytes()),
        },
    }
}
