//! Plain data that can be written as JSON and as EDN.
//!
//! A report is built once. Where the notations differ (a keyword is a string
//! in JSON, a set is a list), the datum says which it is.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::atom::{Atom, Atoms, TextKind};

/// A value of a report.
#[derive(Clone, PartialEq, Debug)]
pub enum Datum {
    /// Nothing.
    Nil,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A name: a keyword in EDN.
    Name(String),
    /// Something as the history wrote it: a big number, a float, a form.
    Raw(String),
    /// A sequence.
    List(Vec<Datum>),
    /// A set.
    Set(Vec<Datum>),
    /// Named fields, in order.
    Map(Vec<(String, Datum)>),
}

impl Datum {
    /// A name.
    pub fn name(name: impl Into<String>) -> Datum {
        Datum::Name(name.into())
    }

    /// A value of the history.
    pub fn atom(atoms: &Atoms, atom: Atom) -> Datum {
        match (atom.as_int(), atoms.text(atom)) {
            (Some(int), _) => Datum::Int(int),
            (None, Some((TextKind::Str, text))) => Datum::Text(text.to_owned()),
            (None, Some((TextKind::Keyword, text))) => Datum::Name(text.to_owned()),
            (None, Some((TextKind::Raw, text))) => Datum::Raw(text.to_owned()),
            (None, None) => Datum::Nil,
        }
    }

    /// A list of values of the history.
    pub fn atoms(atoms: &Atoms, list: &[Atom]) -> Datum {
        Datum::List(list.iter().map(|&atom| Datum::atom(atoms, atom)).collect())
    }

    /// Named fields.
    pub fn map<const N: usize>(fields: [(&str, Datum); N]) -> Datum {
        let owned = fields
            .into_iter()
            .map(|(name, datum)| (name.to_owned(), datum));
        Datum::Map(owned.collect())
    }

    /// As EDN.
    pub fn edn(&self) -> String {
        let mut out = String::new();
        self.write_edn(&mut out);
        out
    }

    fn write_edn(&self, out: &mut String) {
        match self {
            Datum::Nil => out.push_str("nil"),
            Datum::Bool(value) => write!(out, "{value}").unwrap_or(()),
            Datum::Int(value) => write!(out, "{value}").unwrap_or(()),
            Datum::Text(text) => {
                out.push('"');
                for c in text.chars() {
                    match c {
                        '"' => out.push_str("\\\""),
                        '\\' => out.push_str("\\\\"),
                        '\n' => out.push_str("\\n"),
                        '\r' => out.push_str("\\r"),
                        '\t' => out.push_str("\\t"),
                        c => out.push(c),
                    }
                }
                out.push('"');
            }
            Datum::Name(name) => {
                out.push(':');
                out.push_str(name);
            }
            Datum::Raw(text) => out.push_str(text),
            Datum::List(items) => edn_sequence(out, "[", items, "]"),
            Datum::Set(items) => edn_sequence(out, "#{", items, "}"),
            Datum::Map(fields) => {
                out.push('{');
                for (i, (name, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    out.push(':');
                    out.push_str(name);
                    out.push(' ');
                    value.write_edn(out);
                }
                out.push('}');
            }
        }
    }
}

fn edn_sequence(out: &mut String, open: &str, items: &[Datum], close: &str) {
    out.push_str(open);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        item.write_edn(out);
    }
    out.push_str(close);
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Datum::Nil => serializer.serialize_unit(),
            Datum::Bool(value) => serializer.serialize_bool(*value),
            Datum::Int(value) => serializer.serialize_i64(*value),
            Datum::Text(text) | Datum::Name(text) => serializer.serialize_str(text),
            Datum::Raw(text) => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(value) => value.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Datum::List(items) | Datum::Set(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| sequence.serialize_element(item))?;
                sequence.end()
            }
            Datum::Map(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                let mut each = fields.iter();
                each.try_for_each(|(name, value)| map.serialize_entry(name, value))?;
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_datum_two_notations() {
        let datum = Datum::map([
            ("type", Datum::name("rw")),
            ("value'", Datum::Int(3)),
            ("key", Datum::Text("a \"b\"".into())),
            ("not", Datum::Set(vec![Datum::name("x")])),
            ("none", Datum::Nil),
        ]);
        assert_eq!(
            datum.edn(),
            r#"{:type :rw, :value' 3, :key "a \"b\"", :not #{:x}, :none nil}"#
        );
        assert_eq!(
            serde_json::to_string(&datum).unwrap(),
            r#"{"type":"rw","value'":3,"key":"a \"b\"","not":["x"],"none":null}"#
        );
    }
}
