//! Records, commit, maps and monitor record on a terminal.
//!
//! ```text
//!   commit of t1    ● verify   3 reads sent, all current
//!                 ══● mark     commit point: from here on t1 has happened
//!   16    bal 60  generation 3             free
//!   1     bal 30  generation 1  ┄ bal 40  generation 2   t1 holds it
//!   writes  row 23   16 → 1
//! ```

use isolab_core::view::{
    chains::Role,
    mrt::{CommitLine, HashMapView, MrtView, RecordRow, RecordVersion, StepStatus},
    row::cut,
};

use super::canvas::Canvas;
use crate::style::Style;

/// Where the provisional versions and the locks stand.
const PROVISIONAL: usize = 46;
const LOCK: usize = 74;

/// The picture as text.
pub fn draw(view: &MrtView, style: Style) -> String {
    let mut canvas = Canvas::default();
    let mut y = 0;
    if let Some(commit) = &view.commit {
        y = commit_line(&mut canvas, y, commit);
    }
    for (x, head) in [
        (0, "record"),
        (14, "committed"),
        (PROVISIONAL, "provisional"),
        (LOCK, "lock"),
    ] {
        canvas.text(x, y, head, Role::Gone);
    }
    y += 1;
    for record in &view.records {
        record_row(&mut canvas, y, record);
        y += 1;
    }
    for map in &view.maps {
        y = hash_map(&mut canvas, y, map);
    }
    if let Some(monitor) = &view.monitor {
        let line = format!("monitor record of {}: {}", monitor.txn, monitor.note);
        canvas.text(0, y, &line, monitor.role);
        if monitor.exists {
            let line = format!(
                "  keyds {}  fwd {}  deadline {}",
                monitor.keyds.join(" "),
                monitor.fwd,
                monitor.deadline
            );
            canvas.text(0, y + 1, &line, monitor.role);
        }
    }
    canvas.print(style)
}

fn commit_line(canvas: &mut Canvas, mut y: usize, commit: &CommitLine) -> usize {
    let what = if commit.commit { "commit" } else { "abort" };
    let title = format!(
        "{what} of {}, message {}: {}",
        commit.txn, commit.step, commit.outcome
    );
    canvas.text(0, y, &title, Role::Plain);
    y += 1;
    for (place, step) in commit.steps.iter().enumerate() {
        let (sign, role) = match step.status {
            StepStatus::Done => ("●", Role::Chosen),
            StepStatus::Failed => ("✕", Role::Refused),
            StepStatus::InDoubt => ("?", Role::Refused),
            StepStatus::Skipped => ("·", Role::Plain),
            StepStatus::NotReached => ("○", Role::Gone),
        };
        let point = commit.commit_point == Some(place as u32);
        let lead = if point { "══" } else { "  " };
        let lines: Vec<&str> = step
            .done
            .iter()
            .chain(&step.failed)
            .map(String::as_str)
            .collect();
        let end = if point && commit.passed {
            " ══ commit point: it has happened"
        } else {
            ""
        };
        let line = format!("{lead}{sign} {:13} {}{end}", step.name, lines.join("; "));
        canvas.text(0, y, &line, role);
        y += 1;
    }
    y + 1
}

fn record_row(canvas: &mut Canvas, y: usize, record: &RecordRow) {
    canvas.fitted(0, y, &record.key, 13, Role::Plain);
    match &record.committed {
        Some(version) => canvas.fitted(
            14,
            y,
            &version_text(version),
            PROVISIONAL - 15,
            version.role,
        ),
        None => canvas.fitted(14, y, &record.note, PROVISIONAL - 15, Role::Gone),
    }
    match &record.provisional {
        Some(version) => {
            let text = format!("┄ {}", version_text(version));
            canvas.fitted(PROVISIONAL, y, &text, LOCK - PROVISIONAL - 1, version.role);
        }
        None => canvas.text(PROVISIONAL, y, "none", Role::Gone),
    }
    match &record.lock {
        Some(lock) => canvas.text(
            LOCK,
            y,
            &format!("{}, {}", lock.txn, lock.note),
            Role::Refused,
        ),
        None => canvas.text(LOCK, y, "free", Role::Gone),
    }
}

fn version_text(version: &RecordVersion) -> String {
    let bins = if version.tombstone {
        "deleted".to_owned()
    } else {
        cut(&version.bins.join(", "), 24)
    };
    format!("{bins}  generation {}", version.generation)
}

fn hash_map(canvas: &mut Canvas, mut y: usize, map: &HashMapView) -> usize {
    let title = format!(
        "{}: {} of {} rows in use",
        map.name,
        map.rows.len(),
        map.n_rows
    );
    canvas.text(0, y, &title, Role::Plain);
    y += 1;
    for row in &map.rows {
        let cells: Vec<String> = row
            .chain
            .iter()
            .map(|cell| format!("{} ({})", cell.key, cell.note))
            .collect();
        canvas.text(
            2,
            y,
            &format!("row {:>4}  {}", row.row, cells.join(" → ")),
            Role::Plain,
        );
        y += 1;
    }
    y
}
