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
        let hangup = is_hangup_heard().then_some((SIGHUP, HUNG_UP));
        let signals = [(SIGINT, INTERRUPTED), (SIGTERM, TERMINATED)];
        for (signal, status) in signals.into_iter().chain(hangup) {
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

/// Checks if the end of the terminal ends the process: `nohup` has it ignored, and that stays so. Where it cannot be known it is
/// left alone.
fn is_hangup_heard() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The first bit is that of signal 1.
    ignored.is_some_and(|mask| mask & 1 == 0)
}

/// Makes a file size limit (`ulimit -f`) an error of the write that goes past it. Left alone, it ends the process in the
/// middle of its work.
pub(super) fn file_size_is_an_error() {
    #[cfg(unix)]
    {
        let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

/// Exit status of a process that SIGINT ends.
const INTERRUPTED: i32 = 130;
/// Exit status of a process that SIGHUP ends.
const HUNG_UP: i32 = 129;
/// Exit status of a process that SIGTERM ends.
const TERMINATED: i32 = 143;
/// Sent when the terminal is gone. The same number on every system that sends it.
const SIGHUP: i32 = 1;
/// Sent where a write goes past the limit of the process. The same number on Linux, macOS and the BSDs; signal-hook names
/// only what every system has.
#[cfg(unix)]
const SIGXFSZ: i32 = 25;
