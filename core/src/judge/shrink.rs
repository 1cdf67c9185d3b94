//! From a long failing script to a short one.
//!
//! ```text
//!   24 requests, the 17th answer is wrong
//!     cut after the failure        17
//!     take out chunks of 8, 4, 2   6
//!     take out single requests     4
//!     take out single operations   4, smaller
//! ```
//!
//! 1. What comes after the first wrong answer goes first.
//! 2. Chunks of requests are tried, from half the script down to one request; with
//!    a request goes every later one that has a hole for its reply.
//! 3. Then single elements of the lists in a request (operations, writes, …).
//! 4. The result is *1-minimal*: taking out any one request, or any one element,
//!    gives a script that does not fail. It depends on the replies only.
//!
//! Left out: changing values. A script of few requests with odd values is read easily.

use super::script::{Case, Line, Step, needs};
use super::session::{Outcome, Status};
use serde_json::Value;
use std::sync::Arc;

/// Asks for scripts to be played, until it has a smallest one.
pub struct Shrinker {
    best: Arc<Case>,
    outcome: Outcome,
    from: usize,
    asked: Option<Arc<Case>>,
    place: Place,
    /// Whether anything went since the last full pass over single requests.
    progress: bool,
    /// Scripts played so far.
    pub probes: usize,
    complete: bool,
}

#[derive(Clone, Copy)]
enum Place {
    /// Take out `size` steps that end at `end`.
    Chunk {
        size: usize,
        end: usize,
    },
    /// Take out the `index`-th element of the `list`-th list of step `step`.
    Element {
        step: usize,
        list: usize,
        index: usize,
    },
    Over,
}

/// Lists whose elements may be taken out, and how many must stay.
const LISTS: [(&str, usize); 7] = [
    ("operations", 1),
    ("txn", 1),
    ("writes", 0),
    ("read_versions", 0),
    ("rows", 1),
    ("keys", 1),
    ("ops", 1),
];

impl Shrinker {
    /// Begins with a case that failed.
    pub fn new(case: Arc<Case>, outcome: Outcome) -> Shrinker {
        let from = case.steps.len();
        let mut shrinker = Shrinker {
            best: case,
            outcome,
            from,
            asked: None,
            place: Place::Over,
            progress: false,
            probes: 0,
            complete: false,
        };
        shrinker.cut();
        shrinker.restart();
        if shrinker.outcome.status == Status::CouldNotStart {
            shrinker.place = Place::Over;
        }
        shrinker
    }

    /// The next script to play; `None` when the smallest is found.
    pub fn candidate(&mut self) -> Option<Arc<Case>> {
        loop {
            let steps = match self.place {
                Place::Over => {
                    self.complete = self.outcome.status != Status::CouldNotStart;
                    return None;
                }
                Place::Chunk { size, end } => self.without(end - size, end),
                Place::Element { step, list, index } => self.without_element(step, list, index),
            };
            if let Some(steps) = steps {
                let mut case = (*self.best).clone();
                case.steps = steps;
                let case = Arc::new(case);
                self.asked = Some(Arc::clone(&case));
                self.probes += 1;
                return Some(case);
            }
            self.advance(false);
        }
    }

    /// How the script asked for went.
    pub fn feed(&mut self, outcome: Outcome) {
        let Some(case) = self.asked.take() else {
            return;
        };
        // A script that newly makes the program hang would make every later one wait.
        let fails = !matches!(
            outcome.status,
            Status::Passed | Status::CouldNotStart | Status::NotRun
        ) && outcome.timed_out <= self.outcome.timed_out;
        if fails {
            self.best = case;
            self.outcome = outcome;
            self.cut();
        }
        self.advance(fails);
    }

    /// The smallest failing script so far, how it went, from how many steps it came, and whether it is 1-minimal.
    pub fn result(self) -> (Arc<Case>, Outcome, usize, bool) {
        (self.best, self.outcome, self.from, self.complete)
    }

    /// Drops what comes after the first divergence: it cannot be its cause.
    fn cut(&mut self) {
        if self.outcome.steps_needed < self.best.steps.len() {
            let mut case = (*self.best).clone();
            case.steps.truncate(self.outcome.steps_needed.max(1));
            self.best = Arc::new(case);
        }
    }

    fn restart(&mut self) {
        let n = self.best.steps.len();
        self.progress = false;
        self.place = Place::Chunk {
            size: (n / 2).max(1),
            end: n,
        };
    }

    fn advance(&mut self, removed: bool) {
        self.progress |= removed;
        let n = self.best.steps.len();
        self.place = match self.place {
            Place::Over => Place::Over,
            Place::Chunk { size, end } => {
                let next = if removed {
                    end.min(n + size).saturating_sub(size)
                } else {
                    end - 1
                };
                let step = if removed || size == 1 {
                    next
                } else {
                    end.saturating_sub(size.div_ceil(2))
                };
                let step = step.min(n);
                if step > size {
                    Place::Chunk { size, end: step }
                } else if size > 1 {
                    let half = (size / 2).min(n.saturating_sub(1)).max(1);
                    Place::Chunk { size: half, end: n }
                } else if self.progress && n > 1 {
                    self.progress = false;
                    Place::Chunk { size: 1, end: n }
                } else {
                    Place::Element {
                        step: 0,
                        list: 0,
                        index: 0,
                    }
                }
            }
            Place::Element { step, list, index } => {
                let index = if removed { index } else { index + 1 };
                self.element_from(step, list, index)
            }
        };
        if let Place::Chunk { size, end } = self.place
            && (end > n || size >= end)
        {
            // Nothing but init is left.
            self.place = if n > 1 {
                Place::Chunk { size: 1, end: n }
            } else {
                Place::Over
            };
        }
    }

    fn element_from(&mut self, mut step: usize, mut list: usize, mut index: usize) -> Place {
        while step < self.best.steps.len() {
            while list < LISTS.len() {
                if index < self.elements(step, list) {
                    return Place::Element { step, list, index };
                }
                (list, index) = (list + 1, 0);
            }
            (step, list, index) = (step + 1, 0, 0);
        }
        if self.progress {
            self.progress = false;
            return Place::Chunk {
                size: 1,
                end: self.best.steps.len(),
            };
        }
        Place::Over
    }

    fn elements(&self, step: usize, list: usize) -> usize {
        let body = self.best.steps.get(step).and_then(Step::body);
        body.and_then(|b| b[LISTS[list].0].as_array())
            .map_or(0, Vec::len)
    }

    fn without(&self, start: usize, end: usize) -> Option<Vec<Step>> {
        let start = start.max(1);
        if start >= end {
            return None;
        }
        let mut gone: Vec<u32> = self.best.steps[start..end].iter().map(|s| s.id).collect();
        let mut steps = self.best.steps[..start].to_vec();
        for step in &self.best.steps[end..] {
            if self.depends(step, &gone) {
                gone.push(step.id);
            } else {
                steps.push(step.clone());
            }
        }
        Some(steps)
    }

    /// Whether a step cannot be sent once `gone` are gone. An entry of a list can: it goes alone.
    fn depends(&self, step: &Step, gone: &[u32]) -> bool {
        let Some(Value::Object(fields)) = step.body() else {
            return false;
        };
        fields.values().filter(|v| !v.is_array()).any(|value| {
            let mut wanted = Vec::new();
            needs(value, &mut wanted);
            wanted.iter().any(|id| gone.contains(id))
        })
    }

    fn without_element(&self, step: usize, list: usize, index: usize) -> Option<Vec<Step>> {
        let (name, least) = LISTS[list];
        if self.elements(step, list) <= index.max(least) {
            return None;
        }
        let mut steps = self.best.steps.clone();
        if let Line::Message { body, .. } = &mut steps[step].line
            && let Some(items) = body[name].as_array_mut()
        {
            items.remove(index);
        }
        Some(steps)
    }
}
