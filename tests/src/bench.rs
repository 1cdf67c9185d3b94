//! What a benchmark reports: a figure, the floor measured beside it, and what must hold.
//!
//! Each `src/bin/bench_*.rs` measures one subject and prints one [`Figure`] a line, as JSON;
//! `npm run bench` builds them in release, runs them one after the other and prints one table.
//!
//! 1. Measure the floor in the same run, alternating with the subject, so that a busy machine
//!    slows both.
//! 2. Take the best of several rounds: noise only ever adds.
//! 3. State what must hold as a ratio to the floor where there is one, so that it holds on any
//!    machine.

use serde_json::{Value, json};
use std::time::Instant;

pub mod clock;
pub mod floor_node;
pub mod workload;

/// One measured figure.
#[derive(Clone, Debug)]
pub struct Figure {
    name: String,
    unit: &'static str,
    value: f64,
    floor: Option<(String, f64)>,
    must: Option<(&'static str, f64)>,
}

impl Figure {
    /// A figure of that name: `value` counted in `unit`.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            unit,
            value,
            floor: None,
            must: None,
        }
    }

    /// What was measured beside it, in the same unit.
    pub fn floor(mut self, name: impl Into<String>, value: f64) -> Self {
        self.floor = Some((name.into(), value));
        self
    }

    /// For costs: the figure must be at most so many times the floor.
    pub fn at_most_times(mut self, ratio: f64) -> Self {
        assert!(
            self.floor.is_some(),
            "{}: no floor to compare with",
            self.name
        );
        self.must = Some(("times_at_most", ratio));
        self
    }

    /// For rates: the figure must be at least so many times the floor.
    pub fn at_least_times(mut self, ratio: f64) -> Self {
        assert!(
            self.floor.is_some(),
            "{}: no floor to compare with",
            self.name
        );
        self.must = Some(("times_at_least", ratio));
        self
    }

    /// The figure itself must be at most this.
    pub fn at_most(mut self, value: f64) -> Self {
        self.must = Some(("at_most", value));
        self
    }

    /// The figure itself must be at least this.
    pub fn at_least(mut self, value: f64) -> Self {
        self.must = Some(("at_least", value));
        self
    }

    /// Prints it as one line for `npm run bench`.
    pub fn report(&self) {
        println!("{}", self.line());
    }

    fn line(&self) -> Value {
        let floor = self.floor.as_ref();
        json!({
            "name": self.name,
            "unit": self.unit,
            "value": self.value,
            "floor": floor.map(|(name, value)| json!({"name": name, "value": value})),
            "must": self.must.map(|(kind, value)| json!({"kind": kind, "value": value})),
        })
    }
}

/// The least seconds that `subject` and `floor` took in `rounds` rounds, measured in turn.
pub fn best_of(rounds: u32, mut subject: impl FnMut(), mut floor: impl FnMut()) -> (f64, f64) {
    let mut best = (f64::INFINITY, f64::INFINITY);
    for _ in 0..rounds {
        best.0 = best.0.min(seconds(&mut subject));
        best.1 = best.1.min(seconds(&mut floor));
    }
    best
}

/// How long `work` took.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_prints_its_floor_and_what_must_hold() {
        let figure = Figure::new("put", 80.0, "ns")
            .floor("map", 40.0)
            .at_most_times(2.5);
        assert_eq!(
            figure.line(),
            json!({
                "name": "put", "unit": "ns", "value": 80.0,
                "floor": {"name": "map", "value": 40.0},
                "must": {"kind": "times_at_most", "value": 2.5},
            })
        );
    }

    #[test]
    #[should_panic(expected = "no floor")]
    fn a_ratio_needs_a_floor() {
        let _ = Figure::new("put", 80.0, "ns").at_most_times(2.5);
    }
}
