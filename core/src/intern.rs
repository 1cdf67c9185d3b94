//! Keys as small numbers.
//!
//! A store meets the same few thousand keys again and again. Each gets a dense
//! number on its first use; everything else is an array indexed by it, in an
//! order that does not depend on hashing.

use std::hash::{BuildHasher, BuildHasherDefault};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::text::Text;

/// A key's dense number within its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u32);

impl KeyId {
    /// As an index into arrays that hold one entry a key.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The table of keys: text to number and back.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: Vec<Text>,
    table: HashTable<u32>,
}

impl Interner {
    /// The number of `key`, if it has been seen.
    #[inline]
    pub fn find(&self, key: &str) -> Option<KeyId> {
        let key = key.as_bytes();
        let names = &self.names;
        self.table
            .find(hash(key), |&id| names[id as usize].as_bytes() == key)
            .map(|&id| KeyId(id))
    }

    /// The number of `key`, new if it has not been seen.
    #[inline]
    pub fn intern(&mut self, key: &str) -> KeyId {
        let bytes = key.as_bytes();
        let hashed = hash(bytes);
        let names = &self.names;
        if let Some(&id) = self
            .table
            .find(hashed, |&id| names[id as usize].as_bytes() == bytes)
        {
            return KeyId(id);
        }
        let id = self.names.len() as u32;
        self.names.push(Text::from(key));
        let names = &self.names;
        self.table
            .insert_unique(hashed, id, |&id| hash(names[id as usize].as_bytes()));
        KeyId(id)
    }

    /// The text of a key.
    pub fn name(&self, key: KeyId) -> &str {
        self.names[key.index()].as_str()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Every key, in order of first use.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> + use<> {
        (0..self.names.len() as u32).map(KeyId)
    }
}

#[inline]
fn hash(bytes: &[u8]) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_kept() {
        let mut keys = Interner::default();
        let first: Vec<KeyId> = (0..1000)
            .map(|n| keys.intern(&format!("key-{n}")))
            .collect();
        for (n, &id) in first.iter().enumerate() {
            assert_eq!(id.index(), n);
            assert_eq!(keys.find(&format!("key-{n}")), Some(id));
            assert_eq!(keys.name(id), format!("key-{n}"));
        }
        assert_eq!((keys.len(), keys.find("other")), (1000, None));
    }
}
