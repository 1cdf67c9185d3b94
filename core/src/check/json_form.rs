//! An operation in JSON: one object, scanned where it lies.
//!
//! A history of a million transactions is 300 MB of digits, so nothing is
//! built on the way: no tree, no strings, no copy. Fields may come in any
//! order and unknown ones are stepped over.
//!
//! Left out: checking the grammar of what is stepped over beyond its brackets
//! and strings. A field nobody reads cannot change a verdict.

use super::atom::{Atom, TextKind};
use super::form::{Fault, OpType, RawMop, Sink};

/// How deep a value nobody reads may nest.
const DEPTH: usize = 128;

/// Read the object that `bytes` begins with; answers where it ends.
pub fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, Fault> {
    let mut cursor = Cursor { bytes, at: 0 };
    cursor.expect(b'{', "an operation as a JSON object, {\"type\": …}")?;
    if cursor.peek()? != b'}' {
        loop {
            let name = cursor.plain_string("a field's name in quotes")?;
            cursor.expect(b':', "a colon after the field's name")?;
            field(&mut cursor, name, sink)?;
            match cursor.next("a comma or the object's closing brace")? {
                b',' => {}
                b'}' => break,
                _ => return Err(cursor.fault_before("a comma or the object's closing brace")),
            }
        }
    } else {
        cursor.at += 1;
    }
    Ok(cursor.at)
}

fn field(cursor: &mut Cursor<'_>, name: &[u8], sink: &mut Sink<'_>) -> Result<(), Fault> {
    match name {
        b"type" => {
            let at = cursor.skip_space();
            let ty = cursor.plain_string("a type: \"invoke\", \"ok\", \"fail\" or \"info\"")?;
            sink.op.ty = Some(OpType::named(ty).ok_or_else(|| {
                Fault::new(at, "a type: \"invoke\", \"ok\", \"fail\" or \"info\"")
            })?);
        }
        b"process" => {
            let at = cursor.skip_space();
            sink.op.process = match cursor.peek()? {
                b'"' | b'n' => {
                    cursor.skip_value()?;
                    None
                }
                _ => {
                    let process = cursor.atom(sink)?;
                    let int = process.as_int();
                    Some(int.and(Some(process)).ok_or_else(|| {
                        Fault::new(
                            at,
                            "a process: a whole number, or a name for what is no client",
                        )
                    })?)
                }
            };
        }
        b"time" => {
            let at = cursor.skip_space();
            sink.op.time = match cursor.atom(sink)? {
                Atom::NIL => None,
                time => match time.as_int() {
                    Some(int) => Some(int),
                    None => return Err(Fault::new(at, "a time in whole nanoseconds")),
                },
            };
        }
        b"f" => {
            cursor.skip_space();
            if cursor.peek()? == b'"' {
                let f = cursor.plain_string("a function's name")?;
                sink.op.foreign = f != b"txn";
            } else {
                cursor.skip_value()?;
            }
        }
        b"key" => sink.op.key = Some(cursor.atom(sink)?),
        b"value" => {
            sink.op.value_at = cursor.skip_space();
            match cursor.peek()? {
                b'[' => mops(cursor, sink)?,
                _ => cursor.skip_value()?,
            }
        }
        _ => cursor.skip_value()?,
    }
    Ok(())
}

/// The list of micro-operations; or, for a version order, of its elements.
fn mops(cursor: &mut Cursor<'_>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let start = cursor.at;
    cursor.at += 1;
    sink.op.has_value = true;
    sink.op.mops.clear();
    sink.op.elements.clear();
    match cursor.peek()? {
        b']' => {
            cursor.at += 1;
            return Ok(());
        }
        b'[' => {}
        // No micro-operations: a version order's elements, or the value of a
        // function that is no transaction.
        _ => {
            cursor.at = start;
            sink.op.has_value = false;
            return match cursor.list(sink) {
                Err(fault) if fault.truncated => Err(fault),
                Err(_) => {
                    cursor.at = start;
                    sink.op.elements.clear();
                    cursor.skip_value()
                }
                Ok(_) => Ok(()),
            };
        }
    }
    loop {
        mop(cursor, sink)?;
        match cursor.next("a comma or the closing bracket of the transaction")? {
            b',' => {}
            b']' => return Ok(()),
            _ => {
                return Err(
                    cursor.fault_before("a comma or the closing bracket of the transaction")
                );
            }
        }
    }
}

fn mop(cursor: &mut Cursor<'_>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    const FORM: &str =
        "an operation: [\"r\", key, list], [\"append\", key, element] or [\"w\", key, value]";
    cursor.expect(b'[', FORM)?;
    let at = cursor.skip_space();
    let name = cursor.plain_string(FORM)?;
    let kind = match name {
        b"r" => b'r',
        b"append" => b'a',
        b"w" => b'w',
        _ => return Err(Fault::new(at, "\"r\", \"append\" or \"w\"")),
    };
    cursor.expect(b',', "a comma and the key")?;
    let key = cursor.atom(sink)?;
    // Some clients leave out the value of a read that they have not made yet.
    if kind == b'r' && cursor.peek()? == b']' {
        cursor.at += 1;
        sink.op.mops.push(RawMop::ReadNil(key));
        return Ok(());
    }
    cursor.expect(b',', "a comma and the value")?;
    cursor.skip_space();
    let mop = match (kind, cursor.peek()?) {
        (b'r', b'[') => {
            let (start, end) = cursor.list(sink)?;
            RawMop::ReadList(key, start, end)
        }
        (b'r', _) => match cursor.atom(sink)? {
            Atom::NIL => RawMop::ReadNil(key),
            value => RawMop::ReadValue(key, value),
        },
        (b'a', _) => RawMop::Append(key, cursor.atom(sink)?),
        _ => RawMop::Write(key, cursor.atom(sink)?),
    };
    sink.op.mops.push(mop);
    cursor.expect(b']', "the closing bracket of the operation")
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn skip_space(&mut self) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.at
    }

    /// The next byte that is no space, left where it is.
    #[inline]
    fn peek(&mut self) -> Result<u8, Fault> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte > b' ' => Ok(byte),
            _ => {
                self.skip_space();
                let end = || Fault::end(self.at, "the rest of the object: the line ends here");
                self.bytes.get(self.at).copied().ok_or_else(end)
            }
        }
    }

    #[inline]
    fn next(&mut self, expected: &'static str) -> Result<u8, Fault> {
        let byte = self.peek().map_err(|fault| Fault {
            expected: expected.into(),
            ..fault
        })?;
        self.at += 1;
        Ok(byte)
    }

    #[inline]
    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Fault> {
        if self.next(expected)? == byte {
            Ok(())
        } else {
            Err(self.fault_before(expected))
        }
    }

    fn fault_before(&self, expected: &'static str) -> Fault {
        Fault::new(self.at - 1, expected)
    }

    /// A string, as it stands between its quotes.
    #[inline]
    fn raw_string(&mut self, expected: &'static str) -> Result<&'a [u8], Fault> {
        self.expect(b'"', expected)?;
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => {
                    return Err(Fault::end(self.bytes.len(), "the string's closing quote"));
                }
            }
        }
        self.at += 1;
        Ok(&self.bytes[start..self.at - 1])
    }

    /// A name: escapes in it are left as they are, since no name we know has any.
    #[inline]
    fn plain_string(&mut self, expected: &'static str) -> Result<&'a [u8], Fault> {
        self.raw_string(expected)
    }

    /// A list of atoms; its place among the elements of the line.
    #[inline]
    fn list(&mut self, sink: &mut Sink<'_>) -> Result<(u32, u32), Fault> {
        self.at += 1;
        let start = sink.op.elements.len() as u32;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok((start, start));
        }
        loop {
            let atom = self.atom(sink)?;
            sink.op.elements.push(atom);
            match self.next("a comma or the closing bracket of the list")? {
                b',' => {}
                b']' => break,
                _ => return Err(self.fault_before("a comma or the closing bracket of the list")),
            }
        }
        Ok((start, sink.op.elements.len() as u32))
    }

    /// One value: a small integer in place, everything else interned.
    #[inline]
    fn atom(&mut self, sink: &mut Sink<'_>) -> Result<Atom, Fault> {
        let first = self.peek()?;
        if first.is_ascii_digit() {
            let mut value = i64::from(first - b'0');
            let mut at = self.at + 1;
            // Seventeen digits fit without a check; a longer number goes the slow way.
            let limit = self.bytes.len().min(self.at + 17);
            while at < limit && self.bytes[at].is_ascii_digit() {
                value = value * 10 + i64::from(self.bytes[at] - b'0');
                at += 1;
            }
            let plain = !matches!(self.bytes.get(at), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
            let padded = first == b'0' && at > self.at + 1;
            if plain
                && !padded
                && let Some(atom) = Atom::int(value)
            {
                self.at = at;
                return Ok(atom);
            }
        }
        self.slow_atom(first, sink)
    }

    #[cold]
    fn slow_atom(&mut self, first: u8, sink: &mut Sink<'_>) -> Result<Atom, Fault> {
        let start = self.at;
        match first {
            b'"' => {
                let raw = self.raw_string("a string")?;
                // The text between the quotes decides; only a string with an
                // escape is unescaped, so that "\u0061" equals "a".
                let quoted = &self.bytes[start..self.at];
                let text: String = if raw.contains(&b'\\') || std::str::from_utf8(raw).is_err() {
                    serde_json::from_slice(quoted)
                        .map_err(|_| Fault::new(start, "a valid JSON string"))?
                } else {
                    String::from_utf8_lossy(raw).into_owned()
                };
                Ok(sink.atoms.intern(TextKind::Str, &text))
            }
            b'[' | b'{' => {
                self.skip_value()?;
                let text = String::from_utf8_lossy(&self.bytes[start..self.at]);
                let canonical = serde_json::from_str::<serde_json::Value>(&text)
                    .map_err(|_| Fault::new(start, "a valid JSON value"))?;
                Ok(sink.atoms.intern(TextKind::Raw, &canonical.to_string()))
            }
            b']' | b'}' | b',' | b':' => Err(Fault::new(start, "a value")),
            _ => {
                self.skip_value()?;
                let text = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
                if text == "null" {
                    return Ok(Atom::NIL);
                }
                if let Some(atom) = text.parse::<i64>().ok().and_then(Atom::int)
                    && serde_json::from_str::<i64>(&text).is_ok()
                {
                    return Ok(atom);
                }
                let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| {
                    Fault::new(start, "a value: a number, a string, true, false or null")
                })?;
                let text = if value.is_number() {
                    text
                } else {
                    value.to_string()
                };
                Ok(sink.atoms.intern(TextKind::Raw, &text))
            }
        }
    }

    /// Step over one value.
    fn skip_value(&mut self) -> Result<(), Fault> {
        let mut closers = [0u8; DEPTH];
        let mut depth = 0;
        loop {
            match self.peek()? {
                b'"' => {
                    self.raw_string("a string")?;
                }
                open @ (b'[' | b'{') => {
                    if depth == DEPTH {
                        return Err(Fault::new(self.at, "a value less than 128 levels deep"));
                    }
                    closers[depth] = if open == b'[' { b']' } else { b'}' };
                    depth += 1;
                    self.at += 1;
                }
                close @ (b']' | b'}') => {
                    if depth == 0 || closers[depth - 1] != close {
                        return Err(Fault::new(self.at, "a value"));
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b',' | b':' => return Err(Fault::new(self.at, "a value")),
                _ => {
                    let start = self.at;
                    while let Some(byte) = self.bytes.get(self.at)
                        && !matches!(byte, b',' | b':' | b']' | b'}' | b'[' | b'{' | b'"')
                        && *byte > b' '
                    {
                        self.at += 1;
                    }
                    if self.at == start {
                        return Err(Fault::new(start, "a value"));
                    }
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}
