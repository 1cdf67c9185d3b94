//! Who belongs to a program, and what they use: read from `/proc`.

use std::fs;

/// A program's processes at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Census {
    /// How many.
    pub processes: usize,
    /// Their resident bytes.
    pub memory: u64,
    /// Nanoseconds that the machine kept the program waiting for a core.
    pub starved: u64,
}

/// The census of `root` and all that it started.
pub fn census(root: u32) -> Census {
    let mut census = Census::default();
    let mut open = vec![root];
    // A bomb need not be counted to the end.
    const ENOUGH: usize = 4096;
    while let Some(pid) = open.pop() {
        census.processes += 1;
        census.memory += resident(pid);
        census.starved = census.starved.max(waited(pid));
        if census.processes >= ENOUGH {
            break;
        }
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            continue;
        };
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            open.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
    }
    census
}

fn resident(pid: u32) -> u64 {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages: u64 = statm
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    pages * rustix::param::page_size() as u64
}

fn waited(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
    stat.split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}
