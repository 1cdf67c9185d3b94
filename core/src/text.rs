//! Short text without an allocation.
//!
//! Keys and values are mostly a few bytes long. A boxed string costs an
//! allocation when it is written and a cache miss when it is read; text of up
//! to 22 bytes is kept in place instead, in the same 24 bytes.

use std::fmt;

const INLINE: usize = 22;

/// Text as bytes, in place where it is short. It always holds UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Form);

#[derive(Clone, PartialEq, Eq)]
enum Form {
    Inline { length: u8, bytes: [u8; INLINE] },
    Heap(Box<[u8]>),
}

impl Text {
    /// The bytes of the text.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Inline { length, bytes } => bytes.get(..*length as usize).unwrap_or_default(),
            Form::Heap(bytes) => bytes,
        }
    }

    /// The text; checked, so for those who show it rather than those who store it.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Text {
        let source = text.as_bytes();
        if source.len() > INLINE {
            return Text(Form::Heap(source.into()));
        }
        let mut bytes = [0; INLINE];
        bytes[..source.len()].copy_from_slice(source);
        Text(Form::Inline {
            length: source.len() as u8,
            bytes,
        })
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The number in a name that a store gave out, such as `t7` or `s7`: a letter
/// and a number from 1, without leading zeros.
pub fn numbered(name: &str, letter: char) -> Option<u64> {
    let digits = name.strip_prefix(letter)?;
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if canonical { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_spelling_that_was_given_out_is_a_name() {
        assert_eq!(numbered("t7", 't'), Some(7));
        assert_eq!(numbered("s18446744073709551615", 's'), Some(u64::MAX));
        for no in [
            "",
            "t",
            "t0",
            "t07",
            "t+7",
            "s7",
            "t7 ",
            "t18446744073709551616",
        ] {
            assert_eq!(numbered(no, 't'), None, "{no}");
        }
    }

    #[test]
    fn keeps_what_it_is_given() {
        for length in [0, 1, 21, 22, 23, 100] {
            let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(Text::from(text.as_str()).as_str(), text);
        }
        assert_eq!(size_of::<Option<Text>>(), 24);
    }
}
