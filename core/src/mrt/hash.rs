//! The hash map of a transaction, laid out as the C client lays it out.
//!
//! ```text
//!   row 0
//!   row 1   ● 31 ─► 36 ─► 16       first inserted, then newest … oldest
//!   row 2
//!   row 3   ● y
//!           └ the head lives in the row; a collision hangs behind it
//! ```
//!
//! 1. A digest's row is its first four bytes, little-endian, modulo the number
//!    of rows. It is not hashed again: it is a hash already.
//! 2. The default is 128 rows; an explicit capacity gives twice as many, and
//!    counts as 16 where it is smaller. Rows are never added later.
//! 3. The first entry of a row is its head; every further one goes right after
//!    the head. The same digest again only overwrites the version.
//! 4. A removed head is replaced by the next entry of its chain.
//! 5. Iteration goes row by row, each from its head. Verify and roll follow it.
//!
//! Kept differently from C: only rows in use take memory (a capacity is any
//! 32-bit number, and it comes from the client), and the nodes stand in one
//! array, linked by position, 24 bytes each beside the shared key.

use std::collections::BTreeMap;

use super::digest::{Digest, Key};
use super::record::Version;

/// Rows of a map made without a capacity.
pub const DEFAULT_ROWS: u64 = 128;
/// The least capacity that counts.
pub const LEAST_CAPACITY: u32 = 16;

const END: u32 = u32::MAX;

/// One of the two maps of a transaction.
#[derive(Clone, Debug)]
pub struct TxnHash {
    n_rows: u64,
    n_eles: u32,
    /// Rows in use: row → its head's place in `nodes`.
    heads: BTreeMap<u64, u32>,
    nodes: Vec<Node>,
    /// First node that is not in use.
    free: u32,
}

#[derive(Clone, Debug)]
struct Node {
    entry: Option<(Key, Version)>,
    next: u32,
}

impl TxnHash {
    /// An empty map; `None` is the default of 128 rows.
    pub fn new(capacity: Option<u32>) -> TxnHash {
        let n_rows = capacity.map_or(DEFAULT_ROWS, |capacity| {
            2 * u64::from(capacity.max(LEAST_CAPACITY))
        });
        TxnHash {
            n_rows,
            n_eles: 0,
            heads: BTreeMap::new(),
            nodes: Vec::new(),
            free: END,
        }
    }

    /// Number of rows, fixed for the life of the map.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Number of entries.
    pub fn n_eles(&self) -> u32 {
        self.n_eles
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.n_eles == 0
    }

    /// The row that this digest falls in.
    pub fn row_of(&self, digest: &Digest) -> u64 {
        u64::from(digest.leading_word()) % self.n_rows
    }

    /// The version kept for a digest; `None`: it is not in the map.
    pub fn version(&self, digest: &Digest) -> Option<Version> {
        self.chain(self.row_of(digest))
            .find(|(key, _)| key.digest == *digest)
            .map(|(_, version)| version)
    }

    /// Whether the digest is in the map.
    pub fn contains(&self, digest: &Digest) -> bool {
        self.version(digest).is_some()
    }

    /// Keep a version for a key; the same key again overwrites it in place.
    pub fn put(&mut self, key: &Key, version: Version) {
        let row = self.row_of(&key.digest);
        let Some(&head) = self.heads.get(&row) else {
            let node = self.take_node(key.clone(), version, END);
            self.heads.insert(row, node);
            return;
        };
        let mut at = head;
        while at != END {
            let node = &mut self.nodes[at as usize];
            if let Some((present, old)) = &mut node.entry
                && present.digest == key.digest
            {
                *old = version;
                return;
            }
            at = node.next;
        }
        let second = self.nodes[head as usize].next;
        self.nodes[head as usize].next = self.take_node(key.clone(), version, second);
    }

    /// Take a digest out. Answers whether it was there.
    pub fn remove(&mut self, digest: &Digest) -> bool {
        let row = self.row_of(digest);
        let Some(&head) = self.heads.get(&row) else {
            return false;
        };
        let (mut before, mut at) = (END, head);
        while at != END {
            let node = &mut self.nodes[at as usize];
            let next = node.next;
            if node
                .entry
                .as_ref()
                .is_some_and(|(key, _)| key.digest == *digest)
            {
                node.entry = None;
                node.next = self.free;
                self.free = at;
                self.n_eles -= 1;
                match (before, next) {
                    (END, END) => drop(self.heads.remove(&row)),
                    (END, _) => drop(self.heads.insert(row, next)),
                    _ => self.nodes[before as usize].next = next,
                }
                return true;
            }
            (before, at) = (at, next);
        }
        false
    }

    /// Empty the map; the rows stay as many as they were.
    pub fn clear(&mut self) {
        self.heads = BTreeMap::new();
        self.nodes = Vec::new();
        self.free = END;
        self.n_eles = 0;
    }

    /// The rows in use, ascending.
    pub fn rows(&self) -> impl Iterator<Item = u64> + '_ {
        self.heads.keys().copied()
    }

    /// The entries of a row, head first.
    pub fn chain(&self, row: u64) -> impl Iterator<Item = (&Key, Version)> {
        let head = self.heads.get(&row).copied().unwrap_or(END);
        std::iter::successors(self.node(head), |node| self.node(node.next))
            .filter_map(|node| node.entry.as_ref())
            .map(|(key, version)| (key, *version))
    }

    /// Every entry: rows ascending, each from its head.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, Version)> {
        self.rows().flat_map(|row| self.chain(row))
    }

    fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    fn take_node(&mut self, key: Key, version: Version, next: u32) -> u32 {
        self.n_eles += 1;
        let node = Node {
            entry: Some((key, version)),
            next,
        };
        if self.free != END {
            let at = self.free;
            self.free = self.nodes[at as usize].next;
            self.nodes[at as usize] = node;
            return at;
        }
        let at = self.nodes.len();
        if at == self.nodes.capacity() {
            // A quarter more, not twice as many: an entry's share of the slack stays small.
            self.nodes.reserve_exact((at / 4).max(4));
        }
        self.nodes.push(node);
        u32::try_from(at).expect("fewer entries than a batch can carry")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::digest::{Places, UserKey};
    use super::*;

    fn demo(keys: &[i64]) -> Vec<Key> {
        let mut places = Places::default();
        keys.iter()
            .map(|key| places.key("test", Some("demo"), UserKey::Integer(*key)))
            .collect()
    }

    fn order(map: &TxnHash) -> Vec<i64> {
        map.iter()
            .map(|(key, _)| match key.user {
                UserKey::Integer(value) => value,
                UserKey::Text(_) => unreachable!("only integers here"),
            })
            .collect()
    }

    const V: Version = Version {
        lut: 1,
        generation: 1,
    };

    #[test]
    fn capacities_and_rows() {
        for (capacity, rows) in [
            (None, 128),
            (Some(0), 32),
            (Some(16), 32),
            (Some(17), 34),
            (Some(128), 256),
        ] {
            assert_eq!(TxnHash::new(capacity).n_rows(), rows);
        }
        assert_eq!(TxnHash::new(Some(u32::MAX)).n_rows(), 8_589_934_590);
    }

    #[test]
    fn a_new_entry_goes_right_after_the_head() {
        let keys = demo(&[1, 16, 31, 36]);
        let mut map = TxnHash::new(Some(4));
        for key in &keys {
            map.put(key, V);
        }
        assert_eq!(order(&map), [1, 36, 31, 16]);
        assert_eq!(map.rows().collect::<Vec<_>>(), [23]);
    }

    #[test]
    fn putting_again_overwrites_in_place() {
        let keys = demo(&[1, 16, 31]);
        let mut map = TxnHash::new(Some(4));
        for key in &keys {
            map.put(key, V);
        }
        let later = Version {
            lut: 9,
            generation: 2,
        };
        map.put(&keys[1], later);
        assert_eq!(order(&map), [1, 31, 16]);
        assert_eq!(map.version(&keys[1].digest), Some(later));
        assert_eq!(map.n_eles(), 3);
    }

    #[test]
    fn a_removed_head_is_replaced_by_the_next() {
        let keys = demo(&[1, 16, 31, 36]);
        let mut map = TxnHash::new(Some(4));
        for key in &keys {
            map.put(key, V);
        }
        assert!(map.remove(&keys[0].digest));
        assert_eq!(order(&map), [36, 31, 16]);
        assert!(map.remove(&keys[2].digest), "the middle is unlinked");
        assert_eq!(order(&map), [36, 16]);
        map.put(&keys[0], V);
        assert_eq!(order(&map), [36, 1, 16]);
        for key in [&keys[3], &keys[1], &keys[0]] {
            assert!(map.remove(&key.digest));
        }
        assert!(map.is_empty() && map.rows().next().is_none());
        assert!(!map.remove(&keys[0].digest));
    }

    proptest! {
        /// Against rows of plain vectors, edited as §2.1 says.
        #[test]
        fn prop_equals_vectors_of_rows(
            capacity in prop_oneof![Just(None), (0u32..40).prop_map(Some)],
            steps in prop::collection::vec((0usize..60, 0u64..5), 0..200),
        ) {
            let keys = demo(&(0..60).collect::<Vec<_>>());
            let mut map = TxnHash::new(capacity);
            let mut rows: BTreeMap<u64, Vec<(Digest, Version)>> = BTreeMap::new();
            for (at, lut) in steps {
                let digest = keys[at].digest;
                let row = rows.entry(map.row_of(&digest)).or_default();
                let place = row.iter().position(|(present, _)| *present == digest);
                if lut == 0 {
                    prop_assert_eq!(map.remove(&digest), place.is_some());
                    if let Some(place) = place {
                        row.remove(place);
                    }
                    continue;
                }
                let version = Version { lut, generation: 1 };
                map.put(&keys[at], version);
                match place {
                    Some(place) => row[place].1 = version,
                    None => row.insert(row.len().min(1), (digest, version)),
                }
            }
            let expected: Vec<_> = rows.into_values().flatten().collect();
            let found: Vec<_> = map.iter().map(|(key, version)| (key.digest, version)).collect();
            prop_assert_eq!(map.n_eles() as usize, found.len());
            prop_assert_eq!(found, expected);
        }
    }
}
