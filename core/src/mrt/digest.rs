//! Keys, digests and partitions: where a record lives.
//!
//! A record is addressed by 20 bytes, not by its key:
//!
//! ```text
//!   RIPEMD160( set name ‖ type byte ‖ key bytes )      the namespace is not in it
//!               "demo"     3           "x"          →  87 1c 12 84 fe 78 …
//!                                                      └─┬─┘ little-endian, low 12 bits
//!                                                        └─► partition 3207
//! ```

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hashbrown::{Equivalent, HashSet};
use ripemd::{Digest as _, Ripemd160};
use rustc_hash::FxBuildHasher;

/// Partitions of a namespace.
pub const PARTITIONS: u16 = 4096;

/// The 20 bytes that address a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 20]);

/// The value part of a key, as the digest takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyValue<'a> {
    /// Type 1: eight bytes, big-endian two's complement.
    Integer(i64),
    /// Type 2: eight bytes, big-endian IEEE 754.
    Double(f64),
    /// Type 3: UTF-8 without a terminator.
    Text(&'a str),
    /// Type 4: the bytes themselves.
    Blob(&'a [u8]),
}

impl Digest {
    /// The digest of a key within a set; no set is zero bytes.
    pub fn of(set: &str, key: KeyValue<'_>) -> Digest {
        let mut hash = Ripemd160::new();
        hash.update(set.as_bytes());
        match key {
            KeyValue::Integer(value) => {
                hash.update([1]);
                hash.update(value.to_be_bytes());
            }
            KeyValue::Double(value) => {
                hash.update([2]);
                hash.update(value.to_be_bytes());
            }
            KeyValue::Text(value) => {
                hash.update([3]);
                hash.update(value.as_bytes());
            }
            KeyValue::Blob(value) => {
                hash.update([4]);
                hash.update(value);
            }
        }
        Digest(hash.finalize().into())
    }

    /// The partition: low 12 bits of the first two bytes, little-endian.
    pub fn partition(&self) -> u16 {
        u16::from_le_bytes([self.0[0], self.0[1]]) & (PARTITIONS - 1)
    }

    /// The first four bytes, little-endian: what chooses a row of a hash map.
    pub fn leading_word(&self) -> u32 {
        u32::from_le_bytes([self.0[0], self.0[1], self.0[2], self.0[3]])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A namespace and a set in it. One is shared by all keys of the set.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Namespace.
    pub namespace: Box<str>,
    /// Set; `None` is no set.
    pub set: Option<Box<str>>,
}

/// The user's part of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserKey {
    /// An integer.
    Integer(i64),
    /// A string.
    Text(Box<str>),
}

/// A key with its digest.
#[derive(Debug)]
pub struct RecordKey {
    /// Namespace and set.
    pub place: Arc<Place>,
    /// The user's part.
    pub user: UserKey,
    /// The digest of set and user key.
    pub digest: Digest,
}

/// A key is handed around, never copied.
pub type Key = Arc<RecordKey>;

impl RecordKey {
    /// The key's namespace.
    pub fn namespace(&self) -> &str {
        &self.place.namespace
    }

    /// Whether both address the same record.
    pub fn same_record(&self, other: &RecordKey) -> bool {
        self.digest == other.digest && self.namespace() == other.namespace()
    }
}

/// Namespaces and sets that were named so far, each kept once.
#[derive(Debug, Default)]
pub struct Places {
    known: HashSet<Arc<Place>, FxBuildHasher>,
}

impl Places {
    /// The key of these three parts.
    pub fn key(&mut self, namespace: &str, set: Option<&str>, user: UserKey) -> Key {
        let name = PlaceName { namespace, set };
        let place = match self.known.get(&name) {
            Some(place) => place.clone(),
            None => {
                let place = Arc::new(Place {
                    namespace: namespace.into(),
                    set: set.map(Into::into),
                });
                self.known.insert(place.clone());
                place
            }
        };
        let value = match &user {
            UserKey::Integer(value) => KeyValue::Integer(*value),
            UserKey::Text(value) => KeyValue::Text(value),
        };
        let digest = Digest::of(set.unwrap_or(""), value);
        Arc::new(RecordKey {
            place,
            user,
            digest,
        })
    }
}

/// A place by borrowed names, to look one up without building it.
struct PlaceName<'a> {
    namespace: &'a str,
    set: Option<&'a str>,
}

impl Hash for PlaceName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.namespace.hash(state);
        self.set.hash(state);
    }
}

impl Equivalent<Arc<Place>> for PlaceName<'_> {
    fn equivalent(&self, place: &Arc<Place>) -> bool {
        *self.namespace == *place.namespace && self.set == place.set.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::KeyValue::{Blob, Double, Integer, Text};
    use super::*;

    fn hex(set: &str, key: KeyValue<'_>) -> String {
        Digest::of(set, key).to_string()
    }

    #[test]
    fn published_vectors() {
        let long_a = "a".repeat(10);
        let long_dash = "-".repeat(10_000);
        for (key, expected) in [
            (Integer(-1), "22116d253745e29fc63fdf760b6e26f7e197e01d"),
            (Integer(0), "93d943aae37b017ad7e011b0c1d2e2143c2fb37d"),
            (Integer(1), "82d7213b469812947c109a6d341e3b5b1dedec1f"),
            (Integer(-128), "93191e549f8f3548d7e2cfc958ddc8c65bcbe4c6"),
            (Integer(127), "a58f7d98bf60e10fe369c82030b1c9dee053def9"),
            (Integer(255), "5a7dd3ea237c30c8735b051524e66fd401a10f6a"),
            (
                Integer(i64::MIN),
                "7185c2a47fb02c996daed26b4e01b83240aee9d4",
            ),
            (
                Integer(i64::MAX),
                "1698328974afa62c8e069860c1516f780d63dbb8",
            ),
            (Text(""), "2819b1ff6e346a43b4f5f6b77a88bc3eaac22a83"),
            (Text("s"), "607cddba7cd111745ef0a3d783d57f0e83c8f311"),
            (Text(&long_a), "5979fb32a80da070ff356f7695455592272e36c2"),
            (Text("haha"), "36eb02a807dbade8cd784e7800d76308b4e89212"),
            (Text(&long_dash), "b42e64afbfccb05912a609179228d9249ea1c1a0"),
            (Blob(b""), "327e2877b8815c7aeede0d5a8620d4ef8df4a4b4"),
            (Blob(b"s"), "ca2d96dc9a184d15a7fa2927565e844e9254e001"),
        ] {
            assert_eq!(hex("set", key), expected, "{key:?}");
        }
    }

    #[test]
    fn a_double_is_not_the_integer_of_its_bits() {
        assert_ne!(
            hex("set", Double(1.0)),
            hex("set", Integer(1.0f64.to_bits() as i64))
        );
    }

    #[test]
    fn partitions_and_rows_of_the_set_demo() {
        for (key, digest, partition, row) in [
            (
                Text("x"),
                "871c1284fe78259525b67fa8629c987accd394b4",
                3207,
                7,
            ),
            (
                Text("y"),
                "1487c26937a6c292845ed9ab10bf13a4517e1821",
                1812,
                20,
            ),
        ] {
            let found = Digest::of("demo", key);
            assert_eq!(found.to_string(), digest);
            assert_eq!(found.partition(), partition);
            assert_eq!(found.leading_word() % 128, row);
            assert_eq!(
                u32::from(found.partition()) % 128,
                row,
                "128 rows follow the partition"
            );
        }
        for key in [1, 16, 31, 36, 45, 53] {
            assert_eq!(Digest::of("demo", Integer(key)).leading_word() % 32, 23);
        }
        for key in [3, 19] {
            assert_eq!(Digest::of("demo", Integer(key)).leading_word() % 128, 49);
        }
    }

    #[test]
    fn no_set_and_another_namespace_have_the_same_digest() {
        let mut places = Places::default();
        let none = places.key("test", None, UserKey::Integer(7));
        let empty = places.key("test", Some(""), UserKey::Integer(7));
        let elsewhere = places.key("other", None, UserKey::Integer(7));
        assert_eq!(none.digest, empty.digest);
        assert_eq!(none.digest, elsewhere.digest);
        assert!(none.same_record(&empty));
        assert!(!none.same_record(&elsewhere));
        let again = places.key("test", None, UserKey::Integer(8));
        assert!(
            Arc::ptr_eq(&none.place, &again.place),
            "a place is kept once"
        );
    }
}
