//! Why a transaction commits or is refused.

use super::phrase::{Phrase, between, join, ordinal, why};
use crate::{
    event::{Event, VersionCheck, VersionedWrite},
    run::{Now, Run},
    view::{
        chains::{Role, picture::version_id},
        occ::{
            Outcome,
            history::{OccHistory, TransactionFact},
        },
        row::{cut, key_text},
        scene::Why,
    },
};

/// The explanation of an event of optimistic control; `None` for any other.
pub fn of(run: &Run, now: &Now, event: &Event) -> Option<Why> {
    let occ = run.occ();
    Some(match event {
        Event::TransactionBegan { txn_id } => began(occ, txn_id),
        Event::VersionRead {
            txn_id,
            key,
            value,
            version,
        } => read(occ, txn_id, key, value.as_deref(), *version),
        Event::CommitAccepted {
            txn_id,
            checks,
            writes,
        } => accepted(occ, txn_id, checks, writes),
        Event::CommitRefused {
            txn_id,
            checks,
            writes,
        } => refused(occ, now.step, txn_id, checks, writes),
        Event::RequestRefused { kind, code: 14, .. } if kind.starts_with("occ_") => {
            let id = now.request.as_ref()?.body.text("txn_id")?;
            ended(occ, now.step, &id)
        }
        _ => return None,
    })
}

fn began(occ: &OccHistory, id: &str) -> Why {
    let opens = Phrase::new("Transaction ").link(id, id, Role::Chosen).text(
        " begins with an empty read set. Nothing is locked: it will remember the version of every key that it reads, and all of them are compared when it commits.",
    );
    why(format!("What does {id} hold?"), [opens, attempt(occ, id)])
}

fn read(occ: &OccHistory, id: &str, key: &str, value: Option<&str>, version: u64) -> Why {
    let written = occ.key(key).and_then(|(_, k)| k.version(version));
    let saw = Phrase::default()
        .link(id, id, Role::Plain)
        .text(" reads ")
        .key(key);
    let saw = match (written, value) {
        (Some(fact), value) => saw
            .text(" and sees ")
            .link(
                format!("v{version} = {}", cut(value.unwrap_or("null"), 40)),
                version_id(key, version),
                Role::Chosen,
            )
            .text(format!(", written by {} at ", fact.by))
            .message(fact.written, Role::Plain)
            .text("."),
        (None, _) => saw.text(": it was never written, which counts as version 0."),
    };
    let rule = Phrase::new(format!(
        "The node notes version {version} in {id}'s read set and lets everybody go on. \
         If somebody commits a write of "
    ))
    .key(key)
    .text(format!(" before {id} does, {id}'s commit will notice."));
    why(format!("What does {id} remember?"), [saw, rule])
}

fn accepted(occ: &OccHistory, id: &str, checks: &[VersionCheck], writes: &[VersionedWrite]) -> Why {
    let retry = occ.transaction(id).filter(|fact| fact.attempt > 1);
    let title = match retry {
        Some(fact) => format!(
            "Why does the {} attempt commit?",
            ordinal(fact.attempt.into())
        ),
        None => format!("Why does {id} commit?"),
    };
    let compared = match checks.len() {
        0 => Phrase::new(format!(
            "{id} has read nothing, so there is no version to compare. "
        )),
        n => {
            let mut phrase = Phrase::new(format!(
                "At commit the node compares every version that {id} read with the current one. "
            ));
            for (i, check) in checks.iter().enumerate() {
                let text = format!(
                    "{} was {} and is {}",
                    key_text(&check.key),
                    check.expected,
                    check.actual
                );
                phrase = phrase.text(if i == 0 { "" } else { "; " });
                // Version 0 is "never written": no block stands for it.
                phrase = match check.actual {
                    0 => phrase.text(text),
                    version => phrase.link(text, version_id(&check.key, version), Role::Chosen),
                };
            }
            phrase.text(if n == 1 {
                ". It is equal, so "
            } else {
                ". All are equal, so "
            })
        }
    };
    let compared = match (writes.len(), checks.len()) {
        (0, 0) => compared.text("It writes nothing either."),
        (0, _) => compared.text("it commits; it writes nothing."),
        (n, checks) => {
            let the = if checks == 0 { "The" } else { "the" };
            let mut phrase = compared.text(match n {
                1 => format!("{the} write applies: "),
                _ => format!("{the} {n} writes apply together: "),
            });
            for (i, write) in writes.iter().enumerate() {
                let text = format!("{} becomes v{}", key_text(&write.key), write.version);
                phrase = phrase.text(between(i, n)).link(
                    text,
                    version_id(&write.key, write.version),
                    Role::Chosen,
                );
            }
            phrase.text(".")
        }
    };
    why(title, [compared, attempt(occ, id), harmless(occ, id)])
}

/// That a transaction is a retry, and what became of the attempt before.
fn attempt(occ: &OccHistory, id: &str) -> Phrase {
    let Some(fact) = occ.transaction(id) else {
        return Phrase::default();
    };
    let Some(earlier) = fact.retry_of.map(|place| &occ.transactions[place]) else {
        return Phrase::default();
    };
    let mut phrase = Phrase::default()
        .link(id, id, Role::Plain)
        .text(" is ")
        .data(&fact.client)
        .text(format!(
            "'s {} attempt. The one before, ",
            ordinal(fact.attempt.into())
        ))
        .link(&earlier.id, &earlier.id, Role::Refused);
    if let Some(end) = earlier.end {
        phrase = phrase.text(", was refused at ").message(end, Role::Refused);
    }
    let failed = earlier.checks.iter().find(|check| !check.equal);
    phrase = match failed {
        Some(check) => {
            let by = occ
                .key(&check.key)
                .and_then(|(_, key)| key.version(check.now.into()));
            let phrase = phrase
                .text(": it had read ")
                .key(&check.key)
                .text(format!(" at version {}, and ", check.read));
            match by {
                Some(by) => phrase
                    .text(format!("{}'s commit at ", by.by))
                    .message(by.written, Role::Plain)
                    .text(format!(" made it {}.", check.now)),
                None => phrase.text(format!("it was {}.", check.now)),
            }
        }
        None => phrase.text("."),
    };
    phrase.text(format!(" Nothing of {} was written.", earlier.id))
}

/// Transactions that committed in between and wrote nothing that this one read.
fn harmless(occ: &OccHistory, id: &str) -> Phrase {
    let Some(fact) = occ.transaction(id) else {
        return Phrase::default();
    };
    let (Some(begin), Some(end)) = (fact.begin, fact.end) else {
        return Phrase::default();
    };
    let reads = |key: &String| fact.reads.iter().any(|read| read.key == *key);
    let between = |other: &&TransactionFact| {
        other.outcome == Outcome::Committed
            && other.id != fact.id
            && other.end.is_some_and(|at| at > begin && at < end)
            && !other.writes.is_empty()
            && !other.writes.iter().any(|(key, _)| reads(key))
    };
    let places = occ.open_between(begin, end);
    let found: Vec<&TransactionFact> = places
        .iter()
        .map(|place| &occ.transactions[*place])
        .filter(between)
        .take(2)
        .collect();
    let mut phrase = Phrase::default();
    for other in &found {
        let keys: Vec<String> = other.writes.iter().map(|(key, _)| key_text(key)).collect();
        phrase = phrase
            .link(&other.id, &other.id, Role::Plain)
            .text(" committed between its begin and its commit and does no harm: it wrote ")
            .data(join(&keys))
            .text(format!(", which {id} never read. "));
    }
    phrase
}

fn refused(
    occ: &OccHistory,
    step: u32,
    id: &str,
    checks: &[VersionCheck],
    writes: &[VersionedWrite],
) -> Why {
    let mut compared = Phrase::default();
    for check in checks.iter().filter(|check| check.expected != check.actual) {
        let by = occ
            .key(&check.key)
            .and_then(|(_, key)| key.version(check.actual));
        compared = compared
            .text(format!("{id} read "))
            .key(&check.key)
            .text(format!(" at version {}. ", check.expected));
        compared = match by {
            Some(by) => compared
                .link(
                    format!("{}'s commit at message {}", by.by, by.written),
                    version_id(&check.key, check.actual),
                    Role::Refused,
                )
                .text(format!(" made it version {}. ", check.actual)),
            None => compared.text("It was never written: its version is 0. "),
        };
    }
    let equal = checks.iter().filter(|check| check.expected == check.actual);
    let equal: Vec<String> = equal.map(|check| key_text(&check.key)).collect();
    if !equal.is_empty() {
        let verb = if equal.len() == 1 { "is" } else { "are" };
        compared = compared.text(format!(
            "{} {verb} as read, but one changed version is enough.",
            join(&equal)
        ));
    }
    let mut nothing = Phrase::new("Nothing of ")
        .link(id, id, Role::Refused)
        .text(" is written");
    for (i, write) in writes.iter().take(3).enumerate() {
        let current = occ.key(&write.key).and_then(|(_, key)| key.current(step));
        nothing = nothing
            .text(if i == 0 { ": " } else { ", " })
            .key(&write.key);
        nothing = match current {
            Some(fact) => nothing.text(" stays ").link(
                format!("{} (v{})", cut(&fact.value, 40), fact.version),
                version_id(&write.key, fact.version),
                Role::Plain,
            ),
            None => nothing.text(" stays unwritten"),
        };
    }
    nothing = nothing
        .text(". To go on, the client begins again, reads anew and tries to commit once more.");
    why(format!("Why is {id} refused?"), [compared, nothing])
}

fn ended(occ: &OccHistory, step: u32, id: &str) -> Why {
    let fact = occ.transaction(id);
    let state = match fact.and_then(|fact| Some((fact, fact.end.filter(|end| *end < step)?))) {
        Some((fact, end)) => {
            let how = match fact.outcome {
                Outcome::Refused => "was refused",
                _ => "committed",
            };
            Phrase::default()
                .link(id, id, Role::Refused)
                .text(format!(" {how} at "))
                .message(end, Role::Plain)
                .text(". A transaction ends with its first commit: it can neither read nor commit again.")
        }
        None => Phrase::new(format!(
            "No transaction {id} was begun here, so there is no read set to add to."
        )),
    };
    why(format!("Why is {id} turned away?"), [state])
}
