//! Signals of the system: stop, or that a file has become too large.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to stop. The first one ends the work and leaves nothing half-made; the second
/// time ends the process.
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. Where that is not possible, the process ends at once as it would
    /// without.
    pub(super) fn listen() -> Self {
        let pressed = Arc::new(AtomicBool::new(false));
        for (signal, status) in [(SIGINT, INTERRUPTED), (SIGTERM, TERMINATED)] {
            // In this order: the one that ends the process sees what the signal before has left.
            let _ = flag::register_conditional_shutdown(signal, status, pressed.clone());
            let _ = flag::register(signal, pressed.clone());
        }
        Self(pressed)
    }

    pub(super) fn is_pressed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes a file size limit (`ulimit -f`) an error of the write that goes past it. Left alone, it
/// ends the process in the middle of its work.
pub(super) fn file_size_is_an_error() {
    #[cfg(unix)]
    {
        let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

/// Exit status of a process that SIGINT ends.
const INTERRUPTED: i32 = 130;
/// Exit status of a process that SIGTERM ends.
const TERMINATED: i32 = 143;
/// Sent where a write goes past the limit of the process. The same number on Linux, macOS and the
/// BSDs; signal-hook names only what every system has.
#[cfg(unix)]
const SIGXFSZ: i32 = 25;
