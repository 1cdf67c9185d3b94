//! Why a read saw this prefix, and where an append went.

use super::phrase::{Phrase, between, count, join, why};
use crate::{
    event::{Event, MicroOperation},
    run::{Now, Run},
    view::{
        chains::Role,
        lists::{
            history::{Contradiction, ListHistory},
            picture::name,
        },
        row::cut,
        scene::Why,
    },
};

/// The explanation of a list-append transaction; `None` for any other event.
pub fn of(run: &Run, now: &Now, event: &Event) -> Option<Why> {
    let Event::ListTransactionExecuted { txn, operations } = event else {
        return None;
    };
    if let Some(why) = contradiction(run, now, *txn) {
        return Some(why);
    }
    let own = name(*txn);
    let appends: Vec<(&str, &str, u64)> = operations
        .iter()
        .filter_map(|op| match op {
            MicroOperation::Append {
                key,
                element,
                position,
            } => Some((key.as_str(), element.as_str(), *position)),
            MicroOperation::Read { .. } => None,
        })
        .collect();
    let mut went = Phrase::default();
    if !appends.is_empty() {
        went = went.link(&own, format!("message/{}", now.step), Role::Chosen);
        went = went.text(" appends ");
        let shown = appends.len().min(4);
        for (i, (key, element, position)) in appends.iter().take(shown).enumerate() {
            let text = format!(
                "{} to key {} at position {position}",
                cut(element, 24),
                cut(key, 24)
            );
            went =
                went.text(between(i, shown))
                    .link(text, format!("{key}/{position}"), Role::Chosen);
        }
        went = went.text(match appends.len() - shown {
            0 => ". Lists only grow: an element keeps its position for good.".to_owned(),
            more => format!(
                ", and {more} more. Lists only grow: an element keeps its position for good."
            ),
        });
    }
    let mut reads = Phrase::default();
    for (place, operation) in operations.iter().enumerate().take(12) {
        let MicroOperation::Read { key, length } = operation else {
            continue;
        };
        reads = read(
            run,
            reads,
            now.step,
            *txn,
            key,
            *length,
            &operations[..place],
        );
    }
    if !reads.is_empty() {
        reads = reads.text("A later append never changes this answer.");
    }
    let title = match (appends.is_empty(), operations.first()) {
        (true, Some(MicroOperation::Read { key, length })) => {
            format!("Why does {own} read {}?", prefix_text(run, key, *length))
        }
        (true, _) => format!("What does {own} do?"),
        (false, _) if reads.is_empty() => match appends.len() {
            1 => format!("Where does {own}'s element go?"),
            _ => format!("Where do {own}'s elements go?"),
        },
        (false, _) => format!("What does {own} see of its own appends?"),
    };
    Some(why(title, [went, reads]))
}

/// One read: the prefix, and who wrote it.
fn read(
    run: &Run,
    phrase: Phrase,
    step: u32,
    txn: u64,
    key: &str,
    length: u64,
    before: &[MicroOperation],
) -> Phrase {
    let phrase = phrase.text("The read of key ").data(cut(key, 24));
    if length == 0 {
        return phrase.text(" answers null: nothing was appended to it before. ");
    }
    let Some((_, list)) = run.lists().list(key) else {
        return phrase.text(". ");
    };
    let own = before
        .iter()
        .filter(|op| matches!(op, MicroOperation::Append { key: of, .. } if of == key));
    let own = own.count() as u64;
    let seen = prefix_text(run, key, length);
    let phrase = phrase
        .text(" sees ")
        .link(seen, format!("{key}/{}", length - 1), Role::Chosen);
    let phrase = match length - own {
        0 => phrase.text(": "),
        others => phrase.text(format!(
            ": the {} appended before, by {}",
            count(others, "element"),
            writers(list, others as usize, txn, step)
        )),
    };
    match (own, length - own) {
        (0, _) => phrase.text(". "),
        (own, 0) => phrase.text(format!(
            "its own {}, appended just before. ",
            count(own, "element")
        )),
        (own, _) => phrase.text(format!(", and its own {}. ", count(own, "element"))),
    }
}

/// The last writers of a prefix, at most five.
fn writers(list: &ListHistory, length: usize, txn: u64, step: u32) -> String {
    let cells = list.cells[..length.min(list.length(step))].iter().rev();
    let mut names: Vec<String> = Vec::new();
    for cell in cells.take(64) {
        let who = if cell.txn == txn {
            "itself".to_owned()
        } else {
            name(cell.txn)
        };
        if !names.contains(&who) {
            names.push(who);
        }
        if names.len() == 6 {
            names[5] = "others".to_owned();
            break;
        }
    }
    // "others" stays last: the ones named are the latest, in order of appending.
    let named = names.len().min(5);
    names[..named].reverse();
    join(&names)
}

/// `[1 2 3]`, the last twelve elements of a prefix.
fn prefix_text(run: &Run, key: &str, length: u64) -> String {
    let Some((_, list)) = run.lists().list(key).filter(|_| length > 0) else {
        return "null".to_owned();
    };
    let length = (length as usize).min(list.cells.len());
    let from = length.saturating_sub(12);
    let cells: Vec<String> = list.cells[from..length]
        .iter()
        .map(|cell| cut(&cell.element, 24))
        .collect();
    let dots = if from > 0 { "… " } else { "" };
    format!("[{dots}{}]", cells.join(" "))
}

/// A program's read that is no prefix of the list.
fn contradiction(run: &Run, now: &Now, txn: u64) -> Option<Why> {
    let lists = &run.lists().lists[..run.lists().list_count(now.step)];
    let found = now.events.iter().find_map(|event| {
        let Event::ListTransactionExecuted { operations, .. } = event else {
            return None;
        };
        operations.iter().find_map(|operation| match operation {
            MicroOperation::Read { key, .. } => {
                let (place, list) = run.lists().list(key)?;
                let last = list
                    .contradictions
                    .iter()
                    .find(|c| c.read.step == now.step)?;
                (place < lists.len()).then_some((list, last))
            }
            MicroOperation::Append { .. } => None,
        })
    });
    let (list, last): (&ListHistory, &Contradiction) = found?;
    let one = Phrase::new("Key ").data(cut(&list.key, 24)).text(
        " is one list, and transactions only append to it. So every read must be a prefix of it, and of any two reads one is a prefix of the other.",
    );
    let seen: Vec<String> = last
        .elements
        .iter()
        .map(|element| cut(element, 24))
        .collect();
    let place = last.first_difference;
    let expected = list.cells[..list.length(now.step)].get(place);
    let differs = Phrase::new("Your program answered ")
        .link(
            format!("[{}]", seen.join(" ")),
            format!("{}/{}/{place}", list.key, name(txn)),
            Role::Refused,
        )
        .text(format!(". It differs at position {place}: "));
    let differs = match expected {
        Some(cell) => differs.text("the list has ").link(
            format!("{}, by {}", cut(&cell.element, 24), name(cell.txn)),
            format!("{}/{place}", list.key),
            Role::Chosen,
        ),
        None => differs.text("the list ends before it"),
    };
    Some(why(
        "Why can this read not be true?",
        [one, differs.text(".")],
    ))
}
