//! Sentences out of words, data and links.

use crate::{
    event::VersionRef,
    view::{
        chains::{Role, picture::version_id},
        row::{cut, key_text},
        scene::{Span, Why},
    },
};

/// A paragraph in the making.
#[derive(Clone, Debug, Default)]
pub struct Phrase(Vec<Span>);

impl Phrase {
    /// Begins with words.
    pub fn new(text: impl Into<String>) -> Self {
        Phrase::default().text(text)
    }

    /// Goes on with words.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Span::Text { text: last }) => last.push_str(&text),
            _ => self.0.push(Span::Text { text }),
        }
        self
    }

    /// Goes on with data: a key, a value.
    pub fn data(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Data { text: text.into() });
        self
    }

    /// Goes on with a key as data.
    pub fn key(self, key: &str) -> Self {
        self.data(key_text(key))
    }

    /// Goes on with words that light a thing.
    pub fn link(mut self, text: impl Into<String>, thing: impl Into<String>, role: Role) -> Self {
        self.0.push(Span::Link {
            text: text.into(),
            thing: thing.into(),
            role,
        });
        self
    }

    /// Goes on with a version, lit: `v2 = 12`.
    pub fn version(self, key: &str, at: &VersionRef, value: Option<&str>, role: Role) -> Self {
        let thing = version_id(key, at.version);
        self.link(version_text(at, value), thing, role)
    }

    /// Goes on with a message, lit.
    pub fn message(self, step: u32, role: Role) -> Self {
        self.link(format!("message {step}"), format!("message/{step}"), role)
    }

    /// Goes on with another phrase.
    pub fn then(mut self, more: Phrase) -> Self {
        self.0.extend(more.0);
        self
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `v2 = 12`, `v3, a tombstone`.
pub fn version_text(at: &VersionRef, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("v{} = {}", at.version, cut(value, 40)),
        None => format!("v{}, a tombstone", at.version),
    }
}

/// A question and its answer.
pub fn why(title: impl Into<String>, paragraphs: impl IntoIterator<Item = Phrase>) -> Why {
    let paragraphs = paragraphs.into_iter().filter(|phrase| !phrase.is_empty());
    Why {
        title: title.into(),
        paragraphs: paragraphs.map(|phrase| phrase.0).collect(),
        also: Vec::new(),
    }
}

/// The spans of a paragraph.
pub fn spans(phrase: Phrase) -> Vec<Span> {
    phrase.0
}

/// A paragraph as plain text.
pub fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Text { text } | Span::Data { text } | Span::Link { text, .. } => text.clone(),
    };
    spans.iter().map(text).collect()
}

/// `one`, `two`, …, `12`.
pub fn number(n: u64) -> String {
    const WORDS: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let word = usize::try_from(n).ok().and_then(|n| WORDS.get(n));
    word.map_or_else(|| n.to_string(), |word| word.to_string())
}

/// `first`, `second`, …, `11th`.
pub fn ordinal(n: u64) -> String {
    const WORDS: [&str; 11] = [
        "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
        "ninth", "tenth",
    ];
    if let Some(word) = usize::try_from(n).ok().and_then(|n| WORDS.get(n)) {
        return word.to_string();
    }
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

/// `one version`, `three versions`.
pub fn count(n: u64, thing: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", number(n))
}

/// `a`, `a and b`, `a, b and c`.
pub fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What stands between the parts of a list of `n`, before part `i`.
pub fn between(i: usize, n: usize) -> &'static str {
    match i {
        0 => "",
        i if i + 1 == n => " and ",
        _ => ", ",
    }
}

/// A sentence's first letter, raised.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().collect::<String>() + rest.as_str(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_words() {
        assert_eq!(count(1, "version"), "one version");
        assert_eq!(count(0, "version"), "no versions");
        assert_eq!(count(12, "version"), "12 versions");
        assert_eq!(
            [1, 3, 11, 21, 112].map(ordinal),
            ["first", "third", "11th", "21st", "112th"]
        );
        assert_eq!(join(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
