//! A cursor over a body that can say where it is.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::{ErrorCode, Refusal, Refused};
use crate::json::{Json, Kind};

/// A value in a request's body, and how one got there.
///
/// The parent is borrowed from the caller's stack; only a refusal spells the
/// path out.
#[derive(Clone, Copy, Debug)]
pub struct Field<'p, 't> {
    json: Json<'t>,
    name: Name<'p>,
    parent: Option<&'p Field<'p, 't>>,
}

#[derive(Clone, Copy, Debug)]
enum Name<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'p, 't> Field<'p, 't> {
    /// The body of a message: the root of all paths.
    pub fn body(json: Json<'t>) -> Field<'p, 't> {
        Field {
            json,
            name: Name::Root,
            parent: None,
        }
    }

    /// The value.
    pub fn json(&self) -> Json<'t> {
        self.json
    }

    /// The field of this object that must be there.
    pub fn required(&'p self, name: &'p str) -> Refused<Field<'p, 't>> {
        if let Some(field) = self.optional(name) {
            return Ok(field);
        }
        if self.json.kind() != Kind::Object {
            return Err(self.expected("an object"));
        }
        let missing = Field {
            json: self.json,
            name: Name::Key(name),
            parent: Some(self),
        };
        Err(missing.refuse(ErrorCode::MalformedRequest, "the field is missing"))
    }

    /// The field of this object, if it is there.
    pub fn optional(&'p self, name: &'p str) -> Option<Field<'p, 't>> {
        let json = self.json.field(name)?;
        Some(Field {
            json,
            name: Name::Key(name),
            parent: Some(self),
        })
    }

    /// The elements of this list.
    pub fn items(&'p self) -> Refused<impl Iterator<Item = Field<'p, 't>> + Clone + use<'p, 't>> {
        if self.json.kind() != Kind::Array {
            return Err(self.expected("a list"));
        }
        Ok(self
            .json
            .items()
            .enumerate()
            .map(move |(index, json)| Field {
                json,
                name: Name::Index(index),
                parent: Some(self),
            }))
    }

    /// The fields of this object; the names are decoded keys.
    pub fn fields(&self) -> Refused<impl Iterator<Item = (Cow<'t, str>, Json<'t>)> + use<'t>> {
        if self.json.kind() != Kind::Object {
            return Err(self.expected("an object"));
        }
        if self.json.fields().any(|(key, _)| key.string().is_none()) {
            return Err(self.expected("an object whose keys are text"));
        }
        let named = |(key, value): (Json<'t>, Json<'t>)| key.string().map(|name| (name, value));
        Ok(self.json.fields().filter_map(named))
    }

    /// A value of this object under a name that the caller already found.
    pub fn child(&'p self, name: &'p str, json: Json<'t>) -> Field<'p, 't> {
        Field {
            json,
            name: Name::Key(name),
            parent: Some(self),
        }
    }

    /// The string.
    pub fn string(&self) -> Refused<Cow<'t, str>> {
        self.json.string().ok_or_else(|| self.expected("a string"))
    }

    /// The boolean.
    pub fn boolean(&self) -> Refused<bool> {
        self.json
            .boolean()
            .ok_or_else(|| self.expected("true or false"))
    }

    /// The integer, of 64 bits.
    pub fn integer(&self) -> Refused<i64> {
        self.json
            .integer()
            .ok_or_else(|| self.expected("an integer of 64 bits"))
    }

    /// The integer, within bounds.
    pub fn integer_in(&self, bounds: RangeInclusive<i64>) -> Refused<i64> {
        match self.json.integer() {
            Some(integer) if bounds.contains(&integer) => Ok(integer),
            _ => {
                let (low, high) = (bounds.start(), bounds.end());
                Err(self.expected(&format!("an integer from {low} to {high}")))
            }
        }
    }

    /// The text of a value that may be anything except `null`.
    pub fn value(&self) -> Refused<&'t str> {
        if self.json.is_null() {
            return Err(self.expected("any JSON value except null"));
        }
        Ok(self.json.raw())
    }

    /// Error 12 here: what was expected, and what there is.
    pub fn expected(&self, what: &str) -> Box<Refusal> {
        let got = match self.json.kind() {
            Kind::Null | Kind::Boolean | Kind::Number => shorten(self.json.raw()),
            Kind::String if self.json.string().is_none() => {
                format!(
                    "{}, which holds half a surrogate pair",
                    shorten(self.json.raw())
                )
            }
            Kind::String => shorten(self.json.raw()),
            kind => kind.article().to_string(),
        };
        self.refuse(
            ErrorCode::MalformedRequest,
            &format!("expected {what}, got {got}"),
        )
    }

    /// A refusal that blames this field.
    pub fn refuse(&self, code: ErrorCode, text: &str) -> Box<Refusal> {
        Refusal::at(code, self.path(), text)
    }

    /// The path from the body: `operations[1].op`.
    pub fn path(&self) -> String {
        let mut path = self.parent.map(Field::path).unwrap_or_default();
        match self.name {
            Name::Root => path.push_str("body"),
            Name::Index(index) => path.push_str(&format!("[{index}]")),
            Name::Key(name) if self.parent.is_none_or(|parent| parent.parent.is_none()) => {
                path = name.to_string();
            }
            Name::Key(name) => {
                path.push('.');
                path.push_str(name);
            }
        }
        path
    }
}

/// Text for a sentence: at most 40 characters of it.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    #[test]
    fn a_refusal_spells_the_path() {
        let mut tape = Tape::new();
        let line = br#"{"operations":[{"op":"get"},{"op":7,"o":{"x":[1,null]}}],"n":1e2}"#;
        let body = Field::body(tape.parse(line).unwrap().root);
        let operations = body.required("operations").unwrap();
        let second = operations.items().unwrap().nth(1).unwrap();
        let op = second.required("op").unwrap();
        assert_eq!(op.path(), "operations[1].op");
        assert_eq!(
            op.string().unwrap_err().to_string(),
            "operations[1].op: expected a string, got 7"
        );
        let missing = second.required("key").unwrap_err();
        assert_eq!(
            missing.to_string(),
            "operations[1].key: the field is missing"
        );
        let nested = second.required("o").unwrap();
        let list = nested.required("x").unwrap();
        let null = list.items().unwrap().nth(1).unwrap();
        assert_eq!(
            null.value().unwrap_err().path.as_deref(),
            Some("operations[1].o.x[1]")
        );
        let n = body.required("n").unwrap();
        assert_eq!(
            n.integer().unwrap_err().text,
            "expected an integer of 64 bits, got 1e2"
        );
        assert_eq!(body.expected("a number").path.as_deref(), Some("body"));
    }
}
