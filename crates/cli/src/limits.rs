//! How much the command line reads. `--memory` raises what is here together with the limits of the
//! library.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use trustlist::console::{
    MAX_PASTE, MAX_PRINTED_RECORDS, MAX_PRINTS, MAX_ROWS, PasteError, PasteLimits,
};
use trustlist::wire;
use trustlist_cluster::case::{self, CaseError};
use trustlist_cluster::{cluster, cluster::StepError, plan};

/// Memory that the process takes for any input, in MiB. `--memory` raises it, and all limits on
/// sizes with it.
pub const MEMORY_MIB: u64 = 64;

/// The largest file that is read whole, in bytes. Phones take lists up to 64 KiB; firmware images
/// are the largest signed files.
pub const MAX_FILE_SIZE: u64 = 24 << 20;

/// The largest trust list that is read, in bytes: a signed file is described by its header, a list
/// by every record. Phones
/// take lists up to 64 KiB.
pub const MAX_LIST_SIZE: u64 = 4 << 20;

/// The most bytes of all files that one command holds together: lists of a fleet or of a folder,
/// pastes.
pub const MAX_HELD: u64 = 16 << 20;

/// The most certificates of one bundle.
pub const MAX_CERTIFICATES: usize = trustlist::question::MAX_CERTIFICATES;

/// The most files of a folder of known lists or certificates.
pub const MAX_KNOWN_FILES: usize = 10_000;

/// The most log files of all nodes together.
pub const MAX_LOG_FILES: usize = 10_000;

/// How deep folders of logs are searched.
pub const MAX_LOG_DEPTH: usize = 8;

/// The most bytes that one packed log unpacks to: a few kilobytes may become gigabytes. A larger
/// log has to be unpacked
/// it before.
pub const MAX_UNPACKED: u64 = 4 << 30;

/// The most bytes of one row of an inventory: what goes on longer has an open quotation mark.
pub const MAX_ROW_BYTES: usize = 1 << 18;

/// The most servers of one CallManager group in an inventory. CUCM has three.
pub const MAX_SERVERS: usize = 16;

/// The most lines of one row of an inventory: values of several lines are rare, descriptions of a
/// hundred do not occur.
pub const MAX_ROW_LINES: u64 = 100;

/// The most bytes of the values that say something about a phone, in one row: two paths and some
/// names.
pub const MAX_ROW_VALUES: usize = 1 << 13;

/// Rows that cannot be used, and missing lists, in the report of a fleet; all are counted.
pub const MAX_ERRORS: usize = 1_000;

/// Rows that cannot be used, in messages; all are counted.
pub const MAX_MESSAGES: u64 = 20;

/// The largest file that `collect` takes from a server, in bytes. Phones take lists up to 64 KiB; a
/// 7821 loads files up to 2,048 KiB.
pub const MAX_SERVED: u64 = 2 << 20;

/// The most bytes of all files of a snapshot.
pub const MAX_SNAPSHOT: u64 = 1 << 30;

/// The most TFTP nodes, and the most TVS servers, that `collect` asks. CUCM has at most 21 servers
/// of a cluster.
pub const MAX_TARGETS: usize = 64;

/// The most phones whose own files `collect` asks for.
pub const MAX_COLLECTED_PHONES: usize = 10_000;

/// The longest start of a TLS handshake that is read, in bytes. Chains of certificates take a few
/// kilobytes.
pub const MAX_HANDSHAKE: usize = 128 << 10;

/// The largest Excel workbook, packed, in bytes.
pub const MAX_WORKBOOK: u64 = 8 << 20;

/// The most bytes of the parts of a workbook that are held, and of its first table as CSV.
pub const MAX_WORKBOOK_HELD: u64 = 8 << 20;

/// The most bytes that the tables of a workbook unpack to; they are read bit by bit.
pub const MAX_WORKBOOK_TABLES: u64 = 64 << 20;

/// The value of `--memory`; set once, before anything is read.
static MEMORY: AtomicU64 = AtomicU64::new(MEMORY_MIB);
/// Bytes of the files that are held.
static HELD: AtomicU64 = AtomicU64::new(0);

/// Takes over `--memory`.
pub(super) fn set_memory(mib: u64) {
    MEMORY.store(mib.max(MEMORY_MIB), Ordering::Relaxed);
}

/// A limit on sizes, for the memory that is allowed.
pub(super) fn scaled(limit: u64) -> u64 {
    limit.saturating_mul(MEMORY.load(Ordering::Relaxed)) / MEMORY_MIB
}

fn size(limit: usize) -> usize {
    usize::try_from(scaled(u64::try_from(limit).unwrap_or(u64::MAX))).unwrap_or(usize::MAX)
}

/// How a limit on sizes is raised.
pub(super) fn advice() -> String {
    format!("--memory {} allows more", MEMORY.load(Ordering::Relaxed).saturating_mul(2))
}

/// The limits of documents.
pub(super) fn json() -> case::Limits {
    case::Limits::new().bytes(size(case::MAX_BYTES)).tree(size(case::MAX_TREE))
}

/// The limits of pastes.
pub(super) fn paste() -> PasteLimits {
    let limits = PasteLimits::new().bytes(size(MAX_PASTE)).prints(size(MAX_PRINTS));
    limits.records(size(MAX_PRINTED_RECORDS)).rows(size(MAX_ROWS))
}

/// The limits of plans.
pub(super) fn run() -> cluster::Limits {
    let steps = u32::try_from(scaled(cluster::MAX_STEPS.into())).unwrap_or(u32::MAX);
    cluster::Limits::new()
        .steps(steps)
        .minutes(scaled(cluster::MAX_MINUTES))
        .kept(size(cluster::MAX_KEPT))
}

/// Notes that a file is held until the end.
///
/// # Errors
/// Where all of them together are more than the limit.
pub(super) fn hold(bytes: usize) -> Result<(), String> {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let limit = scaled(MAX_HELD);
    let held = HELD.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
    if held > limit {
        // A file that is refused does not count.
        HELD.fetch_sub(bytes, Ordering::Relaxed);
        let mib = limit >> 20;
        return Err(format!(
            "more than {mib} MiB of files together (cli::limits::MAX_HELD); {}",
            advice()
        ));
    }
    Ok(())
}

/// Checks the size of a list.
pub(super) fn list_size(name: &str, file: &wire::File<'_>) -> Result<(), String> {
    let limit = scaled(MAX_LIST_SIZE);
    match file {
        wire::File::List(list) if list.as_bytes().len() as u64 > limit => {
            let bytes = list.as_bytes().len();
            Err(format!(
                "{name}: a list of {bytes} bytes, expected at most {limit} (cli::limits::MAX_LIST_SIZE); {}",
                advice()
            ))
        }
        _ => Ok(()),
    }
}

/// An error of a document, with what helps against it.
pub(super) fn case_error(name: &str, error: &CaseError) -> String {
    let fixed =
        ["MAX_DEPTH", "MAX_TEXT", "MAX_WHAT"].iter().any(|limit| error.expected().contains(limit));
    with_advice(format!("{name}: {error}"), error.is_limit() && !fixed)
}

/// An error of a paste, with what helps against it.
pub(super) fn paste_error(name: &str, error: &PasteError) -> String {
    with_advice(format!("{name}: {error}"), error.is_limit())
}

/// An error of a plan, with what helps against it.
pub(super) fn step_error(told: impl Display, error: &StepError) -> String {
    with_advice(told.to_string(), error.is_limit())
}

fn with_advice(told: String, limit: bool) -> String {
    if limit { format!("{told}; {}", advice()) } else { told }
}

/// Parses a document within the limits. The error is one line with the name.
pub(super) fn document(name: &str, text: &str) -> Result<trustlist::json::Value, String> {
    case::parse_within(text, &json()).map_err(|error| case_error(name, &error))
}

/// Pastes that are judged together must not be longer than one may be.
pub(super) fn paste_together(bytes: usize) -> Result<(), String> {
    let limit = paste().most();
    if bytes <= limit {
        return Ok(());
    }
    Err(format!(
        "{bytes} bytes of text in all files, expected at most {limit} (console::MAX_PASTE); {}",
        advice()
    ))
}

/// The most phones of the inventory of a cluster.
pub(super) fn phones() -> usize {
    size(plan::MAX_PHONES)
}

/// An error of such an inventory, with what helps against it.
pub(super) fn inventory_error(name: &str, error: &plan::InventoryError) -> String {
    with_advice(format!("{name}: {error}"), error.expected.contains("MAX_PHONES"))
}
