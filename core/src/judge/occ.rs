//! Rules and model of `occ`: versions handed out by reads, compared at commit.
//!
//! ```text
//!   t1: read x → "42", version 5 ──────────── commit x=44 reading x@5 → aborts (x is at 6)
//!   t2:      read x → "42", version 5 ─ commit x=43 reading x@5 → committed, new_version 6
//! ```
//!
//! 1. Version numbers are the program's: per key, global, starting anywhere. What
//!    is known of them is kept as constraints. A key's version is *unknown* until a
//!    read or a commit of that key alone shows it; it never comes twice for two
//!    states of one key; it stays while the key is not written.
//! 2. A commit that lists a version known to be old aborts; one whose listed
//!    versions are all known to be current commits, unless the transaction read a
//!    key that changed and did not list it (then either is right).
//! 3. After a commit of several keys `new_version` is one of theirs: the
//!    constraint is kept until all of them were read.
//!
//! Left out: transactions that ended, reads of transactions never begun (extended cases).

use super::model::{Answer, Model, answer, refused, shown, wanted};
use super::reply::{Reply, same, whole};
use super::rule::{Breach, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

static DISTINCT: Rule = Rule::new(
    "OCC-01",
    "distinct-transactions",
    "occ_begin answers with a txn_id that no other transaction has.",
    "Count transactions, and put the count into the name.",
);
static READS_COMMITTED: Rule = Rule::new(
    "OCC-02",
    "reads-committed",
    "occ_read returns the value that the last commit of the key wrote; null if there is none.",
    "Keep one store for all clients, and change it at commit only.",
);
static VERSION_STAYS: Rule = Rule::new(
    "OCC-03",
    "version-stays",
    "While a key is not written, its version stays; what a commit answers as new_version is what the next read of the key returns.",
    "Store the version beside the value, and change both together, at commit only.",
);
static VERSION_CHANGES: Rule = Rule::new(
    "OCC-04",
    "version-changes",
    "Every write of a key gives it a version that it never had.",
    "Add one to the version at every commit that writes the key, also when the value stays the same.",
);
static COMMITS: Rule = Rule::new(
    "OCC-05",
    "commits-when-unchanged",
    "A transaction whose listed versions are all current commits: committed is true.",
    "Compare each entry of read_versions with the key's current version; commit if all are equal.",
);
static ABORTS: Rule = Rule::new(
    "OCC-06",
    "aborts-when-changed",
    "A transaction that lists a version which is not the current one aborts: committed is false, or a definite error.",
    "Check every entry of read_versions, also of keys that are not written, and for being different, not only for being older.",
);
static ABORT_LEAVES: Rule = Rule::new(
    "OCC-07",
    "abort-changes-nothing",
    "An aborted transaction changes neither values nor versions.",
    "Finish the validation before you write the first key.",
);
static ATOMIC: Rule = Rule::new(
    "OCC-08",
    "writes-all",
    "A commit applies all of its writes.",
    "Loop over all of writes; do not stop at the first.",
);
static NEW_VERSION: Rule = Rule::new(
    "OCC-09",
    "new-version",
    "A commit that writes answers with new_version: the new version of a key that it wrote.",
    "Answer with the version that you have just given to the written key.",
);

/// The rules of this exercise.
pub static RULES: [&Rule; 9] = [
    &DISTINCT,
    &READS_COMMITTED,
    &VERSION_STAYS,
    &VERSION_CHANGES,
    &COMMITS,
    &ABORTS,
    &ABORT_LEAVES,
    &ATOMIC,
    &NEW_VERSION,
];

/// What may be true of a program that answered as it did.
#[derive(Default)]
pub struct Versions {
    keys: BTreeMap<String, Key>,
    transactions: BTreeMap<String, Transaction>,
    /// `new_version` of a commit of several keys, until it is known whose it is.
    groups: Vec<Group>,
}

#[derive(Default)]
struct Key {
    value: Value,
    /// How often it was written.
    epoch: u32,
    /// The present version, once it was seen.
    version: Option<Value>,
    /// The versions it had before.
    past: Vec<Value>,
    /// It was last written together with other keys.
    with_others: bool,
    /// What aborted transactions would have written.
    aborted: Vec<Value>,
    /// Whether something aborted since its version was last seen.
    abort_since: bool,
}

#[derive(Default)]
struct Transaction {
    begun: bool,
    ended: bool,
    /// Per key: the epoch, value and version of each read.
    reads: BTreeMap<String, Vec<(u32, Value, Value)>>,
}

struct Group {
    version: Value,
    /// Key and epoch of those not yet read.
    candidates: Vec<(String, u32)>,
}

impl Model for Versions {
    fn judge(&mut self, _src: &str, body: &Value, reply: &Reply) -> Result<(), Breach> {
        let kind = body["type"].as_str().unwrap_or("");
        let answer = answer(kind, reply)?;
        match kind {
            "occ_begin" => self.begin(answer, reply),
            "occ_read" => self.read(body, answer, reply),
            "occ_commit" => self.commit(body, answer, reply),
            _ => Ok(()),
        }
    }
}

impl Versions {
    fn begin(&mut self, answer: Answer, reply: &Reply) -> Result<(), Breach> {
        let name = &reply.body["txn_id"];
        if answer == Answer::Refused {
            return Err(refused(&DISTINCT, "a new txn_id", reply));
        }
        if !(name.is_string() || name.is_number()) {
            let message = "A transaction needs a name to go on with.";
            return Err(Breach::new(
                &DISTINCT,
                message,
                "\"txn_id\": a name",
                shown(&reply.body, "txn_id"),
            ));
        }
        let known = self.transactions.entry(name.to_string()).or_default();
        if known.begun {
            let message = "Another transaction was begun with the same name.";
            return Err(Breach::new(
                &DISTINCT,
                message,
                "a txn_id not used before",
                shown(&reply.body, "txn_id"),
            ));
        }
        known.begun = true;
        Ok(())
    }

    fn read(&mut self, body: &Value, answer: Answer, reply: &Reply) -> Result<(), Breach> {
        let name = body["key"].as_str().unwrap_or_default().to_owned();
        let txn = self
            .transactions
            .entry(body["txn_id"].to_string())
            .or_default();
        if !txn.begun || txn.ended {
            return Ok(());
        }
        let key = self.keys.entry(name.clone()).or_default();
        if answer == Answer::Refused {
            // A read of nothing may be an error; a read of something may not.
            if key.epoch > 0 {
                return Err(refused(
                    &READS_COMMITTED,
                    wanted("value", &key.value),
                    reply,
                ));
            }
            txn.reads
                .entry(name)
                .or_default()
                .push((0, Value::Null, Value::Null));
            return Ok(());
        }
        let (value, version) = (&reply.body["value"], &reply.body["version"]);
        let reads = txn.reads.entry(name.clone()).or_default();
        if reads
            .iter()
            .any(|(_, v, n)| same(v, value) && same(n, version))
            && key.epoch > 0
        {
            // A transaction may see again what it saw before.
            let (epoch, ..) = reads[reads.len() - 1];
            if epoch != key.epoch {
                return Ok(());
            }
        }
        let missing = key.epoch == 0 && value.is_null();
        if !(same(value, &key.value) && (reply.body.get("value").is_some() || missing)) {
            let rule = if key.aborted.iter().any(|v| same(v, value)) {
                &ABORT_LEAVES
            } else if key.with_others {
                &ATOMIC
            } else {
                &READS_COMMITTED
            };
            let message = format!("The last commit of {name:?} left {}.", key.value);
            let got = shown(&reply.body, "value");
            return Err(Breach::new(rule, message, wanted("value", &key.value), got));
        }
        reads.push((key.epoch, value.clone(), version.clone()));
        if whole(version).is_none() {
            if key.epoch == 0 {
                return Ok(());
            }
            let message = "A read answers with the key's version.";
            return Err(Breach::new(
                &VERSION_STAYS,
                message,
                "\"version\": an integer",
                shown(&reply.body, "version"),
            ));
        }
        let epoch = key.epoch;
        self.see(&name, version)?;
        self.settle(&name, epoch, version)
    }

    /// The key's present version was shown.
    fn see(&mut self, name: &str, version: &Value) -> Result<(), Breach> {
        let key = self.keys.entry(name.to_owned()).or_default();
        let got = wanted("version", version);
        if let Some(known) = &key.version {
            if !same(known, version) {
                let rule = if key.abort_since {
                    &ABORT_LEAVES
                } else {
                    &VERSION_STAYS
                };
                let message = format!("{name:?} was not written since its version was {known}.");
                return Err(Breach::new(rule, message, wanted("version", known), got));
            }
        } else if key.past.iter().any(|past| same(past, version)) {
            let message = format!("{name:?} was written since it had version {version}.");
            return Err(Breach::new(
                &VERSION_CHANGES,
                message,
                "a version it never had",
                got,
            ));
        }
        key.version = Some(version.clone());
        key.abort_since = false;
        Ok(())
    }

    /// Narrows the commits of several keys whose `new_version` may be this key's.
    fn settle(&mut self, name: &str, epoch: u32, version: &Value) -> Result<(), Breach> {
        let mut contradicted = None;
        self.groups.retain_mut(|group| {
            let member = group
                .candidates
                .iter()
                .any(|(k, e)| k == name && *e == epoch);
            if !member {
                return true;
            }
            if same(&group.version, version) {
                return false;
            }
            group.candidates.retain(|(k, _)| k != name);
            if group.candidates.is_empty() {
                contradicted = Some(group.version.clone());
            }
            !group.candidates.is_empty()
        });
        let Some(answered) = contradicted else {
            return Ok(());
        };
        let message = format!(
            "A commit answered new_version {answered}, but none of the keys that it wrote has this version."
        );
        Err(Breach::new(
            &NEW_VERSION,
            message,
            "the version of a key that was written",
            wanted("version", version),
        ))
    }

    fn commit(&mut self, body: &Value, answer: Answer, reply: &Reply) -> Result<(), Breach> {
        let none = Vec::new();
        let writes = body["writes"].as_array().unwrap_or(&none);
        let listed = body["read_versions"].as_array().unwrap_or(&none);
        let committed = answer == Answer::Ok && reply.body["committed"] == json!(true);
        if answer == Answer::Ok && !committed && reply.body["committed"] != json!(false) {
            let message = "The reply to occ_commit says whether it committed.";
            let expected = "\"committed\": true or false";
            return Err(Breach::new(
                &COMMITS,
                message,
                expected,
                shown(&reply.body, "committed"),
            ));
        }
        let (stale, sure) = self.compare(listed);
        let txn = self
            .transactions
            .entry(body["txn_id"].to_string())
            .or_default();
        let (begun, ended) = (txn.begun, std::mem::replace(&mut txn.ended, true));
        let unlisted_change = txn.reads.iter().any(|(key, reads)| {
            let named = listed
                .iter()
                .any(|entry| entry["key"].as_str() == Some(key));
            let now = self.keys.get(key).map_or(0, |k| k.epoch);
            !named && reads.iter().any(|(epoch, ..)| *epoch != now)
        });
        if committed {
            if let Some((key, version)) = stale {
                let now = self.keys.get(&key).and_then(|k| k.version.clone());
                let now = now.map_or(String::new(), |v| format!("; it is at {v}"));
                let message = format!("read_versions lists {key:?} at version {version}{now}.");
                let expected = "\"committed\": false, or a definite error";
                return Err(Breach::new(
                    &ABORTS,
                    message,
                    expected,
                    "\"committed\": true",
                ));
            }
            return self.apply(writes, reply);
        }
        let must_commit = begun && !ended && sure && stale.is_none() && !unlisted_change;
        if must_commit && answer == Answer::Refused {
            return Err(refused(&COMMITS, "\"committed\": true", reply));
        }
        if must_commit {
            let message = "No version that it lists has changed.";
            return Err(Breach::new(
                &COMMITS,
                message,
                "\"committed\": true",
                "\"committed\": false",
            ));
        }
        for write in writes {
            let key = self
                .keys
                .entry(write["key"].as_str().unwrap_or_default().to_owned())
                .or_default();
            if !same(&key.value, &write["value"]) {
                key.aborted.push(write["value"].clone());
            }
            key.abort_since = true;
        }
        for entry in listed {
            if let Some(key) = self.keys.get_mut(entry["key"].as_str().unwrap_or_default()) {
                key.abort_since = true;
            }
        }
        Ok(())
    }

    /// The first listed version known to be old, and whether all others are known to be current.
    fn compare(&self, listed: &[Value]) -> (Option<(String, Value)>, bool) {
        let (mut stale, mut sure) = (None, true);
        for entry in listed {
            let name = entry["key"].as_str().unwrap_or_default();
            let version = &entry["version"];
            let key = self.keys.get(name);
            let old = match key {
                Some(Key {
                    version: Some(current),
                    ..
                }) => Some(!same(current, version)),
                Some(key) if key.past.iter().any(|past| same(past, version)) => Some(true),
                // Nobody has seen a version of it: a number out of nowhere is not the current one.
                None | Some(Key { epoch: 0, .. }) if whole(version).is_some_and(|n| n > 100) => {
                    Some(true)
                }
                _ => None,
            };
            match old {
                Some(true) => stale = stale.or(Some((name.to_owned(), version.clone()))),
                Some(false) => {}
                None => sure = false,
            }
        }
        (stale, sure)
    }

    fn apply(&mut self, writes: &[Value], reply: &Reply) -> Result<(), Breach> {
        if writes.is_empty() {
            return Ok(());
        }
        let version = &reply.body["new_version"];
        if whole(version).is_none() {
            let message = "A commit that writes answers with the new version.";
            let expected = "\"new_version\": an integer";
            return Err(Breach::new(
                &NEW_VERSION,
                message,
                expected,
                shown(&reply.body, "new_version"),
            ));
        }
        let mut written = Vec::new();
        for write in writes {
            let name = write["key"].as_str().unwrap_or_default();
            self.groups
                .retain(|group| group.candidates.iter().all(|(k, _)| k != name));
            let key = self.keys.entry(name.to_owned()).or_default();
            key.value = write["value"].clone();
            key.epoch += 1;
            key.past.extend(key.version.take());
            key.aborted.clear();
            key.abort_since = false;
            key.with_others = writes.len() > 1;
            written.push((name.to_owned(), key.epoch));
        }
        if let [(name, _)] = &written[..] {
            let known = &self.keys[name];
            if known.past.iter().any(|past| same(past, version)) {
                let message = format!("{name:?} had version {version} before this commit.");
                let got = wanted("new_version", version);
                return Err(Breach::new(
                    &VERSION_CHANGES,
                    message,
                    "a version it never had",
                    got,
                ));
            }
            return self.see(&written[0].0, version);
        }
        let fits = |(name, _): &&(String, u32)| {
            !self.keys[name].past.iter().any(|past| same(past, version))
        };
        let candidates: Vec<_> = written.iter().filter(fits).cloned().collect();
        if candidates.is_empty() {
            let message = "Each of the written keys had this version before the commit.";
            let got = wanted("new_version", version);
            return Err(Breach::new(
                &VERSION_CHANGES,
                message,
                "a version that one of them never had",
                got,
            ));
        }
        self.groups.push(Group {
            version: version.clone(),
            candidates,
        });
        Ok(())
    }
}
