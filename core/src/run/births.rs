//! Which of many facts hold at a step, without replaying the steps before it.
//!
//! The facts lie in some order of their own (versions by timestamp, snapshots
//! by id); each was born at a step. A tree keeps the earliest birth below each
//! of its nodes, so a walk skips every part in which nothing was born yet.
//!
//! ```text
//!   place        0   1   2   3   4   5       at step 4, from place 1:
//!   born at      2   9   5   3   8   4       skip {1}, skip {2}, report 3,
//!                └─2─┘   └─3─┘   └─4─┘       skip {4}, report 5
//!                └───2───────┘     4
//! ```
//!
//! 1. Finding the next fact after a place costs O(log n).
//! 2. Reporting r facts costs O(r log n) at worst, whatever the step.
//! 3. A fact that ends is kept by its end counted backwards
//!    ([`ending`]): "ends after k" is then "born at or before" as well.

use std::ops::Range;

/// The tree over the births of facts, in the order of their places.
#[derive(Clone, Debug, Default)]
pub struct Births {
    /// Number of facts.
    len: usize,
    /// Index of the first leaf: a power of two.
    leaves: usize,
    /// `earliest[i]` is the smaller of its two children; leaves at `leaves..`.
    earliest: Vec<u32>,
}

impl Births {
    /// Builds the tree in O(n).
    pub fn new(births: impl ExactSizeIterator<Item = u32>) -> Self {
        let len = births.len();
        let leaves = len.next_power_of_two();
        let mut earliest = vec![u32::MAX; 2 * leaves];
        for (slot, birth) in earliest[leaves..].iter_mut().zip(births) {
            *slot = birth;
        }
        for node in (1..leaves).rev() {
            earliest[node] = earliest[2 * node].min(earliest[2 * node + 1]);
        }
        Births {
            len,
            leaves,
            earliest,
        }
    }

    /// The first place at or after `place` whose fact was born by `step`.
    pub fn next(&self, place: usize, step: u32) -> Option<usize> {
        if place >= self.len {
            return None;
        }
        let mut node = self.leaves + place;
        while self.earliest[node] > step {
            // Climb until a right neighbour exists, then try that neighbour.
            while node & 1 == 1 {
                node >>= 1;
            }
            if node == 0 {
                return None;
            }
            node += 1;
        }
        while node < self.leaves {
            node *= 2;
            if self.earliest[node] > step {
                node += 1;
            }
        }
        Some(node - self.leaves)
    }

    /// The last place before `place` whose fact was born by `step`.
    pub fn previous(&self, place: usize, step: u32) -> Option<usize> {
        let place = place.min(self.len);
        if place == 0 {
            return None;
        }
        let mut node = self.leaves + place - 1;
        while self.earliest[node] > step {
            // Climb until a left neighbour exists, then try that neighbour.
            while node & 1 == 0 {
                node >>= 1;
            }
            if node <= 1 {
                return None;
            }
            node -= 1;
        }
        while node < self.leaves {
            node = 2 * node + 1;
            if self.earliest[node] > step {
                node -= 1;
            }
        }
        Some(node - self.leaves)
    }

    /// The places in `range` whose facts were born by `step`, in order.
    pub fn within(&self, range: Range<usize>, step: u32) -> impl Iterator<Item = usize> + '_ {
        let mut from = range.start;
        std::iter::from_fn(move || {
            let place = self.next(from, step)?;
            from = place + 1;
            (place < range.end).then_some(place)
        })
    }
}

/// The birth to give a fact that ends at `end` (`None`: never), to find those
/// that end after a step.
pub fn ending(end: Option<u32>) -> u32 {
    u32::MAX - 1 - end.unwrap_or(u32::MAX - 1)
}

/// The step to ask for, to find the facts that end after `step`.
pub fn ends_after(step: u32) -> u32 {
    ending(Some(step)).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn prop_walks_equal_scans(births in prop::collection::vec(0u32..20, 0..40), step in 0u32..22, place in 0usize..45) {
            let tree = Births::new(births.iter().copied());
            let born = |i: &usize| births[*i] <= step;
            prop_assert_eq!(tree.next(place, step), (place..births.len()).find(born));
            prop_assert_eq!(
                tree.previous(place, step),
                (0..place.min(births.len())).rev().find(born)
            );
            let all: Vec<usize> = (place.min(births.len())..births.len()).filter(born).collect();
            prop_assert_eq!(tree.within(place..usize::MAX, step).collect::<Vec<_>>(), all);
        }

        #[test]
        fn prop_ends_counted_backwards(ends in prop::collection::vec(prop::option::of(0u32..20), 0..40), step in 0u32..22) {
            let tree = Births::new(ends.iter().map(|end| ending(*end)));
            let open: Vec<usize> = (0..ends.len())
                .filter(|i| ends[*i].is_none_or(|end| end > step))
                .collect();
            prop_assert_eq!(tree.within(0..ends.len(), ends_after(step)).collect::<Vec<_>>(), open);
        }
    }
}
