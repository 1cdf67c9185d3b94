//! # List-append: answers that never change
//!
//! A read returns a whole list, and the list goes on growing. Hand out the
//! list itself and every answer already given changes under its reader; copy
//! it and every read costs its length, for ever.
//!
//! 1. A list only grows at its end, so a list as of some moment is a
//!    **prefix** of the list as of any later one.
//! 2. A [`ListValue`] is the key and a length. It shares the elements with
//!    every other value of that key, costs nothing to keep, and reads the same
//!    whenever it is read.
//! 3. An append writes one element behind the last, whatever the length.
//!
//! ```text
//!   key 1   3, 4, 5, 6, 7
//!           └──┘ a read after two appends
//!           └───────────┘ a read after five
//! ```
//!
//! The elements lie end to end as the text of a reply, so answering a read is
//! one copy.
//!
//! 4. Micro-operations of a transaction run in order, and transactions run one
//!    after the other: a read sees its own transaction's earlier appends and
//!    nothing of a later one's. On one node that is strict serialisability.
//!
//! Left out: removing elements, and agreement between nodes.

use crate::intern::{Interner, KeyId};

/// What stands between two elements.
const SEPARATOR: &[u8] = b", ";

/// The store behind `txn`.
#[derive(Clone, Debug, Default)]
pub struct ListStore {
    keys: Interner,
    lists: Vec<List>,
    transactions: u64,
}

/// All elements that a key has ever had, end to end.
#[derive(Clone, Debug, Default)]
struct List {
    text: Vec<u8>,
    /// Where each element ends in the text.
    ends: Vec<usize>,
}

/// A list as of some moment: a prefix of all that is appended to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListValue {
    key: KeyId,
    length: usize,
}

impl ListValue {
    /// How many elements it has; at least one.
    pub fn length(self) -> usize {
        self.length
    }
}

impl ListStore {
    /// Append an element (JSON text) to the list of a key; its position, from 0.
    ///
    /// Keys are canonical JSON text ([`crate::json::canonical`]): `1` and `"1"`
    /// are two keys.
    pub fn append(&mut self, key: &str, element: &str) -> usize {
        let id = self.keys.intern(key);
        if id.index() == self.lists.len() {
            self.lists.push(List::default());
        }
        let list = &mut self.lists[id.index()];
        let position = list.ends.len();
        if position > 0 {
            list.text.extend_from_slice(SEPARATOR);
        }
        list.text.extend_from_slice(element.as_bytes());
        list.ends.push(list.text.len());
        position
    }

    /// The list of a key as of now; `None`: never appended to.
    pub fn read(&self, key: &str) -> Option<ListValue> {
        let key = self.keys.find(key)?;
        Some(ListValue {
            key,
            length: self.lists[key.index()].ends.len(),
        })
    }

    /// The elements of a list as they stand in a reply: `3, 4, 5`.
    pub fn text(&self, value: ListValue) -> &[u8] {
        let list = &self.lists[value.key.index()];
        let end = value
            .length
            .checked_sub(1)
            .and_then(|last| list.ends.get(last));
        end.and_then(|&end| list.text.get(..end))
            .unwrap_or_default()
    }

    /// The elements of a list, each as JSON text.
    pub fn elements(&self, value: ListValue) -> impl Iterator<Item = &[u8]> {
        let list = &self.lists[value.key.index()];
        let mut start = 0;
        list.ends.iter().take(value.length).map(move |&end| {
            let element = &list.text[start..end];
            start = end + SEPARATOR.len();
            element
        })
    }

    /// A transaction has been executed; its number, from 1.
    pub fn count_transaction(&mut self) -> u64 {
        self.transactions += 1;
        self.transactions
    }

    /// How many keys have a list.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_shares_its_elements() {
        let mut store = ListStore::default();
        assert_eq!(store.read("1"), None);
        for position in 0..5 {
            assert_eq!(store.append("1", &format!("[{position}]")), position);
        }
        let early = store.read("1").unwrap();
        store.append("1", "\"x\"");
        assert_eq!(store.text(early), b"[0], [1], [2], [3], [4]");
        let late = store.read("1").unwrap();
        assert_eq!(late.length(), 6);
        assert_eq!(store.text(late).as_ptr(), store.text(early).as_ptr());
        assert_eq!(store.elements(early).last(), Some(&b"[4]"[..]));
        assert_eq!(store.read("\"1\""), None);
    }

    proptest! {
        /// Every answer given keeps reading as a copy made at its time.
        #[test]
        fn prop_an_answer_never_changes(
            steps in prop::collection::vec((0..3u8, any::<bool>(), 0..1000u32), 0..200)
        ) {
            let mut store = ListStore::default();
            let mut model: Vec<Vec<String>> = vec![Vec::new(); 3];
            let mut given: Vec<(ListValue, Vec<String>)> = Vec::new();
            for (key, append, element) in steps {
                let name = key.to_string();
                let list = &mut model[key as usize];
                if append {
                    prop_assert_eq!(store.append(&name, &element.to_string()), list.len());
                    list.push(element.to_string());
                } else if let Some(value) = store.read(&name) {
                    given.push((value, list.clone()));
                } else {
                    prop_assert!(list.is_empty());
                }
            }
            for (value, copy) in given {
                let text = String::from_utf8(store.text(value).to_vec()).unwrap();
                prop_assert_eq!(text, copy.join(", "));
                let elements: Vec<&[u8]> = store.elements(value).collect();
                prop_assert_eq!(elements, copy.iter().map(String::as_bytes).collect::<Vec<_>>());
            }
        }
    }
}
