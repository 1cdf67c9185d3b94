//! A place on the tape: what the value there is, and the values inside it.

use std::borrow::Cow;

use super::column;
use super::scan::Node;

/// The six kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, whatever its form.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The kind with its article, for sentences: "an object".
    pub fn article(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "a boolean",
            Kind::Number => "a number",
            Kind::String => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }
}

/// A value on the tape of one line. Copying it is free.
#[derive(Clone, Copy, Debug)]
pub struct Json<'t> {
    nodes: &'t [Node],
    text: &'t str,
    at: u32,
}

impl<'t> Json<'t> {
    pub(super) fn new(nodes: &'t [Node], text: &'t str, at: u32) -> Json<'t> {
        Json { nodes, text, at }
    }

    fn node(self) -> Node {
        self.nodes[self.at as usize]
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// Its text, exactly as it stands in the line.
    pub fn raw(self) -> &'t str {
        let node = self.node();
        &self.text[node.start as usize..node.end as usize]
    }

    /// Byte offset of its text in the line.
    pub fn offset(self) -> usize {
        self.node().start as usize
    }

    /// Column of its text in the line, from 1, in characters.
    pub fn column(self) -> usize {
        column(&self.text.as_bytes()[..self.offset()])
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The string, borrowed where it has no escapes. `None`: it is no string,
    /// or it holds half a surrogate pair, which no text can hold.
    pub fn string(self) -> Option<Cow<'t, str>> {
        if self.kind() == Kind::String {
            decode(self)
        } else {
            None
        }
    }

    /// Whether this is a string with escapes.
    pub fn is_escaped(self) -> bool {
        let node = self.node();
        node.kind == Kind::String && node.flag
    }

    /// Whether the number is written as an integer (`100`; not `100.0`, `1e2`).
    pub fn is_integer(self) -> bool {
        let node = self.node();
        node.kind == Kind::Number && node.flag
    }

    /// The integer. `None`: no integer literal, or beyond 64 bits.
    pub fn integer(self) -> Option<i64> {
        if self.is_integer() {
            parse_integer(self.raw().as_bytes())
        } else {
            None
        }
    }

    /// The boolean, if it is one.
    pub fn boolean(self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.raw() == "true")
    }

    /// The elements of an array; none for any other kind.
    pub fn items(self) -> Items<'t> {
        let node = self.node();
        let end = if node.kind == Kind::Array {
            node.next
        } else {
            self.at + 1
        };
        Items {
            nodes: self.nodes,
            text: self.text,
            at: self.at + 1,
            end,
        }
    }

    /// The fields of an object, in order; none for any other kind.
    pub fn fields(self) -> Fields<'t> {
        let node = self.node();
        let end = if node.kind == Kind::Object {
            node.next
        } else {
            self.at + 1
        };
        Fields {
            nodes: self.nodes,
            text: self.text,
            at: self.at + 1,
            end,
        }
    }

    /// The field of an object by name.
    pub fn field(self, name: &str) -> Option<Json<'t>> {
        self.fields()
            .find(|(key, _)| key.is_named(name))
            .map(|(_, value)| value)
    }

    /// Whether this string, or key, reads `name`.
    pub fn is_named(self, name: &str) -> bool {
        let node = self.node();
        if node.flag {
            return decode(self).is_some_and(|decoded| decoded == name);
        }
        let text = self.text.as_bytes();
        text.get(node.start as usize + 1..node.end as usize - 1) == Some(name.as_bytes())
    }

    /// The path from this value to what stands at a byte offset of the line:
    /// `operations[1].op`.
    pub fn path_to(self, offset: usize) -> String {
        let mut path = String::new();
        let mut here = self;
        'down: loop {
            for (index, item) in here.items().enumerate() {
                if item.spans(offset) {
                    path.push_str(&format!("[{index}]"));
                    here = item;
                    continue 'down;
                }
            }
            for (key, value) in here.fields() {
                if key.spans(offset) || value.spans(offset) {
                    let name = key.string().unwrap_or(Cow::Borrowed(key.raw()));
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&name);
                    here = value;
                    continue 'down;
                }
            }
            return path;
        }
    }

    fn spans(self, offset: usize) -> bool {
        let node = self.node();
        (node.start as usize..node.end as usize).contains(&offset)
    }
}

/// The elements of an array.
#[derive(Clone, Debug)]
pub struct Items<'t> {
    nodes: &'t [Node],
    text: &'t str,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Json<'t>;

    fn next(&mut self) -> Option<Json<'t>> {
        if self.at >= self.end {
            return None;
        }
        let item = Json::new(self.nodes, self.text, self.at);
        self.at = item.node().next;
        Some(item)
    }
}

/// The fields of an object: each key (a string) with its value.
#[derive(Clone, Debug)]
pub struct Fields<'t> {
    nodes: &'t [Node],
    text: &'t str,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Fields<'t> {
    type Item = (Json<'t>, Json<'t>);

    fn next(&mut self) -> Option<(Json<'t>, Json<'t>)> {
        if self.at + 1 >= self.end {
            return None;
        }
        let key = Json::new(self.nodes, self.text, self.at);
        let value = Json::new(self.nodes, self.text, self.at + 1);
        self.at = value.node().next;
        Some((key, value))
    }
}

fn parse_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 19 {
        return None; // no leading zeros in JSON: at least 10^19
    }
    let mut magnitude = 0u64;
    for digit in digits {
        magnitude = magnitude * 10 + (digit - b'0') as u64;
    }
    if negative {
        0i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    }
}

/// The text that a string stands for.
pub(super) fn decode(json: Json<'_>) -> Option<Cow<'_, str>> {
    let raw = json.raw();
    let inner = raw.get(1..raw.len() - 1)?;
    if json.node().flag {
        unescape(inner).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// `None`: half a surrogate pair.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(slash) = rest.find('\\') {
        out.push_str(&rest[..slash]);
        let escape = *rest.as_bytes().get(slash + 1)?;
        let mut used = slash + 2;
        match escape {
            b'u' => {
                let first = hex(rest, used)?;
                used += 4;
                let scalar = if (0xD800..0xDC00).contains(&first) {
                    if rest.get(used..used + 2) != Some("\\u") {
                        return None;
                    }
                    let second = hex(rest, used + 2)?;
                    if !(0xDC00..0xE000).contains(&second) {
                        return None;
                    }
                    used += 6;
                    0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                } else {
                    first
                };
                out.push(char::from_u32(scalar)?);
            }
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            same => out.push(same as char),
        }
        rest = rest.get(used..)?;
    }
    out.push_str(rest);
    Some(out)
}

fn hex(text: &str, at: usize) -> Option<u32> {
    u32::from_str_radix(text.get(at..at + 4)?, 16).ok()
}
