//! The lists as tables and as sentences.

use super::{List, ListCell, Lists};
use crate::{
    explain::phrase::join,
    view::{row::cut, scene::Table},
};

impl Lists {
    /// One table of lists with their writers, one of reads.
    pub fn tables(&self) -> Vec<Table> {
        let lists = self.lists.iter().map(|list| {
            let cells: Vec<String> = list.cells.iter().map(cell_text).collect();
            let earlier = match list.earlier {
                0 => String::new(),
                n => format!("{n} earlier, "),
            };
            let cells = if cells.is_empty() {
                "null".to_owned()
            } else {
                cells.join(", ")
            };
            vec![cut(&list.key, 40), format!("{earlier}{cells}")]
        });
        let reads = self.lists.iter().flat_map(|list| {
            let prefixes = list.reads.iter().map(|read| {
                let saw = match read.length {
                    0 => "null".to_owned(),
                    n => format!("the first {n}"),
                };
                (
                    read.step,
                    &read.reader,
                    &read.client,
                    saw,
                    "a prefix".to_owned(),
                )
            });
            let wrong = list.incompatible.iter().map(|read| {
                let verdict = format!("no prefix: differs at position {}", read.first_difference);
                (
                    read.step,
                    &read.reader,
                    &read.client,
                    elements_text(&read.cells),
                    verdict,
                )
            });
            prefixes
                .chain(wrong)
                .map(|(step, reader, client, saw, verdict)| {
                    vec![
                        reader.clone(),
                        client.clone(),
                        step.to_string(),
                        cut(&list.key, 40),
                        saw,
                        verdict,
                    ]
                })
        });
        vec![
            Table::new(
                "Lists with their writers",
                &["key", "elements"],
                lists.collect(),
            ),
            Table::new(
                "Reads, of each length the latest",
                &["transaction", "client", "message", "key", "saw", "verdict"],
                reads.collect(),
            ),
        ]
    }

    /// The picture in words.
    pub fn sentences(&self) -> Vec<String> {
        self.lists.iter().flat_map(list_sentences).collect()
    }
}

fn list_sentences(list: &List) -> Vec<String> {
    let key = cut(&list.key, 40);
    let cells: Vec<String> = list.cells.iter().map(cell_text).collect();
    let earlier = match list.earlier {
        0 => String::new(),
        n => format!("{n} earlier elements, then "),
    };
    let mut said = vec![match cells.is_empty() {
        true => format!("Key {key} was never appended to."),
        false => format!("Key {key} holds {earlier}{}.", join(&cells)),
    }];
    for read in &list.reads {
        let saw = match read.length {
            0 => "nothing".to_owned(),
            n => format!("its first {n}"),
        };
        said.push(format!(
            "{} of {} read {saw} at message {}.",
            read.reader, read.client, read.step
        ));
    }
    for read in &list.incompatible {
        said.push(format!(
            "Your program let {} read {} at message {}: no prefix of key {key}, it differs at position {}.",
            read.reader,
            elements_text(&read.cells),
            read.step,
            read.first_difference
        ));
    }
    said
}

/// `3 by T6`.
fn cell_text(cell: &ListCell) -> String {
    format!("{} by {}", cut(&cell.element, 24), cell.writer)
}

fn elements_text(cells: &[ListCell]) -> String {
    let elements: Vec<String> = cells.iter().map(|cell| cut(&cell.element, 24)).collect();
    format!("[{}]", elements.join(" "))
}
