//! The header of an inventory: where the values stand.

use crate::report::Plain;
use csv::ByteRecord;

/// Where the values stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Columns {
    /// The header as it is written.
    pub(super) header: ByteRecord,
    /// The names by which JSON calls them: those of the contract, or as the header writes them.
    pub(super) keys: Vec<String>,
    pub(super) device: usize,
    pub(in crate::cli) model: Option<usize>,
    pub(in crate::cli) itl: Option<usize>,
    pub(in crate::cli) ctl: Option<usize>,
    pub(in crate::cli) cm_group: Option<usize>,
    pub(in crate::cli) tftp_server: Option<usize>,
    /// The first and the last of those that say something about a phone beside its name, where no other stands between
    /// them.
    pub(super) side_by_side: Option<(usize, usize)>,
}

impl Columns {
    /// The name of the phone of a row.
    pub(in crate::cli) fn device_of<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        record.get(self.device).unwrap_or_default().trim_ascii()
    }

    /// The columns that say something about the phone beside its name.
    pub(super) const fn of_phone(&self) -> [Option<usize>; 5] {
        [self.model, self.itl, self.ctl, self.cm_group, self.tftp_server]
    }

    pub(super) fn of(header: ByteRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(column_name).collect();
        let find = |wanted: &str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(format!("column {wanted} stands there twice")),
                (first, None) => Ok(first),
            }
        };
        let Some(device) = find("device")? else {
            let found = names.iter().take(MAX_NAMES_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(format!(
                "no column device, expected a header with device, model, itl, ctl, cm_group, tftp_server; found {}",
                if names.is_empty() { "nothing".to_owned() } else { Plain(found).to_string() }
            ));
        };
        let written = header.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned());
        let keys = written.zip(&names).map(|(written, name)| if KNOWN.contains(&name.as_str()) { name.clone() } else { written });
        let keys = keys.map(|key| if RESERVED.contains(&key.as_str()) { format!("{key}_") } else { key }).collect();
        let (model, itl, ctl) = (find("model")?, find("itl")?, find("ctl")?);
        let (cm_group, tftp_server) = (find("cm_group")?, find("tftp_server")?);
        let present: Vec<usize> = [model, itl, ctl, cm_group, tftp_server].into_iter().flatten().collect();
        let ends = present.iter().min().copied().zip(present.iter().max().copied());
        let side_by_side = ends.filter(|(first, last)| last - first + 1 == present.len());
        Ok(Self { side_by_side, header, keys, device, model, itl, ctl, cm_group, tftp_server })
    }
}

/// `CM Group` is `cm_group`.
fn column_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase().replace([' ', '-'], "_")
}

/// Columns that mean something here.
const KNOWN: [&str; 6] = ["device", "model", "itl", "ctl", "cm_group", "tftp_server"];
/// Keys of a row in JSON that are no columns: a column of such a name is called otherwise.
const RESERVED: [&str; 3] = ["answer", "error", "line"];
/// Names of a header that a message tells.
const MAX_NAMES_TOLD: usize = 12;
