//! Version chains on a terminal: a grid of keys and timestamps.
//!
//! ```text
//!          100       200       240   280
//!                              s1    read 280
//!   x      (v1 "old) ├v2 "new" ◆─────│────
//! ```
//!
//! Every timestamp at which something begins or stands has a column; time
//! between two columns is not to scale. A block is `├` and its label, a
//! deletion `╳`, a collected one stands in brackets, a newer one begins with
//! `┊`; `●` is the read of this step, `○` an earlier one at the same timestamp,
//! `◆` what a snapshot sees.

use std::collections::BTreeSet;

use isolab_core::view::{
    chains::{Block, Chains, Lane, Role},
    row::{cut, key_text},
};

use super::canvas::Canvas;
use crate::style::Style;

/// Columns kept for the keys.
const KEYS: usize = 16;

/// The grid as text.
pub fn draw(chains: &Chains, style: Style) -> String {
    let grid = Grid::new(chains, style.width);
    if grid.columns.is_empty() {
        return "no versions yet\n".to_owned();
    }
    let mut canvas = Canvas::default();
    grid.axis(&mut canvas);
    for lane in &chains.lanes {
        let y = canvas.height();
        grid.lane(&mut canvas, y, lane);
    }
    let mut out = canvas.print(style);
    if grid.hidden > 0 {
        out += &style.dim(&format!("{} earlier timestamps not shown\n", grid.hidden));
    }
    let total = chains.lanes_total as usize;
    if total > chains.lanes.len() {
        out += &style.dim(&format!(
            "{} more keys not shown\n",
            total - chains.lanes.len()
        ));
    }
    out
}

/// A timestamp and the place of its column.
struct Column {
    at: u64,
    x: usize,
    width: usize,
}

struct Grid<'a> {
    chains: &'a Chains,
    columns: Vec<Column>,
    /// Timestamps to the left of the first column.
    hidden: usize,
    end: usize,
}

impl<'a> Grid<'a> {
    fn new(chains: &'a Chains, width: usize) -> Self {
        let mut times = BTreeSet::new();
        for block in chains.lanes.iter().flat_map(|lane| &lane.blocks) {
            times.insert(block.from);
        }
        times.extend(
            chains
                .lanes
                .iter()
                .flat_map(|lane| &lane.bars)
                .map(|bar| bar.from),
        );
        times.extend(chains.pins.iter().map(|pin| pin.at));
        times.extend(chains.watermark.iter().map(|mark| mark.at));
        times.extend(chains.read.iter().map(|read| read.at));
        let refused = chains.refused.as_ref();
        times.extend(refused.iter().map(|refused| refused.at));
        times.extend(refused.and_then(|refused| refused.read_at));
        let label = chains
            .lanes
            .iter()
            .map(|lane| key_text(&lane.key).chars().count())
            .max();
        let left = label.unwrap_or(0).min(KEYS) + 2;
        let mut grid = Grid {
            chains,
            columns: Vec::new(),
            hidden: 0,
            end: left,
        };
        // What is newest, or what the step is about, must be in view: fill from
        // the right, beginning a little after the focus.
        let times: Vec<u64> = times.into_iter().collect();
        let focus = grid.focus(&times);
        let widths: Vec<usize> = times.iter().map(|at| grid.width_at(*at)).collect();
        let room = width.saturating_sub(left + 1);
        let mut last = times.len();
        while last > focus + 1 && widths[focus..last].iter().sum::<usize>() > room {
            last -= 1;
        }
        let mut first = last;
        let mut used = 0;
        while first > 0 && used + widths[first - 1] <= room {
            first -= 1;
            used += widths[first];
        }
        let mut x = left;
        for (at, width) in times[first..last].iter().zip(&widths[first..last]) {
            grid.columns.push(Column {
                at: *at,
                x,
                width: *width,
            });
            x += width;
        }
        grid.hidden = first;
        grid.end = x;
        grid
    }

    /// The place of the timestamp that the step is about.
    fn focus(&self, times: &[u64]) -> usize {
        let blocks = self.chains.lanes.iter().flat_map(|lane| &lane.blocks);
        let fresh = blocks
            .clone()
            .find(|block| block.fresh)
            .map(|block| block.from);
        let read = self.chains.read.as_ref().map(|read| read.at);
        let refused = self.chains.refused.as_ref().map(|refused| refused.at);
        let at = read.or(refused).or(fresh);
        let place = at.and_then(|at| times.iter().position(|time| *time == at));
        place.unwrap_or(times.len().saturating_sub(1))
    }

    /// Room for the widest label that begins at a timestamp.
    fn width_at(&self, at: u64) -> usize {
        let labels = self.chains.lanes.iter().flat_map(|lane| {
            let blocks = lane.blocks.iter().filter(|block| block.from == at);
            let bars = lane.bars.iter().filter(|bar| bar.from == at);
            let bars = bars.map(|bar| bar_label(bar.count).chars().count());
            blocks.map(|block| label(block).chars().count()).chain(bars)
        });
        let names = self.names_at(at).chars().count();
        let widest = labels
            .max()
            .unwrap_or(0)
            .max(names)
            .max(at.to_string().len());
        // The blocks' signs need a place before the label, columns one between.
        widest + 2
    }

    /// What stands at a timestamp: the read, snapshots, the watermark.
    fn names_at(&self, at: u64) -> String {
        let mut names = Vec::new();
        let read = self.chains.read.as_ref().filter(|read| read.at == at);
        names.extend(read.map(|_| "▼ read".to_owned()));
        names.extend(
            self.chains
                .pins
                .iter()
                .filter(|pin| pin.at == at)
                .map(|pin| pin.id.clone()),
        );
        let mark = self.chains.watermark.as_ref().filter(|mark| mark.at == at);
        names.extend(mark.map(|_| "watermark".to_owned()));
        let refused = self
            .chains
            .refused
            .as_ref()
            .filter(|refused| refused.at == at);
        names.extend(refused.map(|_| "✗ refused".to_owned()));
        let answered = self
            .chains
            .refused
            .as_ref()
            .filter(|r| r.read_at == Some(at));
        names.extend(answered.map(|_| "○ answered".to_owned()));
        names.join(" ")
    }

    fn axis(&self, canvas: &mut Canvas) {
        for column in &self.columns {
            let names = self.names_at(column.at);
            let read = self
                .chains
                .read
                .as_ref()
                .is_some_and(|read| read.at == column.at);
            let role = if read { Role::Chosen } else { Role::Plain };
            let refused = self
                .chains
                .refused
                .as_ref()
                .is_some_and(|r| r.at == column.at);
            let role = if refused { Role::Refused } else { role };
            canvas.text(column.x, 0, &column.at.to_string(), role);
            if !names.is_empty() {
                canvas.text(column.x, 1, &names, role);
            }
        }
    }

    fn lane(&self, canvas: &mut Canvas, y: usize, lane: &Lane) {
        let role = if lane.current {
            Role::Chosen
        } else {
            Role::Plain
        };
        canvas.fitted(0, y, &key_text(&lane.key), KEYS, role);
        for block in &lane.blocks {
            self.block(canvas, y, block);
        }
        for bar in &lane.bars {
            if let Some(column) = self.columns.iter().find(|column| column.at == bar.from) {
                canvas.text(column.x, y, &bar_label(bar.count), Role::Plain);
            }
        }
        for column in &self.columns {
            self.marks(canvas, y, lane, column);
        }
    }

    fn block(&self, canvas: &mut Canvas, y: usize, block: &Block) {
        let begins = |column: &&Column| column.at >= block.from;
        let start = self.columns.iter().find(begins);
        let Some(start) = start.filter(|start| block.to.is_none_or(|to| start.at < to)) else {
            return;
        };
        let end = block
            .to
            .and_then(|to| self.columns.iter().find(|column| column.at >= to));
        let end = end.map_or(self.end, |end| end.x);
        let line = if block.role == Role::Gone {
            '┄'
        } else {
            '─'
        };
        canvas.fill(start.x, y, end - start.x, line, block.role);
        if start.at != block.from && block.role != Role::Gone {
            // It began before the first column: its name goes where it comes in.
            canvas.fitted(start.x, y, &label(block), start.width - 1, block.role);
        } else if start.at == block.from {
            let sign = match (block.role, &block.value) {
                (Role::Newer, _) => '┊',
                (Role::Gone, _) => '(',
                (_, None) => '╳',
                _ => '├',
            };
            canvas.fill(start.x, y, 1, sign, block.role);
            let text = label(block);
            canvas.fitted(start.x + 1, y, &text, end - start.x - 1, block.role);
        }
        if block.to.is_none() {
            canvas.text(end, y, "►", block.role);
        }
    }

    /// What stands on the lane at a column: reads, snapshots, a refused write.
    fn marks(&self, canvas: &mut Canvas, y: usize, lane: &Lane, column: &Column) {
        let begins = lane.blocks.iter().any(|block| block.from == column.at);
        let first = self
            .columns
            .first()
            .is_some_and(|first| first.at == column.at);
        // A label keeps its place; a mark then stands at the column's end.
        let x = if begins || first {
            column.x + column.width - 1
        } else {
            column.x
        };
        for pin in self.chains.pins.iter().filter(|pin| pin.at == column.at) {
            let sees = lane.blocks.iter().any(|block| pin.sees.contains(&block.id));
            canvas.text(x, y, if sees { "◆" } else { "┆" }, Role::Plain);
        }
        if let Some(read) = self
            .chains
            .read
            .as_ref()
            .filter(|read| read.at == column.at)
        {
            let landing = read.landings.iter().find(|landing| landing.key == lane.key);
            let (sign, role) = match landing {
                Some(landing) if landing.now && landing.block.is_none() => ("∅", Role::Chosen),
                Some(landing) if landing.now => ("●", Role::Chosen),
                Some(_) => ("○", Role::Chosen),
                None => ("│", Role::Chosen),
            };
            canvas.text(x, y, sign, role);
        }
        let refused = self.chains.refused.as_ref().filter(|r| r.key == lane.key);
        if refused.is_some_and(|r| r.read_at == Some(column.at)) {
            canvas.text(x, y, "○", Role::Chosen);
        }
        if refused.is_some_and(|r| r.at == column.at) {
            canvas.text(x, y, "✗", Role::Refused);
        }
    }
}

/// `v2 "new"`, `v3 deleted`, `v1 "old")`.
fn label(block: &Block) -> String {
    let value = block
        .value
        .as_deref()
        .map_or("deleted".to_owned(), |value| cut(value, 14));
    let close = if block.role == Role::Gone { ")" } else { "" };
    format!("v{} {value}{close}", block.version)
}

fn bar_label(count: u32) -> String {
    format!("▒{count}")
}
