//! The inventory of `plan init`, read as that of a fleet is: in whatever encoding and form, with the columns that CUCM exports.

use crate::fleet::{Inventory, Row};
use crate::{input, limits};
use std::path::Path;
use trustlist_cluster::plan::{self, PhoneRow};

/// Reads the phones of an inventory. The error names its line.
pub(super) fn phones(path: &Path) -> Result<Vec<PhoneRow>, String> {
    let name = input::name(path);
    let mut inventory = Inventory::open(path)?;
    // The same in the form that the library reads, each row in its own line.
    let mut text = line(
        inventory
            .columns
            .keys
            .iter()
            .map(|key| if is_other(key, &inventory.columns.keys) { "" } else { key }),
    );
    let (mut lines, mut row) = (1, Row::default());
    while inventory.next(&mut row)? {
        if let Some(fault) = &row.fault {
            return Err(format!("{name}: line {}: {fault}", row.line));
        }
        while lines + 1 < row.line {
            text.push('\n');
            lines += 1;
        }
        let cells: Vec<_> = row.record.iter().map(String::from_utf8_lossy).collect();
        text.push_str(&line(cells.iter().map(AsRef::as_ref)));
        lines += 1;
        if text.len() as u64 > limits::scaled(limits::MAX_FILE_SIZE) {
            return Err(format!(
                "{name}: line {}: more text than is read; {}",
                row.line,
                limits::advice()
            ));
        }
    }
    plan::inventory_within(&text, limits::phones())
        .map_err(|error| limits::inventory_error(&name, &error))
}

/// Whether a column has a name for what another column says, which is the one that is read.
fn is_other(key: &str, keys: &[String]) -> bool {
    let others =
        NAMES.iter().filter(|(read, _)| key != *read && keys.iter().any(|known| known == read));
    others.flat_map(|(_, names)| names.iter()).any(|name| key.eq_ignore_ascii_case(name))
}

/// The names that the library reads too, by the column that counts before them.
const NAMES: [(&str, &[&str]); 4] = [
    ("device", &["name", "device name", "phone"]),
    ("model", &["phone model", "device type", "type"]),
    ("cm_group", &["callmanager group", "group"]),
    ("tftp_server", &["tftp_servers", "tftp"]),
];

/// A line of cells in quotation marks; a line break in a cell is a blank.
fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| format!("\"{}\"", cell.replace(['\r', '\n'], " ").replace('"', "\"\"")))
        .collect();
    cells.join(",") + "\n"
}
