//! A sheet of characters, each with its role.

use isolab_core::view::chains::Role;

use crate::style::Style;

/// Rows of characters; it grows as it is drawn on.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    rows: Vec<Vec<(char, Role)>>,
}

impl Canvas {
    /// Writes text from a place to the right, over what was there.
    pub fn text(&mut self, x: usize, y: usize, text: &str, role: Role) {
        while self.rows.len() <= y {
            self.rows.push(Vec::new());
        }
        let row = &mut self.rows[y];
        for (i, letter) in text.chars().enumerate() {
            while row.len() <= x + i {
                row.push((' ', Role::Plain));
            }
            row[x + i] = (letter, role);
        }
    }

    /// How many rows were drawn on.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// Writes at most `width` characters; a longer text ends in `…`.
    pub fn fitted(&mut self, x: usize, y: usize, text: &str, width: usize, role: Role) {
        if text.chars().count() <= width {
            self.text(x, y, text, role);
        } else if width > 0 {
            let kept: String = text.chars().take(width - 1).collect();
            self.text(x, y, &(kept + "…"), role);
        }
    }

    /// Fills a stretch of a row with one character.
    pub fn fill(&mut self, x: usize, y: usize, width: usize, with: char, role: Role) {
        self.text(x, y, &with.to_string().repeat(width), role);
    }

    /// The sheet as lines, runs of one role painted at once.
    pub fn print(&self, style: Style) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let end = row
                .iter()
                .rposition(|(letter, _)| *letter != ' ')
                .map_or(0, |at| at + 1);
            let mut run = String::new();
            let mut role = Role::Plain;
            for (letter, of) in &row[..end] {
                if *of != role {
                    out.push_str(&style.role(role, &run));
                    run.clear();
                    role = *of;
                }
                run.push(*letter);
            }
            out.push_str(&style.role(role, &run));
            out.push('\n');
        }
        out
    }
}
