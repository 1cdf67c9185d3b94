//! Batches: many records, one message.
//!
//! 1. The whole batch is checked before anything is sent: state, and every
//!    key's namespace. The keys of all rows that write are added to the monitor
//!    record at once; if that is refused, so is the batch, and no row is sent.
//! 2. Then each row succeeds or fails by itself, in order, and is remembered
//!    as the single command would be. Nothing is rolled back.
//! 3. A row that reads nothing is an answer, not an error.

use super::digest::Key;
use super::operate::WriteCommand;
use super::record::Stored;
use super::refused::{Reason, Refused, ResultCode};
use super::server::Written;
use super::{Mrt, TxnHandle};

/// A row of a mixed batch.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record.
    pub key: Key,
    /// A write; `None` reads.
    pub write: Option<WriteCommand>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowAnswer {
    /// A read, answered; `None`: there is no such record.
    Read(Option<Stored>),
    /// A write, done.
    Written(Written),
    /// Refused.
    Refused(Refused),
}

impl RowAnswer {
    /// Whether it is no failure.
    pub fn is_ok(&self) -> bool {
        match self {
            RowAnswer::Read(_) | RowAnswer::Written(_) => true,
            RowAnswer::Refused(_) => false,
        }
    }
}

impl Mrt {
    /// Read many records.
    pub fn batch_read(
        &mut self,
        keys: &[Key],
        txn: Option<TxnHandle>,
    ) -> Result<Vec<RowAnswer>, Refused> {
        self.prepare_batch(keys, txn)?;
        Ok(keys.iter().map(|key| self.read_row(key, txn)).collect())
    }

    /// Read and write many records.
    pub fn batch_operate(
        &mut self,
        rows: &[Row],
        txn: Option<TxnHandle>,
    ) -> Result<Vec<RowAnswer>, Refused> {
        let keys: Vec<Key> = rows.iter().map(|row| row.key.clone()).collect();
        self.prepare_batch(&keys, txn)?;
        let written: Vec<Key> = rows
            .iter()
            .filter(|row| row.write.is_some())
            .map(|row| row.key.clone())
            .collect();
        if let Some(txn) = txn
            && !written.is_empty()
        {
            let namespace = self.start(Some(txn), &written)?;
            self.add_keys(namespace, txn, &written)?;
        }
        Ok(rows
            .iter()
            .map(|row| match &row.write {
                None => self.read_row(&row.key, txn),
                Some(command) => self.write_row(&row.key, txn, command),
            })
            .collect())
    }

    fn prepare_batch(&mut self, keys: &[Key], txn: Option<TxnHandle>) -> Result<(), Refused> {
        let Some(txn) = txn else { return Ok(()) };
        self.txn_mut(txn)
            .prepare(keys)
            .map_err(|reason| self.refuse(Some(txn), keys.first(), reason, false, false))
    }

    fn read_row(&mut self, key: &Key, txn: Option<TxnHandle>) -> RowAnswer {
        let answer = self
            .row_namespace(key, txn)
            .and_then(|namespace| self.send_read(namespace, key, txn));
        match answer {
            Ok(found) => RowAnswer::Read(found),
            Err(refused) if refused.code() == ResultCode::RecordNotFound => RowAnswer::Read(None),
            Err(refused) => RowAnswer::Refused(refused),
        }
    }

    fn write_row(
        &mut self,
        key: &Key,
        txn: Option<TxnHandle>,
        command: &WriteCommand,
    ) -> RowAnswer {
        let answer = self
            .row_namespace(key, txn)
            .and_then(|namespace| self.send_write(namespace, key, txn, command));
        match answer {
            Ok(written) => RowAnswer::Written(written),
            Err(refused) => RowAnswer::Refused(refused),
        }
    }

    fn row_namespace(&mut self, key: &Key, txn: Option<TxnHandle>) -> Result<usize, Refused> {
        let found: Result<usize, Reason> = match txn {
            Some(_) => self.server.transactional_namespace(key.namespace()),
            None => self.server.namespace(key.namespace()),
        };
        found.map_err(|reason| self.refuse(txn, Some(key), reason, false, false))
    }
}
