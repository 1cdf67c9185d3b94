//! Planted faults: what the network does to the next message of a step.
//!
//! 1. A fault names a step and, if it likes, a key; it meets the first message
//!    that fits, and as many after it as `times` says.
//! 2. Faults wait in a queue: the first planted that fits is met first.
//! 3. `error`: the server answers a code and does nothing. `lost_request`: the
//!    message does not arrive. `lost_reply`: it arrives and is carried out, and
//!    the answer is lost. The client cannot tell the last two apart.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::digest::{Key, RecordKey};
use super::refused::ResultCode;

/// The messages that a client sends, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultStep {
    /// Keys to the monitor record.
    AddKey,
    /// A write of a record.
    Write,
    /// A read of a record.
    Read,
    /// A version to compare, at commit.
    Verify,
    /// The mark on the monitor record: the commit point.
    Mark,
    /// Roll forward or roll back of one record.
    Roll,
    /// Removal of the monitor record.
    Close,
}

impl FaultStep {
    /// Every step with its name on the wire.
    pub const NAMES: [(&'static str, FaultStep); 7] = [
        ("add_key", FaultStep::AddKey),
        ("write", FaultStep::Write),
        ("read", FaultStep::Read),
        ("verify", FaultStep::Verify),
        ("mark", FaultStep::Mark),
        ("roll", FaultStep::Roll),
        ("close", FaultStep::Close),
    ];
}

/// What happens to the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode", content = "code")]
pub enum FaultMode {
    /// The server answers this code and does nothing.
    Error(ResultCode),
    /// The message does not arrive.
    LostRequest,
    /// It is carried out; its answer does not arrive.
    LostReply,
}

/// A fault that waits for its message.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The step that it waits for.
    pub step: FaultStep,
    /// What it does.
    pub mode: FaultMode,
    /// The record that it waits for; `None`: any.
    pub key: Option<Key>,
    /// How many messages it will still meet.
    pub times: u64,
}

/// The faults that wait, first planted first.
#[derive(Clone, Debug, Default)]
pub struct FaultQueue {
    waiting: VecDeque<Fault>,
}

impl FaultQueue {
    /// Plant a fault behind those that wait already.
    pub fn plant(&mut self, fault: Fault) {
        self.waiting.push_back(fault);
    }

    /// A message of this step goes out, about these records: what happens to it?
    pub fn meet<'k>(
        &mut self,
        step: FaultStep,
        about: impl IntoIterator<Item = &'k RecordKey> + Clone,
    ) -> Option<FaultMode> {
        if self.waiting.is_empty() {
            return None;
        }
        let at = self.waiting.iter().position(|fault| {
            fault.step == step
                && fault.key.as_ref().is_none_or(|wanted| {
                    about.clone().into_iter().any(|key| key.same_record(wanted))
                })
        })?;
        let fault = &mut self.waiting[at];
        let mode = fault.mode;
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.waiting.remove(at);
        }
        Some(mode)
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest::{Places, UserKey};
    use super::*;

    #[test]
    fn first_planted_first_met_per_step_and_key() {
        let mut places = Places::default();
        let mut key = |user| places.key("test", Some("demo"), UserKey::Integer(user));
        let (one, two) = (key(1), key(2));
        let mut queue = FaultQueue::default();
        let mut plant = |mode, key: Option<&Key>, times| {
            queue.plant(Fault {
                step: FaultStep::Write,
                mode,
                key: key.cloned(),
                times,
            });
        };
        plant(FaultMode::LostReply, Some(&two), 1);
        plant(FaultMode::LostRequest, None, 2);
        plant(FaultMode::Error(ResultCode::Timeout), Some(&one), 1);
        let mut meet = |step, key: &Key| queue.meet(step, [&**key]);
        assert_eq!(meet(FaultStep::Read, &one), None);
        assert_eq!(meet(FaultStep::Write, &one), Some(FaultMode::LostRequest));
        assert_eq!(meet(FaultStep::Write, &two), Some(FaultMode::LostReply));
        assert_eq!(meet(FaultStep::Write, &two), Some(FaultMode::LostRequest));
        assert_eq!(meet(FaultStep::Write, &two), None);
        assert_eq!(
            meet(FaultStep::Write, &one),
            Some(FaultMode::Error(ResultCode::Timeout))
        );
        assert_eq!(meet(FaultStep::Write, &one), None);
    }
}
