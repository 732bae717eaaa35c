//! The inventory: a header whose columns are found by their names, and rows that are read one by
//! one on a thread of their own.

use super::source::{BUFFER, Source, in_utf8};
use crate::input::{self, Input};
use crate::limits::MAX_ROW_LINES;
use csv::ByteRecord;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;
use trustlist::report::Plain;
use trustlist_cluster::plan;

/// An inventory that is being read.
pub(crate) struct Inventory {
    reader: csv::Reader<Source>,
    end: End,
    pub(crate) columns: Columns,
    name: String,
    /// The size in bytes, if it is a file.
    pub(super) size: Option<u64>,
    /// Lines before those that the reader counts.
    skipped: u64,
    delimiter: u8,
}

/// The end of a row. The reader counts the line of a row from the line feed of the row before it, or
/// from empty lines; so line numbers come from the ends.
#[derive(Clone, Copy)]
struct End {
    line: u64,
    /// True if a line feed ends it, and not a carriage return or the end of the file.
    feed: bool,
}

/// One row.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The line where it begins.
    pub(crate) line: u64,
    /// Bytes of the inventory up to its end.
    pub(super) bytes: u64,
    pub(crate) record: ByteRecord,
    /// Why it cannot be used.
    pub(crate) fault: Option<String>,
}

impl Inventory {
    /// Opens an inventory, or standard input for `-`, and reads its header.
    pub(crate) fn open(input: &Input, path: &Path) -> Result<Self, String> {
        let name = input::name(path);
        let fail = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let (source, layout) = Source::open(path, input.limits).map_err(|error| fail(&error))?;
        let size = source.size;
        let mut builder = csv::ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(layout.delimiter)
            .buffer_capacity(BUFFER);
        let mut reader = builder.from_reader(source);
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(|error| fail(&told(error)))?;
        in_utf8(&mut header);
        let columns = Columns::of(header).map_err(|error| format!("{name}: line 1: {error}"))?;
        let end = row_ends(&mut reader);
        Ok(Self {
            reader,
            end,
            columns,
            name,
            size,
            skipped: layout.skipped,
            delimiter: layout.delimiter,
        })
    }

    /// Reads the next row; rows without any value are left out. `false` at the end; the error is
    /// that of the file.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<bool, String> {
        loop {
            let before = self.end;
            match self.reader.read_byte_record(&mut row.record) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => {
                    return Err(format!(
                        "{}: line {}: {}",
                        self.name,
                        self.reader.position().line() + self.skipped,
                        told(error)
                    ));
                }
            }
            self.end = row_ends(&mut self.reader);
            if self.columns.device_of(&row.record).is_empty()
                && row.record.as_slice().trim_ascii().is_empty()
            {
                continue;
            }
            // The usual row begins one line after the one before.
            let plain = self.end.line.saturating_sub(before.line)
                <= u64::from(self.end.feed) + u64::from(!before.feed);
            let feeds = if plain { 0 } else { line_feeds(&row.record) };
            let unclosed = feeds > 0 && self.is_unclosed(&row.record);
            row.fault = self.fault(&row.record, feeds, unclosed);
            row.line = self
                .end
                .line
                .saturating_sub(u64::from(self.end.feed && !unclosed))
                .saturating_sub(feeds)
                // A quotation mark may be left open in a way that only the end of the file shows.
                .max(before.line);
            row.line = row.line.saturating_add(self.skipped);
            in_utf8(&mut row.record);
            row.bytes = self.reader.position().byte();
            return Ok(true);
        }
    }

    /// Checks if the next row is still to come.
    pub(super) fn is_drained(&self) -> bool {
        self.reader.get_ref().is_drained_at(self.reader.position().byte())
    }

    /// Returns why a row cannot be used; `feeds` is the number of line feeds in its values.
    fn fault(&self, record: &ByteRecord, feeds: u64, unclosed: bool) -> Option<String> {
        let (found, expected) = (record.len(), self.columns.header.len());
        if unclosed || feeds >= MAX_ROW_LINES || (feeds > 0 && self.swallows(record)) {
            return Some(format!("a row of {} lines: is a quotation mark left open?", feeds + 1));
        }
        if found != expected {
            return Some(format!("{found} values, expected {expected} as in the header"));
        }
        self.columns.device_of(record).is_empty().then(|| "no value for device".to_owned())
    }

    /// Checks if a value of several lines has a line that is a row by itself: it has as many
    /// separators as the header, or the name of a device.
    fn swallows(&self, record: &ByteRecord) -> bool {
        let separators = self.columns.header.len().saturating_sub(1);
        let is_row = |line: &[u8]| {
            let count = line.iter().filter(|byte| **byte == self.delimiter).count();
            (separators >= 2 && count == separators)
                || line.split(|byte| !byte.is_ascii_alphanumeric()).any(is_device)
        };
        record.iter().any(|value| value.split(|&byte| byte == b'\n').skip(1).any(is_row))
    }

    /// Checks if the last value goes on to the end of the file without a closing quotation mark.
    fn is_unclosed(&self, record: &ByteRecord) -> bool {
        let last = record.iter().next_back().unwrap_or_default();
        let source = self.reader.get_ref();
        last.contains(&b'\n') && source.at_end && source.last_of_text != Some(b'"')
    }
}

/// `SEP001122334455`: letters for the kind of device, and a MAC address.
pub(crate) fn is_device(word: &[u8]) -> bool {
    word.split_at_checked(3).is_some_and(|(kind, address)| {
        kind.iter().all(u8::is_ascii_uppercase)
            && address.len() == 12
            && address.iter().all(u8::is_ascii_hexdigit)
    })
}

/// Notes where the row ends that was read.
fn row_ends(reader: &mut csv::Reader<Source>) -> End {
    let (line, byte) = (reader.position().line(), reader.position().byte());
    let source = reader.get_mut();
    source.row_ends();
    End { line, feed: source.byte_before(byte) == Some(b'\n') }
}

/// Line feeds inside the values.
fn line_feeds(record: &ByteRecord) -> u64 {
    record.as_slice().iter().map(|&byte| u64::from(byte == b'\n')).sum()
}

/// Returns an error of the file as a message.
fn told(error: csv::Error) -> String {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    CmGroup,
    Ctl,
    Device,
    DevicePool,
    Itl,
    Model,
    TftpServer,
}

impl Known {
    /// The name that the contract has for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CmGroup => "cm_group",
            Self::Ctl => "ctl",
            Self::Device => "device",
            Self::DevicePool => "device_pool",
            Self::Itl => "itl",
            Self::Model => "model",
            Self::TftpServer => "tftp_server",
        }
    }

    /// Its other names, the surest first: of two columns the one with the earlier name is read.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::CmGroup => &[
                "cm_group",
                "callmanager_group",
                "call_manager_group",
                "cisco_unified_callmanager_group",
                "cisco_unified_cm_group",
                "cisco_unified_communications_manager_group",
                "callmanagergroupname",
                "cmgroup",
            ],
            Self::Ctl => &["ctl"],
            Self::Device => &[
                "device",
                "device_name",
                "device_name(line)",
                "device_name_(line)",
                "devicename",
                "phone_name",
                "phone",
                "name",
            ],
            Self::DevicePool => {
                &["device_pool", "devicepool", "device_pool_name", "devicepoolname", "pool"]
            }
            // From CUCM 14 the second one says if the phone has the list of its node.
            Self::Itl => &["itl", "itl_file_status", "itl_status"],
            Self::Model => &[
                "model",
                "phone_model",
                "device_type",
                "phone_type",
                "device_model",
                "devicetype",
                "phonemodel",
                "model_name",
                "product",
                "product_type",
                "type",
            ],
            Self::TftpServer => &[
                "tftp_server",
                "tftp_servers",
                "tftp",
                "tftp_server_1",
                "tftpserver",
                "tftp_server1",
            ],
        }
    }

    const ALL: [Self; 7] = [
        Self::CmGroup,
        Self::Ctl,
        Self::Device,
        Self::DevicePool,
        Self::Itl,
        Self::Model,
        Self::TftpServer,
    ];
}

/// A header whose columns are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// The place of each column that is read.
    found: Vec<(Known, usize)>,
    /// Columns that are not read although their names are near, one sentence each.
    pub(super) ignored: Vec<String>,
}

impl Header {
    /// Finds the columns of a header. The error names a column that is there twice.
    pub(super) fn of(written: &[String]) -> Result<Self, String> {
        let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        let mut header = Self::default();
        for known in Known::ALL {
            for wanted in known.names() {
                let mut places = names
                    .iter()
                    .enumerate()
                    .filter(|(_, name)| name == wanted)
                    .map(|(place, _)| place);
                match (places.next(), places.next()) {
                    (Some(_), Some(_)) => {
                        return Err(format!("column {} is there twice", known.name()));
                    }
                    (Some(place), None) => {
                        header.found.push((known, place));
                        break;
                    }
                    (None, _) => {}
                }
            }
        }
        for (place, name) in names.iter().enumerate() {
            if header.known_at(place).is_some() {
                continue;
            }
            let near = Known::ALL
                .into_iter()
                .find(|known| known.names().iter().any(|other| is_near(name, other)));
            let Some(near) = near.filter(|_| header.ignored.len() < MAX_TOLD) else { continue };
            let written = written.get(place).map_or("", |name| name.trim());
            header.ignored.push(match header.place(near) {
                Some(read) => {
                    let read = names.get(read).map_or("", String::as_str);
                    format!("column {written} is not read: {read} is the column {}", near.name())
                }
                None => format!("column {written} is not read: it looks like {}", near.name()),
            });
        }
        Ok(header)
    }

    /// The place of a column.
    pub(super) fn place(&self, wanted: Known) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == wanted).map(|(_, place)| *place)
    }

    /// The column at a place.
    pub(super) fn known_at(&self, place: usize) -> Option<Known> {
        self.found.iter().find(|(_, found)| *found == place).map(|(known, _)| *known)
    }
}

/// `CM Group` is `cm_group`.
pub(super) fn plain(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    name.split([' ', '-', '_', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// Checks if a name is one mistyped letter away. Short names are too near to many others.
fn is_near(name: &str, known: &str) -> bool {
    if name == known {
        return true;
    }
    let (one, other): (Vec<char>, Vec<char>) = (name.chars().collect(), known.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    if short.len() < MIN_NEAR || long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long.iter()).take_while(|(left, right)| left == right).count();
    let rest_short = short.get(same..).unwrap_or_default();
    let rest_long = long.get(same + 1..).unwrap_or_default();
    match long.len() - short.len() {
        0 => rest_short.get(1..).unwrap_or_default() == rest_long,
        _ => rest_short == rest_long,
    }
}

/// Letters of the shortest name that another may be near to.
const MIN_NEAR: usize = 5;
/// Columns that are reported.
const MAX_TOLD: usize = 10;

/// The places of the values in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// The header as it is written.
    pub(super) header: ByteRecord,
    /// The names of the columns in JSON: those of the contract, else as the header writes them.
    pub(crate) keys: Vec<String>,
    pub(super) device: usize,
    pub(crate) model: Option<usize>,
    pub(crate) itl: Option<usize>,
    pub(crate) ctl: Option<usize>,
    pub(crate) cm_group: Option<usize>,
    pub(crate) tftp_server: Option<usize>,
    pub(crate) device_pool: Option<usize>,
    /// The column that says if a phone is registered.
    status: Option<usize>,
    /// Columns that are not read although their names are near to those that are, one sentence
    /// each.
    pub(crate) ignored: Vec<String>,
    /// The first and the last column with a fact about the phone, if no other column is between
    /// them.
    pub(super) side_by_side: Option<(usize, usize)>,
}

impl Columns {
    /// The name of the phone of a row.
    pub(crate) fn device_of<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        record.get(self.device).unwrap_or_default().trim_ascii()
    }

    /// Checks if the phone of a row is away: it was not offered what others got (P-11).
    pub(crate) fn is_away(&self, record: &ByteRecord) -> bool {
        let cell = self.status.and_then(|status| record.get(status)).unwrap_or_default();
        // The usual word, without allocating.
        let is_here = cell.get(..10).is_some_and(|word| word.eq_ignore_ascii_case(b"registered"));
        !cell.is_empty()
            && !is_here
            && plan::is_online(&String::from_utf8_lossy(cell)) == Some(false)
    }

    /// The place of the column of this name, however it is written.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.header.iter().position(|column| plain(&String::from_utf8_lossy(column)) == wanted)
    }

    /// The columns that say something about the phone beside its name.
    pub(super) const fn of_phone(&self) -> [Option<usize>; 5] {
        [self.model, self.itl, self.ctl, self.cm_group, self.tftp_server]
    }

    pub(super) fn of(header: ByteRecord) -> Result<Self, String> {
        let written: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned())
            .collect();
        let found = Header::of(&written)?;
        let Some(device) = found.place(Known::Device) else {
            let names = written
                .iter()
                .take(MAX_NAMES_TOLD)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            return Err(format!(
                "no column device, expected a header with device, model, itl, ctl, cm_group, tftp_server; found {}",
                if names.is_empty() { "nothing".to_owned() } else { Plain(names).to_string() }
            ));
        };
        let plain_names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        let named = |wanted: &&str| plain_names.iter().position(|name| name == wanted);
        let status = STATUS.iter().find_map(named);
        let key = |(place, written): (usize, String)| match found.known_at(place) {
            // The words of a status are no list.
            Some(Known::Itl) if plain(&written) != Known::Itl.name() => written,
            Some(known) => known.name().to_owned(),
            None => written,
        };
        let keys = written.into_iter().enumerate().map(key);
        let keys = keys
            .map(|key| if RESERVED.contains(&key.as_str()) { format!("{key}_") } else { key })
            .collect();
        let columns = Self {
            side_by_side: None,
            header,
            keys,
            device,
            model: found.place(Known::Model),
            itl: found.place(Known::Itl),
            ctl: found.place(Known::Ctl),
            cm_group: found.place(Known::CmGroup),
            tftp_server: found.place(Known::TftpServer),
            device_pool: found.place(Known::DevicePool),
            status,
            ignored: found.ignored,
        };
        Ok(columns.ranged())
    }

    /// Takes the device pool for the CallManager group, where the inventory has no column for that.
    pub(crate) fn group_by_pool(&mut self) {
        if self.cm_group.is_none() {
            self.cm_group = self.device_pool;
            *self = self.clone().ranged();
        }
    }

    /// Notes if the values are side by side.
    fn ranged(mut self) -> Self {
        let present: Vec<usize> = self.of_phone().into_iter().flatten().collect();
        let ends = present.iter().min().copied().zip(present.iter().max().copied());
        self.side_by_side = ends.filter(|(first, last)| last - first + 1 == present.len());
        self
    }
}

/// Names of the column that says if a phone is registered, the surest first.
const STATUS: [&str; 3] = ["online", "status", "registration"];
/// Keys of a row in JSON that are no columns: a column of such a name is called otherwise.
const RESERVED: [&str; 3] = ["answer", "error", "line"];
/// Names of a header in a message.
const MAX_NAMES_TOLD: usize = 12;

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

/// The next thing to do.
pub(super) enum Next {
    Rows(Batch),
    /// No rows are ready yet.
    Wait,
    /// There are no more rows.
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

    /// Returns the next rows; waits a short while only, so that an interrupt is noticed.
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
        while self.len < BATCH_ROWS
            && bytes < BATCH_BYTES
            && !(self.len > 0 && inventory.is_drained())
        {
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

/// Batches that are read ahead: enough to go on while the first lists are read, some ten megabytes
/// at most.
const AHEAD: usize = 24;
/// Rows of a batch.
const BATCH_ROWS: usize = 1 << 10;
/// Bytes of a batch, about.
const BATCH_BYTES: usize = 1 << 18;
/// Bytes of a row that does not keep its memory.
const LONG: usize = 1 << 9;
const PATIENCE: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Header {
        Header::of(&names.split(',').map(str::to_owned).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn exports_of_different_origin() {
        let places =
            |names: &str, wanted: [Known; 3]| wanted.map(|known| header(names).place(known));
        let wanted = [Known::Device, Known::Model, Known::DevicePool];
        assert_eq!(
            places("Device Name,Description,Device Pool,Device Type", wanted),
            [Some(0), Some(3), Some(2)]
        );
        assert_eq!(
            places("Device Name(Line),Description,Device Pool,Device Protocol", wanted),
            [Some(0), None, Some(2)]
        );
        assert_eq!(
            places("name,description,product,model,devicePoolName", wanted),
            [Some(0), Some(3), Some(4)]
        );
        assert_eq!(places("PHONE-NAME, Phone  Model ,pool", wanted), [Some(0), Some(1), Some(2)]);
    }

    /// The surer name wins, and the other one is reported.
    #[test]
    fn of_two_columns_one_is_read() {
        let both = header("Name,Device Name,Type,Model");
        assert_eq!((both.place(Known::Device), both.place(Known::Model)), (Some(1), Some(3)));
        assert_eq!(both.ignored.len(), 2);
        assert!(
            both.ignored[0]
                .starts_with("column Name is not read: device_name is the column device"),
            "{:?}",
            both.ignored
        );
    }

    #[test]
    fn a_column_that_looks_like_a_known_one_is_told() {
        assert_eq!(
            header("device,modell").ignored,
            ["column modell is not read: it looks like model"]
        );
        assert_eq!(
            header("device,devise_pool").ignored,
            ["column devise_pool is not read: it looks like device_pool"]
        );
        assert_eq!(header("device,site,Device Protocol,Description,Owner").ignored, [""; 0]);
    }

    /// A status says something about the list, and is none.
    #[test]
    fn the_status_of_the_itl_keeps_its_name() {
        let of = |names: &[&str]| Columns::of(ByteRecord::from(names.to_vec())).unwrap();
        let status = of(&["Device Name", "ITL File Status"]);
        assert_eq!(
            (status.itl, status.keys),
            (Some(1), ["device", "ITL File Status"].map(str::to_owned).into())
        );
        let both = of(&["device", "ITL File Status", "itl"]);
        assert_eq!(both.itl, Some(2));
        assert_eq!(both.ignored, ["column ITL File Status is not read: itl is the column itl"]);
    }

    #[test]
    fn a_name_that_stands_twice_is_an_error() {
        let twice = ["device", "Device"].map(str::to_owned);
        assert_eq!(Header::of(&twice).unwrap_err(), "column device is there twice");
    }
}
