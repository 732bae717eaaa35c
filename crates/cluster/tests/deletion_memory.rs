//! Logs of any length and content are read in constant memory.
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Read};
use trustlist_cluster::deletion::{
    Audit, DeletionScope, Inventory, InventoryNode, NodeTime, TargetCertificate,
};
use trustlist_cluster::release::Product;

/// Counts what the current thread holds, and the most that it held.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.with(|held| held.set(held.get() + bytes));
    PEAK.with(|peak| peak.set(peak.get().max(HELD.with(Cell::get))));
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The same piece over and over.
struct Repeated<'a> {
    piece: &'a [u8],
    at: usize,
    left: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.left).min(self.piece.len() - self.at);
        buffer[..length].copy_from_slice(&self.piece[self.at..self.at + length]);
        self.at = (self.at + length) % self.piece.len();
        self.left -= length;
        Ok(length)
    }
}

/// The largest memory of an audit of this number of bytes.
fn peak(piece: &[u8], size: usize) -> isize {
    let node = InventoryNode { name: "n1".to_owned(), product: Product::Cucm };
    let collected_until = NodeTime::parse("2026-07-06T04:30:00").unwrap();
    let inventory = Inventory {
        nodes: vec![node],
        spread: DeletionScope::Event,
        collected_until,
        clock_skew_seconds: 60,
    };
    let mut audit =
        Audit::new(inventory, TargetCertificate::new("tomcat-trust", "old.pem").unwrap());
    let before = HELD.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    let _ = audit.read_log(0, "log", Repeated { piece, at: 0, left: size });
    let _ = audit.answer();
    PEAK.with(Cell::get) - before
}

const MIB: usize = 1 << 20;

#[test]
fn a_longer_log_takes_no_more_memory() {
    let quiet: &[u8] =
        b"Jul  6 03:00:00 n cron 6 CROND[2211]: (root) CMD (/usr/local/bin/ntp_check)\n\
        2026-07-06 03:00:00,000 DEBUG [Thread-5] - nothing to do\n";
    let (short, long) = (peak(quiet, MIB), peak(quiet, 16 * MIB));
    assert_eq!(short, long);
    assert!(short < MIB as isize, "{short}");
}

#[test]
fn no_log_takes_more_than_a_limit() {
    // Lines and entries without end, and entries without number: the latter are more to hold than
    // to read.
    let pieces: [(&[u8], usize); 7] = [
        (b"x", 24 * MIB),
        (b"op: delete ", 24 * MIB),
        (b"more of an event that never ends\n", 24 * MIB),
        (b"%UC_CERT-0-x: %[\n", 24 * MIB),
        (b"op: delete\nunit: tomcat-trust\ncertDir: /trust-certs/old.pem\n", 3 * MIB),
        (
            b"Jul  6 03:12:05 n user 6 ilog_impl: emitted platform-event (--no-wait platform-event-clusterwide-certificate-delete \
            HOSTNAME=n1 UNIT=tomcat-trust NAME=old.pem)\n",
            6 * MIB,
        ),
        (b"2026-07-06 03:00:00,000 INFO [T] - importTrustCert tomcat-trust old.pem\n", 3 * MIB),
    ];
    for (piece, size) in pieces {
        // The first line opens an entry that the others may go on with.
        let start: &[u8] = b"Jul  6 03:12:05 n user 6 ilog_impl: emitted platform-event (\n";
        let all = [start, &piece.repeat(size / piece.len())].concat();
        let peak = peak(&all, all.len());
        assert!(peak < 12 * MIB as isize, "{} bytes for {}", peak, String::from_utf8_lossy(piece));
    }
}
