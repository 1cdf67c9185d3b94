//! A whole grade: which cases run, in which order, and when to stop.
//!
//! ```text
//!   published · named · interactive · generated ──first failure──→ shrink
//!                                                                  │
//!                                     extended · robustness  ←─────┘
//! ```
//!
//! 1. A shell may run several cases at once; what counts is the order of the plan,
//!    so the report is the same as if they had run one after the other.
//! 2. Generated cases stop at their first failure, which is then shrunk.
//! 3. After two cases without an answer the remaining ones are not run.
//! 4. The shell says when the total time is over; the rest is then not run.

use super::exercise::Exercise;
use super::generate;
use super::script::{Case, List};
use super::session::{Outcome, Session, Status};
use super::shrink::Shrinker;
use std::sync::Arc;

/// What is asked of a grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many generated cases.
    pub cases: usize,
    /// The seed they come from.
    pub seed: u64,
    /// Only the cases with these ids (or all of a list, by its name).
    pub only: Vec<String>,
    /// Stop at the first case that fails and decides.
    pub fail_fast: bool,
    /// Instead of each case's own limit.
    pub timeout_ms: Option<u32>,
    /// Whether extended and robustness cases run.
    pub undeciding: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            cases: 200,
            seed: 1,
            only: Vec::new(),
            fail_fast: false,
            timeout_ms: None,
            undeciding: true,
        }
    }
}

/// What the shell does next.
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and taken apart at once; on 32 bits it is not large"
)]
pub enum Next {
    /// Run this.
    Run(Job),
    /// Something that runs must finish first.
    Wait,
    /// All is known.
    Finished,
}

/// A case to run.
pub struct Job {
    /// To be given back with the outcome.
    pub ticket: Ticket,
    /// The case, ready to be played.
    pub session: Session,
}

/// Which job an outcome belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// The case at this place of the plan.
    Case(usize),
    /// A script of the shrinker.
    Probe,
}

/// A failure made small.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The small script.
    pub case: Arc<Case>,
    /// How it went.
    pub outcome: Outcome,
    /// How many requests the original had.
    pub from: usize,
    /// Scripts that were tried.
    pub probes: usize,
    /// Whether it is known that nothing more can be taken out.
    pub minimal: bool,
}

/// A grade in the making.
pub struct Grade {
    exercise: Arc<Exercise>,
    options: Options,
    plan: Vec<Arc<Case>>,
    outcomes: Vec<Option<Outcome>>,
    handed: Vec<bool>,
    /// The first place whose outcome is not known.
    frontier: usize,
    without_answer: usize,
    generated_failed: bool,
    stopped: bool,
    shrinker: Option<Shrinker>,
    probe_out: bool,
    shrunk: Option<(usize, Shrunk)>,
}

/// After so many cases without an answer, the rest is not run.
const PATIENCE: usize = 2;

impl Grade {
    /// A grade of a program for `exercise`.
    pub fn new(exercise: Arc<Exercise>, options: Options) -> Grade {
        let plan: Vec<Arc<Case>> = plan(&exercise, &options)
            .into_iter()
            .map(Arc::new)
            .collect();
        Grade {
            outcomes: vec![None; plan.len()],
            handed: vec![false; plan.len()],
            plan,
            exercise,
            options,
            frontier: 0,
            without_answer: 0,
            generated_failed: false,
            stopped: false,
            shrinker: None,
            probe_out: false,
            shrunk: None,
        }
    }

    /// The exercise.
    pub fn exercise(&self) -> &Arc<Exercise> {
        &self.exercise
    }

    /// What was asked for.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The cases, in order, with what is known of each.
    pub fn results(&self) -> impl Iterator<Item = (&Arc<Case>, Option<&Outcome>)> {
        self.plan
            .iter()
            .zip(self.outcomes.iter().map(Option::as_ref))
    }

    /// The shrunk failure of the generated cases, with its place in the plan.
    pub fn shrunk(&self) -> Option<(usize, &Shrunk)> {
        self.shrunk.as_ref().map(|(place, shrunk)| (*place, shrunk))
    }

    /// How many cases are known, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.frontier, self.plan.len())
    }

    /// Scripts tried by the shrinker, while it works.
    pub fn shrinking(&self) -> Option<usize> {
        self.shrinker.as_ref().map(|s| s.probes)
    }

    /// What to run next.
    #[expect(
        clippy::should_implement_trait,
        reason = "what is next depends on what was given back"
    )]
    pub fn next(&mut self) -> Next {
        if let Some(shrinker) = &mut self.shrinker
            && !self.probe_out
        {
            match shrinker.candidate() {
                Some(case) => {
                    self.probe_out = true;
                    return Next::Run(self.job(Ticket::Probe, case));
                }
                None => self.end_shrinking(),
            }
        }
        let waiting = (self.frontier..self.plan.len())
            .find(|&n| !self.handed[n] && self.outcomes[n].is_none());
        match waiting {
            Some(n) => {
                self.handed[n] = true;
                Next::Run(self.job(Ticket::Case(n), Arc::clone(&self.plan[n])))
            }
            None if self.frontier < self.plan.len() || self.probe_out => Next::Wait,
            None => Next::Finished,
        }
    }

    fn job(&self, ticket: Ticket, case: Arc<Case>) -> Job {
        let model = self.exercise.model(case.list);
        Job {
            ticket,
            session: Session::new(case, model),
        }
    }

    /// The case of a ticket once more, for a shell that doubts what it saw.
    pub fn again(&self, ticket: Ticket) -> Option<Session> {
        let Ticket::Case(n) = ticket else { return None };
        let case = self.plan.get(n)?;
        let model = self.exercise.model(case.list);
        Some(Session::new(Arc::clone(case), model))
    }

    /// A job's outcome.
    pub fn done(&mut self, ticket: Ticket, outcome: Outcome) {
        match ticket {
            Ticket::Probe => {
                self.probe_out = false;
                if let Some(shrinker) = &mut self.shrinker {
                    shrinker.feed(outcome);
                }
            }
            // What ran ahead of a stop does not count.
            Ticket::Case(n) if self.outcomes[n].is_none() => {
                self.outcomes[n] = Some(outcome);
                self.move_frontier();
            }
            Ticket::Case(_) => {}
        }
    }

    fn move_frontier(&mut self) {
        while let Some(Some(outcome)) = self.outcomes.get(self.frontier) {
            let (case, n) = (Arc::clone(&self.plan[self.frontier]), self.frontier);
            self.frontier += 1;
            let failed = !matches!(outcome.status, Status::Passed | Status::NotRun);
            self.without_answer += usize::from(outcome.timed_out);
            let outcome = outcome.clone();
            if failed && case.list == List::Generated && !self.generated_failed {
                self.generated_failed = true;
                self.shrinker = Some(Shrinker::new(case.clone(), outcome.clone()));
                self.shrunk = Some((n, not_yet_shrunk(&case, &outcome)));
                self.skip(|case| case.list == List::Generated);
            }
            if outcome.status == Status::CouldNotStart
                || self.without_answer >= PATIENCE
                || (self.options.fail_fast && failed && case.list.decides())
            {
                self.skip(|_| true);
            }
        }
    }

    fn skip(&mut self, which: impl Fn(&Case) -> bool) {
        for n in self.frontier..self.plan.len() {
            if which(&self.plan[n]) {
                self.outcomes[n] = Some(Outcome::not_run());
            }
        }
    }

    fn end_shrinking(&mut self) {
        let Some(shrinker) = self.shrinker.take() else {
            return;
        };
        let probes = shrinker.probes;
        let (case, outcome, from, minimal) = shrinker.result();
        if let Some((_, shrunk)) = &mut self.shrunk {
            *shrunk = Shrunk {
                case,
                outcome,
                from,
                probes,
                minimal,
            };
        }
    }

    /// The total time is over: nothing more is run.
    pub fn expire(&mut self) {
        self.stopped = true;
        self.end_shrinking();
        self.probe_out = false;
        for outcome in &mut self.outcomes {
            outcome.get_or_insert_with(Outcome::not_run);
        }
        self.frontier = self.plan.len();
    }

    /// Whether the total time ended it.
    pub fn expired(&self) -> bool {
        self.stopped
    }
}

fn not_yet_shrunk(case: &Arc<Case>, outcome: &Outcome) -> Shrunk {
    Shrunk {
        case: Arc::clone(case),
        outcome: outcome.clone(),
        from: case.steps.len(),
        probes: 0,
        minimal: false,
    }
}

/// All cases that were asked for, in order.
fn plan(exercise: &Exercise, options: &Options) -> Vec<Case> {
    let mut cases: Vec<Case> = exercise.cases.clone();
    cases.extend(exercise.interactive());
    if let Some(grammar) = exercise.grammar() {
        cases.extend((0..options.cases).map(|n| generate::case(&*grammar, options.seed, n)));
    }
    cases.sort_by_key(|case| case.list);
    let wanted = |case: &Case| {
        let chosen = options
            .only
            .iter()
            .any(|o| *o == case.id || o == case.list.name());
        let counts = options.undeciding || case.list.decides();
        (options.only.is_empty() && counts) || chosen
    };
    cases.retain(wanted);
    if let Some(limit) = options.timeout_ms {
        cases.iter_mut().for_each(|case| case.timeout_ms = limit);
    }
    cases
}
