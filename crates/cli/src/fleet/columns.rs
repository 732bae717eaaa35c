//! The header of an inventory: where the values stand.

use super::header::{Header, Known};
use csv::ByteRecord;
use trustlist::report::Plain;

/// Where the values stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// The header as it is written.
    pub(super) header: ByteRecord,
    /// The names by which JSON calls them: those of the contract, or as the header writes them.
    pub(crate) keys: Vec<String>,
    pub(super) device: usize,
    pub(crate) model: Option<usize>,
    pub(crate) itl: Option<usize>,
    pub(crate) ctl: Option<usize>,
    pub(crate) cm_group: Option<usize>,
    pub(crate) tftp_server: Option<usize>,
    pub(crate) device_pool: Option<usize>,
    /// Columns that are not read although their names are near to those that are, one sentence each.
    pub(crate) ignored: Vec<String>,
    /// The first and the last of those that say something about a phone beside its name, where no other stands between
    /// them.
    pub(super) side_by_side: Option<(usize, usize)>,
}

impl Columns {
    /// The name of the phone of a row.
    pub(crate) fn device_of<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        record.get(self.device).unwrap_or_default().trim_ascii()
    }

    /// The place of the column of this name, however it is written.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let wanted = super::header::plain(name);
        self.header
            .iter()
            .position(|column| super::header::plain(&String::from_utf8_lossy(column)) == wanted)
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
        let key = |(place, written): (usize, String)| {
            found.known_at(place).map_or(written, |known| known.name().to_owned())
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

    /// Notes where the values stand side by side.
    fn ranged(mut self) -> Self {
        let present: Vec<usize> = self.of_phone().into_iter().flatten().collect();
        let ends = present.iter().min().copied().zip(present.iter().max().copied());
        self.side_by_side = ends.filter(|(first, last)| last - first + 1 == present.len());
        self
    }
}

/// Keys of a row in JSON that are no columns: a column of such a name is called otherwise.
const RESERVED: [&str; 3] = ["answer", "error", "line"];
/// Names of a header that a message tells.
const MAX_NAMES_TOLD: usize = 12;
