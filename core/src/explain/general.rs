//! What every message has in common: the start, refusals, a program's answer.

use super::phrase::{Phrase, count, join, spans, why};
use crate::{
    event::Event,
    run::{Now, Run},
    view::{
        chains::{Role, picture::version_id},
        row::cut,
        scene::{Difference, Why},
    },
};

/// The explanation of an event that belongs to no picture.
pub fn of(now: &Now, event: &Event) -> Option<Why> {
    match event {
        Event::NodeInitialised { node_id, node_ids } => {
            let named = Phrase::new("The node is ").data(node_id).text(match node_ids.len() {
                0 | 1 => ", alone. Its stores are empty, and it counts the messages that it sends from 0.".to_owned(),
                n => format!(", one of {n}. A cluster needs one log that all nodes agree on; this node alone answers nothing from its own state."),
            });
            Some(why("What is ready now?", [named]))
        }
        Event::RequestRefused {
            kind,
            code,
            text,
            path,
        } => Some(refused(now, kind, *code, text, path.as_deref())),
        _ => None,
    }
}

/// The explanation of a step without events.
pub fn quiet(run: &Run, now: &Now) -> Why {
    let Some(step) = run.step(now.step) else {
        let first = match run.len() {
            0 => Phrase::new("The script holds no message yet."),
            n => Phrase::new(format!(
                "{} to come.",
                super::phrase::capital(&count(n.into(), "message"))
            )),
        };
        return why("What happens first?", [first]);
    };
    if now.request.as_ref().is_some_and(|sent| sent.is_reply()) {
        let text = "A message whose type ends in _ok, or error, is itself a reply: a node never answers it.";
        return why("Why is there no reply?", [Phrase::new(text)]);
    }
    let reply = match step.replies.len() {
        0 => Phrase::new("The node took the message and has nothing to say about it."),
        _ => Phrase::new("The node answered; its state is as it was."),
    };
    why("What changed?", [reply])
}

/// What each code means, in the words of a learner.
fn refused(now: &Now, kind: &str, code: u32, text: &str, path: Option<&str>) -> Why {
    if now.request.is_none() || kind.is_empty() {
        let what = Phrase::new(format!("The line is no message: {text}."));
        let rule = Phrase::new(
            "The node notes it on stderr, answers only if it can tell whom, and goes on with the next line.",
        );
        return why("Why is the line not carried out?", [what, rule]);
    }
    let (title, rule) = match code {
        1 => (
            "Why does this node not answer it?",
            "It is addressed to another node; this one says so and does nothing.",
        ),
        10 => (
            "Why is it not supported?",
            "A node refuses what it does not know or cannot do here, instead of guessing.",
        ),
        11 => (
            "Why not now?",
            "Before init the node has no name, so it cannot take requests.",
        ),
        12 => (
            "Why is the request malformed?",
            "It is checked before anything happens, so nothing has changed.",
        ),
        22 => (
            "Why is the request refused?",
            "A condition of the request does not hold; nothing has changed.",
        ),
        _ => ("Why is the request refused?", "Nothing has changed."),
    };
    let what = match path {
        Some(path) => Phrase::new("At ").data(path).text(format!(": {text}.")),
        None => Phrase::new(super::phrase::capital(text)).text("."),
    };
    let code_name = Phrase::new(format!("This is error {code}, "))
        .data(crate::protocol::ErrorCode::from_number(code).name())
        .text(format!(". {rule}"));
    why(title, [what, code_name])
}

/// Adds what a program answered, where that differs.
pub fn divergence(run: &Run, now: &Now, why: &mut Why) {
    let Some(answer) = run.step(now.step).and_then(|step| step.answer.as_ref()) else {
        return;
    };
    if !answer.diverges {
        return;
    }
    let mut phrase = match answer.lines.len() {
        0 => Phrase::new("Your program did not answer."),
        _ => {
            Phrase::new("Your program answered otherwise: ").text(differences(&answer.differences))
        }
    };
    if let Some(said) = wrong_version(run, now) {
        phrase = phrase.text(" ").then(said);
    }
    if let Some(first) = run.first_divergence().filter(|first| *first < now.step) {
        phrase = phrase
            .text(" It first answered otherwise at ")
            .message(first, Role::Refused)
            .text(".");
    }
    why.paragraphs.push(spans(phrase));
}

/// `version 3 instead of 2 and value 15 instead of 12.`
fn differences(differences: &[Difference]) -> String {
    let said = differences
        .iter()
        .take(3)
        .map(|d| match (&d.expected, &d.actual) {
            (Some(expected), Some(actual)) => {
                format!(
                    "{} {} instead of {}",
                    d.field,
                    cut(actual, 40),
                    cut(expected, 40)
                )
            }
            (Some(expected), None) => {
                format!("no {}, where {} was expected", d.field, cut(expected, 40))
            }
            (None, actual) => format!(
                "{} {}, which was not asked for",
                d.field,
                cut(actual.as_deref().unwrap_or("null"), 40)
            ),
        });
    let said: Vec<String> = said.collect();
    join(&said) + "."
}

/// Where the version that a program named lies against the read.
fn wrong_version(run: &Run, now: &Now) -> Option<Phrase> {
    let (key, read_at) = now.events.iter().find_map(|event| match event {
        Event::SnapshotRead { key, read_at, .. } => Some((key, (*read_at)?)),
        _ => None,
    })?;
    let number = now.actual.as_ref()?.body.integer("version")?;
    let (_, lane) = run.chains().lane(key, now.step)?;
    let named = lane.version(number).filter(|v| v.written <= now.step)?;
    let at = named.at.timestamp;
    let thing = version_id(key, number);
    let phrase = Phrase::default().link(format!("v{number}"), thing, Role::Refused);
    let newest_to_arrive = lane.written(now.step) as u64 == number;
    Some(match at {
        at if at > read_at => phrase
            .text(format!(" begins at {at}, {} after the read", at - read_at))
            .text(match newest_to_arrive {
                true => ": it was the last to arrive, not the newest one visible.",
                false => ": it is not visible yet.",
            }),
        at => phrase.text(format!(
            " begins at {at}: a newer version is visible at {read_at}."
        )),
    })
}
