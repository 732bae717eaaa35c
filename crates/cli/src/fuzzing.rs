//! Readers of the command line for the fuzz targets. Not public API.

use crate::report::snapshot::Snapshot;

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
