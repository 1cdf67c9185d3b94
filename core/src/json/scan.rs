//! The scanner: one pass over the line, no recursion, strict grammar.

use std::borrow::Cow;

use super::cursor::{Json, decode};
use super::{Fault, Kind, MAX_DEPTH, SyntaxError, column};

/// One value or key on the tape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Where its text begins: the quote of a string, the brace of an object.
    pub start: u32,
    /// Where its text ends.
    pub end: u32,
    /// The node after it and all that it contains.
    pub next: u32,
    /// What it is; a key is a string.
    pub kind: Kind,
    /// Of a string: it has escapes. Of a number: it is an integer literal.
    pub flag: bool,
}

/// Set in an entry of the stack of open containers that are objects.
const OBJECT: u32 = 1 << 31;

/// Scan `text` into `nodes`; `open` is the stack, both come empty.
pub(super) fn scan(
    text: &str,
    nodes: &mut Vec<Node>,
    open: &mut Vec<u32>,
) -> Result<Option<Fault>, SyntaxError> {
    if text.len() >= OBJECT as usize {
        return Err(SyntaxError {
            column: 1,
            reason: "a line of 2 GiB or more",
        });
    }
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        nodes,
        open,
        too_deep: None,
        twice: None,
    };
    match scanner.document() {
        Ok(()) => Ok(scanner.fault()),
        Err(reason) => {
            let before = scanner.bytes.get(..scanner.at).unwrap_or_default();
            Err(SyntaxError {
                column: column(before),
                reason,
            })
        }
    }
}

struct Scanner<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    nodes: &'s mut Vec<Node>,
    open: &'s mut Vec<u32>,
    too_deep: Option<usize>,
    twice: Option<usize>,
}

/// A grammar error: what was expected at the scanner's place.
type Step = Result<(), &'static str>;

impl Scanner<'_> {
    fn document(&mut self) -> Step {
        'value: loop {
            self.skip_space();
            match self.peek() {
                Some(b'"') => self.string()?,
                Some(b'{') => {
                    self.enter(Kind::Object);
                    self.skip_space();
                    if self.peek() != Some(b'}') {
                        self.key()?;
                        continue 'value;
                    }
                    self.at += 1;
                    self.leave();
                }
                Some(b'[') => {
                    self.enter(Kind::Array);
                    self.skip_space();
                    if self.peek() != Some(b']') {
                        continue 'value;
                    }
                    self.at += 1;
                    self.leave();
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.literal(b"true", Kind::Boolean)?,
                Some(b'f') => self.literal(b"false", Kind::Boolean)?,
                Some(b'n') => self.literal(b"null", Kind::Null)?,
                Some(_) => return Err("expected a JSON value"),
                None => return Err("the line ends where a JSON value was expected"),
            }
            // A value has ended: close what it completes.
            loop {
                self.skip_space();
                let Some(&container) = self.open.last() else {
                    return match self.peek() {
                        None => Ok(()),
                        Some(_) => Err("expected the end of the line after the value"),
                    };
                };
                let object = container & OBJECT != 0;
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        if object {
                            self.skip_space();
                            self.key()?;
                        }
                        continue 'value;
                    }
                    Some(b'}') if object => {}
                    Some(b']') if !object => {}
                    Some(_) if object => return Err("expected `,` or `}`"),
                    Some(_) => return Err("expected `,` or `]`"),
                    None if object => return Err("the line ends inside an object"),
                    None => return Err("the line ends inside an array"),
                }
                self.at += 1;
                self.leave();
            }
        }
    }

    /// The fault that comes first in the line.
    fn fault(&self) -> Option<Fault> {
        match (self.too_deep, self.twice) {
            (Some(deep), Some(twice)) if twice < deep => Some(Fault::DuplicateKey(twice)),
            (Some(deep), _) => Some(Fault::TooDeep(deep)),
            (None, twice) => twice.map(Fault::DuplicateKey),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Put a node on the tape, unless it lies deeper than anybody may look.
    fn push(&mut self, kind: Kind, start: usize, flag: bool) {
        if self.open.len() <= MAX_DEPTH {
            let next = self.nodes.len() as u32 + 1;
            self.nodes.push(Node {
                start: start as u32,
                end: self.at as u32,
                next,
                kind,
                flag,
            });
        }
    }

    fn enter(&mut self, kind: Kind) {
        if self.open.len() == MAX_DEPTH {
            self.too_deep.get_or_insert(self.at);
        }
        let mark = if kind == Kind::Object { OBJECT } else { 0 };
        let node = self.nodes.len() as u32;
        self.push(kind, self.at, false);
        self.open.push(node | mark);
        self.at += 1;
    }

    fn leave(&mut self) {
        let Some(container) = self.open.pop() else {
            return;
        };
        if self.open.len() > MAX_DEPTH {
            return; // it has no node
        }
        let next = self.nodes.len() as u32;
        let index = (container & !OBJECT) as usize;
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = self.at as u32;
            node.next = next;
        }
        if container & OBJECT != 0 && self.too_deep.is_none() {
            self.look_for_twins(index);
        }
    }

    fn key(&mut self) -> Step {
        if self.peek() != Some(b'"') {
            return Err("expected a key in double quotes");
        }
        self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err("expected `:`");
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Step {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    self.push(Kind::String, start, escaped);
                    return Ok(());
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err("a control character inside a string"),
                None => return Err("the line ends inside a string"),
            }
        }
    }

    /// Move to the next quote, backslash or control character, eight bytes at
    /// a time. Of the marks below only the lowest is sure, and it is the one used.
    fn skip_plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGHS: u64 = 0x8080_8080_8080_8080;
        while let Some(chunk) = self
            .bytes
            .get(self.at..)
            .and_then(|rest| rest.first_chunk::<8>())
        {
            let word = u64::from_le_bytes(*chunk);
            let quote = word ^ (ONES * b'"' as u64);
            let slash = word ^ (ONES * b'\\' as u64);
            let marks = (quote.wrapping_sub(ONES) & !quote)
                | (slash.wrapping_sub(ONES) & !slash)
                | (word.wrapping_sub(ONES * 0x20) & !word);
            let marks = marks & HIGHS;
            if marks != 0 {
                self.at += (marks.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        while let Some(byte) = self.peek()
            && byte != b'"'
            && byte != b'\\'
            && byte >= 0x20
        {
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Step {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6);
                if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    return Err("expected four hexadecimal digits after `\\u`");
                }
                self.at += 6;
                Ok(())
            }
            Some(_) => Err("an escape that JSON does not have"),
            None => Err("the line ends inside a string"),
        }
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err("a number with a leading zero");
            }
        } else {
            self.digits()?;
        }
        let mut integer = true;
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            integer = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(Kind::Number, start, integer);
        Ok(())
    }

    fn digits(&mut self) -> Step {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err("expected a digit");
        }
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        Ok(())
    }

    fn literal(&mut self, word: &'static [u8], kind: Kind) -> Step {
        let start = self.at;
        if !self
            .bytes
            .get(start..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            return Err("expected a JSON value");
        }
        self.at += word.len();
        self.push(kind, start, false);
        Ok(())
    }

    /// Remember the first key of the object that has been given before.
    fn look_for_twins(&mut self, object: usize) {
        if let Some(twin) = twin(self.nodes, self.text, object) {
            let start = self.nodes[twin].start as usize;
            self.twice = Some(self.twice.map_or(start, |first| first.min(start)));
        }
    }
}

/// The first key of the object that an earlier key equals.
///
/// A 64-bit set of cheap fingerprints clears most objects without a single
/// comparison; small objects are then compared pairwise, large ones sorted.
fn twin(nodes: &[Node], text: &str, object: usize) -> Option<usize> {
    let keys = || Keys {
        nodes,
        at: object + 1,
        end: nodes[object].next as usize,
    };
    let (mut seen, mut count, mut suspect) = (0u64, 0, false);
    for key in keys() {
        let node = nodes[key];
        let text = text
            .as_bytes()
            .get(node.start as usize + 1..node.end as usize)
            .unwrap_or(b"\"");
        let fingerprint = text.len() * 7 + text[0] as usize * 5 + text[text.len() / 2] as usize;
        let bit = 1u64 << (fingerprint % 64);
        // What an escape stands for is not seen by its fingerprint.
        suspect |= seen & bit != 0 || node.flag;
        seen |= bit;
        count += 1;
    }
    if !suspect {
        return None;
    }
    let name = |key: usize| name(nodes, text, key);
    if count <= 16 {
        return keys().find(|&key| {
            keys()
                .take_while(|&other| other < key)
                .any(|o| name(o) == name(key))
        });
    }
    let mut named: Vec<(Cow<str>, usize)> = keys().map(|key| (name(key), key)).collect();
    named.sort();
    named
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[1].1)
        .min()
}

/// A key's name; where it cannot be decoded (half a surrogate pair), its text.
fn name<'t>(nodes: &'t [Node], text: &'t str, key: usize) -> Cow<'t, str> {
    let json = Json::new(nodes, text, key as u32);
    decode(json).unwrap_or(Cow::Borrowed(json.raw()))
}

struct Keys<'n> {
    nodes: &'n [Node],
    at: usize,
    end: usize,
}

impl Iterator for Keys<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.at >= self.end {
            return None;
        }
        let key = self.at;
        // A key that nests too deep has no value on the tape.
        self.at = self
            .nodes
            .get(key + 1)
            .map_or(self.end, |value| value.next as usize);
        Some(key)
    }
}
