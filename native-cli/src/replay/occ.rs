//! Keys and transactions on a terminal; messages run to the right.
//!
//! ```text
//!   message     2           5       7   8
//!   x           ├v1 10─────────────────├v2 11────
//!   t1 c1             [───────o───────────✗]  refused: x was 1, is 2
//! ```

use isolab_core::view::{
    chains::Role,
    occ::{OccView, Outcome, Transaction},
    row::{cut, key_text},
};

use super::canvas::Canvas;
use crate::style::Style;

/// Columns of one message.
const STEP: usize = 4;
/// Columns kept for the names.
const NAMES: usize = 14;

/// The picture as text.
pub fn draw(occ: &OccView, style: Style) -> String {
    if occ.keys.is_empty() && occ.transactions.is_empty() {
        return "no transactions yet\n".to_owned();
    }
    let fits = (style.width.saturating_sub(NAMES + 2) / STEP).max(4) as u32;
    let sheet = Sheet {
        from: occ.from_step.max((occ.to_step + 1).saturating_sub(fits)),
        to: occ.to_step,
    };
    let mut canvas = Canvas::default();
    canvas.text(0, 0, "message", Role::Plain);
    for step in sheet.from..=sheet.to {
        canvas.text(sheet.x(step), 0, &step.to_string(), Role::Plain);
    }
    let mut y = 1;
    for lane in &occ.keys {
        canvas.fitted(0, y, &key_text(&lane.key), NAMES - 1, Role::Plain);
        if lane.versions.is_empty() {
            canvas.text(NAMES, y, "never written: version 0", Role::Gone);
        }
        for version in &lane.versions {
            let start = sheet.x(version.from_step);
            let end = version.to_step.map_or(sheet.end(), |to| sheet.x(to));
            if end <= start {
                continue;
            }
            canvas.fill(start, y, end - start, '─', version.role);
            if version.from_step >= sheet.from {
                canvas.fill(start, y, 1, '├', version.role);
            }
            let label = format!("v{} {}", version.version, cut(&version.value, 14));
            canvas.fitted(start + 1, y, &label, end - start - 1, version.role);
        }
        y += 1;
    }
    y += 1;
    for transaction in &occ.transactions {
        sheet.transaction(&mut canvas, y, transaction);
        y += 1;
    }
    let mut out = canvas.print(style);
    if occ.transactions_total as usize > occ.transactions.len() {
        let earlier = occ.transactions_total as usize - occ.transactions.len();
        out += &style.dim(&format!(
            "{earlier} transactions ended before message {}\n",
            sheet.from
        ));
    }
    out
}

/// Where messages stand.
struct Sheet {
    from: u32,
    to: u32,
}

impl Sheet {
    fn x(&self, step: u32) -> usize {
        NAMES + (step.max(self.from) - self.from) as usize * STEP
    }

    fn end(&self) -> usize {
        self.x(self.to) + 3 * STEP
    }

    fn transaction(&self, canvas: &mut Canvas, y: usize, transaction: &Transaction) {
        let role = match transaction.outcome {
            Outcome::Refused => Role::Refused,
            _ => Role::Plain,
        };
        let attempt = match transaction.attempt {
            1 => String::new(),
            n => format!(" try {n}"),
        };
        let name = format!("{} {}{attempt}", transaction.id, transaction.client);
        canvas.fitted(0, y, &name, NAMES - 1, role);
        let begin = transaction
            .begin_step
            .or(transaction.commit_step)
            .unwrap_or(self.to);
        let start = self.x(begin);
        let end = transaction
            .commit_step
            .map_or(self.end() - 2, |step| self.x(step) + 1);
        canvas.fill(start, y, end.saturating_sub(start), '─', role);
        if begin >= self.from && transaction.begin_step.is_some() {
            canvas.text(start, y, "[", role);
        }
        for read in transaction
            .reads
            .iter()
            .filter(|read| read.step >= self.from)
        {
            canvas.text(self.x(read.step), y, "o", Role::Chosen);
        }
        let end = end.max(start + 1);
        let said = match transaction.outcome {
            Outcome::Open => {
                canvas.text(end, y, "…", role);
                return;
            }
            Outcome::Committed if transaction.writes.is_empty() => "committed".to_owned(),
            Outcome::Committed => {
                let keys: Vec<String> =
                    transaction.writes.iter().map(|key| key_text(key)).collect();
                format!("committed {}", keys.join(", "))
            }
            Outcome::Refused => {
                let failed = transaction.checks.iter().filter(|check| !check.equal);
                let failed: Vec<String> = failed
                    .map(|c| format!("{} was {}, is {}", key_text(&c.key), c.read, c.now))
                    .collect();
                format!("refused: {}", failed.join(", "))
            }
        };
        let sign = if transaction.outcome == Outcome::Refused {
            "✗"
        } else {
            "✓"
        };
        canvas.text(end - 1, y, sign, role);
        canvas.text(end, y, "]", role);
        canvas.text(end + 2, y, &cut(&said, 60), role);
    }
}
