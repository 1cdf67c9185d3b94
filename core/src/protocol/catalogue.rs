//! # Every request as data
//!
//! One description serves completion and forms in the page, the nearest known
//! type in an error, and the documents. It describes; the node decides.
//!
//! 1. A [`RequestKind`] has a type, a line of plain words, its fields and the
//!    fields of its reply, in order.
//! 2. A [`FieldKind`] says what a field takes, deep enough for a form.
//! 3. A scheme keeps its requests in its own file; [`all`] is their sum.

use serde::Serialize;

mod batch;
mod control;
mod list_append;
mod mrt;
mod mvcc;
mod occ;

/// One request type.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RequestKind {
    /// `body.type`.
    pub name: &'static str,
    /// The exercise that it belongs to; empty: every one.
    pub exercise: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The fields of the request, after `type` and `msg_id`.
    pub fields: &'static [FieldSpec],
    /// The fields of the reply, in order, after `type`, `in_reply_to`, `msg_id`.
    pub reply: &'static [FieldSpec],
    /// A body to start from.
    pub example: &'static str,
}

/// One field of a request, a reply or an object in them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldSpec {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it means, in one line.
    pub summary: &'static str,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "takes", rename_all = "snake_case")]
pub enum FieldKind {
    /// A string.
    String,
    /// One of these strings.
    Choice {
        /// Them.
        of: &'static [&'static str],
    },
    /// An integer within bounds, written as decimal text so that no reader
    /// loses digits.
    Integer {
        /// Lowest.
        min: &'static str,
        /// Highest.
        max: &'static str,
    },
    /// `true` or `false`.
    Boolean,
    /// Any JSON value except `null`.
    Value,
    /// Any JSON value.
    Anything,
    /// An object with these fields.
    Object {
        /// Them.
        fields: &'static [FieldSpec],
    },
    /// An object whose keys are the caller's.
    Map {
        /// What each value takes.
        of: &'static FieldKind,
    },
    /// A list.
    List {
        /// What each element takes.
        of: &'static FieldKind,
    },
    /// An object whose further fields depend on one of them.
    Tagged {
        /// That field.
        by: &'static str,
        /// Its values, each with the further fields.
        variants: &'static [Variant],
    },
    /// A list of fixed length whose first element names its variant.
    Tuple {
        /// Its first elements, each with the elements that follow.
        variants: &'static [Variant],
    },
}

/// One way to fill a [`FieldKind::Tagged`] or a [`FieldKind::Tuple`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Variant {
    /// The value that selects it.
    pub tag: &'static str,
    /// What it means, in one line.
    pub summary: &'static str,
    /// What it takes.
    pub fields: &'static [FieldSpec],
}

/// The schemes' requests, in the order of the course.
const SCHEMES: [&[RequestKind]; 6] = [
    control::REQUESTS,
    batch::REQUESTS,
    occ::REQUESTS,
    mvcc::REQUESTS,
    list_append::REQUESTS,
    mrt::REQUESTS,
];

/// Highest timestamp: the highest integer that every JSON reader keeps exact.
pub const MAX_TIMESTAMP: i64 = (1 << 53) - 1;

/// Every request type, in the order of the course.
pub fn all() -> impl Iterator<Item = &'static RequestKind> {
    SCHEMES.into_iter().flatten()
}

/// The request with this type.
pub fn find(name: &str) -> Option<&'static RequestKind> {
    all().find(|kind| kind.name == name)
}

/// The known type that is nearest to a misspelt one: the fewest letters put
/// in, left out, changed or swapped; the first in the course's order wins.
pub fn nearest(name: &str) -> &'static str {
    let letters: Vec<char> = name.chars().take(64).collect();
    all()
        .map(|kind| kind.name)
        .min_by_key(|known| distance(&letters, known))
        .unwrap_or("init")
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn distance(left: &[char], right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, &a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in right.iter().enumerate() {
            let mut best = (above[j] + usize::from(a != b))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a == right[j - 1] && left[i - 1] == b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[right.len()]
}

const fn required(name: &'static str, kind: FieldKind, summary: &'static str) -> FieldSpec {
    FieldSpec {
        name,
        kind,
        optional: false,
        summary,
    }
}

const fn optional(name: &'static str, kind: FieldKind, summary: &'static str) -> FieldSpec {
    FieldSpec {
        name,
        kind,
        optional: true,
        summary,
    }
}

const COUNT: FieldKind = FieldKind::Integer {
    min: "0",
    max: "9223372036854775807",
};
const TIMESTAMP: FieldKind = FieldKind::Integer {
    min: "0",
    max: "9007199254740991",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_examples_are_of_their_type() {
        let mut names: Vec<&str> = all().map(|kind| kind.name).collect();
        for kind in all() {
            let example: serde_json::Value = serde_json::from_str(kind.example).unwrap();
            assert_eq!(example["type"], kind.name);
            for field in kind.fields.iter().filter(|field| !field.optional) {
                assert!(
                    example.get(field.name).is_some(),
                    "{}.{}",
                    kind.name,
                    field.name
                );
            }
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_misspelt_type_finds_its_neighbour() {
        for (misspelt, known) in [
            ("mvcc_putt", "mvcc_put"),
            ("mvcc_gte", "mvcc_get"),
            ("txn_exec", "txn_execute"),
            ("OCC_begin", "occ_begin"),
            ("tnx", "txn"),
        ] {
            assert_eq!(nearest(misspelt), known);
        }
    }
}
