//! The log, the gate and the state on a terminal.
//!
//! ```text
//!   1 │ put a "1"         c1, message 2
//!     │ put b "2"
//!   2 ┆ still free
//!   ═══ the gate: all of it, or none ═══
//!   state   a "1"   by entry 1
//! ```

use isolab_core::view::{
    chains::Role,
    log::{AtTheGate, LogView, words::operation_text},
    row::{cut, key_text},
};

use super::canvas::Canvas;
use crate::style::Style;

/// Where the senders stand.
const SENDER: usize = 44;

/// The picture as text.
pub fn draw(log: &LogView, style: Style) -> String {
    let mut canvas = Canvas::default();
    let mut y = 0;
    if log.earlier > 0 {
        canvas.text(
            0,
            y,
            &format!("  … {} earlier entries", log.earlier),
            Role::Gone,
        );
        y += 1;
    }
    for entry in &log.entries {
        let role = if entry.fresh {
            Role::Chosen
        } else {
            Role::Plain
        };
        canvas.text(0, y, &format!("{:>4} ", entry.index), role);
        let sender = format!("{}, message {}", entry.client, entry.step);
        canvas.text(SENDER, y, &sender, role);
        for operation in &entry.operations {
            canvas.text(5, y, "│ ", role);
            canvas.fitted(7, y, &operation_text(operation), SENDER - 9, role);
            y += 1;
        }
    }
    canvas.text(
        0,
        y,
        &format!("{:>4} ┆ still free", log.next_index),
        Role::Gone,
    );
    y += 1;
    if let Some(gate) = &log.gate {
        y = at_the_gate(&mut canvas, y, gate);
    }
    if !log.state.is_empty() {
        canvas.text(0, y, "state", Role::Plain);
        y += 1;
    }
    for cell in &log.state {
        let role = match (&cell.value, cell.fresh) {
            (None, _) => Role::Gone,
            (_, true) => Role::Chosen,
            _ => Role::Plain,
        };
        let value = cell
            .value
            .as_deref()
            .map_or("deleted".to_owned(), |value| cut(value, 30));
        let before = match &cell.previous {
            Some(previous) => format!(", was {}", cut(previous, 30)),
            None => String::new(),
        };
        let line = format!(
            "     {:16} {value}{before}, by entry {}",
            key_text(&cell.key),
            cell.by_entry
        );
        canvas.text(0, y, &line, role);
        y += 1;
    }
    canvas.print(style)
}

fn at_the_gate(canvas: &mut Canvas, mut y: usize, gate: &AtTheGate) -> usize {
    let (title, role) = match &gate.error {
        Some(_) => ("═══ the gate: all of it, or none ═══", Role::Refused),
        None => ("─── gets alone take no entry ───", Role::Plain),
    };
    canvas.text(0, y, title, role);
    y += 1;
    for operation in &gate.operations {
        let (sign, role) = match (&operation.problem, &gate.error) {
            (Some(_), _) => ("✗", Role::Refused),
            (None, Some(_)) => ("✓", Role::Plain),
            (None, None) => ("·", Role::Plain),
        };
        canvas.text(3, y, sign, role);
        canvas.fitted(5, y, &operation_text(operation), SENDER - 7, role);
        if let Some(problem) = &operation.problem {
            canvas.text(SENDER, y, problem, role);
        }
        y += 1;
    }
    if let Some(error) = &gate.error {
        let place = gate
            .path
            .as_ref()
            .map(|path| format!("{path}: "))
            .unwrap_or_default();
        canvas.text(3, y, &format!("{place}{error}"), Role::Refused);
        y += 1;
    }
    y
}
