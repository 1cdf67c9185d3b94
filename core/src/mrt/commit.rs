//! Commit and abort, step by step.
//!
//! ```text
//!   commit   verify ──► mark ──► roll forward x ─► y ──► close ──► clear
//!              │          ●         the commit point is the mark:
//!              │          │         a failure after it is no error
//!              ▼          └─ refused: VERIFIED, or in doubt: COMMIT_FAILED
//!   abort    roll back x ─► y ──► close ──► clear
//! ```
//!
//! 1. Verify sends every version of `reads`; a record that changed, or that
//!    another transaction holds, fails it. Without the second, two transactions
//!    that each write what the other read could both commit.
//! 2. A failed verify aborts: the state first, then the roll back.
//! 3. The mark sets `fwd` on the monitor record. OK and "marked already" let the
//!    commit go on; "rolled back by the server" aborts; no clear answer leaves
//!    the commit in doubt, and only another commit can tell.
//! 4. Rolling goes over `writes` in the order of the map; every record is tried.
//!    One failure leaves the rest to the server, and the monitor record with it.
//! 5. The monitor record is removed, unless a write is in doubt: it may arrive
//!    yet, and then somebody must know.
//!
//! [`Finish`] is a commit or abort in progress: one message per step, so that
//! the steps of two clients can interleave, and a client that crashes is one
//! whose `Finish` is dropped.

use serde::{Deserialize, Serialize};

use super::digest::Key;
use super::event::{CloseOutcome, KeyRef, MarkOutcome, MrtEvent, VerifyRow};
use super::fault::{FaultMode, FaultStep};
use super::monitor::MonitorKey;
use super::record::Version;
use super::refused::{Reason, ResultCode};
use super::server::Direction;
use super::txn::State;
use super::{Mrt, TxnHandle};

/// How a commit that succeeded ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommitStatus {
    /// Everything done.
    Ok,
    /// An earlier commit succeeded.
    AlreadyCommitted,
    /// It has happened; the server will roll the rest forward.
    RollForwardAbandoned,
    /// It has happened; the server will remove the monitor record.
    CloseAbandoned,
}

impl CommitStatus {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            CommitStatus::Ok => "OK",
            CommitStatus::AlreadyCommitted => "ALREADY_COMMITTED",
            CommitStatus::RollForwardAbandoned => "ROLL_FORWARD_ABANDONED",
            CommitStatus::CloseAbandoned => "CLOSE_ABANDONED",
        }
    }
}

/// What failed in a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommitError {
    /// Verify; it is rolled back.
    VerifyFail,
    /// Verify; it is rolled back, the monitor record is left to the server.
    VerifyFailCloseAbandoned,
    /// Verify; the roll back is left to the server.
    VerifyFailAbortAbandoned,
    /// The mark.
    MarkRollForwardAbandoned,
}

impl CommitError {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            CommitError::VerifyFail => "VERIFY_FAIL",
            CommitError::VerifyFailCloseAbandoned => "VERIFY_FAIL_CLOSE_ABANDONED",
            CommitError::VerifyFailAbortAbandoned => "VERIFY_FAIL_ABORT_ABANDONED",
            CommitError::MarkRollForwardAbandoned => "MARK_ROLL_FORWARD_ABANDONED",
        }
    }
}

/// How an abort ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AbortStatus {
    /// Everything done.
    Ok,
    /// It was aborted before.
    AlreadyAborted,
    /// The server will roll the rest back.
    RollBackAbandoned,
    /// The server will remove the monitor record.
    CloseAbandoned,
}

impl AbortStatus {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            AbortStatus::Ok => "OK",
            AbortStatus::AlreadyAborted => "ALREADY_ABORTED",
            AbortStatus::RollBackAbandoned => "ROLL_BACK_ABANDONED",
            AbortStatus::CloseAbandoned => "CLOSE_ABANDONED",
        }
    }
}

/// A record that failed, and how.
pub type RecordFailure = (Key, ResultCode);

/// A commit that failed.
#[derive(Clone, Debug)]
pub struct CommitFailure {
    /// What failed.
    pub error: CommitError,
    /// The server's answer behind it.
    pub cause: ResultCode,
    /// Whether it may have committed all the same.
    pub in_doubt: bool,
    /// Each record that failed to verify.
    pub verify_errors: Vec<RecordFailure>,
    /// Each record that was not rolled back.
    pub roll_errors: Vec<RecordFailure>,
}

/// How a commit or an abort ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The commit succeeded.
    Committed(CommitStatus),
    /// The commit failed.
    CommitFailed(CommitFailure),
    /// A commit of a transaction that is aborted.
    AlreadyAborted,
    /// The abort succeeded.
    Aborted(AbortStatus),
    /// An abort of a transaction that is committed.
    AlreadyCommitted,
    /// An abort of a transaction whose commit is in doubt.
    AbortRefused,
}

/// The next step of a commit or an abort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send every version read.
    Verify,
    /// Set `fwd`: the commit point.
    Mark,
    /// Roll the record of this number, in the order of the map.
    Roll(usize),
    /// Remove the monitor record.
    Close,
    /// Nothing: it has ended.
    Done,
}

/// A commit or an abort in progress.
#[derive(Debug)]
pub struct Finish {
    txn: TxnHandle,
    step: Step,
    direction: Direction,
    /// The commit was given up: verify failed.
    verify_errors: Vec<RecordFailure>,
    keys: Vec<Key>,
    roll_errors: Vec<RecordFailure>,
    outcome: Option<Outcome>,
}

impl Finish {
    /// The transaction.
    pub fn txn(&self) -> TxnHandle {
        self.txn
    }

    /// What [`Finish::advance`] will do.
    pub fn next(&self) -> Step {
        self.step
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Do the next step.
    pub fn advance(&mut self, mrt: &mut Mrt) {
        match self.step {
            Step::Verify => self.verify(mrt),
            Step::Mark => self.mark(mrt),
            Step::Roll(at) => self.roll(mrt, at),
            Step::Close => self.close(mrt),
            Step::Done => {}
        }
    }

    /// Do all steps that are left.
    pub fn run(mut self, mrt: &mut Mrt) -> Outcome {
        loop {
            if let Some(outcome) = self.outcome {
                return outcome;
            }
            self.advance(mrt);
        }
    }

    fn of(txn: TxnHandle, direction: Direction, step: Step) -> Finish {
        Finish {
            txn,
            step,
            direction,
            verify_errors: Vec::new(),
            keys: Vec::new(),
            roll_errors: Vec::new(),
            outcome: None,
        }
    }

    fn ended(txn: TxnHandle, direction: Direction, outcome: Outcome, mrt: &mut Mrt) -> Finish {
        let mut finish = Finish::of(txn, direction, Step::Done);
        finish.end(mrt, outcome);
        finish
    }

    fn verify(&mut self, mrt: &mut Mrt) {
        self.verify_errors = mrt.verify(self.txn);
        if self.verify_errors.is_empty() {
            mrt.set_state(self.txn, State::Verified);
            self.step = Step::Mark;
        } else {
            mrt.set_state(self.txn, State::Aborted);
            self.start_rolling(mrt, Direction::Back);
        }
    }

    fn mark(&mut self, mrt: &mut Mrt) {
        let (cause, in_doubt) = match mrt.mark(self.txn) {
            MarkOutcome::Marked | MarkOutcome::MarkedBefore | MarkOutcome::NothingToMark => {
                mrt.txn_mut(self.txn).in_doubt = false;
                mrt.set_state(self.txn, State::Committed);
                return self.start_rolling(mrt, Direction::Forward);
            }
            MarkOutcome::Refused(code) => (code, false),
            MarkOutcome::InDoubt(code) => (code, true),
        };
        let this = mrt.txn_mut(self.txn);
        if cause == ResultCode::MrtAborted {
            this.in_doubt = false;
            mrt.set_state(self.txn, State::Aborted);
        } else if in_doubt && !this.in_doubt {
            this.in_doubt = true;
            mrt.set_state(self.txn, State::CommitFailed);
        }
        let failure = CommitFailure {
            error: CommitError::MarkRollForwardAbandoned,
            cause,
            in_doubt: mrt.txn(self.txn).in_doubt,
            verify_errors: Vec::new(),
            roll_errors: Vec::new(),
        };
        self.end(mrt, Outcome::CommitFailed(failure));
    }

    fn start_rolling(&mut self, mrt: &Mrt, direction: Direction) {
        self.direction = direction;
        self.keys = mrt
            .txn(self.txn)
            .writes
            .iter()
            .map(|(key, _)| key.clone())
            .collect();
        self.step = if self.keys.is_empty() {
            Step::Close
        } else {
            Step::Roll(0)
        };
    }

    fn roll(&mut self, mrt: &mut Mrt, at: usize) {
        let key = self.keys[at].clone();
        if let Err(code) = mrt.roll(self.txn, &key, self.direction) {
            self.roll_errors.push((key, code));
        }
        if at + 1 < self.keys.len() {
            self.step = Step::Roll(at + 1);
        } else if self.roll_errors.is_empty() {
            self.step = Step::Close;
        } else {
            self.give_up_rolling(mrt);
        }
    }

    fn give_up_rolling(&mut self, mrt: &mut Mrt) {
        let outcome = match self.direction {
            Direction::Forward => Outcome::Committed(CommitStatus::RollForwardAbandoned),
            Direction::Back if self.verify_errors.is_empty() => {
                Outcome::Aborted(AbortStatus::RollBackAbandoned)
            }
            Direction::Back => self.verify_failed(CommitError::VerifyFailAbortAbandoned),
        };
        self.end(mrt, outcome);
    }

    fn close(&mut self, mrt: &mut Mrt) {
        let abandoned = matches!(mrt.close(self.txn), CloseOutcome::Failed(_));
        let verified = self.verify_errors.is_empty();
        let outcome = match (self.direction, abandoned) {
            (Direction::Forward, false) => Outcome::Committed(CommitStatus::Ok),
            (Direction::Forward, true) => Outcome::Committed(CommitStatus::CloseAbandoned),
            (Direction::Back, false) if verified => Outcome::Aborted(AbortStatus::Ok),
            (Direction::Back, true) if verified => Outcome::Aborted(AbortStatus::CloseAbandoned),
            (Direction::Back, false) => self.verify_failed(CommitError::VerifyFail),
            (Direction::Back, true) => self.verify_failed(CommitError::VerifyFailCloseAbandoned),
        };
        if !abandoned {
            mrt.clear(self.txn);
        }
        self.end(mrt, outcome);
    }

    /// The cause of a failed verify is its first row's.
    fn verify_failed(&mut self, error: CommitError) -> Outcome {
        let verify_errors = std::mem::take(&mut self.verify_errors);
        Outcome::CommitFailed(CommitFailure {
            error,
            cause: verify_errors
                .first()
                .map_or(ResultCode::TxnFailed, |(_, code)| *code),
            in_doubt: false,
            verify_errors,
            roll_errors: std::mem::take(&mut self.roll_errors),
        })
    }

    fn end(&mut self, mrt: &mut Mrt, outcome: Outcome) {
        let txn_id = || self.txn.to_string();
        mrt.facts.note(|| match &outcome {
            Outcome::Committed(status) => commit_ended(txn_id(), Some(*status), None),
            Outcome::CommitFailed(failure) => commit_ended(txn_id(), None, Some(failure)),
            Outcome::AlreadyAborted => commit_ended(txn_id(), None, None),
            Outcome::Aborted(status) => MrtEvent::AbortEnded {
                txn_id: txn_id(),
                status: Some(*status),
            },
            Outcome::AlreadyCommitted | Outcome::AbortRefused => MrtEvent::AbortEnded {
                txn_id: txn_id(),
                status: None,
            },
        });
        self.step = Step::Done;
        self.outcome = Some(outcome);
    }
}

fn commit_ended(
    txn_id: String,
    status: Option<CommitStatus>,
    failure: Option<&CommitFailure>,
) -> MrtEvent {
    MrtEvent::CommitEnded {
        txn_id,
        status,
        error: failure.map(|failure| failure.error),
        cause: failure.map(|failure| failure.cause),
        in_doubt: failure.is_some_and(|failure| failure.in_doubt),
    }
}

impl Mrt {
    /// Commit a transaction, all steps.
    pub fn commit(&mut self, txn: TxnHandle) -> Outcome {
        self.start_commit(txn).run(self)
    }

    /// Abort a transaction, all steps.
    pub fn abort(&mut self, txn: TxnHandle) -> Outcome {
        self.start_abort(txn).run(self)
    }

    /// Begin a commit; nothing is sent yet.
    pub fn start_commit(&mut self, txn: TxnHandle) -> Finish {
        let state = self.txn(txn).state;
        self.note_start(
            txn,
            true,
            matches!(state, State::Verified | State::CommitFailed),
        );
        match state {
            State::Open => Finish::of(txn, Direction::Forward, Step::Verify),
            State::Verified | State::CommitFailed => {
                Finish::of(txn, Direction::Forward, Step::Mark)
            }
            State::Committed => {
                let outcome = Outcome::Committed(CommitStatus::AlreadyCommitted);
                Finish::ended(txn, Direction::Forward, outcome, self)
            }
            State::Aborted => Finish::ended(txn, Direction::Back, Outcome::AlreadyAborted, self),
        }
    }

    /// Begin an abort; nothing is sent yet, and the state is ABORTED already.
    pub fn start_abort(&mut self, txn: TxnHandle) -> Finish {
        self.note_start(txn, false, false);
        let outcome = match self.txn(txn).state {
            State::Open | State::Verified => {
                self.set_state(txn, State::Aborted);
                let mut finish = Finish::of(txn, Direction::Back, Step::Close);
                finish.start_rolling(self, Direction::Back);
                return finish;
            }
            State::Aborted => Outcome::Aborted(AbortStatus::AlreadyAborted),
            State::Committed => Outcome::AlreadyCommitted,
            State::CommitFailed => Outcome::AbortRefused,
        };
        Finish::ended(txn, Direction::Back, outcome, self)
    }

    /// Send every version read; answers the rows that failed.
    pub fn verify(&mut self, txn: TxnHandle) -> Vec<RecordFailure> {
        let reads: Vec<(Key, Version)> = self
            .txn(txn)
            .reads
            .iter()
            .map(|(key, version)| (key.clone(), version))
            .collect();
        let mut failed = Vec::new();
        let mut rows = Vec::new();
        let wanted = self.facts.wanted();
        for (key, read) in reads {
            let refused = self.verify_row(&key, read).err();
            if wanted {
                let read = read.to_string();
                rows.push(VerifyRow {
                    key: KeyRef::from(&*key),
                    read,
                    refused,
                });
            }
            failed.extend(refused.map(|code| (key, code)));
        }
        self.facts.note(|| MrtEvent::Verified {
            txn_id: txn.to_string(),
            rows,
        });
        failed
    }

    fn verify_row(&mut self, key: &Key, read: Version) -> Result<(), ResultCode> {
        #[cfg(test)]
        if self.broken.skips_verify {
            return Ok(());
        }
        let answer = match self.meet(FaultStep::Verify, [&**key]) {
            None => self
                .server
                .namespace(key.namespace())
                .and_then(|namespace| self.server.verify(namespace, &key.digest, read)),
            Some(FaultMode::Error(code)) => Err(Reason::Planted(code)),
            Some(FaultMode::LostRequest | FaultMode::LostReply) => Err(Reason::Lost),
        };
        answer.map_err(|reason| reason.code())
    }

    /// Mark the monitor record: the commit point.
    pub fn mark(&mut self, txn: TxnHandle) -> MarkOutcome {
        let outcome = match self
            .monitor_key(txn)
            .filter(|_| self.txn(txn).monitor_exists())
        {
            None => MarkOutcome::NothingToMark,
            Some(monitor) => {
                let answer = match self.meet(FaultStep::Mark, []) {
                    None => self.server.mark(monitor, &mut self.facts),
                    Some(FaultMode::Error(code)) => Err(Reason::Planted(code)),
                    Some(FaultMode::LostRequest) => Err(Reason::Lost),
                    Some(FaultMode::LostReply) => {
                        // Marked or refused, the client hears of neither.
                        let _unheard = self.server.mark(monitor, &mut self.facts);
                        Err(Reason::Lost)
                    }
                };
                match answer.map_err(|reason| reason.code()) {
                    Ok(()) => MarkOutcome::Marked,
                    Err(ResultCode::MrtCommitted) => MarkOutcome::MarkedBefore,
                    Err(code) if code.leaves_a_write_in_doubt() => MarkOutcome::InDoubt(code),
                    Err(code) => MarkOutcome::Refused(code),
                }
            }
        };
        self.facts.note(|| MrtEvent::Marked {
            txn_id: txn.to_string(),
            outcome,
        });
        outcome
    }

    /// Roll one record.
    pub fn roll(
        &mut self,
        txn: TxnHandle,
        key: &Key,
        direction: Direction,
    ) -> Result<(), ResultCode> {
        let id = self.txn(txn).id;
        let fault = self.meet(FaultStep::Roll, [&**key]);
        if matches!(fault, None | Some(FaultMode::LostReply))
            && let Ok(namespace) = self.server.namespace(key.namespace())
        {
            self.server
                .roll(namespace, &key.digest, id, direction, &mut self.facts);
        }
        let refused = match fault {
            None => None,
            Some(FaultMode::Error(code)) => Some(code),
            Some(FaultMode::LostRequest | FaultMode::LostReply) => Some(ResultCode::Timeout),
        };
        self.facts.note(|| MrtEvent::Rolled {
            txn_id: txn.to_string(),
            forward: direction == Direction::Forward,
            key: KeyRef::from(&**key),
            refused,
        });
        refused.map_or(Ok(()), Err)
    }

    /// Remove the monitor record, if the client knows of one and may.
    pub fn close(&mut self, txn: TxnHandle) -> CloseOutcome {
        let this = self.txn(txn);
        let outcome = match self.monitor_key(txn) {
            Some(monitor) if this.closes_monitor() => {
                let fault = self.meet(FaultStep::Close, []);
                if matches!(fault, None | Some(FaultMode::LostReply)) {
                    self.server.close(monitor, &mut self.facts);
                }
                match fault {
                    // A monitor record that is not there needs no removal.
                    None | Some(FaultMode::Error(ResultCode::RecordNotFound)) => {
                        CloseOutcome::Closed
                    }
                    Some(FaultMode::Error(code)) => CloseOutcome::Failed(code),
                    Some(FaultMode::LostRequest | FaultMode::LostReply) => {
                        CloseOutcome::Failed(ResultCode::Timeout)
                    }
                }
            }
            Some(_) if this.monitor_exists() => CloseOutcome::LeftToServer,
            _ => CloseOutcome::NothingToClose,
        };
        self.facts.note(|| MrtEvent::Closed {
            txn_id: txn.to_string(),
            outcome,
        });
        outcome
    }

    /// The monitor record's key, once the namespace is known.
    fn monitor_key(&self, txn: TxnHandle) -> Option<MonitorKey> {
        let this = self.txn(txn);
        let namespace = self.server.namespace(this.namespace()?).ok()?;
        Some((this.id, namespace))
    }

    fn clear(&mut self, txn: TxnHandle) {
        self.txn_mut(txn).clear();
        self.facts.note(|| MrtEvent::TxnCleared {
            txn_id: txn.to_string(),
        });
    }

    fn set_state(&mut self, txn: TxnHandle, to: State) {
        let this = self.txn_mut(txn);
        let from = std::mem::replace(&mut this.state, to);
        if from != to {
            self.facts.note(|| MrtEvent::StateChanged {
                txn_id: txn.to_string(),
                from,
                to,
            });
        }
    }

    fn note_start(&mut self, txn: TxnHandle, commit: bool, retried: bool) {
        self.facts.note(|| MrtEvent::FinishStarted {
            txn_id: txn.to_string(),
            commit,
            retried,
        });
    }
}
