//! An operation in EDN, the notation that Jepsen writes.
//!
//! ```text
//! {:index 3, :time 1200, :type :ok, :process 0, :f :txn,
//!  :value [[:append 7 1] [:r 8 [4 5]] [:r 9 nil]]}
//! ```
//!
//! The map may carry a tag (`#jepsen.history.Op`), commas are space, `;` starts
//! a comment, `#_` drops the next form, a sequence may be written `[…]` or
//! `(…)`. Fields that nobody reads are stepped over, whatever they hold.

use super::atom::{Atom, TextKind};
use super::form::{Fault, OpType, RawMop, Sink};

/// How deep a value may nest.
const DEPTH: usize = 128;

/// Read the map that `bytes` begins with; answers where it ends.
pub fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<usize, Fault> {
    let mut cursor = Cursor { bytes, at: 0 };
    cursor.skip_tags()?;
    cursor.expect(b'{', "an operation as an EDN map, {:type …}")?;
    while !cursor.eat(b'}')? {
        let at = cursor.at;
        if cursor.peek()? != b':' {
            // A field whose name is no keyword is none of ours.
            cursor.skip_value()?;
            cursor.skip_value()?;
            continue;
        }
        let name = cursor.word();
        if name.len() < 2 {
            return Err(Fault::new(at, "a field's name as a keyword"));
        }
        field(&mut cursor, &name[1..], sink)?;
    }
    Ok(cursor.at)
}

fn field(cursor: &mut Cursor<'_>, name: &[u8], sink: &mut Sink<'_>) -> Result<(), Fault> {
    cursor.skip_tags()?;
    match name {
        b"type" => {
            const TYPES: &str = "a type: :invoke, :ok, :fail or :info";
            let at = cursor.start()?;
            let ty = cursor.name().ok_or_else(|| Fault::new(at, TYPES))?;
            sink.op.ty = Some(OpType::named(ty).ok_or_else(|| Fault::new(at, TYPES))?);
        }
        b"process" => {
            sink.op.process = match cursor.peek()? {
                b'0'..=b'9' | b'-' => {
                    let at = cursor.at;
                    let process = cursor.atom(sink)?;
                    let int = process.as_int();
                    Some(int.and(Some(process)).ok_or_else(|| {
                        Fault::new(
                            at,
                            "a process: a whole number, or a name for what is no client",
                        )
                    })?)
                }
                _ => {
                    cursor.skip_value()?;
                    None
                }
            };
        }
        b"time" => {
            let at = cursor.start()?;
            sink.op.time = match cursor.atom(sink)? {
                Atom::NIL => None,
                time => match time.as_int() {
                    Some(int) => Some(int),
                    None => return Err(Fault::new(at, "a time in whole nanoseconds")),
                },
            };
        }
        b"f" => match cursor.peek()? {
            b':' | b'"' => {
                let at = cursor.at;
                let f = cursor
                    .name()
                    .ok_or_else(|| Fault::new(at, "a function's name"))?;
                sink.op.foreign = f != b"txn";
            }
            _ => cursor.skip_value()?,
        },
        b"key" => sink.op.key = Some(cursor.atom(sink)?),
        b"value" => {
            sink.op.value_at = cursor.start()?;
            match cursor.peek()? {
                b'[' | b'(' => mops(cursor, sink)?,
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
    let close = closer(cursor.peek()?);
    cursor.at += 1;
    sink.op.mops.clear();
    sink.op.elements.clear();
    sink.op.has_value = true;
    if cursor.eat(close)? {
        return Ok(());
    }
    cursor.skip_tags()?;
    if !matches!(cursor.peek()?, b'[' | b'(') {
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
    while !cursor.eat(close)? {
        mop(cursor, sink)?;
    }
    Ok(())
}

fn mop(cursor: &mut Cursor<'_>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    const FORM: &str = "an operation: [:r key list], [:append key element] or [:w key value]";
    let open = cursor.peek()?;
    if !matches!(open, b'[' | b'(') {
        return Err(Fault::new(cursor.at, FORM));
    }
    let close = closer(open);
    cursor.at += 1;
    let at = cursor.start()?;
    let kind = match cursor.name() {
        Some(b"r") => b'r',
        Some(b"append") => b'a',
        Some(b"w") => b'w',
        _ => return Err(Fault::new(at, ":r, :append or :w")),
    };
    if matches!(cursor.peek()?, b']' | b')') {
        return Err(Fault::new(cursor.at, "the key"));
    }
    let key = cursor.atom(sink)?;
    let mop = match (kind, cursor.peek()?) {
        (b'r', byte) if byte == close => RawMop::ReadNil(key),
        (_, byte) if byte == close => return Err(Fault::new(cursor.at, "the value")),
        (b'r', b'[' | b'(') => {
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
    let at = cursor.start()?;
    if cursor.eat(close)? {
        Ok(())
    } else {
        Err(Fault::new(at, "the closing bracket of the operation"))
    }
}

fn closer(open: u8) -> u8 {
    match open {
        b'[' => b']',
        b'(' => b')',
        _ => b'}',
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Step over space, commas, comments and dropped forms.
    fn skip_space(&mut self) -> Result<(), Fault> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => self.at += 1,
                Some(b';') => {
                    while !matches!(self.bytes.get(self.at), None | Some(b'\n')) {
                        self.at += 1;
                    }
                }
                Some(b'#') if self.bytes.get(self.at + 1) == Some(&b'_') => {
                    self.at += 2;
                    self.skip_value()?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Step over `#tag`s: the value behind them is what we read.
    fn skip_tags(&mut self) -> Result<(), Fault> {
        while self.peek()? == b'#'
            && !matches!(self.bytes.get(self.at + 1), Some(b'{' | b'#' | b'"') | None)
        {
            self.at += 1;
            self.word();
        }
        Ok(())
    }

    /// The place where the next value begins.
    fn start(&mut self) -> Result<usize, Fault> {
        self.peek().map(|_| self.at)
    }

    #[inline]
    fn peek(&mut self) -> Result<u8, Fault> {
        self.skip_space()?;
        let end = || Fault::end(self.at, "the rest of the map: the input ends here");
        self.bytes.get(self.at).copied().ok_or_else(end)
    }

    fn eat(&mut self, byte: u8) -> Result<bool, Fault> {
        let found = self.peek()? == byte;
        self.at += usize::from(found);
        Ok(found)
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Fault> {
        if self.eat(byte)? {
            Ok(())
        } else {
            Err(Fault::new(self.at, expected))
        }
    }

    /// Everything up to the next delimiter: a number, a keyword, a symbol.
    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        while let Some(byte) = self.bytes.get(self.at)
            && !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b';' | b'"')
            && !matches!(byte, b'[' | b']' | b'(' | b')' | b'{' | b'}')
        {
            self.at += 1;
        }
        &self.bytes[start..self.at]
    }

    fn raw_string(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(Fault::end(self.bytes.len(), "the string's closing quote")),
            }
        }
        self.at += 1;
        Ok(&self.bytes[start..self.at - 1])
    }

    /// A name, written as keyword, string or symbol.
    fn name(&mut self) -> Option<&'a [u8]> {
        match self.bytes.get(self.at)? {
            b'"' => self.raw_string().ok(),
            b':' => Some(&self.word()[1..]),
            _ => Some(self.word()),
        }
    }

    fn list(&mut self, sink: &mut Sink<'_>) -> Result<(u32, u32), Fault> {
        let close = closer(self.peek()?);
        self.at += 1;
        let start = sink.op.elements.len() as u32;
        while !self.eat(close)? {
            let atom = self.atom(sink)?;
            sink.op.elements.push(atom);
        }
        Ok((start, sink.op.elements.len() as u32))
    }

    #[inline]
    fn atom(&mut self, sink: &mut Sink<'_>) -> Result<Atom, Fault> {
        let first = self.peek()?;
        if first.is_ascii_digit() {
            let mut value = 0i64;
            let mut at = self.at;
            let limit = self.bytes.len().min(self.at + 17);
            while at < limit && self.bytes[at].is_ascii_digit() {
                value = value * 10 + i64::from(self.bytes[at] - b'0');
                at += 1;
            }
            let ends = matches!(
                self.bytes.get(at),
                None | Some(b' ' | b',' | b']' | b')' | b'}' | b'\n' | b'\r' | b'\t')
            );
            let padded = first == b'0' && at > self.at + 1;
            if ends
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
                let raw = self.raw_string()?;
                let text = String::from_utf8_lossy(raw);
                Ok(sink.atoms.intern(TextKind::Str, &text))
            }
            b']' | b')' | b'}' => Err(Fault::new(start, "a value")),
            b'[' | b'(' | b'{' | b'#' => {
                self.skip_value()?;
                let text = String::from_utf8_lossy(&self.bytes[start..self.at]);
                Ok(sink.atoms.intern(TextKind::Raw, &text))
            }
            b':' => {
                let word = self.word();
                if word.len() < 2 {
                    return Err(Fault::new(start, "a keyword's name"));
                }
                let text = String::from_utf8_lossy(&word[1..]);
                Ok(sink.atoms.intern(TextKind::Keyword, &text))
            }
            _ => {
                let word = self.word();
                if word.is_empty() {
                    return Err(Fault::new(start, "a value"));
                }
                if word == b"nil" {
                    return Ok(Atom::NIL);
                }
                let text = String::from_utf8_lossy(word);
                // `7N` is the same whole number as `7`.
                let digits = text.strip_suffix('N').unwrap_or(&text);
                Ok(match digits.parse::<i64>().ok().and_then(Atom::int) {
                    Some(atom) => atom,
                    None => sink.atoms.intern(TextKind::Raw, &text),
                })
            }
        }
    }

    /// Step over one value.
    fn skip_value(&mut self) -> Result<(), Fault> {
        let mut closers = [0u8; DEPTH];
        let mut depth = 0;
        // Forms still to drop because of `#_` are found here, not in
        // `skip_space`, so that a hostile run of them cannot recurse.
        let mut dropped = 0usize;
        loop {
            while let Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b';') = self.bytes.get(self.at) {
                if self.bytes[self.at] == b';' {
                    while !matches!(self.bytes.get(self.at), None | Some(b'\n')) {
                        self.at += 1;
                    }
                } else {
                    self.at += 1;
                }
            }
            let Some(&byte) = self.bytes.get(self.at) else {
                return Err(Fault::end(
                    self.at,
                    "the rest of the map: the input ends here",
                ));
            };
            match byte {
                b'#' => match self.bytes.get(self.at + 1) {
                    Some(b'_') => {
                        self.at += 2;
                        dropped += usize::from(depth == 0);
                        continue;
                    }
                    Some(b'{' | b'(' | b'"') => {
                        self.at += 1;
                        continue;
                    }
                    _ => {
                        self.at += 1;
                        self.word();
                        continue;
                    }
                },
                b'"' => {
                    self.raw_string()?;
                }
                b'\\' => {
                    self.at = (self.at + 2).min(self.bytes.len());
                    self.word();
                }
                open @ (b'[' | b'(' | b'{') => {
                    if depth == DEPTH {
                        return Err(Fault::new(self.at, "a value less than 128 levels deep"));
                    }
                    closers[depth] = closer(open);
                    depth += 1;
                    self.at += 1;
                }
                close @ (b']' | b')' | b'}') => {
                    if depth == 0 || closers[depth - 1] != close {
                        return Err(Fault::new(self.at, "a value"));
                    }
                    depth -= 1;
                    self.at += 1;
                }
                _ => {
                    let start = self.at;
                    self.word();
                    if self.at == start {
                        return Err(Fault::new(start, "a value"));
                    }
                }
            }
            if depth == 0 {
                if dropped == 0 {
                    return Ok(());
                }
                dropped -= 1;
            }
        }
    }
}
