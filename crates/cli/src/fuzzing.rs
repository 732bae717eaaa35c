//! Readers of the command line for the fuzz targets. Not public API.

use crate::collect;
use crate::fleet::{Inventory, Row};
use crate::input::Input;
use crate::limits::Limits;
use crate::report::snapshot::Snapshot;
use std::path::Path;
use trustlist::phone::TlsVersion;

/// Reads the document of a snapshot, and returns the paths of its files and the document as it is
/// written again; `None` if it is no such document, or if a file is outside of the folder.
pub fn snapshot(document: &[u8]) -> Option<(Vec<String>, Vec<u8>)> {
    let snapshot: Snapshot = serde_json::from_slice(document).ok()?;
    if !snapshot.stays_inside() {
        return None;
    }
    let paths = snapshot.kept().map(|kept| kept.path.clone()).collect();
    Some((paths, serde_json::to_vec(&snapshot).ok()?))
}

/// Returns the certificate of a recorded TLS handshake, if the server accepts this version and
/// presents one.
pub fn certificate_of(answer: &[u8], version: TlsVersion) -> Option<Vec<u8>> {
    collect::certificate_of(answer, version)
}

/// Reads an inventory to its end, and returns its rows: where each begins, and its values. A row
/// that cannot be used has none.
///
/// # Errors
/// One line that says why the file is no inventory.
pub fn inventory(path: &Path) -> Result<Vec<(u64, Vec<String>)>, String> {
    let mut inventory = Inventory::open(&Input::new(Limits::default()), path)?;
    let (mut rows, mut row) = (Vec::new(), Row::default());
    while inventory.next(&mut row)? {
        let values = row.record.iter().map(|value| String::from_utf8_lossy(value).into_owned());
        rows.push((row.line, if row.fault.is_none() { values.collect() } else { Vec::new() }));
    }
    Ok(rows)
}
