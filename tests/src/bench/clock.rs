//! Time as a benchmark needs it.

use std::time::{Duration, Instant};

/// The best of several alternating runs of each.
pub fn best_times<const N: usize>(
    rounds: usize,
    mut runs: [&mut dyn FnMut() -> Duration; N],
) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..rounds {
        for (best, run) in best.iter_mut().zip(&mut runs) {
            *best = run().min(*best);
        }
    }
    best
}

/// How long something takes: the time that this thread was running, where the
/// system tells (a busy machine then disturbs less), else the time that passed.
pub fn time(work: impl FnOnce()) -> Duration {
    let (started, before) = (Instant::now(), running());
    work();
    match (before, running()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => started.elapsed(),
    }
}

/// How long this thread has been running so far.
fn running() -> Option<Duration> {
    // Giving way brings the kernel's account up to date.
    std::thread::yield_now();
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = account.split_ascii_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}
