//! Questions about commits under optimistic concurrency control.

use super::Asked;
use crate::event::Event;

/// Will the transaction commit? Not asked where nothing is compared.
pub fn commit(event: &Event) -> Option<Asked> {
    let (txn_id, checks, accepted) = match event {
        Event::CommitAccepted { txn_id, checks, .. } => (txn_id, checks, true),
        Event::CommitRefused { txn_id, checks, .. } => (txn_id, checks, false),
        _ => return None,
    };
    if checks.is_empty() {
        return None;
    }
    let choices = vec!["Yes: it commits".to_owned(), "No: it is refused".to_owned()];
    Some((
        format!("Will {txn_id} commit?"),
        choices,
        usize::from(!accepted),
    ))
}
