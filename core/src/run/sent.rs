//! A message as it stands on its line, read for showing: its fields in order,
//! each with the text that the sender wrote.
//!
//! The node's own reader decides what is valid; this one only looks, so it
//! takes whatever is there and never fails on a field.

use std::borrow::Cow;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The fields of an object, in the order and the text of the line.
#[derive(Clone, Debug, Default)]
pub struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

/// A message: envelope and body.
#[derive(Clone, Debug)]
pub struct Sent<'a> {
    /// Who sent it; empty when the line does not say.
    pub src: Cow<'a, str>,
    /// For whom; empty when the line does not say.
    pub dest: Cow<'a, str>,
    /// `body.type`; empty when the line does not say.
    pub kind: Cow<'a, str>,
    /// The body's fields, `type` included.
    pub body: Fields<'a>,
}

impl<'a> Sent<'a> {
    /// Reads a line; `None` when it is no JSON object with an object as `body`.
    pub fn read(line: &'a str) -> Option<Self> {
        let envelope = Fields::read(line)?;
        let body = Fields::read(envelope.raw("body")?)?;
        Some(Sent {
            src: envelope.text("src").unwrap_or_default(),
            dest: envelope.text("dest").unwrap_or_default(),
            kind: body.text("type").unwrap_or_default(),
            body,
        })
    }

    /// Whether it is a reply: `…_ok` or `error`, which a node never answers.
    pub fn is_reply(&self) -> bool {
        self.kind == "error" || self.kind.ends_with("_ok")
    }
}

impl<'a> Fields<'a> {
    /// Reads an object; `None` when the text is not one.
    pub fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The text of a field as it was sent.
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.get())
    }

    /// A string field, decoded.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        decode(self.raw(name)?)
    }

    /// An integer field.
    pub fn integer(&self, name: &str) -> Option<u64> {
        self.raw(name)?.parse().ok()
    }

    /// The elements of a list field, as sent; empty when it is no list.
    pub fn list(&self, name: &str) -> Vec<&'a str> {
        self.raw(name).map(elements).unwrap_or_default()
    }

    /// The elements of a list field that are objects.
    pub fn objects(&self, name: &str) -> Vec<Fields<'a>> {
        let list = self.list(name).into_iter();
        list.filter_map(Fields::read).collect()
    }
}

/// A JSON string, decoded; `None` when the text is no string.
pub fn decode(raw: &str) -> Option<Cow<'_, str>> {
    struct Text<'a>(Cow<'a, str>);
    impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Either;
            impl<'de> Visitor<'de> for Either {
                type Value = Text<'de>;
                fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                    f.write_str("a string")
                }
                fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                    Ok(Text(Cow::Borrowed(text)))
                }
                fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                    Ok(Text(Cow::Owned(text.to_owned())))
                }
            }
            from.deserialize_str(Either)
        }
    }
    serde_json::from_str::<Text>(raw).ok().map(|text| text.0)
}

/// The elements of a JSON list, as sent; empty when the text is no list.
pub fn elements(raw: &str) -> Vec<&str> {
    let list: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
    list.into_iter().map(RawValue::get).collect()
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Object)
    }
}

/// A field's name, borrowed where it holds no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_the_text_that_was_sent() {
        let line = r#"{"src":"c1","dest":"n1","body":{"type":"mvcc_put","key":"a\u0062","value":1.0,"timestamp":7}}"#;
        let sent = Sent::read(line).unwrap();
        assert_eq!(sent.src, "c1");
        assert_eq!(sent.kind, "mvcc_put");
        assert_eq!(sent.body.text("key").unwrap(), "ab");
        assert_eq!(sent.body.raw("value"), Some("1.0"));
        assert_eq!(sent.body.integer("timestamp"), Some(7));
        assert_eq!(sent.body.integer("value"), None);
    }

    #[test]
    fn a_line_that_is_no_message_is_none() {
        for line in ["", "7", "{", r#"{"src":"c1"}"#, r#"{"body":[]}"#] {
            assert!(Sent::read(line).is_none(), "{line}");
        }
    }
}
