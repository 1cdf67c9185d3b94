//! The values of a history: small, comparable, and cheap.
//!
//! A history is mostly small integers. An [`Atom`] holds one in place; every
//! other value (a string, a keyword, a float, a nested form) is interned, and
//! the atom holds its number. Two atoms are equal exactly when the values are
//! written the same way in the same notation.

use std::hash::BuildHasher;

use hashbrown::{HashMap, HashTable};
use rustc_hash::FxBuildHasher;

/// One value: an integer in place, or the number of an interned text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Atom(u64);

/// What an interned text was in the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TextKind {
    /// A string, without its quotes.
    Str,
    /// An EDN keyword, without its colon.
    Keyword,
    /// Anything else, as it was written: a big number, a float, a symbol, a form.
    Raw,
}

const INTERNED: u64 = 1 << 63;

impl Atom {
    /// The absent value: `null` in JSON, `nil` in EDN.
    pub const NIL: Atom = Atom(u64::MAX);

    /// The atom of a small integer, or `None` beyond 61 bits.
    pub fn int(value: i64) -> Option<Atom> {
        let fits = (-(1 << 61)..(1 << 61)).contains(&value);
        fits.then_some(Atom((value as u64) & !INTERNED))
    }

    /// The integer, if this atom is one.
    pub fn as_int(self) -> Option<i64> {
        (self.0 & INTERNED == 0).then_some(((self.0 << 1) as i64) >> 1)
    }
}

/// The interned texts.
#[derive(Default, Debug, Clone)]
pub struct Atoms {
    texts: Vec<(TextKind, Box<str>)>,
    index: HashTable<u32>,
}

impl Atoms {
    /// The atom of a text.
    pub fn intern(&mut self, kind: TextKind, text: &str) -> Atom {
        let hash = |kind: TextKind, text: &str| FxBuildHasher.hash_one((kind, text));
        let texts = &mut self.texts;
        let same = |&id: &u32| {
            let (k, t) = &texts[id as usize];
            *k == kind && **t == *text
        };
        let id = match self.index.find(hash(kind, text), same) {
            Some(&id) => id,
            None => {
                let id = texts.len() as u32;
                texts.push((kind, Box::from(text)));
                self.index.insert_unique(hash(kind, text), id, |&id| {
                    let (k, t) = &texts[id as usize];
                    hash(*k, t)
                });
                id
            }
        };
        Atom(INTERNED | u64::from(id))
    }

    /// The kind and text of an interned atom.
    pub fn text(&self, atom: Atom) -> Option<(TextKind, &str)> {
        if atom == Atom::NIL || atom.0 & INTERNED == 0 {
            return None;
        }
        self.texts
            .get((atom.0 & !INTERNED) as usize)
            .map(|(kind, text)| (*kind, &**text))
    }

    /// The value as people read it: `7`, `x`, `nil`.
    pub fn show(&self, atom: Atom) -> String {
        match (atom.as_int(), self.text(atom)) {
            (Some(int), _) => int.to_string(),
            (None, Some((_, text))) => text.to_owned(),
            (None, None) => "nil".to_owned(),
        }
    }

    /// The value as JSON.
    pub fn json(&self, atom: Atom) -> serde_json::Value {
        match (atom.as_int(), self.text(atom)) {
            (Some(int), _) => int.into(),
            (None, Some((TextKind::Raw, text))) => {
                serde_json::from_str(text).unwrap_or_else(|_| text.into())
            }
            (None, Some((_, text))) => text.into(),
            (None, None) => serde_json::Value::Null,
        }
    }
}

/// Dense numbers for atoms in order of first use: keys and processes.
#[derive(Default, Debug, Clone)]
pub struct Ids {
    atoms: Vec<Atom>,
    /// Number + 1 by small integer; 0 is free.
    small: Vec<u32>,
    other: HashMap<Atom, u32, FxBuildHasher>,
}

impl Ids {
    /// The number of `atom`, a new one if it was never seen.
    pub fn id(&mut self, atom: Atom) -> u32 {
        let next = self.atoms.len() as u32;
        // The direct table may grow only in proportion to what was seen, so a
        // hostile key cannot make it large.
        if let Some(slot) = atom.as_int().and_then(|int| usize::try_from(int).ok())
            && slot < 4 * self.atoms.len() + 65_536
        {
            if slot >= self.small.len() {
                // The same atom may have come before the table could hold it.
                if let Some(&id) = self.other.get(&atom) {
                    return id;
                }
                self.small.resize((slot + 1).max(self.small.len() * 2), 0);
            }
            if self.small[slot] == 0 {
                if let Some(&id) = self.other.get(&atom) {
                    return id;
                }
                self.small[slot] = next + 1;
                self.atoms.push(atom);
            }
            return self.small[slot] - 1;
        }
        let id = *self.other.entry(atom).or_insert(next);
        if id == next {
            self.atoms.push(atom);
        }
        id
    }

    /// The atom with this number.
    pub fn atom(&self, id: u32) -> Atom {
        self.atoms[id as usize]
    }

    /// How many atoms have a number.
    pub fn len(&self) -> usize {
        self.atoms.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_held_in_place() {
        for value in [0, 1, -1, 12_345, -98_765, (1 << 61) - 1, -(1 << 61)] {
            assert_eq!(Atom::int(value).and_then(Atom::as_int), Some(value));
        }
        assert_eq!(Atom::int(1 << 61), None);
        assert_eq!(Atom::NIL.as_int(), None);
    }

    #[test]
    fn a_string_is_not_a_keyword() {
        let mut atoms = Atoms::default();
        let string = atoms.intern(TextKind::Str, "x");
        let keyword = atoms.intern(TextKind::Keyword, "x");
        assert_ne!(string, keyword);
        assert_eq!(string, atoms.intern(TextKind::Str, "x"));
        assert_eq!(atoms.show(keyword), "x");
        assert_eq!(atoms.json(Atom::NIL), serde_json::Value::Null);
    }

    #[test]
    fn ids_are_dense_whatever_the_keys_are() {
        let mut ids = Ids::default();
        let far = Atom::int(200_000).unwrap();
        let near = Atom::int(3).unwrap();
        assert_eq!(ids.id(far), 0);
        assert_eq!(ids.id(near), 1);
        assert_eq!(ids.id(far), 0);
        for key in 0..60_000 {
            ids.id(Atom::int(key).unwrap());
        }
        assert_eq!(ids.id(far), 0);
        assert_eq!(ids.atom(1), near);
    }
}
