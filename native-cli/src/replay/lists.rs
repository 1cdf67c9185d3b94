//! Lists on a terminal: elements with their writers, reads as prefixes.
//!
//! ```text
//!   9    1·T1  2·T3  3·T6
//!        ╰─────────╯ T4 of c3 read 2, message 5
//! ```

use isolab_core::view::{
    chains::Role,
    lists::{List, Lists},
    row::cut,
};

use super::canvas::Canvas;
use crate::style::Style;

/// Columns kept for the keys.
const KEYS: usize = 14;

/// The picture as text.
pub fn draw(lists: &Lists, style: Style) -> String {
    if lists.lists.is_empty() {
        return "no lists yet\n".to_owned();
    }
    let mut canvas = Canvas::default();
    let mut y = 0;
    for list in &lists.lists {
        y = draw_list(&mut canvas, y, list, style.width);
    }
    canvas.print(style)
}

fn draw_list(canvas: &mut Canvas, mut y: usize, list: &List, width: usize) -> usize {
    canvas.fitted(0, y, &list.key, KEYS - 1, Role::Plain);
    let text = |element: &str, writer: &str| format!("{}·{writer}", cut(element, 12));
    // The newest cells that fit: what the step appended is among them.
    let mut shown = list.cells.len();
    let mut used = KEYS + 4;
    while shown > 0 {
        let cell = &list.cells[shown - 1];
        used += text(&cell.element, &cell.writer).chars().count() + 2;
        if used > width {
            break;
        }
        shown -= 1;
    }
    let hidden = list.earlier as usize + shown;
    let mut x = KEYS;
    if hidden > 0 {
        let earlier = format!("…{hidden} ");
        canvas.text(x, y, &earlier, Role::Gone);
        x += earlier.chars().count();
    }
    // Where each shown position ends, for the brackets.
    let start = x;
    let mut ends = Vec::new();
    for cell in &list.cells[shown..] {
        let label = text(&cell.element, &cell.writer);
        let role = if cell.fresh {
            Role::Chosen
        } else {
            Role::Plain
        };
        canvas.text(x, y, &label, role);
        x += label.chars().count();
        ends.push(x);
        x += 2;
    }
    if list.cells.is_empty() {
        canvas.text(x, y, "null", Role::Gone);
    }
    y += 1;
    for read in &list.reads {
        let role = if read.now { Role::Chosen } else { Role::Plain };
        let said = format!(
            "{} of {} read {}, message {}",
            read.reader, read.client, read.length, read.step
        );
        let seen = (read.length as usize).checked_sub(hidden + 1);
        let x = match seen.and_then(|last| ends.get(last)) {
            Some(end) => {
                canvas.text(start, y, "╰", role);
                canvas.fill(start + 1, y, (end - start).saturating_sub(2), '─', role);
                canvas.text(end - 1, y, "╯", role);
                end + 1
            }
            None => start,
        };
        canvas.text(x, y, &said, role);
        y += 1;
    }
    for read in &list.incompatible {
        let cells: Vec<String> = read
            .cells
            .iter()
            .map(|cell| text(&cell.element, &cell.writer))
            .collect();
        let said = format!(
            "✗ {} of {} answered {}, message {}: differs at position {}",
            read.reader,
            read.client,
            cells.join("  "),
            read.step,
            read.first_difference
        );
        canvas.text(KEYS, y, &said, Role::Refused);
        y += 1;
    }
    y
}
