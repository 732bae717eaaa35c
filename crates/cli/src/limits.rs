//! How much the command line reads. `--memory` raises what is here together with the limits of the
//! library.

use std::fmt::Display;
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

/// How many times its own size a packed log unpacks to, beyond its first [`FREE_UNPACKED`] bytes: logs
/// pack to a tenth, a file of zeros to a thousandth.
pub const MAX_UNPACKED_RATIO: u64 = 200;

/// Unpacked bytes that [`MAX_UNPACKED_RATIO`] does not count.
pub const FREE_UNPACKED: u64 = 1 << 20;

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

/// The limits of one run: those that the memory raises which `--memory` allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// MiB of `--memory`.
    memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: MEMORY_MIB }
    }
}

impl Limits {
    /// Returns the limits for `--memory`; it raises limits, and lowers none.
    pub(super) fn of_memory(mib: u64) -> Self {
        Self { memory: mib.max(MEMORY_MIB) }
    }

    /// Returns a limit on sizes, for the memory that is allowed.
    pub(super) fn scaled(self, limit: u64) -> u64 {
        limit.saturating_mul(self.memory) / MEMORY_MIB
    }

    fn size(self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.scaled(limit)).unwrap_or(usize::MAX)
    }

    /// Says how a limit on sizes is raised.
    pub(super) fn advice(self) -> String {
        format!("--memory {} allows more", self.memory.saturating_mul(2))
    }

    /// Returns the limits of documents.
    pub(super) fn json(self) -> case::Limits {
        case::Limits::new().bytes(self.size(case::MAX_BYTES)).tree(self.size(case::MAX_TREE))
    }

    /// Returns the limits of pastes.
    pub(super) fn paste(self) -> PasteLimits {
        PasteLimits::new()
            .bytes(self.size(MAX_PASTE))
            .prints(self.size(MAX_PRINTS))
            .records(self.size(MAX_PRINTED_RECORDS))
            .rows(self.size(MAX_ROWS))
    }

    /// Returns the limits of plans.
    pub(super) fn run(self) -> cluster::Limits {
        let steps = u32::try_from(self.scaled(cluster::MAX_STEPS.into())).unwrap_or(u32::MAX);
        cluster::Limits::new()
            .steps(steps)
            .minutes(self.scaled(cluster::MAX_MINUTES))
            .kept(self.size(cluster::MAX_KEPT))
    }

    /// Returns the most phones of the inventory of a cluster.
    pub(super) fn phones(self) -> usize {
        self.size(plan::MAX_PHONES)
    }

    /// Checks the size of a list.
    pub(super) fn list_size(self, name: &str, file: &wire::File<'_>) -> Result<(), String> {
        let limit = self.scaled(MAX_LIST_SIZE);
        match file {
            wire::File::List(list) if list.as_bytes().len() as u64 > limit => {
                let bytes = list.as_bytes().len();
                Err(format!(
                    "{name}: a list of {bytes} bytes, expected at most {limit} (cli::limits::MAX_LIST_SIZE); {}",
                    self.advice()
                ))
            }
            _ => Ok(()),
        }
    }

    /// Checks the size of pastes that are judged together: they must not be longer than one may be.
    pub(super) fn paste_together(self, bytes: usize) -> Result<(), String> {
        let limit = self.paste().most();
        if bytes <= limit {
            return Ok(());
        }
        Err(format!(
            "{bytes} bytes of text in all files, expected at most {limit} (console::MAX_PASTE); {}",
            self.advice()
        ))
    }

    /// Parses a document. The error is one line with the name.
    pub(super) fn document(self, name: &str, text: &str) -> Result<trustlist::json::Value, String> {
        case::parse_within(text, &self.json()).map_err(|error| self.case_error(name, &error))
    }

    /// Returns an error of a document, with the way to raise its limit.
    pub(super) fn case_error(self, name: &str, error: &CaseError) -> String {
        let fixed = ["MAX_DEPTH", "MAX_TEXT", "MAX_WHAT"];
        let fixed = fixed.iter().any(|limit| error.expected().contains(limit));
        self.with_advice(format!("{name}: {error}"), error.is_limit() && !fixed)
    }

    /// Returns an error of a paste, with the way to raise its limit.
    pub(super) fn paste_error(self, name: &str, error: &PasteError) -> String {
        self.with_advice(format!("{name}: {error}"), error.is_limit())
    }

    /// Returns an error of a plan, with the way to raise its limit.
    pub(super) fn step_error(self, message: impl Display, error: &StepError) -> String {
        self.with_advice(message.to_string(), error.is_limit())
    }

    /// Returns an error of the inventory of a cluster, with the way to raise its limit.
    pub(super) fn inventory_error(self, name: &str, error: &plan::InventoryError) -> String {
        self.with_advice(format!("{name}: {error}"), error.expected.contains("MAX_PHONES"))
    }

    fn with_advice(self, message: String, is_limit: bool) -> String {
        if is_limit { format!("{message}; {}", self.advice()) } else { message }
    }
}
