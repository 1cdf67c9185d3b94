//! Operations on one record, applied in order to a copy of its bins.
//!
//! A put is a list of writes, a touch is one touch, a delete one delete: a
//! single way through for everything that changes a record.

use std::sync::Arc;

use super::record::{Bins, Exists, Value};

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Read a bin as the operations before have left it; `None`: all bins.
    Read(Option<Arc<str>>),
    /// Set a bin; `None` removes it.
    Write(Arc<str>, Option<Value>),
    /// Add to an integer; a missing bin counts as 0.
    Increment(Arc<str>, i64),
    /// Append to a string; a missing bin counts as empty.
    Append(Arc<str>, Box<str>),
    /// Write the record as it is.
    Touch,
    /// Delete the record.
    Delete,
}

impl Operation {
    /// Whether it leaves the record alone.
    pub fn is_read(&self) -> bool {
        matches!(self, Operation::Read(_))
    }

    fn creates(&self) -> bool {
        matches!(
            self,
            Operation::Write(..) | Operation::Increment(..) | Operation::Append(..)
        )
    }
}

/// A write command: operations and the conditions on them.
#[derive(Clone, Debug, Default)]
pub struct WriteCommand {
    /// What to do, in order.
    pub operations: Vec<Operation>,
    /// Whether the record must, or must not, be there.
    pub exists: Exists,
    /// The generation that the record must have.
    pub generation: Option<u32>,
    /// Refuse when this transaction holds the record already.
    pub on_locking_only: bool,
    /// A delete leaves a tombstone.
    pub durable: bool,
}

impl WriteCommand {
    /// A put of these bins.
    pub fn put(bins: impl IntoIterator<Item = (Arc<str>, Option<Value>)>) -> WriteCommand {
        let operations = bins
            .into_iter()
            .map(|(name, value)| Operation::Write(name, value))
            .collect();
        WriteCommand {
            operations,
            ..WriteCommand::default()
        }
    }

    /// A delete.
    pub fn delete(durable: bool) -> WriteCommand {
        WriteCommand {
            operations: vec![Operation::Delete],
            durable,
            ..WriteCommand::default()
        }
    }

    /// A touch.
    pub fn touch() -> WriteCommand {
        WriteCommand {
            operations: vec![Operation::Touch],
            ..WriteCommand::default()
        }
    }

    /// Whether one of its operations deletes the record.
    pub fn deletes(&self) -> bool {
        self.operations.contains(&Operation::Delete)
    }

    /// Whether a record that is not there refuses it.
    pub fn must_exist(&self) -> bool {
        self.exists.must_exist()
            || self.operations.contains(&Operation::Touch)
            || (self.deletes() && !self.operations.iter().any(Operation::creates))
    }
}

/// What operations left and what their reads saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The bins that the record now has; `None`: it is deleted.
    pub bins: Option<Bins>,
    /// Each bin read, with its value; `None` where it was missing.
    pub seen: Vec<(Arc<str>, Option<Value>)>,
}

/// A bin whose value does not take the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType {
    /// The bin.
    pub bin: Arc<str>,
    /// What its value should have been.
    pub expected: &'static str,
}

/// Apply operations to a record's bins; `None` is a record that is not there.
pub fn apply(
    operations: &[Operation],
    replaces: bool,
    current: Option<&Bins>,
) -> Result<Applied, WrongType> {
    let mut bins = current.cloned();
    if replaces {
        bins = Some(Bins::default());
    }
    let mut seen = Vec::new();
    for operation in operations {
        match operation {
            Operation::Read(name) => see(&mut seen, name.as_ref(), bins.as_ref()),
            Operation::Write(name, value) => {
                bins.get_or_insert_default().set(name, value.clone());
            }
            Operation::Increment(name, by) => {
                let bins = bins.get_or_insert_default();
                let sum = incremented(bins.value(name), *by).ok_or_else(|| WrongType {
                    bin: name.clone(),
                    expected: "an integer",
                })?;
                bins.set(name, Some(sum));
            }
            Operation::Append(name, tail) => {
                let bins = bins.get_or_insert_default();
                let text = appended(bins.value(name), tail).ok_or_else(|| WrongType {
                    bin: name.clone(),
                    expected: "a string",
                })?;
                bins.set(name, Some(text));
            }
            Operation::Touch => {}
            Operation::Delete => bins = None,
        }
    }
    if !operations.contains(&Operation::Delete) {
        bins.get_or_insert_default();
    }
    Ok(Applied { bins, seen })
}

fn see(seen: &mut Vec<(Arc<str>, Option<Value>)>, name: Option<&Arc<str>>, bins: Option<&Bins>) {
    let mut note = |name: Arc<str>, value: Option<Value>| match seen
        .iter_mut()
        .find(|(present, _)| *present == name)
    {
        Some(place) => place.1 = value,
        None => seen.push((name, value)),
    };
    match name {
        Some(name) => note(
            name.clone(),
            bins.and_then(|bins| bins.value(name)).cloned(),
        ),
        None => {
            for (name, value) in bins.into_iter().flat_map(Bins::iter) {
                note(name.into(), Some(value.clone()));
            }
        }
    }
}

/// Sums wrap around at 64 bits, as the server's do.
fn incremented(value: Option<&Value>, by: i64) -> Option<Value> {
    let before = match value {
        None => 0,
        Some(text) => text.parse::<i64>().ok()?,
    };
    Some(before.wrapping_add(by).to_string().into())
}

fn appended(value: Option<&Value>, tail: &str) -> Option<Value> {
    let mut text: String = match value {
        None => String::new(),
        Some(text) => serde_json::from_str(text).ok()?,
    };
    text.push_str(tail);
    serde_json::to_string(&text).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(pairs: &[(&str, &str)]) -> Bins {
        pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect()
    }

    fn check(operations: &[Operation], before: Option<&Bins>, after: Option<&Bins>) -> Applied {
        let applied = apply(operations, false, before).expect("types fit");
        assert_eq!(applied.bins.as_ref(), after);
        applied
    }

    #[test]
    fn reads_see_what_came_before_them() {
        let applied = check(
            &[
                Operation::Read(Some("a".into())),
                Operation::Increment("n".into(), 2),
                Operation::Read(Some("n".into())),
                Operation::Read(Some("none".into())),
            ],
            Some(&bins(&[("a", "1.0"), ("n", "40")])),
            Some(&bins(&[("a", "1.0"), ("n", "42")])),
        );
        assert_eq!(
            applied.seen,
            [
                ("a".into(), Some("1.0".into())),
                ("n".into(), Some("42".into())),
                ("none".into(), None)
            ]
        );
    }

    #[test]
    fn missing_bins_are_created_and_null_removes() {
        check(
            &[
                Operation::Increment("n".into(), -5),
                Operation::Append("s".into(), "é\"".into()),
                Operation::Write("gone".into(), None),
            ],
            Some(&bins(&[("gone", "1")])),
            Some(&bins(&[("n", "-5"), ("s", r#""é\"""#)])),
        );
    }

    #[test]
    fn a_delete_takes_all_and_a_write_after_it_creates() {
        let before = bins(&[("a", "1")]);
        check(&[Operation::Delete], Some(&before), None);
        check(
            &[
                Operation::Delete,
                Operation::Write("b".into(), Some("2".into())),
            ],
            Some(&before),
            Some(&bins(&[("b", "2")])),
        );
    }

    #[test]
    fn values_of_another_type_refuse() {
        let before = bins(&[("n", "1"), ("s", r#""x""#), ("f", "1.0")]);
        for operation in [
            Operation::Increment("s".into(), 1),
            Operation::Increment("f".into(), 1),
            Operation::Append("n".into(), "x".into()),
        ] {
            assert!(apply(&[operation], false, Some(&before)).is_err());
        }
    }

    #[test]
    fn which_commands_need_a_record() {
        let write = Operation::Write("a".into(), None);
        let of = |operations: &[Operation]| WriteCommand {
            operations: operations.to_vec(),
            ..WriteCommand::default()
        };
        assert!(WriteCommand::touch().must_exist());
        assert!(WriteCommand::delete(true).must_exist());
        assert!(!of(&[Operation::Delete, write.clone()]).must_exist());
        assert!(!of(std::slice::from_ref(&write)).must_exist());
        let only = WriteCommand {
            exists: Exists::UpdateOnly,
            ..of(&[write])
        };
        assert!(only.must_exist());
    }
}
