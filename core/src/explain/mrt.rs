//! Why a record reads so, why a write is refused, why a commit is safe.

use super::phrase::{Phrase, between, capital, count, why};
use crate::{
    event::Event,
    mrt::{
        commit::{AbortStatus, CommitError, CommitStatus},
        event::{CloseOutcome, KeyRef, MarkOutcome, MrtEvent, ReadSource, RecordChange},
        fault::{FaultMode, FaultStep},
        refused::ResultCode,
    },
    run::{Now, Run},
    view::{
        chains::Role,
        mrt::{
            history::{Ended, FinishFact, MrtHistory, at},
            picture::{in_short, record_id, user_key},
        },
        scene::Why,
    },
};

/// The explanation of a step of multi-record transactions, all of its facts
/// together; `None` for any other.
pub fn of(run: &Run, now: &Now, event: &Event) -> Option<Why> {
    if !matches!(event, Event::Mrt(_)) {
        return None;
    }
    let facts: Vec<&MrtEvent> = now
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Mrt(fact) => Some(&**fact),
            _ => None,
        })
        .collect();
    let history = run.mrt();
    facts
        .iter()
        .find_map(|fact| finish(history, now.step, fact))
        .or_else(|| facts.iter().find_map(|fact| refused(history, fact)))
        .or_else(|| facts.iter().find_map(|fact| swept(&facts, fact)))
        .or_else(|| facts.iter().find_map(|fact| done(history, &facts, fact)))
}

/// A record as a link.
fn record(key: &KeyRef, role: Role) -> Phrase {
    Phrase::default().link(user_key(key), record_id(key), role)
}

/// A read, a write, a begin, a fault, a tick.
fn done(history: &MrtHistory, facts: &[&MrtEvent], fact: &MrtEvent) -> Option<Why> {
    Some(match fact {
        MrtEvent::RecordRead {
            txn_id,
            key,
            source,
            tracked,
            hidden_writer,
            ..
        } => {
            let hidden = hidden_writer.as_deref().map(|id| history.name_of(id));
            read(txn_id.as_deref(), key, *source, *tracked, hidden)
        }
        MrtEvent::RecordChanged {
            mrt_id,
            key,
            change: RecordChange::Written,
            before,
            after,
        } => {
            let made = facts
                .iter()
                .any(|fact| matches!(fact, MrtEvent::MonitorChanged { before: None, .. }));
            match mrt_id {
                Some(id) => {
                    let again = before.locked_by.is_some();
                    locked(history.name_of(id), key, again, made)
                }
                None => {
                    let what = record(key, Role::Chosen)
                        .text(match &after.committed {
                            Some(version) => format!(" becomes {}", in_short(version)),
                            None => " is gone, and leaves no tombstone".to_owned(),
                        })
                        .text(" at once: a command outside a transaction commits by itself.");
                    why("When does this write count?", [what])
                }
            }
        }
        MrtEvent::RecordChanged {
            change: RecordChange::Truncated,
            ..
        } => {
            let rule = "A truncate takes every record that nobody holds; a record with a provisional version stays.";
            why("What does a truncate take?", [Phrase::new(rule)])
        }
        MrtEvent::TxnBegan {
            txn_id,
            reads_rows,
            writes_rows,
            ..
        } => {
            let what = Phrase::new("Nothing is sent: ").link(txn_id, txn_id, Role::Chosen).text(
                format!(
                    " is an object of the client, with an id and two empty maps of {reads_rows} and {writes_rows} rows. The server hears of it with its first write."
                ),
            );
            why(format!("What is {txn_id}?"), [what])
        }
        MrtEvent::FaultPlanted {
            step,
            mode,
            key,
            times,
        } => {
            let about = key.as_ref().map(|key| format!(" about {}", user_key(key)));
            let often = if *times == 1 {
                String::new()
            } else {
                format!(", {times} times")
            };
            let what = Phrase::new(format!(
                "The next message of the step {}{}{often} {}.",
                step_name(*step),
                about.unwrap_or_default(),
                mode_words(*mode)
            ));
            let rule = Phrase::new(
                "The client cannot tell a lost request from a lost reply: in both cases it sees no answer.",
            );
            why("What will be lost?", [what, rule])
        }
        MrtEvent::ClockSet { now } => {
            let what = format!(
                "It is second {now}. An unmarked transaction whose deadline is at or before that may not write or mark any more; reads still go through."
            );
            why("What does the time change?", [Phrase::new(what)])
        }
        _ => return None,
    })
}

fn read(
    txn: Option<&str>,
    key: &KeyRef,
    source: ReadSource,
    tracked: bool,
    hidden: Option<&str>,
) -> Why {
    let seen = match source {
        ReadSource::Committed => {
            record(key, Role::Chosen).text(" answers with its committed version.")
        }
        ReadSource::Provisional => record(key, Role::Chosen).text(
            " answers with the transaction's own provisional version: it reads its own writes.",
        ),
        ReadSource::Nothing => record(key, Role::Gone).text(" is not there, for this reader."),
    };
    let seen = match hidden {
        Some(owner) => seen
            .text(" The provisional version of ")
            .link(owner, owner, Role::Newer)
            .text(" is not visible outside before it commits."),
        None => seen,
    };
    let kept = match (txn, tracked) {
        (None, _) => Phrase::default(),
        (Some(txn), true) => Phrase::default().link(txn, txn, Role::Plain).text(match source {
            ReadSource::Nothing => {
                " remembers that there was nothing: if somebody creates the record, its commit will notice."
            }
            _ => " remembers the version in its reads; at commit it must still be the current one.",
        }),
        (Some(_), false) => {
            Phrase::new("Nothing is remembered: it holds the record, so nobody else can change it.")
        }
    };
    why("Which version does it read?", [seen, kept])
}

fn locked(txn: &str, key: &KeyRef, again: bool, monitor_made: bool) -> Why {
    let what = if again {
        Phrase::default()
            .link(txn, txn, Role::Chosen)
            .text(" holds ")
            .then(record(key, Role::Chosen))
            .text(" already, so it writes over its provisional version.")
    } else {
        Phrase::new("The write makes a provisional version of ")
            .then(record(key, Role::Chosen))
            .text(" beside the committed one, and that is the lock of ")
            .link(txn, txn, Role::Chosen)
            .text(". Outside readers still see the committed version; other writers are refused, not queued.")
    };
    let monitor = if monitor_made {
        Phrase::new("It is the first write, so before it was sent the ")
            .link("monitor record", format!("monitor/{txn}"), Role::Chosen)
            .text(" was made: from now on the server can finish or undo the transaction alone.")
    } else {
        Phrase::default()
    };
    why(format!("What does {txn} hold now?"), [what, monitor])
}

/// A refusal, in a sentence for each reason.
fn refused(history: &MrtHistory, fact: &MrtEvent) -> Option<Why> {
    let MrtEvent::Refused {
        txn_id,
        key,
        code,
        subcode,
        in_doubt,
        held_by,
        tracked,
        text,
    } = fact
    else {
        return None;
    };
    let holder = held_by
        .as_deref()
        .map_or("another transaction", |id| history.name_of(id));
    let about = key
        .as_ref()
        .map(|key| record(key, Role::Refused))
        .unwrap_or_default();
    let what = match (code, subcode) {
        (ResultCode::MrtBlocked, Some(1)) => about
            .text(" is held by ")
            .link(holder, holder, Role::Refused)
            .text(". A writer outside is refused at once, and may try again later."),
        (ResultCode::MrtBlocked, _) => about
            .text(" is held by ")
            .link(holder, holder, Role::Refused)
            .text(". There is no waiting, so there is no deadlock: abort, and begin again."),
        (ResultCode::MrtVersionMismatch, _) => about.text(
            " changed since the transaction read it. It cannot commit any more, so it is told now.",
        ),
        (ResultCode::MrtTooManyWrites, _) => Phrase::new(
            "The keys of one transaction must fit in its monitor record. None of this call's keys were added, and nothing was written.",
        ),
        (ResultCode::MrtMonitorExists, _) => Phrase::new(
            "Only the first write makes the monitor record, and one of this id is there already: an answer was lost, or two clients use one id.",
        ),
        (ResultCode::Timeout, _) if *in_doubt => Phrase::new(
            "No answer came. The write may have been done or not, so the client counts the record as held, and will not remove the monitor record itself.",
        ),
        (ResultCode::Timeout, _) => {
            Phrase::new("No answer came. A read changes nothing, so nothing is in doubt.")
        }
        (ResultCode::MrtAlreadyLocked, _) => about.text(
            " is held already: the earlier attempt did land, so doing it again would do it twice.",
        ),
        _ => Phrase::new(capital(text)),
    };
    let kept = if *tracked {
        Phrase::new(
            "The record's state refused the write, so the write tells about that state: it is remembered as a read, with the version.",
        )
    } else {
        Phrase::default()
    };
    let who = txn_id
        .as_deref()
        .unwrap_or("a command outside a transaction");
    let rule = Phrase::new(format!("The server's answer to {who} is "))
        .data(code.name())
        .text(".");
    Some(why("Why is it refused?", [what, kept, rule]))
}

/// A commit or an abort, whole.
fn finish(history: &MrtHistory, step: u32, fact: &MrtEvent) -> Option<Why> {
    let MrtEvent::FinishStarted { txn_id, .. } = fact else {
        return None;
    };
    let finish = at(&history.txn(txn_id)?.finishes, step)?;
    Some(match finish.ended.as_ref()? {
        Ended::Commit {
            status: Some(status),
            ..
        } => committed(txn_id, finish, *status),
        Ended::Commit {
            error: Some(error),
            cause,
            in_doubt,
            ..
        } => commit_failed(txn_id, finish, *error, *cause, *in_doubt),
        Ended::Commit { .. } => why(
            "Why can it not commit?",
            [Phrase::default()
                .link(txn_id, txn_id, Role::Gone)
                .text(" has been aborted, and an aborted transaction stays so. Begin a new one.")],
        ),
        Ended::Abort(status) => aborted(txn_id, finish, *status),
    })
}

fn committed(txn: &str, finish: &FinishFact, status: CommitStatus) -> Why {
    let title = match status {
        CommitStatus::Ok => format!("Why does {txn} commit?"),
        CommitStatus::AlreadyCommitted => "What does a second commit do?".to_owned(),
        _ => "Why does a commit that lost a message succeed?".to_owned(),
    };
    if status == CommitStatus::AlreadyCommitted {
        return why(
            title,
            [Phrase::new(format!(
                "Nothing: {txn} has committed already, and says so."
            ))],
        );
    }
    let reads = finish.verified.as_ref().map_or(0, Vec::len);
    let verified = match (reads, finish.retried) {
        (_, true) => Phrase::new("The reads were verified by an earlier commit. "),
        (0, _) => Phrase::new("There are no reads to verify. "),
        (n, _) => Phrase::new(format!(
            "{} still current. ",
            capital(&format!(
                "{} {}",
                count(n as u64, "read"),
                if n == 1 { "was" } else { "were" }
            ))
        )),
    };
    let point = verified.then(match finish.marked {
        Some(MarkOutcome::NothingToMark) => {
            Phrase::new("Nothing was written, so there is no monitor record to mark.")
        }
        _ => Phrase::new("The ")
            .link("mark", format!("commit/{txn}/mark"), Role::Chosen)
            .text(format!(" reached the monitor record. That is the commit point: from there {txn} has happened.")),
    });
    why(title, [point, rolled(finish), closed(finish)])
}

fn rolled(finish: &FinishFact) -> Phrase {
    let failed: Vec<&KeyRef> = finish
        .rolled
        .iter()
        .filter(|roll| roll.refused.is_some())
        .map(|roll| &roll.key)
        .collect();
    if failed.is_empty() {
        return Phrase::default();
    }
    let mut phrase =
        Phrase::new("Rolling is cleaning up. It did not succeed, as far as the client knows, for ");
    for (i, key) in failed.iter().enumerate() {
        phrase = phrase
            .text(between(i, failed.len()))
            .then(record(key, Role::Refused));
    }
    phrase.text(". The server finishes it with a sweep; until then a record that is still held shows others its old version, and they cannot write it.")
}

fn closed(finish: &FinishFact) -> Phrase {
    match finish.closed {
        Some(CloseOutcome::LeftToServer) => Phrase::new(
            "A write got no clear answer and may arrive yet, so the monitor record stays for the server.",
        ),
        Some(CloseOutcome::Failed(code)) => {
            Phrase::new("The monitor record was not removed, as far as the client knows (")
                .data(code.name())
                .text("); the server removes it later.")
        }
        _ => Phrase::default(),
    }
}

fn commit_failed(
    txn: &str,
    finish: &FinishFact,
    error: CommitError,
    cause: Option<ResultCode>,
    in_doubt: bool,
) -> Why {
    if error != CommitError::MarkRollForwardAbandoned {
        let rows = finish
            .verified
            .iter()
            .flatten()
            .filter(|row| row.refused.is_some());
        let mut what =
            Phrase::new("At commit every version that was read is compared with the current one. ");
        for row in rows {
            let blocked = row.refused == Some(ResultCode::MrtBlocked);
            what = what
                .then(record(&row.key, Role::Refused))
                .text(match row.refused {
                    Some(ResultCode::MrtVersionMismatch) => {
                        format!(" was read at {} and has changed. ", row.read)
                    }
                    _ if blocked => {
                        " is held by another transaction, which may commit first. ".to_owned()
                    }
                    Some(code) => format!(" did not answer as it should ({}). ", code.name()),
                    None => String::new(),
                });
        }
        let back = Phrase::new(format!(
            "So {txn} has not happened: it is aborted, and its writes are rolled back."
        ));
        return why(
            format!("Why does {txn} not commit?"),
            [what, back, rolled(finish), closed(finish)],
        );
    }
    let mark = Phrase::new("The ").link("mark", format!("commit/{txn}/mark"), Role::Refused);
    let name = cause.map_or("", ResultCode::name);
    let what = if in_doubt {
        mark.text(" got no clear answer. It may be there, so an abort could undo what the server has recorded as committed: abort is refused, and only another commit can tell.")
    } else if cause == Some(ResultCode::MrtAborted) {
        mark.text(" came too late: the server has rolled the transaction back.")
    } else {
        mark.text(" was refused (").data(name).text(
            "). Nothing is marked, so the transaction may still be aborted, or committed again.",
        )
    };
    let title = if in_doubt {
        format!("Did {txn} commit?")
    } else {
        format!("Why does {txn} not commit?")
    };
    why(title, [what])
}

fn aborted(txn: &str, finish: &FinishFact, status: Option<AbortStatus>) -> Why {
    let title = format!("What is left of {txn}?");
    match status {
        Some(AbortStatus::AlreadyAborted) => why(
            "What does a second abort do?",
            [Phrase::new(format!(
                "Nothing: {txn} is aborted already, and says so."
            ))],
        ),
        Some(_) => {
            let n = finish
                .rolled
                .iter()
                .filter(|roll| roll.refused.is_none())
                .count();
            let what = Phrase::new(match n {
                0 => "Nothing was written that had to be rolled back. ".to_owned(),
                n => format!(
                    "{} rolled back: the old values stand, with a generation of their own, so that whoever read in between will notice. ",
                    capital(&format!(
                        "{} {}",
                        count(n as u64, "record"),
                        if n == 1 { "is" } else { "are" }
                    ))
                ),
            });
            why(title, [what, rolled(finish), closed(finish)])
        }
        None => why(
            format!("Why can {txn} not be aborted?"),
            [Phrase::new(
                "It has committed, or its commit is in doubt. What may have happened must not be undone.",
            )],
        ),
    }
}

fn swept(facts: &[&MrtEvent], fact: &MrtEvent) -> Option<Why> {
    let MrtEvent::Swept {
        rolled_forward,
        rolled_back,
        closed,
    } = fact
    else {
        return None;
    };
    let mut what = Phrase::new(match (rolled_forward, rolled_back, closed) {
        (0, 0, 0) => "No monitor record is marked, expired or aborted.".to_owned(),
        _ => format!(
            "The server looked after the monitor records that clients left: {} rolled forward, {} rolled back, {} removed.",
            count(*rolled_forward, "transaction"),
            super::phrase::number(*rolled_back),
            count(*closed, "monitor record"),
        ),
    });
    let changed: Vec<&KeyRef> = facts
        .iter()
        .filter_map(|fact| match fact {
            MrtEvent::RecordChanged { key, .. } => Some(key),
            _ => None,
        })
        .collect();
    for (i, key) in changed.iter().enumerate().take(8) {
        what = what
            .text(if i == 0 { " It rolled " } else { ", " })
            .then(record(key, Role::Chosen));
    }
    if !changed.is_empty() {
        what = what.text(".");
    }
    let rule = Phrase::new(
        "A marked transaction is always rolled forward; an unmarked one past its deadline is always rolled back.",
    );
    Some(why("Who finishes what clients leave?", [what, rule]))
}

fn step_name(step: FaultStep) -> &'static str {
    FaultStep::NAMES
        .iter()
        .find(|(_, known)| *known == step)
        .map_or("", |(name, _)| name)
}

fn mode_words(mode: FaultMode) -> String {
    match mode {
        FaultMode::Error(code) => format!("is answered {}, and nothing is done", code.name()),
        FaultMode::LostRequest => "does not arrive".to_owned(),
        FaultMode::LostReply => "is carried out, and its answer is lost".to_owned(),
    }
}
