//! # Contention: what optimism costs when everybody wants the same key
//!
//! Optimistic control lets every transaction run and checks at its commit. That
//! is cheap while conflicts are rare, and wasted work when they are not. This
//! study makes the difference visible: the same clients, the same work, and a
//! growing share of accesses that go to a few hot keys.
//!
//! ```text
//!   hot    abort rate
//!     0 %  ▏
//!    50 %  ████████
//!   100 %  ████████████████████████
//! ```
//!
//! 1. Each client runs its transactions one after another: begin, read some
//!    keys, commit a write of one of them.
//! 2. A seeded scheduler decides whose message is next, so clients overlap; a
//!    seed gives the same script on every platform.
//! 3. A refused transaction is tried again with the same keys, up to a limit;
//!    then the client gives it up and goes on.
//! 4. The reference node answers every message: the figures are counted from
//!    its replies, and the script of each point can be replayed.
//!
//! Left out: time. A retry costs its messages; how long they take depends on a
//! network that this study does not have.

mod clients;
mod random;

pub use clients::{Generated, generate};

use serde::{Deserialize, Serialize};

use crate::view::scene::Table;

/// What the clients do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Workload {
    /// Seed of all choices.
    pub seed: u32,
    /// Clients that run at the same time, 1 to 100.
    pub clients: u32,
    /// Keys, 1 to 10,000.
    pub keys: u32,
    /// The first so many keys are hot, 1 to `keys`.
    pub hot_keys: u32,
    /// Transactions of each client, 1 to 1,000.
    pub transactions: u32,
    /// Keys that a transaction reads, 1 to 8; it writes the first of them.
    pub reads: u32,
    /// How often a refused transaction is tried again, 0 to 100.
    pub retries: u32,
}

/// What came of one share of hot keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Point {
    /// Of 100 accesses, how many go to a hot key.
    pub hot_percent: u32,
    /// Commits that were asked for.
    pub attempts: u32,
    /// Commits that succeeded.
    pub commits: u32,
    /// Commits that were refused.
    pub aborts: u32,
    /// Attempts that were not a transaction's first.
    pub retries: u32,
    /// Transactions that were given up after their last retry.
    pub given_up: u32,
    /// Of 1,000 attempts, how many were refused.
    pub aborted_per_mille: u32,
    /// Messages sent for all of it.
    pub messages: u32,
}

/// The study: one point for each share of hot keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Contention {
    /// What the clients did.
    pub workload: Workload,
    /// Points, from no hot accesses to hot accesses only.
    pub points: Vec<Point>,
    /// The same as a table.
    pub table: Table,
    /// What the points say.
    pub sentences: Vec<String>,
}

impl Default for Workload {
    fn default() -> Self {
        Workload {
            seed: 1,
            clients: 8,
            keys: 100,
            hot_keys: 2,
            transactions: 50,
            reads: 2,
            retries: 3,
        }
    }
}

impl Workload {
    /// Says which setting is out of its range.
    pub fn check(&self) -> Result<(), String> {
        let ranges = [
            ("clients", self.clients, 1, 100),
            ("keys", self.keys, 1, 10_000),
            ("hot_keys", self.hot_keys, 1, self.keys),
            ("transactions", self.transactions, 1, 1000),
            ("reads", self.reads, 1, 8),
            ("retries", self.retries, 0, 100),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(format!("{name}: expected {low} to {high}, got {value}"));
            }
        }
        Ok(())
    }
}

/// Runs the study in steps of 10 percent.
///
/// # Errors
/// A setting that is out of its range.
pub fn study(workload: &Workload) -> Result<Contention, String> {
    workload.check()?;
    let points = (0..=10).map(|tenth| generate(workload, tenth * 10).point);
    let points: Vec<Point> = points.collect();
    Ok(Contention {
        workload: workload.clone(),
        table: table(&points),
        sentences: sentences(workload, &points),
        points,
    })
}

/// `12.5 %`.
pub fn percent(per_mille: u32) -> String {
    match per_mille % 10 {
        0 => format!("{} %", per_mille / 10),
        tenth => format!("{}.{tenth} %", per_mille / 10),
    }
}

fn table(points: &[Point]) -> Table {
    let columns = [
        "hot accesses",
        "abort rate",
        "commits",
        "aborts",
        "retries",
        "given up",
        "messages",
    ];
    let row = |point: &Point| {
        let counts = [
            point.commits,
            point.aborts,
            point.retries,
            point.given_up,
            point.messages,
        ];
        let mut row = vec![
            format!("{} %", point.hot_percent),
            percent(point.aborted_per_mille),
        ];
        row.extend(counts.map(|count| count.to_string()));
        row
    };
    let rows = points.iter().map(row).collect();
    Table::new("Contention as the share of hot keys grows", &columns, rows)
}

fn sentences(workload: &Workload, points: &[Point]) -> Vec<String> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let wanted = workload.clients * workload.transactions;
    let cost = |point: &Point| match point.commits {
        0 => "no commit at all".to_owned(),
        commits => {
            let tenths = (u64::from(point.messages) * 10 / u64::from(commits)) as u32;
            format!("{}.{} messages a commit", tenths / 10, tenths % 10)
        }
    };
    vec![
        format!(
            "{} clients want {wanted} commits. With accesses spread over all {} keys, {} of the attempts are refused: {}.",
            workload.clients,
            workload.keys,
            percent(first.aborted_per_mille),
            cost(first)
        ),
        format!(
            "When every access goes to {} of them, {} are refused: {}, and {} of {wanted} transactions are given up after {} retries.",
            workload.hot_keys,
            percent(last.aborted_per_mille),
            cost(last),
            last.given_up,
            workload.retries
        ),
        "Optimism pays while conflicts are rare: a refused transaction has done all its work for nothing, and its retry meets the same crowd.".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Run;
    use crate::view::scene::Mark;

    #[test]
    fn aborts_grow_with_the_share_of_hot_keys() {
        let study = study(&Workload::default()).unwrap();
        let rates: Vec<u32> = study.points.iter().map(|p| p.aborted_per_mille).collect();
        assert_eq!(rates.len(), 11);
        assert!(rates[0] < 200 && rates[10] > 400, "{rates:?}");
        assert!(rates[0] < rates[5] && rates[5] < rates[10], "{rates:?}");
        for point in &study.points {
            assert_eq!(point.attempts, point.commits + point.aborts);
            assert_eq!(point.commits + point.given_up, 8 * 50);
            assert_eq!(point.aborts, point.retries + point.given_up);
        }
    }

    #[test]
    fn one_client_alone_is_never_refused() {
        let alone = Workload {
            clients: 1,
            hot_keys: 1,
            ..Workload::default()
        };
        let study = study(&alone).unwrap();
        assert!(study.points.iter().all(|point| point.aborts == 0));
    }

    #[test]
    fn the_script_of_a_point_replays_to_its_figures() {
        let generated = generate(&Workload::default(), 70);
        let run = Run::from_script(&generated.lines.join("\n"));
        let rows = run.rows(1..run.len() + 1);
        let marks = |mark: Mark| rows.iter().filter(|row| row.mark == mark).count() as u32;
        assert_eq!(marks(Mark::Abort), generated.point.aborts);
        assert_eq!(marks(Mark::Commit), generated.point.commits);
        assert_eq!(marks(Mark::Error), 0);
        assert_eq!(generated, generate(&Workload::default(), 70));
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let wrong = Workload {
            hot_keys: 101,
            ..Workload::default()
        };
        assert_eq!(
            study(&wrong).unwrap_err(),
            "hot_keys: expected 1 to 100, got 101"
        );
    }
}
