//! Progress on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// One line on standard error, rewritten as rows are read; nothing where that is no terminal.
pub(super) struct Progress {
    last: Option<Instant>,
    size: Option<u64>,
    shown: bool,
}

impl Progress {
    /// `size` is that of the inventory, where it is known.
    pub(super) fn new(size: Option<u64>, rows_on_stdout: bool) -> Self {
        let shown = io::stderr().is_terminal() && !(rows_on_stdout && io::stdout().is_terminal());
        Self { last: shown.then(Instant::now), size, shown: false }
    }

    /// Called for every row; looks at the clock once in a while.
    pub(super) fn row(&mut self, rows: u64, bytes: u64) {
        let Some(last) = self.last.filter(|_| rows.is_multiple_of(ROWS)) else { return };
        if last.elapsed() < PAUSE {
            return;
        }
        let percent =
            self.size.filter(|&size| size > 0).map(|size| bytes.saturating_mul(100) / size);
        let percent = percent.map(|percent| format!(", {}%", percent.min(100))).unwrap_or_default();
        let _ = write!(io::stderr(), "\r{rows} phones{percent} ");
        self.last = Some(Instant::now());
        self.shown = true;
    }

    /// Clears the line.
    pub(super) fn end(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
            self.shown = false;
        }
    }
}

/// Rows between two looks at the clock.
const ROWS: u64 = 1 << 12;
const PAUSE: Duration = Duration::from_millis(100);
