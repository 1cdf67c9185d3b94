//! How a log's index may grow: any start, any step, but not a step per operation.
//!
//! ```text
//!   batch     1 put   3 puts   2 puts
//!   log_index   5       6        7       one entry each: fine
//!   log_index  10      20       30       fine
//!   log_index   1       4        6       grows with the number of puts: an entry per operation
//! ```
//!
//! 1. The index grows with every batch that writes.
//! 2. Between two such batches it may grow for read-only and refused ones too.
//! 3. What is refused is a growth that is an exact linear function of how many
//!    operations (writes, puts, keys) the batches had, over at least eight batches
//!    of at least three sizes: fewer could be chance.

/// What a written batch consisted of.
#[derive(Clone, Copy)]
pub struct Written {
    /// All operations.
    pub operations: usize,
    /// Puts and deletes.
    pub writes: usize,
    /// Puts.
    pub puts: usize,
    /// Different keys written.
    pub keys: usize,
}

/// Why an index cannot be right.
pub struct Fault {
    /// One sentence.
    pub message: String,
    /// What would have been right.
    pub expected: String,
}

/// The indexes seen so far.
#[derive(Default)]
pub struct LogSteps {
    last: Option<(i64, Written)>,
    operations_between: usize,
    growths: Vec<(i64, [i64; FEATURES])>,
}

const FEATURES: usize = 10;
const ENOUGH: usize = 8;

impl LogSteps {
    /// A batch that need not have taken an entry: read-only, or refused.
    pub fn not_written(&mut self, operations: usize, refused: bool) {
        self.operations_between += if refused { 0 } else { operations };
    }

    /// A batch that took the entry `index`.
    ///
    /// # Errors
    /// The index did not grow, or grows with the number of operations.
    pub fn written(&mut self, index: i64, batch: Written) -> Result<(), Fault> {
        let between = std::mem::take(&mut self.operations_between);
        if let Some((last, before)) = self.last.replace((index, batch)) {
            if index <= last {
                return Err(Fault {
                    message: format!("The batch written before it was entry {last}."),
                    expected: format!("\"log_index\": more than {last}"),
                });
            }
            self.growths
                .push((index - last, features(&before, &batch, between)));
            self.depends_on_size()?;
        }
        Ok(())
    }

    fn depends_on_size(&self) -> Result<(), Fault> {
        if self.growths.len() < ENOUGH {
            return Ok(());
        }
        let linear = (0..FEATURES).any(|feature| {
            let points: Vec<(i64, i64)> = self
                .growths
                .iter()
                .map(|(growth, of)| (of[feature], *growth))
                .collect();
            grows_with(&points)
        });
        if !linear {
            return Ok(());
        }
        let growths: Vec<String> = self.growths.iter().map(|(g, _)| g.to_string()).collect();
        Err(Fault {
            message: format!(
                "From batch to batch the index grew by {}: more for batches with more operations.",
                growths.join(", ")
            ),
            expected: "the same growth for a batch of one operation and for a batch of five".into(),
        })
    }
}

fn features(before: &Written, batch: &Written, between: usize) -> [i64; FEATURES] {
    let counts = |w: &Written| [w.operations, w.writes, w.puts, w.keys];
    let [a, b, c, d] = counts(before);
    let [e, f, g, h] = counts(batch);
    [a, b, c, d, e, f, g, h, a + between, e + between].map(|n| n as i64)
}

/// Whether the points lie exactly on a line that is not level, with three different x at least.
fn grows_with(points: &[(i64, i64)]) -> bool {
    let mut sizes: Vec<i64> = points.iter().map(|p| p.0).collect();
    sizes.sort_unstable();
    sizes.dedup();
    if sizes.len() < 3 {
        return false;
    }
    let (x0, y0) = points[0];
    let Some(&(x1, y1)) = points.iter().find(|p| p.0 != x0) else {
        return false;
    };
    y1 != y0
        && points.iter().all(|&(x, y)| {
            i128::from(y - y0) * i128::from(x1 - x0) == i128::from(y1 - y0) * i128::from(x - x0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(step: impl Fn(usize, usize) -> i64) -> Result<(), String> {
        let mut log = LogSteps::default();
        let mut index = 40;
        for n in 0..14 {
            let size = [1, 3, 2, 5, 1, 4][n % 6];
            index += step(n, size);
            let batch = Written {
                operations: size,
                writes: size,
                puts: size,
                keys: size,
            };
            log.written(index, batch).map_err(|f| f.message)?;
        }
        Ok(())
    }

    #[test]
    fn any_start_and_any_step_will_do() {
        batches(|_, _| 1).unwrap();
        batches(|_, _| 10).unwrap();
        batches(|n, _| 1 + (n * n % 7) as i64).unwrap();
    }

    #[test]
    fn an_entry_per_operation_will_not() {
        assert!(
            batches(|_, size| size as i64)
                .unwrap_err()
                .contains("more operations")
        );
        assert!(batches(|_, size| 2 + 3 * size as i64).is_err());
        assert!(batches(|_, _| 0).unwrap_err().contains("entry 40"));
    }
}
