//! Records: a committed version and, under a lock, a provisional one.
//!
//! ```text
//!   r   committed          provisional           who sees what
//!       {bin: 1} 4:2       –                     everybody: {bin: 1}
//!       {bin: 1} 4:2   ┄┄► {bin: 2} 5:3, T's     T: {bin: 2}; outside: {bin: 1};
//!                                                another transaction: MRT_BLOCKED
//! ```

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::digest::Key;
use super::id::MrtId;

/// A record's version: what verify compares. A missing record has `0:0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Number of the record write that made it: a logical clock of the node.
    pub lut: u64,
    /// How often the record has been written.
    pub generation: u32,
}

impl Version {
    /// The version of a record that is not there.
    pub const NONE: Version = Version {
        lut: 0,
        generation: 0,
    };
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.lut, self.generation)
    }
}

/// A bin's value: JSON text, never `null`.
pub type Value = Arc<str>;

/// The bins of a record, in the order in which they were first written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bins(Vec<(Arc<str>, Value)>);

impl Bins {
    /// The value of a bin.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(present, _)| **present == *name)
            .map(|(_, value)| value)
    }

    /// Set a bin; `None` removes it.
    pub fn set(&mut self, name: &Arc<str>, value: Option<Value>) {
        let place = self.0.iter().position(|(present, _)| present == name);
        match (place, value) {
            (Some(place), Some(value)) => self.0[place].1 = value,
            (Some(place), None) => drop(self.0.remove(place)),
            (None, Some(value)) => self.0.push((name.clone(), value)),
            (None, None) => {}
        }
    }

    /// Bins and their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// How many bins there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no bin.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Arc<str>, Value)> for Bins {
    fn from_iter<T: IntoIterator<Item = (Arc<str>, Value)>>(bins: T) -> Bins {
        let mut made = Bins::default();
        for (name, value) in bins {
            made.set(&name, Some(value));
        }
        made
    }
}

/// One version of a record: its bins, or a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The bins; `None` is a tombstone, which keeps generation and version.
    pub bins: Option<Arc<Bins>>,
    /// Its version.
    pub version: Version,
}

impl Stored {
    /// Whether it is a record that reads find, not a tombstone.
    pub fn is_live(&self) -> bool {
        self.bins.is_some()
    }
}

/// What a transaction wrote and nobody else sees, and the lock that this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisional {
    /// The transaction that holds the record.
    pub owner: MrtId,
    /// What it wrote.
    pub stored: Stored,
}

/// A record with both of its versions.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its key, as it was first written.
    pub key: Key,
    /// What everybody outside sees.
    pub committed: Option<Stored>,
    /// What the transaction that holds the record sees.
    pub provisional: Option<Provisional>,
}

impl Record {
    /// The version that verify compares.
    pub fn committed_version(&self) -> Version {
        self.committed
            .as_ref()
            .map_or(Version::NONE, |stored| stored.version)
    }
}

/// How a write treats a record that is, or is not, there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exists {
    /// Create it or change the bins named.
    #[default]
    Update,
    /// It must not be there.
    CreateOnly,
    /// It must be there; change the bins named.
    UpdateOnly,
    /// Create it, or put these bins in place of all others.
    Replace,
    /// It must be there; put these bins in place of all others.
    ReplaceOnly,
}

impl Exists {
    /// Every policy with its name on the wire.
    pub const NAMES: [(&'static str, Exists); 5] = [
        ("update", Exists::Update),
        ("create_only", Exists::CreateOnly),
        ("update_only", Exists::UpdateOnly),
        ("replace", Exists::Replace),
        ("replace_only", Exists::ReplaceOnly),
    ];

    /// Whether the record must be there already.
    pub fn must_exist(self) -> bool {
        matches!(self, Exists::UpdateOnly | Exists::ReplaceOnly)
    }

    /// Whether the bins not named go.
    pub fn replaces(self) -> bool {
        matches!(self, Exists::Replace | Exists::ReplaceOnly)
    }
}
