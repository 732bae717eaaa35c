//! Reading and splitting on a thread of its own, while the rows before are judged.

use super::inventory::{Inventory, Row};
use csv::ByteRecord;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

/// The rows of an inventory, as they come.
pub(super) struct Feed {
    full: Receiver<Batch>,
    /// Batches that were judged, to be filled again.
    empty: Sender<Batch>,
}

/// Some rows.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<Row>,
    len: usize,
    /// Set on the last one: whether the inventory was read to its end.
    pub(super) end: Option<Result<(), String>>,
}

/// What there is to be judged.
pub(super) enum Next {
    Rows(Batch),
    /// Nothing yet.
    Wait,
    /// Nothing more.
    Gone,
}

impl Feed {
    /// Starts to read.
    pub(super) fn start(inventory: Inventory) -> io::Result<Self> {
        let (full, rows) = sync_channel(AHEAD);
        let (empty, used) = channel();
        std::thread::Builder::new()
            .name("inventory".to_owned())
            .spawn(move || read(inventory, &full, &used))?;
        Ok(Self { full: rows, empty })
    }

    /// The next rows; waits for them a short while only, so that somebody who wants to stop is heard.
    pub(super) fn next(&self) -> Next {
        match self.full.recv_timeout(PATIENCE) {
            Ok(batch) => Next::Rows(batch),
            Err(RecvTimeoutError::Timeout) => Next::Wait,
            Err(RecvTimeoutError::Disconnected) => Next::Gone,
        }
    }

    /// Gives a batch back, to be filled again.
    pub(super) fn used(&self, batch: Batch) {
        // The reader may have come to its end.
        let _ = self.empty.send(batch);
    }
}

/// Fills batch after batch, until the inventory or the interest in it ends.
fn read(mut inventory: Inventory, full: &SyncSender<Batch>, used: &Receiver<Batch>) {
    loop {
        let mut batch = used.try_recv().unwrap_or_default();
        batch.fill(&mut inventory);
        let last = batch.end.is_some();
        if full.send(batch).is_err() || last {
            return;
        }
    }
}

impl Batch {
    /// The rows, in the order of the inventory.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().take(self.len)
    }

    /// Reads until it is full, or until there is nothing but waiting.
    fn fill(&mut self, inventory: &mut Inventory) {
        self.len = 0;
        let mut bytes = 0;
        while self.len < ROWS && bytes < BYTES && !(self.len > 0 && inventory.is_drained()) {
            let Some(row) = self.slot() else { return };
            match inventory.next(row) {
                Ok(true) => {
                    bytes += row.record.as_slice().len();
                    self.len += 1;
                }
                Ok(false) => {
                    self.end = Some(Ok(()));
                    return;
                }
                Err(error) => {
                    self.end = Some(Err(error));
                    return;
                }
            }
        }
    }

    /// Room for one more row. A row that was exceptionally long gives its memory back.
    fn slot(&mut self) -> Option<&mut Row> {
        if self.len == self.rows.len() {
            self.rows.push(Row::default());
        }
        let row = self.rows.get_mut(self.len)?;
        if row.record.as_slice().len() > LONG {
            row.record = ByteRecord::new();
        }
        Some(row)
    }
}

/// Batches that are read ahead: enough to go on while the first lists are read, some ten megabytes at most.
const AHEAD: usize = 24;
/// Rows of a batch.
const ROWS: usize = 1 << 10;
/// Bytes of a batch, about.
const BYTES: usize = 1 << 18;
/// Bytes of a row that does not keep its memory.
const LONG: usize = 1 << 9;
const PATIENCE: Duration = Duration::from_millis(50);
