//! Workers: each plays one case at a time, with its next process started ahead.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use isolab_core::judge::exercise::Exercise;
use isolab_core::judge::grade::{Grade, Job, Next, Options, Ticket};
use isolab_core::judge::report::{Verdict, verdict};
use isolab_core::judge::session::{End, Outcome};

use super::drive::{Patience, RunNotes, drive};
use super::process::{Launcher, Process};

/// How a grade is run.
pub struct Settings {
    /// The program.
    pub launcher: Launcher,
    /// Cases at once.
    pub jobs: usize,
    /// The bound of the whole grade.
    pub total: Duration,
    /// Whether everything said is kept.
    pub keep_transcripts: bool,
}

/// A grade that is over.
pub struct Graded {
    /// What was found.
    pub verdict: Verdict,
    /// Per case id, what only the shell knows.
    pub notes: BTreeMap<String, RunNotes>,
    /// From beginning to end.
    pub elapsed: Duration,
    /// Whether the total time was over before the plan was.
    pub expired: bool,
    /// Why the program could not be started.
    pub not_started: Option<String>,
}

/// How many cases may run at once on this machine.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

struct Shared {
    grade: Grade,
    notes: BTreeMap<String, RunNotes>,
    not_started: Option<String>,
    /// Programs that did not end with their input; after a few, less patience.
    lingering: usize,
    /// Cases that were played twice because the machine was overloaded.
    second_chances: usize,
}

/// Whether twice as much wants to run as there are cores: then a time limit says little.
fn overloaded() -> bool {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let now: f64 = load
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0);
    now > 2.0 * cores() as f64
}

/// Grades a program.
///
/// # Errors
/// A plan without cases.
pub fn grade(
    exercise: Arc<Exercise>,
    options: Options,
    settings: &Settings,
) -> Result<Graded, String> {
    let start = Instant::now();
    let grade = Grade::new(exercise, options);
    if grade.progress().1 == 0 {
        return Err("no case has this id; `isolab show EXERCISE` lists them".into());
    }
    let shared = Mutex::new(Shared {
        grade,
        notes: BTreeMap::new(),
        not_started: None,
        lingering: 0,
        second_chances: 0,
    });
    let changed = Condvar::new();
    let deadline = start + settings.total;
    std::thread::scope(|scope| {
        for _ in 0..settings.jobs {
            scope.spawn(|| work(&shared, &changed, settings, deadline));
        }
    });
    let mut shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    let expired = shared.grade.expired();
    Ok(Graded {
        verdict: verdict(&shared.grade),
        notes: std::mem::take(&mut shared.notes),
        elapsed: start.elapsed(),
        expired,
        not_started: shared.not_started,
    })
}

fn work(shared: &Mutex<Shared>, changed: &Condvar, settings: &Settings, deadline: Instant) {
    let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    let mut ahead: Option<io::Result<Process>> = None;
    loop {
        let mut state = lock();
        let job = loop {
            if Instant::now() >= deadline && !matches!(state.grade.progress(), (a, b) if a == b) {
                state.grade.expire();
            }
            match state.grade.next() {
                Next::Run(job) => break Some(job),
                Next::Finished => break None,
                Next::Wait => {
                    let pause = Duration::from_millis(200);
                    state = changed
                        .wait_timeout(state, pause)
                        .map_or_else(|e| e.into_inner().0, |(state, _)| state);
                }
            }
        };
        let grace = if state.lingering > 3 { 10 } else { 100 };
        drop(state);
        let Some(Job { ticket, session }) = job else {
            changed.notify_all();
            return;
        };
        let process = ahead.take().unwrap_or_else(|| settings.launcher.start());
        let case = session.case().id.clone();
        let (outcome, notes) = match process {
            Ok(mut process) => {
                ahead = Some(settings.launcher.start());
                let patience = Patience {
                    drain: Duration::from_millis(500),
                    grace: Duration::from_millis(grace),
                    deadline,
                };
                let limits = settings.launcher.limits;
                drive(
                    session,
                    &mut process,
                    limits,
                    patience,
                    settings.keep_transcripts,
                )
            }
            Err(error) => {
                let mut session = session;
                session.ended(End::NotStarted(error.to_string()));
                (session.outcome(), RunNotes::default())
            }
        };
        let (mut outcome, mut notes) = (outcome, notes);
        if outcome.timed_out && overloaded() {
            // The machine has more to do than it can: the case gets a second, quieter chance.
            let state = lock();
            let again = state
                .grade
                .again(ticket)
                .filter(|_| state.second_chances < 3);
            drop(state);
            if let (Some(session), Ok(mut process)) = (again, settings.launcher.start()) {
                lock().second_chances += 1;
                let patience = Patience {
                    drain: Duration::from_millis(500),
                    grace: Duration::from_millis(grace),
                    deadline,
                };
                let limits = settings.launcher.limits;
                let keep = settings.keep_transcripts;
                (outcome, notes) = drive(session, &mut process, limits, patience, keep);
            }
        }
        let mut state = lock();
        note(&mut state, ticket, &case, &outcome, notes);
        state.grade.done(ticket, outcome);
        drop(state);
        changed.notify_all();
    }
}

fn note(state: &mut Shared, ticket: Ticket, case: &str, outcome: &Outcome, notes: RunNotes) {
    use isolab_core::judge::session::Status;
    if outcome.status == Status::CouldNotStart {
        let why = outcome
            .divergences
            .first()
            .map_or("", |d| d.breach.got.as_str());
        state.not_started = Some(format!("the program could not be started: {why}"));
    }
    state.lingering += usize::from(notes.lingers);
    let place = match ticket {
        Ticket::Case(_) => case.to_owned(),
        Ticket::Probe => format!("{case} (shrunk)"),
    };
    // Of the shrinker's many scripts the last failing one is remembered.
    if ticket != Ticket::Probe || !outcome.passed() {
        state.notes.insert(place, notes);
    }
}
