//! Writing replies, straight into the output.

use crate::json::{print_integer, print_string, print_unsigned};

/// Appends the fields of one object.
///
/// Field names are the protocol's own and are written as they are.
#[derive(Debug)]
pub struct FieldWriter<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

/// Appends the elements of one list.
#[derive(Debug)]
pub struct ListWriter<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> FieldWriter<'o> {
    /// Fields after a `{`.
    pub fn new(out: &'o mut Vec<u8>) -> FieldWriter<'o> {
        FieldWriter { out, first: true }
    }

    /// Fields after other fields.
    pub fn following(out: &'o mut Vec<u8>) -> FieldWriter<'o> {
        FieldWriter { out, first: false }
    }

    fn name(&mut self, name: &str) -> &mut Vec<u8> {
        self.out
            .extend_from_slice(if self.first { b"\"" } else { b", \"" });
        self.first = false;
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\": ");
        self.out
    }

    /// A string.
    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        print_string(self.name(name), value);
        self
    }

    /// A string made of a letter and a number: `t1`, `s1`.
    pub fn numbered(&mut self, name: &str, letter: char, number: u64) -> &mut Self {
        let out = self.name(name);
        out.push(b'"');
        out.push(letter as u8);
        print_unsigned(out, number);
        out.push(b'"');
        self
    }

    /// A signed integer.
    pub fn integer(&mut self, name: &str, value: i64) -> &mut Self {
        print_integer(self.name(name), value);
        self
    }

    /// An unsigned integer.
    pub fn unsigned(&mut self, name: &str, value: u64) -> &mut Self {
        print_unsigned(self.name(name), value);
        self
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, name: &str, value: bool) -> &mut Self {
        self.name(name)
            .extend_from_slice(if value { b"true" } else { b"false" });
        self
    }

    /// `null`.
    pub fn null(&mut self, name: &str) -> &mut Self {
        self.name(name).extend_from_slice(b"null");
        self
    }

    /// JSON text as it came.
    pub fn raw(&mut self, name: &str, json: &[u8]) -> &mut Self {
        self.name(name).extend_from_slice(json);
        self
    }

    /// JSON text as it came, under a name that is the client's and may need escapes.
    pub fn raw_named(&mut self, name: &str, json: &[u8]) -> &mut Self {
        if !self.first {
            self.out.extend_from_slice(b", ");
        }
        self.first = false;
        print_string(self.out, name);
        self.out.extend_from_slice(b": ");
        self.out.extend_from_slice(json);
        self
    }

    /// JSON text as it came, or `null`.
    pub fn raw_or_null(&mut self, name: &str, json: Option<&[u8]>) -> &mut Self {
        self.raw(name, json.unwrap_or(b"null"))
    }

    /// A list.
    pub fn list(&mut self, name: &str, write: impl FnOnce(&mut ListWriter<'_>)) -> &mut Self {
        let out = self.name(name);
        out.push(b'[');
        write(&mut ListWriter { out, first: true });
        out.push(b']');
        self
    }

    /// An object.
    pub fn object(&mut self, name: &str, write: impl FnOnce(&mut FieldWriter<'_>)) -> &mut Self {
        let out = self.name(name);
        out.push(b'{');
        write(&mut FieldWriter::new(out));
        out.push(b'}');
        self
    }
}

impl ListWriter<'_> {
    fn next(&mut self) -> &mut Vec<u8> {
        if !self.first {
            self.out.extend_from_slice(b", ");
        }
        self.first = false;
        self.out
    }

    /// A string.
    pub fn string(&mut self, value: &str) -> &mut Self {
        print_string(self.next(), value);
        self
    }

    /// A signed integer.
    pub fn integer(&mut self, value: i64) -> &mut Self {
        print_integer(self.next(), value);
        self
    }

    /// An unsigned integer.
    pub fn unsigned(&mut self, value: u64) -> &mut Self {
        print_unsigned(self.next(), value);
        self
    }

    /// JSON text as it came.
    pub fn raw(&mut self, json: &[u8]) -> &mut Self {
        self.next().extend_from_slice(json);
        self
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.raw(b"null")
    }

    /// A list whose elements come joined already: `1, 2`.
    pub fn joined(&mut self, elements: &[u8]) -> &mut Self {
        let out = self.next();
        out.push(b'[');
        out.extend_from_slice(elements);
        out.push(b']');
        self
    }

    /// A list.
    pub fn list(&mut self, write: impl FnOnce(&mut ListWriter<'_>)) -> &mut Self {
        let out = self.next();
        out.push(b'[');
        write(&mut ListWriter { out, first: true });
        out.push(b']');
        self
    }

    /// An object.
    pub fn object(&mut self, write: impl FnOnce(&mut FieldWriter<'_>)) -> &mut Self {
        let out = self.next();
        out.push(b'{');
        write(&mut FieldWriter::new(out));
        out.push(b'}');
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_normative_spelling() {
        let mut out = Vec::new();
        FieldWriter::new(&mut out)
            .string("type", "x\"\n")
            .integer("a", i64::MIN)
            .numbered("txn_id", 't', u64::MAX)
            .boolean("ok", true)
            .raw_or_null("value", None)
            .list("txn", |list| {
                list.list(|op| {
                    op.string("r").integer(1).null();
                })
                .object(|fields| {
                    fields.unsigned("n", 0).object("o", |_| ());
                });
            });
        let expected = concat!(
            r#""type": "x\"\n", "a": -9223372036854775808, "#,
            r#""txn_id": "t18446744073709551615", "ok": true, "value": null, "#,
            r#""txn": [["r", 1, null], {"n": 0, "o": {}}]"#
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
