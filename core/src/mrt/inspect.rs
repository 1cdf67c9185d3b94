//! Looking without touching: scan, truncate, and what the node knows.
//!
//! None of these takes part in a transaction. A scan or query sees committed
//! versions only, not even the asking transaction's own writes.

use super::digest::{Digest, Key, KeyValue};
use super::monitor::{MONITOR_SET, Monitor};
use super::record::{Bins, Record, Value};
use super::refused::{Reason, Refused};
use super::{Mrt, TxnHandle};

/// A condition of a query: a bin that equals a value.
#[derive(Clone, Debug)]
pub struct Where {
    /// The bin.
    pub bin: Box<str>,
    /// The value.
    pub value: Value,
}

impl Where {
    fn holds(&self, bins: &Bins) -> bool {
        bins.value(&self.bin)
            .is_some_and(|value| equal(value, &self.value))
    }
}

/// A record that a scan found.
#[derive(Clone, Copy, Debug)]
pub struct Scanned<'s> {
    /// Its key.
    pub key: &'s Key,
    /// Its bins.
    pub bins: &'s Bins,
    /// Its generation.
    pub generation: u32,
}

/// Counts of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// Monitor records.
    pub mrt_monitors: usize,
    /// Records with a provisional version.
    pub mrt_provisionals: usize,
    /// The server's default timeout, in seconds.
    pub mrt_duration: u32,
}

impl Mrt {
    /// Committed records, in order of digest.
    pub fn scan<'s>(
        &'s self,
        namespace: &str,
        set: Option<&'s str>,
        condition: Option<&'s Where>,
    ) -> Result<impl Iterator<Item = Scanned<'s>> + use<'s>, Reason> {
        let namespace = self.server.namespace(namespace)?;
        Ok(self
            .server
            .scan(namespace, set)
            .filter(move |(_, _, bins)| condition.is_none_or(|condition| condition.holds(bins)))
            .map(|(record, stored, bins)| Scanned {
                key: &record.key,
                bins,
                generation: stored.version.generation,
            }))
    }

    /// Remove the records of a set that nobody holds.
    pub fn truncate(&mut self, namespace: &str, set: Option<&str>) -> Result<(), Refused> {
        let namespace = self.server.namespace(namespace)?;
        self.server.truncate(namespace, set, &mut self.facts);
        Ok(())
    }

    /// Counts.
    pub fn info(&self) -> Info {
        Info {
            mrt_monitors: self.server.monitors.len(),
            mrt_provisionals: self.server.provisionals(),
            mrt_duration: self.server.limits.mrt_duration,
        }
    }

    /// A record with both of its versions; `None`: neither is there.
    pub fn record(&self, key: &Key) -> Result<Option<&Record>, Reason> {
        let namespace = self.server.namespace(key.namespace())?;
        Ok(self.server.record(namespace, &key.digest))
    }

    /// The digest of a transaction's monitor record, and the record.
    pub fn monitor(&self, txn: TxnHandle) -> (Digest, Option<&Monitor>) {
        let this = self.txn(txn);
        let digest = Digest::of(MONITOR_SET, KeyValue::Integer(this.id.as_user_key()));
        let found = this
            .namespace()
            .and_then(|name| self.server.namespace(name).ok())
            .and_then(|namespace| self.server.monitors.monitor(&(this.id, namespace)));
        // A cleared transaction has no namespace; its monitor record may still be there.
        (
            digest,
            found.or_else(|| self.server.monitors.of_id(this.id)),
        )
    }
}

/// Equality of JSON values: of the same type, members in any order.
fn equal(one: &str, other: &str) -> bool {
    let parsed = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || parsed(one).is_some_and(|value| Some(value) == parsed(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_equal_by_type_and_content() {
        assert!(equal("1", "1"));
        assert!(equal(r#""é""#, r#""\u00e9""#));
        assert!(equal(r#"{"a": 1, "b": [2]}"#, r#"{"b":[2],"a":1}"#));
        assert!(!equal("1", "1.0"));
        assert!(!equal("1", r#""1""#));
        assert!(!equal("true", "1"));
    }

    #[test]
    fn the_monitor_record_of_the_first_id() {
        let mut mrt = Mrt::new(super::super::Config::default());
        let txn = mrt.begin(&Default::default());
        let (digest, found) = mrt.monitor(txn);
        assert_eq!(
            digest.to_string(),
            "c22b15403065ee2301956ae143ff650ce2de1b42"
        );
        assert!(found.is_none());
    }
}
