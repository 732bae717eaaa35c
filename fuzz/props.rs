//! What holds for every input. The fuzz targets look for inputs that break it; `tests/props.rs` tries the files at hand.
//!
//! Each property takes bytes and panics where it does not hold.
#![allow(dead_code, unreachable_pub, missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "props/console.rs"]
mod console;
#[path = "props/differential.rs"]
mod differential;
#[cfg(feature = "serde")]
#[path = "props/inventory.rs"]
mod inventory;
#[cfg(feature = "serde")]
#[path = "props/json.rs"]
mod json;
#[path = "props/logs.rs"]
mod logs;
#[path = "props/naive.rs"]
mod naive;
#[path = "props/parse.rs"]
mod parse;
#[cfg(feature = "serde")]
#[path = "props/plan.rs"]
mod plan;
#[path = "props/predict.rs"]
mod predict;
#[path = "props/question.rs"]
mod question;
#[path = "props/rebuild.rs"]
mod rebuild;
#[cfg(feature = "serde")]
#[path = "props/scenario.rs"]
mod scenario;
#[cfg(feature = "serde")]
#[path = "props/simulate.rs"]
mod simulate;
#[cfg(feature = "rsa")]
#[path = "props/verify.rs"]
mod verify;

pub use console::console;
pub use differential::differential;
#[cfg(feature = "serde")]
pub use inventory::inventory;
#[cfg(feature = "serde")]
pub use json::json;
pub use logs::logs;
pub use parse::parse;
#[cfg(feature = "serde")]
pub use plan::plan;
pub use predict::predict;
#[cfg(feature = "serde")]
pub use simulate::simulate;
#[cfg(feature = "rsa")]
pub use verify::verify;

/// A message for a person stands on one line and does nothing to a terminal.
fn is_one_line(text: &str) {
    assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
}
