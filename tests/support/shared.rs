//! The folder `shared` beside the project: read where it is there.

use std::path::PathBuf;

/// The path of a file or folder below `../shared`; `None`, with the reason printed, where it is missing. In CI that is a
/// failure.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "../shared/{path} is missing");
    eprintln!("skipped: ../shared/{path} is missing");
    None
}
