//! The chart as a table and as sentences.

use super::{Block, Chains, Lane, Role};
use crate::{
    explain::phrase::{capital, count, join},
    view::{
        row::{cut, key_text},
        scene::Table,
    },
};

/// Versions named in one cell of the table.
const NAMED: usize = 12;

impl Chains {
    /// Key by key: what the read gets (or the newest version), what is newer,
    /// what else is stored, what was collected.
    pub fn tables(&self) -> Vec<Table> {
        let (answer, later) = match &self.read {
            Some(read) => (format!("a read at {} gives", read.at), "newer, not visible"),
            None => ("newest".to_owned(), "later"),
        };
        let rows = self.lanes.iter().map(|lane| self.table_row(lane));
        let mut columns = vec!["key".to_owned(), answer];
        if self.read.is_some() {
            columns.push(later.to_owned());
        }
        columns.extend(["also stored", "collected"].map(str::to_owned));
        let mut tables = vec![Table {
            caption: "Versions by key".to_owned(),
            columns,
            rows: rows.collect(),
        }];
        if !self.pins.is_empty() {
            tables.push(self.pin_table());
        }
        tables
    }

    /// The picture in words.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(read) = &self.read {
            let landed = read.landings.iter().map(|landing| {
                let key = key_text(&landing.key);
                let when = if landing.now { "" } else { ", read before" };
                match landing.block.as_ref().and_then(|id| self.block(id)) {
                    Some(block) => format!("{key} is {}{when}", answer_text(block)),
                    None => format!("{key} has nothing visible{when}"),
                }
            });
            let landed: Vec<String> = landed.collect();
            said.push(format!("Reading at {}: {}.", read.at, join(&landed)));
        }
        said.extend(self.lanes.iter().map(lane_sentence));
        for pin in &self.pins {
            let seen: Vec<String> = pin
                .sees
                .iter()
                .take(NAMED)
                .map(|id| thing_text(id))
                .collect();
            let seen = if seen.is_empty() {
                "nothing".to_owned()
            } else {
                join(&seen)
            };
            said.push(format!(
                "Snapshot {} is open at {} and sees {seen}.",
                pin.id, pin.at
            ));
        }
        if let Some(mark) = &self.watermark {
            said.push(match &mark.held_by {
                Some(holder) => format!(
                    "The watermark is {}; {} was asked for, and {holder} holds it.",
                    mark.at, mark.asked
                ),
                None => format!("The watermark is {}.", mark.at),
            });
        }
        if let Some(refused) = &self.refused {
            let key = key_text(&refused.key);
            said.push(format!(
                "A write of {key} at {} was refused: {}.",
                refused.at, refused.reason
            ));
        }
        if let Some(answered) = &self.answered {
            let key = key_text(&answered.key);
            let thing = answered.block.as_deref().map(thing_text);
            let thing = thing
                .map(|thing| format!(", which is {thing}"))
                .unwrap_or_default();
            said.push(format!(
                "Your program answered {} for {key}{thing}.",
                answered.value
            ));
        }
        said
    }

    /// A block by its id.
    pub fn block(&self, id: &str) -> Option<&Block> {
        let mut blocks = self.lanes.iter().flat_map(|lane| &lane.blocks);
        blocks.find(|block| block.id == id)
    }

    fn table_row(&self, lane: &Lane) -> Vec<String> {
        let stored = |block: &&Block| block.role != Role::Gone;
        let answer = match &self.read {
            Some(read) => lane
                .blocks
                .iter()
                .filter(stored)
                .rfind(|b| b.from <= read.at),
            None => lane.blocks.iter().rfind(stored),
        };
        let is_answer = |block: &Block| answer.is_some_and(|answer| answer.id == block.id);
        let newer = |block: &Block| self.read.as_ref().is_some_and(|read| block.from > read.at);
        let mut row = vec![
            key_text(&lane.key),
            answer.map(block_text).unwrap_or_default(),
        ];
        if self.read.is_some() {
            row.push(cell(
                lane,
                |block| stored(&block) && newer(block),
                block_text,
            ));
        }
        let kept = |block: &Block| match block.pinned_by.is_empty() {
            true => block_text(block),
            false => format!(
                "{}, kept by {}",
                block_text(block),
                block.pinned_by.join(" and ")
            ),
        };
        row.push(cell(
            lane,
            |b| stored(&b) && !is_answer(b) && !newer(b),
            kept,
        ));
        row.push(cell(lane, |block| !stored(&block), block_text));
        if lane.outside > 0 {
            let last = row.len() - 2;
            let more = format!(
                "{} outside the window",
                count(lane.outside.into(), "version")
            );
            let gap = if row[last].is_empty() { "" } else { ", " };
            row[last] = format!("{}{gap}{more}", row[last]);
        }
        row
    }

    fn pin_table(&self) -> Table {
        let rows = self.pins.iter().map(|pin| {
            let sees: Vec<String> = pin
                .sees
                .iter()
                .take(NAMED)
                .map(|id| thing_text(id))
                .collect();
            vec![pin.id.clone(), pin.at.to_string(), sees.join(", ")]
        });
        Table::new(
            "Open snapshots",
            &["snapshot", "at", "sees"],
            rows.collect(),
        )
    }
}

/// `v2 "new" @200`, `v3 deleted @320`.
pub fn block_text(block: &Block) -> String {
    let value = block.value.as_deref().unwrap_or("deleted");
    format!("v{} {} @{}", block.version, cut(value, 40), block.from)
}

/// `12 (v2)`, `deleted (v3)`.
fn answer_text(block: &Block) -> String {
    let value = block.value.as_deref().unwrap_or("deleted");
    format!("{} (v{})", cut(value, 40), block.version)
}

/// `x v2` for the thing `x/v2`.
fn thing_text(id: &str) -> String {
    match id.rsplit_once('/') {
        Some((key, version)) => format!("{} {version}", key_text(key)),
        None => id.to_owned(),
    }
}

/// The blocks of a lane that are wanted, in one cell.
fn cell(lane: &Lane, wanted: impl Fn(&Block) -> bool, text: impl Fn(&Block) -> String) -> String {
    let found: Vec<&Block> = lane.blocks.iter().filter(|block| wanted(block)).collect();
    let mut parts: Vec<String> = found.iter().take(NAMED).map(|block| text(block)).collect();
    if found.len() > NAMED {
        parts.push(format!("and {} more", found.len() - NAMED));
    }
    parts.join(", ")
}

fn lane_sentence(lane: &Lane) -> String {
    let key = key_text(&lane.key);
    if !lane.bars.is_empty() {
        let versions: u32 = lane.bars.iter().map(|bar| bar.count).sum();
        let gone: u32 = lane.bars.iter().map(|bar| bar.gone).sum();
        return format!("{key} has {versions} versions in view, {gone} of them collected.");
    }
    let role = |block: &Block| match block.role {
        Role::Chosen => ", chosen",
        Role::Newer => ", newer than the read",
        Role::Refused => ", in the way of the refused write",
        Role::Gone => ", collected",
        Role::Plain => "",
    };
    let blocks = lane.blocks.iter().take(NAMED);
    let mut parts: Vec<String> = blocks
        .map(|block| format!("{}{}", block_text(block), role(block)))
        .collect();
    if lane.blocks.len() > NAMED {
        parts.push(format!("{} more", lane.blocks.len() - NAMED));
    }
    let outside = match lane.outside {
        0 => String::new(),
        n => format!(
            " {} outside the window.",
            capital(&count(n.into(), "version"))
        ),
    };
    match parts.is_empty() {
        true => format!("{key} has no version in view.{outside}"),
        false => format!("{key}: {}.{outside}", parts.join("; ")),
    }
}
